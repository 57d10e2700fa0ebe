"""What may happen to consultations."""

from plut_api.consulting.service.appointing import cancel, hold, note_no_show, schedule
from plut_api.consulting.service.changing import change_consultation
from plut_api.consulting.service.following import add_note, attach, tick
from plut_api.consulting.service.requesting import assign_consultant, request_consultation

__all__ = [
    "add_note",
    "assign_consultant",
    "attach",
    "cancel",
    "change_consultation",
    "hold",
    "note_no_show",
    "request_consultation",
    "schedule",
    "tick",
]
