"""Readiness of a cooperative: judged by the same SQL as businesses, by rules of its own. It stands on no list."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.cooperatives.models import Cooperative
from plut_api.cooperatives.records.access import require_recorded
from plut_api.financing.generations import hold_still, serving
from plut_api.financing.generations.serving import COOPERATIVE
from plut_api.financing.judging import CONFIRMED, recompute_cooperatives
from plut_api.financing.models import CooperativeReadiness, ReadinessStatus
from plut_api.financing.problems import ConsultantOnly, NotConfirmed, NotReady
from plut_api.financing.products.models import BorrowerKind
from plut_api.financing.readiness import reasons
from plut_api.financing.rules.compiling import judge
from plut_api.financing.rules.facts import Value
from plut_api.financing.rules.grammar import RuleSetContent
from plut_api.financing.schemas.readiness import GivenFact
from plut_api.financing.what_if import faults_of, product_terms
from plut_api.kit import clock, outbox
from plut_api.kit.caller import Caller, Role
from plut_api.kit.i18n import Locale
from plut_api.kit.problems import Invalid
from plut_api.reference.rules import rule_value, rule_values


@dataclass(frozen=True)
class ExplainedCooperative:
    """What the rules that serve say about one cooperative, and the confirmation on file."""

    cooperative_id: UUID
    rules: RuleSetContent
    status: ReadinessStatus
    score: int
    results: list[dict[str, Any]]
    computed_at: datetime
    kept: CooperativeReadiness | None


@dataclass(frozen=True)
class For:
    """For whom or what a cooperative is judged: one bank, whose mandate then counts, or the terms of one product."""

    bank_id: UUID | None = None
    product_id: UUID | None = None


ANYBODY = For()


async def explain(
    db: AsyncSession,
    caller: Caller,
    cooperative_id: UUID,
    *,
    asked: For = ANYBODY,
    given: Mapping[str, Value] | None = None,
) -> ExplainedCooperative:
    """Judge a cooperative now, without storing anything; `given` facts are taken instead of what is on file.

    Raises CooperativeNotFound, FinancingProductNotFound.
    """
    cooperative = await require_recorded(db, caller, cooperative_id)
    rules, values = await serving(db, COOPERATIVE), await rule_values(db, "")
    if asked.product_id is not None:
        values = values | await product_terms(db, asked.product_id, borrower_kind=BorrowerKind.cooperative)
    query = judge(rules, values, Cooperative.id == cooperative.id, given=given)
    row = (await db.execute(query, {"today": clock.today(), "bank": asked.bank_id})).one()
    kept = await db.get(CooperativeReadiness, cooperative.id)
    status = ReadinessStatus(row.status)
    return ExplainedCooperative(cooperative.id, rules, status, row.score, row.results, clock.now(), kept)


async def what_if(
    db: AsyncSession, caller: Caller, cooperative_id: UUID, facts: Sequence[GivenFact], product_id: UUID | None
) -> tuple[ExplainedCooperative, ExplainedCooperative]:
    """What a cooperative scores, and what it would if these facts were true.

    Raises CooperativeNotFound, FinancingProductNotFound, Invalid (`fact_unknown`, `fact_of_other_kind`, `fact_twice`).
    """
    asked = For(product_id=product_id)
    now = await explain(db, caller, cooperative_id, asked=asked)
    if faults := faults_of(now.rules.subject, facts):
        raise Invalid(errors=faults)
    given: dict[str, Value] = {fact.name: fact.value for fact in facts}
    return now, await explain(db, caller, cooperative_id, asked=asked, given=given)


async def confirm(
    db: AsyncSession, caller: Caller, cooperative_id: UUID, note: str, locale: Locale
) -> ExplainedCooperative:
    """A consultant vouches that the file is complete, for the dated number of days, or until a rule is no longer met.

    Raises ConsultantOnly, CooperativeNotFound, NotReady (with reasons). Emits cooperative.readiness_confirmed.
    """
    kept = await _judged_anew(db, caller, cooperative_id)
    if kept.status is not ReadinessStatus.ready:
        raise NotReady(extra={"reasons": reasons(kept.results, locale, await serving(db, COOPERATIVE))})
    days = await rule_value(db, "readiness.valid_days")
    kept.confirmed_at, kept.confirmed_by, kept.confirmed_note = clock.now(), caller.id, note
    kept.expires_at = clock.now() + timedelta(days=days)
    await db.flush()
    await _tell(db, caller, "cooperative.readiness_confirmed", cooperative_id)
    return await explain(db, caller, cooperative_id)


async def withdraw_confirmation(
    db: AsyncSession, caller: Caller, cooperative_id: UUID, reason: str
) -> ExplainedCooperative:
    """End a confirmation. Raises ConsultantOnly, CooperativeNotFound, NotConfirmed.

    Emits cooperative.readiness_confirmation_withdrawn.
    """
    kept = await _judged_anew(db, caller, cooperative_id)
    if kept.confirmed_at is None:
        raise NotConfirmed()
    kept.confirmed_at = kept.confirmed_by = kept.expires_at = None
    kept.confirmed_note = reason
    await db.flush()
    await _tell(db, caller, "cooperative.readiness_confirmation_withdrawn", cooperative_id)
    return await explain(db, caller, cooperative_id)


async def _judged_anew(db: AsyncSession, caller: Caller, cooperative_id: UUID) -> CooperativeReadiness:
    """The result on file after judging again, locked, for a consultant."""
    if caller.role is not Role.consultant:
        raise ConsultantOnly()
    await hold_still(db, COOPERATIVE)
    cooperative = await require_recorded(db, caller, cooperative_id, for_update=True)
    await recompute_cooperatives(db, Cooperative.id == cooperative.id, cause=CONFIRMED)
    return await db.get_one(CooperativeReadiness, cooperative.id, populate_existing=True, with_for_update=True)


async def _tell(db: AsyncSession, caller: Caller, name: str, cooperative_id: UUID) -> None:
    await outbox.record(db, name, cooperative_id, by=caller, cooperative_id=cooperative_id)
