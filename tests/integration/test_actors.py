"""Files of businesses: people, businesses and figures in one row, recognised by natural keys."""

import openpyxl
import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.actors.models import Actor, AnnualFigure, Ownership, Person
from plut_api.financing.models import Readiness
from plut_api.kit.caller import Role
from plut_api.settings import Settings
from tests.conftest import Api
from tests.factories import Make
from tests.integration.loading import HEADER, business, counts, faults_of, file_of, loaded


async def stored(sessions: async_sessionmaker[AsyncSession]) -> tuple[int, ...]:
    """How many people, businesses, ownerships, figures."""
    async with sessions() as db:
        tables = (Person, Actor, Ownership, AnnualFigure)
        return tuple([await db.scalar(select(func.count()).select_from(table)) or 0 for table in tables])


async def test_a_row_becomes_a_person_a_business_and_its_figures(
    api: Api, make: Make, settings: Settings, sessions: async_sessionmaker[AsyncSession]
) -> None:
    officer = api.as_(await make.staff(Role.dinas))

    finished = await loaded(officer, settings, file_of(business(1), business(2)))

    assert (finished["state"], counts(finished)) == ("done", (2, 2, 0, 0, 0))
    assert await stored(sessions) == (2, 2, 2, 2)
    (found,) = (await officer.get("/v1/actors", q="Keripik 1", limit=1)).json()["data"]
    assert (found["nib"], found["size_class"], found["size_basis"]) == ("9900000000001", "micro", "sales")
    (owner,) = (await officer.post("/v1/people/search", nik="5271015705900001")).json()["data"]
    assert (owner["phone"], owner["sex"]) == ("+6284000000001", "female")


async def test_loading_it_twice_adds_nothing_with_or_without_nib(
    api: Api, make: Make, settings: Settings, sessions: async_sessionmaker[AsyncSession]
) -> None:
    officer = api.as_(await make.staff(Role.dinas))
    rows = [
        business(1),
        business(2, nib=""),
        business(3, nib="", owner_nik="", owner_phone=""),
        business(4, nib="", row_key="baris-4"),
    ]

    first = await loaded(officer, settings, file_of(*rows))
    second = await loaded(officer, settings, file_of(*rows))

    assert counts(first) == (4, 4, 0, 0, 0)
    assert counts(second) == (4, 0, 0, 4, 0)
    assert await stored(sessions) == (4, 4, 4, 4)


async def test_an_owner_of_two_businesses_is_one_person(
    api: Api, make: Make, settings: Settings, sessions: async_sessionmaker[AsyncSession]
) -> None:
    officer = api.as_(await make.staff(Role.dinas))
    second = business(2, owner_nik="5271015705900001")

    await loaded(officer, settings, file_of(business(1), second))
    await loaded(officer, settings, file_of(business(3, owner_nik="5271015705900001")))

    assert await stored(sessions) == (1, 3, 3, 3)


@pytest.mark.parametrize(
    ("given", "column", "code"),
    [
        ({"owner_name": " "}, "owner_name", "missing_owner_name"),
        ({"owner_nik": "123"}, "owner_nik", "nik_format"),
        ({"owner_phone": "12"}, "owner_phone", "phone_format"),
        ({"owner_sex": "x"}, "owner_sex", "sex_unknown"),
        ({"owner_birth_date": "2990-01-01"}, "owner_birth_date", "birth_date_out_of_range"),
        ({"village_code": "52.71.01.9999"}, "village_code", "unknown_village_code"),
        ({"kbli_code": "99990"}, "kbli_code", "unknown_kbli_code"),
        ({"kbli_code": "10391"}, "kbli_code", "unknown_kbli_code"),
        ({"kbli_version": "2015"}, "kbli_version", "kbli_version_unknown"),
        ({"nib": "12"}, "nib", "nib_format"),
        ({"npwp": "012345678901234"}, "npwp", "npwp_format"),
        ({"sales_idr": "-5"}, "sales_idr", "money_invalid"),
        ({"sales_idr": "1.000.000"}, "sales_idr", "money_invalid"),
        ({"year": "2990"}, "year", "year_invalid"),
        ({"year": ""}, "year", "missing_year"),
        ({"workers_male": "banyak"}, "workers_male", "workers_invalid"),
        ({"started_on": "2990-01-01"}, "started_on", "started_on_out_of_range"),
    ],
)
async def test_a_faulty_row_is_named_and_the_sound_one_beside_it_loads(
    api: Api, make: Make, settings: Settings, given: dict[str, str], column: str, code: str
) -> None:
    officer = api.as_(await make.staff(Role.dinas))

    finished = await loaded(officer, settings, file_of(business(1, **given), business(2)))

    assert counts(finished) == (2, 1, 0, 0, 1)
    assert [(f["line"], f["column"], f["code"]) for f in await faults_of(officer, finished)] == [(2, column, code)]


