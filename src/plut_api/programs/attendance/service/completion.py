"""Completing a programme: by its rule, one participant at a time or all of them when it ends.

The rule: of the sessions that count enough attended, and the mark of the test afterwards reached, where there is one. A
programme without any session asks for no attendance. Where it asks for nothing at all nobody completes by themselves,
since nothing is known of anybody: then the organizer or PLUT's staff say who did.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, not_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors.access import PLUT_STAFF
from plut_api.kit import audit, clock, outbox
from plut_api.kit.caller import Caller
from plut_api.kit.i18n import Text
from plut_api.programs.access import enrolments_visible_to, require_hand
from plut_api.programs.attendance.access import locked
from plut_api.programs.attendance.models import CompletionWaiver
from plut_api.programs.attendance.problems import NotCompletedYet
from plut_api.programs.attendance.queries import standing, standing_of
from plut_api.programs.attendance.service.no_shows import excuse_who_came, note_no_shows
from plut_api.programs.certificates.issuing import issue
from plut_api.programs.models import Enrolment, EnrolmentState, Program, ProgramState
from plut_api.programs.problems import EnrolmentNotOpen, ProgramNotTaught
from plut_api.programs.states import TAUGHT

OPEN = frozenset({EnrolmentState.enrolled, EnrolmentState.incomplete})
_FAR = Text(
    id="Hadir {attended} dari {held} sesi (diminta {asked}%), nilai tes akhir {score} (diminta {mark})",
    en="Attended {attended} of {held} sessions ({asked}% asked), {score} in the test after it ({mark} asked)",
)


async def complete(db: AsyncSession, caller: Caller, enrolment_id: UUID, waive_reason: str | None = None) -> Enrolment:
    """Note that a participant completed a programme that runs or has ended: by its organizer or PLUT's staff.

    The programme's rule has to be fulfilled; the organizer or the Dinas may waive it with a reason, which is kept. A
    certificate is issued with it. Raises EnrolmentNotFound, OrganizerOnly, EnrolmentNotOpen, ProgramNotTaught,
    NotCompletedYet. Emits enrolment.completed, certificate.issued.
    """
    program, enrolment = await locked(db, enrolment_id, enrolments_visible_to(caller))
    if waive_reason is not None or caller.role not in PLUT_STAFF:
        require_hand(caller, program)
    if enrolment.state not in OPEN:
        raise EnrolmentNotOpen()
    if program.state not in TAUGHT:
        raise ProgramNotTaught()
    await _require_fulfilled(db, caller, enrolment, waive_reason)
    enrolment.state = EnrolmentState.completed
    enrolment.completed_at = clock.now()
    enrolment.version += 1
    await db.flush()
    await db.refresh(enrolment)
    await outbox.record(db, "enrolment.completed", enrolment.id, by=caller, **_facts(enrolment))
    await issue(db, caller, Enrolment.id == enrolment.id)
    return enrolment


async def settle(db: AsyncSession, program_id: UUID) -> None:
    """Complete everybody who fulfils the rule of a programme that has ended, with certificates; note the others.

    Doing it again changes only what came in since, such as what a phone sent late. For the worker: it has no wall.
    Emits enrolment.completed, enrolment.lapsed, certificate.issued, no_show.noted.
    """
    has_ended = select(Program.id).where(Program.id == program_id, Program.state == ProgramState.completed)
    if await db.scalar(has_ended) is None:  # Looked at first, since who takes a seat waits for the lock.
        return
    await db.execute(has_ended.with_for_update(key_share=True))
    await _end(db, program_id, EnrolmentState.completed, fulfilled=True)
    await _end(db, program_id, EnrolmentState.incomplete, fulfilled=False)
    await issue(db, None, Enrolment.program_id == program_id)
    await excuse_who_came(db, program_id)
    await note_no_shows(db, program_id)


async def _end(db: AsyncSession, program_id: UUID, state: EnrolmentState, *, fulfilled: bool) -> None:
    """Give the enrolments of a programme that do or do not fulfil its rule the state in which they end."""
    today = clock.today()
    rule = standing(today).subquery()
    fulfils = and_(rule.c.is_fulfilled, rule.c.is_measured)
    froms = OPEN - {state} if not fulfilled else OPEN
    due = (
        select(Enrolment.id)
        .join(rule, rule.c.enrolment_id == Enrolment.id)
        .where(
            Enrolment.program_id == program_id,
            Enrolment.state.in_(sorted(froms)),
            fulfils if fulfilled else not_(fulfils),
        )
        .order_by(Enrolment.id)
        .with_for_update(key_share=True, of=Enrolment)
        .cte("due")
    )
    completed_at = clock.now() if state is EnrolmentState.completed else None
    statement = (
        update(Enrolment)
        .where(Enrolment.id == due.c.id)
        .values(state=state, completed_at=completed_at, version=Enrolment.version + 1, updated_at=func.now())
        .returning(Enrolment.id, Enrolment.program_id, Enrolment.person_id, Enrolment.actor_id)
        .execution_options(synchronize_session=False)
    )
    rows = (await db.execute(statement)).all()
    about = [one for row in rows for one in (row.person_id, row.actor_id)]
    audit.record(
        db, audit.Action.changed, "enrolments", [row.id for row in rows], about=about, after={"state": state.value}
    )
    name = "enrolment.completed" if state is EnrolmentState.completed else "enrolment.lapsed"
    await outbox.record_all(db, name, [(row.id, _facts(row)) for row in rows], by=None)


async def _require_fulfilled(db: AsyncSession, caller: Caller, enrolment: Enrolment, waive_reason: str | None) -> None:
    """Let through who fulfils the rule, or for whom it is waived. Raises NotCompletedYet."""
    found = await standing_of(db, enrolment.id)
    if found.is_fulfilled:
        return
    if waive_reason is None:
        raise _not_yet(found)
    db.add(
        CompletionWaiver(
            enrolment_id=enrolment.id,
            reason=waive_reason,
            attended_percent=found.attended_percent,
            post_score=found.post_score,
            waived_by=caller.id,
        )
    )
    await db.flush()


def _not_yet(found: Any) -> NotCompletedYet:
    told = {name: "-" if (value := getattr(found, name)) is None else str(value) for name in _TOLD}
    words = _FAR.filled(
        attended=told["sessions_attended"],
        held=told["sessions_held"],
        asked=told["asked_percent"],
        score=told["post_score"],
        mark=told["pass_mark"],
    )
    return NotCompletedYet(detail=words, extra={name: getattr(found, name) for name in _TOLD})


_TOLD = ("sessions_held", "sessions_attended", "attended_percent", "asked_percent", "post_score", "pass_mark")


def _facts(enrolment: Any) -> dict[str, Any]:
    return {
        "program_id": enrolment.program_id,
        "person_id": enrolment.person_id,
        "actor_id": enrolment.actor_id,
    }
