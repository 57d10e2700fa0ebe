"""What every room says hangs on a person or a business, imported for its side effect on the register."""

from plut_api.actors.duplicates import holdings
from plut_api.consulting import duplicates as consulting
from plut_api.financing import duplicates as financing
from plut_api.outcomes import duplicates as outcomes
from plut_api.programs import duplicates as programs

HOLDINGS = (holdings, programs, outcomes, consulting, financing)
