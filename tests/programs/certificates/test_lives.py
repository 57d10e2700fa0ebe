"""What becomes of attendance, no-shows and certificates when people ask, are erased, or are merged."""

from sqlalchemy import select

from plut_api.kit.caller import Role
from plut_api.kit.database import unit_of_work
from plut_api.kit.privacy import Subject, erase
from plut_api.programs.attendance.models import Attendance, NoShow
from tests.actors.merging.records import merge, undo, without_account
from tests.conftest import Api
from tests.factories import Make, caller_for
from tests.programs.attendance.door import Sessions, came, training
from tests.programs.attendance.test_no_shows import REASON, no_show
from tests.programs.certificates.test_verifying import certified


async def test_a_person_is_told_what_is_held_of_their_training(api: Api, make: Make, sessions: Sessions) -> None:
    school, certificate = await certified(api, make)
    (person,) = school.people
    noted = await no_show(make, person)
    await api.as_(person).post(f"/v1/me/no-shows/{noted.id}/appeal", **REASON)

    answer = await api.as_(person).get("/v1/me/data")

    sections = {section["name"]: section["rows"] for section in answer.json()["sections"]}
    assert [row["came"] for row in sections["attendances"]] == [True]
    assert [row["number"] for row in sections["certificates"]] == [certificate["number"]]
    assert [row["appeal"] for row in sections["no_shows"]] == [REASON["reason"]]
    assert sections["test_scores"] == sections["completion_waivers"] == []


async def test_the_certificate_of_who_was_erased_verifies_without_a_name(
    api: Api, make: Make, sessions: Sessions
) -> None:
    school, certificate = await certified(api, make)
    (person,) = school.people
    await no_show(make, person)
    assert person.account_id is not None
    subject = Subject(person.account_id, person.id)

    async with unit_of_work(sessions) as db:
        await erase(db, caller_for(await make.staff(Role.dinas)), subject)
    seen = await api.get(f"/v1/certificates/{certificate['code']}")
    async with sessions() as db:
        kept, gone = list(await db.scalars(select(Attendance))), list(await db.scalars(select(NoShow)))

    assert (seen.json()["state"], seen.json()["person_name"]) == ("erased", None)
    assert (len(kept), gone) == (1, [])


async def test_when_two_people_are_one_the_seat_that_stays_has_all_attendance(
    api: Api, make: Make, sessions: Sessions
) -> None:
    school = await training(make, people=2, sessions=3)
    first, second = school.enrolments
    await came(make, school.sessions[0], first)
    await came(make, school.sessions[1], first, second)
    await came(make, school.sessions[2], second)
    noted = await no_show(make, school.people[1])
    survivor, merged = school.people
    dinas = api.as_(await make.staff(Role.dinas))
    await without_account(sessions, merged)

    record = await merge(dinas, "people", survivor, merged)
    async with sessions() as db:
        rows = (await db.execute(select(Attendance.session_id, Attendance.enrolment_id))).all()
        moved = await db.get_one(NoShow, noted.id)
    await undo(dinas, record["id"])
    async with sessions() as db:
        parted = (await db.execute(select(Attendance.session_id, Attendance.enrolment_id))).all()

    assert {row.session_id for row in rows if row.enrolment_id == first.id} == {one.id for one in school.sessions}
    assert moved.person_id == survivor.id
    assert {row.session_id for row in parted if row.enrolment_id == second.id} == {
        one.id for one in school.sessions[1:]
    }
