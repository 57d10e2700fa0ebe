"""Rows of this system that prove a level by themselves: known, taken up as evidence, ended.

A fact is taken up by the outcomes of its business that have a baseline and a target, while the participant takes part
and for some months after completion (`outcomes.fact_months`). What was there before the seat was taken is part of the
baseline, and proves no change.
"""

from datetime import date
from uuid import UUID

from sqlalchemy import Select, exists, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.kit import clock, outbox
from plut_api.kit.ids import new_id
from plut_api.outcomes.models import Cause, Evidence, EvidenceState, Outcome, SystemFact
from plut_api.outcomes.service.proven import fall, rise
from plut_api.outcomes.system_facts import KIND, fact_kinds
from plut_api.programs.models import Enrolment, EnrolmentState
from plut_api.reference.rules import rule_value

MONTHS = "outcomes.fact_months"


async def know(
    db: AsyncSession,
    code: str,
    actor_id: UUID,
    fact_table: str,
    fact_id: UUID,
    *,
    since: date,
    until: date | None = None,
    resumes: bool = False,
) -> None:
    """Note that a row speaks for a business, and let outcomes follow.

    `until` is the last day on which it speaks. What has ended stays so, unless it `resumes`; then all is as the row
    says it now. Kinds of rows that no level hangs on are passed over.
    """
    if code not in fact_kinds():
        return
    row = {"actor_id": actor_id, "code": code, "since": since, "until": until, "ended_at": None}
    fresh = insert(SystemFact).values(id=new_id(), fact_table=fact_table, fact_id=fact_id, **row)
    keys = ["fact_table", "fact_id"]
    if resumes:
        await db.execute(fresh.on_conflict_do_update(index_elements=keys, set_=row))
    else:
        await db.execute(fresh.on_conflict_do_nothing(index_elements=keys))
    await follow(db, actor_id)


async def end(db: AsyncSession, fact_table: str, fact_id: UUID) -> None:
    """Note that a row speaks no longer, and let outcomes follow; what never spoke is passed over."""
    known = (SystemFact.fact_table == fact_table, SystemFact.fact_id == fact_id, SystemFact.ended_at.is_(None))
    ended = update(SystemFact).where(*known).values(ended_at=clock.now())
    for actor_id in (await db.scalars(ended.returning(SystemFact.actor_id))).all():
        await follow(db, actor_id)


