"""A file is tried first: what it would do is listed field by field, and then done exactly so, or not at all."""

import csv
import io
from asyncio import gather
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.actors.models import Actor, AnnualFigure, Person
from plut_api.integration import service
from plut_api.integration.jobs import forget_files
from plut_api.integration.models import Import, ImportDifference, ImportFault, ImportFile
from plut_api.kit import clock
from plut_api.kit.caller import Role
from plut_api.kit.database import unit_of_work
from plut_api.kit.jobs import Runtime, enter_runtime
from plut_api.settings import Settings
from plut_api.worker import work_off
from tests.conftest import Api
from tests.factories import Make
from tests.integration.loading import business, counts, differences_of, faults_of, file_of, loaded, told

Sessions = async_sessionmaker[AsyncSession]


@pytest.fixture
async def officer(api: Api, make: Make) -> Api:
    """The Dinas at work."""
    return api.as_(await make.staff(Role.dinas))


async def committed(officer: Api, settings: Settings, tried: dict[str, Any]) -> dict[str, Any]:
    """The import once it was committed and worked through."""
    answer = await officer.post(f"/v1/imports/{tried['id']}/commit")
    assert answer.status_code == 202, answer.text
    await work_off(settings)
    finished: dict[str, Any] = (await officer.get(answer.headers["location"])).json()
    return finished


async def stored(sessions: Sessions) -> tuple[int, ...]:
    """How many people, businesses, figures."""
    async with sessions() as db:
        tables = (Person, Actor, AnnualFigure)
        return tuple([await db.scalar(select(func.count()).select_from(table)) or 0 for table in tables])


async def test_a_file_that_was_tried_does_what_was_reported_once_it_is_committed(
    officer: Api, settings: Settings, sessions: Sessions
) -> None:
    await loaded(officer, settings, file_of(business(1)))
    file = file_of(business(1, business_name="Keripik Baru"), business(2), business(3, nib="12"))

    tried = await loaded(officer, settings, file, mode="validate", on_conflict="update")
    reported = await differences_of(officer, tried)
    before = await stored(sessions)
    done = await committed(officer, settings, tried)

    assert (tried["mode"], counts(tried), before) == ("validate", (3, 1, 1, 0, 1), (1, 1, 1))
    assert tried["commit_until"] is not None
    assert [(each["line"], *told([each]).popitem()[1]) for each in reported] == [
        (2, "Keripik 1", "Keripik Baru", "update"),
        (3, None, "Keripik 2", "add"),
    ]
    assert (done["mode"], done["state"], counts(done)) == ("commit", "done", counts(tried))
    assert done["commit_until"] is None
    assert await stored(sessions) == (2, 2, 2)
    assert await differences_of(officer, done) == reported
    assert [f["code"] for f in await faults_of(officer, done)] == ["nib_format"]


async def test_differences_have_pages_a_filter_and_a_csv_form(officer: Api, settings: Settings) -> None:
    await loaded(officer, settings, file_of(business(1)))
    rows = [business(1, business_name="-Keripik", owner_name="Baiq Contoh Satu"), *(business(n) for n in range(2, 6))]
    tried = await loaded(officer, settings, file_of(*rows), mode="validate", on_conflict="update")
    path = f"/v1/imports/{tried['id']}/differences"

    first = await officer.get(path, limit=4)
    rest = await officer.get(path, limit=4, cursor=first.json()["next_cursor"])
    updates = await officer.get(path, action="update")
    as_file = await officer.get(path, headers={"Accept": "text/csv"})
    as_pdf = await officer.get(path, headers={"Accept": "application/pdf"})

    assert [each["line"] for each in first.json()["data"] + rest.json()["data"]] == [2, 2, 3, 4, 5, 6]
    assert rest.json()["next_cursor"] is None
    assert {each["field"] for each in updates.json()["data"]} == {"name", "owner_name"}
    lines = list(csv.DictReader(io.StringIO(as_file.text)))
    assert [(line["line"], line["field"], line["after"], line["action"]) for line in lines[:2]] == [
        ("2", "name", "'-Keripik", "update"),
        ("2", "owner_name", "B•••• C•••• S••••", "update"),
    ]
    assert len(lines) == 6
    assert as_pdf.status_code == 406
    assert "Satu" not in as_file.text


