"""What people confide is theirs: private notes, the person's own data, erasure, the database itself."""

from datetime import timedelta

import pytest
from fastapi import FastAPI
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.consulting.jobs import remind
from plut_api.consulting.privacy import forget_consultations
from plut_api.kit import clock
from plut_api.kit.caller import Role
from plut_api.kit.database import unit_of_work
from plut_api.kit.privacy import Subject
from tests.conftest import Api
from tests.consulting import visits
from tests.factories import Make, caller_for
from tests.kit.files.built import png

Sessions = async_sessionmaker[AsyncSession]
NOTE = "Catatan yang hanya untuk saya."


async def test_a_private_note_is_read_by_its_author_alone(api: Api, make: Make) -> None:
    person = await make.person()
    author, colleague = await make.consultant_of(person), await make.consultant_of(person)
    row = await visits.held(make, person, author)
    url = f"/v1/consultations/{row.id}/private-notes"

    noted = await api.as_(author).post(url, text=NOTE)
    assert noted.status_code == 201, noted.text

    assert [note["text"] for note in (await api.as_(author).get(url)).json()["data"]] == [NOTE]
    for who in (colleague, person, await make.staff()):
        answer = await api.as_(who).get(url)
        assert (answer.status_code, answer.json()["data"]) == (200, [])
    for who in (person, await make.staff()):
        assert (await api.as_(who).post(url, text=NOTE)).json()["code"] == "notes_of_consultants_only"


async def test_a_person_is_told_what_is_shared_and_that_there_are_notes_but_not_their_words(
    api: Api, make: Make
) -> None:
    person = await make.person()
    author = await make.consultant_of(person)
    row = await visits.held(make, person, author)
    await visits.action(make, row)
    await api.as_(author).post(f"/v1/consultations/{row.id}/private-notes", text=NOTE)

    answer = await api.as_(person).get("/v1/me/data")

    told = {section["name"]: section["rows"] for section in answer.json()["sections"]}
    (consultation,) = told["consultations"]
    assert (consultation["problem"], consultation["advice"]) == (visits.PROBLEM_WORDS, visits.RECORD["advice"])
    assert [action["what"] for action in told["agreed_actions"]] == ["Uji simpan tiga kemasan."]
    assert len(told["consultation_notes"]) == 1
    assert NOTE not in answer.text
    assert str(author.id) not in str(told["consultation_notes"])


async def test_erasing_a_person_leaves_field_and_minutes_and_not_a_word(
    api: Api, make: Make, sessions: Sessions
) -> None:
    person = await make.person()
    author = await make.consultant_of(person)
    row = await visits.held(make, person, author)
    waiting = await visits.consultation(make, person, author)
    await visits.action(make, row)
    await api.as_(author).post(f"/v1/consultations/{row.id}/private-notes", text=NOTE)
    await api.as_(person).post(f"/v1/consultations/{waiting.id}/cancel", reason="Pindah rumah.")
    assert person.account_id is not None

    async with unit_of_work(sessions) as db:
        await forget_consultations(db, caller_for(await make.staff()), Subject(person.account_id, person.id))

    async with sessions() as db:
        left = text(
            "SELECT (SELECT count(*) FROM agreed_actions) + (SELECT count(*) FROM consultation_notes) + "
            "(SELECT count(*) FROM consultation_transitions WHERE reason_sealed IS NOT NULL) + (SELECT count(*) FROM "
            "consultations WHERE num_nonnulls(problem_sealed, advice_sealed, place_sealed) > 0)"
        )
        assert await db.scalar(left) == 0
        kept = await db.execute(text("SELECT state, minutes FROM consultations ORDER BY state"))
        assert [tuple(one) for one in kept] == [("cancelled", None), ("held", 60)]


async def test_a_file_of_a_consultation_is_read_by_both_sides_and_by_no_stranger(api: Api, make: Make) -> None:
    person = await make.person()
    consultant = await make.consultant_of(person)
    row = await visits.consultation(make, person, consultant)
    client, url = api.as_(person), f"/v1/consultations/{row.id}/files"
    photo = await client.request("POST", "/v1/files", files={"file": ("foto.png", png(), "image/png")})
    file_id = photo.json()["id"]

    attached = await client.post(url, file_id=file_id)
    twice = await client.post(url, file_id=file_id)
    foreign = await api.as_(consultant).post(url, file_id=file_id)

    assert attached.json()["file_ids"] == [file_id]
    assert twice.json()["code"] == "file_attached_already"
    assert foreign.json()["errors"][0]["code"] == "file_unknown"
    assert (await api.as_(consultant).get(f"/v1/files/{file_id}")).status_code == 200
    assert (await api.as_(await make.staff(Role.consultant)).get(f"/v1/files/{file_id}")).status_code == 404


async def test_overdue_actions_are_on_the_consultants_list_and_the_client_is_reminded_once(
    api: Api, make: Make, sessions: Sessions
) -> None:
    person = await make.person()
    consultant = await make.consultant_of(person)
    row = await visits.held(make, person, consultant)
    await visits.action(make, row)
    await visits.action(make, row, due_on=clock.today())
    await visits.action(make, row, due_on=clock.today() - timedelta(days=40))
    done = await visits.action(make, row)
    await api.as_(person).post(f"/v1/agreed-actions/{done.id}/done")

    async with unit_of_work(sessions) as db:
        counted = await remind(db), await remind(db)
    work = (await api.as_(consultant).get("/v1/work-list", kind="agreed_action.overdue")).json()["data"]

    assert counted == (1, 0)
    assert [(item["href"], item["overdue"]) for item in work] == [(f"/v1/consultations/{row.id}", True)] * 2
    foreign = await api.as_(await make.person()).post(f"/v1/agreed-actions/{done.id}/done")
    assert foreign.json()["code"] == "action_not_found"


@pytest.mark.usefixtures("app")
async def test_words_lie_sealed_in_the_database_and_hashed_in_the_log(
    api: Api, make: Make, sessions: Sessions, app: FastAPI
) -> None:
    person = await make.person()
    asked = await api.as_(person).post("/v1/consultations", **visits.ASKED)
    assert asked.status_code == 201
    await app.state.audit.settle()

    async with sessions() as db:
        kept = await db.scalar(text("SELECT problem_sealed FROM consultations"))
        logged = " ".join(await db.scalars(text("SELECT coalesce(after::text, '') FROM audit_entries")))
    assert visits.PROBLEM_WORDS.encode() not in kept
    assert "melempem" not in logged
