"""What programmes do about events."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.facilities.service import give_back
from plut_api.kit.outbox import Event, on
from plut_api.programs.models import TrainingSession


@on("program.cancelled")
async def give_rooms_back(db: AsyncSession, event: Event) -> None:
    """A programme was called off: its rooms are free for others."""
    query = select(TrainingSession.id).where(TrainingSession.program_id == event.subject_id)
    await give_back(db, (await db.scalars(query)).all())