async def end_expired(db: AsyncSession, most: int) -> list[UUID]:
    """End what spoke until yesterday, for some businesses; which they were, the caller lets outcomes `follow`."""
    expired = (
        select(SystemFact.id)
        .where(SystemFact.until < clock.today(), SystemFact.ended_at.is_(None))
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    ended = update(SystemFact).where(SystemFact.id.in_(expired)).values(ended_at=clock.now())
    return sorted(set(await db.scalars(ended.returning(SystemFact.actor_id))))


async def follow(db: AsyncSession, actor_id: UUID) -> None:
    """Bring the outcomes of a business in line with the rows that speak for it. Doing it again changes nothing."""
    known = select(SystemFact).where(SystemFact.actor_id == actor_id).order_by(SystemFact.id)
    facts = (await db.scalars(known.execution_options(populate_existing=True))).all()
    for enrolment, outcome in await _locked(db, actor_id):
        for evidence in await db.scalars(_of_another_business(outcome)):
            await _end(db, enrolment, outcome, evidence)
        for fact in facts:
            await _apply(db, enrolment, outcome, fact)


def _of_another_business(outcome: Outcome) -> Select[Evidence]:
    """What spoke for an outcome before it named another business, or its business was parted from another."""
    its_own = exists().where(
        SystemFact.fact_table == Evidence.fact_table,
        SystemFact.fact_id == Evidence.fact_id,
        SystemFact.actor_id == outcome.actor_id,
    )
    query = select(Evidence).where(Evidence.outcome_id == outcome.id, Evidence.fact_id.is_not(None), ~its_own)
    return query.where(Evidence.state == EvidenceState.verified).with_for_update()


async def _locked(db: AsyncSession, actor_id: UUID) -> list[tuple[Enrolment, Outcome]]:
    """The outcomes of a business that have a baseline, locked in the order in which everybody locks them."""
    at_stake = select(Outcome.enrolment_id).where(Outcome.actor_id == actor_id, Outcome.baseline_level.is_not(None))
    query = select(Enrolment).where(Enrolment.id.in_(at_stake)).order_by(Enrolment.id)
    query = query.execution_options(populate_existing=True).with_for_update(key_share=True)
    enrolments = {row.id: row for row in await db.scalars(query)}
    outcomes = await db.scalars(
        select(Outcome)
        .where(
            Outcome.enrolment_id.in_(list(enrolments)),
            Outcome.actor_id == actor_id,
            Outcome.baseline_level.is_not(None),
        )
        .order_by(Outcome.enrolment_id, Outcome.id)
        .execution_options(populate_existing=True)
        .with_for_update()
    )
    return [(enrolments[row.enrolment_id], row) for row in outcomes]


async def _apply(db: AsyncSession, enrolment: Enrolment, outcome: Outcome, fact: SystemFact) -> None:
    kind = fact_kinds().get(fact.code)
    level = kind.levels.get((outcome.rubric_version, outcome.dimension)) if kind is not None else None
    query = select(Evidence).where(
        Evidence.outcome_id == outcome.id, Evidence.fact_table == fact.fact_table, Evidence.fact_id == fact.fact_id
    )
    known = await db.scalar(query.with_for_update().execution_options(populate_existing=True))
    speaks = fact.ended_at is None and (fact.until is None or fact.until >= clock.today())
    if known is None:
        if level is not None and speaks and await _takes_up(db, enrolment, outcome, fact):
            await _take_up(db, enrolment, outcome, fact, level)
    elif known.state is EvidenceState.verified and not speaks:
        await _end(db, enrolment, outcome, known)
    elif known.state is EvidenceState.ended and speaks:
        known.state, known.ended_at, known.decided_at = EvidenceState.verified, None, clock.now()
        known.version += 1
        await _settle(db, enrolment, outcome, known, "evidence.taken_up")


async def _takes_up(db: AsyncSession, enrolment: Enrolment, outcome: Outcome, fact: SystemFact) -> bool:
    if outcome.target_level is None or enrolment.state not in (EnrolmentState.enrolled, EnrolmentState.completed):
        return False
    if fact.since < enrolment.created_at.astimezone(clock.WITA).date():
        return False
    if enrolment.completed_at is None:
        return True
    months = await rule_value(db, MONTHS)
    since = select(enrolment.completed_at + func.make_interval(0, months) >= clock.now())
    return bool(await db.scalar(since))


async def _take_up(db: AsyncSession, enrolment: Enrolment, outcome: Outcome, fact: SystemFact, level: int) -> None:
    evidence = Evidence(
        id=new_id(),
        outcome_id=outcome.id,
        kind=KIND,
        claimed_level=level,
        verified_level=level,
        note=fact_kinds()[fact.code].about.id,
        fact_table=fact.fact_table,
        fact_id=fact.fact_id,
        state=EvidenceState.verified,
        decided_at=clock.now(),
    )
    db.add(evidence)
    await _settle(db, enrolment, outcome, evidence, "evidence.taken_up")


async def _end(db: AsyncSession, enrolment: Enrolment, outcome: Outcome, evidence: Evidence) -> None:
    evidence.state, evidence.ended_at = EvidenceState.ended, clock.now()
    evidence.version += 1
    await _settle(db, enrolment, outcome, evidence, "evidence.ended")


async def _settle(db: AsyncSession, enrolment: Enrolment, outcome: Outcome, evidence: Evidence, event: str) -> None:
    await db.flush()
    speaks = evidence.state is EvidenceState.verified
    at = evidence.decided_at if speaks else evidence.ended_at
    await (rise if speaks else fall)(db, outcome, evidence, cause=Cause.system_fact, by=None, at=at)
    await outbox.record(
        db,
        event,
        evidence.id,
        by=None,
        enrolment_id=enrolment.id,
        program_id=enrolment.program_id,
        person_id=enrolment.person_id,
        actor_id=outcome.actor_id,
        dimension=outcome.dimension.value,
        level=evidence.verified_level,
    )
