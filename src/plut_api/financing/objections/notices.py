"""What the worker tells of objections: owners their answer, and everybody concerned that one is late."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors.models import Actor, Person
from plut_api.actors.notices import living_owners
from plut_api.cooperatives.models import Cooperative, CooperativeManager
from plut_api.financing.objections.models import Objection, ObjectionState
from plut_api.financing.objections.service import BLOCK, note_late
from plut_api.kit import messages
from plut_api.kit.database import unit_of_work
from plut_api.kit.jobs import jobs, runtime
from plut_api.kit.outbox import Event, on

_ANSWERS = (ObjectionState.upheld, ObjectionState.dismissed)


@on("objection.upheld", "objection.dismissed")
async def tell_of_answer(db: AsyncSession, event: Event) -> None:
    """Tell the owners of a business, or the managers of a cooperative, how their objection was answered; once."""
    objection = await db.get(Objection, event.subject_id)
    if objection is None or objection.state not in _ANSWERS:
        return
    name, people = await _concerned(db, objection)
    facts = {"name": name, "rule": objection.rule_code, "state": objection.state.value}
    letters = [messages.Letter(person_id, facts, str(event.id)) for person_id in people]
    await messages.send_all(db, template="objection_answered", letters=letters, kind=messages.Kind.decision)


@jobs.periodic(cron="*/10 * * * *")
@jobs.task(name="financing.note_late_objections", queueing_lock="financing.note_late_objections")
async def note_late_objections(timestamp: int) -> None:
    """Tell of objections whose term has passed, block by block, each in a transaction of its own."""
    while True:
        async with unit_of_work(runtime().sessions) as db:
            if await note_late(db) < BLOCK:
                return


async def _concerned(db: AsyncSession, objection: Objection) -> tuple[str, Sequence[UUID]]:
    """What an objection is about, by name, and the people who are told."""
    if objection.actor_id is not None:
        name = await db.scalar(select(Actor.name).where(Actor.id == objection.actor_id))
        return name or "", await living_owners(db, objection.actor_id)
    name = await db.scalar(select(Cooperative.name).where(Cooperative.id == objection.cooperative_id))
    managers = select(CooperativeManager.person_id).join(Person, Person.id == CooperativeManager.person_id)
    managers = managers.where(
        CooperativeManager.cooperative_id == objection.cooperative_id,
        CooperativeManager.until.is_(None),
        Person.erased_at.is_(None),
    )
    return name or "", (await db.scalars(managers)).all()
