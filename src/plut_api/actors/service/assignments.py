"""Who accompanies whom: the Dinas assigns consultants to people, and ends it.

Whoever assigns locks the people first, in order of id, so that two who assign one pair at once queue.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, false, or_, select, true, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors.access import people_served_by, require_acting_for
from plut_api.actors.models import Assignment, Person
from plut_api.actors.problems import AlreadyAssigned, AssignmentEnded, AssignmentNotFound
from plut_api.identity.models import Account
from plut_api.kit import clock, outbox
from plut_api.kit.caller import Caller, Role
from plut_api.kit.database import refusing
from plut_api.kit.etags import require_match
from plut_api.kit.ids import new_id
from plut_api.kit.problems import Fault, Invalid, fault

Pair = tuple[UUID, UUID]
"""A consultant and a person."""
_TAKEN = {"uq_assignments_one_active": AlreadyAssigned()}
_COLUMNS = ("id", "consultant_id", "person_id", "since", "until", "assigned_by", "version")


def assignments_visible_to(caller: Caller) -> ColumnElement[bool]:
    """The condition on `assignments`: those of people whom the caller acts for, and a consultant's own ended ones."""
    if caller.role is Role.dinas:
        return true()
    if caller.role is Role.consultant or caller.is_person:
        served = Assignment.person_id.in_(select(Person.id).where(people_served_by(caller)))
        return or_(Assignment.consultant_id == caller.id, served)
    return false()


def assignments(caller: Caller) -> Select[Any]:
    """Assignments within the caller's rows with the names of the consultants, as flat rows."""
    columns = (getattr(Assignment, name) for name in _COLUMNS)
    query = select(*columns, Account.name.label("consultant_name"))
    joined = query.join(Account, Account.id == Assignment.consultant_id)
    return joined.where(assignments_visible_to(caller))


async def one_assignment(db: AsyncSession, caller: Caller, assignment_id: UUID) -> Any:
    """One row of `assignments`. Raises AssignmentNotFound."""
    row = (await db.execute(assignments(caller).where(Assignment.id == assignment_id))).one_or_none()
    if row is None:
        raise AssignmentNotFound()
    return row


async def assign(db: AsyncSession, caller: Caller, person_id: UUID, consultant_id: UUID) -> Assignment:
    """Let a consultant accompany a person.

    Raises PersonNotFound, Invalid (`consultant_unknown`), AlreadyAssigned. Emits assignment.made.
    """
    person = await require_acting_for(db, caller, person_id, for_update=True)
    if consultant_id not in await _consultants(db, {consultant_id}):
        raise Invalid(errors=[_consultant_unknown("#/consultant_id")])
    assignment = Assignment(
        id=new_id(), consultant_id=consultant_id, person_id=person.id, since=clock.now(), assigned_by=caller.id
    )
    with refusing(_TAKEN):
        db.add(assignment)
        await db.flush()
    await _tell(db, caller, "assignment.made", [assignment])
    return assignment


async def assign_all(db: AsyncSession, caller: Caller, pairs: Sequence[Pair]) -> list[Any]:
    """Make many assignments, all of them or none; their rows, in the order asked. A pair that is assigned stays.

    As many statements for two hundred as for one. Raises Invalid with every fault (`consultant_unknown`,
    `person_unknown`, `named_twice`). Emits assignment.made for each new one.
    """
    served = select(Person.id).where(Person.id.in_({person_id for _, person_id in pairs}), people_served_by(caller))
    people = set(await db.scalars(served.order_by(Person.id).with_for_update(key_share=True)))
    consultants = await _consultants(db, {consultant_id for consultant_id, _ in pairs})
    _require_sound(pairs, people, consultants)
    active = Assignment.until.is_(None), tuple_(Assignment.consultant_id, Assignment.person_id).in_(pairs)
    kept = await db.execute(select(Assignment.consultant_id, Assignment.person_id).where(*active))
    known = {(row.consultant_id, row.person_id) for row in kept}
    fresh = [
        Assignment(id=new_id(), consultant_id=pair[0], person_id=pair[1], since=clock.now(), assigned_by=caller.id)
        for pair in pairs
        if pair not in known
    ]
    db.add_all(fresh)
    await db.flush()
    await _tell(db, caller, "assignment.made", fresh)
    rows = {(row.consultant_id, row.person_id): row for row in await db.execute(assignments(caller).where(*active))}
    return [rows[pair] for pair in pairs]


async def assign_registrar(db: AsyncSession, caller: Caller, person: Person) -> None:
    """Assign a person to the consultant who registered them. Emits assignment.made."""
    assignment = Assignment(
        id=new_id(), consultant_id=caller.id, person_id=person.id, since=clock.now(), assigned_by=caller.id
    )
    db.add(assignment)
    await db.flush()
    await _tell(db, caller, "assignment.made", [assignment])


async def end_assignment(db: AsyncSession, caller: Caller, assignment_id: UUID, if_match: str | None) -> None:
    """End an assignment; from the very next request the consultant no longer reaches the person.

    Raises AssignmentNotFound, PreconditionRequired, PreconditionFailed, AssignmentEnded. Emits assignment.ended.
    """
    query = select(Assignment).where(Assignment.id == assignment_id, assignments_visible_to(caller))
    assignment = await db.scalar(query.with_for_update())
    if assignment is None:
        raise AssignmentNotFound()
    require_match(assignment, if_match)
    if assignment.until is not None:
        raise AssignmentEnded()
    assignment.until, assignment.ended_by = max(clock.now(), assignment.since), caller.id
    assignment.version += 1
    await db.flush()
    await _tell(db, caller, "assignment.ended", [assignment])


async def _consultants(db: AsyncSession, ids: set[UUID]) -> set[UUID]:
    """Which of these accounts are consultants who can sign in."""
    query = select(Account.id).where(Account.id.in_(ids), Account.role == Role.consultant, Account.is_active)
    return set(await db.scalars(query))


def _require_sound(pairs: Sequence[Pair], people: set[UUID], consultants: set[UUID]) -> None:
    faults: list[Fault] = []
    seen: set[Pair] = set()
    for number, (consultant_id, person_id) in enumerate(pairs):
        pointer = f"#/assignments/{number}"
        if consultant_id not in consultants:
            faults.append(_consultant_unknown(f"{pointer}/consultant_id"))
        if person_id not in people:
            faults.append(
                fault(f"{pointer}/person_id", "person_unknown", id="Tidak ada orang ini", en="There is no such person")
            )
        if (consultant_id, person_id) in seen:
            faults.append(fault(pointer, "named_twice", id="Pasangan ini disebut dua kali", en="This pair comes twice"))
        seen.add((consultant_id, person_id))
    if faults:
        raise Invalid(errors=faults)


def _consultant_unknown(pointer: str) -> Fault:
    return fault(
        pointer,
        "consultant_unknown",
        id="Tidak ada konsultan aktif dengan akun ini",
        en="There is no active consultant with this account",
    )


async def _tell(db: AsyncSession, caller: Caller, event: str, told: Sequence[Assignment]) -> None:
    facts = [(a.id, {"consultant_id": a.consultant_id, "person_id": a.person_id}) for a in told]
    await outbox.record_all(db, event, facts, by=caller)
