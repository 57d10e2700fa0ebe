"""Seats of two people, or for two businesses, who are one."""

from typing import Any

from sqlalchemy import Uuid, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.kit.merging import Merge, Moved, Of, merging, moves, rule, stays
from plut_api.kit.parting import Parting, id_of, parting, restore

moves("enrolments.person_id", of=Of.people)
moves("enrolments.actor_id", of=Of.actors)
stays("training_sessions.trainer_id", of=Of.accounts, why="of staff, who are not merged")

ONE_SEAT = rule(
    "one_seat_given_back",
    id="Dua kursi dalam satu program menjadi satu: yang selesai tetap, lalu yang lebih dahulu; kursi lain dikembalikan "
    "beserta riwayatnya.",
    en="Two seats in one programme become one: a completed one stays, else the earlier; the other is given back, with "
    "all that was achieved from it.",
)


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
        await _count_seats(merge.db, given_back, -1)


async def _count_seats(db: AsyncSession, enrolment_ids: list[Any], by: int) -> None:
    """Move the counter of the programmes of these seats, locked in order of id."""
    statement = text(
        """
        WITH seats AS (SELECT program_id, count(*) AS number FROM enrolments WHERE id = ANY(:ids) GROUP BY program_id),
        locked AS (SELECT p.id FROM programs p JOIN seats s ON s.program_id = p.id ORDER BY p.id FOR NO KEY UPDATE OF p)
        UPDATE programs p SET seats_taken = p.seats_taken + CAST(:by AS int) * seats.number, version = p.version + 1
        FROM seats, locked WHERE p.id = seats.program_id AND locked.id = p.id
        """
    ).bindparams(bindparam("ids", type_=ARRAY(Uuid)))
    await db.execute(statement, {"ids": enrolment_ids, "by": by})


@parting(ONE_SEAT.code)
async def take_seats_again(parting: Parting, moved: Moved) -> None:
    """A seat that was given back is taken again if there still is one; else it stays given back, and is told."""
    ids = [id_of(row) for row in moved.rows]
    statement = text(
        """
        UPDATE programs p SET seats_taken = p.seats_taken + 1, version = p.version + 1 FROM enrolments e
        WHERE e.id = ANY(:ids) AND e.state = 'withdrawn' AND e.person_id = :merged AND p.id = e.program_id
            AND p.seats_taken < p.seats RETURNING e.id
        """
    ).bindparams(bindparam("ids", type_=ARRAY(Uuid)), bindparam("merged", type_=Uuid))
    of_merged = set(await parting.db.scalars(statement, {"ids": ids, "merged": parting.merged}))
    of_survivor = set(await parting.db.scalars(statement, {"ids": ids, "merged": parting.survivor}))
    seated = of_merged | of_survivor
    parting.keep(moved.table, [row for row in moved.rows if id_of(row) not in seated])
    rows = [row for row in moved.rows if id_of(row) in seated]
    if rows:
        await restore(parting, Moved(moved.table, moved.rule, rows))
