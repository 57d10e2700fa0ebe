"""What financing tells of a business: its file confirmed, requests made and moved."""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Select

from plut_api.financing.models import Readiness, Referral, ReferralState, ReferralTransition
from plut_api.kit.i18n import Text
from plut_api.kit.timeline import Business, Telling, entry, tells, tells_nothing
from plut_api.organizations.models import Organization

STATES: Mapping[str, Text] = {
    ReferralState.draft: Text(id="masih disusun", en="is being drawn up"),
    ReferralState.submitted: Text(id="diajukan", en="was submitted"),
    ReferralState.received: Text(id="diterima bank", en="was received"),
    ReferralState.in_review: Text(id="ditelaah bank", en="is under review"),
    ReferralState.info_requested: Text(id="menunggu dokumen yang diminta bank", en="waits for documents"),
    ReferralState.info_provided: Text(id="dilengkapi dokumennya", en="was completed with documents"),
    ReferralState.approved: Text(id="disetujui bank", en="was approved"),
    ReferralState.rejected: Text(id="ditolak bank", en="was rejected"),
    ReferralState.withdrawn: Text(id="ditarik kembali", en="was withdrawn"),
    ReferralState.expired: Text(id="berakhir karena lewat waktu", en="ended as its time ran out"),
    ReferralState.disbursed: Text(id="dicairkan", en="was paid out"),
    ReferralState.repaying: Text(id="mulai diangsur", en="began to be repaid"),
    ReferralState.closed: Text(id="selesai", en="was closed"),
}

for _paper in ("financing_plans", "credit_declarations", "book_months", "bank_accounts"):
    tells_nothing(_paper, "personal finance: read by its own scope alone")
tells_nothing("ready_rows", "computed from what is told of itself")
tells_nothing("dossiers", "frozen with the request that is told of itself")
tells_nothing("ready_exits", "computed from what is told of itself")
tells_nothing("referral_breaches", "whose turn it was and for how long is told by the moves")
tells_nothing("document_requests", "that the bank asked for documents is told by the move")
tells_nothing("referral_documents", "that documents were supplied is told by the move")


@tells(
    "readiness",
    kinds={
        "readiness.confirmed": Telling(
            "/v1/actors/{actor_id}/readiness",
            Text(id="Berkas pembiayaan dinyatakan lengkap.", en="The file for financing was confirmed as complete."),
        )
    },
)
def confirmations(actor_id: Business) -> Iterator[Select[Any]]:
    """The confirmation that stands."""
    yield entry("readiness.confirmed", Readiness.actor_id, Readiness.confirmed_at, by=Readiness.confirmed_by).where(
        Readiness.actor_id == actor_id, Readiness.confirmed_at.is_not(None)
    )


@tells(
    "referrals",
    "referral_transitions",
    kinds={
        "referral.moved": Telling(
            "/v1/financing/referrals/{referral_id}",
            Text(id="Pengajuan pembiayaan ke {bank} {to}.", en="The request for financing to {bank} {to}."),
            {"to": STATES},
        )
    },
)
def referrals(actor_id: Business) -> Iterator[Select[Any]]:
    """Requests for financing, move by move; the amounts stay where they are."""
    moved = entry(
        "referral.moved",
        ReferralTransition.id,
        ReferralTransition.created_at,
        by=ReferralTransition.caller_id,
        referral_id=Referral.id,
        bank=Organization.name,
        to=ReferralTransition.to_state,
    )
    moved = moved.join_from(Referral, ReferralTransition, ReferralTransition.referral_id == Referral.id)
    yield moved.join(Organization, Organization.id == Referral.bank_id).where(Referral.actor_id == actor_id)
