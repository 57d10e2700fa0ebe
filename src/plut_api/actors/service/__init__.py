"""What may happen to people, businesses, their figures and consents."""

from plut_api.actors.service.assignments import assign, assign_all, end_assignment
from plut_api.actors.service.businesses import change_actor, possible_duplicates, record_figures, register_actor
from plut_api.actors.service.consents import give_consent, withdraw_consent
from plut_api.actors.service.people import change_person, find_people, register_person, verify_identity

__all__ = [
    "assign",
    "assign_all",
    "change_actor",
    "change_person",
    "end_assignment",
    "find_people",
    "give_consent",
    "possible_duplicates",
    "record_figures",
    "register_actor",
    "register_person",
    "verify_identity",
    "withdraw_consent",
]
