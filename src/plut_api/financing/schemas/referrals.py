"""Referrals on the wire."""

from typing import Annotated

from pydantic import Field

from plut_api.financing.models import ReferralState
from plut_api.financing.states import ReasonCode
from plut_api.kit.pages import Page
from plut_api.kit.wire import MAX_IDR, Day, Id, Idr, Instant, Note, Read, Wire

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
Reason = Annotated[ReasonCode, Field(description="Why a bank refuses; needed to reject.", examples=["incomplete_file"])]


class ReferralCreate(Wire):
    """A request for financing of one business to one bank."""

    actor_id: Id
    bank_id: Id
    amount_idr: Amount
    tenor_months: Tenor
    purpose: Note


class ReferralMove(Wire):
    """A move along the life cycle, with what that move needs."""

    to: State
    reason_code: Reason | None = Field(default=None, description="Needed to reject.", examples=["incomplete_file"])
    note: Note | None = Field(default=None, description="Free text for the other side.", examples=["Berkas lengkap."])
    approved_amount_idr: Amount | None = Field(
        default=None, description="Needed to approve; at most what was asked for.", examples=[50_000_000]
    )
    disbursed_amount_idr: Amount | None = Field(
        default=None, description="Needed to disburse; at most what was approved.", examples=[50_000_000]
    )
    disbursed_on: Day | None = Field(
        default=None, description="Needed to disburse; not before the referral, not in future.", examples=["2026-03-02"]
    )


class ReferralRead(Read):
    """A referral, as its business, its bank and PLUT see it."""

    id: Id
    actor_id: Id
    bank_id: Id
    amount_idr: Idr
    tenor_months: Tenor
    purpose: Note
    state: State
    approved_amount_idr: Idr | None = Field(description="Approved amount.", examples=[None])
    disbursed_amount_idr: Idr | None = Field(description="Disbursed amount.", examples=[None])
    disbursed_on: Day | None = Field(description="Day of disbursement.", examples=[None])
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
    reason_code: Reason | None = Field(description="Why it was refused.", examples=[None])
    note: Note | None = Field(description="Free text.", examples=[None])
    created_at: Instant


class ReferralTransitionPage(Page[ReferralTransitionRead]):
    """One page of moves, oldest first."""
