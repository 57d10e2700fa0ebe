"""Case loads and the monthly report on the wire."""

from typing import Annotated

from pydantic import Field

from plut_api.consulting.schemas import FieldOfWork
from plut_api.kit.pages import Page
from plut_api.kit.wire import LINE, Count, Id, Read, RegionCode

_ID = "01983b1e-6f1c-7cc0-9d2b-4a5e5c0f7a11"
MonthField = Annotated[
    str, Field(max_length=7, pattern=r"^[0-9]{4}-[0-9]{2}$", description="Month, `YYYY-MM`.", examples=["2026-03"])
]


class FieldTime(Read):
    """How much was done in one field."""

    field: FieldOfWork
    consultations: Count = Field(description="Consultations that were held.", examples=[12])
    minutes: Annotated[
        int,
        Field(ge=0, le=2**31 - 1, json_schema_extra={"format": "int32"}, description="Their minutes.", examples=[840]),
    ]


class CaseLoad(Read):
    """What a consultant has to do, and did in a month."""

    consultant_id: Id = Field(description="Account of the consultant.", examples=[_ID])
    consultant_name: Annotated[str, Field(max_length=200, pattern=LINE, description="Name.")] | None = Field(
        description="Name of the consultant, if the account has one.", examples=["Petugas Contoh"]
    )
    is_active: bool = Field(description="Whether the account can sign in.", examples=[True])
    open_clients: Count = Field(description="People whom they accompany today.", examples=[34])
    open_consultations: Count = Field(description="Asked for or appointed today.", examples=[5])
    consultations: Count = Field(description="Held in the month.", examples=[21])
    fields: Annotated[list[FieldTime], Field(max_length=20, description="The month by field.", examples=[[]])]
    overdue_actions: Count = Field(
        description="Agreed actions of their clients whose day has passed, today.", examples=[3]
    )


class CaseLoadPage(Page[CaseLoad]):
    """One page of case loads, by account."""


class ClientCount(Read):
    """Clients of a month who live in one district and belong to one segment."""

    district_code: RegionCode | None = Field(
        description="District (kecamatan); null: not known.", examples=["52.71.01"]
    )
    segment: Annotated[
        str,
        Field(
            max_length=32,
            pattern=r"^[a-z_]+$",
            description="`all` counts everybody once; a segment those who belong to it, and one may belong to several.",
            examples=["women"],
        ),
    ]
    new: Count = Field(description="Who had never had a consultation before the month.", examples=[7])
    returning: Count = Field(description="Who had.", examples=[4])


class MonthlyReport(Read):
    """What consulting did in a month."""

    month: MonthField
    consultations: Count = Field(description="Consultations that were held.", examples=[48])
    fields: Annotated[list[FieldTime], Field(max_length=20, description="By field.", examples=[[]])]
    clients: Annotated[list[ClientCount], Field(max_length=5000, description="By district and segment.", examples=[[]])]
