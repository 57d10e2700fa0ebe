"""Rules in words: a condition as one line, with the bounds that hold today."""

from collections.abc import Mapping

from plut_api.financing.rules.grammar import All, Any, Compare, Condition, Holds, Not, Operand, RuleSetContent, TermOf


def told(condition: Condition, rules: RuleSetContent) -> str:
    """A condition as a line of the grammar: `(a >= 6 or b is true)`. What has a name is spelt out."""
    if isinstance(condition, Compare):
        return _comparison(condition)
    if isinstance(condition, All):
        return f"({' and '.join(told(part, rules) for part in condition.all)})"
    if isinstance(condition, Any):
        return f"({' or '.join(told(part, rules) for part in condition.any)})"
    if isinstance(condition, Not):
        return f"not {told(condition.negated, rules)}"
    if isinstance(condition, Holds):
        return told(rules.named[condition.holds], rules)
    bound = f">= {condition.at_least}" if condition.at_least is not None else f"<= {condition.at_most}"
    return f"{_operand(condition.when)} {bound}"


def bounds_of(condition: Condition, rules: RuleSetContent, values: Mapping[str, int]) -> dict[str, int | None]:
    """The rule values that a condition reads, by code, as they hold; null where none does."""
    found: dict[str, int | None] = {}
    if isinstance(condition, Compare):
        for operand in (condition.at_least, condition.at_most):
            if operand is not None and not isinstance(operand, int):
                found[operand.rule_value] = values.get(operand.rule_value)
    elif isinstance(condition, All | Any):
        for part in condition.all if isinstance(condition, All) else condition.any:
            found |= bounds_of(part, rules, values)
    elif isinstance(condition, Not):
        found |= bounds_of(condition.negated, rules, values)
    elif isinstance(condition, Holds):
        found |= bounds_of(rules.named[condition.holds], rules, values)
    else:
        found[condition.when.rule_value] = values.get(condition.when.rule_value)
    return found


def _comparison(compare: Compare) -> str:
    if compare.at_least is not None:
        return f"{compare.fact} >= {_operand(compare.at_least)}"
    if compare.at_most is not None:
        return f"{compare.fact} <= {_operand(compare.at_most)}"
    if compare.one_of is not None:
        return f"{compare.fact} in ({', '.join(compare.one_of)})"
    if compare.begins_with is not None:
        return f"{compare.fact} begins with ({', '.join(compare.begins_with)})"
    return f"{compare.fact} is {str(compare.state).lower()}"


def _operand(operand: Operand) -> str:
    if isinstance(operand, int):
        return str(operand)
    return f"P.{operand.term} ({operand.rule_value})" if isinstance(operand, TermOf) else operand.rule_value