async def test_reading_differences_asks_as_often_for_few_as_for_many(
    officer: Api, settings: Settings, statements: list[str]
) -> None:
    few = await loaded(officer, settings, file_of(business(1)), mode="validate")
    many = await loaded(officer, settings, file_of(*(business(n) for n in range(1, 31))), mode="validate")

    asked = []
    for tried in (few, many, few, many):
        statements.clear()
        await officer.get(f"/v1/imports/{tried['id']}/differences", limit=200)
        asked.append(len(statements))

    assert asked[2] == asked[3]


async def test_what_is_committed_twice_at_once_is_done_once(
    officer: Api, settings: Settings, sessions: Sessions
) -> None:
    tried = await loaded(officer, settings, file_of(business(1)), mode="validate")

    answers = await gather(*(officer.post(f"/v1/imports/{tried['id']}/commit") for _ in range(4)))
    await work_off(settings)

    assert sorted(answer.status_code for answer in answers) == [202, 409, 409, 409]
    assert {answer.json()["code"] for answer in answers if answer.is_error} == {"import_already_committed"}
    assert await stored(sessions) == (1, 1, 1)


async def test_what_was_loaded_at_once_has_nothing_to_commit(officer: Api, settings: Settings) -> None:
    loaded_at_once = await loaded(officer, settings, file_of(business(1)))
    broken = await loaded(officer, settings, "owner_name,business_name\nA,B\n", mode="validate")

    first = await officer.post(f"/v1/imports/{loaded_at_once['id']}/commit")
    second = await officer.post(f"/v1/imports/{broken['id']}/commit")

    assert (first.status_code, first.json()["code"]) == (409, "import_already_committed")
    assert (second.status_code, second.json()["code"]) == (409, "import_not_checked")


async def test_a_file_is_kept_for_a_day_and_no_longer(
    api: Api, officer: Api, settings: Settings, sessions: Sessions, app: Any
) -> None:
    kept = await loaded(officer, settings, file_of(business(1)), mode="validate")
    late = await loaded(officer, settings, file_of(business(2)), mode="validate")
    async with unit_of_work(sessions) as db:
        past = clock.now() - timedelta(seconds=1)
        await db.execute(update(Import).where(Import.id == UUID(late["id"])).values(commit_until=past))
    enter_runtime(Runtime(settings, app.state.engine))

    too_late = await officer.post(f"/v1/imports/{late['id']}/commit")
    await forget_files(0)
    async with sessions() as db:
        files = list(await db.scalars(select(ImportFile.import_id)))
    in_time = await officer.post(f"/v1/imports/{kept['id']}/commit")

    assert (too_late.status_code, too_late.json()["code"]) == (410, "import_expired")
    assert files == [UUID(kept["id"])]
    assert in_time.status_code == 202
    until = kept["commit_until"]
    assert until > (clock.now() + timedelta(hours=23)).isoformat()


async def change_of_the_business(officer: Api, settings: Settings) -> None:
    (found,) = (await officer.get("/v1/actors")).json()["data"]
    await officer.patch(f"/v1/actors/{found['id']}", etag='"1"', name="Diubah petugas")


async def change_of_the_owner(officer: Api, settings: Settings) -> None:
    (found,) = (await officer.get("/v1/people")).json()["data"]
    answer = await officer.patch(f"/v1/people/{found['id']}", etag='"1"', full_name="Baiq Lain")
    assert answer.status_code == 200, answer.text


async def news_of_the_figures(officer: Api, settings: Settings) -> None:
    (found,) = (await officer.get("/v1/actors")).json()["data"]
    await officer.post(f"/v1/actors/{found['id']}/annual-figures", year=2025, sales_idr=77)


async def one_that_was_to_be_added(officer: Api, settings: Settings) -> None:
    await loaded(officer, settings, file_of(business(2)))


