"""The register of cooperatives: anyone reads it, the Dinas registers and changes, one per village."""

from asyncio import gather
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.kit import clock
from plut_api.kit.caller import Role
from plut_api.kit.outbox import Event
from tests.conftest import Api
from tests.factories import Make

TEROS: dict[str, Any] = {
    "name": "Koperasi Desa Merah Putih Teros",
    "village_code": "52.03.17.2003",
    "legal_number": "AHU-0098491.AH.01.29.TAHUN 2025",
    "established_on": "2025-05-15",
    "member_count": 34,
}
UNKNOWN = "/v1/cooperatives/01983b1e-6f1c-7cc0-9d2b-4a5e5c0f7a11"


async def dinas_of(api: Api, make: Make) -> Api:
    return api.as_(await make.staff(Role.dinas))


async def test_the_dinas_registers_a_cooperative_that_anyone_can_read(
    api: Api, make: Make, sessions: async_sessionmaker[AsyncSession]
) -> None:
    dinas = await dinas_of(api, make)

    made = await dinas.post("/v1/cooperatives", **TEROS)

    assert made.status_code == 201
    read = await api.get(made.headers["location"])
    assert read.json() == made.json()
    assert read.headers["etag"] == made.headers["etag"] == '"1"'
    assert (read.json()["regency_code"], read.json()["status"], read.json()["notes"]) == ("52.03", "legal", None)
    async with sessions() as db:
        assert list(await db.scalars(select(Event.name))) == ["cooperative.registered"]


@pytest.mark.parametrize("role", [Role.consultant, Role.opd, Role.bank, Role.ojk, Role.partner])
async def test_nobody_but_the_dinas_registers_or_changes(api: Api, make: Make, role: Role) -> None:
    cooperative = await make.cooperative()
    officer = api.as_(await make.staff(role))

    registered = await officer.post("/v1/cooperatives", **TEROS)
    changed = await officer.patch(f"/v1/cooperatives/{cooperative.id}", etag='"1"', member_count=50)

    assert {answer.status_code for answer in (registered, changed)} == {403}


@pytest.mark.parametrize(
    ("given", "faults"),
    [
        ({"name": "Koperasi Kelurahan Merah Putih Teros"}, {("#/name", "kind_mismatch")}),
        ({"name": "Koperasi Desa Merah Putih Sokong"}, {("#/name", "name_village_mismatch")}),
        ({"name": "Koperasi"}, {("#/name", "name_not_usable")}),
        ({"village_code": "52.03.17.2999"}, {("#/village_code", "unknown_village_code")}),
        ({"village_code": "51.71.01.1001"}, {("#/village_code", "village_outside_province")}),
        ({"village_code": "52.03.09.2001"}, {("#/village_code", "retired_village_code")}),
        ({"village_code": "52.03.17"}, {("#/village_code", "string_pattern_mismatch")}),
        ({"established_on": "2025-04-30"}, {("#/established_on", "date_out_of_range")}),
        ({"legal_number": "Dalam proses"}, {("#/legal_number", "string_pattern_mismatch")}),
        ({"nik_koperasi": "52010"}, {("#/nik_koperasi", "string_pattern_mismatch")}),
        ({"member_count": 0}, {("#/member_count", "greater_than_equal")}),
        ({"member_count": 100_001}, {("#/member_count", "less_than_equal")}),
        (
            {"name": "Koperasi", "established_on": "1925-06-11", "village_code": "52.03.17.2999"},
            {
                ("#/name", "name_not_usable"),
                ("#/established_on", "date_out_of_range"),
                ("#/village_code", "unknown_village_code"),
            },
        ),
    ],
)
async def test_what_does_not_fit_is_named_all_at_once(
    api: Api, make: Make, given: dict[str, Any], faults: set[tuple[str, str]]
) -> None:
    dinas = await dinas_of(api, make)

    answer = await dinas.post("/v1/cooperatives", **TEROS | given)

    assert answer.status_code == 422
    assert {(fault["pointer"], fault["code"]) for fault in answer.json()["errors"]} == faults


async def test_a_deed_of_tomorrow_is_refused(api: Api, make: Make) -> None:
    dinas = await dinas_of(api, make)
    tomorrow = (clock.today() + timedelta(days=1)).isoformat()

    answer = await dinas.post("/v1/cooperatives", **TEROS | {"established_on": tomorrow})

    assert [fault["code"] for fault in answer.json()["errors"]] == ["date_out_of_range"]


async def test_the_district_may_stand_behind_the_village(api: Api, make: Make) -> None:
    dinas = await dinas_of(api, make)
    district = (await api.get("/v1/regions/52.03.17")).json()["name"]

    answer = await dinas.post("/v1/cooperatives", **TEROS | {"name": f"{TEROS['name']} Kecamatan {district}"})

    assert answer.status_code == 201


