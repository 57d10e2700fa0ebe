"""Regions: the tree, fuzzy search, and retired codes that lead to today's."""

from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.kit.database import make_engine
from plut_api.kit.problems import Invalid
from plut_api.reference.models import RegionLevel
from plut_api.reference.service import check_village, require_village, village_codes
from plut_api.settings import Settings
from tests.conftest import Api

RETIRED, TODAY = "52.03.09.2001", "52.03.21.2001"  # Lenek, once in Aikmel.


async def test_the_whole_tree_is_walked_by_parent(api: Api) -> None:
    regencies = (await api.get("/v1/regions", parent="52")).json()["data"]
    districts = (await api.get("/v1/regions", parent="52.71")).json()["data"]
    villages = (await api.get("/v1/regions", parent="52.71.01")).json()["data"]

    assert [region["code"] for region in regencies] == [*(f"52.0{n}" for n in range(1, 9)), "52.71", "52.72"]
    assert {region["level"] for region in districts} == {"district"}
    assert all(region["parent_code"] == "52.71.01" for region in villages)


async def test_a_walk_over_the_pages_meets_every_region_once(api: Api) -> None:
    query: dict[str, Any] = {"limit": 200}
    codes: list[str] = []
    while True:
        page = (await api.get("/v1/regions", **query)).json()
        codes += [region["code"] for region in page["data"]]
        if page["next_cursor"] is None:
            break
        query["cursor"] = page["next_cursor"]

    assert len(codes) == len(set(codes)) == 1294
    assert codes == sorted(codes)


async def test_several_levels_and_parents_are_joined_by_or(api: Api) -> None:
    answer = await api.get(
        "/v1/regions", parent=["52.01.01", "52.02.01"], level=["urban_village", "village"], include="total", limit=1
    )
    one = await api.get("/v1/regions", parent="52.01.01", level="urban_village", include="total")

    assert answer.json()["total"] > one.json()["total"] > 0


@pytest.mark.parametrize("text", ["Sembalun", "semblun", "smbalun", "Sembalum", "sembalun lawang"])
async def test_a_misspelt_name_finds_the_region(api: Api, text: str) -> None:
    found = (await api.get("/v1/regions", q=text)).json()["data"]

    assert "Sembalun" in found[0]["name"]


async def test_pages_of_a_search_go_from_likest_to_least_like(api: Api) -> None:
    first = (await api.get("/v1/regions", q="Lombok Timur", limit=3)).json()
    whole = (await api.get("/v1/regions", q="Lombok Timur", limit=200)).json()["data"]
    second = (await api.get("/v1/regions", q="Lombok Timur", limit=3, cursor=first["next_cursor"])).json()

    assert first["data"][0]["name"] == "Kabupaten Lombok Timur"
    assert first["data"] + second["data"] == whole[:6]


async def test_signs_of_a_pattern_are_letters_like_any_other(api: Api) -> None:
    assert (await api.get("/v1/regions", q="%%")).json()["data"] == []
    assert (await api.get("/v1/regions", q="__")).json()["data"] == []


async def test_a_retired_code_is_listed_only_on_request(api: Api) -> None:
    usual = (await api.get("/v1/regions", parent="52.03.09")).json()["data"]
    all_of_them = (await api.get("/v1/regions", parent="52.03.09", include_retired="true")).json()["data"]

    assert RETIRED not in {region["code"] for region in usual}
    retired = next(region for region in all_of_them if region["code"] == RETIRED)
    assert (retired["successor_code"], retired["retired_on"]) == (TODAY, "2025-04-25")


async def test_a_retired_code_moves_permanently_to_todays(api: Api) -> None:
    answer = await api.get(f"/v1/regions/{RETIRED}")

    assert answer.status_code == 308
    assert answer.headers["location"] == f"/v1/regions/{TODAY}"
    assert (await api.get(answer.headers["location"])).json()["name"] == "Lenek"


