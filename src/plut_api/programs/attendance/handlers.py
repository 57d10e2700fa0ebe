"""What attendance does about events and by the clock, and what the worker tells people of no-shows."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.kit import messages
from plut_api.kit.database import unit_of_work
from plut_api.kit.jobs import jobs, runtime
from plut_api.kit.outbox import Event, on
from plut_api.programs.attendance.models import NoShow
from plut_api.programs.attendance.service.completion import settle
from plut_api.programs.attendance.service.no_shows import excuse_who_came, fade
from plut_api.programs.models import Program


@on("program.completed")
async def settle_program(db: AsyncSession, event: Event) -> None:
    """A programme has ended: who fulfils its rule completed it, with a certificate; who never came is noted."""
    await settle(db, event.subject_id)


@on("attendance.recorded", "scores.recorded")
async def settle_again(db: AsyncSession, event: Event) -> None:
    """What came in after a programme has ended, such as what a phone sent late, counts as if it had been there."""
    await settle(db, UUID(event.facts["program_id"]))


@on("enrolment.completed")
async def excuse_who_completed(db: AsyncSession, event: Event) -> None:
    """Who completes by a waiver after all was no no-show."""
    await excuse_who_came(db, UUID(event.facts["program_id"]), event.subject_id)


@jobs.periodic(cron="20 17 * * *")  # Shortly after midnight in WITA.
@jobs.task(name="programs.fade_no_shows", queueing_lock="programs.fade_no_shows")
async def fade_no_shows(timestamp: int) -> None:
    """Let no-shows go that have counted for long enough."""
    async with unit_of_work(runtime().sessions) as db:
        await fade(db)


@on("no_show.noted")
async def tell_of_no_show(db: AsyncSession, event: Event) -> None:
    """Tell a person that they were noted as not having come, and until when they can appeal."""
    row = await _told(db, event.subject_id)
    if row is not None:
        no_show, title = row
        facts = {"program": title, "until": no_show.appeal_until}
        await messages.send(db, to=no_show.person_id, template="no_show_noted", facts=facts, dedupe_key=str(no_show.id))


@on("no_show.excused", "no_show.upheld")
async def tell_of_decision(db: AsyncSession, event: Event) -> None:
    """Tell a person what was decided of their no-show."""
    row = await _told(db, event.subject_id)
    if row is not None:
        no_show, title = row
        facts = {"program": title, "decision": event.name.partition(".")[2]}
        await messages.send(db, to=no_show.person_id, template="no_show_decided", facts=facts, dedupe_key=str(event.id))


async def _told(db: AsyncSession, no_show_id: UUID) -> tuple[NoShow, str] | None:
    query = select(NoShow, Program.title).join(Program, Program.id == NoShow.program_id)
    found = (await db.execute(query.where(NoShow.id == no_show_id))).one_or_none()
    return (found[0], found[1]) if found is not None else None
