"""Every room's hooks about people (kit/privacy.py), imported for their side effect on the registers."""

from plut_api.actors.privacy import erasure, held
from plut_api.cooperatives import privacy as cooperatives
from plut_api.financing import privacy as financing
from plut_api.identity import privacy as identity
from plut_api.integration import privacy as integration
from plut_api.outcomes import privacy as outcomes
from plut_api.programs import privacy as programs

HOOKS = (identity, held, erasure, programs, outcomes, cooperatives, financing, integration)
