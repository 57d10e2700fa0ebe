"""What becomes of the rows that hang on a programme when it is merged into another.

Each table with a column that names a programme says so here: `@moving("table")` over a function that points its rows
to the survivor, with the rule in its docstring, or `stays("table.column", why=…)`. A test compares that with the tables
that there are. All statements run in one transaction, under the calendar's lock and both programmes' row locks.
"""

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from string import Template
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Uuid, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.facilities.service import give_back
from plut_api.kit import audit
from plut_api.kit.caller import Caller
from plut_api.programs import seats
from plut_api.programs.waiting.models import WaitingEntry, WaitingState
from plut_api.programs.waiting.offers import end


@dataclass(frozen=True)
class Moving:
    """One merge of programmes under way: `merged` ends, `survivor` goes on."""

    db: AsyncSession
    caller: Caller
    survivor: UUID
    merged: UUID

    async def rows(self, sql: str) -> Sequence[Row[Any]]:
        """Run a statement in which `:survivor` and `:merged` are known; the rows that it returns."""
        binds = [bindparam(name, type_=Uuid) for name in ("survivor", "merged") if f":{name}" in sql]
        given = {bind.key: getattr(self, bind.key) for bind in binds}
        return (await self.db.execute(text(sql).bindparams(*binds), given)).all()

    async def run(self, sql: str) -> list[UUID]:
        """Run such a statement; the ids that it returns."""
        return [row[0] for row in await self.rows(sql)]


Step = Callable[[Moving], Awaitable[Mapping[str, Any]]]
"""Moves the rows of one table; what it answers (ids, counts) is kept in the trail under the table's name."""


@dataclass(frozen=True)
class Moves:
    """How one column of a table follows the programme that it names."""

    column: str
    order: int
    run: Step = field(repr=False)


MOVES: dict[str, Moves] = {}
"""By `table.column`."""
STAYS: dict[str, str] = {}
"""Columns (`table.column`) that keep the id they were written with, and why."""


def moving(table: str, *, column: str = "program_id", order: int = 50) -> Callable[[Step], Step]:
    """Register what becomes of a table's rows; lower orders run first. Raises ValueError if that was said before."""

    def register(step: Step) -> Step:
        name = f"{table}.{column}"
        if name in MOVES or name in STAYS:
            raise ValueError(f"two rules for {name}")
        MOVES[name] = Moves(name, order, step)
        return step

    return register


def stays(column: str, *, why: str) -> None:
    """Register that rows keep the programme they name. Raises ValueError if that was said before."""
    if column in MOVES or column in STAYS:
        raise ValueError(f"two rules for {column}")
    STAYS[column] = why


stays("program_transitions.program_id", why="each programme keeps the moves that it made")
stays("programs.merged_into", why="a chain of merges is followed link by link")
for _column in ("overlaps.program_id", "overlaps.other_id", "program_merges.from_id", "program_merges.into_id"):
    stays(_column, why="tells of the programmes as they were that day")


@moving("training_sessions", order=10)
async def move_sessions(moving: Moving) -> Mapping[str, Any]:
    """Sessions go along, with their trainers. Where the survivor has one at the same time, that one stays and the other
    is called off, and its room given back: participants of both come to one place.
    """
    called_off = await moving.run(
        """
        UPDATE training_sessions m SET cancelled_at = now(), updated_at = now(), version = version + 1,
            cancel_reason = 'Program digabung: peserta ikut sesi program gabungan pada waktu yang sama'
        WHERE m.program_id = :merged AND m.cancelled_at IS NULL AND EXISTS (
            SELECT FROM training_sessions s WHERE s.program_id = :survivor AND s.held_on = m.held_on
                AND s.shift = m.shift AND s.cancelled_at IS NULL)
        RETURNING m.id
        """
    )
    await give_back(moving.db, called_off)
    moved = await moving.run(
        """
        UPDATE training_sessions SET program_id = :survivor, updated_at = now(), version = version + 1
        WHERE program_id = :merged RETURNING id
        """
    )
    return {"moved": moved, "called_off": called_off}


