"""Readiness of a business: explained, confirmed by a consultant, ended. It never says 'creditworthy'."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors.access import require_actor
from plut_api.actors.models import Actor
from plut_api.financing.generations import hold_still, serving
from plut_api.financing.judging import CONFIRMED, recompute
from plut_api.financing.models import Readiness, ReadinessStatus
from plut_api.financing.problems import ConsultantOnly, NotConfirmed, NotReady
from plut_api.financing.projection import refresh_rows
from plut_api.financing.rules.compiling import PASS, judge
from plut_api.financing.rules.grammar import Rule, RuleSetContent
from plut_api.financing.rules.loading import rules_in_force
from plut_api.kit import clock, outbox
from plut_api.kit.caller import Caller, Role
from plut_api.kit.i18n import Locale
from plut_api.reference.rules import rule_value, rule_values


@dataclass(frozen=True)
class Explained:
    """What the rules that serve say about one business, and the confirmation on file."""

    actor_id: UUID
    rules: RuleSetContent
    status: ReadinessStatus
    score: int
    results: list[dict[str, Any]]
    computed_at: datetime
    kept: Readiness | None

    @property
    def rule_set(self) -> str:
        """The version of the rules."""
        return self.rules.version


async def explain(db: AsyncSession, caller: Caller, actor_id: UUID) -> Explained:
    """Judge a business now, without storing anything. Raises ActorNotFound."""
    actor = await require_actor(db, caller, actor_id)
    rules, values = await serving(db), await rule_values(db, "")
    row = (await db.execute(judge(rules, values, Actor.id == actor.id), {"today": clock.today()})).one()
    kept = await db.get(Readiness, actor.id)
    status = ReadinessStatus(row.status)
    return Explained(actor.id, rules, status, row.score, row.results, clock.now(), kept)


async def confirm(db: AsyncSession, caller: Caller, actor_id: UUID, note: str, locale: Locale) -> Explained:
    """A consultant vouches that the file is complete; the business goes on the list for the dated number of days.

    Raises ConsultantOnly, ActorNotFound, NotReady (with reasons). Emits readiness.confirmed.
    """
    _require_consultant(caller)
    await hold_still(db)
    actor = await require_actor(db, caller, actor_id, for_update=True)
    await recompute(db, Actor.id == actor.id, cause=CONFIRMED)
    kept = await db.get_one(Readiness, actor.id, populate_existing=True)
    if kept.status is not ReadinessStatus.ready:
        raise NotReady(extra={"reasons": reasons(kept.results, locale, await serving(db))})
    days = await rule_value(db, "readiness.valid_days")
    kept.confirmed_at, kept.confirmed_by, kept.confirmed_note = clock.now(), caller.id, note
    kept.expires_at = clock.now() + timedelta(days=days)
    await db.flush()
    await refresh_rows(db, [actor.id])
    await outbox.record(db, "readiness.confirmed", actor.id, by=caller, actor_id=actor.id)
    return await explain(db, caller, actor.id)


async def withdraw_confirmation(db: AsyncSession, caller: Caller, actor_id: UUID, reason: str) -> Explained:
    """Take a business off the list again. Raises ConsultantOnly, ActorNotFound, NotConfirmed.

    Emits readiness.confirmation_withdrawn.
    """
    _require_consultant(caller)
    await hold_still(db)
    actor = await require_actor(db, caller, actor_id, for_update=True)
    kept = await db.get(Readiness, actor.id, with_for_update=True)
    if kept is None or kept.confirmed_at is None:
        raise NotConfirmed()
    kept.confirmed_at = kept.confirmed_by = kept.expires_at = None
    kept.confirmed_note = reason
    await db.flush()
    await refresh_rows(db, [actor.id])
    await outbox.record(db, "readiness.confirmation_withdrawn", actor.id, by=caller, actor_id=actor.id)
    return await explain(db, caller, actor.id)


def reasons(results: list[dict[str, Any]], locale: Locale, rules: RuleSetContent | None = None) -> list[dict[str, str]]:
    """What does not pass, gates first, then by weight: code, result, and the next step in one language.

    By the words of the rule set that the results are of; by those in force without one.
    """
    by_code = {result["code"]: result["result"] for result in results}
    asked = (rules or rules_in_force()).rules
    missed = [rule for rule in asked if by_code.get(rule.code) not in (PASS, "not_applicable")]
    return [
        {"code": rule.code, "result": by_code.get(rule.code, "unknown"), "next_step": words(rule, locale)}
        for rule in sorted(missed, key=lambda rule: (rule.kind != "gate", -rule.weight, rule.code))
    ]


def words(rule: Rule, locale: Locale) -> str:
    """The next step of a rule in one language."""
    return rule.next_step.en if locale == "en" else rule.next_step.id


def _require_consultant(caller: Caller) -> None:
    if caller.role is not Role.consultant:
        raise ConsultantOnly()
