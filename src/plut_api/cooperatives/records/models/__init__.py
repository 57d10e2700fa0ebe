"""Tables of what cooperatives record."""

from plut_api.cooperatives.records.models.governance import (
    CooperativeMeeting,
    CooperativeOfficer,
    MeetingDecision,
    MeetingKind,
    Organ,
    Post,
    Recorded,
    VillageOffice,
)
from plut_api.cooperatives.records.models.papers import (
    CooperativeCreditDeclaration,
    CooperativePaper,
    CooperativeProposal,
    CooperativeRevision,
    PaperKind,
)
from plut_api.cooperatives.records.models.trade import (
    CooperativeFigure,
    CooperativeOutlet,
    OutletKind,
    Premises,
)

__all__ = [
    "CooperativeCreditDeclaration",
    "CooperativeFigure",
    "CooperativeMeeting",
    "CooperativeOfficer",
    "CooperativeOutlet",
    "CooperativePaper",
    "CooperativeProposal",
    "CooperativeRevision",
    "MeetingDecision",
    "MeetingKind",
    "Organ",
    "OutletKind",
    "PaperKind",
    "Post",
    "Premises",
    "Recorded",
    "VillageOffice",
]
