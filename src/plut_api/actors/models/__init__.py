"""Tables of people, businesses, yearly figures and consents."""

from plut_api.actors.models.businesses import Actor, ActorStatus, AnnualFigure, LegalForm, Ownership, SizeClass
from plut_api.actors.models.people import Assignment, Disability, MaritalStatus, Person, Sex
from plut_api.actors.privacy.models import Consent, ConsentPurpose

__all__ = [
    "Actor",
    "ActorStatus",
    "AnnualFigure",
    "Assignment",
    "Consent",
    "ConsentPurpose",
    "Disability",
    "LegalForm",
    "MaritalStatus",
    "Ownership",
    "Person",
    "Sex",
    "SizeClass",
]
