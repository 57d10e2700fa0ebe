"""Access to financing rises by itself: a bank's approval is level 3, three months repaid on time are level 4."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.financing.models import Referral, ReferralState
from plut_api.kit import clock
from plut_api.kit.database import unit_of_work
from plut_api.outcomes.models import Dimension
from tests.conftest import Api
from tests.factories import Make
from tests.financing.loans import Lent, instant, lent, of_bank, report
from tests.outcomes.steps import outcome_from_one_to_two
from tests.outcomes.test_system_facts import Trained, told

Sessions = async_sessionmaker[AsyncSession]


def months_ago(number: int) -> date:
    """The last day of a month that is over."""
    day = clock.today().replace(day=1)
    for _ in range(number - 1):
        day = (day - timedelta(days=1)).replace(day=1)
    return day - timedelta(days=1)


async def seated(api: Api, make: Make, loan: Lent) -> Trained:
    """The owner took a seat half a year ago and aims at level 4."""
    enrolment = await make.enrolment(person=loan.owner, actor=loan.actor, created_at=instant(months_ago(8)))
    outcome = await outcome_from_one_to_two(make, enrolment, dimension=Dimension.finance, target_level=4)
    return Trained(api, loan.owner, loan.consultant, loan.actor, outcome)


async def test_from_a_seat_to_level_four_and_back_when_the_loan_falls_behind(
    api: Api, make: Make, sessions: Sessions
) -> None:
    loan = await lent(make, ReferralState.in_review, on=months_ago(6))
    one, bank, levels = await seated(api, make, loan), of_bank(api, loan), []
    approved = await bank.post(f"{loan.path}/transitions", to="approved", approved_amount_idr=40_000_000)
    assert approved.status_code == 200, approved.text
    paid_on = months_ago(5)
    async with unit_of_work(sessions) as db:  # All that follows happened in months that are over.
        await db.execute(update(Referral).values(decided_at=instant(paid_on)))
    paid: dict[str, Any] = {"to": "disbursed", "disbursed_amount_idr": 40_000_000, "disbursed_on": paid_on.isoformat()}
    assert (await bank.post(f"{loan.path}/transitions", **paid)).status_code == 200
    await told(sessions)
    levels.append(await one.level())

    for month in (4, 3, 2):
        answer = await bank.post(loan.reports, **report(months_ago(month)))
        assert answer.status_code == 201, answer.text
        await told(sessions)
        levels.append(await one.level())
    (fact,) = [each["fact"] for each in await one.evidence() if each["verified_level"] == 4]
    await bank.post(loan.reports, **report(months_ago(1), collectibility=2, days_past_due=20))
    await told(sessions)
    levels.append(await one.level())
    better = report(months_ago(1), correction_reason="Angsuran sudah masuk tepat waktu.")
    await bank.post(loan.reports, **better)
    await told(sessions)
    levels.append(await one.level())

    assert levels == [3, 3, 3, 4, 3, 4]
    assert fact["href"] == loan.reports
