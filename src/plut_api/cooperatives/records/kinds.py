"""The kinds of records, as data: table, problems, checks. What holds for all of them is written once, in service.py."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from plut_api.cooperatives.records import checks
from plut_api.cooperatives.records.checks import Check
from plut_api.cooperatives.records.models import (
    CooperativeFigure,
    CooperativeMeeting,
    CooperativeOfficer,
    CooperativeOutlet,
    CooperativePaper,
    CooperativeProposal,
)
from plut_api.cooperatives.records.problems import (
    AnnualMeetingOnFile,
    FigureNotFound,
    MeetingNotFound,
    MonthOnFile,
    OfficerNotFound,
    OutletNotFound,
    PaperNotFound,
    PaperNumberTaken,
    PaperOnFile,
    PostTaken,
    ProposalNotFound,
)
from plut_api.kit.problems import Problem


@dataclass(frozen=True)
class Kind:
    """One kind of record; its name is that of its place in the address."""

    name: str
    model: Any  # A table with the columns of `Recorded`.
    missing: type[Problem]
    check: Check
    taken: Mapping[str, Problem] = field(default_factory=dict)


OFFICERS = Kind(
    "officers",
    CooperativeOfficer,
    OfficerNotFound,
    checks.officer,
    {"ex_cooperative_officers_one_per_post": PostTaken()},
)
MEETINGS = Kind(
    "meetings",
    CooperativeMeeting,
    MeetingNotFound,
    checks.meeting,
    {"uq_cooperative_meetings_one_a_year": AnnualMeetingOnFile()},
)
OUTLETS = Kind("outlets", CooperativeOutlet, OutletNotFound, checks.outlet)
FIGURES = Kind(
    "figures",
    CooperativeFigure,
    FigureNotFound,
    checks.figure,
    {"uq_cooperative_figures_cooperative_id_month": MonthOnFile()},
)
PAPERS = Kind(
    "papers",
    CooperativePaper,
    PaperNotFound,
    checks.paper,
    {
        "uq_cooperative_papers_one_of_a_kind": PaperOnFile(),
        "uq_cooperative_papers_number": PaperNumberTaken(),
    },
)
PROPOSALS = Kind("proposals", CooperativeProposal, ProposalNotFound, checks.proposal)
KINDS = {kind.name: kind for kind in (OFFICERS, MEETINGS, OUTLETS, FIGURES, PAPERS, PROPOSALS)}
