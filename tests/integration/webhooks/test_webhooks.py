"""Webhooks: an endpoint proves itself and receives what concerns it, in order, signed, at least once."""

import asyncio
import base64
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from fastapi import FastAPI
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from standardwebhooks.webhooks import Webhook

from plut_api.integration.webhooks.claims import claim
from plut_api.integration.webhooks.delivering import send_due
from plut_api.integration.webhooks.models import WebhookDelivery, WebhookEndpoint
from plut_api.kit import clock, outbox
from plut_api.kit.caller import Role
from plut_api.kit.database import unit_of_work
from plut_api.kit.ids import new_id
from plut_api.kit.relay import relay
from plut_api.organizations.models import Organization, OrganizationKind
from plut_api.settings import Settings
from tests.conftest import Api
from tests.factories import Make
from tests.identity.signing_in import put_settings
from tests.integration.webhooks.receiver import Receiver, receiving

Sessions = async_sessionmaker[AsyncSession]
_COPIES = text("""
    INSERT INTO webhook_deliveries (id, endpoint_id, kind, event_id, subject_id, state, attempts)
    SELECT gen_random_uuid(), d.endpoint_id, 'replay', d.event_id, gen_random_uuid(), 'pending', 0
    FROM webhook_deliveries d, generate_series(1, 100000) WHERE d.id = :id
""")


