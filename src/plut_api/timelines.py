"""Every room's part in the timeline of a business (kit/timeline.py), imported for its side effect on the register."""

from plut_api.actors.timeline import told, trade
from plut_api.consulting import timeline as consulting
from plut_api.financing import timeline as financing
from plut_api.financing.history import timeline as readiness_history
from plut_api.financing.objections import timeline as objections
from plut_api.financing.repayments import timeline as repayments
from plut_api.integration import timeline as integration
from plut_api.outcomes import timeline as outcomes
from plut_api.outcomes.follow_ups import timeline as follow_ups
from plut_api.programs import timeline as programs
from plut_api.programs.certificates import timeline as certificates

TELLERS = (
    told,
    trade,
    programs,
    certificates,
    outcomes,
    follow_ups,
    consulting,
    financing,
    readiness_history,
    repayments,
    integration,
    objections,
)