async def test_the_code_of_the_older_kbli_needs_its_version(api: Api, make: Make, settings: Settings) -> None:
    officer = api.as_(await make.staff(Role.dinas))

    finished = await loaded(officer, settings, file_of(business(1, kbli_code="10391", kbli_version="2020")))

    assert counts(finished) == (1, 1, 0, 0, 0)


async def test_a_repeated_nib_or_row_key_keeps_the_first(api: Api, make: Make, settings: Settings) -> None:
    officer = api.as_(await make.staff(Role.dinas))
    rows = [
        business(1),
        business(2, nib="9900000000001"),
        business(3, nib="", row_key="k"),
        business(4, nib="", row_key="k"),
    ]

    finished = await loaded(officer, settings, file_of(*rows))

    assert counts(finished) == (4, 2, 0, 0, 2)
    assert [f["code"] for f in await faults_of(officer, finished)] == ["duplicate_nib", "duplicate_row_key"]


async def test_a_nik_that_disagrees_is_only_a_warning_and_shows_nobodys_data(
    api: Api, make: Make, settings: Settings
) -> None:
    officer = api.as_(await make.staff(Role.dinas))

    finished = await loaded(officer, settings, file_of(business(1, owner_sex="L", owner_birth_date="17/05/1991")))
    found = await faults_of(officer, finished)

    assert counts(finished)[1] == 1
    assert {f["code"]: f["severity"] for f in found} == {
        "date_not_iso": "warning",
        "nik_birth_date_differs": "warning",
        "nik_sex_differs": "warning",
    }
    assert "1991" not in str(found)


async def test_a_loaded_business_is_judged_by_the_rules(
    api: Api, make: Make, settings: Settings, sessions: async_sessionmaker[AsyncSession]
) -> None:
    await loaded(api.as_(await make.staff(Role.dinas)), settings, file_of(business(1), business(2)))

    async with sessions() as db:
        assert await db.scalar(select(func.count()).select_from(Readiness)) == 2


async def test_a_workbook_and_ndjson_load_like_csv(api: Api, make: Make, settings: Settings, tmp_path: object) -> None:
    officer = api.as_(await make.staff(Role.dinas))
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    assert sheet is not None
    sheet.append(HEADER.split(","))
    sheet.append(business(1).split(","))
    path = f"{tmp_path}/umkm.xlsx"
    workbook.save(path)
    pairs = zip(HEADER.split(","), business(2).split(","), strict=True)
    line = "{" + ",".join(f'"{name}":"{value}"' for name, value in pairs) + "}\n"

    with open(path, "rb") as file:  # noqa: PTH123, ASYNC230 (a small test file)
        from_workbook = await loaded(officer, settings, file.read())
    from_json = await loaded(officer, settings, line)

    assert (counts(from_workbook), counts(from_json)) == ((1, 1, 0, 0, 0), (1, 1, 0, 0, 0))


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_empty"),
        (b"%PDF-1.7", "file_kind_unknown"),
        (b"a,b\n\x00,1\n", "file_has_nul_bytes"),
        (b"a,b\n\xff\xfe,1\n", "file_not_utf8"),
        (b"PK\x03\x04broken", "xlsx_broken"),
        (b"a,a\n1,2\n", "column_twice"),
    ],
)
async def test_a_file_of_the_wrong_kind_is_refused_at_the_door(api: Api, make: Make, content: bytes, code: str) -> None:
    officer = api.as_(await make.staff(Role.dinas))

    answer = await officer.request("POST", "/v1/imports?kind=actors", files={"file": ("x", content)})

    assert (answer.status_code, answer.json()["code"]) == (422, "file_not_usable")
    assert [e["code"] for e in answer.json()["errors"]] == [code]


