"""Answers: given once, by the participant or told to PLUT's staff; corrected for some days by PLUT's staff.

What is no longer in use lowers the level proven, at once and by the word of the participant alone: `no` to the level
before the training, `partly` by one level, never below the level before. No answer raises a level: that needs evidence.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors.access import PLUT_STAFF, require_staff
from plut_api.kit import audit, clock, outbox
from plut_api.kit.caller import Caller
from plut_api.kit.ids import new_id
from plut_api.kit.problems import Fault, Invalid, fault
from plut_api.outcomes import service as outcomes
from plut_api.outcomes.follow_ups.models import AnswerChannel, BusinessAnswer, FollowUp, FollowUpState, UseAnswer
from plut_api.outcomes.follow_ups.problems import (
    CorrectionTooLate,
    EnrolmentNotCompleted,
    FollowUpAnswered,
    FollowUpMissed,
    FollowUpNotAnswered,
    FollowUpNotFound,
    FollowUpOpen,
)
from plut_api.outcomes.follow_ups.queries import standing
from plut_api.outcomes.follow_ups.questions import IN_FORCE
from plut_api.outcomes.follow_ups.schemas import Answers, FollowUpAnswer, FollowUpCorrect, FollowUpNoted
from plut_api.outcomes.models import Cause, Dimension, Outcome
from plut_api.programs.access import enrolments_visible_to, require_enrolment, require_participant_or_staff
from plut_api.programs.models import Enrolment, EnrolmentState
from plut_api.reference.rules import rule_value

_SALES_MISSING = fault("#/answers/sales", "missing", id="Jawab pertanyaan penjualan", en="Answer the question on sales")
_CHANNEL_MISSING = fault(
    "#/channel", "missing", id="Sebutkan bagaimana jawaban diterima", en="Say how the answer came to you"
)
_NOT_IN_APP = fault(
    "#/channel",
    "channel_of_staff",
    id="Jawaban peserta sendiri datang lewat aplikasi (app)",
    en="What participants answer themselves comes by the app (app)",
)


class _Case(NamedTuple):
    """A follow-up with its enrolment and the outcomes of that, locked in this order: enrolment, outcomes."""

    enrolment: Enrolment
    follow_up: FollowUp
    outcomes: Mapping[Dimension, Outcome]


async def answer(db: AsyncSession, caller: Caller, follow_up_id: UUID, given: FollowUpAnswer) -> FollowUp:
    """Take the answer to an open follow-up, and let levels fall by it.

    Raises FollowUpNotFound, ParticipantOrStaffOnly, FollowUpAnswered, FollowUpMissed, Invalid. Emits
    follow_up.answered, and follow_up.business_closed where the business is said to be closed.
    """
    enrolment = await _locked(db, caller, follow_up_id)
    require_participant_or_staff(caller)
    follow_up = await _follow_up(db, follow_up_id)
    if follow_up.state is FollowUpState.answered:
        raise FollowUpAnswered()
    if follow_up.state is FollowUpState.missed or follow_up.closes_on < clock.today():
        raise FollowUpMissed()
    case = _Case(enrolment, follow_up, await _outcomes(db, enrolment, standing()))
    faults = _faults(given.answers, case.outcomes) + _channel_faults(caller, given.channel)
    if faults:
        raise Invalid(errors=faults)
    channel = given.channel or AnswerChannel.app
    await _take(db, caller, case, given.answers, channel, given.note)
    return follow_up


async def note_visit(db: AsyncSession, caller: Caller, enrolment_id: UUID, given: FollowUpNoted) -> FollowUp:
    """Note what PLUT's staff found between the planned follow-ups, with the same consequences.

    Raises EnrolmentNotFound, StaffOnly, EnrolmentNotCompleted, FollowUpOpen, Invalid. Emits what `answer` does.
    """
    enrolment = await require_enrolment(db, caller, enrolment_id, for_update=True)
    require_staff(caller)
    if enrolment.state is not EnrolmentState.completed or enrolment.completed_at is None:
        raise EnrolmentNotCompleted()
    asked = select(FollowUp.id).where(FollowUp.enrolment_id == enrolment.id, FollowUp.state == FollowUpState.open)
    if await db.scalar(asked.limit(1)) is not None:
        raise FollowUpOpen()
    standing_now = await _outcomes(db, enrolment, standing())
    if faults := _faults(given.answers, standing_now):
        raise Invalid(errors=faults)
    today = clock.today()
    follow_up = FollowUp(
        id=new_id(),
        enrolment_id=enrolment.id,
        number=None,
        months=_months_between(enrolment.completed_at.astimezone(clock.WITA).date(), today),
        questions_version=IN_FORCE,
        reminders=0,
        version=0,
        **dict.fromkeys(("due_on", "asked_on", "call_from", "closes_on"), today),
    )
    case = _Case(enrolment, follow_up, standing_now)
    await _take(db, caller, case, given.answers, AnswerChannel(given.channel), given.note)
    return follow_up


async def correct(db: AsyncSession, caller: Caller, follow_up_id: UUID, given: FollowUpCorrect) -> FollowUp:
    """Replace a wrong answer, with a reason. Levels that the wrong one lowered go back as far as the right one lets
    them, never above what was proven before, unless evidence has moved them since. The first answer is kept.

    Raises FollowUpNotFound, StaffOnly, FollowUpNotAnswered, CorrectionTooLate, Invalid. Emits follow_up.corrected, and
    follow_up.business_closed where the business is now said to be closed.
    """
    enrolment = await _locked(db, caller, follow_up_id)
    require_staff(caller)
    follow_up = await _follow_up(db, follow_up_id)
    if follow_up.answered_at is None or follow_up.uses is None or follow_up.business is None:
        raise FollowUpNotAnswered()
    days = await rule_value(db, "follow_up.correct_days")
    if clock.now() > follow_up.answered_at + timedelta(days=days):
        raise CorrectionTooLate()
    asked = await _outcomes(db, enrolment, Outcome.dimension.in_(list(follow_up.uses)))
    case = _Case(enrolment, follow_up, asked)
    if faults := _faults(given.answers, asked):
        raise Invalid(errors=faults)
    was_closed = follow_up.business is BusinessAnswer.closed
    if follow_up.first_answer is None:
        follow_up.first_answer = {"business": follow_up.business, "sales": follow_up.sales, "uses": follow_up.uses}
    follow_up.corrected_by, follow_up.corrected_at = caller.id, clock.now()
    follow_up.correction_reason = given.reason
    await _apply(db, caller, case, given.answers, follow_up.uses)
    await _tell(db, "follow_up.corrected", case, caller, newly_closed=not was_closed)
    return follow_up


async def _locked(db: AsyncSession, caller: Caller, follow_up_id: UUID) -> Enrolment:
    """The enrolment of a follow-up to change; others wait until the transaction ends. Raises FollowUpNotFound."""
    query = (
        select(Enrolment)
        .join(FollowUp, FollowUp.enrolment_id == Enrolment.id)
        .where(
            FollowUp.id == follow_up_id,
            Enrolment.state == EnrolmentState.completed,
            enrolments_visible_to(caller),
        )
        .with_for_update(of=Enrolment, key_share=True)
        .execution_options(populate_existing=True)
    )
    enrolment = await db.scalar(query)
    if enrolment is None:
        raise FollowUpNotFound()
    if caller.role in PLUT_STAFF:
        audit.on_behalf_of(caller, enrolment.person_id)
    return enrolment


async def _follow_up(db: AsyncSession, follow_up_id: UUID) -> FollowUp:
    """A follow-up as it is now that its enrolment is locked, against the worker that closes it too."""
    return await db.get_one(FollowUp, follow_up_id, populate_existing=True, with_for_update=True)


async def _outcomes(db: AsyncSession, enrolment: Enrolment, asked: Any) -> dict[Dimension, Outcome]:
    query = select(Outcome).where(Outcome.enrolment_id == enrolment.id, asked).order_by(Outcome.id)
    rows = await db.scalars(query.with_for_update().execution_options(populate_existing=True))
    return {row.dimension: row for row in rows}


async def _take(
    db: AsyncSession, caller: Caller, case: _Case, given: Answers, channel: AnswerChannel, note: str | None
) -> None:
    """Store a first answer and what follows from it."""
    follow_up = case.follow_up
    follow_up.state, follow_up.channel, follow_up.note = FollowUpState.answered, channel, note
    follow_up.answered_by, follow_up.answered_at = caller.id, clock.now()
    follow_up.next_reminder_on = None
    await _apply(db, caller, case, given, {})
    await _tell(db, "follow_up.answered", case, caller, newly_closed=True)


async def _apply(
    db: AsyncSession, caller: Caller, case: _Case, given: Answers, former: Mapping[str, Mapping[str, Any]]
) -> None:
    """Store answers, then move the levels that they speak of; `former` is what they replace."""
    answered = {use.dimension: use.answer for use in given.still_in_use}
    uses: dict[str, dict[str, Any]] = {}
    moves: list[tuple[Outcome, int]] = []
    for dimension, outcome in sorted(case.outcomes.items()):
        now = outcome.reached_level or 0
        replaced = former.get(dimension)
        before = replaced["before"] if replaced else now
        after = level_left(outcome.baseline_level or 0, before, answered[dimension])
        if replaced and now != replaced["after"]:
            after = now  # Something has moved it since, of which a correction of the past says nothing.
        uses[dimension.value] = {"answer": answered[dimension].value, "before": before, "after": after}
        if after != now:
            moves.append((outcome, after))
    follow_up = case.follow_up
    follow_up.business, follow_up.sales, follow_up.uses = given.business, given.sales, uses
    follow_up.version += 1
    db.add(follow_up)
    await db.flush()
    for outcome, level in moves:
        await outcomes.move_level(db, outcome, level, cause=Cause.follow_up, by=caller, follow_up_id=follow_up.id)


def level_left(baseline: int, proven: int, answer: UseAnswer) -> int:
    """The level (0 to 4) that an answer leaves of what was proven. It never rises, nor falls below the baseline."""
    if answer is UseAnswer.no:
        return min(proven, baseline)
    return max(proven - 1, min(proven, baseline)) if answer is UseAnswer.partly else proven


def _faults(given: Answers, asked: Mapping[Dimension, Outcome]) -> list[Fault]:
    """What is missing in answers, or speaks of what was not asked."""
    faults = [_SALES_MISSING] if given.sales is None and given.business is not BusinessAnswer.closed else []
    seen: set[Dimension] = set()
    for number, use in enumerate(given.still_in_use):
        if use.dimension not in asked or use.dimension in seen:
            faults.append(_not_asked(number))
        seen.add(use.dimension)
    missing = [dimension.value for dimension in asked if dimension not in seen]
    return faults + ([_unanswered(missing)] if missing else [])


def _channel_faults(caller: Caller, channel: AnswerChannel | None) -> list[Fault]:
    if caller.is_person:
        return [_NOT_IN_APP] if channel not in (None, AnswerChannel.app) else []
    return [_CHANNEL_MISSING] if channel is None else []


def _not_asked(number: int) -> Fault:
    return fault(
        f"#/answers/still_in_use/{number}/dimension",
        "not_asked",
        id="Dimensi ini tidak ditanyakan, atau dijawab dua kali",
        en="This dimension is not asked about, or answered twice",
    )


def _unanswered(missing: list[str]) -> Fault:
    named = ", ".join(missing)
    return fault(
        "#/answers/still_in_use", "missing", id=f"Jawab juga untuk: {named}", en=f"Answer for these too: {named}"
    )


def _months_between(since: Any, today: Any) -> int:
    months: int = (today.year - since.year) * 12 + today.month - since.month - (today.day < since.day)
    return min(max(months, 0), 120)


async def _tell(db: AsyncSession, event: str, case: _Case, caller: Caller, *, newly_closed: bool) -> None:
    enrolment, follow_up = case.enrolment, case.follow_up
    about = {
        "enrolment_id": enrolment.id,
        "program_id": enrolment.program_id,
        "person_id": enrolment.person_id,
        "actor_id": enrolment.actor_id,
    }
    answers = {"business": follow_up.business, "sales": follow_up.sales, "channel": follow_up.channel}
    told = {name: value.value if value is not None else None for name, value in answers.items()}
    await outbox.record(db, event, follow_up.id, by=caller, **about, months=follow_up.months, **told)
    if newly_closed and follow_up.business is BusinessAnswer.closed:
        await outbox.record(db, "follow_up.business_closed", follow_up.id, by=caller, **about)
