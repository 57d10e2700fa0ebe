"""Holidays: this year and the next, national days and joint leave."""

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.kit import clock
from plut_api.reference.loading import load_reference
from plut_api.reference.models import Holiday, HolidayKind
from tests.conftest import Api


def period(first: str, last: str) -> dict[str, Any]:
    return {"from": first, "to": last}


async def test_a_year_has_its_national_days_and_its_joint_leave(api: Api) -> None:
    whole = (await api.get("/v1/holidays", year=2026, limit=200)).json()["data"]
    national = (await api.get("/v1/holidays", year=2026, kind="national")).json()["data"]

    assert (len(whole), len(national)) == (25, 17)
    assert [day["day"] for day in whole] == sorted(day["day"] for day in whole)
    independence = next(day for day in national if day["day"] == "2026-08-17")
    assert "Independence" in independence["name_en"]
    assert "Kemerdekaan" in independence["name_id"]


async def test_this_year_and_the_next_are_covered(api: Api) -> None:
    year = clock.today().year

    for wanted in (year, year + 1):
        assert len((await api.get("/v1/holidays", year=wanted, kind="national")).json()["data"]) >= 15


async def test_a_period_includes_its_first_and_its_last_day(api: Api) -> None:
    answer = await api.get("/v1/holidays", **period("2026-08-17", "2026-12-25"))

    days = [day["day"] for day in answer.json()["data"]]
    assert (days[0], days[-1]) == ("2026-08-17", "2026-12-25")


async def test_year_and_period_together_give_what_lies_in_both(api: Api) -> None:
    answer = await api.get("/v1/holidays", **period("2025-12-01", "2026-01-31"), year=2026)

    assert {day["day"][:7] for day in answer.json()["data"]} == {"2026-01"}


async def test_a_period_that_ends_before_it_begins_is_refused(api: Api) -> None:
    answer = await api.get("/v1/holidays", **period("2026-08-17", "2026-08-16"))

    assert answer.status_code == 422
    assert [(f["pointer"], f["code"]) for f in answer.json()["errors"]] == [("/query/to", "period_backwards")]


async def test_days_that_follow_the_moon_are_marked_until_decreed(api: Api) -> None:
    days = (await api.get("/v1/holidays", year=2027, limit=200)).json()["data"]

    assert any(day["estimated"] for day in days)
    assert not next(day for day in days if day["day"] == "2027-08-17")["estimated"]


async def test_pages_keep_two_kinds_of_one_day_apart(api: Api) -> None:
    walked: list[dict[str, str]] = []
    cursor: dict[str, Any] = {}
    while True:
        page = (await api.get("/v1/holidays", year=2026, limit=1, **cursor)).json()
        walked += page["data"]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}

    assert len(walked) == len({(day["day"], day["kind"]) for day in walked}) == 25


async def test_loading_again_replaces_a_day_that_moved_and_changes_nothing_else(
    sessions: async_sessionmaker[AsyncSession],
) -> None:
    moved = Holiday(
        day=date(2026, 7, 1), kind=HolidayKind.national, name_id="Perkiraan", name_en="Estimate", estimated=True
    )
    async with sessions() as db:
        before = await db.scalar(select(func.count()).select_from(Holiday))
        db.add(moved)
        await db.flush()
        await load_reference(db)
        after = await db.scalar(select(func.count()).select_from(Holiday))
        left = await db.scalar(select(Holiday).where(Holiday.day == date(2026, 7, 1)))
        await db.rollback()

    assert (after, left) == (before, None)


async def test_next_year_is_loaded_by_whoever_loads_this_year(sessions: async_sessionmaker[AsyncSession]) -> None:
    with clock.clock_at(datetime(2028, 12, 31, 23, tzinfo=UTC)):  # The first of January in WITA.
        async with sessions() as db:
            await load_reference(db)
            last = await db.scalar(select(func.max(Holiday.day)))
            await db.rollback()

    assert last is not None
    assert last.year == 2030
