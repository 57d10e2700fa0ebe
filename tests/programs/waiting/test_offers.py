"""What becomes of a seat that frees: held for the next, accepted, declined, passed on, told of."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import select, update

from plut_api.actors.models import PersonSegment, SegmentKind, SegmentSource, Sex
from plut_api.kit import clock
from plut_api.kit.caller import Role
from plut_api.kit.database import unit_of_work
from plut_api.kit.jobs import Runtime, enter_runtime
from plut_api.kit.messages.models import Message
from plut_api.kit.outbox import record
from plut_api.programs.models import Program, ProgramState
from plut_api.programs.waiting.jobs import pass_offers_on, release_reserved
from plut_api.worker import work_off
from tests.conftest import Api
from tests.factories import Make
from tests.programs.waiting.steps import Sessions, ask, entry, full, in_step, overdue, waits


async def test_who_finds_no_seat_is_told_where_to_wait_and_may_not_twice(api: Api, make: Make) -> None:
    program, _ = await full(make)
    person = await make.person()
    me = api.as_(person)

    refused = await me.post(f"/v1/programs/{program.id}/enrolments")
    joined = await me.post(refused.json()["waiting_list"])
    again = await me.post(refused.json()["waiting_list"])
    seat_again = await me.post(f"/v1/programs/{program.id}/enrolments")

    assert (refused.status_code, refused.json()["code"]) == (409, "program_full")
    assert (joined.status_code, joined.json()["state"], joined.json()["rank"]) == (201, "waiting", 1)
    for answer in (again, seat_again):
        assert (answer.status_code, answer.json()["code"]) == (409, "already_waiting")
        assert answer.json()["waiting_entry"] == joined.headers["location"]
    assert (await me.get(joined.headers["location"])).json() == joined.json()


async def test_a_seat_that_frees_is_held_for_the_next_who_accepts_it(api: Api, make: Make, sessions: Sessions) -> None:
    program, seat = await full(make)
    one, other = await make.person(), await make.person()
    actor = await make.actor(one)
    mine = (await ask(api, program, one, actor_id=str(actor.id))).json()["id"]
    theirs = await waits(api, program, other)
    dinas = api.as_(await make.staff(Role.dinas))

    await dinas.post(f"/v1/enrolments/{seat.id}/withdraw")
    offered = await entry(api, one, mine)
    newcomer = await api.as_(await make.person()).post(f"/v1/programs/{program.id}/enrolments")
    too_early = await api.as_(other).post(f"/v1/waiting-entries/{theirs}/accept")
    taken = await api.as_(one).post(f"/v1/waiting-entries/{mine}/accept")
    again = await api.as_(one).post(f"/v1/waiting-entries/{mine}/accept")
    enrolment = (await api.as_(one).get(f"/v1/enrolments/{taken.json()['enrolment_id']}")).json()

    assert (offered["state"], offered["rank"], offered["reasons"]) == ("offered", None, [])
    deadline = datetime.fromisoformat(offered["offer_expires_at"])
    assert timedelta(hours=47) < deadline - clock.now() <= timedelta(hours=48)
    assert (newcomer.status_code, newcomer.json()["code"]) == (409, "program_full")
    assert (too_early.status_code, too_early.json()["code"]) == (409, "nothing_offered")
    assert (taken.status_code, taken.json()["state"]) == (200, "accepted")
    assert (again.status_code, again.json()["code"]) == (409, "waiting_ended")
    assert (enrolment["person_id"], enrolment["actor_id"]) == (str(one.id), str(actor.id))
    assert (await entry(api, other, theirs))["rank"] == 1
    assert await in_step(sessions, program) == 1


@pytest.mark.parametrize(("step", "state"), [("decline", "declined"), ("leave", "left")])
async def test_an_offer_that_is_let_go_passes_on(
    api: Api, make: Make, sessions: Sessions, step: str, state: str
) -> None:
    program, seat = await full(make)
    one, other = await make.person(), await make.person()
    mine, theirs = await waits(api, program, one), await waits(api, program, other)
    await api.as_(await make.staff(Role.dinas)).post(f"/v1/enrolments/{seat.id}/withdraw")

    gone = await api.as_(one).post(f"/v1/waiting-entries/{mine}/{step}")
    again = await ask(api, program, one)

    assert (gone.status_code, gone.json()["state"]) == (200, state)
    assert (await entry(api, other, theirs))["state"] == "offered"
    assert (again.status_code, again.json()["state"]) == (201, "waiting")
    assert await in_step(sessions, program) == 1


async def test_an_offer_whose_deadline_has_passed_cannot_be_accepted_and_the_worker_passes_it_on(
    api: Api, app: FastAPI, make: Make, sessions: Sessions
) -> None:
    program, seat = await full(make)
    one, other = await make.person(), await make.person()
    mine, theirs = await waits(api, program, one), await waits(api, program, other)
    await api.as_(await make.staff(Role.dinas)).post(f"/v1/enrolments/{seat.id}/withdraw")
    await overdue(sessions, mine)

    shown = (await entry(api, one, mine))["state"]
    assert await in_step(sessions, program) == 1
    late = [await api.as_(one).post(f"/v1/waiting-entries/{mine}/{step}") for step in ("accept", "decline")]
    enter_runtime(Runtime(app.state.settings, app.state.engine))
    await pass_offers_on(0)
    await pass_offers_on(0)
    await work_off(app.state.settings)

    assert shown == "expired"
    assert {(answer.status_code, answer.json()["code"]) for answer in late} == {(409, "offer_expired")}
    assert (await entry(api, other, theirs))["state"] == "offered"
    assert await in_step(sessions, program) == 1
    assert await told(sessions) == {(one.id, "waiting_expired"), (other.id, "waiting_offered")}


async def test_who_let_an_offer_pass_asks_again_behind_the_others_though_no_worker_has_come_by(
    api: Api, make: Make, sessions: Sessions
) -> None:
    program, seat = await full(make)
    one, other = await make.person(), await make.person()
    mine, theirs = await waits(api, program, one), await waits(api, program, other)
    await api.as_(await make.staff(Role.dinas)).post(f"/v1/enrolments/{seat.id}/withdraw")
    await overdue(sessions, mine)

    again = await ask(api, program, one)

    assert (again.status_code, again.json()["state"], again.json()["rank"]) == (201, "waiting", 1)
    assert (await entry(api, other, theirs))["state"] == "offered"
    assert (await entry(api, one, mine))["state"] == "expired"
    assert await in_step(sessions, program) == 1


async def test_near_the_first_day_an_offer_holds_for_a_shorter_time(api: Api, make: Make) -> None:
    soon = clock.today() + timedelta(days=2)
    program, seat = await full(make, starts_on=soon, ends_on=soon)
    person = await make.person()
    mine = await waits(api, program, person)

    await api.as_(await make.staff(Role.dinas)).post(f"/v1/enrolments/{seat.id}/withdraw")

    deadline = datetime.fromisoformat((await entry(api, person, mine))["offer_expires_at"])
    assert timedelta(hours=11) < deadline - clock.now() <= timedelta(hours=12)


async def test_reserved_seats_are_offered_to_their_segment_only_and_general_ones_to_the_first(
    api: Api, make: Make, sessions: Sessions
) -> None:
    program = await make.program(seats=2, reserved={"mothers": 1, "women": 1})
    first = await make.enrolment(program, reserved_for="women")
    second = await make.enrolment(program, reserved_for="mothers")
    man, woman = await make.person(sex=Sex.male), await make.person()
    his, hers = await waits(api, program, man), await waits(api, program, woman)
    dinas = api.as_(await make.staff(Role.dinas))

    await dinas.post(f"/v1/enrolments/{second.id}/withdraw")
    nobody = await entry(api, woman, hers)
    await dinas.post(f"/v1/enrolments/{first.id}/withdraw")
    offered = await entry(api, woman, hers)
    accepted = (await api.as_(woman).post(f"/v1/waiting-entries/{hers}/accept")).json()
    enrolment = (await api.as_(woman).get(f"/v1/enrolments/{accepted['enrolment_id']}")).json()

    assert nobody["state"] == "waiting", "the seat of the mothers is no seat of hers"
    assert (offered["state"], offered["reserved_for"]) == ("offered", "women")
    assert enrolment["reserved_for"] == "women"
    assert (await entry(api, man, his))["rank"] == 1
    assert await in_step(sessions, program) == 1


async def test_reserved_seats_that_nobody_asked_for_become_general_near_the_first_day(
    api: Api, app: FastAPI, make: Make, sessions: Sessions
) -> None:
    soon, later = clock.today() + timedelta(days=3), clock.today() + timedelta(days=4)
    kept: dict[str, Any] = {"seats": 4, "reserved": {"women": 2, "disability": 1}}
    near = await make.program(starts_on=soon, ends_on=soon, **kept)
    far = await make.program(starts_on=later, ends_on=later, **kept)
    await make.enrolment(near, reserved_for="women")
    await make.enrolment(near)
    men = [await make.person(sex=Sex.male) for _ in range(2)]
    entries = [await waits(api, near, man) for man in men]
    enter_runtime(Runtime(app.state.settings, app.state.engine))

    await release_reserved(0)
    await release_reserved(0)

    assert [(await entry(api, man, mine))["state"] for man, mine in zip(men, entries, strict=True)] == ["offered"] * 2
    assert await in_step(sessions, near) == 4
    async with sessions() as db:
        assert (await db.get_one(Program, near.id)).seats_reserved == 1
        assert (await db.get_one(Program, far.id)).seats_reserved == 3


async def test_more_seats_are_offered_to_who_waits_and_meanwhile_no_newcomer_overtakes_them(
    api: Api, app: FastAPI, make: Make, sessions: Sessions
) -> None:
    program, _ = await full(make)
    people = [await make.person() for _ in range(3)]
    entries = [await waits(api, program, person) for person in people]
    async with unit_of_work(sessions) as db:
        await db.execute(update(Program).where(Program.id == program.id).values(seats=3))
        await record(db, "program.quota_changed", program.id, by=None, program_id=program.id)

    overtaking = await api.as_(await make.person()).post(f"/v1/programs/{program.id}/enrolments")
    await work_off(app.state.settings)

    assert (overtaking.status_code, overtaking.json()["code"]) == (409, "waiting_list_first")
    assert overtaking.json()["waiting_list"] == f"/v1/programs/{program.id}/waiting-list"
    states = [(await entry(api, person, mine))["state"] for person, mine in zip(people, entries, strict=True)]
    assert states == ["offered", "offered", "waiting"]
    assert await in_step(sessions, program) == 3


async def test_who_comes_into_a_segment_while_they_wait_is_offered_a_seat_reserved_for_it(
    api: Api, app: FastAPI, make: Make, sessions: Sessions
) -> None:
    program = await make.program(seats=2, reserved={"disability": 1})
    await make.enrolment(program)
    first, person = await make.person(), await make.person()
    await waits(api, program, first)
    mine = await waits(api, program, person)
    since, kind = clock.today() - timedelta(days=1), SegmentKind.disability
    await make.add(PersonSegment(person_id=person.id, segment=kind, since=since, source=SegmentSource.self_))
    enter_runtime(Runtime(app.state.settings, app.state.engine))

    await pass_offers_on(0)

    assert (await entry(api, person, mine))["reserved_for"] == "disability"
    assert await in_step(sessions, program) == 2


async def test_who_asks_to_wait_while_a_seat_is_free_is_offered_it_at_once(api: Api, make: Make) -> None:
    program = await make.program(seats=1)

    answer = await ask(api, program, await make.person())

    assert (answer.status_code, answer.json()["state"]) == (201, "offered")


@pytest.mark.parametrize("move", ["start", "cancel"])
async def test_when_a_programme_starts_or_is_called_off_its_list_closes_and_all_are_told(
    api: Api, app: FastAPI, make: Make, sessions: Sessions, move: str
) -> None:
    opd, today = await make.organization(), clock.today()
    program, _ = await full(make, organization=opd, seats=2, starts_on=today, ends_on=today)
    people = [await make.person() for _ in range(2)]
    entries = [await waits(api, program, person) for person in people]
    organizer = api.as_(await make.staff(Role.opd, opd))

    moved = await organizer.post(f"/v1/programs/{program.id}/{move}", reason="Sesuai rapat.")
    late = await api.as_(people[0]).post(f"/v1/waiting-entries/{entries[0]}/accept")
    await work_off(app.state.settings)
    closed = await ask(api, program, await make.person())

    assert moved.status_code == 200, moved.text
    assert (late.status_code, late.json()["code"]) == (409, "program_not_open")
    assert [(await entry(api, who, mine))["state"] for who, mine in zip(people, entries, strict=True)] == ["closed"] * 2
    assert {(person.id, "waiting_closed") for person in people} <= await told(sessions)
    assert closed.status_code in (404, 409)
    assert await in_step(sessions, program) == 1


async def test_plut_acts_on_behalf_and_organizers_only_look(api: Api, make: Make) -> None:
    opd = await make.organization()
    program, seat = await full(make, organization=opd)
    person = await make.person()
    consultant = api.as_(await make.consultant_of(person))
    organizer = api.as_(await make.staff(Role.opd, opd))
    stranger = api.as_(await make.person())

    joined = await consultant.post(f"/v1/programs/{program.id}/waiting-list", person_id=str(person.id))
    path = joined.headers["location"]
    for step in ("accept", "decline", "leave"):
        looked = await organizer.post(f"{path}/{step}")
        unknown = await stranger.post(f"{path}/{step}")
        assert (looked.status_code, looked.json()["code"]) == (403, "participant_or_staff_only")
        assert (unknown.status_code, unknown.json()["code"]) == (404, "waiting_entry_not_found")
    read = await organizer.get(path)
    await api.as_(await make.staff(Role.dinas)).post(f"/v1/enrolments/{seat.id}/withdraw")
    accepted = await consultant.post(f"{path}/accept")

    assert joined.status_code == 201
    assert (read.json()["person_name"], read.json()["rank"], read.json()["reasons"]) == (person.full_name, 1, [])
    assert (accepted.status_code, accepted.json()["state"]) == (200, "accepted")


async def test_only_a_published_programme_has_a_list(api: Api, make: Make) -> None:
    program = await make.program(state=ProgramState.running)

    answer = await ask(api, program, await make.person())

    assert (answer.status_code, answer.json()["code"]) == (409, "program_not_open")


async def told(sessions: Sessions) -> set[tuple[object, str]]:
    """To whom something was said, and what."""
    async with sessions() as db:
        rows = await db.execute(select(Message.recipient_id, Message.template))
        return {(row[0], row[1]) for row in rows}
