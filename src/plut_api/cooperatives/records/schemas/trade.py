"""Outlets and figures by month on the wire."""

from datetime import date
from typing import Annotated, Any

from pydantic import Field

from plut_api.cooperatives.records.models import OutletKind, Premises
from plut_api.cooperatives.records.schemas.common import FileId, RecordRead
from plut_api.cooperatives.rules import MAX_MEMBERS
from plut_api.kit.pages import Page
from plut_api.kit.wire import Day, Id, Idr, Instant, Name, Patch, Read, Wire

KindOf = Annotated[
    OutletKind,
    Field(
        description="`kantor` (office), `sembako` (groceries), `simpan_pinjam` (savings and loans), `klinik`, `apotek` "
        "(pharmacy), `gudang_cold_storage`, `logistik`, or `other`. Open.",
        examples=["sembako"],
    ),
]
OutletName = Annotated[Name, Field(description="What it is called.", examples=["Gerai Sembako Teros"])]
OpenedOn = Annotated[
    Day | None, Field(default=None, description="First day open; null while it is planned.", examples=["2026-02-02"])
]
ClosedOn = Annotated[Day | None, Field(default=None, description="Last day open.", examples=[None])]
PremisesOf = Annotated[
    Premises | None,
    Field(
        default=None,
        description="By which right it is there: `owned`, `borrowed` or `leased`; the file is the paper of it. Open.",
        examples=["borrowed"],
    ),
]
PremisesUntil = Annotated[
    Day | None, Field(default=None, description="Until when it may stay there; null: no end.", examples=["2030-12-31"])
]
Month = Annotated[
    str,
    Field(
        max_length=7,
        pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$",
        description="Calendar month, `YYYY-MM`.",
        examples=["2026-02"],
    ),
]
Sales = Annotated[Idr, Field(description="Sales of the month, whole rupiah.", examples=[18_500_000])]
Expenses = Annotated[Idr, Field(description="Expenses of the month, whole rupiah.", examples=[15_200_000])]
Members = Annotated[
    int,
    Field(
        strict=True,
        ge=0,
        le=MAX_MEMBERS,
        json_schema_extra={"format": "int32"},
        description="Members at the end of the month.",
        examples=[128],
    ),
]
MembersPaid = Annotated[
    int,
    Field(
        strict=True,
        ge=0,
        le=MAX_MEMBERS,
        json_schema_extra={"format": "int32"},
        description="Members whose compulsory savings (simpanan wajib) are paid up.",
        examples=[90],
    ),
]


class OutletCreate(Wire):
    """An outlet, planned or open."""

    kind: KindOf
    name: OutletName
    opened_on: OpenedOn
    closed_on: ClosedOn
    premises: PremisesOf
    premises_until: PremisesUntil
    file_id: FileId


class OutletPatch(Patch):
    """A change: opened, closed, moved, corrected. Null removes."""

    kind: KindOf = Field(default_factory=lambda: OutletKind.other)
    name: OutletName = Field(default_factory=str)
    opened_on: OpenedOn
    closed_on: ClosedOn
    premises: PremisesOf
    premises_until: PremisesUntil
    file_id: FileId


class OutletRead(RecordRead):
    """An outlet with the paper of its premises."""

    kind: KindOf
    name: OutletName
    opened_on: Day | None = Field(description="First day open; null while it is planned.", examples=["2026-02-02"])
    closed_on: Day | None = Field(description="Last day open.", examples=[None])
    premises: Premises | None = Field(
        description="`owned`, `borrowed` or `leased`; null: not said. Open.", examples=["borrowed"]
    )
    premises_until: Day | None = Field(description="Until when it may stay there.", examples=[None])


class OutletListed(Read):
    """An outlet as anybody sees it."""

    id: Id
    cooperative_id: Id
    kind: KindOf
    name: OutletName
    opened_on: Day | None = Field(description="First day open; null while it is planned.", examples=["2026-02-02"])
    closed_on: Day | None = Field(description="Last day open.", examples=[None])
    verified_at: Instant | None = Field(description="When a consultant verified it.", examples=[None])


class OutletPage(Page[OutletListed]):
    """One page of outlets, in the order they were entered."""


def _first_day(month: str) -> date:
    return date.fromisoformat(f"{month}-01")


class FigureCreate(Wire):
    """The statement of one month."""

    month: Month
    sales_idr: Sales
    expenses_idr: Expenses
    members: Members
    members_paid: MembersPaid
    file_id: FileId

    def values(self) -> dict[str, Any]:
        """The values as columns."""
        return self.model_dump() | {"month": _first_day(self.month)}


class FigurePatch(Patch):
    """A correction. Null removes the file."""

    month: Month = Field(default_factory=str)
    sales_idr: Sales = Field(default_factory=int)
    expenses_idr: Expenses = Field(default_factory=int)
    members: Members = Field(default_factory=int)
    members_paid: MembersPaid = Field(default_factory=int)
    file_id: FileId

    def changes(self) -> dict[str, Any]:
        """The members that were sent, as columns."""
        sent = super().changes()
        return sent | ({"month": _first_day(sent["month"])} if "month" in sent else {})


class FigureRead(RecordRead):
    """The statement of one month."""

    month: Month
    sales_idr: Sales
    expenses_idr: Expenses
    members: Members
    members_paid: MembersPaid


class FigurePage(Page[FigureRead]):
    """One page of monthly statements, newest month first."""
