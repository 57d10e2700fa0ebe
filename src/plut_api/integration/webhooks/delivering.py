"""Sending: for ever in the worker, all that is due in tests and seeds.

No transaction is open while an endpoint is waited for. What a dead worker held is sent again when its lease ends, under
the same `webhook-id`, so that the receiver knows it.
"""

import asyncio
import random
import time
from dataclasses import dataclass, field
from datetime import timedelta

import structlog
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.integration.events.feed import told
from plut_api.integration.webhooks.claims import Claim, claim
from plut_api.integration.webhooks.models import (
    FORMER,
    PRIVATE,
    SECRET,
    DeliveryKind,
    DeliveryState,
    EndpointState,
    WebhookAttempt,
    WebhookDelivery,
    WebhookEndpoint,
)
from plut_api.integration.webhooks.schemas import WebhookBody
from plut_api.integration.webhooks.signing import signatures
from plut_api.kit import clock, outbox
from plut_api.kit.audit import acting_as
from plut_api.kit.crypto import vault
from plut_api.kit.database import unit_of_work
from plut_api.kit.ids import new_id
from plut_api.kit.outbox import Event
from plut_api.kit.outgoing import OutgoingFailed, Reply, call
from plut_api.settings import Settings

log = structlog.get_logger()

Sessions = async_sessionmaker[AsyncSession]
LINES = 32
"""Deliveries under way at once, to all endpoints together."""
SECONDS = 15.0
GIVEN_UP_AFTER = timedelta(days=3)
_IDLE_SECONDS = 0.5
_PAUSES = [timedelta(seconds=s) for s in (5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400)]
_LONGEST_REST = timedelta(minutes=5)
_LONGEST_ASKED = timedelta(hours=1)
_LARGEST_ANSWER = 16_384
_TRIES_TO_VERIFY = 3
_GONE = 410


@dataclass(frozen=True)
class _Letter:
    url: str
    body: bytes
    headers: dict[str, str] = field(repr=False)
    challenge: str | None = None


@dataclass(frozen=True)
class _Outcome:
    """What a try came to. `rests` says that the endpoint as a whole had trouble."""

    status: int | None
    fault: str | None
    milliseconds: int
    rests: bool = False
    asked_pause: timedelta | None = None


async def send_for_ever(settings: Settings, sessions: Sessions) -> None:
    """Send what is due until cancelled."""
    running: set[asyncio.Task[None]] = set()
    try:
        while True:
            running.difference_update([task for task in running if task.done()])
            claims = await _claimed(sessions, LINES - len(running))
            running.update(asyncio.create_task(_tried(settings, sessions, one)) for one in claims)
            if running:
                await asyncio.wait(running, timeout=_IDLE_SECONDS, return_when=asyncio.FIRST_COMPLETED)
            elif not claims:
                await asyncio.sleep(_IDLE_SECONDS)
    finally:
        for task in running:
            task.cancel()


async def send_due(settings: Settings, sessions: Sessions) -> int:
    """Send all that is due now, then return how many tries were made."""
    tries = 0
    while claims := await claim(sessions, LINES):
        await asyncio.gather(*(_tried(settings, sessions, one) for one in claims))
        tries += len(claims)
    return tries


async def _claimed(sessions: Sessions, room: int) -> list[Claim]:
    if room <= 0:
        return []
    try:
        return list(await claim(sessions, room))
    except (OSError, SQLAlchemyError) as error:
        log.error("webhooks_not_looked_at", error=type(error).__name__)
        await asyncio.sleep(_IDLE_SECONDS)
        return []


async def _tried(settings: Settings, sessions: Sessions, claimed: Claim) -> None:
    """One try; whatever breaks it, the lease ends and it is made again."""
    try:
        with acting_as("job:webhooks.send"):
            letter = await _letter(sessions, claimed)
            if letter is not None:
                await _settle(sessions, claimed, await _post(settings, letter))
    except Exception as error:  # One delivery must not take the others down.
        log.error("webhook_try_broke", delivery_id=str(claimed.id), error=type(error).__name__)


async def _letter(sessions: Sessions, claimed: Claim) -> _Letter | None:
    """What is sent; nothing if the endpoint went meanwhile."""
    async with unit_of_work(sessions) as db:
        endpoint = await db.get(WebhookEndpoint, claimed.endpoint_id)
        if endpoint is None:
            return None
        event = await db.get_one(Event, claimed.event_id) if claimed.event_id else None
    challenge = endpoint.challenge if claimed.kind is DeliveryKind.verification else None
    body = _body(claimed, event, challenge).model_dump_json().encode()
    webhook_id, timestamp = str(claimed.event_id or claimed.id), int(clock.now().timestamp())
    shared = [vault().open(SECRET, endpoint.secret_sealed)]
    if endpoint.former_secret_sealed is not None and (endpoint.former_until or clock.now()) > clock.now():
        shared.append(vault().open(FORMER, endpoint.former_secret_sealed))
    private = vault().open_bytes(PRIVATE, endpoint.private_sealed)
    headers = {
        "Content-Type": "application/json",
        "webhook-id": webhook_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signatures(webhook_id, timestamp, body, private, *shared),
    }
    return _Letter(endpoint.url, body, headers, challenge)


