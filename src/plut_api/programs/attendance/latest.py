"""Which of several words about one participant and session stands: the latest, by the clock of who said it."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, literal_column, or_, select
from sqlalchemy.dialects.postgresql import Insert
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.programs.attendance.models import Attendance
from plut_api.programs.certificates.models import Certificate
from plut_api.programs.models import Program

BEFORE: ColumnElement[bool | None] = literal_column(
    "(SELECT old.came FROM attendances old WHERE old.id = attendances.id)"
).label("before")
"""What a row said before the statement that writes it."""


def is_later(fresh: Insert) -> ColumnElement[bool]:
    """The condition that a row to insert is a later word than the one that stands."""
    at, came = fresh.excluded.at, fresh.excluded.came
    return or_(Attendance.at < at, and_(Attendance.at == at, ~Attendance.came, came))


def certified(enrolment_id: Any) -> ColumnElement[bool]:
    """The condition that a certificate tells of an enrolment already."""
    return exists().where(Certificate.enrolment_id == enrolment_id, Certificate.revoked_at.is_(None))


async def keep_certificates_out(db: AsyncSession, program_id: UUID) -> None:
    """Hold a lock that completing takes for itself: no row comes in between a certificate and what it tells."""
    await db.execute(select(Program.id).where(Program.id == program_id).with_for_update(read=True))
