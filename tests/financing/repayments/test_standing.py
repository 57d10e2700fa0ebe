"""Three months in a row repaid on time: what counts, what takes it back, for many loans by one statement."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.financing.repayments.models import RepaymentReport
from plut_api.financing.repayments.standing import proven_since
from plut_api.kit.ids import new_id
from tests.factories import Make
from tests.financing.loans import Lent, lent

Sessions = async_sessionmaker[AsyncSession]
PAID_OUT = date(2025, 1, 28)
JAN, FEB, MAR, APR, MAY, JUN, JUL = (date(2025, month, 28) for month in range(1, 8))


def reports(loan: Lent, *told: tuple[date, int], **given: Any) -> list[RepaymentReport]:
    return [
        RepaymentReport(
            referral_id=loan.referral.id,
            as_of=as_of,
            collectibility=collectibility,
            days_past_due=0,
            outstanding_idr=1,
            paid_idr=1,
            is_restructured=False,
            reported_by=new_id(),
            **given,
        )
        for as_of, collectibility in told
    ]


@pytest.mark.parametrize(
    ("told", "since"),
    [
        ([(FEB, 1), (MAR, 1), (APR, 1)], APR),
        ([(FEB, 1), (MAR, 1)], None),
        ([(JAN, 1), (FEB, 1), (MAR, 1)], None),  # In the month of payment nothing was due.
        ([(FEB, 1), (MAR, 1), (MAY, 1)], None),  # A month without a report breaks the row.
        ([(FEB, 1), (MAR, 1), (MAY, 1), (JUN, 1), (JUL, 1)], JUL),
        ([(FEB, 1), (MAR, 1), (APR, 1), (JUN, 1)], APR),  # Later silence takes nothing back.
        ([(FEB, 1), (MAR, 1), (APR, 1), (MAY, 2)], None),
        ([(FEB, 2), (MAR, 1), (APR, 1), (MAY, 1)], MAY),
        ([(FEB, 1), (MAR, 1), (APR, 1), (MAY, 3), (JUN, 1), (JUL, 1)], None),
        ([(date(2025, 4, 3), 1), (APR, 1), (MAR, 1), (FEB, 1)], date(2025, 4, 3)),
        ([], None),
    ],
)
async def test_what_counts_as_three_months_in_a_row(
    make: Make, sessions: Sessions, told: list[tuple[date, int]], since: date | None
) -> None:
    loan = await lent(make, on=PAID_OUT)
    await make.add(*reports(loan, *told))

    async with sessions() as db:
        found = await proven_since(db, [loan.referral.id])

    assert found.get(loan.referral.id) == since


async def test_many_loans_are_judged_at_once_each_by_its_own_reports(
    make: Make, sessions: Sessions, statements: list[str]
) -> None:
    good, bad = await lent(make, on=PAID_OUT), await lent(make, on=PAID_OUT)
    across_years = await lent(make, on=date(2024, 10, 31))
    await make.add(*reports(good, (FEB, 1), (MAR, 1), (APR, 1)), *reports(bad, (FEB, 1), (MAR, 5), (APR, 1)))
    await make.add(*reports(across_years, (date(2024, 11, 30), 1), (date(2024, 12, 31), 1), (JAN, 1)))
    statements.clear()

    async with sessions() as db:
        found = await proven_since(db, [good.referral.id, bad.referral.id, across_years.referral.id])

    assert found == {good.referral.id: APR, across_years.referral.id: JAN}
    assert len(statements) == 2  # The rule value, and all loans.
