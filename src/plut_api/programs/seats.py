"""The counters of seats: general ones, and those reserved for a segment. The programme's row lock protects them all.

Constraints hold both: `programs.general_taken` never exceeds what nobody is reserved for, `reserved_seats.seats_taken`
never what is reserved. `programs.seats_taken` is all of it, seats that are held by an open offer among them.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from plut_api.actors.models import Person
from plut_api.actors.segments import in_segment
from plut_api.kit import clock
from plut_api.programs.models import Program, ReservedSeats, Segment
from plut_api.programs.waiting.models import WaitingEntry, WaitingState

Kind = Segment | None
"""For whom a seat is reserved; None for a general one."""


async def lock_program(db: AsyncSession, program_id: UUID) -> Program | None:
    """The programme, whose seats nobody else moves until the transaction ends.

    Whoever needs it locks the person before, and enrolments and waiting entries after it.
    """
    query = select(Program).where(Program.id == program_id).with_for_update(key_share=True)
    return await db.scalar(query.execution_options(populate_existing=True))


async def left(db: AsyncSession, program: Program) -> dict[Kind, int]:
    """How many seats of each kind are free in a locked programme; kinds without any are left out."""
    free = ReservedSeats.seats - ReservedSeats.seats_taken
    rows = await db.execute(select(ReservedSeats.segment, free).where(ReservedSeats.program_id == program.id))
    kinds: dict[Kind, int] = {row[0]: row[1] for row in rows if row[1] > 0}
    general = program.seats - program.seats_reserved - program.general_taken
    return kinds | ({None: general} if general > 0 else {})


def best(free: Mapping[Kind, int], fitting: set[Segment]) -> Kind:
    """The kind of seat somebody gets: a reserved one of their segments, the one with most left, else a general one.

    Raises LookupError if there is none for them.
    """
    reserved = [(number, kind.value, kind) for kind, number in free.items() if kind in fitting and number and kind]
    if reserved:
        return min(reserved, key=lambda seat: (-seat[0], seat[1]))[2]
    if free.get(None):
        return None
    raise LookupError("no seat is free for them")


async def count(db: AsyncSession, program_id: UUID, seats: Mapping[Kind, int]) -> None:
    """Take, or by negative numbers give back, seats of these kinds. What a programme shows changes with it.

    The programme's row is locked by it, if it was not before.
    """
    general, total = seats.get(None, 0), sum(seats.values())
    counted = update(Program).where(Program.id == program_id)
    counted = counted.values(
        seats_taken=Program.seats_taken + total,
        general_taken=Program.general_taken + general,
        version=Program.version + 1,
    )
    await db.execute(counted.execution_options(synchronize_session=False))
    for kind, number in seats.items():
        if kind is not None and number:
            row = update(ReservedSeats).where(ReservedSeats.program_id == program_id, ReservedSeats.segment == kind)
            moved = row.values(seats_taken=ReservedSeats.seats_taken + number)
            await db.execute(moved.execution_options(synchronize_session=False))


def standing(program_id: UUID, person_id: UUID, kinds: Mapping[Kind, int]) -> Select[Any]:
    """For each kind of seat of a programme that is free: whether a person is in its segment, and whether somebody waits
    who could take it. A person who waits themself counts as well. One row.
    """
    today = clock.today()
    flags: list[Any] = [Person.id]
    for kind in kinds:
        if kind is not None:
            flags.append(in_segment(kind, today).label(f"fits_{kind}"))
        flags.append(_somebody_waits(program_id, kind, today).label(f"waits_{kind}"))
    return select(*flags).where(Person.id == person_id)


def _somebody_waits(program_id: UUID, kind: Kind, on: date) -> ColumnElement[bool]:
    entry, waiting = aliased(WaitingEntry), aliased(Person)
    query = select(entry.id).where(entry.program_id == program_id, entry.state == WaitingState.waiting)
    if kind is None:
        return exists(query)
    return exists(query.join(waiting, waiting.id == entry.person_id).where(in_segment(kind, on, waiting)))
