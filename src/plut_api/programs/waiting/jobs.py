"""What the worker does for waiting lists: offers seats that events free, passes offers on, tells people, closes."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.kit import clock, messages, outbox
from plut_api.kit.database import unit_of_work
from plut_api.kit.jobs import jobs, runtime
from plut_api.kit.outbox import Event, on
from plut_api.programs import seats
from plut_api.programs.models import Program, ProgramState, ReservedSeats
from plut_api.programs.waiting.models import WaitingEntry, WaitingState
from plut_api.programs.waiting.offers import close_list, offer_freed_seats
from plut_api.reference.rules import rule_value


@on("program.quota_changed")
async def offer_new_seats(db: AsyncSession, event: Event) -> None:
    """A programme has more seats, or others are reserved: they are offered to who waits."""
    await offer_freed_seats(db, event.subject_id)


@on("program.started", "program.cancelled")
async def close_waiting(db: AsyncSession, event: Event) -> None:
    """No seats are given from here on: nobody waits any longer."""
    await close_list(db, event.subject_id)


@on("waiting_entry.offered")
async def tell_of_offer(db: AsyncSession, event: Event) -> None:
    """Tell a person that a seat is held for them and until when; once, and not after that."""
    entry = await db.get(WaitingEntry, event.subject_id)
    if entry is None or entry.state is not WaitingState.offered or entry.offer_expires_at is None:
        return
    await messages.send(
        db,
        to=entry.person_id,
        template="waiting_offered",
        facts={"program": await _title(db, entry), "until": entry.offer_expires_at.isoformat()},
        kind=messages.Kind.offer,
        expires_at=entry.offer_expires_at,
        dedupe_key=f"{entry.id}:offered",
    )


@on("waiting_entry.expired", "waiting_entry.closed")
async def tell_of_end(db: AsyncSession, event: Event) -> None:
    """Tell a person that their offer has passed, or that the list was closed; once."""
    entry = await db.get(WaitingEntry, event.subject_id)
    if entry is None or entry.state not in (WaitingState.expired, WaitingState.closed):
        return
    facts, key = {"program": await _title(db, entry)}, f"{entry.id}:{entry.state}"
    await messages.send(db, to=entry.person_id, template=f"waiting_{entry.state}", facts=facts, dedupe_key=key)


@jobs.periodic(cron="*/2 * * * *")
@jobs.task(name="programs.pass_offers_on", queueing_lock="programs.pass_offers_on")
async def pass_offers_on(timestamp: int) -> None:
    """Pass every offer on whose deadline has come, and offer free seats to those who wait for them, programme by
    programme, each in a transaction of its own. Somebody may have come into a segment that seats are reserved for.

    Leans on ix_waiting_entries_due and uq_waiting_entries_one_open.
    """
    due = (WaitingEntry.state == WaitingState.offered) & (WaitingEntry.offer_expires_at <= clock.now())
    claimed = (WaitingEntry.state == WaitingState.waiting) & (Program.seats_taken < Program.seats)
    query = (
        select(Program.id)
        .join(WaitingEntry, WaitingEntry.program_id == Program.id)
        .where(WaitingEntry.ended_at.is_(None), Program.state == ProgramState.published, or_(due, claimed))
    )
    async with unit_of_work(runtime().sessions) as db:
        program_ids = (await db.scalars(query.distinct().order_by(Program.id))).all()
    for program_id in program_ids:
        async with unit_of_work(runtime().sessions) as db:
            await offer_freed_seats(db, program_id)


@jobs.periodic(cron="5 * * * *")
@jobs.task(name="programs.release_reserved", queueing_lock="programs.release_reserved")
async def release_reserved(timestamp: int) -> None:
    """Open reserved seats that nobody asked for to everybody, near the first day; programme by programme."""
    async with unit_of_work(runtime().sessions) as db:
        days = await rule_value(db, "waiting.release_reserved_days")
        near = (
            select(Program.id)
            .where(
                Program.state == ProgramState.published,
                Program.starts_on <= clock.today() + timedelta(days=days),
                Program.seats_taken - Program.general_taken < Program.seats_reserved,
            )
            .order_by(Program.id)
        )
        program_ids = (await db.scalars(near)).all()
    for program_id in program_ids:
        async with unit_of_work(runtime().sessions) as db:
            await release(db, program_id)


async def release(db: AsyncSession, program_id: UUID) -> int:
    """Turn what is free of a programme's reserved seats into general ones and offer them; how many there were.

    Emits program.reserved_released.
    """
    program = await seats.lock_program(db, program_id)
    if program is None or program.state is not ProgramState.published:
        return 0
    query = select(ReservedSeats).where(ReservedSeats.program_id == program_id)
    query = query.order_by(ReservedSeats.id).execution_options(populate_existing=True)
    freed = 0
    for row in (await db.scalars(query)).all():
        freed += row.seats - row.seats_taken
        row.seats = row.seats_taken
        if row.seats_taken == 0:
            await db.delete(row)
    if not freed:
        return 0
    program.seats_reserved -= freed
    program.version += 1
    await db.flush()
    facts = {"program_id": program_id, "organization_id": program.organization_id, "seats": freed}
    await outbox.record(db, "program.reserved_released", program_id, by=None, **facts)
    await offer_freed_seats(db, program_id)
    return freed


async def _title(db: AsyncSession, entry: WaitingEntry) -> str:
    return await db.scalar(select(Program.title).where(Program.id == entry.program_id)) or ""
