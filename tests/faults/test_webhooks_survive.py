"""A worker or a server that is killed outright in the middle loses no event, and their order per subject stays."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.actors.models import Actor, Consent, Person
from plut_api.integration.webhooks.delivering import send_due
from plut_api.integration.webhooks.models import DeliveryState, WebhookDelivery
from plut_api.kit import outbox
from plut_api.kit.caller import Role
from plut_api.kit.database import unit_of_work
from plut_api.kit.ids import new_id
from plut_api.kit.relay import relay
from plut_api.organizations.models import Organization
from plut_api.settings import Settings
from tests.conftest import Api
from tests.factories import Make
from tests.faults.processes import free_port, is_ready, kill, running, until
from tests.identity.signing_in import put_settings
from tests.integration.webhooks.receiver import Receiver, receiving

Sessions = async_sessionmaker[AsyncSession]
STATES = ("submitted", "received", "in_review", "approved")


@pytest.fixture(autouse=True)
def sandbox(app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installation that may call this machine."""
    put_settings(monkeypatch, app, outgoing_to_loopback=True)


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    """A bank's receiver."""
    async with receiving() as one:
        yield one


@pytest.fixture
async def bank(api: Api, make: Make, receiver: Receiver, settings: Settings, sessions: Sessions) -> Organization:
    """A bank whose endpoint has proven itself."""
    found = await make.bank()
    made = await api.as_(await make.staff(Role.bank, found)).post("/v1/webhook-endpoints", url=receiver.url)
    assert made.status_code == 201, made.text
    await send_due(settings.model_copy(update={"outgoing_to_loopback": True}), sessions)
    return found


async def test_a_worker_that_is_killed_loses_no_event_and_keeps_their_order(
    receiver: Receiver, bank: Organization, settings: Settings, sessions: Sessions
) -> None:
    subjects, receiver.delay = [new_id() for _ in range(10)], 30
    for state in STATES:
        async with unit_of_work(sessions) as db:
            for subject in subjects:
                facts = {"actor_id": new_id(), "organization_id": bank.id}
                await outbox.record(db, f"referral.{state}", subject, by=None, **facts)

    async with running("worker", settings) as worker:
        await until(lambda: _received(receiver, 3), "deliveries under way")
        await kill(worker)
    begun, receiver.delay = len(receiver.events), 0
    await _let_leases_end(sessions)
    async with running("worker", settings):
        await until(lambda: _all_sent(sessions), "everything delivered")

    assert begun >= 3
    assert len({one.headers["webhook-id"] for one in receiver.events}) == len(subjects) * len(STATES)
    assert len(receiver.events) == len(subjects) * len(STATES) + begun, "what was under way is sent again, no more"
    assert _first_told(receiver) == {subject: [f"referral.{state}" for state in STATES] for subject in subjects}


async def test_a_server_that_is_killed_loses_no_event_of_what_it_kept(
    api: Api, make: Make, receiver: Receiver, bank: Organization, settings: Settings, sessions: Sessions
) -> None:
    port, owners = free_port(), [await make.person() for _ in range(16)]
    pairs = [(owner, await make.actor(owner)) for owner in owners]
    halfway = [actor.id for _, actor in pairs[:3]]

    async with sessions() as holding, running("serve", settings, PLUT_PORT=str(port)) as server:
        await until(lambda: is_ready(port), "the server")
        await holding.execute(select(Actor.id).where(Actor.id.in_(halfway)).with_for_update())
        calls = [asyncio.create_task(_consent(api, port, bank, *pair)) for pair in pairs]
        await until(lambda: _some_are_kept(sessions), "the first consents")
        await kill(server)
    answered = {str(actor.id) for (_, actor), told in zip(pairs, await asyncio.gather(*calls), strict=True) if told}
    while await _relayed(sessions):
        pass
    await send_due(settings.model_copy(update={"outgoing_to_loopback": True}), sessions)

    async with sessions() as db:
        kept = {str(id_) for id_ in await db.scalars(select(Consent.actor_id))}
    told = [one.json["data"]["actor_id"] for one in receiver.events]
    assert kept >= answered
    assert not kept & {str(actor_id) for actor_id in halfway}
    assert sorted(told) == sorted(kept), "the bank hears of every consent that is kept, and of none that is not"


async def _consent(api: Api, port: int, bank: Organization, owner: Person, actor: Actor) -> bool:
    """Whether the server answered before it died."""
    headers = {"Authorization": f"Bearer {await api.as_(owner).token()}"}
    body = {"organization_id": str(bank.id), "text_version": "1"}
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
        try:
            answer = await client.post(f"/v1/actors/{actor.id}/consents", headers=headers, json=body)
        except httpx.TransportError:
            return False
    assert answer.status_code == 201, answer.text
    return True


async def _received(receiver: Receiver, count: int) -> bool:
    return len(receiver.events) >= count


async def _some_are_kept(sessions: Sessions) -> bool:
    async with sessions() as db:
        return (await db.scalar(select(func.count()).select_from(Consent)) or 0) >= 2


async def _relayed(sessions: Sessions) -> int:
    async with unit_of_work(sessions) as db:
        return await relay(db)


async def _let_leases_end(sessions: Sessions) -> None:
    """As the minute does that a lease lasts."""
    async with unit_of_work(sessions) as db:
        held = update(WebhookDelivery).where(WebhookDelivery.leased_until.is_not(None))
        await db.execute(held.values(leased_until=text("now()")))


async def _all_sent(sessions: Sessions) -> bool:
    async with sessions() as db:
        unsent = select(func.count()).select_from(WebhookDelivery)
        waiting = await db.scalar(unsent.where(WebhookDelivery.state != DeliveryState.delivered))
        unnumbered = await db.scalar(
            select(func.count()).select_from(outbox.Event).where(outbox.Event.position.is_(None))
        )
        return not waiting and not unnumbered


def _first_told(receiver: Receiver) -> dict[UUID, list[str]]:
    """The types in the order in which each subject's were first told."""
    found: dict[UUID, list[str]] = defaultdict(list)
    for one in receiver.events:
        told = found[UUID(one.json["data"]["subject_id"])]
        if one.json["type"] not in told:
            told.append(one.json["type"])
    return dict(found)
