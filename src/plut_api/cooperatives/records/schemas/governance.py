"""Officers and meetings on the wire."""

from typing import Annotated

from pydantic import Field

from plut_api.cooperatives.records.models import MeetingDecision, MeetingKind, Organ, Post, VillageOffice
from plut_api.cooperatives.records.schemas.common import ID, FileId, RecordRead
from plut_api.kit import clock
from plut_api.kit.pages import Page
from plut_api.kit.wire import Day, Id, Name, Note, Patch, Wire, Year

OrganOf = Annotated[
    Organ, Field(description="`board` (pengurus) or `supervisors` (pengawas). Open.", examples=["board"])
]
PostOf = Annotated[
    Post,
    Field(
        description="`chair`, `deputy_business`, `deputy_members`, `secretary`, `treasurer` or `member`. Supervisors "
        "have a `chair` and `member`s. Open.",
        examples=["treasurer"],
    ),
]
Since = Annotated[Day, Field(description="First day in office.", examples=["2025-06-02"])]
Until = Annotated[Day | None, Field(default=None, description="Last day in office; null while open.", examples=[None])]
PersonId = Annotated[Id | None, Field(default=None, description="The registered person, or null beside a name.")]
FullName = Annotated[
    Name | None, Field(default=None, description="The name of who is not registered.", examples=["Lalu Contoh"])
]
HasKin = Annotated[
    bool | None,
    Field(
        default=None,
        description="Declared: a parent, child, brother or sister, or a spouse is in the other organ, or in this one. "
        "Null: not declared yet.",
        examples=[False],
    ),
]
InVillage = Annotated[
    VillageOffice | None,
    Field(
        default=None,
        description="Declared: `none`, `head` of the village, or `other` office of its leadership. Null: not declared "
        "yet. Open.",
        examples=["none"],
    ),
]
Kind = Annotated[
    MeetingKind,
    Field(
        description="`founding` (musdesus), `annual` (RAT), `approval` by the village (musdes), or `board`: its "
        "decision to ask one bank. Open.",
        examples=["annual"],
    ),
]
HeldOn = Annotated[Day, Field(description="Day of the meeting.", examples=["2026-03-14"])]
BookYear = Annotated[
    Year | None,
    Field(default=None, description="Of `annual`: the year whose accounts it heard.", examples=[2025]),
]
BankId = Annotated[Id | None, Field(default=None, description="Of `board`: the bank.", examples=[ID])]
Agrees = Annotated[
    bool | None,
    Field(default=None, description="Of `approval`: whether the head of the village signed.", examples=[True]),
]
Decided = Annotated[
    MeetingDecision, Field(description="What it came to: `approved` or `refused`. Open.", examples=["approved"])
]
Summary = Annotated[
    Note | None, Field(default=None, description="The decision in a few words.", examples=["Laporan diterima."])
]


class OfficerCreate(Wire):
    """Somebody who holds a post: a registered person, or a name."""

    organ: OrganOf
    post: PostOf
    person_id: PersonId
    full_name: FullName
    since: Since
    until: Until
    has_kin: HasKin
    village_office: InVillage
    file_id: FileId


class OfficerPatch(Patch):
    """A correction, or the end of a term; null removes."""

    organ: OrganOf = Field(default_factory=lambda: Organ.board)
    post: PostOf = Field(default_factory=lambda: Post.member)
    person_id: PersonId
    full_name: FullName
    since: Since = Field(default_factory=clock.today)
    until: Until
    has_kin: HasKin
    village_office: InVillage
    file_id: FileId


class OfficerRead(RecordRead):
    """Who holds, or held, a post on the board or among the supervisors."""

    organ: OrganOf
    post: PostOf
    person_id: Id | None = Field(description="The registered person.", examples=[ID])
    name: Name = Field(description="Name of the officer.", examples=["Baiq Contoh"])
    since: Since
    until: Day | None = Field(description="Last day in office.", examples=[None])
    has_kin: bool | None = Field(description="Declared kinship with another officer.", examples=[False])
    village_office: VillageOffice | None = Field(
        description="Declared office of the village: `none`, `head` or `other`. Open.", examples=["none"]
    )


class OfficerPage(Page[OfficerRead]):
    """One page of officers, in the order they were entered."""


class MeetingCreate(Wire):
    """A meeting that was held."""

    kind: Kind
    held_on: HeldOn
    book_year: BookYear
    bank_id: BankId
    decision: Decided
    village_head_agrees: Agrees
    summary: Summary
    file_id: FileId


class MeetingPatch(Patch):
    """A correction; its kind stays. Null removes."""

    held_on: HeldOn = Field(default_factory=clock.today)
    book_year: BookYear
    bank_id: BankId
    decision: Decided = Field(default_factory=lambda: MeetingDecision.approved)
    village_head_agrees: Agrees
    summary: Summary
    file_id: FileId


class MeetingRead(RecordRead):
    """A meeting, its decision and its minutes."""

    kind: Kind
    held_on: HeldOn
    book_year: Year | None = Field(description="Of `annual`: the year.", examples=[2025])
    bank_id: Id | None = Field(description="Of `board`: the bank.", examples=[None])
    decision: Decided
    village_head_agrees: bool | None = Field(
        description="Of `approval`: whether the head of the village signed.", examples=[None]
    )
    summary: Note | None = Field(description="The decision in a few words.", examples=["Laporan diterima."])


class MeetingPage(Page[MeetingRead]):
    """One page of meetings, in the order they were entered."""
