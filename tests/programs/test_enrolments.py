"""Enrolments: anyone takes part without papers; who may give a seat back, complete it, and see it."""

from asyncio import gather
from collections import Counter
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.kit.caller import Role
from plut_api.kit.ids import new_id
from plut_api.kit.outbox import Event
from plut_api.programs.models import EnrolmentState, ProgramState
from tests.conftest import Api
from tests.factories import Make

Sessions = async_sessionmaker[AsyncSession]


async def test_a_person_takes_a_seat_without_any_paper(api: Api, make: Make, sessions: Sessions) -> None:
    program, person = await make.program(), await make.person()
    me = api.as_(person)

    answer = await me.post(f"/v1/programs/{program.id}/enrolments")
    read = await me.get(answer.headers["location"])
    async with sessions() as db:
        event = (await db.scalars(select(Event).where(Event.name == "enrolment.created"))).one()

    assert answer.status_code == 201
    assert read.json() == answer.json()
    assert (read.json()["state"], read.json()["actor_id"], read.json()["program_title"]) == (
        "enrolled",
        None,
        program.title,
    )
    assert (await api.get(f"/v1/programs/{program.id}")).json()["seats_taken"] == 1
    assert event.facts == {"program_id": str(program.id), "person_id": str(person.id), "actor_id": None}


@pytest.mark.parametrize("role", [Role.dinas, Role.consultant])
async def test_staff_take_a_seat_on_behalf_of_a_person_for_their_business(api: Api, make: Make, role: Role) -> None:
    program, person = await make.program(), await make.person()
    actor, officer = await make.actor(person), await make.staff_who_serve(role, person)

    answer = await api.as_(officer).post(
        f"/v1/programs/{program.id}/enrolments", person_id=str(person.id), actor_id=str(actor.id)
    )

    assert answer.status_code == 201
    assert (answer.json()["person_id"], answer.json()["actor_id"]) == (str(person.id), str(actor.id))
    assert (answer.json()["enrolled_by"], answer.json()["person_name"]) == (str(officer.id), person.full_name)


async def test_a_business_of_somebody_else_is_not_the_participants(api: Api, make: Make) -> None:
    program, actor = await make.program(), await make.actor()

    answer = await api.as_(await make.person()).post(f"/v1/programs/{program.id}/enrolments", actor_id=str(actor.id))

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "not_their_business")


async def test_nobody_takes_a_seat_for_a_person_they_may_not_act_for(api: Api, make: Make) -> None:
    opd = await make.organization()
    program, person = await make.program(opd), await make.person()
    path = f"/v1/programs/{program.id}/enrolments"

    for who in (await make.person(), await make.staff(Role.opd, opd)):
        answer = await api.as_(who).post(path, person_id=str(person.id))
        assert (answer.status_code, answer.json()["code"]) == (404, "person_not_found")
    assert (await api.as_(await make.staff(Role.bank)).post(path, person_id=str(person.id))).status_code == 403


async def test_staff_name_the_participant(api: Api, make: Make) -> None:
    program = await make.program()

    answer = await api.as_(await make.staff(Role.dinas)).post(f"/v1/programs/{program.id}/enrolments")

    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "#/person_id")


async def test_who_has_not_registered_does_so_first(api: Api, make: Make, sessions: Sessions) -> None:
    program, person = await make.program(), await make.person()
    async with sessions() as db, db.begin():
        row = await db.get_one(type(person), person.id)
        row.account_id = None

    answer = await api.as_(person).post(f"/v1/programs/{program.id}/enrolments")

    assert (answer.status_code, answer.json()["code"]) == (409, "register_first")


@pytest.mark.parametrize("state", [state for state in ProgramState if state is not ProgramState.published])
async def test_seats_are_given_only_while_the_programme_is_published(api: Api, make: Make, state: ProgramState) -> None:
    program = await make.program(state=state)

    answer = await api.as_(await make.person()).post(f"/v1/programs/{program.id}/enrolments")

    public = state in ("running", "completed")
    code = "program_not_open" if public else "program_not_found"
    assert (answer.status_code, answer.json()["code"]) == (409 if public else 404, code)


@pytest.mark.parametrize("role", [Role.dinas, Role.consultant])
async def test_staff_give_a_seat_back_on_behalf(api: Api, make: Make, role: Role) -> None:
    program, person = await make.program(), await make.person()
    enrolment = (await api.as_(person).post(f"/v1/programs/{program.id}/enrolments")).json()

    answer = await api.as_(await make.staff_who_serve(role, person)).post(f"/v1/enrolments/{enrolment['id']}/withdraw")

    assert (answer.status_code, answer.json()["state"]) == (200, "withdrawn")
    assert (await api.get(f"/v1/programs/{program.id}")).json()["seats_taken"] == 0


