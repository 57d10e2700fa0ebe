"""The audit log: who did what to whom, on whose behalf, from where; append-only and chained by digests.

What goes through the session is noted by itself (`listening.py`), and so is reading what `declared.py` calls personal,
being refused, and signing in. A service says `audit.record(…)` only for statements that pass the session by.
"""

from plut_api.kit.audit.context import acting_as, claims_to_be, on_behalf_of
from plut_api.kit.audit.models import Action
from plut_api.kit.audit.notes import Notes
from plut_api.kit.audit.recording import AT_ONCE, looked_up, record

__all__ = ["AT_ONCE", "Action", "Notes", "acting_as", "claims_to_be", "looked_up", "on_behalf_of", "record"]
