"""Deliveries to a living endpoint alone, and beside a dead one behind which 100,000 events wait."""

import asyncio
import statistics
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from benchmarks.house import settings_for
from benchmarks.measures import Ratio
from plut_api.integration.webhooks.delivering import send_for_ever
from plut_api.integration.webhooks.models import PRIVATE, SECRET, EndpointState, WebhookEndpoint
from plut_api.integration.webhooks.signing import new_pair, new_secret
from plut_api.kit.crypto import vault
from plut_api.kit.database import make_engine, session_factory, unit_of_work
from plut_api.kit.ids import new_id
from plut_api.kit.migrations import upgrade
from plut_api.kit.postgres import Cluster
from plut_api.organizations.models import Organization, OrganizationKind
from plut_api.settings import Settings

BEHIND, SENT, ROUNDS = 100_000, 600, 5
NOT_SLOWED = 0.9
"""Of the rate alone: a dead endpoint may cost a look now and then."""

Sessions = async_sessionmaker[AsyncSession]
_EVENTS = text("""
    WITH happened AS (
        INSERT INTO events (id, name, subject_id, facts)
        SELECT gen_random_uuid(), 'referral.submitted', gen_random_uuid(), '{}' FROM generate_series(1, :count)
        RETURNING id, subject_id
    )
    INSERT INTO webhook_deliveries (id, endpoint_id, kind, event_id, subject_id, state, attempts)
    SELECT gen_random_uuid(), :endpoint, 'event', id, subject_id, 'pending', 0 FROM happened
""")
_LEFT = text("SELECT count(*) FROM webhook_deliveries WHERE endpoint_id = :endpoint AND state = 'pending'")
_DIES = text("UPDATE webhook_endpoints SET state = 'active', failures = 0, rests_until = now() WHERE id = :endpoint")
_AWAY = text("UPDATE webhook_endpoints SET state = 'unverified' WHERE id = :endpoint")
_LET_GO = text("UPDATE webhook_deliveries SET leased_until = NULL WHERE endpoint_id = :endpoint AND state = 'pending'")


async def webhooks(running: Cluster) -> list[Ratio]:
    """The middle one of some rounds; each has both, side by side in time, with a dead endpoint that never answers."""
    running.ensure_database("bench_webhooks")
    url, app_url = running.url("bench_webhooks"), running.app_url("bench_webhooks")
    await asyncio.to_thread(upgrade, url, app_url=app_url)
    settings = settings_for(app_url).model_copy(update={"outgoing_to_loopback": True})
    engine = make_engine(app_url, settings)
    sessions = session_factory(engine)
    async with _answering() as living_at, _silent() as dead_at:
        living, dead = await _endpoint(sessions, living_at), await _endpoint(sessions, dead_at)
        await _run(sessions, _EVENTS, endpoint=dead, count=BEHIND)
        await _run(sessions, text("ANALYZE"))
        alone: list[float] = []
        beside: list[float] = []
        for turn in range(2 * ROUNDS):
            with_dead = turn % 4 in (1, 2)  # Neither is always the first of its pair.
            await _run(sessions, _LET_GO, endpoint=dead)
            await _run(sessions, _DIES if with_dead else _AWAY, endpoint=dead)
            (beside if with_dead else alone).append(await _rate(settings, sessions, living))
    await engine.dispose()
    ratio = statistics.median(after / before for before, after in zip(alone, beside, strict=True))
    note = f"{statistics.median(alone):.0f} deliveries/s alone, {statistics.median(beside):.0f} beside"
    return [Ratio("deliveries beside 100,000 behind a dead endpoint / alone", ratio, NOT_SLOWED, note=note)]


async def _rate(settings: Settings, sessions: Sessions, endpoint: UUID) -> float:
    """Deliveries a second until all that was queued now has got through."""
    await _run(sessions, _EVENTS, endpoint=endpoint, count=SENT)
    began = time.perf_counter()
    sending = asyncio.create_task(send_for_ever(settings, sessions))
    try:
        while await _left(sessions, endpoint):
            await asyncio.sleep(0.02)
        return SENT / (time.perf_counter() - began)
    finally:
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)


async def _endpoint(sessions: Sessions, url: str) -> UUID:
    """An active endpoint of a bank of its own."""
    bank, (private, public) = new_id(), new_pair()
    endpoint = WebhookEndpoint(
        id=new_id(),
        organization_id=bank,
        url=url,
        event_types=[],
        state=EndpointState.active,
        challenge="contoh",
        secret_sealed=vault().seal(SECRET, new_secret()),
        private_sealed=vault().seal_bytes(PRIVATE, private),
        public_key=public,
        made_by=bank,
    )
    async with unit_of_work(sessions) as db:
        db.add(Organization(id=bank, code=f"B_{bank.hex[-12:].upper()}", name="Bank", kind=OrganizationKind.bank))
        await db.flush()
        db.add(endpoint)
    return endpoint.id


async def _left(sessions: Sessions, endpoint: UUID) -> int:
    async with sessions() as db:
        return int(await db.scalar(_LEFT, {"endpoint": endpoint}) or 0)


async def _run(sessions: Sessions, statement: object, **given: object) -> None:
    async with unit_of_work(sessions) as db:
        await db.execute(statement, given)  # type: ignore[call-overload]


@asynccontextmanager
async def _answering() -> AsyncIterator[str]:
    """The address of a receiver that answers at once."""

    async def handle(reading: asyncio.StreamReader, out: asyncio.StreamWriter) -> None:
        head = await reading.readuntil(b"\r\n\r\n")
        length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
        await reading.readexactly(int(length.split(b":")[1]))
        out.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        await out.drain()
        out.close()

    async with await asyncio.start_server(handle, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hooks"


@asynccontextmanager
async def _silent() -> AsyncIterator[str]:
    """The address of one that takes what it is sent and never says anything, which costs more than a refusal."""

    async def handle(reading: asyncio.StreamReader, out: asyncio.StreamWriter) -> None:
        while await reading.read(65_536):
            pass
        out.close()

    async with await asyncio.start_server(handle, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hooks"
