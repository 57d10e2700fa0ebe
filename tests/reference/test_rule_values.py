"""Rule values: dated, sourced, public, and read by rules on the day that counts."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.kit import clock
from plut_api.reference.models import RuleValue
from plut_api.reference.rules import rule_value, rule_values
from tests.conftest import Api


def fee(valid_from: date, value: int, valid_to: date | None = None) -> RuleValue:
    return RuleValue(
        code="test.fee_idr", valid_from=valid_from, valid_to=valid_to, value=value, source="invented", status="V"
    )


async def test_anyone_sees_the_bounds_of_the_size_classes_with_their_source(api: Api) -> None:
    answer = await api.get("/v1/rule-values", code="size.")

    values = {row["code"]: row for row in answer.json()["data"]}
    assert len(values) == 6
    assert values["size.micro.max_sales_idr"] == {
        "code": "size.micro.max_sales_idr",
        "value": 2_000_000_000,
        "valid_from": "2021-02-02",
        "valid_to": None,
        "source": "PP 7/2021 art. 35(5)",
        "certainty": "confirmed",
    }


async def test_a_value_is_not_listed_before_it_holds(api: Api) -> None:
    before = await api.get("/v1/rule-values", code="size.", on="2021-02-01")
    first_day = await api.get("/v1/rule-values", code="size.", on="2021-02-02")

    assert (len(before.json()["data"]), len(first_day.json()["data"])) == (0, 6)


async def test_without_a_filter_every_value_in_force_is_listed(api: Api) -> None:
    rows = (await api.get("/v1/rule-values", limit=200)).json()["data"]

    assert {"reported", "confirmed", "unverified"} == {row["certainty"] for row in rows}
    assert [row["code"] for row in rows] == sorted({row["code"] for row in rows})


@pytest.mark.parametrize("prefix", ["Size", "size..", "size%", ".size"])
async def test_a_prefix_of_another_form_is_refused(api: Api, prefix: str) -> None:
    answer = await api.get("/v1/rule-values", code=prefix)

    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/query/code")


async def test_each_day_has_the_value_that_holds_on_it(sessions: async_sessionmaker[AsyncSession]) -> None:
    change = date(2026, 7, 1)
    async with sessions() as db:
        db.add_all([fee(date(2026, 1, 1), 100, change - timedelta(days=1)), fee(change, 200)])
        await db.flush()
        earlier = await rule_value(db, "test.fee_idr", change - timedelta(days=1))
        later = await rule_value(db, "test.fee_idr", change)
        await db.rollback()

    assert (earlier, later) == (100, 200)


async def test_of_two_values_that_overlap_the_later_one_counts(sessions: async_sessionmaker[AsyncSession]) -> None:
    async with sessions() as db:
        db.add_all([fee(date(2026, 1, 1), 100), fee(date(2026, 7, 1), 200)])
        await db.flush()
        found = await rule_value(db, "test.fee_idr", date(2026, 7, 1))
        await db.rollback()

    assert found == 200


@pytest.mark.parametrize("ask", [rule_value, rule_values])
async def test_a_rule_without_its_value_stops_instead_of_guessing(
    sessions: async_sessionmaker[AsyncSession], ask: Callable[..., object]
) -> None:
    async with sessions() as db:
        with pytest.raises(LookupError):
            await ask(db, "size.micro.max_sales_idr", date(2020, 1, 1))  # type: ignore[misc]
        with pytest.raises(LookupError):
            await rule_value(db, "size.micro")


async def test_values_of_one_prefix_come_together(sessions: async_sessionmaker[AsyncSession]) -> None:
    async with sessions() as db:
        found = await rule_values(db, "size.micro.", clock.today())

    assert found == {"size.micro.max_capital_idr": 1_000_000_000, "size.micro.max_sales_idr": 2_000_000_000}


async def test_every_shipped_value_is_a_whole_number(sessions: async_sessionmaker[AsyncSession]) -> None:
    async with sessions() as db:
        values = list(await db.scalars(select(RuleValue.value)))

    assert values
    assert all(type(value) is int for value in values)
