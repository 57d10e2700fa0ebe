"""Files in pieces (tus 1.0): broken off and gone on with, never twice at one offset, checked as a whole."""

import base64
from asyncio import gather
from collections import Counter
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.kit import clock
from plut_api.kit.caller import Role
from plut_api.kit.files.store import path_of
from plut_api.kit.files.uploads.models import Upload
from plut_api.kit.files.uploads.schemas import MEDIA_TYPE, VERSION
from plut_api.kit.ids import new_id
from plut_api.kit.jobs import Runtime, enter_runtime
from plut_api.sample.pictures import picture
from plut_api.settings import Settings
from plut_api.worker import tidy, work_off
from tests.conftest import Api
from tests.factories import Make
from tests.kit.files.built import pdf

Sessions = async_sessionmaker[AsyncSession]
TUS = {"Tus-Resumable": VERSION}


def metadata(name: str) -> str:
    return f"filetype {base64.b64encode(b'image/png').decode()},filename {base64.b64encode(name.encode()).decode()}"


async def begun(me: Api, length: int, name: str = "label.png") -> str:
    headers = TUS | {"Upload-Length": str(length), "Upload-Metadata": metadata(name)}
    answer = await me.request("POST", "/v1/uploads", headers=headers)
    assert answer.status_code == 201, answer.text
    path: str = answer.headers["location"]
    return path


async def sent(me: Api, path: str, offset: int, piece: bytes, **headers: str) -> httpx.Response:
    given = TUS | {"Upload-Offset": str(offset), "Content-Type": MEDIA_TYPE} | headers
    return await me.request("PATCH", path, headers=given, content=piece)


async def stands(me: Api, path: str) -> int:
    answer = await me.request("HEAD", path, headers=TUS)
    assert (answer.status_code, answer.content) == (200, b"")
    return int(answer.headers["upload-offset"])


async def broken_off(app: FastAPI, me: Api, path: str, offset: int, piece: bytes) -> None:
    """A piece whose sender loses the network after these bytes, though it had said that more would come."""
    headers = TUS | {
        "Authorization": f"Bearer {await me.token()}",
        "Content-Type": MEDIA_TYPE,
        "Upload-Offset": str(offset),
        "Content-Length": str(len(piece) + 1000),
    }
    scope: dict[str, Any] = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "PATCH",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
        "client": ("127.0.0.1", 50000),
        "server": ("127.0.0.1", 8000),
    }
    came = iter(
        [{"type": "http.request", "body": piece, "more_body": True}, *[{"type": "http.disconnect"} for _ in range(9)]]
    )

    async def receive() -> Any:
        return next(came)

    async def send(message: Any) -> None:
        """Nobody listens any more."""

    await app(scope, receive, send)


async def test_an_upload_that_the_network_broke_off_goes_on_from_where_it_was(
    app: FastAPI, api: Api, make: Make, settings: Settings
) -> None:
    me, content = api.as_(await make.person()), pdf(inside=b"% " + b"x" * 600_000 + b"\n")
    path = await begun(me, len(content), "surat kontrak.pdf")

    await sent(me, path, 0, content[:100_000])
    await broken_off(app, me, path, 100_000, content[100_000:450_000])
    came = await stands(me, path)
    last = await sent(me, path, came, content[came:])
    file = await me.get(f"/v1/files/{last.headers['upload-file-id']}")
    told = (await me.get(path)).json()
    await work_off(settings)

    assert came == 450_000
    assert (last.status_code, last.headers["upload-offset"]) == (204, str(len(content)))
    assert file.content == content
    assert file.headers["content-type"] == "application/pdf"
    assert "surat%20kontrak.pdf" in file.headers["content-disposition"]
    assert (told["file_id"], told["offset_bytes"]) == (last.headers["upload-file-id"], len(content))


async def test_pieces_lie_sealed_and_go_once_the_file_is_whole(
    api: Api, make: Make, settings: Settings, sessions: Sessions
) -> None:
    me, content = api.as_(await make.person()), pdf(inside=b"% words that nobody else may read\n")
    path = await begun(me, len(content))
    await sent(me, path, 0, content[:-1])
    async with sessions() as db:
        (part,) = (await db.scalars(select(Upload.part_ids).where(Upload.id == path.rsplit("/", 1)[-1]))).one()
    lies_at = settings.data_dir / "files" / path_of(part)
    sealed = lies_at.read_bytes()

    await sent(me, path, len(content) - 1, content[-1:])
    await work_off(settings)

    assert b"nobody else" not in sealed
    assert not lies_at.exists()


async def test_two_pieces_at_one_offset_never_both_come_in(api: Api, make: Make) -> None:
    me, content = api.as_(await make.person()), picture(new_id())
    path = await begun(me, len(content))

    answers = await gather(*(sent(me, path, 0, content[:20]) for _ in range(4)))
    stale = [answer for answer in answers if answer.is_error]
    whole = await gather(*(sent(me, path, 20, content[20:]) for _ in range(2)))

    assert Counter(answer.status_code for answer in answers) == {204: 1, 409: 3}
    assert {(a.json()["code"], a.json()["offset_bytes"], a.headers["upload-offset"]) for a in stale} == {
        ("upload_offset_conflict", 20, "20")
    }
    assert sorted(answer.status_code for answer in whole) == [204, 409]


async def test_the_whole_is_checked_by_its_content_and_the_upload_stands_where_it_stood(api: Api, make: Make) -> None:
    me, content = api.as_(await make.person()), b"<svg onload=alert(1)/>"
    path = await begun(me, len(content))
    await sent(me, path, 0, content[:10])

    answer = await sent(me, path, 10, content[10:])

    assert (answer.status_code, answer.json()["code"]) == (422, "file_type_refused")
    assert await stands(me, path) == 10


