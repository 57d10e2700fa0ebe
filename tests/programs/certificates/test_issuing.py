"""Issuing: numbers without a gap under any concurrency, codes that nobody guesses, what each tells."""

import re
from asyncio import gather
from datetime import timedelta

from fastapi import FastAPI
from sqlalchemy import select

from plut_api.kit import clock
from plut_api.kit.caller import Role
from plut_api.kit.database import unit_of_work
from plut_api.kit.messages.models import Message
from plut_api.programs.certificates.issuing import issue
from plut_api.programs.certificates.models import Certificate
from plut_api.programs.models import Enrolment, EnrolmentState, ProgramHost, ProgramState
from tests.conftest import Api
from tests.factories import Make
from tests.programs import teaching
from tests.programs.attendance.door import Sessions, came, noon, training, worked_off


async def test_numbers_have_no_gap_whoever_issues_at_the_same_moment(api: Api, make: Make, sessions: Sessions) -> None:
    first, second = await training(make, people=6), await training(make, people=6)
    for school in (first, second):
        await came(make, school.session, *school.enrolments)

    async def given_up() -> None:
        async with sessions() as db:  # Takes a number, and is undone.
            await issue(db, None, Enrolment.id == first.enrolments[0].id)
            await db.rollback()

    answers = await gather(
        *(
            api.as_(school.organizer).post(f"/v1/enrolments/{one.id}/complete")
            for school in (first, second)
            for one in school.enrolments
        ),
        *(given_up() for _ in range(3)),
    )
    async with sessions() as db:
        rows = list(await db.scalars(select(Certificate).order_by(Certificate.serial)))

    year = clock.today().year
    assert {answer.status_code for answer in answers if answer is not None} == {200}
    assert [row.number for row in rows] == [f"PLUT-NTB/{year}/{number:06d}" for number in range(1, 13)]
    assert len({row.code for row in rows}) == 12
    assert all(re.fullmatch(r"[A-Z2-7]{16}", row.code) for row in rows)


async def test_a_certificate_tells_what_was_known_when_it_was_issued(
    api: Api, make: Make, sessions: Sessions, app: FastAPI
) -> None:
    school = await training(make, sessions=5, has_post_test=True, title="Kemasan yang laku")
    (enrolment,), (person,) = school.enrolments, school.people
    partner = await make.organization()
    accepted = {"accepted_at": clock.now(), "accepted_by": school.organizer.id}
    await make.add(
        ProgramHost(program_id=school.program.id, organization_id=partner.id, added_by=school.organizer.id, **accepted)
    )
    for session in school.sessions[:4]:
        await came(make, session, enrolment)
    await api.as_(school.organizer).post(f"/v1/enrolments/{enrolment.id}/complete")

    mine = await api.as_(person).get(f"/v1/enrolments/{enrolment.id}/certificate")
    await worked_off(app)
    async with sessions() as db:
        letter = (await db.scalars(select(Message).where(Message.template == "certificate_issued"))).one()
        owner = (await db.execute(select(Certificate.organizers))).scalar_one()[0]

    told = mine.json()
    assert (told["state"], told["person_name"], told["program_title"]) == (
        "valid",
        person.full_name,
        "Kemasan yang laku",
    )
    assert told["organizers"] == [owner, partner.name]
    assert (told["sessions_held"], told["sessions_attended"], told["hours"]) == (5, 4, 96)  # The room is open all day.
    assert told["completed_on"] == clock.today().isoformat()
    assert told["address"].endswith(f"/v1/certificates/{told['code']}")
    assert letter.recipient_id == person.id


async def test_sessions_without_a_room_last_as_long_as_their_shift(api: Api, make: Make) -> None:
    school = await training(make, sessions=1)
    village = await teaching.session(make, school.program, held_on=clock.today() - timedelta(days=2), shift="afternoon")
    await came(make, village, school.enrolments[0])
    await came(make, school.session, school.enrolments[0])
    await api.as_(school.organizer).post(f"/v1/enrolments/{school.enrolments[0].id}/complete")

    read = await api.as_(school.organizer).get(f"/v1/enrolments/{school.enrolments[0].id}/certificate")

    assert read.json()["hours"] == 24 + 4
    assert noon(village.held_on) < clock.now()


async def test_one_certificate_of_an_enrolment_holds(api: Api, make: Make, sessions: Sessions) -> None:
    enrolment = await make.enrolment(
        await make.program(state=ProgramState.completed), state=EnrolmentState.completed, completed_at=clock.now()
    )
    for _ in range(2):
        async with unit_of_work(sessions) as db:
            await issue(db, None, Enrolment.id == enrolment.id)

    async with sessions() as db:
        assert len(list(await db.scalars(select(Certificate)))) == 1


async def test_certificates_are_read_within_the_rows_of_their_enrolments(api: Api, make: Make) -> None:
    school = await training(make)
    await came(make, school.session, *school.enrolments)
    path = f"/v1/enrolments/{school.enrolments[0].id}/certificate"
    before = await api.as_(school.people[0]).get(path)
    await api.as_(school.organizer).post(f"/v1/enrolments/{school.enrolments[0].id}/complete")

    seen = {
        "organizer": await api.as_(school.organizer).get(path),
        "consultant": await api.as_(await make.consultant_of(*school.people)).get(path),
        "dinas": await api.as_(await make.staff(Role.dinas)).get(path),
        "another": await api.as_(await make.staff(Role.opd)).get(path),
        "bank": await api.as_(await make.staff(Role.bank)).get(path),
        "stranger": await api.as_(await make.person()).get(path),
    }

    assert (before.status_code, before.json()["code"]) == (404, "certificate_not_found")
    assert {who: answer.status_code for who, answer in seen.items()} == {
        "organizer": 200,
        "consultant": 200,
        "dinas": 200,
        "another": 404,
        "bank": 404,
        "stranger": 404,
    }
