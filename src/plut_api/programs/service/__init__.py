"""What may happen to programmes, their sessions and enrolments."""

from plut_api.programs.service.enrolments import complete_enrolment, enrol, name_business, withdraw
from plut_api.programs.service.hosts import accept_host, invite_host, remove_host
from plut_api.programs.service.moves import transition
from plut_api.programs.service.programs import change_program, propose
from plut_api.programs.service.quota import change_quota
from plut_api.programs.service.session_series import add_sessions
from plut_api.programs.service.sessions import add_session, cancel_session, change_session

__all__ = [
    "accept_host",
    "add_session",
    "add_sessions",
    "cancel_session",
    "change_program",
    "change_quota",
    "change_session",
    "complete_enrolment",
    "enrol",
    "invite_host",
    "name_business",
    "propose",
    "remove_host",
    "transition",
    "withdraw",
]