@moving("enrolments", order=20)
async def move_enrolments(moving: Moving) -> Mapping[str, Any]:
    """Seats go along, with attendance, outcomes and certificates, which hang on them. Who has one in both keeps one:
    a completed one, else the earlier; the other is given back and counted so, and where its person came, and what they
    scored, counts for the one that is kept. (Outcomes follow by the event.)
    """
    rows = await moving.rows(
        """
        UPDATE enrolments t SET state = 'withdrawn', completed_at = NULL, updated_at = now(), version = t.version + 1
        FROM enrolments o
        WHERE t.program_id IN (:survivor, :merged) AND o.program_id IN (:survivor, :merged)
            AND o.program_id <> t.program_id AND o.person_id = t.person_id
            AND t.state <> 'withdrawn' AND o.state <> 'withdrawn'
            AND (o.state = 'completed', t.id) > (t.state = 'completed', o.id)
        RETURNING t.id, t.program_id, t.reserved_for, o.id AS kept_id
        """
    )
    kept = {row.id: row.kept_id for row in rows}
    await _follow(moving, "attendances", "session_id", kept)
    await _follow(moving, "test_scores", "test", kept)
    for program_id in {row.program_id for row in rows}:
        given_back = Counter(row.reserved_for for row in rows if row.program_id == program_id)
        await seats.count(moving.db, program_id, {kind: -number for kind, number in given_back.items()})
    moved = await moving.run(
        """
        UPDATE enrolments SET program_id = :survivor, updated_at = now(), version = version + 1
        WHERE program_id = :merged RETURNING id
        """
    )
    return {"moved": moved, "given_back": [row.id for row in rows]}


_FOLLOW = Template("""
    UPDATE $table a SET enrolment_id = k.kept_id
    FROM unnest(CAST(:gone AS uuid[]), CAST(:kept AS uuid[])) AS k (gone_id, kept_id)
    WHERE a.enrolment_id = k.gone_id AND NOT EXISTS (
        SELECT FROM $table b WHERE b.enrolment_id = k.kept_id AND b.$per = a.$per)
    RETURNING a.id
""")


async def _follow(moving: Moving, table: str, per: str, kept: Mapping[UUID, UUID]) -> None:
    """Point rows of seats that were given back to those that are kept, one for each `per`."""
    if not kept:
        return
    statement = text(_FOLLOW.substitute(table=table, per=per))
    found = await moving.db.scalars(statement, {"gone": list(kept), "kept": list(kept.values())})
    audit.record(moving.db, audit.Action.changed, table, list(found), about=[moving.survivor, moving.merged])


@moving("waiting_entries", order=30)
async def move_waiting(moving: Moving) -> Mapping[str, Any]:
    """Who waits goes along, with the time at which they asked. Who has a seat waits no longer; who waits for both has
    the entry with an offer, else the earlier one.
    """
    rows = await moving.rows(
        """
        SELECT w.id, w.program_id FROM waiting_entries w
        WHERE w.program_id IN (:survivor, :merged) AND w.state IN ('waiting', 'offered') AND (
            EXISTS (SELECT FROM enrolments e WHERE e.program_id = :survivor AND e.person_id = w.person_id
                AND e.state <> 'withdrawn')
            OR EXISTS (SELECT FROM waiting_entries o WHERE o.program_id IN (:survivor, :merged)
                AND o.program_id <> w.program_id AND o.person_id = w.person_id AND o.state IN ('waiting', 'offered')
                AND (o.state = 'offered', w.created_at, w.id) > (w.state = 'offered', o.created_at, o.id)))
        """
    )
    for program_id in {row.program_id for row in rows}:
        ids = [row.id for row in rows if row.program_id == program_id]
        await end(moving.db, program_id, WaitingEntry.id.in_(ids), WaitingState.left, by=moving.caller)
    moved = await moving.run(
        """
        UPDATE waiting_entries SET program_id = :survivor, updated_at = now(), version = version + 1
        WHERE program_id = :merged RETURNING id
        """
    )
    return {"moved": moved, "left": [row.id for row in rows]}


