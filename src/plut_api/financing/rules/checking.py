"""Whether conditions say what can be said of a subject: known facts of the right type, names that lead somewhere."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from plut_api.financing.rules.facts import Subject
from plut_api.financing.rules.grammar import All, Any, Compare, Condition, Holds, Not, TermOf, When
from plut_api.financing.rules.subjects import SUBJECTS
from plut_api.financing.rules.terms import terms

if TYPE_CHECKING:
    from plut_api.financing.rules.grammar import RuleSetContent


def check_condition(subject: str, condition: Condition, named: Mapping[str, Condition] | None = None) -> None:
    """Raise ValueError, naming what is wrong, unless a condition can be asked of a subject."""
    for part in parts_of(condition):
        if isinstance(part, Compare):
            _check_comparison(SUBJECTS[subject], part)
            _check_terms(part.at_least, part.at_most)
        elif isinstance(part, When):
            _check_terms(part.when)
        elif isinstance(part, Holds) and part.holds not in (named or {}):
            raise ValueError(f"nothing is named {part.holds!r}")


def check_rule_set(rules: "RuleSetContent") -> None:
    """Raise ValueError, naming the rule and what is wrong with it, unless every condition can be asked."""
    if rules.subject not in SUBJECTS:
        raise ValueError(f"unknown subject {rules.subject!r}; declared are: {', '.join(SUBJECTS)}")
    subject = SUBJECTS[rules.subject]
    for name, condition in rules.named.items():
        check_condition(rules.subject, condition, rules.named)
        _check_no_cycle(rules.named, name, ())
    for rule in rules.rules:
        if not rule.code.startswith(subject.letter):
            raise ValueError(f"{rule.code}: rules for a {subject.name} begin with {subject.letter}")
        if rule.shows not in subject.facts:
            raise ValueError(f"{rule.code}: shows an unknown fact {rule.shows!r}")
        for condition in rule.conditions:
            try:
                check_condition(rules.subject, condition, rules.named)
            except ValueError as error:
                raise ValueError(f"{rule.code}: {error}") from None


def parts_of(condition: Condition, named: Mapping[str, Condition] | None = None) -> Iterator[Condition]:
    """A condition and everything that it consists of, itself first; what is behind names too, where these are given."""
    yield condition
    inner: tuple[Condition, ...] = ()
    if isinstance(condition, All):
        inner = condition.all
    elif isinstance(condition, Any):
        inner = condition.any
    elif isinstance(condition, Not):
        inner = (condition.negated,)
    elif isinstance(condition, Holds) and named is not None:
        inner = (named[condition.holds],)
    for part in inner:
        yield from parts_of(part, named)


def facts_of(condition: Condition, named: Mapping[str, Condition]) -> set[str]:
    """The names of the facts that a condition reads, those behind names too."""
    return {part.fact for part in parts_of(condition, named) if isinstance(part, Compare)}


def _check_comparison(subject: Subject, compare: Compare) -> None:
    fact = subject.facts.get(compare.fact)
    if fact is None:
        raise ValueError(f"unknown fact {compare.fact!r}; declared are: {', '.join(subject.facts)}")
    if compare.needs not in (None, fact.kind):
        raise ValueError(f"{compare.fact} is {fact.kind}, this comparison is for {compare.needs}")


def _check_terms(*operands: object) -> None:
    for operand in operands:
        if isinstance(operand, TermOf) and operand.term not in terms():
            raise ValueError(f"unknown term {operand.term!r}; declared are: {', '.join(terms())}")


def _check_no_cycle(named: Mapping[str, Condition], name: str, path: tuple[str, ...]) -> None:
    if name in path:
        raise ValueError(f"these conditions stand on each other: {' -> '.join((*path, name))}")
    for part in parts_of(named[name]):
        if isinstance(part, Holds) and part.holds in named:
            _check_no_cycle(named, part.holds, (*path, name))