async def test_a_region_says_its_name_level_and_place(api: Api) -> None:
    region = (await api.get("/v1/regions/52.71")).json()

    assert (region["name"], region["level"], region["parent_code"]) == ("Kota Mataram", "city", "52")
    assert (region["retired_on"], region["successor_code"]) == (None, None)
    assert -9 < region["latitude"] < -8


async def test_an_unknown_code_is_not_found(api: Api) -> None:
    answer = await api.get("/v1/regions/31.71")

    assert (answer.status_code, answer.json()["code"]) == (404, "region_not_found")


async def test_a_code_of_another_form_is_refused(api: Api) -> None:
    answer = await api.get("/v1/regions/5271")

    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/path/code")


async def test_regions_are_cacheable_and_unchanged_copies_cost_no_body(api: Api) -> None:
    first = await api.get("/v1/regions", parent="52")
    again = await api.get("/v1/regions", parent="52", headers={"If-None-Match": first.headers["etag"]})
    other = await api.get("/v1/regions", parent="52.01", headers={"If-None-Match": first.headers["etag"]})

    assert first.headers["cache-control"] == "public, max-age=3600"
    assert (again.status_code, again.content) == (304, b"")
    assert other.status_code == 200


async def test_a_page_costs_as_many_statements_whatever_its_size(api: Api, app: Any) -> None:
    statements: list[str] = []
    engine = app.state.engine.sync_engine

    def note(_c: Any, _k: Any, statement: str, *_: Any) -> None:
        statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        await api.get("/v1/regions", limit=1)
        few = len(statements)
        await api.get("/v1/regions", limit=200)
    finally:
        event.remove(engine, "before_cursor_execute", note)

    assert len(statements) - few == few == 1


async def test_a_village_check_tells_todays_village_from_retired_and_unknown(
    sessions: async_sessionmaker[AsyncSession],
) -> None:
    async with sessions() as db:
        living = await check_village(db, TODAY)
        retired = await check_village(db, RETIRED, "#/rows/3/village_code")
        unknown = await check_village(db, "52.03.09.2999")
        district = await check_village(db, "52.03.09")

    assert living.region is not None
    assert (living.region.level, living.fault, living.warning) == (RegionLevel.village, None, None)
    assert retired.region is not None
    assert retired.warning is not None
    assert (retired.region.code, retired.fault) == (TODAY, None)
    assert (retired.warning.pointer, retired.warning.code) == ("#/rows/3/village_code", "village_retired")
    assert TODAY in retired.warning.message.en
    assert unknown.fault is not None
    assert (unknown.region, unknown.fault.code) == (None, "village_unknown")
    assert district.fault == unknown.fault


async def test_a_required_village_is_found_or_refused(sessions: async_sessionmaker[AsyncSession]) -> None:
    async with sessions() as db:
        assert (await require_village(db, RETIRED)).code == TODAY
        with pytest.raises(Invalid) as refusal:
            await require_village(db, "52.99.01.2001", "#/home")

    assert [(fault.pointer, fault.code) for fault in refusal.value.errors] == [("#/home", "village_unknown")]


async def test_all_village_codes_lead_to_a_valid_one(sessions: async_sessionmaker[AsyncSession]) -> None:
    async with sessions() as db:
        codes = await village_codes(db)

    assert (len(codes), len(set(codes.values()))) == (1176, 1166)
    assert codes[RETIRED] == codes[TODAY] == TODAY


async def test_reference_data_is_read_from_the_replica_where_there_is_one(
    api: Api, app: FastAPI, settings: Settings, statements: list[str]
) -> None:
    assert settings.database_url is not None
    replica = make_engine(settings.database_url.get_secret_value(), settings)
    primary, app.state.reading_engine = app.state.reading_engine, replica
    try:
        answer = await api.get("/v1/regions", level="province")
    finally:
        app.state.reading_engine = primary
        await replica.dispose()

    assert [region["code"] for region in answer.json()["data"]] == ["52"]
    assert not [statement for statement in statements if "FROM regions" in statement]
