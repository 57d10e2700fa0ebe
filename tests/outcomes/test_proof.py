"""What is handed in as evidence: kinds that the rubric takes, files of one's own, read by whom it concerns."""

from asyncio import gather
from datetime import UTC, datetime
from typing import Any

from fastapi import FastAPI
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.actors.models import Person
from plut_api.integration.retention import apply_retention
from plut_api.kit import clock
from plut_api.kit.caller import Role
from plut_api.kit.database import unit_of_work
from plut_api.kit.files import FileRow
from plut_api.kit.files.jobs import release_unheld
from plut_api.kit.ids import new_id
from plut_api.kit.jobs import Runtime, enter_runtime
from plut_api.outcomes.models import Evidence, EvidenceFile
from plut_api.programs.models import EnrolmentState
from plut_api.sample.pictures import picture
from tests.conftest import Api
from tests.factories import Make
from tests.outcomes.steps import REFUSAL, handed_in, outcome_from_one_to_two, paper_in, proof

Sessions = async_sessionmaker[AsyncSession]
DAY_ONE = datetime(2016, 1, 1, tzinfo=UTC)


def packaging(enrolment_id: Any) -> str:
    return f"/v1/enrolments/{enrolment_id}/outcomes/packaging/evidence"


async def test_files_of_evidence_are_told_in_order_and_read_by_whom_it_concerns(api: Api, make: Make) -> None:
    opd, person = await make.organization(), await make.person()
    enrolment = await make.enrolment(await make.program(opd), person=person)
    consultant = await make.consultant_of(person)
    me = api.as_(person)

    given = await proof(me, files=3)
    answer = await me.post(packaging(enrolment.id), **given)
    path = f"/v1/files/{given['files'][0]}"
    readers = [person, consultant, await make.staff(Role.opd, opd), await make.staff(Role.dinas)]
    others = [await make.person(), await make.staff(Role.consultant), await make.staff(Role.opd)]
    bank = api.as_(await make.staff(Role.bank))

    assert [file["file_id"] for file in answer.json()["files"]] == given["files"]
    assert answer.json()["files"][0]["media_type"] == "image/png"
    assert [(await api.as_(who).get(path)).status_code for who in readers] == [200] * 4
    assert [(await api.as_(who).get(path)).status_code for who in others] == [404] * 3
    assert (await bank.get(path)).status_code == 404


async def test_an_address_proves_what_the_rubric_lets_addresses_prove(api: Api, make: Make) -> None:
    person = await make.person()
    enrolment = await make.enrolment(person=person)
    me, path = api.as_(person), f"/v1/enrolments/{enrolment.id}/outcomes/market/evidence"
    given: dict[str, Any] = {"kind": "listing_url", "claimed_level": 2, "note": "Toko aktif."}

    answer = await me.post(path, **given, url="https://toko.contoh.example/kopi")
    plain = await me.post(path, **given, url="http://toko.contoh.example/kopi")

    assert (answer.status_code, answer.json()["url"]) == (201, "https://toko.contoh.example/kopi")
    assert answer.json()["files"] == []
    assert (plain.status_code, plain.json()["errors"][0]["pointer"]) == (422, "#/url")


async def test_every_fault_of_evidence_is_told_at_once_with_its_place(api: Api, make: Make) -> None:
    person = await make.person()
    enrolment = await make.enrolment(person=person)
    me, other = api.as_(person), api.as_(await make.person())
    foreign, paper = await handed_in(other), await paper_in(me)

    async def faults(**given: Any) -> set[tuple[str, str]]:
        body: dict[str, Any] = {"kind": "label", "claimed_level": 2, "note": "Foto."} | given
        answer = await me.post(packaging(enrolment.id), **body)
        assert answer.status_code == 422, answer.text
        return {(error["pointer"], error["code"]) for error in answer.json()["errors"]}

    twice = await handed_in(me)
    assert await faults() == {("#/files", "proof_missing")}
    assert await faults(kind="batch_log", files=[twice]) == {("#/kind", "evidence_kind")}
    assert await faults(kind="system_record", files=[twice]) == {("#/kind", "evidence_kind")}
    assert await faults(kind="listing_url", claimed_level=4) == {("#/url", "proof_missing")}
    assert await faults(
        kind="drop_test", files=[foreign, twice, twice, str(new_id())], url="https://toko.contoh.example/kopi"
    ) == {
        ("#/kind", "evidence_kind_level"),
        ("#/url", "link_not_taken"),
        ("#/files/0", "file_unknown"),
        ("#/files/2", "file_twice"),
        ("#/files/3", "file_unknown"),
    }
    assert await faults(files=[paper]) == {("#/files/0", "file_kind")}
    assert await faults(kind="listing_url", claimed_level=4, files=[twice], url="https://a.contoh.example") == {
        ("#/files", "files_not_taken")
    }
    assert await faults(files=[await handed_in(me) for _ in range(7)]) == {("#/files", "too_long")}