@pytest.mark.parametrize(
    ("name", "content", "taken"),
    [
        ("usaha.csv", b"PK\x03\x04", False),
        ("usaha.CSV", b'{"owner_name": "A"}\n', False),
        ("usaha.xlsx", b"owner_name,business_name\nA,B\n", False),
        ("usaha.ndjson", b"owner_name,business_name\nA,B\n", False),
        ("usaha.csv", b"owner_name;business_name\nA;B\n", True),
        ("usaha.jsonl", b'{"owner_name": "A"}\n', True),
        ("usaha", b"owner_name,business_name\nA,B\n", True),
        ("usaha.2026", b"owner_name,business_name\nA,B\n", True),
    ],
)
async def test_a_file_is_what_its_bytes_say_and_a_name_that_says_otherwise_is_refused(
    api: Api, make: Make, name: str, content: bytes, taken: bool
) -> None:
    officer = api.as_(await make.staff(Role.dinas))

    answer = await officer.request("POST", "/v1/imports?kind=actors", files={"file": (name, content)})

    assert answer.status_code == (202 if taken else 422)
    assert [fault["code"] for fault in answer.json().get("errors", [])] == ([] if taken else ["file_kind_differs"])


async def test_a_missing_column_fails_the_import_and_names_it(
    api: Api, make: Make, settings: Settings, sessions: async_sessionmaker[AsyncSession]
) -> None:
    officer = api.as_(await make.staff(Role.dinas))

    finished = await loaded(officer, settings, "owner_name,business_name\nA,B\n")

    assert (finished["state"], finished["failure"]["code"]) == ("failed", "column_missing")
    assert finished["failure"]["columns"] == "village_code, kbli_code"
    assert await stored(sessions) == (0, 0, 0, 0)


async def test_a_file_that_breaks_in_the_middle_loads_nothing(
    api: Api, make: Make, settings: Settings, sessions: async_sessionmaker[AsyncSession]
) -> None:
    officer = api.as_(await make.staff(Role.dinas))

    finished = await loaded(officer, settings, file_of(business(1)) + '"open quote,1,2\n')

    assert (finished["state"], finished["failure"]["code"]) == ("failed", "csv_malformed")
    assert await stored(sessions) == (0, 0, 0, 0)


@pytest.mark.parametrize("role", [Role.consultant, Role.opd, Role.bank, Role.ojk])
async def test_only_the_dinas_loads_files(api: Api, make: Make, role: Role) -> None:
    caller = api.as_(await make.staff(role))

    answer = await caller.request("POST", "/v1/imports?kind=actors", files={"file": ("x", b"a,b\n1,2\n")})

    assert answer.status_code == 403


async def test_an_unknown_import_is_not_found(api: Api, make: Make) -> None:
    officer = api.as_(await make.staff(Role.dinas))

    assert (await officer.get("/v1/imports/01983b1e-6f1c-7cc0-9d2b-4a5e5c0f7a11")).status_code == 404


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        ("52.71.01.9999", "unknown_village_code"),
        ("52.71.01", "village_code_is_district"),
        ("11.01.01.2001", "village_outside_province"),
        ("5271011004", "village_code_format"),
    ],
)
async def test_a_village_code_is_told_what_is_wrong_with_it(
    api: Api, make: Make, settings: Settings, code: str, fault: str
) -> None:
    officer = api.as_(await make.staff(Role.dinas))

    finished = await loaded(officer, settings, file_of(business(1, village_code=code)))

    assert [(f["column"], f["code"]) for f in await faults_of(officer, finished)] == [("village_code", fault)]
