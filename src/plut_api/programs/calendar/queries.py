"""Reads of sessions: each one statement, with the names of who teaches."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, Row, Select, case, cast, func, or_, select, text
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import Text

from plut_api.facilities.models import OpeningShift, Room
from plut_api.kit.caller import Caller
from plut_api.kit.pages import Paging
from plut_api.organizations.models import Organization
from plut_api.programs.access import hosts, programs_visible_to
from plut_api.programs.models import Program, SessionTrainer, Shift, Trainer, TrainingSession
from plut_api.programs.problems import SessionNotFound

BY_SHIFT = cast(case((TrainingSession.shift == Shift.morning, 0), else_=1), Integer)
_SESSION = (
    *("id", "program_id", "held_on", "shift", "title", "place", "room_id", "booking_id"),
    *("cancelled_at", "cancel_reason", "created_at", "updated_at", "version"),
)
_TRAINERS = (
    select(
        func.coalesce(
            func.jsonb_agg(
                aggregate_order_by(
                    func.jsonb_build_object("id", Trainer.id, "name", Trainer.name), Trainer.name, Trainer.id
                )
            ),
            text("'[]'::jsonb"),
        )
    )
    .join(SessionTrainer, SessionTrainer.trainer_id == Trainer.id)
    .where(SessionTrainer.session_id == TrainingSession.id)
    .correlate(TrainingSession)
    .scalar_subquery()
)
SESSION_COLUMNS: tuple[Any, ...] = (
    *(getattr(TrainingSession, name) for name in _SESSION),
    _TRAINERS.label("trainers"),
)


@dataclass(frozen=True)
class Wanted:
    """Which sessions of the calendar: from a day to a day, and of whom, where, on what; an empty list is any."""

    first: date
    last: date
    organizations: Sequence[UUID] = ()
    rooms: Sequence[UUID] = ()
    trainers: Sequence[UUID] = ()
    facilities: Sequence[UUID] = ()
    topics: Sequence[str] = ()
    regencies: Sequence[str] = ()


async def one_session(db: AsyncSession, caller: Caller | None, session_id: UUID) -> Row[Any]:
    """A session of a programme that the caller may see. Raises SessionNotFound."""
    query = select(*SESSION_COLUMNS).join(Program, Program.id == TrainingSession.program_id)
    row = (await db.execute(query.where(TrainingSession.id == session_id, programs_visible_to(caller)))).one_or_none()
    if row is None:
        raise SessionNotFound()
    return row


async def page_of_sessions(db: AsyncSession, paging: Paging, program_id: UUID) -> dict[str, Any]:
    """The sessions of a programme by day, the morning first. Raises InvalidCursor."""
    query = select(*SESSION_COLUMNS).where(TrainingSession.program_id == program_id)
    return await paging.fetch(db, query, TrainingSession.held_on, BY_SHIFT, TrainingSession.id)


async def page_of_calendar(db: AsyncSession, paging: Paging, caller: Caller | None, wanted: Wanted) -> dict[str, Any]:
    """Sessions of programmes that the caller may see, by day, the morning first. Raises InvalidCursor.

    Leans on ix_training_sessions_held_on, ix_training_sessions_room_id and uq_session_trainers_one_place.
    """
    query = calendar(programs_visible_to(caller), wanted)
    return await paging.fetch(db, query, TrainingSession.held_on, BY_SHIFT, TrainingSession.id)


async def whole_calendar(db: AsyncSession, caller: Caller | None, wanted: Wanted, most: int) -> Sequence[Row[Any]]:
    """The same in one piece, `most` sessions at the most: those that come first."""
    query = calendar(programs_visible_to(caller), wanted)
    ordered = query.order_by(TrainingSession.held_on, BY_SHIFT, TrainingSession.id)
    rows: Sequence[Row[Any]] = (await db.execute(ordered.limit(most))).all()
    return rows


def calendar(visible: ColumnElement[bool], wanted: Wanted) -> Select[Any]:
    """Sessions with their programme, and the hours of their shift where their building is open then."""
    query = (
        select(
            *SESSION_COLUMNS,
            Program.title.label("program_title"),
            Program.state.label("program_state"),
            Program.organization_id,
            Program.topics,
            Program.regency_codes,
            Organization.name.label("organization_name"),
            Room.facility_id,
            OpeningShift.since,
            OpeningShift.until,
        )
        .join(Program, Program.id == TrainingSession.program_id)
        .join(Organization, Organization.id == Program.organization_id)
        .outerjoin(Room, Room.id == TrainingSession.room_id)
        .outerjoin(
            OpeningShift,
            (OpeningShift.facility_id == Room.facility_id)
            & (OpeningShift.shift == TrainingSession.shift)
            & (OpeningShift.weekday == func.extract("isodow", TrainingSession.held_on)),
        )
        .where(visible, TrainingSession.held_on.between(wanted.first, wanted.last))
    )
    return query.where(*_narrowed(wanted))


def _narrowed(wanted: Wanted) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.organizations:
        found.append(or_(*(hosts(organization_id) for organization_id in wanted.organizations)))
    if wanted.rooms:
        found.append(TrainingSession.room_id.in_(wanted.rooms))
    if wanted.trainers:
        taught = select(SessionTrainer.session_id).where(SessionTrainer.trainer_id.in_(wanted.trainers))
        found.append(TrainingSession.id.in_(taught))
    if wanted.facilities:
        found.append(Room.facility_id.in_(wanted.facilities))
    if wanted.topics:
        found.append(Program.topics.bool_op("&&")(_texts(wanted.topics)))
    if wanted.regencies:
        for_these = Program.regency_codes.bool_op("&&")(_texts(wanted.regencies))
        found.append(or_(for_these, func.cardinality(Program.regency_codes) == 0))
    return found


def _texts(values: Sequence[str]) -> Any:
    return cast([str(value) for value in values], ARRAY(Text))
