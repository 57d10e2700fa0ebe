"""Seats that nobody came for: noted when a programme ends, appealed against, excused or upheld, forgotten in time.

A no-show is a seat that was held until the programme ended and whose holder came to none of its sessions, while others
are known to have come; where nobody's attendance was noted nothing can be said of anybody. Who gave the seat back has
none. While one counts, others come first when seats are given.
"""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, exists, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from plut_api.actors.access import require_staff
from plut_api.kit import audit, clock, outbox
from plut_api.kit.caller import Caller
from plut_api.kit.crypto import vault
from plut_api.kit.ids import new_id
from plut_api.programs.attendance.access import require_no_show
from plut_api.programs.attendance.models import Attendance, NoShow, NoShowState
from plut_api.programs.attendance.problems import AppealClosed, NoShowNotFound, NoShowSettled
from plut_api.programs.attendance.queries import ever_came
from plut_api.programs.models import Enrolment, EnrolmentState, TrainingSession
from plut_api.reference.rules import rule_values

APPEAL = "no_shows.appeal"
ANSWER = "no_shows.answer"
BLOCK = 1000


async def note_no_shows(db: AsyncSession, program_id: UUID) -> None:
    """Note those of a programme that has ended, once each. For the worker. Emits no_show.noted."""
    rules = await rule_values(db, "attendance.")
    today, now = clock.today(), clock.now()
    given = {
        "program_id": program_id,
        "session_id": await db.scalar(_first_session(program_id)),
        "state": NoShowState.counts,
        "noted_at": now,
        "counts_until": today + timedelta(days=rules["attendance.no_show_days"]),
        "appeal_until": today + timedelta(days=rules["attendance.appeal_days"]),
        "version": 1,
    }
    missing = [row._asdict() for row in await db.execute(_missing(program_id))]
    for start in range(0, len(missing), BLOCK):
        values = [{"id": new_id(), **row, **given} for row in missing[start : start + BLOCK]]
        fresh = insert(NoShow).values(values).on_conflict_do_nothing()
        rows = (await db.execute(fresh.returning(NoShow.id, NoShow.person_id))).all()
        people = [row.person_id for row in rows]
        audit.record(db, audit.Action.created, "no_shows", [row.id for row in rows], about=people)
        facts = [(row.id, {"program_id": program_id, "person_id": row.person_id}) for row in rows]
        await outbox.record_all(db, "no_show.noted", facts, by=None)


def _first_session(program_id: UUID) -> Select[Any]:
    query = select(TrainingSession.id).where(TrainingSession.program_id == program_id, TrainingSession.is_held)
    return query.order_by(TrainingSession.held_on, TrainingSession.shift.desc()).limit(1)


def _missing(program_id: UUID) -> Any:
    other = aliased(Enrolment)
    anybody = exists().where(Attendance.enrolment_id == other.id, other.program_id == program_id, Attendance.came)
    query: Any = (
        select(Enrolment.id.label("enrolment_id"), Enrolment.person_id)
        .where(
            Enrolment.program_id == program_id,
            Enrolment.state == EnrolmentState.incomplete,
            ~ever_came(),
            anybody,
            ~exists().where(NoShow.enrolment_id == Enrolment.id),
        )
        .order_by(Enrolment.id)
    )
    return query


async def excuse_who_came(db: AsyncSession, program_id: UUID, enrolment_id: UUID | None = None) -> None:
    """Excuse those of a programme, or one of them, of whom it turned out that they came, or who completed all the same.

    For the worker. Emits no_show.excused.
    """
    seat = select(Enrolment.id).where(
        Enrolment.program_id == program_id, or_(Enrolment.state == EnrolmentState.completed, ever_came())
    )
    if enrolment_id is not None:
        seat = seat.where(Enrolment.id == enrolment_id)
    statement = (
        update(NoShow)
        .where(
            NoShow.program_id == program_id,
            NoShow.enrolment_id.in_(seat),
            NoShow.state.in_([NoShowState.counts, NoShowState.appealed]),
        )
        .values(state=NoShowState.excused, decided_at=clock.now(), version=NoShow.version + 1, updated_at=func.now())
        .returning(NoShow.id, NoShow.person_id)
        .execution_options(synchronize_session=False)
    )
    rows = (await db.execute(statement)).all()
    about = [row.person_id for row in rows]
    after = {"state": NoShowState.excused.value}
    audit.record(db, audit.Action.changed, "no_shows", [row.id for row in rows], about=about, after=after)
    await outbox.record_all(db, "no_show.excused", [(row.id, {"person_id": row.person_id}) for row in rows], by=None)


