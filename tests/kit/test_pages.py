"""Keyset pages: nothing is skipped or repeated while rows come and go; a cursor serves only its own list."""

from base64 import urlsafe_b64decode
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.kit.caller import Role
from plut_api.kit.crypto import vault
from plut_api.kit.database import unit_of_work
from plut_api.organizations.models import Organization
from tests.conftest import Api
from tests.factories import Make

LIST = "/v1/organizations"


async def fill(make: Make, *codes: str) -> None:
    for code in codes:
        await make.organization(code=code, name=f"Kantor {code}")


async def codes(api: Api, **query: Any) -> list[str]:
    return [row["code"] for row in (await api.get(LIST, **query)).json()["data"]]


async def test_a_walk_skips_and_repeats_nothing_that_was_there_all_along(
    api: Api, make: Make, sessions: async_sessionmaker[AsyncSession]
) -> None:
    lasting = [f"M{n:02}" for n in range(20)]
    await fill(make, *lasting, "DOOMED_BEFORE", "ZZ_DOOMED_AFTER")
    seen: list[str] = []
    query: dict[str, Any] = {"limit": 3}

    for turn in range(30):
        page = (await api.get(LIST, **query)).json()
        seen += [row["code"] for row in page["data"]]
        await fill(make, f"A{turn:02}", f"N{turn:02}")  # Before and after where the walk stands.
        async with unit_of_work(sessions) as db:
            await db.execute(delete(Organization).where(Organization.code.like("%DOOMED%")))
        if page["next_cursor"] is None:
            break
        query["cursor"] = page["next_cursor"]

    assert len(seen) == len(set(seen))
    assert [code for code in seen if code.startswith("M")] == lasting
    assert "ZZ_DOOMED_AFTER" not in seen


async def test_the_row_a_cursor_points_at_may_be_gone(
    api: Api, make: Make, sessions: async_sessionmaker[AsyncSession]
) -> None:
    await fill(make, "A1", "B1", "C1", "D1")
    first = (await api.get(LIST, limit=2)).json()

    async with unit_of_work(sessions) as db:
        await db.execute(delete(Organization).where(Organization.code == "B1"))

    assert await codes(api, cursor=first["next_cursor"]) == ["C1", "D1"]


async def test_the_link_header_walks_the_same_way_as_the_cursor(api: Api, make: Make) -> None:
    await fill(make, *(f"K{n}" for n in range(7)))
    answer = await api.get(LIST, limit=3, kind="opd", q="Kantor")
    seen = [row["code"] for row in answer.json()["data"]]

    while "next" in answer.links:
        url = answer.links["next"]["url"]
        assert url.startswith(f"{LIST}?limit=3&kind=opd&q=Kantor&cursor=")
        answer = await api.request("GET", url)
        seen += [row["code"] for row in answer.json()["data"]]

    assert sorted(seen) == [f"K{n}" for n in range(7)]
    assert answer.json()["next_cursor"] is None


async def test_newest_first_keeps_rows_of_one_instant_apart(workshop: Api, make: Make) -> None:
    instant = datetime(2026, 3, 2, tzinfo=UTC)
    for n in range(4):
        await make.organization(created_at=instant)
        await make.organization(created_at=instant + timedelta(microseconds=n))
    staff = workshop.as_(await make.staff(Role.dinas))
    whole = (await staff.get("/v1/workshop/own", limit=200)).json()["data"]
    seen, query = [], {"limit": 2}

    while True:
        page = (await staff.get("/v1/workshop/own", headers=None, **query)).json()
        seen += page["data"]
        if page["next_cursor"] is None:
            break
        query["cursor"] = page["next_cursor"]

    assert seen == whole
    assert len(whole) == 9


@pytest.mark.parametrize("limit", ["0", "-1", "201", "3.5", "x", "", "9" * 400])
async def test_a_limit_out_of_bounds_is_refused(api: Api, limit: str) -> None:
    answer = await api.get(LIST, limit=limit)

    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/query/limit")


async def test_the_largest_and_the_smallest_page_are_what_they_say(api: Api) -> None:
    assert len((await api.get("/v1/regions", limit=200)).json()["data"]) == 200
    assert len((await api.get("/v1/regions", limit=1)).json()["data"]) == 1
    assert len((await api.get("/v1/regions")).json()["data"]) == 50


