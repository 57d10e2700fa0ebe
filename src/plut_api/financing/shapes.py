"""Results as wire shapes, in one language."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from plut_api.financing.readiness import Explained, words
from plut_api.financing.rules.compiling import FAIL, PARTIAL, UNKNOWN
from plut_api.financing.rules.evidence import hrefs
from plut_api.financing.rules.grammar import Rule, RuleSetContent
from plut_api.financing.schemas.readiness import (
    ChangedRule,
    NextStep,
    ReadinessOutcome,
    ReadinessRead,
    RuleResult,
    WhatIfRead,
)
from plut_api.financing.what_if import Compared
from plut_api.kit.i18n import Locale

MISSED = frozenset({FAIL, UNKNOWN, PARTIAL})
_NOBODY: Mapping[str, UUID] = {}


def readiness_shape(explained: Explained, locale: Locale, objections: Mapping[str, UUID] = _NOBODY) -> ReadinessRead:
    """A result with every rule's words, what would help most, and the open objections by the code of their rule."""
    kept = explained.kept
    parts = result_parts(explained.rules, explained.results, explained.actor_id, locale, objections)
    return ReadinessRead(
        actor_id=explained.actor_id,
        rule_set=explained.rule_set,
        status=explained.status,
        score=explained.score,
        **parts,
        computed_at=explained.computed_at,
        confirmed_at=kept.confirmed_at if kept else None,
        expires_at=kept.expires_at if kept else None,
    )


def what_if_shape(compared: Compared, locale: Locale) -> WhatIfRead:
    """Both results, and where they differ."""
    now, then = compared.now, compared.then
    return WhatIfRead(
        actor_id=now.actor_id,
        rule_set=now.rule_set,
        now=_outcome(now, locale),
        then=_outcome(then, locale),
        score_change=then.score - now.score,
        changed=changed_rules(now.results, then.results),
        computed_at=then.computed_at,
    )


def changed_rules(now: list[dict[str, Any]], then: list[dict[str, Any]]) -> list[ChangedRule]:
    """The rules that two results of one subject differ in."""
    before = {result["code"]: result for result in now}
    return [
        ChangedRule(
            code=result["code"],
            before=before[result["code"]]["result"],
            after=result["result"],
            gain=_points(result) - _points(before[result["code"]]),
        )
        for result in then
        if (result["result"], _points(result)) != (before[result["code"]]["result"], _points(before[result["code"]]))
    ]


def result_parts(
    rules: RuleSetContent,
    results: list[dict[str, Any]],
    subject_id: UUID,
    locale: Locale,
    objections: Mapping[str, UUID] = _NOBODY,
) -> dict[str, Any]:
    """`gates`, `signals` and `next_steps` of a result of any subject: gates first, then what would add most."""
    by_code = {rule.code: rule for rule in rules.rules}
    found = [(by_code[result["code"]], result) for result in results]
    shapes = {rule.code: _result(rule, result, subject_id, locale, objections) for rule, result in found}
    steps = [
        NextStep(code=rule.code, kind=rule.kind, step=words(rule, locale), gain=rule.weight - _points(result))
        for rule, result in found
        if result["result"] in MISSED
    ]
    return {
        "gates": [shapes[rule.code] for rule, _ in found if rule.kind == "gate"],
        "signals": [shapes[rule.code] for rule, _ in found if rule.kind == "signal"],
        "next_steps": sorted(steps, key=lambda step: (step.kind != "gate", -step.gain, step.code)),
    }


def _outcome(explained: Explained, locale: Locale) -> ReadinessOutcome:
    parts = result_parts(explained.rules, explained.results, explained.actor_id, locale)
    return ReadinessOutcome(status=explained.status, score=explained.score, **parts)


def _points(result: Mapping[str, Any]) -> int:
    return int(result.get("points") or 0)


def _result(
    rule: Rule, result: dict[str, Any], subject_id: UUID, locale: Locale, objections: Mapping[str, UUID]
) -> RuleResult:
    value = result["value"]
    return RuleResult(
        code=rule.code,
        kind=rule.kind,
        title=rule.title.en if locale == "en" else rule.title.id,
        result=result["result"],
        weight=rule.weight,
        points=_points(result),
        value=None if value is None else str(value).lower() if isinstance(value, bool) else str(value),
        as_of=result["as_of"],
        source=rule.source,
        evidence=hrefs(result.get("evidence"), subject_id),
        objection_id=objections.get(rule.code),
    )
