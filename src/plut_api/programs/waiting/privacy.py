"""What waiting lists hold of a person, and what becomes of it when they are erased."""

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.kit.caller import Caller
from plut_api.kit.i18n import Text
from plut_api.kit.privacy import Erased, Row, Subject, erasing, personal_data, rows_of
from plut_api.programs.models import Enrolment, EnrolmentState, Program
from plut_api.programs.waiting.models import OPEN, WaitingEntry
from plut_api.programs.waiting.service import leave


@personal_data(
    "waiting_entries",
    "waiting_entries",
    about=Text(
        id="Daftar tunggu program yang Anda masuki.", en="The waiting lists of programmes that you are or were on."
    ),
)
async def held_entries(db: AsyncSession, subject: Subject) -> list[Row]:
    """Where the person waits or waited, with the titles of the programmes."""
    rows = await rows_of(db, WaitingEntry, WaitingEntry.person_id == subject.person_id, subject)
    named = select(Program.id, Program.title).where(Program.id.in_([row["program_id"] for row in rows]))
    titles = {str(program_id): title for program_id, title in (await db.execute(named)).all()}
    return [row | {"program_title": titles.get(row["program_id"])} for row in rows]


@erasing(order=29)
async def leave_lists(db: AsyncSession, caller: Caller, subject: Subject) -> Erased:
    """Leave every list, so that held seats go to others, and remove the rows: nobody is accounted for by them."""
    mine = select(WaitingEntry).where(WaitingEntry.person_id == subject.person_id).order_by(WaitingEntry.program_id)
    rows = list(await db.scalars(mine)) if subject.person_id else []
    await _lock_programs(db, subject)
    for entry in rows:
        if entry.state in OPEN:
            await leave(db, caller, entry.id)
    for entry in rows:
        await db.delete(entry)
    await db.flush()
    return Erased("waiting_entries", deleted=len(rows))


async def _lock_programs(db: AsyncSession, subject: Subject) -> None:
    """Lock what the person leaves in one order, so that no two erasures wait for each other."""
    waited = select(WaitingEntry.program_id).where(
        WaitingEntry.person_id == subject.person_id, WaitingEntry.state.in_(OPEN)
    )
    seated = select(Enrolment.program_id).where(
        Enrolment.person_id == subject.person_id, Enrolment.state == EnrolmentState.enrolled
    )
    locked = select(Program.id).where(or_(Program.id.in_(waited), Program.id.in_(seated))).order_by(Program.id)
    await db.execute(locked.with_for_update(key_share=True))
