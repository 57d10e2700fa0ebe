"""How tests ask banks for financing, and move what they asked for."""

from typing import Any

import httpx

from plut_api.organizations.models import Organization
from tests.conftest import Api
from tests.factories import Make
from tests.financing.story import Business, confirmed_business

ASKED: dict[str, Any] = {"amount_idr": 50_000_000, "tenor_months": 24, "purpose": "Mesin kemasan."}
REFERRALS = "/v1/financing/referrals"


async def bank_of(make: Make, business: Business) -> tuple[Organization, Any]:
    """A bank to which a business consented, and the bank's machine."""
    bank = await make.bank()
    await make.consent(business.actor, bank)
    return bank, await make.client(bank, "financing:read", "financing:decide", "files:read")


async def referred(api: Api, make: Make, **given: Any) -> tuple[Business, Organization, Api, str]:
    """A referral to a bank: the business, the bank, the bank's machine, and the referral's path."""
    business = await confirmed_business(api, make)
    bank, client = await bank_of(make, business)
    answer = await refer(api.as_(business.owner), business, bank, **given)
    assert answer.status_code == 201, answer.text
    return business, bank, api.as_(client), answer.headers["location"]


async def refer(api: Api, business: Business, *banks: Organization, **given: Any) -> httpx.Response:
    """Ask one bank, or several in order."""
    body = ASKED | {"actor_id": str(business.actor.id)}
    body |= {"bank_id": str(banks[0].id)} if len(banks) == 1 else {"bank_ids": [str(bank.id) for bank in banks]}
    return await api.post(REFERRALS, **body | given)


async def moved(api: Api, path: str, to: str, **given: Any) -> httpx.Response:
    """One move."""
    return await api.post(f"{path}/transitions", to=to, **given)


async def taken_to(bank: Api, path: str, state: str) -> None:
    """Take a referral as its bank along the way to disbursement, as far as a state."""
    given: dict[str, dict[str, Any]] = {
        "received": {},
        "in_review": {},
        "approved": {"approved_amount_idr": 40_000_000},
    }
    for to, values in given.items():
        answer = await moved(bank, path, to, **values)
        assert answer.status_code == 200, answer.text
        if to == state:
            return