async def appeal(db: AsyncSession, caller: Caller, no_show_id: UUID, reason: str) -> NoShow:
    """Appeal, once and in time; it does not count until that is decided. By the person, or who cares for them.

    Raises NoShowNotFound, AppealClosed. Emits no_show.appealed.
    """
    no_show = await require_no_show(db, caller, no_show_id, for_update=True)
    if not caller.is_person:  # Staff who hear why somebody did not come excuse them; they appeal for nobody.
        raise NoShowNotFound()
    in_time = clock.today() <= no_show.appeal_until
    if no_show.state is not NoShowState.counts or no_show.appealed_at is not None or not in_time:
        raise AppealClosed()
    no_show.appeal_sealed, no_show.appealed_at = vault().seal(APPEAL, reason), clock.now()
    return await _moved(db, caller, no_show, NoShowState.appealed, "no_show.appealed")


async def excuse(db: AsyncSession, caller: Caller, no_show_id: UUID, answer: str) -> NoShow:
    """Excuse a no-show, appealed against or not: by PLUT's staff.

    Raises NoShowNotFound, StaffOnly, NoShowSettled. Emits no_show.excused.
    """
    no_show = await _to_decide(db, caller, no_show_id, NoShowState.appealed, NoShowState.counts)
    return await _decided(db, caller, no_show, NoShowState.excused, "no_show.excused", answer)


async def uphold(db: AsyncSession, caller: Caller, no_show_id: UUID, answer: str) -> NoShow:
    """Refuse an appeal; the no-show counts again until its day: by PLUT's staff.

    Raises NoShowNotFound, StaffOnly, NoShowSettled. Emits no_show.upheld.
    """
    no_show = await _to_decide(db, caller, no_show_id, NoShowState.appealed)
    return await _decided(db, caller, no_show, NoShowState.counts, "no_show.upheld", answer)


async def fade(db: AsyncSession) -> int:
    """Let those go that have counted for long enough; how many. For the worker."""
    statement = (
        update(NoShow)
        .where(NoShow.state == NoShowState.counts, NoShow.counts_until < clock.today())
        .values(state=NoShowState.faded, version=NoShow.version + 1, updated_at=func.now())
        .returning(NoShow.id, NoShow.person_id)
        .execution_options(synchronize_session=False)
    )
    rows = (await db.execute(statement)).all()
    about, after = [row.person_id for row in rows], {"state": NoShowState.faded.value}
    audit.record(db, audit.Action.changed, "no_shows", [row.id for row in rows], about=about, after=after)
    return len(rows)


async def _to_decide(db: AsyncSession, caller: Caller, no_show_id: UUID, *states: NoShowState) -> NoShow:
    no_show = await require_no_show(db, caller, no_show_id, for_update=True)
    require_staff(caller)
    if no_show.state not in states:
        raise NoShowSettled()
    return no_show


async def _decided(
    db: AsyncSession, caller: Caller, no_show: NoShow, state: NoShowState, event: str, answer: str
) -> NoShow:
    no_show.answer_sealed, no_show.decided_at = vault().seal(ANSWER, answer), clock.now()
    no_show.decided_by = caller.id
    return await _moved(db, caller, no_show, state, event)


async def _moved(db: AsyncSession, caller: Caller, no_show: NoShow, state: NoShowState, event: str) -> NoShow:
    no_show.state = state
    no_show.version += 1
    await db.flush()
    await db.refresh(no_show)
    facts = {"program_id": no_show.program_id, "person_id": no_show.person_id}
    await outbox.record(db, event, no_show.id, by=caller, **facts)
    return no_show
