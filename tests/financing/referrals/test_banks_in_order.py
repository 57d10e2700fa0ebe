"""Several banks in order: the next is asked when one says no; none knows of the others."""

from asyncio import gather
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.actors.models import Consent
from plut_api.financing.models import Readiness, Referral
from plut_api.financing.referrals.queues import advance
from plut_api.kit import clock
from plut_api.kit.database import unit_of_work
from plut_api.settings import Settings
from plut_api.worker import work_off
from tests.conftest import Api
from tests.factories import Make
from tests.financing.asking import REFERRALS, bank_of, moved, refer, taken_to
from tests.financing.story import Business, confirmed_business

Sessions = async_sessionmaker[AsyncSession]


async def in_order(api: Api, make: Make) -> tuple[Business, list[Any], list[Api], list[str]]:
    """Three banks in order: the business, the banks, their machines, the paths of the referrals."""
    business = await confirmed_business(api, make)
    pairs = [await bank_of(make, business) for _ in range(3)]
    made = await refer(api.as_(business.owner), business, *(bank for bank, _ in pairs))
    assert made.status_code == 201, made.text
    listed = (await api.as_(business.owner).get(REFERRALS, queue=made.json()["queue_id"])).json()["data"]
    paths = [f"{REFERRALS}/{row['id']}" for row in sorted(listed, key=lambda row: row["place"])]
    return business, [bank for bank, _ in pairs], [api.as_(client) for _, client in pairs], paths


async def states(api: Api, paths: list[str]) -> list[str]:
    return [(await api.get(path)).json()["state"] for path in paths]


async def refuse(bank: Api, path: str) -> None:
    await taken_to(bank, path, "in_review")
    assert (await moved(bank, path, "rejected", reason_code="quota_exhausted")).status_code == 200


async def test_a_refusal_sends_the_request_to_the_next_bank_and_no_bank_knows_of_the_order(
    api: Api, make: Make, settings: Settings
) -> None:
    business, _, machines, paths = await in_order(api, make)
    owner = api.as_(business.owner)
    assert await states(owner, paths) == ["submitted", "draft", "draft"]
    assert (await machines[1].get(paths[1])).status_code == 404

    await refuse(machines[0], paths[0])
    await work_off(settings)

    assert await states(owner, paths) == ["rejected", "submitted", "draft"]
    seen = (await machines[1].get(paths[1])).json()
    assert (seen["queue_id"], seen["place"], seen["created_at"]) == (None, None, seen["submitted_at"])
    told = (await machines[1].get(f"{paths[1]}/transitions")).json()["data"]
    assert [(t["from_state"], t["to_state"], t["caller_role"]) for t in told] == [(None, "submitted", "person")]
    assert [len((await machine.get(REFERRALS)).json()["data"]) for machine in machines] == [1, 1, 0]
    events = (await owner.get(f"{paths[1]}/transitions")).json()["data"]
    assert [t["to_state"] for t in events] == ["draft", "submitted"]


async def test_without_consent_to_the_next_bank_its_draft_becomes_the_consultants_task(
    api: Api, make: Make, settings: Settings, sessions: Sessions
) -> None:
    business, banks, machines, paths = await in_order(api, make)
    async with unit_of_work(sessions) as db:
        await db.execute(delete(Consent).where(Consent.organization_id == banks[1].id))
    consultant = api.as_(business.consultant)
    before = await tasks(consultant)

    await refuse(machines[0], paths[0])
    await work_off(settings)

    waiting = (await consultant.get(paths[1])).json()
    assert (waiting["state"], waiting["due_at"] is not None) == ("draft", True)
    assert (before, await tasks(consultant)) == ([paths[0]], [paths[1]])
    await make.consent(business.actor, banks[1])
    assert (await moved(consultant, paths[1], "submitted")).status_code == 200


async def tasks(consultant: Api) -> list[str]:
    listed = (await consultant.get("/v1/work-list", kind="referral.open")).json()["data"]
    return [row["href"] for row in listed]


async def test_a_business_that_is_not_ready_any_more_is_not_sent_on(
    api: Api, make: Make, settings: Settings, sessions: Sessions
) -> None:
    business, _, machines, paths = await in_order(api, make)
    async with unit_of_work(sessions) as db:
        await db.execute(update(Readiness).values(expires_at=clock.now()))

    await refuse(machines[0], paths[0])
    await work_off(settings)

    assert await states(api.as_(business.owner), paths) == ["rejected", "draft", "draft"]


async def test_the_order_goes_on_once_however_often_it_is_asked_to(api: Api, make: Make, sessions: Sessions) -> None:
    business, _, machines, paths = await in_order(api, make)
    await refuse(machines[0], paths[0])

    async def go_on() -> None:
        async with unit_of_work(sessions) as db:
            ended = await db.scalar(select(Referral.id).where(Referral.state == "rejected"))
            assert ended is not None
            await advance(db, ended)

    await gather(*(go_on() for _ in range(4)))

    assert await states(api.as_(business.owner), paths) == ["rejected", "submitted", "draft"]


async def test_once_a_bank_paid_nobody_else_is_asked(api: Api, make: Make, settings: Settings) -> None:
    business, _, machines, paths = await in_order(api, make)
    await taken_to(machines[0], paths[0], "approved")
    today = clock.today().isoformat()

    await moved(machines[0], paths[0], "disbursed", disbursed_amount_idr=1, disbursed_on=today)
    await work_off(settings)

    assert await states(api.as_(business.owner), paths) == ["disbursed", "withdrawn", "withdrawn"]


async def test_who_withdraws_from_one_bank_decides_on_the_next_and_who_withdraws_all_ends_all(
    api: Api, make: Make, settings: Settings
) -> None:
    business, _, machines, paths = await in_order(api, make)
    owner = api.as_(business.owner)
    queue = (await owner.get(paths[0])).json()["queue_id"]

    await moved(owner, paths[0], "withdrawn")
    await work_off(settings)
    one = await states(owner, paths)
    foreign = [
        await caller.post(f"/v1/financing/referral-queues/{queue}/withdraw")
        for caller in (api.as_(await make.person()), machines[0])
    ]
    whole = await owner.post(f"/v1/financing/referral-queues/{queue}/withdraw", reason_code="no_longer_needed")
    await work_off(settings)

    assert (one, [a.status_code for a in foreign]) == (["withdrawn", "draft", "draft"], [404, 403])
    assert [row["state"] for row in whole.json()["data"]] == ["withdrawn"] * 3
    assert await states(owner, paths) == ["withdrawn"] * 3
    consents = (await owner.get(f"/v1/actors/{business.actor.id}/consents")).json()["data"]
    assert sorted(c["withdrawn_at"] is None for c in consents) == [False, True, True], "what no bank saw ends nothing"
