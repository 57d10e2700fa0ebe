"""Whom events are about: noted as the relay numbers these, and judged in blocks, each business once for all of them."""

from uuid import UUID

from sqlalchemy import Select, Uuid, case, cast, delete, insert, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.actors.models import Actor, Ownership, owns
from plut_api.cooperatives.models import Cooperative
from plut_api.financing.cooperatives.due import cooperatives_of_events
from plut_api.financing.generations.serving import BUSINESS, COOPERATIVE, hold_still
from plut_api.financing.judging import BLOCK, Cause, recompute, recompute_cooperatives
from plut_api.financing.models import DueJudgement
from plut_api.kit.database import unit_of_work
from plut_api.kit.jobs import NAMESPACE, RETRY, defer, jobs, runtime
from plut_api.kit.outbox import Event
from plut_api.kit.relay import after_numbering

OF_BUSINESSES = (
    *("actor.registered", "actor.changed", "actor.status_changed", "owner.added", "owner.changed", "owner.ended"),
    *("figures.recorded", "papers.changed", "outcome.verified", "outcome.level_changed"),
    *("enrolment.completed", "enrolment.changed"),
    *("certification.added", "certification.changed", "certification.verified", "certification.removed"),
    *("channel.added", "channel.changed"),
)
"""Events that change facts of the business they name, or, if they name none, of those that the person owns."""
OF_OWNERS = ("person.changed",)
"""Events that change facts of every business that their subject owns."""
OF_IMPORTS = ("import.committed",)
JUDGE = f"{NAMESPACE}:financing.judge_due"


@after_numbering
async def note_due(db: AsyncSession, event_ids: list[UUID]) -> None:
    """Note whom these events are about, set-based, and queue one job for all."""
    due = union_all(*(query.where(Event.id.in_(event_ids)) for query in (_businesses(), _owned(), _imported())))
    cooperatives = union_all(*(query.where(Event.id.in_(event_ids)) for query in cooperatives_of_events()))
    noted = False
    for column, query in (("actor_id", due), ("cooperative_id", cooperatives)):
        rows = select(query.subquery("due"))
        statement = insert(DueJudgement).from_select(["event_id", "event_name", column], rows, include_defaults=False)
        connection = await db.connection()
        noted |= (await connection.execute(statement)).rowcount > 0
    if noted:
        await defer(db, JUDGE, lock=JUDGE)


@jobs.task(name="financing.judge_due", retry=RETRY)
async def judge_due() -> None:
    """Judge everybody who is due, block by block."""
    await work_off(runtime().sessions)


async def work_off(sessions: async_sessionmaker[AsyncSession]) -> int:
    """Judge all who are due; how many that were."""
    done = 0
    while True:
        async with unit_of_work(sessions) as db:
            judged = await judge_block(db)
        if not judged:
            return done
        done += judged


async def judge_block(db: AsyncSession) -> int:
    """Judge those of the oldest events, each once, by the newest event that names them; how many that were.

    What is noted goes in the same transaction, so nobody is forgotten if it fails.
    """
    await hold_still(db, BUSINESS)
    await hold_still(db, COOPERATIVE)
    oldest = select(DueJudgement.id).order_by(DueJudgement.event_id).limit(BLOCK).with_for_update(skip_locked=True)
    taken = (
        delete(DueJudgement)
        .where(DueJudgement.id.in_(oldest))
        .returning(DueJudgement.actor_id, DueJudgement.cooperative_id, DueJudgement.event_id, DueJudgement.event_name)
    )
    rows = sorted(await db.execute(taken.execution_options(synchronize_session=False)), key=lambda row: row.event_id)
    businesses = {row.actor_id: Cause(row.event_name, row.event_id) for row in rows if row.actor_id}
    cooperatives = {row.cooperative_id: Cause(row.event_name, row.event_id) for row in rows if row.cooperative_id}
    if businesses:
        await recompute(db, Actor.id.in_(list(businesses)), cause=businesses)
    if cooperatives:
        await recompute_cooperatives(db, Cooperative.id.in_(list(cooperatives)), cause=cooperatives)
    return len(businesses) + len(cooperatives)


def _businesses() -> Select[UUID, str, UUID]:
    named = Event.facts["actor_id"].astext
    return select(Event.id, Event.name, cast(named, Uuid).label("subject")).where(
        Event.name.in_(OF_BUSINESSES), named.is_not(None)
    )


def _owned() -> Select[UUID, str, UUID]:
    person = case((Event.name.in_(OF_OWNERS), Event.subject_id), else_=cast(Event.facts["person_id"].astext, Uuid))
    of_person = Event.name.in_(OF_OWNERS) | (Event.name.in_(OF_BUSINESSES) & Event.facts["actor_id"].astext.is_(None))
    owned = select(Event.id, Event.name, Ownership.actor_id)
    return owned.join_from(Event, Ownership, Ownership.person_id == person).where(of_person, owns())


def _imported() -> Select[UUID, str, UUID]:
    brought = select(Event.id, Event.name, Actor.id).join_from(Event, Actor, Actor.import_id == Event.subject_id)
    return brought.where(Event.name.in_(OF_IMPORTS))
