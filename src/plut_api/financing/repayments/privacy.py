"""What banks reported of a person's loans and consultants noted on refusals, and what becomes of it at erasure."""

from typing import Any

from sqlalchemy import Select, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.financing.models import Referral
from plut_api.financing.privacy import GONE
from plut_api.financing.refusals.models import RefusalClosure
from plut_api.financing.repayments.models import RepaymentReport
from plut_api.kit import audit
from plut_api.kit.caller import Caller
from plut_api.kit.i18n import Text
from plut_api.kit.privacy import Erased, Row, Subject, erasing, personal_data, rows_of


@personal_data(
    "repayment_reports",
    "repayment_reports",
    about=Text(
        id="Laporan bank tentang angsuran pembiayaan usaha Anda.",
        en="What banks reported of the repayment of your financing.",
    ),
)
async def held_reports(db: AsyncSession, subject: Subject) -> list[Row]:
    """Reports on loans of the person's businesses, also those that were corrected since."""
    return await rows_of(db, RepaymentReport, RepaymentReport.referral_id.in_(_of(subject.actor_ids)), subject)


@personal_data(
    "refusal_closures",
    "refusal_closures",
    about=Text(
        id="Catatan konsultan sesudah pengajuan Anda ditolak bank.",
        en="What a consultant noted after a bank refused your request.",
    ),
)
async def held_closures(db: AsyncSession, subject: Subject) -> list[Row]:
    """What consultants noted when they were done with a refusal."""
    return await rows_of(db, RefusalClosure, RefusalClosure.referral_id.in_(_of(subject.actor_ids)), subject)


@erasing(order=45)
async def empty_words(db: AsyncSession, caller: Caller, subject: Subject) -> Erased:
    """Take free text away; numbers of what was paid out stay with the request, as it does."""
    of_sole = _of(subject.sole_actor_ids)
    corrected = update(RepaymentReport).where(
        RepaymentReport.referral_id.in_(of_sole), RepaymentReport.correction_reason.is_not(None)
    )
    noted = update(RefusalClosure).where(RefusalClosure.referral_id.in_(of_sole))
    emptied = 0
    for table, statement in (
        ("repayment_reports", corrected.values(correction_reason=GONE).returning(RepaymentReport.id)),
        ("refusal_closures", noted.values(note=GONE).returning(RefusalClosure.id)),
    ):
        ids = (await db.scalars(statement.execution_options(synchronize_session=False))).all()
        audit.record(db, audit.Action.changed, table, ids, about=[subject.person_id], after={"erased": True})
        emptied += len(ids)
    return Erased("repayment_reports", emptied=emptied)


def _of(actor_ids: tuple[Any, ...]) -> Select[Any]:
    return select(Referral.id).where(Referral.actor_id.in_(actor_ids))
