"""What may happen to people, businesses, their figures and consents."""

from plut_api.actors.service import people_papers as people_papers
from plut_api.actors.service.assignments import assign, assign_all, end_assignment
from plut_api.actors.service.businesses import change_actor, register_actor
from plut_api.actors.service.consents import give_consent, withdraw_consent
from plut_api.actors.service.figures import record_figures, verify_figures
from plut_api.actors.service.people import change_person, find_people, verify_identity
from plut_api.actors.service.people_registration import register_on_behalf, register_person

__all__ = [
    "assign",
    "assign_all",
    "change_actor",
    "change_person",
    "end_assignment",
    "find_people",
    "give_consent",
    "record_figures",
    "register_actor",
    "register_on_behalf",
    "register_person",
    "verify_figures",
    "verify_identity",
    "withdraw_consent",
]
