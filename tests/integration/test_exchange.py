"""What comes back from the single database: by outside id and hash, never twice, never over what changed here."""

import csv
import io

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.actors.models import Actor, AnnualFigure, Person
from plut_api.integration.models import OutsideId
from plut_api.kit.caller import Role
from plut_api.kit.database import unit_of_work
from plut_api.settings import Settings
from plut_api.worker import work_off
from tests.conftest import Api
from tests.factories import Make
from tests.integration.exchanging import Row, exported, lines, many, said
from tests.integration.loading import counts, differences_of, faults_of, loaded

Sessions = async_sessionmaker[AsyncSession]


@pytest.fixture
async def officer(api: Api, make: Make) -> Api:
    """The Dinas at work."""
    return api.as_(await make.staff(Role.dinas))


async def test_what_went_out_was_changed_and_came_back_goes_out_as_it_came(
    officer: Api, settings: Settings, sessions: Sessions
) -> None:
    rows = await many(officer, settings, 6)
    for number, row in enumerate(rows):
        row["outside_id"] = f"SIDT-{number}"
    rows[0] |= {"business_name": "Keripik Baru", "kbli_version": "2020", "kbli_code": "10391"}
    rows[1] |= {"owner_phone": "+6281999000111", "address": "Jalan Baru", "npwp": "5271015705900002"}
    rows[2] |= {"sales_idr": 3_000_000_000, "size_class": "small"}
    rows[3] |= {"year": 2026, "sales_idr": 5, "capital_idr": 6, "workers_female": 0, "assets_idr": 9}
    rows[4] |= {"nib": "9912345678901", "village_code": "52.03.17.2003", "started_on": "2021-01-01"}

    finished = await loaded(officer, settings, lines(rows), kind="exchange")
    back = sorted(await exported(officer), key=lambda row: str(row["outside_id"]))
    again = await loaded(officer, settings, lines(back), kind="exchange")
    once_more = sorted(await exported(officer), key=lambda row: str(row["outside_id"]))

    assert (finished["failure"], counts(finished), finished["kept_count"]) == (None, (6, 0, 5, 1, 0), 0)
    assert said(back) == said(rows)
    assert [row["outside_id"] for row in back] == [f"SIDT-{number}" for number in range(6)]
    assert [now["row_hash"] == then["row_hash"] for now, then in zip(back, rows, strict=True)] == [False] * 5 + [True]
    assert counts(again) == (6, 0, 0, 6, 0)
    assert once_more == back
    async with sessions() as db:
        assert await db.scalar(select(func.count()).select_from(Actor)) == 6
        assert set(await db.scalars(select(AnnualFigure.source))) == {"import", "exchange"}


async def test_the_same_round_trip_by_a_spreadsheet(officer: Api, settings: Settings, sessions: Sessions) -> None:
    await many(officer, settings, 3)
    async with unit_of_work(sessions) as db:
        await db.execute(text("UPDATE actors SET name = '-' || name"))
    answer = await officer.get("/v1/exchange/actors", headers={"Accept": "text/csv"})
    header, *rows = list(csv.reader(io.StringIO(answer.text)))
    rows[0][header.index("address")] = "Jalan Baru"
    out = io.StringIO()
    csv.writer(out, delimiter=";").writerows([header, *rows])

    finished = await loaded(officer, settings, "\ufeff" + out.getvalue(), kind="exchange")

    assert {row[header.index("business_name")][:2] for row in rows} == {"'-"}
    assert (counts(finished), await faults_of(officer, finished)) == ((3, 0, 1, 2, 0), [])
    assert {row["business_name"][0] for row in await exported(officer)} == {"-"}


async def test_the_same_file_twice_never_duplicates_what_it_brought(
    officer: Api, settings: Settings, sessions: Sessions
) -> None:
    (row,) = await many(officer, settings, 1)
    new = row | {"outside_id": "SIDT-9", "id": None, "row_hash": None, "business_name": "Usaha Lain", "nib": None}
    bare = new | {"outside_id": "SIDT-8", "owner_name": "Lalu Baru", "owner_nik": None, "owner_phone": None}

    first = await loaded(officer, settings, lines([new, bare]), kind="exchange")
    second = await loaded(officer, settings, lines([new, bare]), kind="exchange")

    assert (counts(first), counts(second)) == ((2, 2, 0, 0, 0), (2, 0, 0, 2, 0))
    async with sessions() as db:
        assert sorted(await db.scalars(select(OutsideId.outside_id))) == ["SIDT-8", "SIDT-9"]
        assert await db.scalar(select(func.count()).select_from(Person)) == 2


async def test_a_row_that_changed_on_both_sides_is_reported_and_left_alone(
    officer: Api, settings: Settings, sessions: Sessions
) -> None:
    rows = await many(officer, settings, 2)
    await officer.patch(f"/v1/actors/{rows[0]['id']}", etag='"1"', name="Diubah di sini")
    rows[0]["business_name"], rows[1]["business_name"] = "Diubah di sana", "Diubah di sana"

    finished = await loaded(officer, settings, lines(rows), kind="exchange")

    assert counts(finished) == (2, 0, 1, 0, 1)
    assert [(f["line"], f["code"]) for f in await faults_of(officer, finished)] == [(1, "changed_on_both_sides")]
    found = [
        (each["line"], each["before"], each["after"], each["action"], each["reason"])
        for each in await differences_of(officer, finished)
    ]
    assert found == [
        (1, "Diubah di sini", "Diubah di sana", "keep", "changed_on_both_sides"),
        (2, "Keripik 2", "Diubah di sana", "update", None),
    ]
    async with sessions() as db:
        assert sorted(await db.scalars(select(Actor.name))) == ["Diubah di sana", "Diubah di sini"]