@moving("reserved_seats", order=40)
async def move_reserved_seats(moving: Moving) -> Mapping[str, Any]:
    """Seats that are kept for a segment in both are kept together."""
    joined = await moving.run(
        """
        WITH gone AS (
            DELETE FROM reserved_seats m USING reserved_seats s
            WHERE m.program_id = :merged AND s.program_id = :survivor AND s.segment = m.segment
            RETURNING s.id, m.seats, m.seats_taken
        )
        UPDATE reserved_seats s SET seats = s.seats + gone.seats, seats_taken = s.seats_taken + gone.seats_taken
        FROM gone WHERE s.id = gone.id RETURNING s.id
        """
    )
    moved = await moving.run("UPDATE reserved_seats SET program_id = :survivor WHERE program_id = :merged RETURNING id")
    return {"moved": moved, "joined": joined}


@moving("program_hosts")
async def move_hosts(moving: Moving) -> Mapping[str, Any]:
    """Hosts of both host the survivor, and so does who owned the other; an open invitation stays one."""
    await moving.run(
        """
        DELETE FROM program_hosts m WHERE m.program_id = :merged AND (
            m.organization_id = (SELECT organization_id FROM programs WHERE id = :survivor)
            OR m.accepted_at IS NULL AND EXISTS (SELECT FROM program_hosts s
                WHERE s.program_id = :survivor AND s.organization_id = m.organization_id))
        RETURNING m.id
        """
    )
    await moving.run(
        """
        DELETE FROM program_hosts s WHERE s.program_id = :survivor AND EXISTS (
            SELECT FROM program_hosts m WHERE m.program_id = :merged AND m.organization_id = s.organization_id)
        RETURNING s.id
        """
    )
    moved = await moving.run("UPDATE program_hosts SET program_id = :survivor WHERE program_id = :merged RETURNING id")
    return {"moved": moved}


@moving("no_shows")
async def move_no_shows(moving: Moving) -> Mapping[str, Any]:
    """Seats that nobody came for tell of the programme that the seat is in."""
    moved = await moving.run("UPDATE no_shows SET program_id = :survivor WHERE program_id = :merged RETURNING id")
    return {"moved": moved}


@moving("programs", column="prerequisite_id")
async def move_prerequisites(moving: Moving) -> Mapping[str, Any]:
    """What built upon the one builds upon the survivor, unless that is the survivor itself, which builds upon nothing
    of its own.
    """
    moved = await moving.run(
        """
        UPDATE programs SET prerequisite_id = nullif(CAST(:survivor AS uuid), id), updated_at = now(),
            version = version + 1
        WHERE prerequisite_id = :merged RETURNING id
        """
    )
    return {"moved": moved}


@moving("program_sponsors")
async def move_sponsors(moving: Moving) -> Mapping[str, Any]:
    """Sponsors of both pay for the survivor; two by one commitment become one, of both together."""
    rows = await moving.rows(
        """
        WITH gone AS (
            DELETE FROM program_sponsors m USING program_sponsors s
            WHERE m.program_id = :merged AND s.program_id = :survivor AND s.commitment_id = m.commitment_id
            RETURNING m.id, s.id AS into_id, m.seats, m.amount_idr
        )
        UPDATE program_sponsors s SET seats = s.seats + gone.seats, amount_idr = s.amount_idr + gone.amount_idr
        FROM gone WHERE s.id = gone.into_id RETURNING s.id, gone.id AS gone_id
        """
    )
    joined = [row.id for row in rows]
    moved = await moving.run(
        "UPDATE program_sponsors SET program_id = :survivor WHERE program_id = :merged RETURNING id"
    )
    told = {"merged_program_id": str(moving.merged)}
    audit.record(moving.db, audit.Action.changed, "program_sponsors", [*joined, *moved], after=told)
    audit.record(moving.db, audit.Action.deleted, "program_sponsors", [row.gone_id for row in rows], after=told)
    return {"moved": moved, "joined": joined}
