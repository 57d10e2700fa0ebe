"""Rule sets are checked as they are loaded, and what is wrong is named; what was published stays as it was."""

import hashlib
from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.financing.rules.grammar import RuleSetContent
from plut_api.financing.rules.loading import RuleSetChanged, load_rule_sets, newest_valid, shipped_rule_sets
from plut_api.financing.rules.subjects import SUBJECTS
from plut_api.financing.rules.terms import terms, terms_of
from plut_api.financing.rules.trade_facts import certificate_needs
from plut_api.reference.rules import rule_values

RULE: dict[str, Any] = {
    "code": "U-G01",
    "kind": "gate",
    "title": {"id": "a", "en": "a"},
    "shows": "has_nib",
    "passes": {"fact": "has_nib", "is": True},
    "next_step": {"id": "a", "en": "a"},
    "source": "x",
}
SIGNAL = RULE | {"code": "U-S01", "kind": "signal", "weight": 100}
RULES = {"version": "umkm-v9", "valid_from": "2026-01-01", "ready_from_score": 70, "almost_from_score": 50}
HALF = {"condition": {"fact": "workers", "at_least": 1}, "part": 50}
PUBLISHED = "c7e64c209939911beb114e45f8e198691141684d6a8f532440f7834879819f17"


def test_the_grammar_takes_what_it_knows() -> None:
    named = {"big": {"all": [{"fact": "workers", "at_least": 5}, {"holds": "small"}]}, "small": RULE["passes"]}
    nested = SIGNAL | {"passes": {"all": [{"holds": "big"}, {"not": RULE["passes"]}]}, "grades": [HALF]}

    rules = RuleSetContent.model_validate(RULES | {"named": named, "rules": [RULE, nested]})

    assert (rules.rules[1].weight, rules.rules[1].points_of(50)) == (100, 50)


@pytest.mark.parametrize(
    ("rules", "complaint"),
    [
        ([RULE | {"passes": {"fact": "height", "at_least": 1}}, SIGNAL], "U-G01: unknown fact 'height'"),
        ([RULE | {"passes": {"fact": "has_nib"}}, SIGNAL], "has_nib: say exactly one"),
        ([RULE | {"passes": {"fact": "has_nib", "at_least": 1}}, SIGNAL], "has_nib is yes_no"),
        ([RULE | {"passes": {"fact": "kbli_code", "is": True}}, SIGNAL], "kbli_code is text"),
        ([RULE | {"passes": {"sql": "1=1"}}, SIGNAL], "Extra inputs|extra"),
        ([RULE | {"passes": {"holds": "nothing"}}, SIGNAL], "U-G01: nothing is named 'nothing'"),
        ([RULE | {"shows": "height"}, SIGNAL], "U-G01: shows an unknown fact 'height'"),
        (
            [RULE | {"passes": {"when": {"term": "height", "rule_value": "x"}, "at_least": 1}}, SIGNAL],
            "unknown term 'height'",
        ),
        ([RULE, SIGNAL | {"weight": 90}], "add up to 100"),
        ([RULE, RULE, SIGNAL], "share a code"),
        ([RULE | {"weight": 5}, SIGNAL], "U-G01: signals have a weight, gates have none"),
        ([RULE | {"grades": [HALF]}, SIGNAL], "U-G01: a gate passes or not"),
        ([RULE, SIGNAL | {"grades": [HALF, HALF]}], "U-S01: the grades must stand in falling order"),
        ([RULE | {"code": "C-G01"}, SIGNAL], "C-G01: rules for a business begin with U"),
    ],
)
def test_the_grammar_refuses_what_it_does_not_know_and_names_it(rules: list[object], complaint: str) -> None:
    with pytest.raises(ValidationError, match=complaint):
        RuleSetContent.model_validate(RULES | {"rules": rules})