async def test_what_changed_only_here_is_not_touched_by_a_row_that_did_not(officer: Api, settings: Settings) -> None:
    (row,) = await many(officer, settings, 1)
    await officer.patch(f"/v1/actors/{row['id']}", etag='"1"', name="Diubah di sini")

    finished = await loaded(officer, settings, lines([row]), kind="exchange")

    assert counts(finished) == (1, 0, 0, 1, 0)
    assert (await exported(officer))[0]["business_name"] == "Diubah di sini"


async def test_without_a_hash_only_what_is_empty_is_filled(officer: Api, settings: Settings) -> None:
    (row,) = await many(officer, settings, 1)
    row |= {"row_hash": None, "business_name": "Lain", "npwp": "5271015705900001"}

    finished = await loaded(officer, settings, lines([row]), kind="exchange")

    assert (counts(finished), finished["filled_count"], finished["kept_count"]) == ((1, 0, 1, 0, 0), 1, 1)
    (back,) = await exported(officer)
    assert (back["business_name"], back["npwp"]) == ("Keripik 1", "5271015705900001")


@pytest.mark.parametrize(
    ("given", "column", "code"),
    [
        ({"id": "01983b1e-6f1c-7cc0-9d2b-4a5e5c0f7a11", "address": "x"}, "id", "unknown_id"),
        ({"id": "bukan id"}, "id", "id_format"),
        ({"row_hash": "g" * 32}, "row_hash", "row_hash_format"),
        ({"outside_id": "SIDT-2", "address": "x"}, "outside_id", "outside_id_taken"),
        ({"nib": "9900000000002"}, "nib", "nib_of_another"),
        ({"village_code": "52.71.01"}, "village_code", "village_code_is_district"),
    ],
)
async def test_a_row_that_names_the_wrong_thing_is_refused(
    officer: Api, settings: Settings, given: Row, column: str, code: str
) -> None:
    rows = await many(officer, settings, 2)
    await loaded(officer, settings, lines([rows[1] | {"outside_id": "SIDT-2"}]), kind="exchange")

    finished = await loaded(officer, settings, lines([rows[0] | given]), kind="exchange")

    assert counts(finished) == (1, 0, 0, 0, 1)
    assert [(f["column"], f["code"]) for f in await faults_of(officer, finished)] == [(column, code)]


async def test_one_record_in_two_rows_is_one(officer: Api, settings: Settings) -> None:
    (row,) = await many(officer, settings, 1)
    changed = [row | {"outside_id": "A", "address": "x"}, row | {"outside_id": "B", "address": "y"}]
    named = [row | {"outside_id": "A", "id": None}, row | {"outside_id": "A", "id": None, "address": "y"}]

    by_id = await loaded(officer, settings, lines(changed), kind="exchange", mode="validate")
    by_outside_id = await loaded(officer, settings, lines(named), kind="exchange", mode="validate")

    assert [(f["line"], f["code"]) for f in await faults_of(officer, by_id)] == [(2, "duplicate_business")]
    assert [(f["line"], f["code"]) for f in await faults_of(officer, by_outside_id)] == [(2, "duplicate_outside_id")]


async def test_a_returned_file_can_be_tried_first(officer: Api, settings: Settings, sessions: Sessions) -> None:
    (row,) = await many(officer, settings, 1)
    tried = await loaded(
        officer, settings, lines([row | {"outside_id": "A", "address": "x"}]), kind="exchange", mode="validate"
    )
    async with sessions() as db:
        before = await db.scalar(select(func.count()).select_from(OutsideId))

    answer = await officer.post(f"/v1/imports/{tried['id']}/commit")
    await work_off(settings)

    assert (before, answer.status_code) == (0, 202)
    (back,) = await exported(officer)
    assert (back["outside_id"], back["address"]) == ("A", "x")


async def test_other_systems_have_ids_of_their_own(officer: Api, settings: Settings) -> None:
    (row,) = await many(officer, settings, 1)

    await loaded(officer, settings, lines([row | {"outside_id": "7"}]), kind="exchange", source="dukcapil")

    assert [each["outside_id"] for each in await exported(officer)] == [None]
    assert [each["outside_id"] for each in await exported(officer, system="dukcapil")] == ["7"]


async def test_what_was_erased_is_neither_sent_out_nor_brought_back(
    officer: Api, settings: Settings, sessions: Sessions
) -> None:
    (row,) = await many(officer, settings, 1)
    async with unit_of_work(sessions) as db:
        await db.execute(text("UPDATE actors SET erased_at = now(), nib_index = NULL, row_key = NULL"))
        await db.execute(text("UPDATE people SET erased_at = now(), nik_index = NULL, phone_index = NULL"))

    out = await exported(officer)
    back = await loaded(officer, settings, lines([row | {"address": "x"}]), kind="exchange")

    assert out == []
    assert [f["code"] for f in await faults_of(officer, back)] == ["unknown_id"]
