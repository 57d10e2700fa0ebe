"""How the files of a source are read is said once: its headers, fixed values, its words for ours."""

from asyncio import gather
from typing import Any

import pytest

from plut_api.kit.caller import Role
from plut_api.settings import Settings
from tests.conftest import Api
from tests.factories import Make
from tests.integration.loading import counts, faults_of, loaded

MAPPING: dict[str, Any] = {
    "kind": "actors",
    "columns": [
        {"header": "Nama Pemilik", "column": "owner_name"},
        {"header": "JK", "column": "owner_sex"},
        {"header": "Nama Usaha", "column": "business_name"},
        {"header": "Desa", "column": "village_code"},
        {"header": "KBLI", "column": "kbli_code"},
    ],
    "fixed": [{"column": "kbli_version", "value": "2025"}, {"column": "village_code", "value": "52.71.01.1004"}],
    "translations": [
        {"column": "owner_sex", "word": "Wanita", "value": "female"},
        {"column": "kbli_code", "word": "Keripik dan sejenis", "value": "10794"},
    ],
}
CSV = "Nama Pemilik;JK;Nama Usaha;Desa;KBLI\nBaiq Contoh;WANITA;Keripik Kita;;keripik  dan sejenis\n"


@pytest.fixture
async def officer(api: Api, make: Make) -> Api:
    """The Dinas at work."""
    return api.as_(await make.staff(Role.dinas))


async def test_a_file_of_a_source_loads_by_its_mapping(officer: Api, settings: Settings) -> None:
    saved = await officer.put("/v1/import-mappings/dinsos", etag=None, **MAPPING)

    finished = await loaded(officer, settings, CSV, mapping="dinsos")
    again = await loaded(officer, settings, CSV, mapping="dinsos")

    assert saved.status_code == 200
    assert (finished["state"], counts(finished), finished["source"]) == ("done", (1, 1, 0, 0, 0), "dinsos")
    assert await faults_of(officer, finished) == []
    assert counts(again) == (1, 0, 0, 1, 0)
    (person,) = (await officer.get("/v1/people")).json()["data"]
    assert (person["full_name"], person["sex"]) == ("Baiq Contoh", "female")


async def test_objects_with_the_headers_of_a_source_load_too(officer: Api, settings: Settings) -> None:
    await officer.put("/v1/import-mappings/dinsos", etag=None, **MAPPING)
    lines = (
        '{"Nama Pemilik": "Baiq Satu", "Nama Usaha": "Kopi", "KBLI": "10794"}\n'
        '{"Nama Pemilik": "Baiq Dua", "Nama Usaha": "Teh", "KBLI": "10794", "JK": "P", "Desa": "52.03.17.2003"}\n'
    )

    finished = await loaded(officer, settings, lines, mapping="dinsos")

    assert (finished["failure"], counts(finished)) == (None, (2, 2, 0, 0, 0))


async def test_an_import_keeps_the_mapping_that_it_came_with(officer: Api, settings: Settings) -> None:
    saved = await officer.put("/v1/import-mappings/dinsos", etag=None, **MAPPING)
    tried = await loaded(officer, settings, CSV, mode="validate", mapping="dinsos")
    await officer.delete("/v1/import-mappings/dinsos", etag=saved.headers["etag"])

    answer = await officer.post(f"/v1/imports/{tried['id']}/commit")

    assert answer.status_code == 202


async def test_a_mapping_is_read_replaced_listed_and_removed(officer: Api, api: Api, make: Make) -> None:
    path = "/v1/import-mappings/dinsos"
    first = await officer.put(path, etag=None, **MAPPING)
    blind = await officer.put(path, etag=None, **MAPPING)
    second = await officer.put(path, etag=first.headers["etag"], **(MAPPING | {"fixed": []}))
    stale = await officer.put(path, etag=first.headers["etag"], **MAPPING)
    read = await officer.get(path)
    listed = await officer.get("/v1/import-mappings")
    elsewhere = await api.as_(await make.staff(Role.dinas)).get(path)
    removed = await officer.delete(path, etag=second.headers["etag"])
    gone = await officer.get(path)

    assert [a.status_code for a in (first, blind, second, stale)] == [200, 428, 200, 412]
    assert (read.json()["fixed"], read.json()["columns"]) == ([], MAPPING["columns"])
    assert [each["source"] for each in listed.json()["data"]] == ["dinsos"]
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (404, "import_mapping_not_found")
    assert (removed.status_code, gone.status_code) == (204, 404)


