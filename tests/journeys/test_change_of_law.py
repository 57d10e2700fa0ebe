"""The thresholds of PP 7/2021 change by a new dated value: all sizes follow, told apart from businesses that grew."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.actors.size_law import follow_law
from plut_api.kit import clock
from plut_api.kit.database import unit_of_work
from plut_api.kit.jobs import NAMESPACE, defer
from plut_api.reference.models import RuleValue
from plut_api.settings import Settings
from plut_api.worker import work_off
from tests.conftest import Api
from tests.factories import Make
from tests.financing.pulling import bank_and_machine, changes, whole
from tests.financing.story import Business, confirmed_business

Sessions = async_sessionmaker[AsyncSession]
YEAR = clock.today().year
LAW = "PP contoh art. 35(5)"
BILLION = 1_000_000_000


@pytest.fixture
async def new_law(owning: Sessions) -> AsyncIterator[Any]:
    """Lets another bound of micro businesses come into force today, as a release with new reference data does."""

    async def enact(max_sales_idr: int) -> None:
        async with unit_of_work(owning) as db:
            db.add(
                RuleValue(
                    code="size.micro.max_sales_idr",
                    valid_from=clock.today(),
                    value=max_sales_idr,
                    source=LAW,
                    status="V",
                )
            )

    yield enact
    async with unit_of_work(owning) as db:
        await db.execute(delete(RuleValue).where(RuleValue.source == LAW))


async def night(sessions: Sessions, settings: Settings) -> None:
    """What the worker does at five past midnight, and all that follows from it."""
    async with unit_of_work(sessions) as db:
        await defer(db, f"{NAMESPACE}:actors.follow_size_law", timestamp=0)
    await work_off(settings)


async def history(api: Api, business: Business) -> list[tuple[Any, ...]]:
    rows = (await api.get(f"/v1/actors/{business.actor.id}/size-history")).json()["data"]
    return [(row["from_class"], row["to_class"], row["cause"]) for row in rows]


async def test_a_law_that_changes_moves_sizes_is_told_as_law_and_reaches_the_ready_list(
    api: Api, make: Make, sessions: Sessions, settings: Settings, new_law: Any
) -> None:
    # Three businesses on the ready list, one of them about to grow by itself.
    steady, grows, small = [await confirmed_business(api, make, number) for number in range(3)]
    officer = api.as_(await make.staff())
    for business, sales in ((steady, 1 * BILLION), (grows, 1 * BILLION), (small, 3 * BILLION)):
        path = f"/v1/actors/{business.actor.id}/annual-figures"
        answer = await api.as_(business.owner).post(path, year=YEAR - 1, sales_idr=sales, capital_idr=BILLION)
        assert answer.status_code == 201, answer.text
    _, bank = await bank_and_machine(api, make)
    await night(sessions, settings)
    before, token = await whole(bank)
    assert sorted(row["size_class"] for row in before.values()) == ["micro", "micro", "small"]

    # One grows: its owner reports another year.
    grown = await api.as_(grows.owner).post(
        f"/v1/actors/{grows.actor.id}/annual-figures", year=YEAR, sales_idr=4 * BILLION
    )
    await work_off(settings)
    after_growth, token = await changes(bank, token)
    assert [row["size_class"] for row in after_growth] == ["small"]

    # The law changes: what had up to 3.5 billion is micro from today on.
    await new_law(3 * BILLION + BILLION // 2)
    await night(sessions, settings)
    after_law, token = await changes(bank, token)

    assert [row["size_class"] for row in after_law] == ["micro"]
    assert await history(officer, steady) == []  # Micro it was made, and micro it stayed.
    assert await history(api.as_(grows.owner), grows) == [("micro", "small", "figures")]
    assert (await history(api.as_(small.owner), small))[0] == ("small", "micro", "law")
    (step, *_) = (await officer.get(f"/v1/actors/{small.actor.id}/size-history")).json()["data"]
    assert (step["rule_source"], step["effective_on"]) == (LAW, clock.today().isoformat())
    assert step["figure"]["sales_idr"] == 3 * BILLION
    (told, *_) = (await api.as_(small.owner).get(f"/v1/actors/{small.actor.id}/timeline", kind="size.changed")).json()[
        "data"
    ]
    assert told["words"] == "Skala usaha kini usaha mikro, karena batas dalam aturan berubah."
    assert grown.json()["counts"] is True

    # Another night changes nothing: not a row of history, not a row that banks would pull.
    await night(sessions, settings)
    unchanged, _ = await changes(bank, token)
    assert (unchanged, (await follow_law(sessions)).finished) == ([], True)
    assert len(await history(officer, small)) == 2
