"""Sessions on many days by one rule (RFC 5545): all of them, or those that nothing stands in the way of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.facilities.service import Wish, place, survey
from plut_api.facilities.service.placing import Survey
from plut_api.facilities.service.series import Take, days_of, hindrances, on_day
from plut_api.facilities.words import ENDS_BEFORE
from plut_api.kit import outbox
from plut_api.kit.caller import Caller
from plut_api.kit.database import refusing
from plut_api.kit.problems import Fault, Invalid
from plut_api.programs.access import require_hand, require_program
from plut_api.programs.models import Program, TrainingSession
from plut_api.programs.problems import SessionDaysNotFree
from plut_api.programs.schemas.sessions import SessionSeriesCreate
from plut_api.programs.service.session_rules import (
    Plan,
    holiday_words,
    holidays_on,
    meetings_on,
    met_then,
    overlap_faults,
    period_faults,
    races,
    require_changeable,
    taught_on,
    trainer_faults,
)
from plut_api.programs.service.sessions import new_session, teaching


@dataclass(frozen=True)
class SessionVerdict:
    """What one day gets: a session, or what stands in the way."""

    held_on: date
    session_id: UUID | None
    faults: Sequence[Fault] = ()


async def add_sessions(
    db: AsyncSession, caller: Caller, program_id: UUID, given: SessionSeriesCreate
) -> list[SessionVerdict]:
    """Add a session on each day that a rule names within the programme's period; a verdict for each day, in order.

    With `all`, one day that cannot be had refuses the whole; a dry run only looks. Raises ProgramNotFound,
    OrganizerOnly, ProgramOver, RoomNotFound, Invalid, SessionDaysNotFree. Emits session.added of each.
    """
    program = await require_program(db, caller, program_id, for_update=True)
    require_hand(caller, program)
    require_changeable(program)
    plan = Plan(given.shift, given.title, given.place, given.room_id, given.trainer_ids)
    days = await _days(db, program, given, plan)
    faults, found = await _look(db, caller, program, plan, days)
    if given.dry_run:
        return [SessionVerdict(day, None, faults[day]) for day in days]
    if given.take is Take.all and any(faults.values()):
        raise SessionDaysNotFree(errors=[on_day(day, faults[day][0]) for day in days if faults[day]])
    sessions = await _add(db, caller, program, plan, [day for day in days if not faults[day]], found)
    made = {session.held_on: session.id for session in sessions}
    return [SessionVerdict(day, made.get(day), faults[day]) for day in days]


async def _days(db: AsyncSession, program: Program, given: SessionSeriesCreate, plan: Plan) -> list[date]:
    first, last = given.first_on or program.starts_on, given.last_on or program.ends_on
    faults = period_faults(program, first, "#/first_on") + period_faults(program, last, "#/last_on")
    faults += [ENDS_BEFORE] if last < first else []
    faults += await trainer_faults(db, plan.trainer_ids)
    if faults:
        raise Invalid(errors=faults)
    return days_of(given.rule, first, last)


async def _look(
    db: AsyncSession, caller: Caller, program: Program, plan: Plan, days: list[date]
) -> tuple[Mapping[date, list[Fault]], Survey | None]:
    """What stands in the way of each day; the times of trainers and room are locked until the commit."""
    holidays = await holidays_on(db, days, plan.room_id)
    met = await meetings_on(db, program.id, days, plan.shift)
    taught = await taught_on(db, plan.trainer_ids, days, plan.shift)
    found = await survey(db, caller, _wish(program, plan), days) if plan.room_id is not None else None
    faults: dict[date, list[Fault]] = {}
    for day in days:
        faults[day] = overlap_faults(plan, day, taught.get(day, set()))
        if day in met:
            faults[day].insert(0, Fault("#/rule", "session_taken", met_then(day, plan.shift)))
        if day in holidays:
            faults[day].insert(0, Fault("#/rule", "national_holiday", holiday_words(holidays[day])))
        elif found is not None:
            faults[day] += hindrances(found, day)
    return faults, found


async def _add(
    db: AsyncSession, caller: Caller, program: Program, plan: Plan, days: list[date], found: Survey | None
) -> list[TrainingSession]:
    sessions = [new_session(program.id, day, plan) for day in days]
    if not sessions:
        return []
    with refusing(races(days[0], plan.shift)):
        db.add_all(sessions)
        await db.flush()
        db.add_all(row for session in sessions for row in teaching(session, plan.trainer_ids))
        await db.flush()
    if found is not None:
        of_day = {session.held_on: session for session in sessions}
        chosen = [(slot, of_day[slot.on_date].id) for slot in found.slots if slot.on_date in of_day]
        for booking in await place(db, caller, _wish(program, plan), found, chosen):
            session = of_day[booking.on_date]
            session.booking_id, session.room_id = booking.id, booking.room_id
            session.place = session.place or found.room.name
        await db.flush()
    facts = {"program_id": program.id, "shift": plan.shift.value}
    subjects = [(session.id, facts | {"held_on": session.held_on.isoformat()}) for session in sessions]
    await outbox.record_all(db, "session.added", subjects, by=caller)
    return sessions


def _wish(program: Program, plan: Plan) -> Wish:
    if plan.room_id is None:
        raise ValueError("the plan has no room")
    return Wish(plan.room_id, plan.shift, plan.title, program.seats, for_programme=True)
