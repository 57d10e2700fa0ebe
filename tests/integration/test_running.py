"""How an import runs: sealed while it waits, whole or not at all, safe to run again, hostile workbooks kept out."""

import io
import zipfile

import httpx
import pytest
from openpyxl import Workbook
from sqlalchemy import func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.actors.models import Actor
from plut_api.integration import service
from plut_api.integration.models import Import, ImportFault, ImportFile
from plut_api.kit.caller import Role
from plut_api.kit.database import unit_of_work
from plut_api.kit.outbox import Event
from plut_api.settings import Settings
from plut_api.worker import work_off
from tests.conftest import Api
from tests.factories import Make
from tests.integration.loading import business, counts, faults_of, file_of, loaded


async def upload(api: Api, content: bytes, **query: str) -> str:
    """Hand a file in; the address of its import."""
    answer = await api.request(
        "POST", "/v1/imports", params={"kind": "actors", "mode": "commit"} | query, files={"file": ("a.csv", content)}
    )
    assert answer.status_code == 202, answer.text
    assert (answer.json()["state"], answer.json()["row_count"]) == ("queued", None)
    return answer.headers["location"]


async def test_a_file_is_kept_sealed_until_it_is_worked_through(
    api: Api, make: Make, settings: Settings, sessions: async_sessionmaker[AsyncSession]
) -> None:
    officer = api.as_(await make.staff(Role.dinas))
    content = file_of(business(1)).encode()

    await upload(officer, content)
    async with sessions() as db:
        kept = await db.scalar(select(ImportFile.content))
    await loaded(officer, settings, file_of(business(2)))

    assert kept is not None
    assert b"Baiq" not in kept
    async with sessions() as db:
        assert await db.scalar(select(func.count()).select_from(ImportFile)) == 0


async def test_a_run_that_died_leaves_nothing_and_the_next_one_loads_once(
    api: Api, make: Make, settings: Settings, sessions: async_sessionmaker[AsyncSession]
) -> None:
    officer = api.as_(await make.staff(Role.dinas))
    location = await upload(officer, file_of(business(1), business(2, nib="12")).encode())
    async with sessions() as db:
        import_id = (await db.scalars(select(Import.id))).one()

    async with unit_of_work(sessions) as db:
        await service.begin(db, import_id)
    async with sessions() as db:
        await service.work(db, import_id)
        await db.rollback()  # What the server does when the worker is killed.
    halfway = (await officer.get(location)).json()
    for _ in range(2):
        async with unit_of_work(sessions) as db:
            await service.work(db, import_id)

    assert (halfway["state"], halfway["created_count"]) == ("running", None)
    finished = (await officer.get(location)).json()
    assert (finished["state"], counts(finished)) == ("done", (2, 1, 0, 0, 1))
    async with sessions() as db:
        assert await db.scalar(select(func.count()).select_from(Actor)) == 1
        assert await db.scalar(select(func.count()).select_from(ImportFault)) == 1
        events = (await db.scalars(select(Event).where(Event.name == "import.committed"))).all()
    assert [event.subject_id for event in events] == [import_id]


async def test_what_goes_wrong_at_the_last_try_fails_the_import(
    api: Api, make: Make, settings: Settings, sessions: async_sessionmaker[AsyncSession]
) -> None:
    officer = api.as_(await make.staff(Role.dinas))
    location = await upload(officer, file_of(business(1)).encode())
    async with unit_of_work(sessions) as db:
        await db.execute(update(ImportFile).values(content=b"not what was sealed, but of some length"))

    await work_off(settings)
    waiting = (await officer.get(location)).json()
    async with unit_of_work(sessions) as db:
        await db.execute(text("UPDATE procrastinate_jobs SET attempts = 5, scheduled_at = NULL"))
    await work_off(settings)

    failed = (await officer.get(location)).json()
    assert (waiting["state"], failed["state"]) == ("running", "failed")
    assert (failed["failure"]["code"], failed["created_count"]) == ("internal_error", None)


async def test_a_row_whose_key_was_claimed_only_by_a_refused_row_is_loaded(
    api: Api, make: Make, settings: Settings
) -> None:
    officer = api.as_(await make.staff(Role.dinas))
    refused = business(1, kbli_code="99999")

    finished = await loaded(officer, settings, file_of(refused, business(1)))

    assert counts(finished) == (2, 1, 0, 0, 1)
    assert [(f["line"], f["code"]) for f in await faults_of(officer, finished)] == [(2, "unknown_kbli_code")]


