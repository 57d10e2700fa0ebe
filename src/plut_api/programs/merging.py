"""Seats of two people, or for two businesses, who are one."""

from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.kit.merging import Merge, Moved, Of, merging, moves, rule, stays
from plut_api.kit.parting import Parting, id_of, parting, restore
from plut_api.programs.waiting.offers import offer_freed_seats

moves("enrolments.person_id", of=Of.people)
moves("enrolments.actor_id", of=Of.actors)
stays("trainers.account_id", of=Of.accounts, why="of staff, who are not merged")

ONE_SEAT = rule(
    "one_seat_given_back",
    id="Dua kursi dalam satu program menjadi satu: yang selesai tetap, lalu yang lebih dahulu; kursi lain dikembalikan "
    "beserta riwayatnya.",
    en="Two seats in one programme become one: a completed one stays, else the earlier; the other is given back, with "
    "all that was achieved from it.",
)


_LOCK = """
    SELECT id FROM programs WHERE id IN (
        SELECT program_id FROM (
            SELECT program_id, person_id FROM enrolments
            WHERE person_id IN (:survivor, :merged) AND state <> 'withdrawn'
            UNION ALL
            SELECT program_id, person_id FROM waiting_entries
            WHERE person_id IN (:survivor, :merged) AND ended_at IS NULL
        ) x GROUP BY program_id HAVING count(DISTINCT person_id) = 2
    ) ORDER BY id FOR NO KEY UPDATE
"""


@merging(of=Of.people, order=29)
async def lock_programs(merge: Merge) -> None:
    """Programmes come before the seats and waiting entries in them, as for everybody who moves seats."""
    await merge.db.execute(merge.bound(_LOCK), merge.known(_LOCK, {}))


@merging(of=Of.people, order=30)
async def join_seats(merge: Merge) -> None:
    """Both have a seat in one programme: the one that was completed stays, of equals the earlier one. The other is
    given back and counted so; its outcomes and evidence stay with it.
    """
    given_back = await merge.change(
        "enrolments",
        """t.person_id IN (:survivor, :merged) AND t.state <> 'withdrawn' AND EXISTS (
            SELECT FROM enrolments o WHERE o.person_id IN (:survivor, :merged) AND o.person_id <> t.person_id
                AND o.program_id = t.program_id AND o.state <> 'withdrawn'
                AND (o.state = 'completed', t.id) > (t.state = 'completed', o.id))""",
        {"state": "'withdrawn'", "completed_at": "NULL"},
        rule=ONE_SEAT,
    )
    if given_back:
        await _give_back(merge.db, given_back)


async def _give_back(db: AsyncSession, enrolment_ids: list[Any]) -> None:
    """Count seats as given back, each to those that it was of, and offer them to who waits."""
    statement = text(
        """
        WITH seats AS (
            SELECT program_id, reserved_for, CAST(count(*) AS int) AS number FROM enrolments
            WHERE id = ANY(:ids) GROUP BY program_id, reserved_for
        ), reserved AS (
            UPDATE reserved_seats r SET seats_taken = r.seats_taken - s.number FROM seats s
            WHERE r.program_id = s.program_id AND r.segment = s.reserved_for
        ), sums AS (
            SELECT program_id, CAST(sum(number) AS int) AS number,
                CAST(coalesce(sum(number) FILTER (WHERE reserved_for IS NULL), 0) AS int) AS general
            FROM seats GROUP BY program_id
        )
        UPDATE programs p SET seats_taken = p.seats_taken - s.number, general_taken = p.general_taken - s.general,
            version = p.version + 1
        FROM sums s WHERE p.id = s.program_id RETURNING p.id
        """
    ).bindparams(bindparam("ids", type_=ARRAY(Uuid)))
    for program_id in sorted(await db.scalars(statement, {"ids": enrolment_ids})):
        await offer_freed_seats(db, program_id)


_TAKE_AGAIN = text(
    """
    WITH wanted AS (
        SELECT e.id, e.program_id, e.reserved_for FROM enrolments e
        WHERE e.id = ANY(:ids) AND e.state = 'withdrawn' AND e.person_id = :person
    ), reserved AS (
        UPDATE reserved_seats r SET seats_taken = r.seats_taken + 1 FROM wanted w
        WHERE r.program_id = w.program_id AND r.segment = w.reserved_for AND r.seats_taken < r.seats
        RETURNING w.id, w.program_id
    ), seats AS (
        SELECT id, program_id, 0 AS general FROM reserved
        UNION ALL SELECT id, program_id, 1 FROM wanted WHERE reserved_for IS NULL
    )
    UPDATE programs p SET seats_taken = p.seats_taken + 1, general_taken = p.general_taken + s.general,
        version = p.version + 1
    FROM seats s WHERE p.id = s.program_id AND (s.general = 0 OR p.general_taken < p.seats - p.seats_reserved)
    RETURNING s.id
    """
).bindparams(bindparam("ids", type_=ARRAY(Uuid)), bindparam("person", type_=Uuid))
_LOCK_OF = text(
    "SELECT id FROM programs WHERE id IN (SELECT program_id FROM enrolments WHERE id = ANY(:ids)) "
    "ORDER BY id FOR NO KEY UPDATE"
).bindparams(bindparam("ids", type_=ARRAY(Uuid)))


@parting(ONE_SEAT.code)
async def take_seats_again(parting: Parting, moved: Moved) -> None:
    """A seat that was given back is taken again if one of its kind is free; else it stays given back, and is told."""
    ids = [id_of(row) for row in moved.rows]
    await parting.db.execute(_LOCK_OF, {"ids": ids})
    seated: set[UUID] = set()
    for person in (parting.merged, parting.survivor):
        seated |= set(await parting.db.scalars(_TAKE_AGAIN, {"ids": ids, "person": person}))
    parting.keep(moved.table, [row for row in moved.rows if id_of(row) not in seated])
    rows = [row for row in moved.rows if id_of(row) in seated]
    if rows:
        await restore(parting, Moved(moved.table, moved.rule, rows))
