"""KBLI: two versions that never mix."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.reference.service import check_kbli, kbli_exists
from tests.conftest import Api


async def test_the_newest_version_is_listed_unless_another_is_asked_for(api: Api) -> None:
    newest = (await api.get("/v1/kbli", level="section", include="total")).json()
    older = (await api.get("/v1/kbli", level="section", version="2020", include="total")).json()

    assert (newest["total"], older["total"]) == (22, 21)
    assert {row["version"] for row in newest["data"]} == {"2025"}
    assert {row["version"] for row in older["data"]} == {"2020"}


async def test_the_tree_is_walked_from_a_section_to_the_codes_that_businesses_register_under(api: Api) -> None:
    code = "C"
    for level in ("division", "group", "class", "subclass"):
        children = (await api.get("/v1/kbli", parent=code, limit=200)).json()["data"]
        assert {child["level"] for child in children} == {level}
        assert {child["parent_code"] for child in children} == {code}
        code = children[0]["code"]


async def test_a_word_of_the_title_finds_the_code_even_misspelt(api: Api) -> None:
    for text in ("tempe", "tempe kedelai", "TEMPE KEDELAY"):
        found = (await api.get("/v1/kbli", q=text, level="subclass")).json()["data"]
        assert "TEMPE" in found[0]["title"], text


async def test_the_first_digits_find_the_codes_that_begin_so(api: Api) -> None:
    found = (await api.get("/v1/kbli", q="1030")).json()["data"]

    assert found[0]["code"] == "1030"
    assert all(row["code"].startswith("1030") for row in found[:3])


async def test_pages_of_a_search_join_without_gap(api: Api) -> None:
    whole = (await api.get("/v1/kbli", q="industri makanan", limit=200)).json()["data"]
    walked: list[dict[str, str]] = []
    cursor: dict[str, Any] = {}
    for _ in range(4):
        page = (await api.get("/v1/kbli", q="industri makanan", limit=7, **cursor)).json()
        walked += page["data"]
        cursor = {"cursor": page["next_cursor"]}

    assert walked == whole[:28]


async def test_one_code_is_read_in_its_version(api: Api) -> None:
    answer = await api.get("/v1/kbli/2025/10307")

    assert answer.status_code == 200
    assert answer.json()["level"] == "subclass"
    assert answer.headers["cache-control"].startswith("public")


async def test_a_code_that_only_another_version_has_is_not_found(api: Api) -> None:
    old = {row["code"] for row in (await api.get("/v1/kbli", parent="9329", version="2020")).json()["data"]}
    new = {row["code"] for row in (await api.get("/v1/kbli", parent="9329", version="2025")).json()["data"]}
    code = min(old ^ new)
    absent_in = "2025" if code in old else "2020"

    answer = await api.get(f"/v1/kbli/{absent_in}/{code}")

    assert (answer.status_code, answer.json()["code"]) == (404, "kbli_not_found")


async def test_a_version_that_does_not_exist_is_refused(api: Api) -> None:
    answer = await api.get("/v1/kbli", version="2015")

    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/query/version")


async def test_only_a_five_digit_code_of_the_version_can_be_registered_under(
    sessions: async_sessionmaker[AsyncSession],
) -> None:
    async with sessions() as db:
        assert await kbli_exists(db, "2025", "10307")
        assert not await kbli_exists(db, "2025", "1030")
        assert not await kbli_exists(db, "2015", "10307")
        assert await check_kbli(db, "2020", "10391") is None
        refused = await check_kbli(db, "2025", "99998", "#/activity")

    assert refused is not None
    assert (refused.pointer, refused.code) == ("#/activity", "kbli_unknown")
