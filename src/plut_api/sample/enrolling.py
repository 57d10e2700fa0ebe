"""Who takes part in the invented programmes: segments on record, seats, seats given back, a list of who waits."""

import random
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, literal, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors.models import Actor, Ownership, owns
from plut_api.kit.caller import Caller
from plut_api.kit.clock import clock_at
from plut_api.programs.models import Enrolment, EnrolmentState, Program
from plut_api.programs.problems import AlreadyEnrolled, PrerequisiteMissing, ProgramFull, SessionClash
from plut_api.programs.service import enrol, withdraw
from plut_api.programs.waiting.problems import WaitingListFirst
from plut_api.programs.waiting.service import accept, decline, join_list
from plut_api.sample.programs import days_before

REFUSED = (AlreadyEnrolled, PrerequisiteMissing, ProgramFull, SessionClash, WaitingListFirst)
"""What keeps invented people from a seat as it keeps real ones; then others come."""
_DECLARED = text(
    """
    INSERT INTO person_segments (id, person_id, segment, since, source, recorded_by, version)
    SELECT gen_random_uuid(), id, CAST(:segment AS text), CAST(:since AS date), 'officer', :officer, 1 FROM people
    WHERE (NOT CAST(:of_women AS bool) OR sex = 'female' AND birth_date BETWEEN CAST(:since AS date) - 17000
        AND CAST(:since AS date) - 7300)
        AND mod(get_byte(decode(md5(full_name || birth_date || CAST(:segment AS text)), 'hex'), 0), 100) < :percent
    RETURNING id
    """
)


async def declare_segments(db: AsyncSession, dinas: Caller, since: Any) -> str:
    """Many women of the sample say that they are mothers, some people that they live with a disability; in words."""
    counted = {}
    for segment, of_women, percent in (("mothers", True, 55), ("disability", False, 2)):
        given = {"segment": segment, "of_women": of_women, "percent": percent, "since": since, "officer": dinas.id}
        counted[segment] = len((await db.execute(_DECLARED, given)).all())
    return f"{counted['mothers']:,} mothers and {counted['disability']} people with a disability on record"


async def owners_in(db: AsyncSession, program: Program, most: int) -> Sequence[Row[Any]]:
    """Owners of businesses with a NIB in the programme's regency, in an order of its own."""
    query: Any = (
        select(Ownership.person_id, Ownership.actor_id)
        .join(Actor, Actor.id == Ownership.actor_id)
        .where(owns(), Actor.regency_code == program.regency_codes[0], Actor.nib_index.is_not(None))
        .order_by(func.md5(func.concat(Actor.row_key, literal(program.title))))
    )
    return (await db.execute(query.limit(most))).all()


async def who_completed(db: AsyncSession, program_id: UUID) -> Sequence[Row[Any]]:
    """Who completed a programme, and with which business."""
    query: Any = select(Enrolment.person_id, Enrolment.actor_id).where(Enrolment.program_id == program_id)
    return (await db.execute(query.where(Enrolment.state == EnrolmentState.completed).order_by(Enrolment.id))).all()


async def fill(
    db: AsyncSession, dinas: Caller, program: Program, people: Sequence[Row[Any]], wanted: int
) -> list[Enrolment]:
    """Give so many of these people a seat, three weeks before the first day."""
    taken: list[Enrolment] = []
    with clock_at(days_before(program.starts_on, 20)):
        for row in people:
            if len(taken) == wanted:
                break
            try:
                taken.append(await enrol(db, dinas, program.id, row.person_id, row.actor_id))
            except REFUSED:
                continue
    return taken


async def give_back(db: AsyncSession, dinas: Caller, program: Program, taken: list[Enrolment]) -> list[Enrolment]:
    """The last one gives the seat back, a week before; who is left."""
    with clock_at(days_before(program.starts_on, 7)):
        await withdraw(db, dinas, taken[-1].id)
    return taken[:-1]


async def let_wait(db: AsyncSession, dinas: Caller, program: Program, chance: random.Random) -> str:
    """Fill every seat, let others wait, and free some: one seat is accepted, one declined, one offer open. In words."""
    people = await owners_in(db, program, program.seats + 20)
    taken: list[Enrolment] = []
    for row in people:
        try:
            taken.append(await enrol(db, dinas, program.id, row.person_id, row.actor_id))
        except REFUSED:
            continue
    seated = {enrolment.person_id for enrolment in taken}
    waiting = [row for row in people if row.person_id not in seated][:7]
    entries = [await join_list(db, dinas, program.id, row.person_id, row.actor_id) for row in waiting]
    for freed, answer in zip(chance.sample(taken, k=3), (accept, decline, None), strict=True):
        await withdraw(db, dinas, freed.id)
        offered = [entry for entry in entries if entry.state == "offered"]
        if answer is not None and offered:
            await answer(db, dinas, offered[0].id)
    return f"1 full programme with {len(entries)} who asked to wait"