def test_conditions_that_stand_on_each_other_are_refused_by_name() -> None:
    named = {"a": {"any": [{"holds": "b"}, RULE["passes"]]}, "b": {"not": {"holds": "a"}}}

    with pytest.raises(ValidationError, match="these conditions stand on each other: a -> b -> a"):
        RuleSetContent.model_validate(RULES | {"named": named, "rules": [RULE, SIGNAL]})


def test_an_unknown_subject_is_refused_by_name() -> None:
    with pytest.raises(ValidationError, match="unknown subject 'person'"):
        RuleSetContent.model_validate(RULES | {"subject": "person", "rules": [RULE, SIGNAL]})


def test_what_was_published_first_is_still_the_same_to_the_byte() -> None:
    (published,) = (rules for rules in shipped_rule_sets() if rules.version == "umkm-v0")

    assert hashlib.sha256(published.model_dump_json().encode()).hexdigest() == PUBLISHED


def test_the_newest_rules_serve_from_their_day() -> None:
    assert newest_valid("business", date(2026, 11, 15)).version == "umkm-v0"
    assert newest_valid("business", date(2026, 11, 16)).version == "umkm-v1"
    with pytest.raises(LookupError, match="no rule set for a business"):
        newest_valid("business", date(2025, 12, 31))


async def test_an_edited_rule_set_is_refused(
    sessions: async_sessionmaker[AsyncSession], monkeypatch: pytest.MonkeyPatch
) -> None:
    (published,) = (rules for rules in shipped_rule_sets() if rules.version == "umkm-v0")
    edited = published.model_copy(update={"ready_from_score": 10})
    monkeypatch.setattr("plut_api.financing.rules.loading.shipped_rule_sets", lambda: (edited,))

    async with sessions() as db:
        with pytest.raises(RuleSetChanged, match="umkm-v0"):
            await load_rule_sets(db)


async def test_every_rule_value_that_rules_read_is_on_file(sessions: async_sessionmaker[AsyncSession]) -> None:
    from plut_api.financing.rules.telling import bounds_of

    async with sessions() as db:
        values = await rule_values(db, "")
    missing = {
        code
        for rules in shipped_rule_sets()
        for rule in rules.rules
        for condition in rule.conditions
        for code, value in bounds_of(condition, rules, values).items()
        if value is None
    }

    assert missing == set()


def test_every_rule_of_the_domain_is_there_with_its_law() -> None:
    rules = newest_valid("business", date(2026, 11, 24)).rules

    gates = [f"U-G{number:02}" for number in range(1, 8)]
    assert [rule.code for rule in rules] == gates + [f"U-S{number:02}" for number in range(1, 11)]
    assert [rule.weight for rule in rules[7:]] == [15, 15, 10, 10, 10, 10, 10, 10, 5, 5]
    assert all(rule.laws for rule in rules)


def test_facts_have_words_in_both_languages() -> None:
    wordless = [
        name
        for subject in SUBJECTS.values()
        for name, fact in subject.facts.items()
        if not (fact.meaning.id and fact.meaning.en)
    ]

    assert wordless == []


def test_needs_of_certificates_name_kinds_that_there_are() -> None:
    from plut_api.actors.lists import certification_kinds

    named = {kind for need in certificate_needs() for kind in need.kinds}

    assert named <= set(certification_kinds())


def test_a_scheme_says_its_terms_and_leaves_the_rest_to_the_rule_values() -> None:
    from plut_api.financing.products.schemes import schemes_on

    schemes = schemes_on(date(2026, 11, 24))

    assert terms_of(schemes["kur_mikro"])["P.npwp_from_idr"] == 50_000_000
    assert "P.max_sales_idr" not in terms_of(schemes["kur_mikro"])
    assert terms_of(schemes["commercial"])["P.max_sales_idr"] > 4_800_000_000
    assert terms_of(schemes["kur_super_mikro"])["P.mentoring_replaces_age"] == 1
    assert {name.removeprefix("P.") for scheme in schemes.values() for name in terms_of(scheme)} <= set(terms())
