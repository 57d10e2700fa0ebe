"""Yearly figures, and the size classes that follow from them."""

from typing import Any

import pytest
from fastapi import FastAPI
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import ARRAY, BigInteger, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.actors.models import Actor, SizeCause
from plut_api.actors.size import size_case, size_class
from plut_api.actors.size_changes import derive_sizes
from plut_api.kit import clock
from plut_api.kit.database import unit_of_work
from plut_api.reference.rules import rule_values
from tests.conftest import Api
from tests.factories import Make

BOUNDS = [2_000_000_000, 15_000_000_000, 50_000_000_000]


async def test_the_size_class_follows_the_newest_figures(api: Api, make: Make) -> None:
    owner = await make.person()
    actor = await make.actor(owner)
    me, path, year = api.as_(owner), f"/v1/actors/{actor.id}", clock.today().year

    async def after(**figures: Any) -> tuple[str | None, str | None]:
        assert (await me.post(f"{path}/annual-figures", **figures)).status_code == 201
        read = (await me.get(path)).json()
        return read["size_class"], read["size_basis"]

    assert await after(year=year - 2, capital_idr=1_000_000_000) == ("micro", "capital")
    assert await after(year=year - 1, sales_idr=2_000_000_001) == ("small", "sales")
    assert await after(year=year - 1, sales_idr=2_000_000_000) == ("micro", "sales")  # The correction counts.
    assert await after(year=year - 2, sales_idr=60_000_000_000) == ("micro", "sales")  # An older year does not.
    assert await after(year=year, sales_idr=50_000_000_001) == ("large", "sales")


async def test_figures_of_the_future_and_negative_money_are_refused(api: Api, make: Make) -> None:
    owner = await make.person()
    actor = await make.actor(owner)

    answer = await api.as_(owner).post(
        f"/v1/actors/{actor.id}/annual-figures", year=clock.today().year + 1, sales_idr=-1, workers_female=True
    )

    assert {e["pointer"] for e in answer.json()["errors"]} == {"#/year", "#/sales_idr", "#/workers_female"}


async def test_reports_are_kept_newest_first(api: Api, make: Make) -> None:
    owner = await make.person()
    actor = await make.actor(owner)
    for sales in (1, 2):
        await api.as_(owner).post(f"/v1/actors/{actor.id}/annual-figures", year=2025, sales_idr=sales)

    listed = await api.as_(owner).get(f"/v1/actors/{actor.id}/annual-figures")

    assert [(f["sales_idr"], f["source"]) for f in listed.json()["data"]] == [(2, "owner"), (1, "owner")]


async def test_sizes_of_many_businesses_follow_in_one_statement(
    make: Make, sessions: async_sessionmaker[AsyncSession], statements: list[str]
) -> None:
    actors = [await make.actor() for _ in range(4)]
    await make.figure(actors[0], sales_idr=None, capital_idr=1_000_000_001)
    await make.figure(actors[1], sales_idr=15_000_000_000, capital_idr=1)
    await make.figure(actors[2], sales_idr=None, capital_idr=None)
    statements.clear()

    async with unit_of_work(sessions) as db:
        await derive_sizes(db, [actor.id for actor in actors], SizeCause.figures)
    updates = [s for s in statements if "UPDATE actors" in s]

    async with sessions() as db:
        rows = (await db.scalars(select(Actor).order_by(Actor.id))).all()
    assert [(a.size_class, a.size_basis) for a in rows] == [
        ("small", "capital"),
        ("small", "sales"),
        (None, None),
        (None, None),
    ]
    assert len(updates) == 1
    assert [a.version for a in rows] == [2, 2, 1, 1]


AMOUNTS = st.lists(
    st.integers(0, 10**13) | st.sampled_from([b + step for b in BOUNDS for step in (-1, 0, 1)]), min_size=1, max_size=50
)


@given(AMOUNTS)
@settings(max_examples=25, deadline=None)
async def test_sql_and_python_agree_on_the_class_of_every_amount(app: FastAPI, amounts: list[int]) -> None:
    given = func.unnest(bindparam("amounts", amounts, type_=ARRAY(BigInteger))).table_valued("amount").render_derived()
    amount = given.c.amount
    async with app.state.sessions() as db:
        bounds = await rule_values(db, "size.")
        classes = await db.execute(select(amount, size_case(amount, bounds, "sales")))

    assert all(found == size_class(value, BOUNDS) for value, found in classes)


@given(st.integers(min_value=0, max_value=10**13))
def test_a_sum_belongs_to_the_first_class_whose_bound_it_does_not_exceed(amount: int) -> None:
    expected = ["micro", "small", "medium", "large"][sum(amount > bound for bound in BOUNDS)]

    assert size_class(amount, BOUNDS) == expected


def test_negative_amounts_have_no_class() -> None:
    with pytest.raises(ValueError, match="negative"):
        size_class(-1, BOUNDS)
