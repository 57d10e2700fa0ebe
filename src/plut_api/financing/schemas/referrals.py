"""Referrals on the wire."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from plut_api.financing.models.referrals import ReferralState
from plut_api.financing.products.models import PricingKind
from plut_api.financing.referrals.reasons import ReasonCode
from plut_api.kit.ids import new_id
from plut_api.kit.pages import Page
from plut_api.kit.wire import MAX_IDR, Day, Id, Idr, Instant, Note, Patch, Read, Wire

State = Annotated[ReferralState, Field(description="Where it stands. Open: expect new values.", examples=["submitted"])]
Amount = Annotated[
    int,
    Field(
        strict=True,
        ge=1,
        le=MAX_IDR,
        json_schema_extra={"format": "int64"},
        description="Whole rupiah.",
        examples=[50_000_000],
    ),
]
Tenor = Annotated[
    int,
    Field(strict=True, ge=1, le=360, json_schema_extra={"format": "int32"}, description="Months.", examples=[24]),
]
Place = Annotated[
    int,
    Field(
        strict=True,
        ge=1,
        le=5,
        json_schema_extra={"format": "int32"},
        description="Place in the order of banks, from 1.",
        examples=[1],
    ),
]
RateBp = Annotated[
    int,
    Field(
        strict=True,
        ge=0,
        le=100_000,
        json_schema_extra={"format": "int32"},
        description="Price in basis points (600 is 6 %): a year, or the bank's share for `nisbah`.",
        examples=[600],
    ),
]
Pricing = Annotated[
    PricingKind,
    Field(description="What the price is called. Open: expect new values.", examples=["interest"]),
]
Scheme = Annotated[
    str,
    Field(
        min_length=1,
        max_length=40,
        pattern=r"^[a-z][a-z0-9_]*$",
        description="Code of a scheme of financing.",
        examples=["kur_mikro"],
    ),
]
Reason = Annotated[
    ReasonCode,
    Field(description="Why; `/v1/financing/referral-moves` lists them. Open.", examples=["incomplete_file"]),
]


class DocumentKind(StrEnum):
    """What a bank may ask for."""

    identity_card = "identity_card"
    family_card = "family_card"
    business_licence = "business_licence"
    tax_id = "tax_id"
    sales_records = "sales_records"
    bank_statement = "bank_statement"
    financial_statement = "financial_statement"
    collateral_paper = "collateral_paper"
    business_photo = "business_photo"
    quotation = "quotation"
    other = "other"


Document = Annotated[
    DocumentKind, Field(description="Kind of document. Open: expect new values.", examples=["sales_records"])
]


class ReferralCreate(Wire):
    """A request for financing of one business, to one bank or to several in order."""

    actor_id: Id
    bank_id: Id | None = Field(
        default=None, description="The bank; or give `bank_ids`.", examples=["01983b1e-6f1c-7cc0-9d2b-4a5e5c0f7a11"]
    )
    bank_ids: list[Id] | None = Field(
        default=None,
        min_length=1,
        max_length=5,
        description="Several banks in order, instead of `bank_id`: each is asked once the one before has ended.",
        examples=[["01983b1e-6f1c-7cc0-9d2b-4a5e5c0f7a11"]],
    )
    product_id: Id | None = Field(
        default=None,
        description="A product that the bank has on offer; its scheme is that of the request.",
        examples=["01983b1e-6f1c-7cc0-9d2b-4a5e5c0f7a11"],
    )
    scheme: Scheme | None = Field(
        default=None, description="The scheme, where no product is named; else `commercial`.", examples=["kur_mikro"]
    )
    amount_idr: Amount
    tenor_months: Tenor
    purpose: Note
    submit: bool = Field(
        default=True, strict=True, description="Send it at once; false makes a draft.", examples=[True]
    )


class ReferralPatch(Patch):
    """What a draft asks for."""

    bank_id: Id = Field(default_factory=new_id)
    product_id: Id | None = Field(
        default=None,
        description="A product of that bank; null: none.",
        examples=["01983b1e-6f1c-7cc0-9d2b-4a5e5c0f7a11"],
    )
    scheme: Scheme = Field(default_factory=str)
    amount_idr: Amount = Field(default_factory=int)
    tenor_months: Tenor = Field(default_factory=int)
    purpose: Note = Field(default_factory=str)


class DocumentAsked(Wire):
    """A document that a bank asks for."""

    kind: Document
    words: Note | None = Field(
        default=None, description="Which one; needed for `other`.", examples=["Nota tiga bulan terakhir."]
    )


class ReferralMove(Wire):
    """A move along the life cycle, with what that move needs."""

    to: State
    reason_code: Reason | None = Field(
        default=None, description="Needed to reject and to close.", examples=["incomplete_file"]
    )
    note: Note | None = Field(default=None, description="Free text for the other side.", examples=["Berkas lengkap."])
    documents: list[DocumentAsked] | None = Field(
        default=None,
        min_length=1,
        max_length=20,
        description="Needed for `info_requested`: what the bank asks for.",
        examples=[[{"kind": "sales_records"}]],
    )
    due_on: Day | None = Field(
        default=None, description="Until when the bank waits for documents.", examples=["2026-03-16"]
    )
    approved_amount_idr: Amount | None = Field(
        default=None, description="Needed to approve; at most what was asked for.", examples=[50_000_000]
    )
    approved_tenor_months: Tenor | None = Field(
        default=None, description="Months approved; else those asked for.", examples=[24]
    )
    approved_product_id: Id | None = Field(
        default=None,
        description="Another product of the bank than was asked for.",
        examples=["01983b1e-6f1c-7cc0-9d2b-4a5e5c0f7a11"],
    )
    approved_pricing_kind: Pricing | None = Field(
        default=None, description="What the price is called; needed with a price if no product is approved."
    )
    approved_rate_bp: RateBp | None = Field(
        default=None, description="Price in basis points, at most the product's; else the product's.", examples=[600]
    )
    disbursed_amount_idr: Amount | None = Field(
        default=None, description="Needed to disburse; at most what was approved.", examples=[50_000_000]
    )
    disbursed_on: Day | None = Field(
        default=None, description="Needed to disburse; from the approval to today.", examples=["2026-03-02"]
    )


class ReferralRead(Read):
    """A referral, as its business, its bank and PLUT see it."""

    id: Id
    actor_id: Id
    bank_id: Id
    scheme: Scheme
    product_id: Id | None = Field(description="The product asked for.", examples=[None])
    queue_id: Id | None = Field(
        description="The order of banks that it is part of; a bank is not told.", examples=[None]
    )
    place: Place | None = Field(description="Its place in that order; a bank is not told.", examples=[None])
    amount_idr: Idr
    tenor_months: Tenor
    purpose: Note | None = Field(description="What the money is for; the Dinas is not told.", examples=["Alat kemas."])
    state: State
    state_since: Instant
    due_at: Instant | None = Field(
        description="When the clock of this state runs out; null: none runs.", examples=[None]
    )
    is_late: bool = Field(description="Whether that clock has run out.", examples=[False])
    allowed_moves: list[State] = Field(
        max_length=13, description="Where the caller can move it from here.", examples=[["received"]]
    )
    submitted_at: Instant | None = Field(description="When it was sent to the bank; null: not yet.", examples=[None])
    decided_at: Instant | None = Field(description="When the bank approved or rejected it.", examples=[None])
    approved_amount_idr: Idr | None = Field(description="Approved amount.", examples=[None])
    approved_tenor_months: Tenor | None = Field(description="Approved months.", examples=[None])
    approved_product_id: Id | None = Field(description="The product approved.", examples=[None])
    approved_pricing_kind: Pricing | None = Field(description="What its price is called.", examples=[None])
    approved_rate_bp: RateBp | None = Field(description="Its price in basis points.", examples=[None])
    disbursed_amount_idr: Idr | None = Field(description="Disbursed amount.", examples=[None])
    disbursed_on: Day | None = Field(description="Day of disbursement.", examples=[None])
    acknowledged_at: Instant | None = Field(
        description="When the bank said that the data of an ended referral are gone.", examples=[None]
    )
    data_removed_on: Day | None = Field(description="The day on which they were removed.", examples=[None])
    created_at: Instant
    updated_at: Instant


class ReferralPage(Page[ReferralRead]):
    """One page of referrals, newest first."""


class ReferralTransitionRead(Read):
    """One move: from, to, by whom, when, why."""

    id: Id
    from_state: State | None = Field(description="Null for the first.", examples=[None])
    to_state: State
    caller_role: Annotated[
        str, Field(max_length=32, pattern=r"^[a-z]+$", description="Role of who moved it.", examples=["bank"])
    ]
    caller_id: Id
    reason_code: Reason | None = Field(description="Why it was moved.", examples=[None])
    note: Note | None = Field(description="Free text.", examples=[None])
    created_at: Instant


class ReferralTransitionPage(Page[ReferralTransitionRead]):
    """One page of moves, oldest first."""
