"""What this room holds of a person, and what becomes of it when they are erased.

A request for financing that the bank has not approved ends first. An approved one stands in the way: the bank is about
to pay, so the owner withdraws it or waits. What was disbursed stays, without words that name anybody.
"""

from typing import Any

from sqlalchemy import Select, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors.problems import ErasureBlocked
from plut_api.financing.ending import withdraw_open_referrals
from plut_api.financing.models import (
    DocumentRequest,
    ExitReason,
    Readiness,
    ReadyRow,
    Referral,
    ReferralDocument,
    ReferralState,
    ReferralTransition,
)
from plut_api.financing.projection import refresh_rows
from plut_api.financing.referrals.reasons import ReasonCode
from plut_api.kit import audit
from plut_api.kit.caller import Caller
from plut_api.kit.i18n import Text
from plut_api.kit.privacy import (
    Erased,
    Kept,
    Obstacle,
    Row,
    Subject,
    erasing,
    holds_nothing_to_tell,
    obstacle,
    personal_data,
    rows_of,
)
from plut_api.reference.retention import kept_until

GONE = "(dihapus)"
APPROVED = Obstacle(
    "referral_approved",
    Text(
        id="Ada permohonan pembiayaan yang sudah disetujui bank. Cabut dahulu, atau tunggu sampai dicairkan.",
        en="A bank has approved a request for financing. Withdraw it first, or wait until it is disbursed.",
    ),
)
holds_nothing_to_tell("referral_breaches", "by when a bank or an applicant was late; the requests themselves are told")
holds_nothing_to_tell("ready_exits", "ids, places and size classes of what left the ready list; gone after a month")


@personal_data(
    "readiness",
    "readiness",
    about=Text(id="Hasil penilaian kesiapan usaha Anda.", en="How ready your businesses were judged to be."),
)
async def held_readiness(db: AsyncSession, subject: Subject) -> list[Row]:
    """Results of the person's businesses."""
    return await rows_of(db, Readiness, Readiness.actor_id.in_(subject.actor_ids), subject)


@personal_data(
    "ready_list",
    "ready_rows",
    about=Text(
        id="Yang dilihat bank di daftar siap pembiayaan: tersamar, atau lengkap bila Anda menyetujuinya.",
        en="What banks see on the ready list: masked, or in full where you consented.",
    ),
)
async def held_ready_rows(db: AsyncSession, subject: Subject) -> list[Row]:
    """Rows of the ready list about the person's businesses."""
    return await rows_of(db, ReadyRow, ReadyRow.actor_id.in_(subject.actor_ids), subject)


@personal_data(
    "referrals",
    "referrals",
    about=Text(id="Permohonan pembiayaan usaha Anda.", en="Requests for financing of your businesses."),
)
async def held_referrals(db: AsyncSession, subject: Subject) -> list[Row]:
    """Referrals of the person's businesses."""
    return await rows_of(db, Referral, Referral.actor_id.in_(subject.actor_ids), subject)


@personal_data(
    "referral_transitions",
    "referral_transitions",
    about=Text(id="Perjalanan permohonan itu.", en="What became of those requests, step by step."),
)
async def held_transitions(db: AsyncSession, subject: Subject) -> list[Row]:
    """Moves of those referrals."""
    of_person = select(Referral.id).where(Referral.actor_id.in_(subject.actor_ids))
    return await rows_of(db, ReferralTransition, ReferralTransition.referral_id.in_(of_person), subject)


@personal_data(
    "referral_documents",
    "document_requests",
    "referral_documents",
    about=Text(
        id="Dokumen yang diminta bank, dan berkas yang Anda sertakan.",
        en="Documents that banks asked for, and files that you supplied.",
    ),
)
async def held_documents(db: AsyncSession, subject: Subject) -> list[Row]:
    """What was asked for and supplied inside those referrals."""
    of_person = select(Referral.id).where(Referral.actor_id.in_(subject.actor_ids))
    asked = await rows_of(db, DocumentRequest, DocumentRequest.referral_id.in_(of_person), subject)
    return asked + await rows_of(db, ReferralDocument, ReferralDocument.referral_id.in_(of_person), subject)


@obstacle
async def approved_referrals(db: AsyncSession, subject: Subject) -> list[Obstacle]:
    """Whether a bank is about to pay."""
    approved = _of_sole(subject).where(Referral.state == ReferralState.approved)
    return [APPROVED] if await db.scalar(approved.limit(1)) else []


@erasing(order=5)
async def end_referrals(db: AsyncSession, caller: Caller, subject: Subject) -> Erased:
    """Withdraw what is open and empty what has ended. Raises ErasureBlocked if a bank approved one meanwhile."""
    rows = list(await db.scalars(_of_sole(subject).order_by(Referral.id).with_for_update()))
    if any(row.state is ReferralState.approved for row in rows):
        raise ErasureBlocked(detail=APPROVED.words, extra={"reasons": [APPROVED.code]})
    await withdraw_open_referrals(db, rows, caller.id, caller.role.value, reason=ReasonCode.data_erased)
    ids = [row.id for row in rows]
    quietly = {"synchronize_session": False}
    words = update(Referral).where(Referral.id.in_(ids)).values(purpose=GONE, version=Referral.version + 1)
    await db.execute(words.execution_options(**quietly))
    audit.record(db, audit.Action.changed, "referrals", ids, about=[subject.person_id], after={"erased": True})
    notes = update(ReferralTransition).where(ReferralTransition.referral_id.in_(ids)).values(note=None)
    await db.execute(notes.execution_options(**quietly))
    asked = update(DocumentRequest).where(DocumentRequest.referral_id.in_(ids)).values(words=None)
    await db.execute(asked.execution_options(**quietly))
    kept = Kept(
        "referrals",
        Text(
            id="Bank, jumlah dan tanggal permohonan, tanpa nama; pencairan wajib disimpan.",
            en="Bank, amounts and days of requests, without a name; disbursements have to be kept.",
        ),
        "UU 8/1997 art. 11",
        kept_until("disbursed_referrals"),
    )
    return Erased("referrals", emptied=len(rows), kept=[kept] if rows else [])


@erasing(order=60)
async def leave_ready_list(db: AsyncSession, caller: Caller, subject: Subject) -> Erased:
    """Remove the results, and take the rows off the ready list, so that every puller gets a tombstone.

    Rows of businesses that others own too are rendered anew at once, without the name.
    """
    statement = delete(Readiness).where(Readiness.actor_id.in_(subject.sole_actor_ids))
    result: Any = await db.execute(statement.execution_options(synchronize_session=False))
    audit.record(db, audit.Action.deleted, "readiness", subject.sole_actor_ids, about=[subject.person_id])
    await refresh_rows(db, list(subject.actor_ids), ExitReason.erased)
    return Erased("readiness", deleted=int(result.rowcount))


def _of_sole(subject: Subject) -> Select[Referral]:
    return select(Referral).where(Referral.actor_id.in_(subject.sole_actor_ids))
