"""A plain reading of the grammar in three-valued logic, to hold the compiled SQL against; and conditions at random."""

from collections.abc import Mapping
from typing import Any as Anything

from hypothesis import strategies as some

from plut_api.financing.rules.facts import Value
from plut_api.financing.rules.grammar import All, Any, Compare, Condition, Holds, Not, Rule, TermOf, When

Facts = Mapping[str, Value | None]
Truth = bool | None
"""None is unknown."""

BOUNDS = (0, 4, 7)
VALUES = {"limit": 4, "P.narrow": 7}
"""A rule value; a term that the product narrows it to."""
NAMED: dict[str, Condition] = {}
TEXTS = ("10794", "10_", "47")


def truth(condition: Condition, facts: Facts, named: Mapping[str, Condition]) -> Truth:
    """What a condition comes to for these facts."""
    if isinstance(condition, Compare):
        return _compared(condition, facts[condition.fact])
    if isinstance(condition, All):
        parts = [truth(part, facts, named) for part in condition.all]
        return False if False in parts else None if None in parts else True
    if isinstance(condition, Any):
        parts = [truth(part, facts, named) for part in condition.any]
        return True if True in parts else None if None in parts else False
    if isinstance(condition, Not):
        inner = truth(condition.negated, facts, named)
        return None if inner is None else not inner
    if isinstance(condition, Holds):
        return truth(named[condition.holds], facts, named)
    term = _operand(condition.when)
    return term >= condition.at_least if condition.at_least is not None else term <= (condition.at_most or 0)


def verdict(rule: Rule, facts: Facts) -> tuple[str, int]:
    """What a rule finds, and its points."""
    if rule.applies is not None and truth(rule.applies, facts, {}) is False:
        return "not_applicable", 0
    whole = truth(rule.passes, facts, {})
    parts = [(truth(grade.condition, facts, {}), rule.points_of(grade.part)) for grade in rule.grades]
    if whole is True:
        return "pass", rule.weight
    reached = [points for holds, points in parts if holds is True]
    if reached:
        return "partial", reached[0]
    known = whole is False and all(holds is False for holds, _ in parts)
    return ("fail" if known else "unknown"), 0


def _compared(compare: Compare, value: Value | None) -> Truth:
    if compare.state == "present":
        return value is not None
    if value is None:
        return None
    if compare.at_least is not None:
        return int(value) >= _operand(compare.at_least)
    if compare.at_most is not None:
        return int(value) <= _operand(compare.at_most)
    if compare.one_of is not None:
        return value in compare.one_of
    if compare.begins_with is not None:
        return str(value).startswith(compare.begins_with)
    return value is compare.state


def _operand(operand: Anything) -> int:
    if isinstance(operand, int):
        return operand
    if isinstance(operand, TermOf) and f"P.{operand.term}" in VALUES:
        return VALUES[f"P.{operand.term}"]
    return VALUES[operand.rule_value]


def _compare(fact: str, **comparison: Anything) -> Condition:
    return Compare.model_validate({"fact": fact} | {name.rstrip("_"): value for name, value in comparison.items()})


_operands = some.one_of(
    some.sampled_from(BOUNDS),
    some.just({"rule_value": "limit"}),
    some.just({"term": "narrow", "rule_value": "limit"}),
    some.just({"term": "unsaid", "rule_value": "limit"}),
)
_numbers = some.sampled_from(["n", "m"])
_texts = some.lists(some.sampled_from(["1", "10", "10_", "47", "10794"]), min_size=1, max_size=2)
_leaves = some.one_of(
    some.builds(lambda fact, bound: _compare(fact, at_least=bound), _numbers, _operands),
    some.builds(lambda fact, bound: _compare(fact, at_most=bound), _numbers, _operands),
    some.builds(lambda state: _compare("b", is_=state), some.booleans()),
    some.builds(lambda fact: _compare(fact, is_="present"), some.sampled_from(["n", "b", "t"])),
    some.builds(lambda texts: _compare("t", in_=texts), _texts),
    some.builds(lambda texts: _compare("t", begins_with=texts), _texts),
    some.builds(
        lambda term, bound: When.model_validate({"when": {"term": term, "rule_value": "limit"}, "at_least": bound}),
        some.sampled_from(["narrow", "unsaid"]),
        some.sampled_from(BOUNDS),
    ),
)


def _joined(parts: some.SearchStrategy[Condition]) -> some.SearchStrategy[Condition]:
    several = some.lists(parts, min_size=1, max_size=3)
    return some.one_of(
        several.map(lambda found: All(all=tuple(found))),
        several.map(lambda found: Any(any=tuple(found))),
        parts.map(lambda found: Not.model_validate({"not": found})),
    )


conditions: some.SearchStrategy[Condition] = some.recursive(_leaves, _joined, max_leaves=8)
"""Conditions over the facts `n` and `m` (numbers), `b` (yes or no) and `t` (text)."""