async def test_the_same_bytes_are_the_same_file(api: Api, make: Make) -> None:
    me, content = api.as_(await make.person()), picture(new_id())
    once = await me.request("POST", "/v1/files", files={"file": ("a.png", content, "image/png")})

    last = await sent(me, await begun(me, len(content)), 0, content)

    assert last.headers["upload-file-id"] == once.json()["id"]


async def test_only_who_began_an_upload_goes_on_with_it(api: Api, make: Make) -> None:
    me, content = api.as_(await make.person()), picture(new_id())
    path = await begun(me, len(content))

    for who in (await make.person(), await make.staff(Role.dinas), await make.staff(Role.opd)):
        other = api.as_(who)
        answers = [
            await other.get(path),
            await sent(other, path, 0, content),
            await other.request("DELETE", path, headers=TUS),
        ]
        assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(404, "upload_not_found")}
    assert await stands(me, path) == 0


async def test_an_organizer_hands_in_by_pieces_behind_the_wall(api: Api, make: Make) -> None:
    me, content = api.as_(await make.staff(Role.opd)), picture(new_id())
    path = await begun(me, len(content))

    first, last = await sent(me, path, 0, content[:9]), await sent(me, path, 9, content[9:])

    assert (first.status_code, last.status_code) == (204, 204)
    assert (await me.get(f"/v1/files/{last.headers['upload-file-id']}")).status_code == 200
    assert (await me.request("DELETE", path, headers=TUS)).status_code == 204


async def test_what_was_given_up_or_abandoned_is_gone_with_its_pieces(
    app: FastAPI, api: Api, make: Make, settings: Settings, sessions: Sessions
) -> None:
    me = api.as_(await make.person())
    given_up, abandoned = await begun(me, 100), await begun(me, 100)
    for path in (given_up, abandoned):
        await sent(me, path, 0, b"x" * 50)
    async with sessions() as db:
        parts = [part for ids in await db.scalars(select(Upload.part_ids)) for part in ids]
    enter_runtime(Runtime(app.state.settings, app.state.engine))

    ended = await me.request("DELETE", given_up, headers=TUS)
    with clock.clock_at(clock.now() + timedelta(days=1, minutes=1)):
        await tidy(0)
    await work_off(settings)
    async with sessions() as db:
        left = await db.scalar(select(func.count()).select_from(Upload))

    assert ended.status_code == 204
    assert [(await me.get(path)).status_code for path in (given_up, abandoned)] == [404, 404]
    assert (len(parts), left) == (2, 0)
    assert not any((settings.data_dir / "files" / path_of(part)).exists() for part in parts)


@pytest.mark.parametrize(
    ("headers", "status", "where"),
    [
        ({"Upload-Length": "10"}, 412, None),
        ({"Tus-Resumable": "0.2.2", "Upload-Length": "10"}, 412, None),
        (TUS, 422, "/header/Upload-Length"),
        (TUS | {"Upload-Length": "0"}, 422, "/header/Upload-Length"),
        (TUS | {"Upload-Length": "ten"}, 422, "/header/Upload-Length"),
        (TUS | {"Upload-Length": "10", "Upload-Metadata": "filename *"}, 422, "/header/Upload-Metadata"),
        (TUS | {"Upload-Length": "10", "Upload-Metadata": "filename /w=="}, 422, "/header/Upload-Metadata"),
    ],
)
async def test_a_beginning_that_cannot_be_read_is_refused_with_its_place(
    api: Api, make: Make, headers: dict[str, str], status: int, where: str | None
) -> None:
    answer = await api.as_(await make.person()).request("POST", "/v1/uploads", headers=headers)

    assert answer.status_code == status
    assert [error["pointer"].lower() for error in answer.json()["errors"]] == ([where.lower()] if where else [])
    if status == 412:
        assert (answer.json()["code"], answer.headers["tus-version"]) == ("upload_version_unknown", VERSION)


async def test_what_is_too_long_is_refused_before_it_comes(api: Api, make: Make, settings: Settings) -> None:
    me = api.as_(await make.person())
    path = await begun(me, 10)

    announced = await me.request(
        "POST", "/v1/uploads", headers=TUS | {"Upload-Length": str(settings.file_limit_bytes + 1)}
    )
    more = await sent(me, path, 0, b"x" * 11)
    far_more = await sent(me, path, 0, bytes(settings.file_limit_bytes + 100_000))
    form = await sent(me, path, 0, b"x", **{"Content-Type": "application/octet-stream"})

    assert (announced.status_code, announced.json()["limit_bytes"]) == (413, settings.file_limit_bytes)
    assert (more.status_code, more.json()["code"], more.json()["length_bytes"]) == (413, "upload_too_long", 10)
    assert (far_more.status_code, form.status_code) == (413, 415)
    assert await stands(me, path) == 0


async def test_clients_learn_what_of_the_protocol_is_spoken(api: Api, settings: Settings) -> None:
    answer = await api.request("OPTIONS", "/v1/uploads")

    assert answer.status_code == 204
    assert answer.headers["tus-version"] == VERSION
    assert answer.headers["tus-max-size"] == str(settings.file_limit_bytes)
    assert set(answer.headers["tus-extension"].split(",")) == {"creation", "expiration", "termination"}
    assert urlsplit(str(answer.request.url)).path == "/v1/uploads"
