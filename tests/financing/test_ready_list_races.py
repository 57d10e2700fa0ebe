"""Who follows the list by its changes knows it exactly, whatever commits meanwhile."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import text, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.actors.models import Actor, Consent
from plut_api.financing.projection import refresh_rows
from plut_api.kit import clock
from plut_api.kit.ids import new_id
from plut_api.organizations.models import Organization
from tests.conftest import Api
from tests.factories import Make
from tests.financing.pulling import apply, bank_and_machine, changes, whole
from tests.financing.story import Business, confirmed_business

Sessions = async_sessionmaker[AsyncSession]


@dataclass
class Follower:
    """A bank that knows the list only from its pulls, under one filter."""

    bank: Api
    query: dict[str, Any]
    known: dict[str, dict[str, Any]] = field(default_factory=dict)
    token: str = ""
    heard: set[str] = field(default_factory=set)

    async def begin(self) -> None:
        self.known, self.token = await whole(self.bank, limit=5, **self.query)

    async def pull(self, limit: int) -> None:
        found, self.token = await changes(self.bank, self.token, limit=limit, **self.query)
        apply(self.known, found)
        self.heard |= {item["id"] for item in found}

    async def assert_knows_all(self) -> None:
        assert self.known == (await whole(self.bank, **self.query))[0]
        assert (await changes(self.bank, self.token, **self.query))[0] == []


async def test_nothing_is_missed_while_writers_commit_linger_and_roll_back(
    api: Api, make: Make, sessions: Sessions
) -> None:
    """Twelve businesses change, leave, return, gain and lose consent; who follows knows the list exactly."""
    businesses = [await confirmed_business(api, make, number) for number in range(12)]
    bank_organization, bank = await bank_and_machine(api, make)
    _, stranger = await bank_and_machine(api, make)
    followers = [Follower(bank, {}), Follower(bank, {"size_class": "micro"}), Follower(stranger, {})]
    chance = random.Random(7)

    async with writing(sessions, businesses, bank_organization, writers=6):
        for follower in followers:
            await follower.begin()
        for _ in range(25):
            for follower in followers:
                await follower.pull(limit=chance.choice((1, 3, 200)))
            await asyncio.sleep(0.01)
    for follower in followers:
        await follower.pull(limit=3)

    for follower in followers:
        await follower.assert_knows_all()
    assert followers[0].heard & {str(business.actor.id) for business in businesses}
    assert not followers[2].heard & {str(business.actor.id) for business in businesses}


@asynccontextmanager
async def writing(
    sessions: Sessions, businesses: list[Business], bank: Organization, writers: int
) -> AsyncIterator[None]:
    """Writers at work: a fifth of what they do is rolled back, some of it linger, some of it in savepoints."""
    stop = asyncio.Event()

    async def write(seed: int) -> None:
        chance = random.Random(seed)
        while not stop.is_set():
            async with sessions() as db:
                await db.begin()
                actor = chance.choice(businesses).actor
                await disturb(db, chance, actor, bank)
                if chance.random() < 0.3:
                    with suppress(InterruptedError):
                        async with db.begin_nested():
                            await disturb(db, chance, actor, bank)
                            if chance.random() < 0.5:
                                raise InterruptedError
                await asyncio.sleep(chance.choice((0, 0, 0.02)))
                await (db.rollback() if chance.random() < 0.2 else db.commit())

    tasks = [asyncio.create_task(write(seed)) for seed in range(writers)]
    yield
    stop.set()
    await asyncio.gather(*tasks)


async def disturb(db: AsyncSession, chance: random.Random, actor: Actor, bank: Organization) -> None:
    """One random change of a business, as services make it."""
    await db.execute(text("SELECT 1 FROM actors WHERE id = :id FOR NO KEY UPDATE"), {"id": actor.id})
    kind = chance.randrange(4)
    if kind == 0:
        await db.execute(update(Actor).where(Actor.id == actor.id).values(name=f"Nama {chance.random()}"))
    elif kind == 1:
        size = chance.choice(("micro", "small"))
        await db.execute(update(Actor).where(Actor.id == actor.id).values(size_class=size))
    elif kind == 2:
        await db.execute(
            update(Actor).where(Actor.id == actor.id).values(status=chance.choice(("active", "active", "dormant")))
        )
    else:
        live = Consent.withdrawn_at.is_(None) & (Consent.actor_id == actor.id)
        ended = await db.execute(
            update(Consent)
            .where(live)
            .values(withdrawn_at=clock.now(), change_xid=text("pg_current_xact_id()"))
            .returning(Consent.id)
        )
        if not ended.all():
            year = clock.now() + timedelta(days=365)
            statement = text(
                "INSERT INTO consents (id, actor_id, organization_id, purpose, text_version, language, channel, "
                "given_by, expires_at) VALUES (:id, :actor, :bank, 'financing', '1', 'id', 'app', :id, :until)"
            )
            await db.execute(statement, {"id": new_id(), "actor": actor.id, "bank": bank.id, "until": year})
    await refresh_rows(db, [actor.id])
