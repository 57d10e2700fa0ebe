"""Rules to SQL: one statement that judges any set of subjects. No expression is evaluated row by row in Python."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any as Anything

from sqlalchemy import (
    ColumnElement,
    Date,
    Integer,
    Select,
    Text,
    and_,
    case,
    cast,
    false,
    func,
    literal,
    not_,
    null,
    or_,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import JSONB, array

from plut_api.financing.models import ReadinessStatus
from plut_api.financing.rules.checking import facts_of
from plut_api.financing.rules.facts import Subject, Value
from plut_api.financing.rules.grammar import (
    All,
    Any,
    Compare,
    Condition,
    Holds,
    Not,
    Operand,
    Rule,
    RuleSetContent,
    TermOf,
    When,
)
from plut_api.financing.rules.subjects import SUBJECTS
from plut_api.financing.rules.terms import PREFIX

PASS, PARTIAL, FAIL, UNKNOWN, NOT_APPLICABLE = "pass", "partial", "fail", "unknown", "not_applicable"


@dataclass(frozen=True)
class Asked:
    """What conditions are asked of: a subject, the values in force, facts taken as given, conditions with a name."""

    subject: Subject
    values: Mapping[str, int]
    given: Mapping[str, Value]
    named: Mapping[str, Condition]

    def fact(self, name: str) -> Anything:
        """SQL of a fact: of what is given, else of what is on file."""
        fact = self.subject.facts[name]
        return fact.taken_as(self.given[name]) if name in self.given else fact.expression

    def as_of(self, name: str) -> Anything:
        """SQL of the day a fact is from; what is given has none."""
        return null() if name in self.given else self.subject.facts[name].as_of

    def operand(self, operand: Operand) -> int:
        """A bound as a number. Raises LookupError for a rule value that does not hold today."""
        if isinstance(operand, int):
            return operand
        if isinstance(operand, TermOf) and f"{PREFIX}{operand.term}" in self.values:
            return self.values[f"{PREFIX}{operand.term}"]
        if operand.rule_value not in self.values:
            raise LookupError(f"no rule value {operand.rule_value!r} holds today")
        return self.values[operand.rule_value]

    def evidence(self, rule: Rule) -> Anything:
        """SQL of the links to what proves a rule's facts, null without any; what is given is proven by nothing."""
        names = {rule.shows}.union(*(facts_of(condition, self.named) for condition in rule.conditions))
        facts = [self.subject.facts[name] for name in sorted(names - self.given.keys())]
        links = {id(fact.evidence): fact.evidence for fact in facts if fact.evidence is not None}
        if not links:
            return None
        found: Anything = cast(literal("[]"), JSONB)
        for link in links.values():
            found = found.op("||")(func.coalesce(link, cast(literal("[]"), JSONB)))
        return found


def condition_sql(
    subject: str, condition: Condition, values: Mapping[str, int], *, given: Mapping[str, Value] | None = None
) -> ColumnElement[bool]:
    """One condition as SQL, for a query that `SUBJECTS[subject].joined(select(...), facts)` made; may be null.

    Needs the parameter `today`. Raises LookupError for a rule value that does not hold. Conditions from outside are to
    be checked before, by `checking.check_condition`.
    """
    return truth_sql(condition, Asked(SUBJECTS[subject], values, given or {}, {}))


def judge(
    rules: RuleSetContent,
    values: Mapping[str, int],
    condition: ColumnElement[bool],
    *,
    given: Mapping[str, Value] | None = None,
) -> Select[Anything]:
    """subject_id, status, score and results (JSON) of every subject that meets a condition on its table.

    The id also goes by the subject's own name for it (`actor_id`). `values` holds the dated rule values by code, and
    the terms of a chosen product as `P.<term>`. `given` facts are taken instead of what is on file; they are to be
    checked before. Needs the parameter `today`. Raises LookupError for a missing value.
    """
    asked = Asked(SUBJECTS[rules.subject], values, given or {}, rules.named)
    base = _judged(rules, asked, condition)
    status, score = _summed(rules, base)
    results = func.jsonb_build_array(*(_result(rule, base) for rule in rules.rules))
    return select(
        base.c.subject_id,
        base.c.subject_id.label(asked.subject.id_name),
        status.label("status"),
        score.label("score"),
        results.label("results"),
    )


def verdicts(rules: RuleSetContent, values: Mapping[str, int], condition: ColumnElement[bool]) -> Select[Anything]:
    """subject_id, status, score and what each rule finds, in their order, of every subject that meets a condition.

    The same as `judge` without values, days and evidence, which are half of its cost. Needs the parameter `today`.
    """
    base = _judged(rules, Asked(SUBJECTS[rules.subject], values, {}, rules.named), condition)
    status, score = _summed(rules, base)
    found = array([base.c[rule.code] for rule in rules.rules], type_=Text)
    return select(base.c.subject_id, status.label("status"), score.label("score"), found.label("verdicts"))


