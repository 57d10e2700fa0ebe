"""How loans of the sample are paid back: a report for the end of each month since the money was paid out."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.financing.models import Referral
from plut_api.financing.repayments.quality import PREFIX, class_by_days
from plut_api.financing.repayments.schemas import RepaymentReportCreate
from plut_api.financing.repayments.service import report_repayment
from plut_api.kit import clock
from plut_api.kit.caller import Caller
from plut_api.kit.clock import clock_at
from plut_api.reference.rules import rule_values
from plut_api.sample.programs import days_before

_AGED = text("""
    UPDATE repayment_reports SET created_at = least(as_of + interval '2 days', now()) WHERE referral_id = :referral_id
""")


async def pay_back(
    db: AsyncSession, banker: Caller, referral: Referral, late: Sequence[int], *, closes: bool
) -> list[datetime]:
    """Report month by month how many days past due it stood; the instants at which the request moved by that."""
    values = await rule_values(db, PREFIX)
    months = _month_ends(referral.disbursed_on or clock.today())[: len(late)]
    disbursed = referral.disbursed_amount_idr or 0
    share = disbursed // (len(late) if closes else 24)
    instants, paid = [], 0
    for number, (day, days) in enumerate(zip(months, late, strict=False), 1):
        ends = closes and number == min(len(months), len(late))
        paid = disbursed if ends else paid + (share if days == 0 else 0)
        given = RepaymentReportCreate(
            as_of=day,
            collectibility=class_by_days(days, values),
            days_past_due=days,
            outstanding_idr=disbursed - paid,
            paid_idr=paid + paid // 20,
            closes=ends,
        )
        with clock_at(days_before(day, -2)):
            instants += [clock.now()] * ((number == 1) + ends)
            await report_repayment(db, banker, referral.id, given)
    await db.execute(_AGED, {"referral_id": referral.id})
    return instants


def _month_ends(since: date) -> list[date]:
    """The last days of the month of a day and of those after it, as far as they are over."""
    ends, first = [], since.replace(day=1)
    while (first := (first + timedelta(days=32)).replace(day=1)) <= clock.today():
        ends.append(first - timedelta(days=1))
    return ends
