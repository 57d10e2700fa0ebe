"""Requests of a side's person that its bank decided on: one paid out and reported on, and refused ones."""

from datetime import timedelta
from typing import Any

from plut_api.financing.models import Referral, ReferralState
from plut_api.financing.repayments.models import RepaymentReport
from plut_api.kit import clock
from plut_api.kit.database import Model
from tests.access.rows import Rows, Side
from tests.financing.loans import referral_of, refused_move


async def loan_of(world: Rows, side: Side, state: ReferralState = ReferralState.repaying, **given: Any) -> Referral:
    """A request of another business of the side's person, in a state."""
    referral = referral_of(await world.make.actor(side.person), side.bank, state, **given)
    await world.make.add(referral)
    return referral


async def refused_of(world: Rows, side: Side) -> Referral:
    """A request that the side's bank refused."""
    referral = await loan_of(world, side, ReferralState.rejected)
    await world.make.add(refused_move(referral, "incomplete_file", caller_id=side.teller.id))
    return referral


async def rows_of_loans(world: Rows, side: Side) -> dict[str, Model]:
    """A loan, and what its bank reported of it."""
    loan = await loan_of(world, side)
    report = RepaymentReport(
        referral_id=loan.id,
        as_of=clock.today() - timedelta(days=40),
        collectibility=1,
        days_past_due=0,
        outstanding_idr=35_000_000,
        paid_idr=6_000_000,
        is_restructured=False,
        reported_by=side.teller.id,
    )
    return {"loan": loan, "repayment_report": await world.add(report)}
