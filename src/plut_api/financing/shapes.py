"""Results as wire shapes, in one language."""

from typing import Any

from plut_api.financing.readiness import Explained, words
from plut_api.financing.rules.compiling import FAIL, UNKNOWN
from plut_api.financing.rules.grammar import Rule
from plut_api.financing.rules.loading import rules_in_force
from plut_api.financing.schemas.readiness import NextStep, ReadinessRead, RuleResult
from plut_api.kit.i18n import Locale


def readiness_shape(explained: Explained, locale: Locale) -> ReadinessRead:
    """A result with every rule's words, and what would help most."""
    rules = {rule.code: rule for rule in rules_in_force().rules}
    found = [(rules[result["code"]], result) for result in explained.results]
    missed = [rule for rule, result in found if result["result"] in (FAIL, UNKNOWN)]
    missed.sort(key=lambda rule: (rule.kind != "gate", -rule.weight, rule.code))
    kept = explained.kept
    return ReadinessRead(
        actor_id=explained.actor_id,
        rule_set=explained.rule_set,
        status=explained.status,
        score=explained.score,
        gates=[_result(rule, result, locale) for rule, result in found if rule.kind == "gate"],
        signals=[_result(rule, result, locale) for rule, result in found if rule.kind == "signal"],
        next_steps=[NextStep(code=rule.code, step=words(rule, locale), gain=rule.weight) for rule in missed],
        computed_at=explained.computed_at,
        confirmed_at=kept.confirmed_at if kept else None,
        expires_at=kept.expires_at if kept else None,
    )


def _result(rule: Rule, result: dict[str, Any], locale: Locale) -> RuleResult:
    value = result["value"]
    return RuleResult(
        code=rule.code,
        kind=rule.kind,
        title=rule.title.en if locale == "en" else rule.title.id,
        result=result["result"],
        weight=rule.weight,
        value=None if value is None else str(value).lower() if isinstance(value, bool) else str(value),
        as_of=result["as_of"],
        source=rule.source,
    )
