"""Rules to SQL: one statement that judges any set of businesses. No expression is evaluated row by row in Python."""

from collections.abc import Mapping
from typing import Any as Anything

from sqlalchemy import ColumnElement, Date, Integer, Select, and_, case, cast, func, literal, not_, or_, select
from sqlalchemy.dialects.postgresql import JSONB

from plut_api.actors.models import Actor
from plut_api.financing.models import ReadinessStatus
from plut_api.financing.rules.facts import FACTS, joined
from plut_api.financing.rules.grammar import All, Any, Compare, Condition, Operand, Rule, RuleSetContent, RuleValueOf

PASS, FAIL, UNKNOWN, NOT_APPLICABLE = "pass", "fail", "unknown", "not_applicable"


def judge(rules: RuleSetContent, values: Mapping[str, int], condition: ColumnElement[bool]) -> Select[Anything]:
    """actor_id, status, score and results (JSON) of every business that meets a condition on `actors`.

    `values` holds the dated rule values by code. Needs the parameter `today`. Raises LookupError for a missing value.
    """
    verdicts = {rule.code: _verdict(rule, values) for rule in rules.rules}
    columns = [verdict.label(code) for code, verdict in verdicts.items()]
    shown = [cast(func.to_jsonb(FACTS[rule.shows].expression), JSONB).label(f"{rule.code}=") for rule in rules.rules]
    shown += [cast(FACTS[rule.shows].as_of, Date).label(f"{rule.code}@") for rule in rules.rules]
    base = joined(select(Actor.id.label("actor_id"), *columns, *shown)).where(condition).subquery("judged")
    score = _total(case((base.c[rule.code] == PASS, rule.weight), else_=0) for rule in rules.rules if rule.weight)
    gates = [rule for rule in rules.rules if rule.kind == "gate"]
    missed = _total(case((base.c[gate.code].in_((FAIL, UNKNOWN)), 1), else_=0) for gate in gates)
    status = case(
        (and_(missed == 0, score >= rules.ready_from_score), literal(ReadinessStatus.ready.value)),
        (or_(missed == 1, and_(missed == 0, score >= rules.almost_from_score)), literal(ReadinessStatus.almost.value)),
        else_=literal(ReadinessStatus.building.value),
    )
    results = func.jsonb_build_array(
        *(
            func.jsonb_build_object(
                "code",
                rule.code,
                "result",
                base.c[rule.code],
                "value",
                base.c[f"{rule.code}="],
                "as_of",
                base.c[f"{rule.code}@"],
            )
            for rule in rules.rules
        )
    )
    return select(
        base.c.actor_id, status.label("status"), cast(score, Integer).label("score"), results.label("results")
    )


def _verdict(rule: Rule, values: Mapping[str, int]) -> ColumnElement[str]:
    passes = _sql(rule.passes, values)
    steps = [(passes, literal(PASS)), (not_(passes), literal(FAIL))]
    if rule.applies is not None:
        steps.insert(0, (not_(_sql(rule.applies, values)), literal(NOT_APPLICABLE)))
    return case(*steps, else_=literal(UNKNOWN))


def _sql(condition: Condition, values: Mapping[str, int]) -> ColumnElement[bool]:
    if isinstance(condition, Compare):
        return _comparison(condition, values)
    if isinstance(condition, All):
        return and_(*(_sql(part, values) for part in condition.all))
    if isinstance(condition, Any):
        return or_(*(_sql(part, values) for part in condition.any))
    return not_(_sql(condition.negated, values))


def _comparison(compare: Compare, values: Mapping[str, int]) -> ColumnElement[bool]:
    fact: ColumnElement[Anything] = FACTS[compare.fact].expression
    if compare.at_least is not None:
        return fact >= _operand(compare.at_least, values)
    if compare.at_most is not None:
        return fact <= _operand(compare.at_most, values)
    if compare.one_of is not None:
        return fact.in_(compare.one_of)
    if compare.state == "present":
        return fact.is_not(None)
    return fact == literal(compare.state)


def _operand(operand: Operand, values: Mapping[str, int]) -> int:
    if not isinstance(operand, RuleValueOf):
        return operand
    if operand.rule_value not in values:
        raise LookupError(f"no rule value {operand.rule_value!r} holds today")
    return values[operand.rule_value]


def _total(parts: Anything) -> ColumnElement[int]:
    total: ColumnElement[int] = literal(0)
    for part in parts:
        total = total + part
    return total
