"""Every room's part in the work lists (kit/work_lists.py), imported for its side effect on the register."""

from plut_api.actors.work import at_counter, of_dinas
from plut_api.consulting import work as consulting
from plut_api.financing import work as financing
from plut_api.financing.objections import work as objections
from plut_api.financing.refusals import work as refusals
from plut_api.outcomes import work as outcomes
from plut_api.outcomes.follow_ups import work as follow_ups
from plut_api.programs.attendance import work as attendance
from plut_api.programs.overlaps import work as overlaps
from plut_api.programs.sponsors import work as sponsors

OFFERS = (
    *(of_dinas, at_counter, overlaps, attendance, outcomes, follow_ups, consulting, sponsors),
    *(financing, objections, refusals),
)