@pytest.mark.parametrize(
    "happens", [change_of_the_business, change_of_the_owner, news_of_the_figures, one_that_was_to_be_added]
)
async def test_a_register_that_moved_on_refuses_the_old_report(
    officer: Api, settings: Settings, sessions: Sessions, happens: Any
) -> None:
    await loaded(officer, settings, file_of(business(1)))
    changed = business(1, business_name="Keripik Baru", owner_phone="081999000111", sales_idr="130000000")
    tried = await loaded(officer, settings, file_of(changed, business(2)), mode="validate", on_conflict="update")

    await happens(officer, settings)
    before = await stored(sessions)
    answer = await officer.post(f"/v1/imports/{tried['id']}/commit")

    assert (answer.status_code, answer.json()["code"]) == (409, "register_moved_on")
    assert "validate" in answer.json()["detail"]
    assert await stored(sessions) == before


async def test_what_shows_only_when_the_file_is_read_again_fails_and_loads_nothing(
    make: Make, officer: Api, settings: Settings, sessions: Sessions
) -> None:
    tried = await loaded(officer, settings, file_of(business(1), business(2)), mode="validate")
    await make.person(full_name="Baiq Contoh 1", nik="5271015705900001")

    done = await committed(officer, settings, tried)

    assert (done["state"], done["failure"]["code"]) == ("failed", "register_changed")
    assert "validate" in done["failure"]["message"]
    assert await stored(sessions) == (1, 0, 0)
    async with sessions() as db:
        assert await db.scalar(select(func.count()).select_from(ImportFile)) == 0


async def test_a_commit_that_died_leaves_nothing_half_written_and_the_next_run_finishes(
    officer: Api, settings: Settings, sessions: Sessions
) -> None:
    await loaded(officer, settings, file_of(business(1)))
    file = file_of(business(1, business_name="Keripik Baru"), business(2), business(3, nib="12"))
    tried = await loaded(officer, settings, file, mode="validate", on_conflict="update")
    import_id = UUID(tried["id"])
    await officer.post(f"/v1/imports/{tried['id']}/commit")

    async with sessions() as db:
        await service.work(db, import_id)
        await db.rollback()  # What the server does when the worker is killed.
    halfway = await stored(sessions)
    for _ in range(2):
        async with unit_of_work(sessions) as db:
            await service.work(db, import_id)

    assert halfway == (1, 1, 1)
    assert await stored(sessions) == (2, 2, 2)
    async with sessions() as db:
        of_this = ImportDifference.import_id == import_id
        assert await db.scalar(select(func.count()).select_from(ImportDifference).where(of_this)) == 2
        assert await db.scalar(select(func.count()).select_from(ImportFault)) == 1
        assert sorted(await db.scalars(select(Actor.name))) == ["Keripik 2", "Keripik Baru"]


async def test_a_file_of_cooperatives_can_be_tried_and_committed(make: Make, officer: Api, settings: Settings) -> None:
    header = "name,village_code,legal_number,established_on,member_count\n"
    row = "Koperasi Kelurahan Merah Putih {},52.71.01.1004,AHU-0000001.AH.01.29.TAHUN 2025,2025-06-02,40\n"
    village = (await officer.get("/v1/regions/52.71.01.1004")).json()["name"]

    tried = await loaded(officer, settings, header + row.format(village), kind="cooperatives", mode="validate")
    done = await committed(officer, settings, tried)
    again = await loaded(officer, settings, header + row.format(village), kind="cooperatives")

    assert (counts(tried), counts(done)) == ((1, 1, 0, 0, 0), (1, 1, 0, 0, 0))
    assert counts(again) == (1, 0, 0, 1, 0)


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"kind": "actors", "as_of": "2990-01-01"}, "day_in_future"),
        ({"kind": "cooperatives", "on_conflict": "skip"}, "on_conflict_not_of_kind"),
    ],
)
async def test_wishes_that_cannot_be_met_are_refused_at_the_door(
    officer: Api, query: dict[str, str], code: str
) -> None:
    answer = await officer.request("POST", "/v1/imports", params=query, files={"file": ("a", b"a,b\n1,2\n")})

    assert (answer.status_code, [e["code"] for e in answer.json()["errors"]]) == (422, [code])
