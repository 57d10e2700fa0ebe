"""Files of cooperatives: sound rows in, faulty rows named, the same file twice changes nothing."""

import csv
import io

import pytest

from plut_api.kit.caller import Role
from plut_api.settings import Settings
from tests.conftest import Api
from tests.factories import Make
from tests.integration.loading import FILES, counts, faults_of, loaded

SOUND = (FILES / "cooperatives_sample_ntb.csv").read_bytes()
NOTED = {"stray_whitespace", "retired_village_code", "date_not_iso", "date_in_words", "date_excel_serial"}


def rows_of(name: str) -> list[dict[str, str]]:
    text = (FILES / name).read_text(encoding="utf-8-sig")
    return list(csv.DictReader(io.StringIO(text), delimiter=";" if "semicolon" in name else ","))


async def test_one_for_each_village_and_a_second_load_changes_nothing(api: Api, make: Make, settings: Settings) -> None:
    officer = api.as_(await make.staff(Role.dinas))

    first = await loaded(officer, settings, SOUND, "cooperatives")
    second = await loaded(officer, settings, SOUND, "cooperatives")
    listed = await api.get("/v1/cooperatives", include="total", limit=1)

    assert (first["state"], counts(first)) == ("done", (1166, 1166, 0, 0, 0))
    assert counts(second) == (1166, 0, 0, 1166, 0)
    assert listed.json()["total"] == 1166


@pytest.mark.parametrize("name", ["cooperatives_dirty_ntb.csv", "cooperatives_dirty_ntb_semicolon.csv"])
async def test_each_fault_is_named_at_its_line(api: Api, make: Make, settings: Settings, name: str) -> None:
    officer = api.as_(await make.staff(Role.dinas))

    finished = await loaded(officer, settings, (FILES / name).read_bytes(), "cooperatives")
    found: dict[int, set[str]] = {}
    for fault in await faults_of(officer, finished):
        found.setdefault(fault["line"], set()).add(fault["code"])

    wrong = {}
    for line, row in enumerate(rows_of(name), 2):
        expected = set(row["_expected_fault"].split("|")) - {"none"}
        if found.get(line, set()) != expected:
            wrong[line] = (sorted(expected), sorted(found.get(line, set())))
    assert wrong == {}
    refused = sum(bool(set(r["_expected_fault"].split("|")) - NOTED - {"none"}) for r in rows_of(name))
    assert counts(finished) == (300, 300 - refused, 0, 0, refused)


async def test_trying_a_file_says_what_would_happen_and_stores_nothing(
    api: Api, make: Make, settings: Settings
) -> None:
    officer = api.as_(await make.staff(Role.dinas))

    tried = await loaded(officer, settings, SOUND, "cooperatives", mode="validate")

    assert counts(tried) == (1166, 1166, 0, 0, 0)
    assert (await api.get("/v1/cooperatives")).json()["data"] == []


async def test_a_changed_row_updates_and_another_deed_for_the_village_is_refused(
    api: Api, make: Make, settings: Settings
) -> None:
    officer = api.as_(await make.staff(Role.dinas))
    await loaded(officer, settings, SOUND, "cooperatives")
    lines = SOUND.decode().splitlines()
    one, two = lines[1].split(","), lines[2].split(",")
    one[5] = "77"
    two[2] = "AHU-0011111.AH.01.29.TAHUN 2025"

    changed = await loaded(officer, settings, "\n".join([lines[0], ",".join(one), ",".join(two)]), "cooperatives")

    assert counts(changed) == (2, 0, 1, 0, 1)
    assert [f["code"] for f in await faults_of(officer, changed)] == ["village_taken"]


async def test_faults_come_as_a_file_too_in_the_language_asked_for(api: Api, make: Make, settings: Settings) -> None:
    officer = api.as_(await make.staff(Role.dinas))
    finished = await loaded(officer, settings, (FILES / "cooperatives_dirty_ntb.csv").read_bytes(), "cooperatives")

    headers = {"Accept": "text/csv", "Accept-Language": "en"}
    answer = await officer.get(f"/v1/imports/{finished['id']}/faults", headers=headers)
    rows = list(csv.DictReader(io.StringIO(answer.text)))

    assert answer.headers["content-type"].startswith("text/csv")
    assert len(rows) == len(await faults_of(officer, finished))
    assert any(row["message"] == "There is no such day in the calendar" for row in rows)
    assert not any(row["value"].startswith(("=", "+", "@")) for row in rows)


async def test_empty_cells_take_nothing_away(api: Api, make: Make, settings: Settings) -> None:
    officer = api.as_(await make.staff(Role.dinas))
    head = "name,village_code,legal_number,established_on,member_count"
    row = "Koperasi Desa Merah Putih Teros,52.03.17.2003,AHU-0098491.AH.01.29.TAHUN 2025,2025-05-15,34"
    await loaded(officer, settings, f"{head},status,notes\n{row},Gerai beroperasi,Belum RAT\n", "cooperatives")

    again = await loaded(officer, settings, f"{head}\n{row}\n", "cooperatives")

    assert counts(again) == (1, 0, 0, 1, 0)
    (kept,) = (await api.get("/v1/cooperatives")).json()["data"]
    assert (kept["status"], kept["notes"]) == ("operating", "Belum RAT")


async def test_a_refused_row_takes_nothing_from_the_rows_behind_it(api: Api, make: Make, settings: Settings) -> None:
    officer = api.as_(await make.staff(Role.dinas))
    head = "name,village_code,legal_number,established_on,member_count"
    row = "Koperasi Desa Merah Putih Teros,52.03.17.2003,AHU-0098491.AH.01.29.TAHUN 2025,{},34"

    finished = await loaded(
        officer, settings, "\n".join([head, row.format("2025-13-01"), row.format("2025-05-15")]), "cooperatives"
    )

    assert counts(finished) == (2, 1, 0, 0, 1)
    assert [(f["line"], f["code"]) for f in await faults_of(officer, finished)] == [(2, "date_impossible")]