async def test_two_who_save_the_first_version_at_once_do_not_overwrite_each_other(officer: Api) -> None:
    answers = await gather(*(officer.put("/v1/import-mappings/dinsos", etag=None, **MAPPING) for _ in range(4)))

    assert {answer.status_code for answer in answers} <= {200, 412, 428}
    assert sum(answer.status_code == 200 for answer in answers) == 1


async def test_everything_wrong_with_a_mapping_is_said_at_once(officer: Api) -> None:
    wrong = {
        "kind": "actors",
        "columns": [
            {"header": "A", "column": "owner_name"},
            {"header": " a ", "column": "owner_name"},
            {"header": "B", "column": "legal_number"},
        ],
        "fixed": [{"column": "colour", "value": "1"}],
        "translations": [],
    }

    answer = await officer.put("/v1/import-mappings/dinsos", etag=None, **wrong)

    assert answer.status_code == 422
    assert {(e["pointer"], e["code"]) for e in answer.json()["errors"]} == {
        ("#/columns/2/column", "column_unknown"),
        ("#/fixed/0/column", "column_unknown"),
        ("#/columns/1/header", "header_twice"),
        ("#/columns/1/column", "column_twice"),
    }


async def test_a_mapping_that_is_not_there_or_of_another_kind_is_refused(officer: Api) -> None:
    await officer.put("/v1/import-mappings/dinsos", etag=None, **MAPPING)

    async def sent(**query: str) -> Any:
        return await officer.request("POST", "/v1/imports", params=query, files={"file": ("a", CSV.encode())})

    missing = await sent(kind="actors", mapping="bps")
    other = await sent(kind="cooperatives", mapping="dinsos")

    assert (missing.status_code, missing.json()["code"]) == (404, "import_mapping_not_found")
    assert (other.status_code, [e["code"] for e in other.json()["errors"]]) == (422, ["mapping_of_other_kind"])


async def test_two_headers_that_mean_one_column_fail_the_file(officer: Api, settings: Settings) -> None:
    await officer.put("/v1/import-mappings/dinsos", etag=None, **MAPPING)

    finished = await loaded(
        officer, settings, "owner_name,Nama Pemilik,Nama Usaha,KBLI\nA,B,C,10794\n", mapping="dinsos"
    )

    assert (finished["state"], finished["failure"]["code"]) == ("failed", "column_twice")


async def test_a_file_without_our_columns_is_told_what_its_headers_may_mean(officer: Api, settings: Settings) -> None:
    headers = "Nama Pemilik,NIK,No HP,Jenis Kelamin,Nama UMKM,Kode Desa,Kode KBLI,Omzet,Warna\n"

    finished = await loaded(officer, settings, headers + "A,,,P,B,52.71.01.1004,10794,5,merah\n", mode="validate")

    assert (finished["state"], finished["failure"]["code"]) == ("failed", "column_missing")
    likely = {each["header"]: each["columns"][0] for each in finished["failure"]["suggestions"]}
    assert likely == {
        "nama_pemilik": "owner_name",
        "nik": "owner_nik",
        "no_hp": "owner_phone",
        "jenis_kelamin": "owner_sex",
        "nama_umkm": "business_name",
        "kode_desa": "village_code",
        "kode_kbli": "kbli_code",
        "omzet": "sales_idr",
    }


async def test_a_file_without_a_header_shows_nobodys_data(officer: Api, settings: Settings) -> None:
    finished = await loaded(officer, settings, "Baiq Sri Wahyuni,5271015705900001,081234567890,Keripik\n")

    assert finished["failure"]["code"] == "column_missing"
    assert finished["failure"]["suggestions"] == []
    assert "Sri" not in str(finished)
