"""Whether a loan has been repaid on time for so many months in a row, in one statement for any number of loans."""

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, Select, and_, cast, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.financing.models import Referral
from plut_api.financing.repayments.models import RepaymentReport
from plut_api.reference.rules import rule_value

MONTHS = "repayment.current_months"
CURRENT = 1


async def proven_since(db: AsyncSession, referral_ids: Collection[UUID]) -> dict[UUID, date]:
    """The day since which each loan counts as repaid on time; loans that do not are not there."""
    if not referral_ids:
        return {}
    months = await rule_value(db, MONTHS)
    rows = await db.execute(repaid_on_time(referral_ids, months))
    return {row.referral_id: row.since for row in rows}


def repaid_on_time(referral_ids: Collection[UUID], months: int) -> Select[UUID, date]:
    """Loans with a report of class 1 in so many months in a row since their last worse report, and the day of the
    report that completed the row.

    The month of disbursement does not count: nothing was due in it. Later months without a report take nothing back;
    a worse report does. Leans on uq_repayment_reports_one_a_day.
    """
    stands = and_(RepaymentReport.referral_id.in_(referral_ids), RepaymentReport.superseded_at.is_(None))
    worse = (
        select(RepaymentReport.referral_id, func.max(RepaymentReport.as_of).label("as_of"))
        .where(stands, RepaymentReport.collectibility > CURRENT)
        .group_by(RepaymentReport.referral_id)
        .cte("worse")
    )
    month = _month(RepaymentReport.as_of)
    punctual = (
        select(RepaymentReport.referral_id, month.label("month"), func.min(RepaymentReport.as_of).label("as_of"))
        .join(Referral, Referral.id == RepaymentReport.referral_id)
        .outerjoin(worse, worse.c.referral_id == RepaymentReport.referral_id)
        .where(
            stands,
            month > _month(Referral.disbursed_on),
            or_(worse.c.as_of.is_(None), RepaymentReport.as_of > worse.c.as_of),
        )
        .group_by(RepaymentReport.referral_id, month)
        .cte("punctual")
    )
    place = func.row_number().over(partition_by=punctual.c.referral_id, order_by=punctual.c.month)
    # Months in a row differ from their place by the same amount.
    rows = select(*punctual.c, (punctual.c.month - place).label("row_of")).cte("rows")
    number = func.row_number().over(partition_by=[rows.c.referral_id, rows.c.row_of], order_by=rows.c.month)
    numbered = select(rows.c.referral_id, rows.c.as_of, number.label("number")).cte("numbered")
    completed = select(numbered.c.referral_id, func.min(numbered.c.as_of).label("since"))
    return completed.where(numbered.c.number == months).group_by(numbered.c.referral_id)


def _month(day: Any) -> ColumnElement[int]:
    """A month as a number that grows by one from each to the next."""
    return cast(func.extract("year", day) * 12 + func.extract("month", day), Integer)
