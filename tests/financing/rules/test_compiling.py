"""Compiled SQL says what the grammar says, unknown facts included; what is given stands in for what is on file."""

import itertools
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from sqlalchemy import BigInteger, column, select, values
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.financing.rules.compiling import Asked, points_sql, truth_sql, verdict_sql
from plut_api.financing.rules.facts import TYPES, Fact, Subject
from plut_api.financing.rules.grammar import Condition, Rule
from plut_api.kit.i18n import Text as Words
from tests.financing.rules.reading import TEXTS, VALUES, Facts, conditions, truth, verdict

KINDS = {"n": "number", "m": "number", "b": "yes_no", "t": "text"}
ROWS: list[Facts] = [
    dict(zip("nmbt", row, strict=True))
    for row in itertools.product([None, 0, 5], [None, 7], [None, True, False], [None, *TEXTS])
]
TABLE = values(
    column("row", BigInteger), *(column(name, TYPES[kind]) for name, kind in KINDS.items()), name="facts"
).data([(number, *row.values()) for number, row in enumerate(ROWS)])
MEANING = Words(id="apa saja", en="anything")
FACTS = {name: Fact(TABLE.c[name].cast(TYPES[kind]), kind, MEANING) for name, kind in KINDS.items()}  # type: ignore[arg-type]
SUBJECT = Subject("test", "U", TABLE.c.row, "row", FACTS, ())
QUICKLY = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), database=None)
RULE = {
    "code": "U-S01",
    "kind": "signal",
    "weight": 15,
    "shows": "n",
    "source": "x",
    "title": {"id": "a", "en": "a"},
    "next_step": {"id": "a", "en": "a"},
}


async def _asked(sessions: async_sessionmaker[AsyncSession], *expressions: Any) -> list[tuple[Any, ...]]:
    async with sessions() as db:
        rows = await db.execute(select(*expressions).select_from(TABLE).order_by(TABLE.c.row))
        return [tuple(row) for row in rows]


@given(condition=conditions)
@QUICKLY
async def test_whatever_a_condition_says_its_sql_says_too(
    sessions: async_sessionmaker[AsyncSession], condition: Condition
) -> None:
    sql = truth_sql(condition, Asked(SUBJECT, VALUES, {}, {}))

    found = await _asked(sessions, sql)

    assert [row[0] for row in found] == [truth(condition, row, {}) for row in ROWS]


@given(whole=conditions, applies=some.none() | conditions, parts=some.lists(conditions, max_size=2))
@QUICKLY
async def test_whatever_a_graded_signal_asks_verdict_and_points_are_those_of_a_plain_reading(
    sessions: async_sessionmaker[AsyncSession], whole: Condition, applies: Condition | None, parts: list[Condition]
) -> None:
    grades = [{"condition": part, "part": percent} for part, percent in zip(parts, (50, 20), strict=False)]
    rule = Rule.model_validate(RULE | {"passes": whole, "applies": applies, "grades": grades})
    asked = Asked(SUBJECT, VALUES, {}, {})

    found = await _asked(sessions, verdict_sql(rule, asked), points_sql(rule, asked))

    assert found == [verdict(rule, row) for row in ROWS]


@given(condition=conditions, number=some.sampled_from([0, 3, 9]), state=some.booleans())
@QUICKLY
async def test_what_is_given_stands_in_for_what_is_on_file(
    sessions: async_sessionmaker[AsyncSession], condition: Condition, number: int, state: bool
) -> None:
    supposed: dict[str, Any] = {"n": number, "b": state}

    found = await _asked(sessions, truth_sql(condition, Asked(SUBJECT, VALUES, supposed, {})))

    assert [row[0] for row in found] == [truth(condition, dict(row) | supposed, {}) for row in ROWS]


def test_a_value_is_taken_only_for_a_fact_of_its_type() -> None:
    taken = {
        kind: [value for value in (True, 1, -1, "a", 1.5) if fact.takes(value)]
        for kind, fact in {"number": FACTS["n"], "yes_no": FACTS["b"], "text": FACTS["t"]}.items()
    }

    assert taken == {"number": [1], "yes_no": [True], "text": ["a"]}
