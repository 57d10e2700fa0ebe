"""Seats that are free are offered to who waits for them, in the published order, and held until they answer."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors.segments import in_segment
from plut_api.kit import clock, outbox
from plut_api.kit.caller import Caller
from plut_api.programs import seats
from plut_api.programs.models import Program, ProgramState
from plut_api.programs.waiting.models import OPEN, WaitingEntry, WaitingState
from plut_api.programs.waiting.order import ranked
from plut_api.reference.rules import rule_values


async def offer_freed_seats(db: AsyncSession, program_id: UUID, *, by: Caller | None = None) -> int:
    """Offer every seat that is free to the best-ranked who can take it; how many were offered.

    Offers whose deadline has passed give their seats back first. Whatever frees a seat calls this in its transaction;
    it locks the programme. Not for a request behind a wall: there a handler of the event does it. A programme that is
    not published offers nothing. Emits waiting_entry.expired and waiting_entry.offered.
    """
    program = await seats.lock_program(db, program_id)
    if program is None or program.state is not ProgramState.published:
        return 0
    await _expire(db, program_id, by)
    await db.refresh(program)
    free = await seats.left(db, program)
    chosen = await _chosen(db, program, free) if free else {}
    if not chosen:
        return 0
    until = await _deadline(db, program)
    query = select(WaitingEntry).where(WaitingEntry.id.in_(chosen)).order_by(WaitingEntry.id)
    entries = (await db.scalars(query.with_for_update().execution_options(populate_existing=True))).all()
    for entry in entries:
        entry.state, entry.reserved_for = WaitingState.offered, chosen[entry.id]
        entry.offered_at, entry.offer_expires_at = clock.now(), until
        entry.version += 1
    await db.flush()
    await seats.count(db, program_id, Counter(chosen.values()))
    await tell(db, "waiting_entry.offered", entries, by=by)
    return len(entries)


async def close_list(db: AsyncSession, program_id: UUID, *, by: Caller | None = None) -> int:
    """End the waiting for a programme that has started or was called off, and give seats that were held back; how many
    waited. Emits waiting_entry.closed for each.
    """
    if await seats.lock_program(db, program_id) is None:
        return 0
    return len(await end(db, program_id, WaitingEntry.state.in_(OPEN), WaitingState.closed, by=by))


async def end(
    db: AsyncSession, program_id: UUID, which: Any, state: WaitingState, *, by: Caller | None
) -> list[WaitingEntry]:
    """End open entries of a locked programme that meet a condition, and give back what was held for them.

    Emits waiting_entry.<state>.
    """
    query = select(WaitingEntry).where(WaitingEntry.program_id == program_id, WaitingEntry.state.in_(OPEN), which)
    query = query.order_by(WaitingEntry.id).with_for_update()
    entries = list((await db.scalars(query.execution_options(populate_existing=True))).all())
    held = Counter(entry.reserved_for for entry in entries if entry.state is WaitingState.offered)
    for entry in entries:
        entry.state, entry.ended_at = state, clock.now()
        entry.version += 1
    await db.flush()
    if held:
        await seats.count(db, program_id, {kind: -number for kind, number in held.items()})
    await tell(db, f"waiting_entry.{state}", entries, by=by)
    return entries


async def tell(db: AsyncSession, event: str, entries: Sequence[WaitingEntry], *, by: Caller | None) -> None:
    """Note one event for each entry."""
    facts = [(e.id, {"program_id": e.program_id, "person_id": e.person_id, "actor_id": e.actor_id}) for e in entries]
    await outbox.record_all(db, event, facts, by=by)


async def _expire(db: AsyncSession, program_id: UUID, by: Caller | None) -> None:
    due = (WaitingEntry.state == WaitingState.offered) & (WaitingEntry.offer_expires_at <= clock.now())
    await end(db, program_id, due, WaitingState.expired, by=by)


async def _chosen(db: AsyncSession, program: Program, free: dict[seats.Kind, int]) -> dict[UUID, seats.Kind]:
    """Who is offered which kind of seat: down the list, each the best that is left for them."""
    kinds, today = [kind for kind in free if kind is not None], clock.today()
    flags = {kind: in_segment(kind, today).label(f"fits_{kind}") for kind in kinds}
    inner = ranked(today).where(WaitingEntry.program_id == program.id, WaitingEntry.state == WaitingState.waiting)
    rank = inner.add_columns(*flags.values()).subquery()
    query = select(rank).order_by(rank.c.rank)
    if None not in free:
        query = query.where(or_(*(rank.c[flag.name] for flag in flags.values())))
    chosen: dict[UUID, seats.Kind] = {}
    remaining = dict(free)
    for row in (await db.execute(query)).mappings():
        if not any(remaining.values()):
            break
        try:
            kind = seats.best(remaining, {kind for kind in kinds if row[f"fits_{kind}"]})
        except LookupError:
            continue
        chosen[row["entry_id"]] = kind
        remaining[kind] -= 1
    return chosen


async def _deadline(db: AsyncSession, program: Program) -> datetime:
    """Until when an offer that is made now can be accepted: a shorter time near the programme's first day."""
    values = await rule_values(db, "waiting.")
    near = program.starts_on - clock.today() <= timedelta(days=values["waiting.late_days"])
    hours = values["waiting.late_offer_hours" if near else "waiting.offer_hours"]
    return clock.now() + timedelta(hours=hours)