def _body(claimed: Claim, event: Event | None, challenge: str | None) -> WebhookBody:
    if event is not None:
        data = told(event.id, event.name, event.subject_id, event.facts)
        flat = {"id": data["id"], "subject_id": data["subject_id"], "href": data["href"], **data["data"]}
        return WebhookBody(type=event.name, timestamp=event.occurred_at, data=flat)
    kind = "endpoint.verification" if challenge else "endpoint.test"
    said = {"challenge": challenge} if challenge else {"id": claimed.id}
    return WebhookBody(type=kind, timestamp=clock.now(), data=said)


async def _post(settings: Settings, letter: _Letter) -> _Outcome:
    began = time.monotonic()
    try:
        reply = await call(
            settings,
            "POST",
            letter.url,
            content=letter.body,
            headers=letter.headers,
            limit=_LARGEST_ANSWER,
            seconds=SECONDS,
        )
    except OutgoingFailed as failed:
        return _Outcome(None, failed.reason, _since(began), rests=True)
    fault = _fault(reply, letter.challenge)
    asked = _asked(reply)
    rests = reply.status >= 500 or reply.status == 429
    return _Outcome(reply.status, fault, _since(began), rests, asked)


def _fault(reply: Reply, challenge: str | None) -> str | None:
    if reply.status in range(300, 400):
        return "redirect"
    if reply.status not in range(200, 300):
        return "status"
    if challenge is not None and challenge.encode() not in reply.body:
        return "challenge_not_answered"
    return None


def _asked(reply: Reply) -> timedelta | None:
    """How long the endpoint asks to be left alone (`Retry-After` in seconds), at most an hour."""
    value = reply.headers.get("retry-after", "")
    return min(timedelta(seconds=int(value)), _LONGEST_ASKED) if value.isdigit() and len(value) < 7 else None


def _since(began: float) -> int:
    return round((time.monotonic() - began) * 1000)


async def _settle(sessions: Sessions, claimed: Claim, outcome: _Outcome) -> None:
    """Note a try, and what follows for the delivery and its endpoint. The endpoint is locked first."""
    async with unit_of_work(sessions) as db:
        locked = select(WebhookEndpoint).where(WebhookEndpoint.id == claimed.endpoint_id).with_for_update()
        endpoint = await db.scalar(locked)
        delivery = await db.get(WebhookDelivery, claimed.id, with_for_update=True)
        if endpoint is None or delivery is None or delivery.state is not DeliveryState.pending:
            return
        tried = {"status": outcome.status, "fault": outcome.fault, "milliseconds": outcome.milliseconds}
        db.add(WebhookAttempt(id=new_id(), delivery_id=delivery.id, **tried))
        delivery.leased_until = None
        if outcome.fault is None:
            _got_through(endpoint, delivery)
        else:
            _failed(endpoint, delivery, outcome)
            if endpoint.state is EndpointState.disabled:
                facts = {"organization_id": endpoint.organization_id, "reason": endpoint.disabled_reason}
                await outbox.record(db, "webhook_endpoint.disabled", endpoint.id, by=None, **facts)


def _got_through(endpoint: WebhookEndpoint, delivery: WebhookDelivery) -> None:
    delivery.state, delivery.ended_at = DeliveryState.delivered, clock.now()
    endpoint.failures, endpoint.failing_since, endpoint.rests_until = 0, None, clock.now()
    if delivery.kind is DeliveryKind.verification:
        endpoint.state = EndpointState.active
        endpoint.version += 1


def _failed(endpoint: WebhookEndpoint, delivery: WebhookDelivery, outcome: _Outcome) -> None:
    now = clock.now()
    first = delivery.first_tried_at or now
    verifying = delivery.kind is DeliveryKind.verification
    if now - first >= GIVEN_UP_AFTER or (verifying and delivery.attempts >= _TRIES_TO_VERIFY):
        delivery.state, delivery.ended_at = DeliveryState.failed, now
    pause = outcome.asked_pause or _jittered(_PAUSES[min(delivery.attempts, len(_PAUSES)) - 1])
    delivery.not_before = now + pause
    endpoint.failures += 1
    endpoint.failing_since = endpoint.failing_since or now
    if outcome.rests:
        rest = outcome.asked_pause or _jittered(min(timedelta(seconds=2 ** min(endpoint.failures, 12)), _LONGEST_REST))
        endpoint.rests_until = now + rest
    if outcome.status == _GONE:
        _disable(endpoint, "gone")
    elif now - endpoint.failing_since >= GIVEN_UP_AFTER:
        _disable(endpoint, "failed_for_long")


def _disable(endpoint: WebhookEndpoint, reason: str) -> None:
    endpoint.state, endpoint.disabled_reason = EndpointState.disabled, reason
    endpoint.version += 1


def _jittered(pause: timedelta) -> timedelta:
    return pause * random.uniform(0.8, 1.2)  # noqa: S311 (so that many do not come at once, not a secret)