async def test_values_of_personal_columns_are_never_shown(api: Api, make: Make, settings: Settings) -> None:
    officer = api.as_(await make.staff(Role.dinas))
    wrong = business(1, owner_nik="5271015705990", owner_phone="12345678", owner_birth_date="17.5", npwp="98765432")

    finished = await loaded(officer, settings, file_of(wrong))
    shown = " ".join(str(fault["value"]) for fault in await faults_of(officer, finished))

    assert not any(part in shown for part in ("527101", "2345", "17", "8765"))


async def test_a_business_named_like_a_formula_is_refused(api: Api, make: Make, settings: Settings) -> None:
    officer = api.as_(await make.staff(Role.dinas))

    finished = await loaded(officer, settings, file_of(business(1, business_name="=1+1")))

    assert [f["code"] for f in await faults_of(officer, finished)] == ["spreadsheet_formula"]


def workbook_with(name: str, content: bytes) -> bytes:
    """A workbook one part of which is replaced."""
    plain, hostile = io.BytesIO(), io.BytesIO()
    Workbook().save(plain)
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(hostile, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            new.writestr(part, content if part == name else old.read(part))
    return hostile.getvalue()


@pytest.mark.parametrize(
    ("part", "content", "code"),
    [
        ("xl/worksheets/sheet1.xml", b" " * 50_000_000, "xlsx_too_large_unfolded"),
        ("xl/worksheets/sheet1.xml", b'<!DOCTYPE a [<!ENTITY b "c">]><worksheet/>', "xlsx_broken"),
        ("xl/worksheets/sheet1.xml", b"<!--" + b"a" * 5000 + b"--><!DOCTYPE a><worksheet/>", "xlsx_broken"),
        ("xl/worksheets/sheet1.xml", "<!DOCTYPE a><worksheet/>".encode("utf-16"), "xlsx_broken"),
        ("xl/worksheets/sheet1.xml", "<worksheet/>".encode("utf-16"), "xlsx_broken"),
        ("xl/workbook.xml", b"<workbook/>", "xlsx_broken"),
    ],
)
async def test_a_hostile_workbook_is_refused_at_the_door(
    api: Api, make: Make, part: str, content: bytes, code: str
) -> None:
    officer = api.as_(await make.staff(Role.dinas))

    answer = await officer.request(
        "POST", "/v1/imports?kind=actors", files={"file": ("a.xlsx", workbook_with(part, content))}
    )

    assert (answer.status_code, [fault["code"] for fault in answer.json()["errors"]]) == (422, [code])


@pytest.mark.parametrize("sent", ["", "?kind=actors&mode=perhaps", "?kind=people"])
async def test_kind_and_mode_are_from_a_closed_list(api: Api, make: Make, sent: str) -> None:
    officer = api.as_(await make.staff(Role.dinas))

    answer = await officer.request("POST", f"/v1/imports{sent}", files={"file": ("a.csv", b"a,b\n1,2\n")})

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")


async def test_faults_have_pages_and_no_other_form_than_json_and_csv(api: Api, make: Make, settings: Settings) -> None:
    officer = api.as_(await make.staff(Role.dinas))
    finished = await loaded(officer, settings, file_of(*(business(n, nib="12") for n in range(1, 6))))
    faults = f"/v1/imports/{finished['id']}/faults"

    first = await officer.get(faults, limit=3)
    second = await officer.get(faults, limit=3, cursor=first.json()["next_cursor"])
    pdf = await officer.get(faults, headers={"Accept": "application/pdf"})

    assert [f["line"] for f in first.json()["data"] + second.json()["data"]] == [2, 3, 4, 5, 6]
    assert second.json()["next_cursor"] is None
    assert (pdf.status_code, pdf.json()["code"]) == (406, "not_acceptable")


async def test_a_retry_of_an_upload_with_a_new_boundary_is_the_same_request(api: Api, make: Make) -> None:
    officer = api.as_(await make.staff(Role.dinas))
    content = file_of(business(1)).encode()

    async def upload(boundary: str, data: bytes) -> httpx.Response:
        head = 'Content-Disposition: form-data; name="file"; filename="f.csv"\r\nContent-Type: text/csv\r\n\r\n'
        body = f"--{boundary}\r\n{head}".encode() + data + f"\r\n--{boundary}--\r\n".encode()
        kind = f"multipart/form-data; boundary={boundary}"
        headers = {"Content-Type": kind, "Idempotency-Key": "upload-0001"}
        return await officer.request("POST", "/v1/imports?kind=actors", headers=headers, content=body)

    first, again = await upload("one-boundary", content), await upload("another-boundary", content)
    other = await upload("one-boundary", content + b"x")

    assert (first.status_code, again.status_code) == (202, 202)
    assert first.json()["id"] == again.json()["id"]
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
