"""Files over HTTP: taken in, kept sealed, given to whom they concern, gone when nothing holds them."""

import hashlib
from asyncio import gather
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select, text, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.integration.retention import apply_retention
from plut_api.kit import clock
from plut_api.kit.caller import Role
from plut_api.kit.database import unit_of_work
from plut_api.kit.files import FileRow, release
from plut_api.kit.files.jobs import sweep_files
from plut_api.kit.files.service import cleaned_name, destroy
from plut_api.kit.files.store import file_store, path_of
from plut_api.kit.ids import new_id
from plut_api.kit.jobs import Runtime, enter_runtime
from plut_api.settings import Settings
from plut_api.worker import work_off
from tests.conftest import Api
from tests.factories import Make
from tests.kit.files.built import GPS_MARK, exif, jpeg, pdf, png

Sessions = async_sessionmaker[AsyncSession]


async def _upload(api: Api, content: bytes, name: str = "foto.jpg", media_type: str = "image/jpeg") -> httpx.Response:
    return await api.request("POST", "/v1/files", files={"file": (name, content, media_type)})


def _lies_at(settings: Settings, file_id: Any) -> Path:
    return settings.data_dir / "files" / path_of(file_id)


async def test_what_is_handed_in_is_given_back_without_what_the_camera_wrote(api: Api, make: Make) -> None:
    mine = api.as_(await make.person())

    taken = await _upload(mine, jpeg(before=exif()), name="label.jpg")
    given = await mine.get(taken.headers["Location"])

    assert taken.status_code == 201
    assert GPS_MARK not in given.content
    assert taken.json()["sha256"] == hashlib.sha256(given.content).hexdigest()
    assert taken.json()["size_bytes"] == len(given.content) == int(given.headers["content-length"])
    assert given.headers["content-type"] == "image/jpeg"
    assert given.headers["cache-control"] == "no-store"
    assert given.headers["x-content-type-options"] == "nosniff"
    assert given.headers["content-disposition"].startswith("attachment; ")
    assert "label.jpg" in given.headers["content-disposition"]


async def test_content_tells_the_kind_and_not_the_name_nor_the_header(api: Api, make: Make) -> None:
    mine = api.as_(await make.person())

    taken = await _upload(mine, pdf(), name="foto.jpg", media_type="image/jpeg")
    refused = await _upload(mine, b"<svg/>", name="foto.png", media_type="image/png")

    assert (taken.json()["media_type"], taken.json()["name"]) == ("application/pdf", "foto.jpg.pdf")
    assert (refused.status_code, refused.json()["code"]) == (422, "file_type_refused")


async def test_a_broken_file_and_one_too_big_are_told_apart(api: Api, make: Make, settings: Settings) -> None:
    mine = api.as_(await make.person())

    broken = await _upload(mine, png()[:-4])
    big = await _upload(mine, pdf(inside=b" " * settings.file_limit_bytes))
    huge = await _upload(mine, bytes(settings.file_limit_bytes + 100_000))

    assert (broken.status_code, broken.json()["code"]) == (422, "file_broken")
    assert [fault["code"] for fault in broken.json()["errors"]] == ["file_damaged"]
    assert (big.status_code, big.json()["code"], big.json()["limit_bytes"]) == (
        413,
        "file_too_big",
        settings.file_limit_bytes,
    )
    assert (huge.status_code, huge.json()["code"]) == (413, "payload_too_large")


@pytest.mark.parametrize(
    ("name", "cleaned"),
    [
        ("../../etc/passwd", "passwd.jpg"),
        ("C:\\Users\\Baiq\\Foto Kopi.JPG", "Foto Kopi.jpg"),
        ("a\x00b\r\nSet-Cookie: x.jpeg", "abSet-Cookie: x.jpeg"),
        ("gpj.\u202egnp", "gpj.gnp.jpg"),
        ("", "berkas.jpg"),
        ("...", "berkas.jpg"),
        (None, "berkas.jpg"),
        ("x" * 400 + ".jpg", "x" * 150 + ".jpg"),
    ],
)
def test_a_name_loses_its_folders_and_what_cannot_be_seen(name: str | None, cleaned: str) -> None:
    assert cleaned_name(name, "image/jpeg") == cleaned


