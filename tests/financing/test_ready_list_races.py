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

from plut_api.actors.models import Actor, Consent, Person, Sex
from plut_api.financing.models import Readiness
from plut_api.financing.projection import refresh_rows
from plut_api.kit import clock
from plut_api.kit.ids import new_id
from plut_api.organizations.models import Organization
from plut_api.outcomes.models import Outcome
from tests.conftest import Api
from tests.factories import Make
from tests.financing.listing import listed_business, setting
from tests.financing.products.offering import product_row
from tests.financing.pulling import apply, bank_and_machine, changes, whole
from tests.financing.story import Business

Sessions = async_sessionmaker[AsyncSession]
# Whoever wants between 50 and 100 million rupiah.
PRODUCT = {"scheme": "commercial", "min_amount_idr": 50_000_000, "max_amount_idr": 100_000_000}
_PLAN = text(
    "INSERT INTO financing_plans "
    "(id, actor_id, amount_idr, tenor_months, principle, purpose, items, recorded_by, version) "
    "VALUES (:id, :actor, :amount, 12, 'any', 'Modal', '[]', :id, 1) "
    "ON CONFLICT (actor_id) DO UPDATE SET amount_idr = excluded.amount_idr"
)


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
    """Twelve businesses change, leave, return, gain and lose consent; who follows knows the list exactly.

    Under every kind of filter: of what all rows show, of what only identified rows meet, and of what is stamped apart.
    """
    businesses = [await listed_business(make, sessions, number) for number in range(12)]
    bank_organization, bank = await bank_and_machine(api, make)
    _, stranger = await bank_and_machine(api, make)
    product = await product_row(make, bank_organization, **PRODUCT)
    await make.add(setting(bank_organization))
    filters: list[dict[str, Any]] = [
        {},
        {"size_class": "micro"},
        {"packaging_level": 3, "amount_band": ["to_10m", "to_100m"]},
        {"segment": "women", "sector": "C"},
        {"fits": str(product.id)},
        {"score_from": 50, "size_class": ["micro", "small"]},
    ]
    followers = [*(Follower(bank, query) for query in filters), Follower(stranger, {})]
    chance = random.Random(7)

    async with writing(sessions, businesses, bank_organization, writers=6):
        for follower in followers:
            await follower.begin()
        for _ in range(15):
            for follower in followers:
                await follower.pull(limit=chance.choice((2, 5, 200)))
    for follower in followers:
        await follower.pull(limit=3)

    for follower in followers:
        await follower.assert_knows_all()
    ids = {str(business.actor.id) for business in businesses}
    assert all(follower.heard & ids for follower in followers[:-1])
    assert not followers[-1].heard & ids
    assert all(set(follower.known) <= ids for follower in followers[3:6])


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
                business = chance.choice(businesses)
                await disturb(db, chance, business, bank)
                if chance.random() < 0.3:
                    with suppress(InterruptedError):
                        async with db.begin_nested():
                            await disturb(db, chance, business, bank)
                            if chance.random() < 0.5:
                                raise InterruptedError
                await asyncio.sleep(chance.choice((0, 0, 0.02)))
                await (db.rollback() if chance.random() < 0.2 else db.commit())

    tasks = [asyncio.create_task(write(seed)) for seed in range(writers)]
    yield
    stop.set()
    await asyncio.gather(*tasks)


async def disturb(db: AsyncSession, chance: random.Random, business: Business, bank: Organization) -> None:
    """One random change of a business, as services make it."""
    actor = business.actor
    await db.execute(text("SELECT 1 FROM actors WHERE id = :id FOR NO KEY UPDATE"), {"id": actor.id})
    kind = chance.randrange(8)
    if kind == 0:
        await db.execute(update(Actor).where(Actor.id == actor.id).values(name=f"Nama {chance.random()}"))
    elif kind == 1:
        size = chance.choice(("micro", "small"))
        await db.execute(update(Actor).where(Actor.id == actor.id).values(size_class=size))
    elif kind == 2:
        await db.execute(
            update(Actor).where(Actor.id == actor.id).values(status=chance.choice(("active", "active", "dormant")))
        )
    elif kind == 3:
        sex = chance.choice((Sex.female, Sex.male))
        await db.execute(update(Person).where(Person.id == business.owner.id).values(sex=sex))
    elif kind == 4:
        level = chance.choice((2, 3))
        moved = update(Outcome).where(Outcome.actor_id == actor.id)
        await db.execute(moved.values(reached_level=level, target_level=level))
    elif kind == 5:
        plan = {"id": actor.id, "actor": actor.id, "amount": chance.choice((5_000_000, 60_000_000, 200_000_000))}
        await db.execute(_PLAN, plan)
    elif kind == 6:
        score = chance.choice((30, 50, 70))
        await db.execute(update(Readiness).where(Readiness.actor_id == actor.id).values(score=score))
    else:
        await change_consent(db, actor, bank)
    await refresh_rows(db, [actor.id])


async def change_consent(db: AsyncSession, actor: Actor, bank: Organization) -> None:
    """Withdraw the consent, or give it anew."""
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
