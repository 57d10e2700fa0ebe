"""What may happen to programmes, their sessions and enrolments."""

from plut_api.programs.service.enrolments import complete_enrolment, enrol, name_business, withdraw
from plut_api.programs.service.programs import change_program, propose, transition
from plut_api.programs.service.sessions import add_session

__all__ = [
    "add_session",
    "change_program",
    "complete_enrolment",
    "enrol",
    "name_business",
    "propose",
    "transition",
    "withdraw",
]
