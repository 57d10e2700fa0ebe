"""Papers on the wire."""

from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_core import PydanticCustomError

from plut_api.actors.schemas.people import PastDay
from plut_api.actors.schemas.status import Nmid
from plut_api.financing.papers.models import Coverage, Holder, Principle, SalesProof
from plut_api.kit import clock
from plut_api.kit.i18n import Text
from plut_api.kit.pages import Page
from plut_api.kit.wire import LINE, MAX_IDR, Day, Id, Idr, Instant, Name, Note, Read, Trimmed, Wire

_FUTURE_MONTH = Text(id="Bulan ini belum dimulai", en="This month is still to come")


def _month_begun(value: str) -> str:
    if value > clock.today().strftime("%Y-%m"):
        raise PydanticCustomError("month_in_future", "Still to come", {"words": _FUTURE_MONTH})
    return value


def _as_month(value: Any) -> Any:
    return value.strftime("%Y-%m") if isinstance(value, date) else value


Month = Annotated[
    str,
    Field(
        max_length=7,
        pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$",
        description="Calendar month (WITA), `YYYY-MM`.",
        examples=["2026-10"],
    ),
]
BegunMonth = Annotated[Month, AfterValidator(_month_begun)]
SomeIdr = Annotated[
    int,
    Field(
        strict=True,
        ge=1,
        le=MAX_IDR,
        json_schema_extra={"format": "int64"},
        description="Whole rupiah, at least 1.",
        examples=[25_000_000],
    ),
]
Tenor = Annotated[
    int,
    Field(
        strict=True,
        ge=1,
        le=360,
        json_schema_extra={"format": "int32"},
        description="Months to repay in.",
        examples=[24],
    ),
]
Wish = Annotated[
    Principle,
    Field(
        description="By which principle: `conventional`, `sharia`, or `any`. Open: expect new values.",
        examples=["sharia"],
    ),
]
SchemeCode = Annotated[
    str,
    Field(
        max_length=40,
        pattern=r"^[a-z][a-z0-9_]*$",
        description="Code of a scheme (`kur_mikro`).",
        examples=["kur_mikro"],
    ),
]
Covers = Annotated[
    Coverage, Field(description="Whether entries cover the whole month or about half of it. Open.", examples=["full"])
]
Proof = Annotated[
    SalesProof,
    Field(
        description="What sales are proven by: `qris`, `marketplace`, `receipts`, `cooperative_delivery`. Open.",
        examples=["qris"],
    ),
]
InNameOf = Annotated[Holder, Field(description="In whose name it is: `owner` or `business`. Open.", examples=["owner"])]
Number = Annotated[
    str,
    Field(
        min_length=5,
        max_length=34,
        pattern=r"^[0-9][0-9 .-]*[0-9]$",
        description="Account number; blanks, dots and hyphens are understood, and not kept.",
        examples=["0012345678901"],
    ),
    Trimmed,
]


class PlanItem(Wire):
    """One thing that the money is for, with its price."""

    name: Name = Field(description="What is bought or paid.", examples=["Mesin pengemas vakum"])
    amount_idr: SomeIdr = Field(description="What it costs.", examples=[25_000_000])


class FinancingPlanPut(Wire):
    """What a business wants money for. With items, their prices sum up to the amount."""

    amount_idr: SomeIdr = Field(description="How much.", examples=[25_000_000])
    tenor_months: Tenor
    principle: Wish = Principle.any
    purpose: Note = Field(description="What for, in the owner's words.", examples=["Mesin pengemas vakum."])
    items: Annotated[list[PlanItem], Field(max_length=50, description="Use of funds, item by item.")] = Field(
        default_factory=list, examples=[[{"name": "Mesin pengemas vakum", "amount_idr": 25_000_000}]]
    )
    scheme: SchemeCode | None = Field(default=None, description="The scheme in mind, if any.", examples=["kur_mikro"])
    product_id: Id | None = Field(default=None, description="The product in mind, if any: one on offer.")


class PlanItemRead(Read):
    """One thing that the money is for, with its price."""

    name: Name = Field(description="What is bought or paid.", examples=["Mesin pengemas vakum"])
    amount_idr: SomeIdr = Field(description="What it costs.", examples=[25_000_000])


class FinancingPlanRead(Read):
    """What a business wants money for."""

    id: Id
    actor_id: Id
    amount_idr: SomeIdr = Field(description="How much.", examples=[25_000_000])
    tenor_months: Tenor
    principle: Wish
    purpose: Note = Field(description="What for.", examples=["Mesin pengemas vakum."])
    items: Annotated[list[PlanItemRead], Field(max_length=50, description="Use of funds, item by item.", examples=[[]])]
    scheme: SchemeCode | None = Field(description="The scheme in mind; null: none.", examples=["kur_mikro"])
    product_id: Id | None = Field(description="The product in mind; null: none.")
    created_at: Instant
    updated_at: Instant


