"""Who may have a seat: clashes and missing steps are refused with the reason, repeats are flagged and told."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from plut_api.kit import clock
from plut_api.kit.caller import Role
from plut_api.kit.database import unit_of_work
from plut_api.programs.models import EnrolmentState, Program, ProgramState, Shift
from tests.conftest import Api
from tests.factories import Make
from tests.programs.teaching import cancelled, session
from tests.programs.waiting.steps import Sessions, ask, full

EN = {"Accept-Language": "en"}


async def test_a_clash_names_the_other_programme_its_day_and_its_shift(api: Api, make: Make) -> None:
    person, first, other = await make.person(), await make.program(title="Kemasan {pangan}"), await make.program()
    day = first.starts_on + timedelta(days=1)
    for program in (first, other):
        await session(make, program, held_on=day, shift=Shift.afternoon)
        await session(make, program, held_on=day, shift=Shift.morning, **(cancelled() if program is first else {}))
    me = api.as_(person)
    await me.post(f"/v1/programs/{first.id}/enrolments")

    seat = await me.post(f"/v1/programs/{other.id}/enrolments", headers=EN)
    place = await ask(api, other, person)
    stranger = await api.as_(await make.person()).post(f"/v1/programs/{other.id}/enrolments")

    assert (seat.status_code, seat.json()["code"]) == (409, "session_clash")
    words = f"{day.isoformat()}, afternoon: there is a session of Kemasan {{pangan}} already"
    assert [(e["code"], e["message"]) for e in seat.json()["errors"]] == [("session_clash", words)]
    assert (place.status_code, place.json()["code"]) == (409, "session_clash")
    assert stranger.status_code == 201


async def test_an_offer_that_clashes_by_now_is_not_accepted(api: Api, make: Make) -> None:
    program, seat = await full(make)
    person, other = await make.person(), await make.program()
    mine = (await ask(api, program, person)).json()["id"]
    await session(make, program)
    await session(make, other)
    taken = await api.as_(person).post(f"/v1/programs/{other.id}/enrolments")
    await api.as_(await make.staff(Role.dinas)).post(f"/v1/enrolments/{seat.id}/withdraw")

    refused = await api.as_(person).post(f"/v1/waiting-entries/{mine}/accept")
    await api.as_(person).post(f"/v1/enrolments/{taken.json()['id']}/withdraw")
    accepted = await api.as_(person).post(f"/v1/waiting-entries/{mine}/accept")

    assert (refused.status_code, refused.json()["code"]) == (409, "session_clash")
    assert accepted.status_code == 200


@pytest.mark.parametrize(
    ("topics", "months", "state", "repeats"),
    [
        (["product.packaging"], 11, EnrolmentState.completed, True),
        (["finance.literacy", "product.packaging"], 2, EnrolmentState.incomplete, True),
        (["product.packaging"], 13, EnrolmentState.completed, False),
        (["finance.literacy"], 2, EnrolmentState.completed, False),
        (["product.packaging"], 2, EnrolmentState.withdrawn, False),
    ],
)
async def test_the_same_topic_within_twelve_months_is_flagged_and_not_refused(
    api: Api, make: Make, topics: list[str], months: int, state: EnrolmentState, repeats: bool
) -> None:
    opd, person = await make.organization(), await make.person()
    program = await make.program(opd)
    ended = program.starts_on - timedelta(days=months * 30 + 5)
    before = await make.program(topics=topics, starts_on=ended, ends_on=ended, state=ProgramState.completed)
    done: dict[str, Any] = {"completed_at": clock.now()} if state is EnrolmentState.completed else {}
    earlier = await make.enrolment(before, person, state=state, **done)
    await make.enrolment(program)

    seat = (await api.as_(person).post(f"/v1/programs/{program.id}/enrolments")).json()
    organizer = api.as_(await make.staff(Role.opd, opd))
    listed = [
        [row["id"] for row in (await organizer.get(path, is_repeat=flag)).json()["data"]]
        for path in (f"/v1/programs/{program.id}/enrolments", "/v1/enrolments")
        for flag in ("true", "false")
    ]

    assert (seat["is_repeat"], seat["repeats_id"]) == (repeats, str(earlier.id) if repeats else None)
    assert [seat["id"] in ids for ids in listed] == [repeats, not repeats] * 2
    assert sum(len(ids) for ids in listed) == 4


async def test_the_programme_that_comes_before_can_be_done_without_by_plut_with_a_reason(
    api: Api, make: Make, sessions: Sessions
) -> None:
    basic = await make.program(state=ProgramState.completed, topics=["finance.literacy"])
    person, experienced = await make.person(), await make.person()
    await make.enrolment(basic, experienced, state=EnrolmentState.completed, completed_at=clock.now())
    program = await make.program()
    async with unit_of_work(sessions) as db:
        await db.execute(update(Program).where(Program.id == program.id).values(prerequisite_id=basic.id))
    path, why = f"/v1/programs/{program.id}/enrolments", "Setara dengan pelatihan di tempat lain."
    dinas = api.as_(await make.staff(Role.dinas))

    refused = await api.as_(person).post(path)
    by_themself = await api.as_(person).post(path, waiver_reason=why)
    waived = await dinas.post(path, person_id=str(person.id), waiver_reason=why)
    welcome = await api.as_(experienced).post(path)

    assert (refused.status_code, refused.json()["code"]) == (409, "prerequisite_missing")
    assert refused.json()["prerequisite_id"] == str(basic.id)
    assert (by_themself.status_code, by_themself.json()["errors"][0]["pointer"]) == (422, "#/waiver_reason")
    assert (waived.status_code, waived.json()["waiver_reason"]) == (201, why)
    assert (welcome.status_code, welcome.json()["waiver_reason"]) == (201, None)


async def test_a_missing_document_is_named_with_the_way_to_it(api: Api, make: Make) -> None:
    program = await make.program(fund_source="dak_nonfisik", required_documents=["nib"])
    owner, aspiring = await make.person(), await make.person()
    actor = await make.actor(owner)

    refused = await api.as_(owner).post(f"/v1/programs/{program.id}/enrolments", actor_id=str(actor.id), headers=EN)
    waiting = await ask(api, program, owner)
    exempt = await api.as_(aspiring).post(f"/v1/programs/{program.id}/enrolments")

    assert (refused.status_code, refused.json()["code"]) == (422, "documents_missing")
    assert [error["code"] for error in refused.json()["errors"]] == ["nib_missing"]
    assert "oss.go.id" in refused.json()["errors"][0]["message"]
    assert (waiting.status_code, waiting.json()["code"]) == (422, "documents_missing")
    assert exempt.status_code == 201


async def test_a_person_sees_where_they_are_expected(api: Api, make: Make, statements: list[str]) -> None:
    person, first, other = await make.person(), await make.program(), await make.program()
    today = clock.today()
    running = await make.program(state=ProgramState.running, starts_on=today - timedelta(days=1))
    over = await make.program(state=ProgramState.cancelled)
    seats = {program.id: await make.enrolment(program, person) for program in (first, running, over)}
    await make.enrolment(other)
    afternoon = await session(make, first, shift=Shift.afternoon, place="Ruang 2")
    morning = await session(make, first, place="Ruang 1")
    now = await session(make, running, held_on=today)
    await session(make, running, held_on=today - timedelta(days=1))
    await session(make, first, held_on=first.ends_on, **cancelled())
    await session(make, other)
    await session(make, over)

    rows = (await api.as_(person).get("/v1/me/schedule")).json()["data"]
    few = await api.as_(person).get("/v1/me/schedule", limit=2)
    rest = (await api.as_(person).get("/v1/me/schedule", cursor=few.json()["next_cursor"])).json()["data"]

    assert [(row["id"], row["place"]) for row in rows] == [
        *((str(now.id), None), (str(morning.id), "Ruang 1"), (str(afternoon.id), "Ruang 2"))
    ]
    assert [(row["program_title"], row["enrolment_id"]) for row in rows[1:]] == [
        (first.title, str(seats[first.id].id))
    ] * 2
    assert [row["id"] for row in rest] == [str(afternoon.id)]
    assert (await api.as_(await make.person()).get("/v1/me/schedule")).json()["data"] == []
