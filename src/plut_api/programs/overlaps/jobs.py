"""What the worker does about overlaps: lets go of what no longer holds, tells participants, compares every night."""

from uuid import UUID

from sqlalchemy import select, union, update
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.kit import messages
from plut_api.kit.database import unit_of_work
from plut_api.kit.jobs import jobs, runtime
from plut_api.kit.outbox import Event, on
from plut_api.programs.models import Enrolment, EnrolmentState, Program, ProgramState
from plut_api.programs.overlaps.findings import COMPARED, let_go_of
from plut_api.programs.overlaps.models import ProgramMerge
from plut_api.programs.overlaps.service import lock_calendar, note_change
from plut_api.programs.overlaps.words import words_of
from plut_api.programs.waiting.models import OPEN, WaitingEntry

BLOCK = 1000


@on("program.rejected", "program.cancelled")
async def let_go(db: AsyncSession, event: Event) -> None:
    """A programme was sent back or called off: nobody need decide about what it resembled, unless it is there again."""
    await lock_calendar(db)
    state = await db.scalar(select(Program.state).where(Program.id == event.subject_id))
    if state not in COMPARED:
        await let_go_of(db, event.subject_id)


@on("program.merged")
async def tell_of_merge(db: AsyncSession, event: Event) -> None:
    """Tell who has a seat in the programme that ended, or waits for one, where they take part now; once each."""
    merge = await db.get(ProgramMerge, UUID(event.facts["merge_id"]))
    if merge is None:
        return
    ended, goes_on = await db.get(Program, merge.from_id), await db.get(Program, merge.into_id)
    if ended is None or goes_on is None:
        return
    facts = {"program": ended.title, "into": goes_on.title, "starts_on": goes_on.starts_on}
    for start in range(0, max(len(_moved(merge, "enrolments")), len(_moved(merge, "waiting_entries"))), BLOCK):
        people = await _people(db, merge, start)
        letters = [messages.Letter(person_id, facts, f"{merge.id}:{person_id}") for person_id in people]
        await messages.send_all(db, template="program_merged", letters=letters)


def _moved(merge: ProgramMerge, table: str) -> list[UUID]:
    ids: list[str] = merge.moved.get(table, {}).get("moved", [])
    return [UUID(id_) for id_ in ids]


async def _people(db: AsyncSession, merge: ProgramMerge, start: int) -> list[UUID]:
    """Whose seats and places on the list went along, so many of each."""
    seats, entries = (_moved(merge, table)[start : start + BLOCK] for table in ("enrolments", "waiting_entries"))
    seated = select(Enrolment.person_id).where(Enrolment.id.in_(seats), Enrolment.state != EnrolmentState.withdrawn)
    waiting = select(WaitingEntry.person_id).where(WaitingEntry.id.in_(entries), WaitingEntry.state.in_(OPEN))
    return list(await db.scalars(union(seated, waiting)))


@jobs.periodic(cron="30 18 * * *")  # Half past two in the morning in WITA.
@jobs.task(name="programs.compare", queueing_lock="programs.compare")
async def compare_all(timestamp: int) -> None:
    """Bring the words of programmes up to the synonyms of this release, and proposals up to the rules of the day."""
    await renew_words()
    async with unit_of_work(runtime().sessions) as db:
        query = select(Program.id).where(Program.state == ProgramState.submitted).order_by(Program.id.desc())
        program_ids = (await db.scalars(query)).all()
    for program_id in program_ids:  # The latest first: what is new between two proposals waits with the later one.
        async with unit_of_work(runtime().sessions) as db:
            await lock_calendar(db)
            program = await db.get(Program, program_id, with_for_update={"key_share": True, "of": Program})
            if program is not None and program.state is ProgramState.submitted:
                await note_change(db, program)


async def renew_words() -> int:
    """Make the words of programmes anew that are not what their title and aim come to; how many those were."""
    last, renewed = UUID(int=0), 0
    while True:
        async with unit_of_work(runtime().sessions) as db:
            query = select(Program.id, Program.title, Program.aim, Program.overlap_words, Program.updated_at).where(
                Program.id > last
            )
            rows = (await db.execute(query.order_by(Program.id).limit(BLOCK))).all()
            changed = [
                {"id": row.id, "overlap_words": words, "updated_at": row.updated_at}
                for row in rows
                if (words := words_of(row.title, row.aim)) != row.overlap_words
            ]
            if changed:
                await db.execute(update(Program), changed)
        renewed += len(changed)
        if len(rows) < BLOCK:
            return renewed
        last = rows[-1].id
