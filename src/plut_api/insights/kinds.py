"""Every room's part in the work lists (kit/work_lists.py), imported for its side effect on the register."""

from plut_api.actors.work import at_counter, of_dinas
from plut_api.financing import work as financing
from plut_api.outcomes import work as outcomes

OFFERS = (of_dinas, at_counter, outcomes, financing)
