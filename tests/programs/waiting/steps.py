"""Steps that the tests of waiting lists share."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.actors.models import Person
from plut_api.kit import clock
from plut_api.kit.database import unit_of_work
from plut_api.programs.models import Enrolment, EnrolmentState, Program
from plut_api.programs.waiting.models import WaitingEntry
from tests.conftest import Api
from tests.factories import Make

Sessions = async_sessionmaker[AsyncSession]
_COUNTERS = text(
    """
    SELECT p.seats_taken, p.general_taken, p.seats_reserved,
        (SELECT count(*) FROM enrolments e WHERE e.program_id = p.id AND e.state <> 'withdrawn')
            + (SELECT count(*) FROM waiting_entries w WHERE w.program_id = p.id AND w.state = 'offered') AS seats,
        (SELECT count(*) FROM enrolments e WHERE e.program_id = p.id AND e.state <> 'withdrawn'
                AND e.reserved_for IS NULL)
            + (SELECT count(*) FROM waiting_entries w WHERE w.program_id = p.id AND w.state = 'offered'
                AND w.reserved_for IS NULL) AS general,
        (SELECT coalesce(sum(seats_taken), 0) FROM reserved_seats r WHERE r.program_id = p.id) AS reserved,
        (SELECT coalesce(sum(seats), 0) FROM reserved_seats r WHERE r.program_id = p.id) AS kept
    FROM programs p WHERE p.id = :program
    """
)


async def full(make: Make, **given: Any) -> tuple[Program, Enrolment]:
    """A programme whose only seat is taken, and by whom."""
    program = await make.program(**{"seats": 1} | given)
    return program, await make.enrolment(program)


async def ask(api: Api, program: Program, person: Person, **more: Any) -> httpx.Response:
    """A person asks to wait."""
    return await api.as_(person).post(f"/v1/programs/{program.id}/waiting-list", **more)


async def waits(api: Api, program: Program, person: Person) -> str:
    """A person waits; the id of the entry."""
    answer = await ask(api, program, person)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def entry(api: Api, person: Person, entry_id: str) -> dict[str, Any]:
    """How a person stands."""
    answer = await api.as_(person).get(f"/v1/waiting-entries/{entry_id}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def overdue(sessions: Sessions, entry_id: str) -> None:
    """The deadline of an offer passes."""
    past = {"offered_at": clock.now() - timedelta(hours=49), "offer_expires_at": clock.now() - timedelta(hours=1)}
    async with unit_of_work(sessions) as db:
        await db.execute(update(WaitingEntry).where(WaitingEntry.id == UUID(entry_id)).values(**past))


async def in_step(sessions: Sessions, program: Program) -> int:
    """Hold every counter of a programme against the rows that it counts; how many seats are taken."""
    async with sessions() as db:
        row = (await db.execute(_COUNTERS, {"program": program.id})).one()
    assert (row.seats_taken, row.general_taken) == (row.seats, row.general)
    assert row.seats_taken - row.general_taken == row.reserved
    assert row.seats_reserved == row.kept
    return int(row.seats_taken)


async def seated(sessions: Sessions, program: Program) -> dict[str | None, int]:
    """How many seats of each kind people have."""
    query = select(Enrolment.reserved_for, func.count()).where(
        Enrolment.program_id == program.id, Enrolment.state != EnrolmentState.withdrawn
    )
    async with sessions() as db:
        rows = (await db.execute(query.group_by(Enrolment.reserved_for))).all()
        return {row[0]: row[1] for row in rows}