async def test_who_verifies_is_told_that_a_file_was_used_for_others_too(api: Api, make: Make) -> None:
    content = picture(new_id())
    people = [await make.person() for _ in range(3)]
    consultant = api.as_(await make.consultant_of(*people))
    made = []
    for person in people:
        me = api.as_(person)
        enrolment = await make.enrolment(person=person)
        same = await me.post(
            packaging(enrolment.id), **await proof(me, files=0) | {"files": [await handed_in(me, content)]}
        )
        made.append(same.json())
    alone = await api.as_(people[0]).post(
        packaging((await make.enrolment(person=people[0])).id), **await proof(api.as_(people[0]))
    )

    told = (await consultant.get("/v1/evidence")).json()["data"]

    assert {row["id"]: row["also_used"] for row in told} == {row["id"]: 2 for row in made} | {alone.json()["id"]: 0}
    assert all(row["also_used"] is None for row in made)


async def test_undecided_evidence_is_withdrawn_by_who_submitted_it_and_its_files_are_let_go(
    api: Api, make: Make, sessions: Sessions
) -> None:
    person = await make.person()
    enrolment = await make.enrolment(person=person)
    me, consultant = api.as_(person), api.as_(await make.consultant_of(person))
    given = await proof(me)
    evidence = (await me.post(packaging(enrolment.id), **given)).json()["id"]

    other = await consultant.post(f"/v1/evidence/{evidence}/withdraw")
    own = await me.post(f"/v1/evidence/{evidence}/withdraw")
    again = await me.post(f"/v1/evidence/{evidence}/withdraw")
    late = await consultant.post(f"/v1/evidence/{evidence}/reject", **REFUSAL)
    async with sessions() as db:
        attached = await db.scalar(select(FileRow.attached_at).where(FileRow.id == given["files"][0]))

    assert (other.status_code, other.json()["code"]) == (403, "submitter_only")
    assert (own.status_code, own.json()["state"], own.json()["files"]) == (200, "withdrawn", [])
    assert own.json()["ended_by"] == str(person.account_id)
    assert (again.status_code, again.json()["code"]) == (409, "evidence_already_decided")
    assert (late.status_code, late.json()["code"]) == (409, "evidence_already_decided")
    assert attached is None


async def test_evidence_is_withdrawn_or_decided_never_both(api: Api, make: Make) -> None:
    person = await make.person()
    enrolment = await make.enrolment(person=person)
    await outcome_from_one_to_two(make, enrolment)
    me, consultant = api.as_(person), api.as_(await make.consultant_of(person))
    evidence = (await me.post(packaging(enrolment.id), **await proof(me))).json()["id"]

    answers = await gather(
        me.post(f"/v1/evidence/{evidence}/withdraw"), consultant.post(f"/v1/evidence/{evidence}/verify", level=2)
    )

    assert sorted(answer.status_code for answer in answers) == [200, 409]


async def test_a_kind_proves_no_more_than_the_rubric_lets_it(api: Api, make: Make) -> None:
    outcome = await outcome_from_one_to_two(make)
    evidence = await make.evidence(outcome, kind="photo_before_after", claimed_level=3)
    me = api.as_(await make.consultant_of())

    above = await me.post(f"/v1/evidence/{evidence.id}/verify", level=4)
    within = await me.post(f"/v1/evidence/{evidence.id}/verify", level=3)

    assert {(e["pointer"], e["code"]) for e in above.json()["errors"]} == {("#/level", "kind_proves_less")}
    assert within.status_code == 200


async def test_nobody_verifies_what_they_achieved_themself(api: Api, make: Make, sessions: Sessions) -> None:
    consultant = await make.staff(Role.consultant)
    person = await make.person()
    await make.assignment(consultant, person)
    enrolment = await make.enrolment(person=person)
    evidence = await make.evidence(await outcome_from_one_to_two(make, enrolment))
    async with unit_of_work(sessions) as db:
        await db.execute(update(Person).where(Person.id == person.id).values(account_id=consultant.id))

    answer = await api.as_(consultant).post(f"/v1/evidence/{evidence.id}/verify", level=2)

    assert (answer.status_code, answer.json()["code"]) == (409, "verifier_is_participant")


async def test_work_lists_ask_for_evidence_again_once_it_was_withdrawn(api: Api, make: Make) -> None:
    person = await make.person()
    enrolment = await make.enrolment(person=person, state=EnrolmentState.completed, completed_at=clock.now())
    outcome = await outcome_from_one_to_two(make, enrolment)
    await make.evidence(outcome, state="withdrawn", ended_at=clock.now(), ended_by=new_id())

    listed = (await api.as_(await make.consultant_of(person)).get("/v1/work-list")).json()["data"]

    assert "outcome.without_evidence" in {row["kind"] for row in listed}


async def test_files_of_evidence_that_had_its_time_go_too(
    app: FastAPI, api: Api, make: Make, sessions: Sessions
) -> None:
    person = await make.person()
    enrolment = await make.enrolment(person=person)
    me = api.as_(person)
    given, kept = await proof(me), await proof(me)
    for each in (given, kept):
        await me.post(packaging(enrolment.id), **each)
    async with unit_of_work(sessions) as db:
        doomed = select(EvidenceFile.evidence_id).where(EvidenceFile.file_id == given["files"][0])
        await db.execute(update(Evidence).where(Evidence.id.in_(doomed)).values(updated_at=DAY_ONE))
        await db.execute(update(FileRow).values(attached_at=DAY_ONE))
    enter_runtime(Runtime(app.state.settings, app.state.engine))

    await apply_retention(sessions)
    await release_unheld(0)
    async with sessions() as db:
        attached = {str(row.id): row.attached_at for row in await db.scalars(select(FileRow))}

    assert attached == {given["files"][0]: None, kept["files"][0]: DAY_ONE}