async def test_the_same_bytes_of_the_same_uploader_are_stored_once(api: Api, make: Make, sessions: Sessions) -> None:
    mine, other = api.as_(await make.person()), api.as_(await make.person())

    answers = await gather(*(_upload(mine, jpeg(before=exif(n % 8 + 1))) for n in (1, 1, 1, 1)))
    theirs = await _upload(other, jpeg(before=exif(2)))

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert theirs.json()["id"] != answers[0].json()["id"]
    async with sessions() as db:
        assert len((await db.scalars(select(FileRow.id))).all()) == 2


async def test_what_lies_in_the_store_is_sealed(api: Api, make: Make, settings: Settings, sessions: Sessions) -> None:
    taken = await _upload(api.as_(await make.person()), pdf(inside=b"% Inaq Contoh\n"))
    async with sessions() as db:
        row = (await db.scalars(select(FileRow))).one()
    lying = _lies_at(settings, row.id).read_bytes()

    assert taken.json()["id"] == str(row.id)
    assert b"Inaq" not in lying
    assert b"%PDF" not in lying
    assert len(lying) == row.size_bytes + 16


async def test_a_file_that_was_changed_in_the_store_is_not_given(
    api: Api, make: Make, settings: Settings, sessions: Sessions
) -> None:
    mine = api.as_(await make.person())
    taken = await _upload(mine, pdf())
    async with sessions() as db:
        row = (await db.scalars(select(FileRow))).one()
    path = _lies_at(settings, row.id)
    path.write_bytes(path.read_bytes()[:-1] + b"\x00")

    changed = await mine.get(taken.headers["Location"])
    path.unlink()
    missing = await mine.get(taken.headers["Location"])

    assert (changed.status_code, changed.json()["code"]) == (503, "file_store_away")
    assert (missing.status_code, missing.json()["code"]) == (503, "file_store_away")


async def test_nobody_else_learns_that_there_is_a_file(api: Api, make: Make) -> None:
    taken = await _upload(api.as_(await make.person()), pdf())
    bank = await make.staff(Role.bank)
    others = [await make.person(), await make.staff(Role.dinas), await make.staff(Role.consultant), bank]

    for who in others:
        foreign = await api.as_(who).get(taken.headers["Location"])
        unknown = await api.as_(who).get(f"/v1/files/{new_id()}")
        assert foreign.status_code == unknown.status_code == 404
        assert foreign.json() | {"request_id": ""} == unknown.json() | {"request_id": ""}


async def test_an_officer_of_an_opd_hands_in_and_reads_behind_their_wall(api: Api, make: Make) -> None:
    officer, colleague = await make.staff(Role.opd), await make.staff(Role.opd)

    first = await _upload(api.as_(officer), pdf())
    again = await _upload(api.as_(officer), pdf())

    assert first.json()["id"] == again.json()["id"]
    assert (await api.as_(officer).get(first.headers["Location"])).content == pdf()
    assert (await api.as_(colleague).get(first.headers["Location"])).status_code == 404


async def test_staff_who_read_a_file_stand_in_the_audit_log(api: Api, make: Make, sessions: Sessions) -> None:
    officer = await make.staff(Role.dinas)
    taken = await _upload(api.as_(officer), pdf())

    await api.as_(officer).get(taken.headers["Location"])

    async with sessions() as db:
        told = (
            await db.execute(
                text("SELECT action, operation, after FROM audit_entries WHERE object_kind = 'files' ORDER BY id")
            )
        ).all()
    assert [(row.action, row.operation) for row in told] == [("created", "uploadFile"), ("read", "getFile")]
    assert told[0].after["media_type"] == "application/pdf"
    assert "key_sealed" not in told[0].after


