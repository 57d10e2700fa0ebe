"""Decisions and repayment reports of banks, refusals, and the report on financing."""

from plut_api.financing.models import ReferralState
from plut_api.kit import clock
from tests.access.calls.call import Call, prepared
from tests.access.of_loans import loan_of, refused_of
from tests.access.rows import Side
from tests.access.world import World
from tests.financing.loans import report


@prepared
async def create_repayment_report(world: World, side: Side, who: str) -> Call:
    loan = await loan_of(world, side)
    return Call(path={"referral_id": loan.id}, body=report(clock.today()), about=loan.id)


@prepared
async def list_repayment_reports(world: World, side: Side, who: str) -> Call:
    return Call(path={"referral_id": side.id("loan")}, about=side.id("loan"))


@prepared
async def report_repayments(world: World, side: Side, who: str) -> Call:
    loan = await loan_of(world, side)
    return Call(body={"items": [{"referral_id": str(loan.id)} | report(clock.today())]})


@prepared
async def decide_on_referrals(world: World, side: Side, who: str) -> Call:
    referral = await loan_of(world, side, ReferralState.submitted)
    return Call(body={"items": [{"referral_id": str(referral.id), "to": "received"}]})


@prepared
async def get_refusal(world: World, side: Side, who: str) -> Call:
    referral = await refused_of(world, side)
    return Call(path={"referral_id": referral.id}, about=referral.id)


@prepared
async def close_refusal(world: World, side: Side, who: str) -> Call:
    referral = await refused_of(world, side)
    return Call(path={"referral_id": referral.id}, body={"note": "Berkas dilengkapi."}, about=referral.id)


@prepared
async def get_financing_report(world: World, side: Side, who: str) -> Call:
    return Call(query={"by": "bank"})
