"""Repayment reports on the wire."""

from typing import Annotated

from pydantic import Field

from plut_api.kit.pages import Page
from plut_api.kit.wire import Day, Id, Idr, Instant, Note, Read, Wire

Collectibility = Annotated[
    int,
    Field(
        strict=True,
        ge=1,
        le=5,
        json_schema_extra={"format": "int32"},
        description="Quality of the loan (kolektibilitas): 1 lancar, 2 dalam perhatian khusus, 3 kurang lancar, "
        "4 diragukan, 5 macet (POJK 40/POJK.03/2019, as reported).",
        examples=[1],
    ),
]
DaysPastDue = Annotated[
    int,
    Field(
        strict=True,
        ge=0,
        le=10_000,
        json_schema_extra={"format": "int32"},
        description="Days by which the oldest unpaid instalment is late: 0 for 1, 1 to 90 for 2, 91 to 120 for 3, "
        "121 to 180 for 4, more for 5. A restructured loan may stand worse than its days, never better.",
        examples=[0],
    ),
]
Restructured = Annotated[bool, Field(strict=True, description="Whether its terms were eased since.", examples=[False])]
Outstanding = Annotated[Idr, Field(description="Principal still owed, at most what was disbursed.")]
Paid = Annotated[Idr, Field(description="All that was paid since disbursement, principal and return together.")]


class RepaymentReportCreate(Wire):
    """How a loan stood at the end of a day."""

    as_of: Day = Field(description="The day, by its end (WITA); not before disbursement, not in the future.")
    collectibility: Collectibility
    days_past_due: DaysPastDue
    outstanding_idr: Outstanding
    paid_idr: Paid
    is_restructured: Restructured = False
    correction_reason: Note | None = Field(
        default=None,
        description="Why it differs from what was reported for that day; needed exactly then.",
        examples=["Angsuran tanggal 28 belum terbaca."],
    )
    closes: Annotated[
        bool,
        Field(strict=True, description="Close the referral, too: nothing is owed any more.", examples=[False]),
    ] = False


class RepaymentReportItem(RepaymentReportCreate):
    """A report of a batch."""

    referral_id: Id


class RepaymentReportRead(Read):
    """A report as its bank made it; one that was corrected stays, with the instant at which it was superseded."""

    id: Id
    referral_id: Id
    as_of: Day
    collectibility: Collectibility
    days_past_due: DaysPastDue
    outstanding_idr: Outstanding
    paid_idr: Paid
    is_restructured: Restructured
    reported_by: Id
    reported_at: Instant = Field(validation_alias="created_at")
    corrects_id: Id | None = Field(description="The report that it corrects.", examples=[None])
    correction_reason: Note | None = Field(description="Why it was corrected.", examples=[None])
    superseded_at: Instant | None = Field(description="When another report took its place.", examples=[None])


class RepaymentReportPage(Page[RepaymentReportRead]):
    """One page of reports, in the order in which they were made."""