async def test_an_organizer_sees_its_participants_but_does_not_send_them_away(api: Api, make: Make) -> None:
    opd = await make.organization()
    enrolment = await make.enrolment(await make.program(opd))

    own = await api.as_(await make.staff(Role.opd, opd)).post(f"/v1/enrolments/{enrolment.id}/withdraw")
    other = await api.as_(await make.staff(Role.opd)).post(f"/v1/enrolments/{enrolment.id}/withdraw")

    assert (own.status_code, own.json()["code"]) == (403, "participant_or_staff_only")
    assert (other.status_code, other.json()["code"]) == (404, "enrolment_not_found")


@pytest.mark.parametrize("state", list(ProgramState))
async def test_a_participant_completes_once_the_programme_runs_or_has_ended(
    api: Api, make: Make, state: ProgramState
) -> None:
    opd = await make.organization()
    enrolment = await make.enrolment(await make.program(opd, state=state))
    organizer = api.as_(await make.staff(Role.opd, opd))

    answer = await organizer.post(f"/v1/enrolments/{enrolment.id}/complete")

    if state in ("running", "completed"):
        assert (answer.status_code, answer.json()["state"]) == (200, "completed")
        assert answer.json()["completed_at"] is not None
    else:
        assert (answer.status_code, answer.json()["code"]) == (409, "program_not_taught")


@pytest.mark.parametrize("role", [Role.dinas, Role.consultant])
async def test_staff_complete_a_participant_once(api: Api, make: Make, sessions: Sessions, role: Role) -> None:
    actor = await make.actor()
    enrolment = await make.enrolment(await make.program(state=ProgramState.running), actor=actor)
    officer = api.as_(await make.staff_who_serve(role))

    answers = await gather(*(officer.post(f"/v1/enrolments/{enrolment.id}/complete") for _ in range(3)))
    withdrawn = await officer.post(f"/v1/enrolments/{enrolment.id}/withdraw")
    async with sessions() as db:
        event = (await db.scalars(select(Event).where(Event.name == "enrolment.completed"))).one()

    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: 2}
    assert (withdrawn.status_code, withdrawn.json()["code"]) == (409, "enrolment_not_open")
    assert event.facts["actor_id"] == str(actor.id)


async def test_participants_do_not_complete_themselves(api: Api, make: Make) -> None:
    person = await make.person()
    enrolment = await make.enrolment(await make.program(state=ProgramState.running), person)

    own = await api.as_(person).post(f"/v1/enrolments/{enrolment.id}/complete")
    other = await api.as_(await make.person()).post(f"/v1/enrolments/{enrolment.id}/complete")

    assert (own.status_code, own.json()["code"]) == (403, "organizer_only")
    assert (other.status_code, other.json()["code"]) == (404, "enrolment_not_found")


async def test_everybody_lists_the_enrolments_of_their_own_rows(api: Api, make: Make) -> None:
    opd, person = await make.organization(), await make.person()
    program, other = await make.program(opd), await make.program()
    mine, theirs = await make.enrolment(program, person), await make.enrolment(other)
    second = await make.enrolment(other, person, state=EnrolmentState.withdrawn)

    async def seen(who: Api, **query: Any) -> list[str]:
        answer = await who.get("/v1/enrolments", **query)
        return [row["id"] for row in answer.json()["data"]]

    all_of_them = [str(second.id), str(theirs.id), str(mine.id)]
    assert await seen(api.as_(person)) == [str(second.id), str(mine.id)]
    assert await seen(api.as_(await make.staff(Role.opd, opd))) == [str(mine.id)]
    assert await seen(api.as_(await make.staff(Role.dinas))) == all_of_them
    assert await seen(api.as_(await make.consultant_of(person))) == [str(second.id), str(mine.id)]
    assert await seen(api.as_(await make.staff(Role.consultant))) == []
    assert await seen(api.as_(await make.staff(Role.bank))) == []
    assert await seen(api.as_(await make.staff(Role.ojk))) == []
    assert await seen(api.as_(person), state="withdrawn") == [str(second.id)]
    assert await seen(api.as_(person), program=str(program.id)) == [str(mine.id)]


async def test_the_participants_of_a_programme_are_its_organizers_and_staffs_to_see(api: Api, make: Make) -> None:
    opd, person = await make.organization(), await make.person()
    program = await make.program(opd)
    enrolment = await make.enrolment(program, person)
    path = f"/v1/programs/{program.id}/enrolments"

    for who in (await make.staff(Role.opd, opd), await make.staff(Role.dinas), await make.consultant_of(person)):
        rows = (await api.as_(who).get(path)).json()["data"]
        assert [(row["id"], row["person_name"]) for row in rows] == [(str(enrolment.id), person.full_name)]
    for other in (person, await make.staff(Role.opd), await make.staff(Role.bank)):
        answer = await api.as_(other).get(path)
        assert (answer.status_code, answer.json()["code"]) == (403, "organizer_only")
    unknown = await api.as_(await make.staff(Role.consultant)).get(f"/v1/programs/{new_id()}/enrolments")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "program_not_found")