Arrears = Annotated[
    bool,
    Field(strict=True, description="Whether any instalment of any loan is overdue today.", examples=[False]),
]
Barred = Annotated[
    bool,
    Field(
        strict=True,
        description="Whether a loan runs that bars another one under the programmes (commercial productive credit).",
        examples=[False],
    ),
]
Excluded = Annotated[
    bool,
    Field(
        strict=True,
        description="Whether the owner is active in the civil service, the armed forces or the police "
        "(ASN, TNI, Polri).",
        examples=[False],
    ),
]


class BankAnswer(Wire):
    """A bank's yes or no to the same question. Never what it rests on: no SLIK report is kept here."""

    bank_id: Id
    answered_on: PastDay = Field(description="When it answered.")
    is_clear: Annotated[bool, Field(strict=True, description="Whether nothing stands in the way.", examples=[True])]


class CreditDeclarationCreate(Wire):
    """What the owner declares of running credit today."""

    has_arrears: Arrears
    has_barred_credit: Barred
    has_excluded_occupation: Excluded
    bank_answer: BankAnswer | None = Field(
        default=None, description="A bank's yes or no, entered by the consultant who asked it.", examples=[None]
    )


class CreditDeclarationRead(Read):
    """What was declared on a day; the newest counts, for as many days as the rule value says."""

    id: Id
    actor_id: Id
    declared_on: Day
    valid_until: Day = Field(description="Until when it counts.", examples=["2026-12-01"])
    has_arrears: Arrears
    has_barred_credit: Barred
    has_excluded_occupation: Excluded
    bank_id: Id | None = Field(description="The bank that was asked; null: none.")
    bank_answered_on: Day | None = Field(description="When it answered.", examples=[None])
    bank_found_clear: Annotated[bool | None, Field(description="Its yes or no.", examples=[None])]
    created_at: Instant


class CreditDeclarationPage(Page[CreditDeclarationRead]):
    """One page of declarations, newest first."""


class BookMonthRevision(Wire):
    """What a month came to, as a whole."""

    coverage: Covers
    sales_idr: Idr = Field(description="Sales of the month.", examples=[12_000_000])
    expenses_idr: Idr = Field(description="Expenses of the month.", examples=[8_000_000])
    proof: Proof | None = Field(default=None, description="What sales are proven by; null: nothing.", examples=["qris"])
    file_id: Id | None = Field(default=None, description="The proof itself, from `POST /v1/files`.")


class BookMonthCreate(BookMonthRevision):
    """A month of the books, begun already."""

    month: BegunMonth


class BookMonthRead(Read):
    """A month of the books. One that was revised stays on file, and stands no more."""

    id: Id
    actor_id: Id
    month: Annotated[Month, BeforeValidator(_as_month)]
    coverage: Covers
    sales_idr: Idr = Field(description="Sales of the month.", examples=[12_000_000])
    expenses_idr: Idr = Field(description="Expenses of the month.", examples=[8_000_000])
    proof: Proof | None = Field(description="What sales are proven by; null: nothing.", examples=["qris"])
    file_id: Id | None = Field(description="The proof, at `GET /v1/files/{file_id}`.")
    revises_id: Id | None = Field(description="The entry that this one revised; null: none.")
    superseded_at: Instant | None = Field(description="When it was revised; null: it stands.", examples=[None])
    created_at: Instant


class BookMonthPage(Page[BookMonthRead]):
    """One page of months, newest month first."""


class BankAccountCreate(Wire):
    """An account that the business uses."""

    bank_name: Name = Field(description="Name of the bank.", examples=["Bank Contoh"])
    number: Number
    holder: InNameOf
    nmid: Nmid | None = Field(default=None, description="QRIS id that pays into it.", examples=["ID1020012345678"])


class BankAccountRead(Read):
    """An account that the business uses; of its number only the last digits are shown."""

    id: Id
    actor_id: Id
    bank_name: Name = Field(description="Name of the bank.", examples=["Bank Contoh"])
    number_ending: Annotated[
        str, Field(max_length=4, pattern=LINE, description="Last digits of the number.", examples=["8901"])
    ]
    holder: InNameOf
    nmid: Nmid | None = Field(description="QRIS id that pays into it; null: none.", examples=[None])
    ended_at: Instant | None = Field(description="When it was taken off; null: it is in use.", examples=[None])
    created_at: Instant
    updated_at: Instant


class BankAccountPage(Page[BankAccountRead]):
    """One page of accounts, newest first."""