async def test_a_file_that_nothing_holds_goes_after_a_day(
    api: Api, make: Make, sessions: Sessions, settings: Settings
) -> None:
    mine = api.as_(await make.person())
    lost = (await _upload(mine, pdf())).json()
    held, freed = (await _upload(mine, jpeg())).json(), (await _upload(mine, png())).json()
    async with unit_of_work(sessions) as db:
        await db.execute(update(FileRow).where(FileRow.id != lost["id"]).values(attached_at=clock.now()))

    await apply_retention(sessions)
    too_early = (await mine.get(f"/v1/files/{lost['id']}")).status_code
    async with unit_of_work(sessions) as db:
        await release(db, freed["id"])
        await db.execute(update(FileRow).where(FileRow.id == held["id"]).values(attached_at=clock.now()))
    with clock.clock_at(clock.now() + timedelta(hours=25)):
        await apply_retention(sessions)
    left = [(await mine.get(f"/v1/files/{file['id']}")).status_code for file in (lost, held, freed)]

    assert too_early == 200
    assert left == [404, 200, 404]


async def test_what_lies_in_the_store_without_a_row_is_swept_away(
    api: Api, make: Make, sessions: Sessions, settings: Settings
) -> None:
    mine = api.as_(await make.person())
    kept, lost = (await _upload(mine, pdf())).json()["id"], new_id()
    await file_store(settings).put(lost, b"never committed")
    enter_runtime(Runtime(settings, mine._app.state.engine))

    with clock.clock_at(clock.now() + timedelta(days=2)):
        await sweep_files(0)

    assert not _lies_at(settings, lost).exists()
    assert (await mine.get(f"/v1/files/{kept}")).status_code == 200


async def test_a_destroyed_file_is_gone_for_good(api: Api, make: Make, sessions: Sessions, settings: Settings) -> None:
    person = await make.person()
    taken = await _upload(api.as_(person), pdf(), name="KTP Baiq.pdf")
    async with unit_of_work(sessions) as db:
        row = (await db.scalars(select(FileRow))).one()
        await destroy(db, FileRow.uploaded_by == person.account_id)

    assert (await api.as_(person).get(taken.headers["Location"])).status_code == 404
    async with sessions() as db:
        empty = (await db.execute(select(FileRow.key_sealed, FileRow.name, FileRow.erased_at))).one()
    assert (empty.key_sealed, empty.name) == (None, "(dihapus)")
    await work_off(settings)
    assert not _lies_at(settings, row.id).exists()
    again = await _upload(api.as_(person), pdf())
    assert again.json()["id"] != taken.json()["id"]


async def test_an_upload_repeated_with_its_key_is_one_upload(api: Api, make: Make) -> None:
    mine, key = api.as_(await make.person()), {"Idempotency-Key": "unggah-foto-1"}
    form = {"file": ("foto.png", png(), "image/png")}

    first = await mine.request("POST", "/v1/files", files=form, headers=key)
    again = await mine.request("POST", "/v1/files", files=form, headers=key)

    assert again.headers["Idempotency-Replayed"] == "true"
    assert first.json() == again.json()


def test_a_bucket_is_chosen_by_a_setting_and_its_secret_is_never_shown() -> None:
    given = Settings.model_validate(
        {
            "file_store": "s3://plut-berkas/ntb",
            "file_store_endpoint": "http://127.0.0.1:9000",
            "file_store_region": "id-1",
            "file_store_key_id": "kunci-contoh",
            "file_store_secret": "rahasia-contoh",
        }
    )

    assert "rahasia-contoh" not in repr(given) + str(given.model_dump())
    assert "kunci-contoh" not in repr(given)
    assert "rahasia-contoh" not in repr(file_store(given)._store)
