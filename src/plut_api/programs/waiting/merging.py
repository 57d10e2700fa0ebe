"""Places in waiting lists of two people, or for two businesses, who are one."""

from uuid import UUID

from sqlalchemy import Uuid, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY

from plut_api.kit.merging import Merge, Moved, Of, merging, moves, rule
from plut_api.kit.parting import Parting, id_of, parting, restore
from plut_api.programs import seats
from plut_api.programs.models import Segment
from plut_api.programs.waiting.offers import offer_freed_seats

moves("waiting_entries.person_id", of=Of.people)
moves("waiting_entries.actor_id", of=Of.actors)

ONE_PLACE = rule(
    "one_place_in_line",
    id="Satu orang menunggu sekali dalam satu program: yang sudah punya kursi tidak menunggu; tawaran yang terbuka "
    "tetap, lalu permintaan yang lebih dahulu.",
    en="One person waits once for one programme: who has a seat does not wait; an open offer stays, else who asked "
    "earlier.",
)
_FOUND = """
    SELECT t.id, t.program_id, t.state, t.reserved_for FROM waiting_entries t
    WHERE t.person_id IN (:survivor, :merged) AND t.ended_at IS NULL AND (
        EXISTS (
            SELECT FROM enrolments e WHERE e.program_id = t.program_id AND e.person_id IN (:survivor, :merged)
                AND e.state <> 'withdrawn'
        ) OR EXISTS (
            SELECT FROM waiting_entries o WHERE o.program_id = t.program_id AND o.ended_at IS NULL
                AND o.person_id IN (:survivor, :merged) AND o.person_id <> t.person_id
                AND (o.state = 'offered', t.created_at, t.id) > (t.state = 'offered', o.created_at, o.id)
        )
    ) ORDER BY t.program_id, t.id
"""


@merging(of=Of.people, order=31)
async def join_places(merge: Merge) -> None:
    """Who has a seat waits no longer; of two places in one list an open offer stays, else the earlier. What was held
    for the other goes to the next.
    """
    found = (await merge.db.execute(merge.bound(_FOUND), merge.known(_FOUND, {}))).all()
    if not found:
        return
    ids = [row.id for row in found]
    await merge.change(
        "waiting_entries", "t.id = ANY(:ids)", {"state": "'left'", "ended_at": ":at"}, rule=ONE_PLACE, ids=ids
    )
    for row in found:
        if row.state == "offered":
            kind = Segment(row.reserved_for) if row.reserved_for else None
            await seats.count(merge.db, row.program_id, {kind: -1})
            await offer_freed_seats(merge.db, row.program_id)


_STILL = text(
    "SELECT w.id FROM waiting_entries w JOIN programs p ON p.id = w.program_id WHERE w.id = ANY(:ids) "
    "AND w.offered_at IS NULL AND p.state = 'published'"
).bindparams(bindparam("ids", type_=ARRAY(Uuid)))


@parting(ONE_PLACE.code)
async def wait_again(parting: Parting, moved: Moved) -> None:
    """Who waited does so again, while the list is open; a seat that was offered went to somebody else."""
    ids = [id_of(row) for row in moved.rows]
    still: set[UUID] = set(await parting.db.scalars(_STILL, {"ids": ids}))
    parting.keep(moved.table, [row for row in moved.rows if id_of(row) not in still])
    rows = [row for row in moved.rows if id_of(row) in still]
    if rows:
        await restore(parting, Moved(moved.table, moved.rule, rows))
