"""Reporting how loans stand: by the bank that paid them out, for days since, one report a day and loan."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.financing.models import Referral, ReferralState
from plut_api.financing.referrals.access import get_referral
from plut_api.financing.referrals.reasons import ReasonCode
from plut_api.financing.referrals.service import move_locked
from plut_api.financing.referrals.states import Side
from plut_api.financing.repayments.models import RepaymentReport
from plut_api.financing.repayments.problems import LoanNotRunning, RepaymentReported
from plut_api.financing.repayments.quality import PREFIX, quality_faults
from plut_api.financing.repayments.schemas import RepaymentReportCreate
from plut_api.financing.repayments.standing import proven_since
from plut_api.financing.schemas.referrals import ReferralMove
from plut_api.kit import clock, outbox
from plut_api.kit.caller import Caller
from plut_api.kit.ids import new_id
from plut_api.kit.problems import Fault, Forbidden, Invalid, fault
from plut_api.reference.rules import rule_values

_PAID_OFF = ReferralMove(to=ReferralState.closed, reason_code=ReasonCode.paid_off)
RUNNING = frozenset({ReferralState.disbursed, ReferralState.repaying})
_COMPARED = ("collectibility", "days_past_due", "outstanding_idr", "paid_idr", "is_restructured")


async def report_repayment(
    db: AsyncSession, caller: Caller, referral_id: UUID, given: RepaymentReportCreate
) -> RepaymentReport:
    """Report on one loan of the caller's bank; the first report begins repayment.

    Raises Forbidden, ReferralNotFound, LoanNotRunning, RepaymentReported, Invalid. Emits repayment.reported, and
    referral.repaid_three_months or referral.fell_behind where the standing changes.
    """
    require_bank(caller)
    referral = await get_referral(db, caller, referral_id, for_update=True)
    values = await rule_values(db, PREFIX)
    before = await proven_since(db, [referral.id])
    stands = (await standing_reports(db, [(referral.id, given)])).get((referral.id, given.as_of))
    if stands is not None and given.correction_reason is None:
        raise RepaymentReported()
    check(referral, stands, given, values)
    report = await keep(db, caller, referral, stands, given)
    await tell(db, caller, [(referral, report)], before)
    await db.refresh(report)
    return report


def require_bank(caller: Caller) -> None:
    """Only who lent the money reports on it. Raises Forbidden."""
    if not caller.is_bank:
        raise Forbidden()


def reports_on(referral_id: UUID) -> Select[RepaymentReport]:
    """The reports on a loan, also those that were corrected."""
    return select(RepaymentReport).where(RepaymentReport.referral_id == referral_id)


async def standing_reports(
    db: AsyncSession, given: Sequence[tuple[UUID, RepaymentReportCreate]]
) -> dict[tuple[UUID, object], RepaymentReport]:
    """The reports that stand for these loans and days, by one statement; their referrals are locked already."""
    query = select(RepaymentReport).where(
        RepaymentReport.referral_id.in_({referral_id for referral_id, _ in given}),
        RepaymentReport.as_of.in_({one.as_of for _, one in given}),
        RepaymentReport.superseded_at.is_(None),
    )
    return {(row.referral_id, row.as_of): row for row in await db.scalars(query)}


def is_the_same(stands: RepaymentReport, given: RepaymentReportCreate) -> bool:
    """Whether a report says what stands already."""
    return all(getattr(stands, name) == getattr(given, name) for name in _COMPARED)


def check(
    referral: Referral, stands: RepaymentReport | None, given: RepaymentReportCreate, values: Mapping[str, int]
) -> None:
    """Hold a report against its loan. Raises LoanNotRunning, Invalid with every fault."""
    if referral.state not in RUNNING:
        raise LoanNotRunning(extra={"state": referral.state.value})
    faults = _faults(referral, stands, given, values)
    if faults:
        raise Invalid(errors=faults)


def changes_more(referral: Referral, stands: RepaymentReport | None, given: RepaymentReportCreate) -> bool:
    """Whether a report does more than to be added: it moves the referral, or takes the place of another."""
    return stands is not None or given.closes or referral.state is ReferralState.disbursed


async def keep(
    db: AsyncSession, caller: Caller, referral: Referral, stands: RepaymentReport | None, given: RepaymentReportCreate
) -> RepaymentReport:
    """Keep a report that was checked, in the place of the one that stands for the day, and move the referral along.

    The referral is locked by the caller. Raises what moving it raises.
    """
    if stands is not None:
        stands.superseded_at = clock.now()
        await db.flush()  # Only one stands for a day.
    report = RepaymentReport(
        id=new_id(),
        referral_id=referral.id,
        reported_by=caller.id,
        corrects_id=stands.id if stands else None,
        **given.model_dump(exclude={"closes", "referral_id"}),
    )
    db.add(report)
    if referral.state is ReferralState.disbursed:
        await move_locked(db, caller, referral, ReferralMove(to=ReferralState.repaying), side=Side.system)
    if given.closes:
        await move_locked(db, caller, referral, _PAID_OFF)
    return report


async def tell(
    db: AsyncSession, caller: Caller, kept: Sequence[tuple[Referral, RepaymentReport]], before: Mapping[UUID, object]
) -> None:
    """Tell of reports that were kept, and of loans that count as repaid on time since, or no longer."""
    await db.flush()
    reports = [(referral.id, _facts(referral, report)) for referral, report in kept]
    await outbox.record_all(db, "repayment.reported", reports, by=caller)
    referrals = {referral.id: referral for referral, _ in kept}
    after = await proven_since(db, referrals)
    begun = [
        (id_, _whose(referrals[id_]) | {"since": day.isoformat()}) for id_, day in after.items() if id_ not in before
    ]
    ended = [(id_, _whose(referral)) for id_, referral in referrals.items() if id_ in before and id_ not in after]
    await outbox.record_all(db, "referral.repaid_three_months", begun, by=caller)
    await outbox.record_all(db, "referral.fell_behind", ended, by=caller)


def _whose(referral: Referral) -> dict[str, object]:
    return {"actor_id": referral.actor_id, "organization_id": referral.bank_id}


def _facts(referral: Referral, report: RepaymentReport) -> dict[str, object]:
    return _whose(referral) | {"report_id": report.id, "collectibility": report.collectibility}


def _faults(
    referral: Referral, stands: RepaymentReport | None, given: RepaymentReportCreate, values: Mapping[str, int]
) -> list[Fault]:
    """All that does not fit the loan. What was paid out bounds what is owed."""
    disbursed_on, disbursed = referral.disbursed_on, referral.disbursed_amount_idr or 0
    faults = quality_faults(given.collectibility, given.days_past_due, given.is_restructured, values)
    if disbursed_on is None or not disbursed_on <= given.as_of <= clock.today():
        faults.append(_DAY_WRONG)
    if given.outstanding_idr > disbursed:
        faults.append(
            fault(
                "#/outstanding_idr",
                "amount_out_of_range",
                id=f"Paling banyak {disbursed} rupiah, yang dicairkan",
                en=f"At most {disbursed} rupiah, as disbursed",
            )
        )
    if given.closes and given.outstanding_idr > 0:
        faults.append(_NOT_PAID_BACK)
    if stands is None and given.correction_reason is not None:
        faults.append(_NOTHING_TO_CORRECT)
    return faults


_DAY_WRONG = fault(
    "#/as_of",
    "day_out_of_range",
    id="Antara tanggal pencairan dan hari ini",
    en="Between the day of disbursement and today",
)
_NOT_PAID_BACK = fault(
    "#/closes",
    "not_paid_back",
    id="Hanya yang sudah lunas dapat ditutup",
    en="Only what is paid back can be closed",
)
_NOTHING_TO_CORRECT = fault(
    "#/correction_reason",
    "nothing_to_correct",
    id="Belum ada laporan untuk tanggal itu",
    en="There is no report for that day to correct",
)
