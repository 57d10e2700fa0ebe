"""Levels before and levels aimed at.

Every change locks the enrolment first: its five outcomes and their evidence change one after the other.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors.access import PLUT_STAFF
from plut_api.actors.service.disclosures import TRAINING, note_shown
from plut_api.kit import audit, clock, outbox
from plut_api.kit.caller import Caller, Role
from plut_api.kit.etags import require_match
from plut_api.kit.ids import new_id
from plut_api.kit.problems import Fault, Invalid, fault
from plut_api.outcomes.models import Dimension, Outcome, OutcomeLevel
from plut_api.outcomes.problems import (
    AssessorOnly,
    BaselineMissing,
    EnrolmentWithdrawn,
    OutcomeSettled,
    RubricNotFound,
)
from plut_api.outcomes.queries import outcome_of, outcomes_of
from plut_api.outcomes.rubric import rubric_in_force, rubric_of, version_in_force
from plut_api.programs import service as programs
from plut_api.programs.access import require_enrolment
from plut_api.programs.models import Enrolment, EnrolmentState


async def read_outcomes(db: AsyncSession, caller: Caller, enrolment_id: UUID) -> list[Outcome]:
    """The five outcomes of an enrolment in the rubric's order, blank where there is no entry.

    Raises EnrolmentNotFound.
    """
    enrolment = await require_enrolment(db, caller, enrolment_id)
    await _note_shown(db, caller, enrolment)
    known = await outcomes_of(db, enrolment.id)
    return [known.get(dimension) or blank_outcome(enrolment, dimension) for dimension in Dimension]


async def read_outcome(db: AsyncSession, caller: Caller, enrolment_id: UUID, dimension: Dimension) -> Outcome:
    """One outcome of an enrolment, blank (version 0) while there is no entry. Raises EnrolmentNotFound."""
    enrolment = await require_enrolment(db, caller, enrolment_id)
    await _note_shown(db, caller, enrolment)
    return await outcome_of(db, enrolment.id, dimension) or blank_outcome(enrolment, dimension)


async def set_baseline(
    db: AsyncSession, caller: Caller, enrolment_id: UUID, dimension: Dimension, if_match: str | None, level: int
) -> Outcome:
    """Set the level before, until a level is proven from it.

    Raises EnrolmentNotFound, AssessorOnly, EnrolmentWithdrawn, PreconditionRequired, PreconditionFailed,
    OutcomeSettled, Invalid (`not_below_target`). Emits outcome.baseline_set.
    """
    enrolment, outcome = await _to_assess(db, caller, enrolment_id, dimension, if_match)
    if await _was_proven(db, outcome):
        raise OutcomeSettled()
    if outcome.target_level is not None and level >= outcome.target_level:
        raise Invalid(errors=[_not_below_target(outcome.target_level)])
    outcome.baseline_level, outcome.baseline_at, outcome.baseline_by = level, clock.now(), caller.id
    return await keep_outcome(db, caller, "outcome.baseline_set", enrolment, outcome, level)


async def set_target(
    db: AsyncSession, caller: Caller, enrolment_id: UUID, dimension: Dimension, if_match: str | None, level: int
) -> Outcome:
    """Set the level aimed at, above the baseline. Once a level was proven, it only rises: aims are not cut to results.

    Raises EnrolmentNotFound, AssessorOnly, EnrolmentWithdrawn, PreconditionRequired, PreconditionFailed,
    BaselineMissing, OutcomeSettled, Invalid (`not_above_baseline`). Emits outcome.target_set.
    """
    enrolment, outcome = await _to_assess(db, caller, enrolment_id, dimension, if_match)
    if outcome.baseline_level is None:
        raise BaselineMissing()
    if level <= outcome.baseline_level:
        raise Invalid(errors=[_not_above_baseline(outcome.baseline_level)])
    if outcome.target_level is not None and level < outcome.target_level and await _was_proven(db, outcome):
        raise OutcomeSettled()
    outcome.target_level, outcome.target_at, outcome.target_by = level, clock.now(), caller.id
    return await keep_outcome(db, caller, "outcome.target_set", enrolment, outcome, level)


async def name_business(
    db: AsyncSession, caller: Caller, enrolment_id: UUID, if_match: str | None, actor_id: UUID
) -> Enrolment:
    """Say which business an enrolment is for; its outcomes go with it.

    Raises what `programs.service.name_business` raises. Emits enrolment.changed.
    """
    enrolment = await programs.name_business(db, caller, enrolment_id, if_match, actor_id)
    named = await db.scalars(
        update(Outcome)
        .where(Outcome.enrolment_id == enrolment.id)
        .values(actor_id=actor_id, version=Outcome.version + 1, updated_at=func.now())
        .returning(Outcome.id)
        .execution_options(synchronize_session=False)
    )
    subjects = [enrolment.person_id, actor_id]
    audit.record(db, audit.Action.changed, "outcomes", named, about=subjects, after={"actor_id": str(actor_id)})
    return enrolment


async def _was_proven(db: AsyncSession, outcome: Outcome) -> bool:
    """Whether a level was ever proven, also one that nothing proves any more."""
    moved = select(OutcomeLevel.id).where(OutcomeLevel.outcome_id == outcome.id).limit(1)
    return outcome.reached_level is not None or await db.scalar(moved) is not None


def blank_outcome(enrolment: Enrolment, dimension: Dimension) -> Outcome:
    """An outcome without any entry: not stored, of version 0, so that its ETag is `"0"`."""
    return Outcome(
        id=new_id(),
        enrolment_id=enrolment.id,
        actor_id=enrolment.actor_id,
        dimension=dimension,
        rubric_version=version_in_force(),
        version=0,
    )


def rubric_content(version: str | None) -> Mapping[str, Any]:
    """What a version of the rubric says, the one in force by default. Raises RubricNotFound."""
    found = rubric_in_force() if version is None else rubric_of(version)
    if found is None:
        raise RubricNotFound()
    return found.content


async def locked_outcome(
    db: AsyncSession, caller: Caller, enrolment_id: UUID, dimension: Dimension
) -> tuple[Enrolment, Outcome]:
    """An enrolment and one of its outcomes to change, perhaps a blank one; others wait until the transaction ends.

    Raises EnrolmentNotFound.
    """
    enrolment = await require_enrolment(db, caller, enrolment_id, for_update=True)
    outcome = await outcome_of(db, enrolment.id, dimension, for_update=True)
    return enrolment, outcome or blank_outcome(enrolment, dimension)


def require_taking_part(enrolment: Enrolment) -> None:
    """Let changes through while the participant has not given the seat back. Raises EnrolmentWithdrawn."""
    if enrolment.state is EnrolmentState.withdrawn:
        raise EnrolmentWithdrawn()


async def keep_outcome(
    db: AsyncSession, caller: Caller, event: str, enrolment: Enrolment, outcome: Outcome, level: int
) -> Outcome:
    """Store a changed outcome as its next version and tell of it, with the level that the event is about."""
    outcome.version += 1
    db.add(outcome)
    await db.flush()
    await db.refresh(outcome)
    await outbox.record(
        db,
        event,
        outcome.id,
        by=caller,
        enrolment_id=enrolment.id,
        program_id=enrolment.program_id,
        person_id=enrolment.person_id,
        actor_id=enrolment.actor_id,
        dimension=outcome.dimension.value,
        level=level,
    )
    return outcome


async def _to_assess(
    db: AsyncSession, caller: Caller, enrolment_id: UUID, dimension: Dimension, if_match: str | None
) -> tuple[Enrolment, Outcome]:
    enrolment, outcome = await locked_outcome(db, caller, enrolment_id, dimension)
    if caller.role not in PLUT_STAFF and caller.role is not Role.opd:  # An OPD reaches only its own programmes.
        raise AssessorOnly()
    require_taking_part(enrolment)
    require_match(outcome, if_match)
    await _note_shown(db, caller, enrolment)
    return enrolment, outcome


async def _note_shown(db: AsyncSession, caller: Caller, enrolment: Enrolment) -> None:
    """Log that an organizer was shown levels of a participant."""
    shown = ("outcome_levels",)
    await note_shown(db, caller, shown, purpose=TRAINING, people=[enrolment.person_id], actors=[enrolment.actor_id])


def _not_below_target(target: int) -> Fault:
    return fault(
        "#/level",
        "not_below_target",
        id=f"Tingkat awal harus di bawah sasaran ({target})",
        en=f"The baseline must be below the target ({target})",
    )


def _not_above_baseline(baseline: int) -> Fault:
    return fault(
        "#/level",
        "not_above_baseline",
        id=f"Sasaran harus di atas tingkat awal ({baseline})",
        en=f"The target must be above the baseline ({baseline})",
    )
