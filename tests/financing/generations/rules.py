"""Two rule sets of our own, so that these tests do not hang on what the shipped ones ask.

By the first, whoever has a NIB and tells sales is ready; the second also asks for workers. Their days are far
off, so that no shipped one overtakes them.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.actors.models import Actor
from plut_api.financing.generations import rule_set_called
from plut_api.financing.generations.planning import begin
from plut_api.financing.judging import recompute
from plut_api.financing.models import (
    Generation,
    GenerationCause,
    GenerationState,
    Readiness,
    ReadinessChange,
    RuleSet,
)
from plut_api.identity.models import Account
from plut_api.kit import clock
from plut_api.kit.caller import Role
from plut_api.kit.database import unit_of_work
from tests.factories import Make

OLD, NEW = "uji-v1", "uji-v2"
Sessions = async_sessionmaker[AsyncSession]
_NIB = 1_220_103_000_000


def _rule(code: str, kind: str, passes: dict[str, Any], **given: Any) -> dict[str, Any]:
    words = {"id": f"Aturan {code}", "en": f"Rule {code}"}
    rule = {"code": code, "kind": kind, "title": words, "next_step": words, "source": "contoh"}
    return rule | {"shows": passes["fact"], "passes": passes} | given


_HAS_NIB = _rule("U-G01", "gate", {"fact": "has_nib", "is": True})
_WORKERS = _rule("U-G02", "gate", {"fact": "workers", "at_least": 2})
_SALES = _rule("U-S01", "signal", {"fact": "sales_idr", "at_least": 1}, weight=100)
_BOUNDS = {"ready_from_score": 70, "almost_from_score": 50}
RULES = {
    OLD: {"version": OLD, "valid_from": "2098-01-01", "rules": [_HAS_NIB, _SALES]} | _BOUNDS,
    NEW: {"version": NEW, "valid_from": "2098-02-01", "rules": [_HAS_NIB, _WORKERS, _SALES]} | _BOUNDS,
}


async def old_rules_serve(sessions: Sessions) -> None:
    """Put both rule sets on file, and the old one in force."""
    async with unit_of_work(sessions) as db:
        for version, content in RULES.items():
            values = {"version": version, "content": content, "content_hash": b"", "valid_from": clock.today()}
            await db.execute(insert(RuleSet).values(**values).on_conflict_do_nothing())
        done = {"state": GenerationState.done, "finished_at": clock.now(), "day": clock.today()}
        db.add(Generation(subject="business", rule_set=OLD, cause=GenerationCause.first, **done))


async def begin_new(sessions: Sessions) -> Generation:
    """Begin to bring the new rules into force."""
    async with unit_of_work(sessions) as db:
        return await begin(db, "business", GenerationCause.rule_set, await rule_set_called(db, NEW))


class Crowd:
    """Businesses of people whom one consultant accompanies."""

    def __init__(self, make: Make, consultant: Account) -> None:
        self.make, self.consultant = make, consultant
        self.actors: list[Actor] = []

    async def add(self, *, workers: int = 0, nib: bool = True, **person: Any) -> Actor:
        """One more; ready by the old rules if it has a NIB, by the new ones if it has workers too."""
        owner = await self.make.person(**person)
        await self.make.assignment(self.consultant, owner)
        number = f"{_NIB + len(self.actors):013d}" if nib else None
        actor = await self.make.actor(owner, nib=number, size_class="micro", size_basis="sales")
        await self.make.figure(actor, workers_female=workers, workers_male=0)
        self.actors.append(actor)
        return actor


async def crowd(make: Make) -> Crowd:
    """Nobody yet."""
    return Crowd(make, await make.staff(Role.consultant))


async def judge_all(sessions: Sessions, actors: Sequence[Actor]) -> None:
    """As the events of their registration have it done."""
    async with unit_of_work(sessions) as db:
        await recompute(db, Actor.id.in_([actor.id for actor in actors]), cause="actor.registered")


async def served(sessions: Sessions, actor: Actor) -> tuple[str, str]:
    """Rule set and status on file."""
    async with sessions() as db:
        kept = await db.get_one(Readiness, actor.id)
        return kept.rule_set, kept.status.value


async def changes_of(sessions: Sessions, actor: Actor) -> list[ReadinessChange]:
    """The history of a business, the oldest first."""
    async with sessions() as db:
        rows = select(ReadinessChange).where(ReadinessChange.actor_id == actor.id).order_by(ReadinessChange.id)
        return list(await db.scalars(rows))