@pytest.fixture(autouse=True)
def sandbox(app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installation that may call this machine."""
    put_settings(monkeypatch, app, outgoing_to_loopback=True)


@pytest.fixture
def loopback(settings: Settings) -> Settings:
    """The same for the worker."""
    return settings.model_copy(update={"outgoing_to_loopback": True})


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    """A receiver that answers well until told otherwise."""
    async with receiving() as one:
        yield one


@pytest.fixture
async def bank(make: Make) -> Organization:
    """The organization that receives."""
    return await make.organization(OrganizationKind.bank)


async def happen(sessions: Sessions, bank: Organization, *subjects: UUID, name: str = "referral.submitted") -> None:
    """Let something happen that concerns a bank, and number it."""
    async with unit_of_work(sessions) as db:
        for subject in subjects or (new_id(),):
            await outbox.record(db, name, subject, by=None, actor_id=new_id(), organization_id=bank.id, amount=7)
    async with unit_of_work(sessions) as db:
        await relay(db)


async def endpoint_at(
    api: Api, make: Make, bank: Organization, receiver: Receiver, settings: Settings, sessions: Sessions, **given: Any
) -> tuple[Api, dict[str, Any]]:
    """An endpoint that has proven itself, and the API as a member of the bank's staff."""
    teller = api.as_(await make.staff(Role.bank, bank))
    made = await teller.post("/v1/webhook-endpoints", url=receiver.url, **given)
    assert made.status_code == 201, made.text
    await send_due(settings, sessions)
    return teller, made.json()


async def test_an_endpoint_that_answers_its_challenge_is_active(
    api: Api, make: Make, bank: Organization, receiver: Receiver, loopback: Settings, sessions: Sessions
) -> None:
    teller, made = await endpoint_at(api, make, bank, receiver, loopback, sessions)

    assert made["state"] == "unverified"
    assert receiver.got[0].json["type"] == "endpoint.verification"
    assert (await teller.get(f"/v1/webhook-endpoints/{made['id']}")).json()["state"] == "active"


async def test_an_endpoint_that_does_not_answer_its_challenge_receives_nothing(
    api: Api, make: Make, bank: Organization, receiver: Receiver, loopback: Settings, sessions: Sessions
) -> None:
    receiver.answers_challenges = False
    teller, made = await endpoint_at(api, make, bank, receiver, loopback, sessions)

    await happen(sessions, bank)
    await send_due(loopback, sessions)

    assert receiver.events == []
    deliveries = (await teller.get(f"/v1/webhook-endpoints/{made['id']}/deliveries")).json()["data"]
    assert [one["tries"][0]["fault"] for one in deliveries] == ["challenge_not_answered"]


async def test_what_is_sent_carries_signatures_that_the_published_library_verifies(
    api: Api, make: Make, bank: Organization, receiver: Receiver, loopback: Settings, sessions: Sessions
) -> None:
    _, made = await endpoint_at(api, make, bank, receiver, loopback, sessions)
    subject = new_id()

    await happen(sessions, bank, subject)
    await send_due(loopback, sessions)

    [received] = receiver.events
    read = Webhook(made["secret"]).verify(received.body, received.headers)
    assert read["type"] == "referral.submitted"
    assert read["data"]["subject_id"] == str(subject)
    assert read["data"]["href"] == f"/v1/financing/referrals/{subject}"
    assert set(read["data"]) == {"id", "subject_id", "href", "actor_id"}
    own = received.headers["webhook-signature"].rpartition("v1a,")[2]
    signed = f"{received.headers['webhook-id']}.{received.headers['webhook-timestamp']}.".encode() + received.body
    public = Ed25519PublicKey.from_public_bytes(base64.b64decode(made["public_key"].removeprefix("whpk_")))
    public.verify(base64.b64decode(own), signed)


async def test_another_banks_events_and_types_not_asked_for_are_not_sent(
    api: Api, make: Make, bank: Organization, receiver: Receiver, loopback: Settings, sessions: Sessions
) -> None:
    wanted = ["referral.submitted"]
    await endpoint_at(api, make, bank, receiver, loopback, sessions, event_types=wanted)

    await happen(sessions, await make.organization(OrganizationKind.bank))
    await happen(sessions, bank, name="consent.given")
    await send_due(loopback, sessions)

    assert receiver.events == []


async def test_what_fails_is_tried_again_under_the_same_id_and_a_later_event_of_its_subject_waits(
    api: Api, make: Make, bank: Organization, receiver: Receiver, loopback: Settings, sessions: Sessions
) -> None:
    await endpoint_at(api, make, bank, receiver, loopback, sessions)
    subject, other = new_id(), new_id()
    receiver.status = 422

    await happen(sessions, bank, subject)
    await happen(sessions, bank, subject, name="referral.received")
    await send_due(loopback, sessions)
    receiver.status = 200
    await happen(sessions, bank, other)
    await send_due(loopback, sessions)
    before = [one.json["data"]["subject_id"] for one in receiver.events]
    with clock.clock_at(clock.now() + timedelta(minutes=1)):
        await send_due(loopback, sessions)

    assert before == [str(subject), str(other)]
    told = [
        (one.json["type"], one.headers["webhook-id"])
        for one in receiver.events
        if one.json["data"]["subject_id"] == str(subject)
    ]
    assert [name for name, _ in told] == ["referral.submitted", "referral.submitted", "referral.received"]
    assert told[0][1] == told[1][1] != told[2][1]


@pytest.mark.parametrize(
    ("status", "fault", "rests"),
    [(500, "status", True), (429, "status", True), (302, "redirect", False), (400, "status", False)],
)
async def test_an_endpoint_in_trouble_rests_as_a_whole(
    api: Api,
    make: Make,
    bank: Organization,
    receiver: Receiver,
    loopback: Settings,
    sessions: Sessions,
    status: int,
    fault: str,
    rests: bool,
) -> None:
    teller, made = await endpoint_at(api, make, bank, receiver, loopback, sessions)
    receiver.status = status

    await happen(sessions, bank)
    await send_due(loopback, sessions)
    await happen(sessions, bank)
    await send_due(loopback, sessions)

    assert len(receiver.events) == (1 if rests else 2)
    newest_first = (await teller.get(f"/v1/webhook-endpoints/{made['id']}/deliveries", state="pending")).json()["data"]
    assert newest_first[-1]["tries"][0]["status"] == status
    assert newest_first[-1]["tries"][0]["fault"] == fault


async def test_retry_after_is_kept(
    api: Api, make: Make, bank: Organization, receiver: Receiver, loopback: Settings, sessions: Sessions
) -> None:
    await endpoint_at(api, make, bank, receiver, loopback, sessions)
    receiver.status, receiver.headers = 503, {"Retry-After": "1200"}

    await happen(sessions, bank)
    await send_due(loopback, sessions)
    receiver.status = 200
    with clock.clock_at(clock.now() + timedelta(minutes=19)):
        await send_due(loopback, sessions)
    early = len(receiver.events)
    with clock.clock_at(clock.now() + timedelta(minutes=21)):
        await send_due(loopback, sessions)

    assert (early, len(receiver.events)) == (1, 2)


async def test_an_endpoint_that_is_gone_is_disabled_at_once_and_told_of(
    api: Api, make: Make, bank: Organization, receiver: Receiver, loopback: Settings, sessions: Sessions
) -> None:
    teller, made = await endpoint_at(api, make, bank, receiver, loopback, sessions)
    receiver.status = 410

    await happen(sessions, bank)
    await send_due(loopback, sessions)

    read = (await teller.get(f"/v1/webhook-endpoints/{made['id']}")).json()
    assert (read["state"], read["disabled_reason"]) == ("disabled", "gone")
    async with sessions() as db:
        told = select(func.count()).where(outbox.Event.name == "webhook_endpoint.disabled")
        assert await db.scalar(told.where(outbox.Event.subject_id == UUID(made["id"]))) == 1


async def test_an_endpoint_that_fails_for_three_days_is_disabled_and_sends_what_waits_once_it_is_back(
    api: Api, make: Make, bank: Organization, receiver: Receiver, loopback: Settings, sessions: Sessions
) -> None:
    teller, made = await endpoint_at(api, make, bank, receiver, loopback, sessions)
    receiver.status = 500
    await happen(sessions, bank)
    await send_due(loopback, sessions)
    await happen(sessions, bank)

    with clock.clock_at(clock.now() + timedelta(days=3, minutes=1)):
        await send_due(loopback, sessions)
    disabled = (await teller.get(f"/v1/webhook-endpoints/{made['id']}")).json()
    receiver.status = 200
    await teller.post(f"/v1/webhook-endpoints/{made['id']}/verify")
    before = len(receiver.events)
    await send_due(loopback, sessions)

    assert (disabled["state"], disabled["disabled_reason"]) == ("disabled", "failed_for_long")
    assert len(receiver.events) == before + 1  # The first was given up with its three days.


async def test_while_a_secret_is_rotated_both_sign(
    api: Api, make: Make, bank: Organization, receiver: Receiver, loopback: Settings, sessions: Sessions
) -> None:
    teller, made = await endpoint_at(api, make, bank, receiver, loopback, sessions)
    rotated = (await teller.post(f"/v1/webhook-endpoints/{made['id']}/rotate-secret")).json()

    await happen(sessions, bank)
    await send_due(loopback, sessions)
    with clock.clock_at(clock.now() + timedelta(hours=25)):
        await happen(sessions, bank)
        await send_due(loopback, sessions)

    both, only_new = receiver.events
    for secret in (made["secret"], rotated["secret"]):
        assert Webhook(secret).verify(both.body, both.headers)
    assert both.headers["webhook-signature"].count("v1,") == 2
    assert only_new.headers["webhook-signature"].count("v1,") == 1


async def test_a_time_range_is_sent_again_in_order_under_the_same_ids(
    api: Api, make: Make, bank: Organization, receiver: Receiver, loopback: Settings, sessions: Sessions
) -> None:
    teller, made = await endpoint_at(api, make, bank, receiver, loopback, sessions)
    since, subject = clock.now() - timedelta(minutes=1), new_id()
    for name in ("referral.submitted", "referral.received", "referral.approved"):
        await happen(sessions, bank, subject, name=name)
    await send_due(loopback, sessions)
    first = [one.headers["webhook-id"] for one in receiver.events]

    until = (clock.now() + timedelta(minutes=1)).isoformat()
    answer = await teller.post(f"/v1/webhook-endpoints/{made['id']}/replay", since=since.isoformat(), until=until)
    await send_due(loopback, sessions)

    assert (answer.status_code, answer.json()) == (202, {"count": 3})
    assert [one.headers["webhook-id"] for one in receiver.events][3:] == first


async def test_a_test_event_is_sent_and_shows_in_the_log(
    api: Api, make: Make, bank: Organization, receiver: Receiver, loopback: Settings, sessions: Sessions
) -> None:
    teller, made = await endpoint_at(api, make, bank, receiver, loopback, sessions)

    queued = await teller.post(f"/v1/webhook-endpoints/{made['id']}/test")
    await send_due(loopback, sessions)

    assert queued.status_code == 202
    assert [one.json["type"] for one in receiver.events] == ["endpoint.test"]
    [newest, _] = (await teller.get(f"/v1/webhook-endpoints/{made['id']}/deliveries")).json()["data"]
    assert (newest["type"], newest["state"], newest["tries"][0]["status"]) == ("endpoint.test", "delivered", 200)


async def test_many_workers_send_each_event_once_and_in_order_for_each_subject(
    api: Api, make: Make, bank: Organization, receiver: Receiver, loopback: Settings, sessions: Sessions
) -> None:
    await endpoint_at(api, make, bank, receiver, loopback, sessions)
    subjects = [new_id() for _ in range(4)]
    for name in ("referral.submitted", "referral.received", "referral.in_review", "referral.approved"):
        await happen(sessions, bank, *subjects, name=name)

    for _ in range(20):
        await asyncio.gather(*(send_due(loopback, sessions) for _ in range(4)))

    assert len({one.headers["webhook-id"] for one in receiver.events}) == len(receiver.events) == 16
    for subject in subjects:
        own = [one.json["type"] for one in receiver.events if one.json["data"]["subject_id"] == str(subject)]
        assert own == ["referral.submitted", "referral.received", "referral.in_review", "referral.approved"]


async def test_what_a_dead_worker_held_is_sent_when_its_lease_ends(
    api: Api, make: Make, bank: Organization, receiver: Receiver, loopback: Settings, sessions: Sessions
) -> None:
    await endpoint_at(api, make, bank, receiver, loopback, sessions)
    await happen(sessions, bank)
    assert len(await claim(sessions, 10)) == 1  # Whoever claimed it dies here.

    await send_due(loopback, sessions)
    meanwhile = len(receiver.events)
    with clock.clock_at(clock.now() + timedelta(seconds=61)):
        await send_due(loopback, sessions)

    assert (meanwhile, len(receiver.events)) == (0, 1)


async def test_a_hundred_thousand_events_behind_a_dead_endpoint_do_not_hold_up_others(
    api: Api, make: Make, bank: Organization, receiver: Receiver, loopback: Settings, sessions: Sessions
) -> None:
    other = await make.organization(OrganizationKind.bank)
    await endpoint_at(api, make, other, receiver, loopback, sessions)
    await happen(sessions, other)
    receiver.status = 500
    await send_due(loopback, sessions)
    async with unit_of_work(sessions) as db:
        [queued] = await db.scalars(select(WebhookDelivery).where(WebhookDelivery.event_id.is_not(None)))
        await db.execute(_COPIES, {"id": queued.id})

    async with receiving() as living:
        await endpoint_at(api, make, bank, living, loopback, sessions)
        await happen(sessions, bank)
        tries = await send_due(loopback, sessions)

        assert len(living.events) == 1
        assert tries <= 2  # The dead one may have been asked once whether it is back.


@pytest.mark.parametrize(
    "url",
    ["http://bank.example/hooks", "https://user:x@bank.example/", "https://bank.example/#x", "ftp://bank.example/x"],
)
async def test_an_address_that_may_not_be_called_is_refused(
    api: Api, app: FastAPI, make: Make, bank: Organization, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_settings(monkeypatch, app, outgoing_to_loopback=False)

    answer = await api.as_(await make.staff(Role.bank, bank)).post("/v1/webhook-endpoints", url=url)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "#/url"


@pytest.mark.parametrize("url", ["https://localhost/hooks", "https://10.0.0.7/hooks", "https://[::1]/hooks"])
async def test_a_name_that_leads_inside_is_refused_and_nothing_is_kept(
    api: Api, app: FastAPI, make: Make, bank: Organization, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_settings(monkeypatch, app, outgoing_to_loopback=False)
    teller = api.as_(await make.staff(Role.bank, bank))

    answer = await teller.post("/v1/webhook-endpoints", url=url)

    assert answer.status_code == 422
    assert [(one["pointer"], one["code"]) for one in answer.json()["errors"]] == [("#/url", "url_refused")]
    assert (await teller.get("/v1/webhook-endpoints")).json()["data"] == []


async def test_a_name_that_leads_inside_later_is_not_called_any_more(
    api: Api,
    make: Make,
    bank: Organization,
    receiver: Receiver,
    settings: Settings,
    sessions: Sessions,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    teller = api.as_(await make.staff(Role.bank, bank))
    url = f"https://hooks.bank.example:{receiver.port}/hooks"
    made = (await teller.post("/v1/webhook-endpoints", url=url)).json()

    async def now_inside(host: str, port: int, **_: Any) -> list[Any]:
        return [(2, 1, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", now_inside)
    await send_due(settings, sessions)
    monkeypatch.undo()

    assert receiver.got == []

    [verification] = (await teller.get(f"/v1/webhook-endpoints/{made['id']}/deliveries")).json()["data"]
    assert verification["tries"][0]["fault"] == "address_refused"


async def test_an_endpoint_of_another_organization_does_not_exist(
    api: Api, make: Make, bank: Organization, receiver: Receiver, loopback: Settings, sessions: Sessions
) -> None:
    _, made = await endpoint_at(api, make, bank, receiver, loopback, sessions)
    stranger = api.as_(await make.staff(Role.bank))

    for call in (
        stranger.get(f"/v1/webhook-endpoints/{made['id']}"),
        stranger.get(f"/v1/webhook-endpoints/{made['id']}/deliveries"),
        stranger.post(f"/v1/webhook-endpoints/{made['id']}/test"),
        stranger.post(f"/v1/webhook-endpoints/{made['id']}/rotate-secret"),
    ):
        answer = await call
        assert (answer.status_code, answer.json()["code"]) == (404, "webhook_endpoint_not_found")


async def test_an_unknown_type_is_named(api: Api, make: Make, bank: Organization) -> None:
    teller = api.as_(await make.staff(Role.bank, bank))

    answer = await teller.post(
        "/v1/webhook-endpoints", url="https://hooks.bank.example/", event_types=["referral.submitted", "sun.rose"]
    )

    assert answer.status_code == 422
    assert [(one["pointer"], one["code"]) for one in answer.json()["errors"]] == [
        ("#/event_types/1", "event_type_unknown")
    ]


async def test_an_address_is_registered_once(api: Api, make: Make, bank: Organization) -> None:
    teller = api.as_(await make.staff(Role.bank, bank))
    url = "https://hooks.bank.example/plut"

    answers = [await teller.post("/v1/webhook-endpoints", url=url) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [201, 409]
    assert answers[1].json()["code"] == "webhook_endpoint_taken"


async def test_at_a_new_address_an_endpoint_proves_itself_again(
    api: Api, make: Make, bank: Organization, receiver: Receiver, loopback: Settings, sessions: Sessions
) -> None:
    teller, made = await endpoint_at(api, make, bank, receiver, loopback, sessions)
    path = f"/v1/webhook-endpoints/{made['id']}"
    etag = (await teller.get(path)).headers["ETag"]

    async with receiving() as elsewhere:
        moved = await teller.patch(path, etag=etag, url=elsewhere.url)
        await send_due(loopback, sessions)

        assert moved.json()["state"] == "unverified"
        assert [one.json["type"] for one in elsewhere.got] == ["endpoint.verification"]
    assert (await teller.get(path)).json()["state"] == "active"


async def test_a_removed_endpoint_is_sent_nothing_more(
    api: Api, make: Make, bank: Organization, receiver: Receiver, loopback: Settings, sessions: Sessions
) -> None:
    teller, made = await endpoint_at(api, make, bank, receiver, loopback, sessions)
    path = f"/v1/webhook-endpoints/{made['id']}"
    await happen(sessions, bank)

    gone = await teller.delete(path, etag=(await teller.get(path)).headers["ETag"])
    await send_due(loopback, sessions)

    assert gone.status_code == 204
    assert receiver.events == []
    async with sessions() as db:
        assert await db.scalar(select(func.count()).select_from(WebhookEndpoint)) == 0
