"""What tests of decisions and repayment begin with: requests that lie with a bank, and loans that were paid out."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from plut_api.actors.models import Actor, Person
from plut_api.financing.models import Referral, ReferralState, ReferralTransition
from plut_api.identity.models import Account, Client
from plut_api.kit import clock
from plut_api.kit.ids import new_id
from plut_api.organizations.models import Organization
from tests.conftest import Api
from tests.factories import Make

S = ReferralState
AMOUNT = 40_000_000
PAID_OUT = (S.disbursed, S.repaying, S.closed)


@dataclass
class Lent:
    """A request, its bank with a machine of it, its owner, and the consultant to whom the owner is assigned."""

    owner: Person
    actor: Actor
    consultant: Account
    bank: Organization
    machine: Client
    referral: Referral

    @property
    def path(self) -> str:
        return f"/v1/financing/referrals/{self.referral.id}"

    @property
    def reports(self) -> str:
        return f"{self.path}/repayment-reports"


async def machine_of(make: Make, bank: Organization) -> Client:
    return await make.client(bank, "financing:read", "financing:decide", "financing:report")


async def lent(make: Make, state: ReferralState = S.disbursed, on: date | None = None, **given: Any) -> Lent:
    """A loan of 40 million that was paid out on a day (a year ago by default), or a request in another state."""
    owner = await make.person()
    actor, bank = await make.actor(owner), await make.bank()
    machine = await machine_of(make, bank)
    referral = referral_of(actor, bank, state, on, **given)
    await make.add(referral)
    return Lent(owner, actor, await make.consultant_of(owner), bank, machine, referral)


def referral_of(
    actor: Actor, bank: Organization, state: ReferralState, on: date | None = None, **given: Any
) -> Referral:
    day = on or clock.today() - timedelta(days=365)
    decided = state in (S.approved, S.rejected, *PAID_OUT)
    values: dict[str, Any] = {
        "amount_idr": 50_000_000,
        "tenor_months": 24,
        "purpose": "Mesin kemasan.",
        "made_by": new_id(),
        "created_at": instant(day - timedelta(days=10)),
        "submitted_at": instant(day - timedelta(days=10)),
        "decided_at": instant(day) if decided else None,
        "approved_amount_idr": AMOUNT if state in (S.approved, *PAID_OUT) else None,
        "disbursed_amount_idr": AMOUNT if state in PAID_OUT else None,
        "disbursed_on": day if state in PAID_OUT else None,
    } | given
    return Referral(id=new_id(), actor_id=actor.id, bank_id=bank.id, state=state, **values)


def refused_move(referral: Referral, reason_code: str, **given: Any) -> ReferralTransition:
    """The move by which a bank refused."""
    values: dict[str, Any] = {"caller_id": new_id(), "caller_role": "bank"} | given
    return ReferralTransition(
        referral_id=referral.id, from_state=S.in_review, to_state=S.rejected, reason_code=reason_code, **values
    )


def instant(day: date) -> datetime:
    """Nine in the morning, WITA."""
    return datetime.combine(day, time(9), clock.WITA)


def report(as_of: date, **given: Any) -> dict[str, Any]:
    """A report on a loan that is repaid on time."""
    values = {"collectibility": 1, "days_past_due": 0, "outstanding_idr": 30_000_000, "paid_idr": 12_000_000}
    return {"as_of": as_of.isoformat()} | values | given


def of_bank(api: Api, lent: Lent) -> Api:
    """The API in the name of the bank's machine."""
    return api.as_(lent.machine)
