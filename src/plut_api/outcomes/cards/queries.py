"""What a card is made of: four statements, whatever the number of enrolments."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, case, func, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from plut_api.actors.minors import acted_for_by
from plut_api.actors.service.disclosures import TRAINING, note_shown
from plut_api.kit import clock
from plut_api.kit.caller import Caller
from plut_api.outcomes.follow_ups.models import FollowUp, FollowUpState
from plut_api.outcomes.models import Dimension, Evidence, EvidenceState, Outcome
from plut_api.programs.access import enrolments_visible_to
from plut_api.programs.attendance.queries import standing
from plut_api.programs.certificates.models import Certificate
from plut_api.programs.models import Enrolment, EnrolmentState, Program, ProgramState, Shift, TrainingSession
from plut_api.programs.problems import EnrolmentNotFound

MOST_ENROLMENTS = 50
"""A person's card shows the newest."""
MOST_SESSIONS = 5
"""A card shows the next ones."""
_BY_SHIFT = case((TrainingSession.shift == Shift.morning, 0), else_=1)
_OVER = (ProgramState.completed, ProgramState.cancelled)
_SHOWN = ("outcome_levels", "evidence", "follow_up", "attendance", "certificate")


@dataclass
class Facts:
    """Everything that is known about one enrolment, as rows."""

    enrolment: Any
    standing: Any
    outcomes: Mapping[Dimension, Any] = field(default_factory=dict)
    sessions: Sequence[Any] = ()


async def own_cards(db: AsyncSession, caller: Caller) -> list[Facts]:
    """The facts of the caller's own enrolments and those of minors in their care, the newest first."""
    mine = Enrolment.person_id.in_(acted_for_by(caller.id))
    return await _facts(db, mine & (Enrolment.state != EnrolmentState.withdrawn))


async def one_card(db: AsyncSession, caller: Caller, enrolment_id: UUID) -> Facts:
    """The facts of one enrolment within the caller's rows. Raises EnrolmentNotFound."""
    found = await _facts(db, (Enrolment.id == enrolment_id) & enrolments_visible_to(caller))
    if not found:
        raise EnrolmentNotFound()
    (facts,) = found
    of = facts.enrolment
    await note_shown(db, caller, _SHOWN, purpose=TRAINING, people=[of.person_id], actors=[of.actor_id])
    return facts


async def _facts(db: AsyncSession, mine: ColumnElement[bool]) -> list[Facts]:
    today = clock.today()
    rows = await _enrolments(db, mine, today)
    ids = [row.enrolment_id for row in rows]
    if not ids:
        return []
    stands = {row.enrolment_id: row for row in await db.execute(standing(today).where(Enrolment.id.in_(ids)))}
    outcomes = await _outcomes(db, ids)
    sessions = await _sessions(db, [row.program_id for row in rows if row.state is EnrolmentState.enrolled], today)
    return [
        Facts(
            row,
            stands[row.enrolment_id],
            outcomes[row.enrolment_id],
            sessions[row.program_id] if row.state is EnrolmentState.enrolled else (),
        )
        for row in rows
    ]


async def _enrolments(db: AsyncSession, mine: ColumnElement[bool], today: date) -> Sequence[Any]:
    """Enrolments with their programme, the open follow-up and the certificate that holds.

    Leans on ix_enrolments_person_id, uq_follow_ups_enrolment_id_number and uq_certificates_one_valid.
    """
    asked = (
        select(FollowUp.id, FollowUp.months, FollowUp.closes_on)
        .where(
            FollowUp.enrolment_id == Enrolment.id,
            FollowUp.state == FollowUpState.open,
            FollowUp.closes_on >= today,
            Enrolment.state == EnrolmentState.completed,
        )
        .order_by(FollowUp.due_on)
        .limit(1)
        .correlate(Enrolment)
        .lateral("asked")
    )
    query = (
        select(
            Enrolment.id.label("enrolment_id"),
            Enrolment.program_id,
            Enrolment.person_id,
            Enrolment.actor_id,
            Enrolment.state,
            Enrolment.completed_at,
            Program.title.label("program_title"),
            Program.starts_on,
            Program.ends_on,
            asked.c.id.label("follow_up_id"),
            asked.c.months.label("follow_up_months"),
            asked.c.closes_on.label("follow_up_closes_on"),
            Certificate.code.label("certificate_code"),
            Certificate.number.label("certificate_number"),
            Certificate.issued_at.label("certificate_issued_at"),
        )
        .join(Program, Program.id == Enrolment.program_id)
        .outerjoin(asked, true())
        .outerjoin(Certificate, (Certificate.enrolment_id == Enrolment.id) & Certificate.revoked_at.is_(None))
        .where(mine)
        .order_by(Enrolment.id.desc())
        .limit(MOST_ENROLMENTS)
    )
    return (await db.execute(query)).all()


async def _outcomes(db: AsyncSession, enrolment_ids: Sequence[UUID]) -> Mapping[UUID, dict[Dimension, Any]]:
    """Outcomes with how much evidence waits, and the newest evidence where that was rejected.

    Leans on uq_outcomes_enrolment_id_dimension and ix_evidence_outcome_id.
    """
    waiting, newest = aliased(Evidence), aliased(Evidence)
    in_force = (EvidenceState.submitted, EvidenceState.verified, EvidenceState.rejected)
    last = (
        select(newest)
        .where(newest.outcome_id == Outcome.id, newest.state.in_(in_force))
        .order_by(newest.id.desc())
        .limit(1)
        .correlate(Outcome)
        .lateral("last")
    )
    submitted = select(func.count()).where(waiting.outcome_id == Outcome.id, waiting.state == EvidenceState.submitted)
    rejected = last.c.state == EvidenceState.rejected
    query = (
        select(
            *Outcome.__table__.columns,
            submitted.correlate(Outcome).scalar_subquery().label("evidence_waiting"),
            case((rejected, last.c.id)).label("rejected_id"),
            last.c.claimed_level.label("rejected_level"),
            last.c.reason.label("rejected_reason"),
            last.c.next_step.label("rejected_next_step"),
            last.c.decided_at.label("rejected_at"),
        )
        .outerjoin(last, true())
        .where(Outcome.enrolment_id.in_(enrolment_ids))
    )
    found: dict[UUID, dict[Dimension, Any]] = defaultdict(dict)
    for row in await db.execute(query):
        found[row.enrolment_id][row.dimension] = row
    return found


async def _sessions(db: AsyncSession, program_ids: Sequence[UUID], today: date) -> Mapping[UUID, Sequence[Any]]:
    """The next sessions of programmes that are not over, by day and shift.

    Leans on uq_training_sessions_one_at_a_time.
    """
    place = func.row_number().over(
        partition_by=TrainingSession.program_id, order_by=(TrainingSession.held_on, _BY_SHIFT, TrainingSession.id)
    )
    next_ones = (
        select(
            TrainingSession.id.label("session_id"),
            TrainingSession.program_id,
            TrainingSession.held_on,
            TrainingSession.shift,
            TrainingSession.title,
            TrainingSession.place,
            place.label("number"),
        )
        .join(Program, Program.id == TrainingSession.program_id)
        .where(
            TrainingSession.program_id.in_(program_ids),
            TrainingSession.is_held,
            TrainingSession.held_on >= today,
            Program.state.not_in(_OVER),
        )
        .subquery()
    )
    query = select(next_ones).where(next_ones.c.number <= MOST_SESSIONS)
    found: dict[UUID, list[Any]] = defaultdict(list)
    for row in await db.execute(query.order_by(next_ones.c.program_id, next_ones.c.number)):
        found[row.program_id].append(row)
    return found