async def test_a_village_has_one_cooperative_however_many_ask_at_once(api: Api, make: Make) -> None:
    dinas = await dinas_of(api, make)

    answers = await gather(
        *(
            dinas.post("/v1/cooperatives", **TEROS | {"legal_number": f"AHU-000000{n}.AH.01.29.TAHUN 2025"})
            for n in range(6)
        )
    )

    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 5}
    assert {answer.json()["code"] for answer in answers if answer.is_error} == {"village_has_cooperative"}


async def test_legal_number_and_nik_belong_to_one_cooperative(api: Api, make: Make) -> None:
    dinas = await dinas_of(api, make)
    await make.cooperative(legal_number=TEROS["legal_number"], nik_koperasi="5271010079145")

    legal_number = await dinas.post("/v1/cooperatives", **TEROS)
    nik = await dinas.post(
        "/v1/cooperatives",
        **TEROS | {"legal_number": "AHU-0000009.AH.01.29.TAHUN 2025", "nik_koperasi": "5271010079145"},
    )

    codes = [(answer.status_code, answer.json()["code"]) for answer in (legal_number, nik)]
    assert codes == [(409, "legal_number_taken"), (409, "nik_koperasi_taken")]


async def test_a_change_keeps_what_it_does_not_name_and_null_removes(api: Api, make: Make) -> None:
    dinas = await dinas_of(api, make)
    made = await dinas.post("/v1/cooperatives", **TEROS | {"notes": "Belum RAT", "nik_koperasi": "5271010079145"})

    changed = await dinas.patch(made.headers["location"], etag='"1"', member_count=50, status="operating", notes=None)

    assert changed.headers["etag"] == '"2"'
    expected = made.json() | {"member_count": 50, "status": "operating", "notes": None}
    assert changed.json() | {"updated_at": None} == expected | {"updated_at": None}


async def test_of_changes_made_at_once_from_one_version_one_wins(api: Api, make: Make) -> None:
    dinas = await dinas_of(api, make)
    made = await dinas.post("/v1/cooperatives", **TEROS)

    answers = await gather(*(dinas.patch(made.headers["location"], etag='"1"', member_count=50 + n) for n in range(5)))

    assert Counter(answer.status_code for answer in answers) == {200: 1, 412: 4}


async def test_a_change_needs_the_version_and_a_fitting_value(api: Api, make: Make) -> None:
    dinas = await dinas_of(api, make)
    location = (await dinas.post("/v1/cooperatives", **TEROS)).headers["location"]

    blind = await dinas.patch(location, etag=None, member_count=50)
    misnamed = await dinas.patch(location, etag='"1"', name="Koperasi Desa Merah Putih Sokong")
    unknown = await dinas.patch(UNKNOWN, etag='"1"', member_count=50)

    assert [answer.status_code for answer in (blind, misnamed, unknown)] == [428, 422, 404]
    assert (await api.get(location)).json()["name"] == TEROS["name"]


async def test_an_unknown_cooperative_is_not_found(api: Api) -> None:
    answer = await api.get(UNKNOWN)

    assert (answer.status_code, answer.json()["code"]) == (404, "cooperative_not_found")


async def test_the_list_is_filtered_searched_and_counted(api: Api, make: Make) -> None:
    await make.cooperative(name="Koperasi Desa Merah Putih Teros", village_code="52.03.17.2003")
    await make.cooperative(
        name="Koperasi Kelurahan Merah Putih Bintaro", village_code="52.71.01.1013", status="operating"
    )

    async def names(**query: Any) -> list[str]:
        rows = (await api.get("/v1/cooperatives", **query)).json()["data"]
        return [row["name"].rsplit(" ", 1)[1] for row in rows]

    assert await names(regency="52.71") == ["Bintaro"]
    assert await names(regency=["52.71", "52.03"]) == ["Teros", "Bintaro"]
    assert await names(village="52.03.17.2003") == ["Teros"]
    assert await names(status="operating") == ["Bintaro"]
    assert await names(q="Bintoro") == ["Bintaro"]
    assert (await api.get("/v1/cooperatives", limit=1, include="total")).json()["total"] == 2


async def test_a_page_takes_as_many_statements_for_many_rows_as_for_few(api: Api, make: Make, app: Any) -> None:
    seen: list[str] = []

    def note(*given: Any) -> None:
        seen.append(given[2])

    async def statements() -> tuple[int, int]:
        """How many rows a page has, and how many statements it took."""
        seen.clear()
        event.listen(app.state.engine.sync_engine, "before_cursor_execute", note)
        try:
            page = await api.get("/v1/cooperatives")
        finally:
            event.remove(app.state.engine.sync_engine, "before_cursor_execute", note)
        return len(page.json()["data"]), len(seen)

    await make.cooperative(village_code="52.03.17.2003")
    (one, few) = await statements()
    for village in ("52.71.01.1013", "52.08.01.2002", "52.01.12.2001"):
        await make.cooperative(village_code=village)
    (four, many) = await statements()

    assert (one, four) == (1, 4)
    assert few == many > 0