async def test_a_full_last_page_has_no_next(api: Api, make: Make) -> None:
    await fill(make, "A1", "B1")

    assert (await api.get(LIST, limit=2)).json()["next_cursor"] is None


async def test_the_total_is_counted_only_when_asked_for(api: Api, make: Make) -> None:
    await fill(make, "A1", "B1", "C1")

    assert (await api.get(LIST, limit=1)).json()["total"] is None
    assert (await api.get(LIST, limit=1, include="total")).json()["total"] == 3


async def test_a_cursor_changed_in_any_place_is_refused(api: Api, make: Make) -> None:
    await fill(make, "A1", "B1")
    cursor = (await api.get(LIST, limit=1)).json()["next_cursor"]

    for place in range(0, len(cursor), 5):
        swapped = "A" if cursor[place] != "A" else "B"
        answer = await api.get(LIST, limit=1, cursor=f"{cursor[:place]}{swapped}{cursor[place + 1 :]}")
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid_cursor"), place


@pytest.mark.parametrize("cursor", ["A", "AAAA", "A" * 2000, "-_-_", "b64"])
async def test_a_cursor_that_is_not_ours_is_refused(api: Api, cursor: str) -> None:
    answer = await api.get(LIST, cursor=cursor)

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_cursor")


@pytest.mark.parametrize("cursor", ["a b", "é", "A" * 2001, "=="])
async def test_a_cursor_of_another_form_is_a_fault_of_form(api: Api, cursor: str) -> None:
    answer = await api.get(LIST, cursor=cursor)

    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/query/cursor")


async def test_a_cursor_serves_no_other_filter_list_or_caller(workshop: Api, make: Make) -> None:
    await fill(make, "A1", "B1")
    one, other = workshop.as_(await make.staff(Role.dinas)), workshop.as_(await make.staff(Role.opd))
    public = (await workshop.get(LIST, limit=1, kind="opd")).json()["next_cursor"]
    own = (await one.get("/v1/workshop/own", limit=1)).json()["next_cursor"]

    refused = [
        await workshop.get(LIST, limit=1, kind="bank", cursor=public),
        await workshop.get(LIST, limit=1, kind=["opd", "bank"], cursor=public),
        await workshop.get(LIST, limit=1, cursor=public),
        await workshop.get("/v1/regions", limit=1, kind="opd", cursor=public),
        await one.get(LIST, limit=1, kind="opd", cursor=public),
        await other.get("/v1/workshop/own", limit=1, cursor=own),
    ]

    assert {(answer.status_code, answer.json()["code"]) for answer in refused} == {(400, "invalid_cursor")}
    assert (await one.get("/v1/workshop/own", limit=2, cursor=own)).status_code == 200  # Only the size may change.


async def test_a_sealed_token_made_for_something_else_is_no_cursor(api: Api) -> None:
    answer = await api.get(LIST, cursor=vault().seal_token({"sync": 12}))

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_cursor")


async def test_a_cursor_does_not_show_what_it_holds(api: Api, make: Make) -> None:
    await fill(make, "RAHASIA", "TERBUKA")

    cursor = (await api.get(LIST, limit=1)).json()["next_cursor"]

    assert b"RAHASIA" not in urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))


async def test_an_unchanged_page_has_the_same_cursor_and_so_the_same_etag(api: Api, make: Make) -> None:
    await fill(make, "A1", "B1", "C1")
    first = await api.get(LIST, limit=1)

    again = await api.get(LIST, limit=1, headers={"If-None-Match": first.headers["etag"]})

    assert first.json()["next_cursor"] is not None
    assert again.status_code == 304


async def test_rows_stay_in_place_when_ids_are_walked_in_the_order_of_the_database(
    api: Api, make: Make, sessions: async_sessionmaker[AsyncSession]
) -> None:
    await fill(make, "A_1", "A1", "AB", "A_B", "AZ9")
    async with sessions() as db:
        expected = list(await db.scalars(select(Organization.code).order_by(Organization.code)))
    seen: list[str] = []
    query: dict[str, Any] = {"limit": 1}

    while True:
        page = (await api.get(LIST, **query)).json()
        seen += [row["code"] for row in page["data"]]
        if page["next_cursor"] is None:
            break
        query["cursor"] = page["next_cursor"]

    assert seen == expected
