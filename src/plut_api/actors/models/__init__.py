"""Tables of people, businesses, yearly figures and consents."""

from plut_api.actors.models.businesses import Actor, ActorStatus, LegalForm, SizeClass
from plut_api.actors.models.certifications import Certification
from plut_api.actors.models.channels import ChannelKind, SalesChannel
from plut_api.actors.models.figures import (
    AnnualFigure,
    FigureSource,
    SizeCause,
    SizeChange,
    SizeLaw,
    Verification,
    counting_figures,
    deciding_figures,
)
from plut_api.actors.models.guardianships import Guardianship, Relation
from plut_api.actors.models.ownerships import OwnerRole, Ownership, OwnershipOffer, acts, owns
from plut_api.actors.models.people import Assignment, Disability, MaritalStatus, Person, Sex
from plut_api.actors.models.products import Product, ProductPhoto
from plut_api.actors.models.registrations import PhoneChange, ProofKind, Registration, TakeoverCode, TakeoverTry
from plut_api.actors.models.segments import PersonSegment, SegmentKind, SegmentSource
from plut_api.actors.models.status import LegalFormChange, StatusChange, StatusReason
from plut_api.actors.privacy.models import Consent, ConsentPurpose

__all__ = [
    "Actor",
    "ActorStatus",
    "AnnualFigure",
    "Assignment",
    "Certification",
    "ChannelKind",
    "Consent",
    "ConsentPurpose",
    "Disability",
    "FigureSource",
    "Guardianship",
    "LegalForm",
    "LegalFormChange",
    "MaritalStatus",
    "OwnerRole",
    "Ownership",
    "OwnershipOffer",
    "Person",
    "PersonSegment",
    "PhoneChange",
    "Product",
    "ProductPhoto",
    "ProofKind",
    "Registration",
    "Relation",
    "SalesChannel",
    "SegmentKind",
    "SegmentSource",
    "Sex",
    "SizeCause",
    "SizeChange",
    "SizeClass",
    "SizeLaw",
    "StatusChange",
    "StatusReason",
    "TakeoverCode",
    "TakeoverTry",
    "Verification",
    "acts",
    "counting_figures",
    "deciding_figures",
    "owns",
]
