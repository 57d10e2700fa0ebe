"""What may happen to objections: upheld, dismissed, withdrawn, the fact corrected. A result never changes by hand."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Select, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.financing.objections.access import objected_by, objections_visible_to
from plut_api.financing.objections.making import facts_of_rule
from plut_api.financing.objections.models import ANSWER, Objection, ObjectionState
from plut_api.financing.objections.open_ones import open_rules
from plut_api.financing.objections.problems import (
    ObjectionEnded,
    ObjectionNotFound,
    ObjectionNotUpheld,
    ObjectorOnly,
    OwnWordObjectedTo,
)
from plut_api.financing.objections.schemas import ObjectionUpholding
from plut_api.financing.objections.telling import facts_of, tell
from plut_api.financing.problems import ConsultantOnly
from plut_api.kit import audit, clock, outbox
from plut_api.kit.caller import Caller, Role
from plut_api.kit.crypto import vault
from plut_api.kit.problems import Fault, Invalid, fault

__all__ = ["correct", "dismiss", "note_late", "objections", "open_rules", "require_objection", "uphold", "withdraw"]
BLOCK = 500
"""Objections told of as late by one transaction."""


def objections(
    caller: Caller,
    *,
    actor_id: UUID | None = None,
    cooperative_id: UUID | None = None,
    states: Sequence[ObjectionState] | None = None,
    late: bool | None = None,
) -> Select[Objection]:
    """Objections within the caller's rows. Late is what was open past its term, answered since or not."""
    query = select(Objection).where(objections_visible_to(caller))
    if actor_id is not None:
        query = query.where(Objection.actor_id == actor_id)
    if cooperative_id is not None:
        query = query.where(Objection.cooperative_id == cooperative_id)
    if states:
        query = query.where(Objection.state.in_(states))
    if late is not None:
        passed = Objection.due_at < func.coalesce(Objection.ended_at, clock.now())
        query = query.where(passed if late else ~passed)
    return query


async def require_objection(
    db: AsyncSession, caller: Caller, objection_id: UUID, *, for_update: bool = False
) -> Objection:
    """An objection within the caller's rows. Raises ObjectionNotFound."""
    query = objections(caller).where(Objection.id == objection_id).execution_options(populate_existing=True)
    found = await db.scalar(query.with_for_update(of=Objection) if for_update else query)
    if found is None:
        raise ObjectionNotFound()
    return found


async def uphold(db: AsyncSession, caller: Caller, objection_id: UUID, given: ObjectionUpholding) -> Objection:
    """The owner is right: a fact is wrong and is to be corrected.

    Raises ConsultantOnly, ObjectionNotFound, OwnWordObjectedTo, ObjectionEnded, Invalid (`fact_not_of_rule`). Emits
    objection.upheld.
    """
    objection = await _to_answer(db, caller, objection_id)
    read = facts_of_rule(objection.rule_set, objection.rule_code)
    if given.fact not in read:
        raise Invalid(errors=[_not_of_rule(read)])
    objection.fact = given.fact
    return await _answered(db, caller, objection, ObjectionState.upheld, given.answer)


async def dismiss(db: AsyncSession, caller: Caller, objection_id: UUID, answer: str) -> Objection:
    """The result is right, and why.

    Raises ConsultantOnly, ObjectionNotFound, OwnWordObjectedTo, ObjectionEnded. Emits objection.dismissed.
    """
    objection = await _to_answer(db, caller, objection_id)
    return await _answered(db, caller, objection, ObjectionState.dismissed, answer)


async def withdraw(db: AsyncSession, caller: Caller, objection_id: UUID) -> Objection:
    """The owner, or a manager, no longer objects.

    Raises ObjectionNotFound, ObjectorOnly, ObjectionEnded. Emits objection.withdrawn.
    """
    objection = await require_objection(db, caller, objection_id, for_update=True)
    if await db.scalar(select(Objection.id).where(Objection.id == objection.id, objected_by(caller))) is None:
        raise ObjectorOnly()
    return await _ended(db, caller, objection, ObjectionState.withdrawn)


async def correct(db: AsyncSession, caller: Caller, objection_id: UUID) -> Objection:
    """Say that the fact was corrected where it is kept, which ends the task.

    Raises ConsultantOnly, ObjectionNotFound, ObjectionNotUpheld. Emits objection.corrected.
    """
    if caller.role is not Role.consultant:
        raise ConsultantOnly()
    objection = await require_objection(db, caller, objection_id, for_update=True)
    if objection.state is not ObjectionState.upheld or objection.corrected_at is not None:
        raise ObjectionNotUpheld()
    objection.corrected_at, objection.corrected_by = clock.now(), caller.id
    return await _kept(db, caller, objection, "objection.corrected")


async def note_late(db: AsyncSession) -> int:
    """Tell, once, of open objections whose term has passed; how many there were. Leans on ix_readiness_objections_due.

    Emits objection.late.
    """
    due = select(Objection.id).where(
        Objection.state == ObjectionState.open, Objection.due_at <= clock.now(), Objection.late_at.is_(None)
    )
    locked = due.order_by(Objection.id).limit(BLOCK).with_for_update(skip_locked=True)
    noted = update(Objection).where(Objection.id.in_(locked.scalar_subquery()))
    noted = noted.values(late_at=clock.now(), version=Objection.version + 1).returning(Objection)
    rows = (await db.scalars(noted.execution_options(synchronize_session=False))).all()
    audit.record(db, audit.Action.changed, "readiness_objections", [row.id for row in rows], after={"late": True})
    await outbox.record_all(db, "objection.late", [(row.id, facts_of(row)) for row in rows], by=None)
    return len(rows)


async def _to_answer(db: AsyncSession, caller: Caller, objection_id: UUID) -> Objection:
    if caller.role is not Role.consultant:
        raise ConsultantOnly()
    objection = await require_objection(db, caller, objection_id, for_update=True)
    if caller.id in objection.word_of:
        raise OwnWordObjectedTo()
    if objection.state is not ObjectionState.open:
        raise ObjectionEnded()
    return objection


async def _answered(
    db: AsyncSession, caller: Caller, objection: Objection, state: ObjectionState, answer: str | None
) -> Objection:
    objection.answered_by = caller.id
    objection.answer_sealed = vault().seal(ANSWER, answer) if answer is not None else None
    return await _ended(db, caller, objection, state)


async def _ended(db: AsyncSession, caller: Caller, objection: Objection, state: ObjectionState) -> Objection:
    if objection.state is not ObjectionState.open:
        raise ObjectionEnded()
    objection.state, objection.ended_at = state, clock.now()
    return await _kept(db, caller, objection, f"objection.{state.value}")


async def _kept(db: AsyncSession, caller: Caller, objection: Objection, event: str) -> Objection:
    objection.version += 1
    await db.flush()
    await db.refresh(objection)
    await tell(db, event, objection, caller)
    return objection


def _not_of_rule(read: Sequence[str]) -> Fault:
    named = ", ".join(read)
    return fault(
        "#/fact",
        "fact_not_of_rule",
        id=f"Syarat ini membaca: {named}",
        en=f"The rule reads: {named}",
    )
