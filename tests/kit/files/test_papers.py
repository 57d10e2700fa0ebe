"""The scan of a signed consent: it must be the paper that is named, and it goes with its person."""

from typing import Any

import httpx
from fastapi import FastAPI
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.actors.models import Actor, Person
from plut_api.kit.caller import Role
from plut_api.kit.files import FileRow
from plut_api.kit.ids import new_id
from tests.conftest import Api
from tests.factories import Make
from tests.identity.signing_in import sent_code
from tests.kit.files.built import exif, jpeg, pdf

Sessions = async_sessionmaker[AsyncSession]
PHONE = "+6281977700077"


async def _scanned(api: Api, content: bytes = pdf()) -> dict[str, Any]:
    files = {"file": ("scan", content, "application/octet-stream")}
    answer: dict[str, Any] = (await api.request("POST", "/v1/files", files=files)).json()
    return answer


async def _record(api: Api, make: Make, actor: Actor, signer: Person, **paper: Any) -> httpx.Response:
    bank = await make.bank()
    body: dict[str, Any] = {"organization_id": str(bank.id), "text_version": "1", "channel": "paper"}
    body["signed_by"] = str(signer.id)
    return await api.post(f"/v1/actors/{actor.id}/consents", **body, **paper)


async def test_a_consent_names_the_scan_and_both_sides_can_read_it(api: Api, make: Make) -> None:
    owner = await make.person()
    actor = await make.actor(owner)
    consultant, stranger = await make.consultant_of(owner), await make.consultant_of(await make.person())
    scan = await _scanned(api.as_(consultant), jpeg(before=exif()))

    given = await _record(api.as_(consultant), make, actor, owner, paper_file_id=scan["id"])

    assert given.status_code == 201, given.text
    assert (given.json()["paper_file_id"], given.json()["paper_sha256"]) == (scan["id"], scan["sha256"])
    assert given.json()["paper_reference"] == f"/v1/files/{scan['id']}"
    readers = [owner, consultant, await make.staff(Role.dinas), stranger, await make.person()]
    read = [(await api.as_(who).get(f"/v1/files/{scan['id']}")).status_code for who in readers]
    assert read == [200, 200, 200, 404, 404]


async def test_another_file_than_the_one_named_or_anothers_file_is_refused(api: Api, make: Make) -> None:
    owner = await make.person()
    actor, officer = await make.actor(owner), api.as_(await make.staff(Role.dinas))
    scan = await _scanned(officer)
    foreign = await _scanned(api.as_(await make.staff(Role.dinas)))

    answers = [
        await _record(officer, make, actor, owner, paper_file_id=scan["id"], paper_sha256="ab" * 32),
        await _record(officer, make, actor, owner, paper_file_id=foreign["id"]),
        await _record(officer, make, actor, owner, paper_file_id=str(new_id())),
        await _record(officer, make, actor, owner, paper_reference="map 7"),
        await _record(api.as_(owner), make, actor, owner, paper_file_id=scan["id"]),
    ]
    right = await _record(officer, make, actor, owner, paper_file_id=scan["id"], paper_sha256=scan["sha256"])

    assert [answer.status_code for answer in answers] == [422] * 5
    assert [answer.json()["errors"][0]["code"] for answer in answers] == [
        "paper_differs",
        "file_unknown",
        "file_unknown",
        "missing",
        "only_staff_record_paper",
    ]
    assert right.status_code == 201


async def test_who_is_erased_takes_their_files_along(api: Api, app: FastAPI, make: Make, sessions: Sessions) -> None:
    owner = await make.person(phone=PHONE)
    actor, officer = await make.actor(owner), await make.staff(Role.dinas)
    scan = await _scanned(api.as_(officer))
    own = await _scanned(api.as_(owner), jpeg())
    await _record(api.as_(officer), make, actor, owner, paper_file_id=scan["id"])
    other = await _scanned(api.as_(officer), jpeg())

    told = (await api.as_(owner).get("/v1/me/data")).json()
    await api.as_(owner).post("/v1/me/erasure")
    erased = await api.as_(owner).post("/v1/me/erasure/confirm", code=sent_code(app, PHONE))

    assert erased.status_code == 200, erased.text
    (section,) = [each for each in told["sections"] if each["name"] == "files"]
    assert {row["id"] for row in section["rows"]} == {scan["id"], own["id"]}
    async with sessions() as db:
        left = list(await db.scalars(select(FileRow.id).where(FileRow.key_sealed.is_not(None))))
    assert [str(file_id) for file_id in left] == [other["id"]]
    assert (await api.as_(officer).get(f"/v1/files/{scan['id']}")).status_code == 404