def _summed(rules: RuleSetContent, base: Anything) -> tuple[Anything, Anything]:
    """The status and the score."""
    score = _total(base.c[f"{rule.code}#"] for rule in rules.rules if rule.weight)
    gates = [rule for rule in rules.rules if rule.kind == "gate"]
    missed = _total(case((base.c[gate.code].in_((FAIL, UNKNOWN)), 1), else_=0) for gate in gates)
    status = case(
        (and_(missed == 0, score >= rules.ready_from_score), literal(ReadinessStatus.ready.value)),
        (or_(missed == 1, and_(missed == 0, score >= rules.almost_from_score)), literal(ReadinessStatus.almost.value)),
        else_=literal(ReadinessStatus.building.value),
    )
    return status, cast(score, Integer)


def _judged(rules: RuleSetContent, asked: Asked, condition: ColumnElement[bool]) -> Anything:
    """Per subject and rule the verdict, the points, the value seen, its day and its evidence."""
    columns: list[Anything] = []
    for rule in rules.rules:
        columns.append(verdict_sql(rule, asked).label(rule.code))
        columns.append(cast(func.to_jsonb(asked.fact(rule.shows)), JSONB).label(f"{rule.code}="))
        columns.append(cast(asked.as_of(rule.shows), Date).label(f"{rule.code}@"))
        if rule.weight:
            columns.append(points_sql(rule, asked).label(f"{rule.code}#"))
        evidence = asked.evidence(rule)
        if evidence is not None:
            columns.append(evidence.label(f"{rule.code}~"))
    read = {rule.shows for rule in rules.rules}
    read |= {name for rule in rules.rules for part in rule.conditions for name in facts_of(part, rules.named)}
    query = select(asked.subject.key.label("subject_id"), *columns)
    # OFFSET keeps the planner from putting each verdict into the query once for every time that it is read.
    return asked.subject.joined(query, read).where(condition).offset(0).subquery("judged")


def _result(rule: Rule, base: Anything) -> Anything:
    members: list[Anything] = ["code", rule.code, "result", base.c[rule.code]]
    members += ["value", base.c[f"{rule.code}="], "as_of", base.c[f"{rule.code}@"]]
    if rule.weight:
        members += ["points", base.c[f"{rule.code}#"]]
    if f"{rule.code}~" in base.c:
        members += ["evidence", base.c[f"{rule.code}~"]]
    return func.jsonb_build_object(*members)


def verdict_sql(rule: Rule, asked: Asked) -> ColumnElement[str]:
    """What a rule finds. It fails only where it is known that neither the whole nor any part of it holds."""
    passes = truth_sql(rule.passes, asked)
    grades = [truth_sql(grade.condition, asked) for grade in rule.grades]
    steps = [(passes, literal(PASS)), *((grade, literal(PARTIAL)) for grade in grades)]
    steps.append((not_(or_(passes, *grades)), literal(FAIL)))
    if rule.applies is not None:
        steps.insert(0, (not_(truth_sql(rule.applies, asked)), literal(NOT_APPLICABLE)))
    return case(*steps, else_=literal(UNKNOWN))


def points_sql(rule: Rule, asked: Asked) -> ColumnElement[int]:
    """What a signal counts: its weight, the part of the first grade that holds, or nothing."""
    steps: list[Anything] = [(truth_sql(rule.passes, asked), rule.weight)]
    steps += [(truth_sql(grade.condition, asked), rule.points_of(grade.part)) for grade in rule.grades]
    if rule.applies is not None:
        steps.insert(0, (not_(truth_sql(rule.applies, asked)), 0))
    return case(*steps, else_=0)


def truth_sql(condition: Condition, asked: Asked) -> ColumnElement[bool]:
    """A condition as SQL: true, false, or null where a fact that decides is unknown."""
    if isinstance(condition, Compare):
        return _comparison(condition, asked)
    if isinstance(condition, All):
        return and_(*(truth_sql(part, asked) for part in condition.all))
    if isinstance(condition, Any):
        return or_(*(truth_sql(part, asked) for part in condition.any))
    if isinstance(condition, Not):
        return not_(truth_sql(condition.negated, asked))
    if isinstance(condition, Holds):
        return truth_sql(asked.named[condition.holds], asked)
    return _term(condition, asked)


def _term(condition: When, asked: Asked) -> ColumnElement[bool]:
    term = asked.operand(condition.when)
    if condition.at_least is not None:
        return true() if term >= condition.at_least else false()
    return true() if condition.at_most is not None and term <= condition.at_most else false()


def _comparison(compare: Compare, asked: Asked) -> ColumnElement[bool]:
    fact: ColumnElement[Anything] = asked.fact(compare.fact)
    if compare.at_least is not None:
        return fact >= asked.operand(compare.at_least)
    if compare.at_most is not None:
        return fact <= asked.operand(compare.at_most)
    if compare.one_of is not None:
        return fact.in_(compare.one_of)
    if compare.begins_with is not None:
        return or_(*(fact.startswith(start, autoescape=True) for start in compare.begins_with))
    if compare.state == "present":
        return fact.is_not(None)
    return fact == literal(compare.state)


def _total(parts: Iterable[Anything]) -> ColumnElement[int]:
    total: ColumnElement[int] = literal(0)
    for part in parts:
        total = total + part
    return total
