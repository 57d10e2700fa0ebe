"""Every room's part in the timeline of a business (kit/timeline.py), imported for its side effect on the register."""

from plut_api.actors.timeline import told, trade
from plut_api.financing import timeline as financing
from plut_api.integration import timeline as integration
from plut_api.outcomes import timeline as outcomes
from plut_api.programs import timeline as programs

TELLERS = (told, trade, programs, outcomes, financing, integration)
