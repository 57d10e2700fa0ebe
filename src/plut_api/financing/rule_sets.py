"""Rule sets as they are told in public: every rule, its law, its words, the facts and bounds that it reads."""

from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.financing.generations import serving
from plut_api.financing.problems import RuleSetNotFound
from plut_api.financing.rules.checking import facts_of, parts_of
from plut_api.financing.rules.grammar import Compare, Condition, Rule, RuleSetContent, TermOf, When
from plut_api.financing.rules.loading import shipped_rule_sets
from plut_api.financing.rules.subjects import SUBJECTS
from plut_api.financing.rules.telling import bounds_of, told
from plut_api.financing.rules.terms import terms
from plut_api.financing.schemas.rule_sets import (
    BothWords,
    BoundRead,
    GradeRead,
    LawRead,
    RuleFact,
    RuleRead,
    RuleSetRead,
    RuleSets,
    RuleSetSummary,
    RuleTerm,
)
from plut_api.reference.rules import rule_values

_CERTAINTY = {"C": "confirmed", "R": "reported", "V": "unverified"}


async def rule_sets(db: AsyncSession) -> RuleSets:
    """Every version that ships with this release, the newest first."""
    ordered = sorted(shipped_rule_sets(), key=lambda rules: (rules.valid_from, rules.version), reverse=True)
    serve = {subject: await _serving(db, subject) for subject in {rules.subject for rules in ordered}}
    return RuleSets(data=[RuleSetSummary.model_validate(_summary(rules, serve)) for rules in ordered])


async def rule_set(db: AsyncSession, version: str) -> RuleSetRead:
    """One version as a whole. Raises RuleSetNotFound."""
    found = [rules for rules in shipped_rule_sets() if rules.version == version]
    if not found:
        raise RuleSetNotFound()
    rules, values = found[0], await rule_values(db, "")
    catalogue = SUBJECTS[rules.subject].facts
    read = {name for rule in rules.rules for name in _facts(rule, rules)}
    asked = {term for rule in rules.rules for condition in rule.conditions for term in _terms(condition, rules)}
    return RuleSetRead(
        **_summary(rules, {rules.subject: await _serving(db, rules.subject)}),
        ready_from_score=rules.ready_from_score,
        almost_from_score=rules.almost_from_score,
        rules=[_rule(rule, rules, values) for rule in rules.rules],
        facts=[
            RuleFact(name=name, kind=fact.kind, meaning=BothWords(id=fact.meaning.id, en=fact.meaning.en))
            for name, fact in catalogue.items()
            if name in read
        ],
        terms=[
            RuleTerm(name=name, meaning=BothWords.model_validate(words))
            for name, words in terms().items()
            if name in asked
        ],
    )


async def _serving(db: AsyncSession, subject: str) -> str:
    return (await serving(db, subject)).version


def _summary(rules: RuleSetContent, serve: Mapping[str, str]) -> dict[str, object]:
    is_serving = serve[rules.subject] == rules.version
    return {
        "version": rules.version,
        "subject": rules.subject,
        "valid_from": rules.valid_from,
        "is_serving": is_serving,
    }


def _rule(rule: Rule, rules: RuleSetContent, values: Mapping[str, int]) -> RuleRead:
    bounds = {
        code: value for condition in rule.conditions for code, value in bounds_of(condition, rules, values).items()
    }
    return RuleRead(
        code=rule.code,
        kind=rule.kind,
        weight=rule.weight,
        title=BothWords.model_validate(rule.title),
        applies=told(rule.applies, rules) if rule.applies is not None else None,
        passes=told(rule.passes, rules),
        grades=[
            GradeRead(condition=told(grade.condition, rules), points=rule.points_of(grade.part))
            for grade in rule.grades
        ],
        facts=sorted(_facts(rule, rules)),
        bounds=[BoundRead(rule_value=code, value=value) for code, value in bounds.items()],
        next_step=BothWords.model_validate(rule.next_step),
        source=rule.source,
        laws=[LawRead.model_validate({"text": law.text, "certainty": _CERTAINTY[law.status]}) for law in rule.laws],
    )


def _facts(rule: Rule, rules: RuleSetContent) -> set[str]:
    return {rule.shows}.union(*(facts_of(condition, rules.named) for condition in rule.conditions))


def _terms(condition: Condition, rules: RuleSetContent) -> set[str]:
    operands: list[object] = []
    for part in parts_of(condition, rules.named):
        if isinstance(part, Compare):
            operands += [part.at_least, part.at_most]
        elif isinstance(part, When):
            operands.append(part.when)
    return {operand.term for operand in operands if isinstance(operand, TermOf)}
