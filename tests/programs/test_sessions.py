"""Sessions: one a day and shift, within the period, never on a national holiday."""

from asyncio import create_task, gather
from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.facilities.models import OpeningException
from plut_api.kit import clock
from plut_api.kit.caller import Role
from plut_api.kit.database import unit_of_work
from plut_api.kit.ids import new_id
from plut_api.kit.messages.models import Message
from plut_api.kit.outbox import HANDLERS, Event, Handler
from plut_api.programs import service
from plut_api.programs.attendance.models import Attendance, How
from plut_api.programs.handlers import call_sessions_off, free_former_room, lose_the_room, tell_participants
from plut_api.programs.models import EnrolmentState, Program, ProgramState
from plut_api.reference.models import Holiday, HolidayKind
from tests.conftest import Api
from tests.facilities.building import booked, facility, room, workday
from tests.factories import Make, caller_for
from tests.locks import waiting_for_a_lock
from tests.programs.teaching import session, trainer, wanted

FIRST = date(2026, 3, 2)  # A Monday in a year whose holidays are known.
SESSION: dict[str, Any] = {"held_on": "2026-03-02", "shift": "morning", "title": "Pembukaan"}


async def program_of_march(make: Make, **given: Any) -> Program:
    return await make.program(starts_on=FIRST, ends_on=FIRST + timedelta(days=4), **given)


async def test_anyone_reads_when_and_where_a_programme_meets_the_morning_first(api: Api, make: Make) -> None:
    opd = await make.organization()
    program = await program_of_march(make, organization=opd)
    me, path = api.as_(await make.staff(Role.opd, opd)), f"/v1/programs/{program.id}/sessions"

    await me.post(path, held_on="2026-03-03", shift="morning", title="Hari kedua")
    lalu = await trainer(make)
    await me.post(
        path, held_on="2026-03-02", shift="afternoon", title="Praktik", place="Ruang 1", trainer_ids=[str(lalu.id)]
    )
    last = await me.post(path, **SESSION)
    listed = (await api.get(path)).json()["data"]

    assert last.status_code == 201
    assert [(row["held_on"], row["shift"]) for row in listed] == [
        ("2026-03-02", "morning"),
        ("2026-03-02", "afternoon"),
        ("2026-03-03", "morning"),
    ]
    assert listed[0] == last.json()
    assert (listed[1]["place"], listed[1]["trainers"]) == ("Ruang 1", [{"id": str(lalu.id), "name": "Lalu Contoh"}])


async def test_pages_of_sessions_go_through_both_shifts(api: Api, make: Make) -> None:
    program = await program_of_march(make)
    me, path = api.as_(await make.staff(Role.dinas)), f"/v1/programs/{program.id}/sessions"
    for shift in ("afternoon", "morning"):
        await me.post(path, **SESSION | {"shift": shift})

    first = (await api.get(path, limit=1)).json()
    second = (await api.get(path, limit=1, cursor=first["next_cursor"])).json()

    assert [page["data"][0]["shift"] for page in (first, second)] == ["morning", "afternoon"]
    assert second["next_cursor"] is None


async def test_sessions_of_a_draft_are_not_found_by_anyone(api: Api, make: Make) -> None:
    program = await program_of_march(make, state=ProgramState.draft)

    assert (await api.get(f"/v1/programs/{program.id}/sessions")).json()["code"] == "program_not_found"


async def test_a_national_holiday_is_refused_by_its_name_and_joint_leave_is_not(
    api: Api, make: Make, sessions: async_sessionmaker[AsyncSession]
) -> None:
    async with sessions() as db:
        days = (await db.scalars(select(Holiday).where(Holiday.day >= FIRST).order_by(Holiday.day))).all()
    national = {row.day: row for row in days if row.kind is HolidayKind.national}
    leave = next(row for row in days if row.kind is HolidayKind.joint_leave and row.day not in national)
    feast = next(iter(national.values()))
    program = await make.program(starts_on=FIRST, ends_on=days[-1].day)
    me, path = api.as_(await make.staff(Role.dinas)), f"/v1/programs/{program.id}/sessions"

    refused = await me.post(path, **SESSION | {"held_on": feast.day.isoformat()})
    welcome = await me.post(path, **SESSION | {"held_on": leave.day.isoformat()})

    assert (refused.status_code, refused.json()["code"]) == (422, "session_on_holiday")
    assert feast.name_id in refused.json()["detail"]
    assert refused.json()["errors"][0]["pointer"] == "#/held_on"
    assert welcome.status_code == 201


async def test_day_and_trainer_are_checked_together(api: Api, make: Make) -> None:
    program = await program_of_march(make)
    late = {"held_on": "2026-03-09", "trainer_ids": [str(new_id())]}

    answer = await api.as_(await make.staff(Role.dinas)).post(f"/v1/programs/{program.id}/sessions", **SESSION | late)

    assert [(e["pointer"], e["code"]) for e in answer.json()["errors"]] == [
        ("#/held_on", "outside_period"),
        ("#/trainer_ids/0", "trainer_unknown"),
    ]


@pytest.mark.parametrize("state", list(ProgramState))
async def test_sessions_are_added_until_the_end(api: Api, make: Make, state: ProgramState) -> None:
    program = await program_of_march(make, state=state)

    answer = await api.as_(await make.staff(Role.dinas)).post(f"/v1/programs/{program.id}/sessions", **SESSION)

    over = state in ("completed", "cancelled")
    assert (answer.status_code, answer.json().get("code")) == ((409, "program_over") if over else (201, None))


async def test_others_add_no_sessions(api: Api, make: Make) -> None:
    program = await program_of_march(make)

    for who in (await make.staff(Role.opd), await make.person()):
        answer = await api.as_(who).post(f"/v1/programs/{program.id}/sessions", **SESSION)
        assert (answer.status_code, answer.json()["code"]) == (403, "organizer_only")


async def test_a_day_and_shift_has_one_session_also_at_once(api: Api, make: Make) -> None:
    program = await program_of_march(make)
    me = api.as_(await make.staff(Role.dinas))

    answers = await gather(*(me.post(f"/v1/programs/{program.id}/sessions", **SESSION) for _ in range(4)))

    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 3}
    assert {answer.json()["code"] for answer in answers if answer.is_error} == {"session_taken"}


async def test_a_holiday_names_the_next_days_of_the_programme_and_the_building_may_be_open_on_it(
    api: Api, make: Make, sessions: async_sessionmaker[AsyncSession]
) -> None:
    async with sessions() as db:
        feast = await db.scalar(
            select(Holiday.day).where(Holiday.day >= clock.today(), Holiday.kind == HolidayKind.national).limit(1)
        )
    assert feast is not None
    house = await facility(make, automatic=40)
    classroom = await room(make, house, capacity=40)
    program = await make.program(starts_on=feast, ends_on=feast + timedelta(days=20))
    me, path = api.as_(await make.staff(Role.dinas)), f"/v1/programs/{program.id}/sessions"
    on_feast = wanted(feast, room_id=str(classroom.id))

    closed = await me.post(path, **on_feast)
    await make.add(OpeningException(facility_id=house.id, on_date=feast, is_open=True, note="Bazar"))
    welcome = await me.post(path, **on_feast)

    assert (closed.status_code, closed.json()["code"]) == (422, "session_on_holiday")
    assert (feast + timedelta(days=1)).isoformat() <= closed.json()["next_free_days"][0]
    assert closed.json()["next_free_days"][0] in closed.json()["detail"]
    assert (welcome.status_code, welcome.json()["room_id"]) == (201, str(classroom.id))


async def test_a_room_that_is_shut_taken_or_too_small_says_what_would_be_right(api: Api, make: Make) -> None:
    house = await facility(make, automatic=40, weekdays=(3,))
    fitting, small = await room(make, house, capacity=30), await room(make, house, capacity=29)
    day = workday()
    program = await make.program(starts_on=day, ends_on=day + timedelta(days=1))
    me, path = api.as_(await make.staff(Role.dinas)), f"/v1/programs/{program.id}/sessions"
    await booked(api, await make.person(), fitting)

    taken = await me.post(path, **wanted(day, room_id=str(fitting.id)))
    shut = await me.post(path, **wanted(day + timedelta(days=1), room_id=str(fitting.id)))
    tight = await me.post(path, **wanted(day, room_id=str(small.id)))
    nothing = (await api.get(path)).json()["data"]

    week_later = (day + timedelta(days=7)).isoformat()
    assert (taken.status_code, taken.json()["code"], taken.json()["next_free_days"][0]) == (
        409,
        "room_taken",
        week_later,
    )
    assert [(fault["pointer"], fault["code"]) for fault in shut.json()["errors"]] == [("#/held_on", "room_not_open")]
    assert (shut.status_code, shut.json()["next_free_days"][0]) == (422, week_later)
    assert [(fault["pointer"], fault["code"]) for fault in tight.json()["errors"]] == [("#/room_id", "over_capacity")]
    assert nothing == []


async def test_a_session_moves_with_its_room_and_trainers(api: Api, make: Make) -> None:
    house = await facility(make, automatic=40)
    first, second = await room(make, house, name="Kelas 1"), await room(make, house, name="Kelas 2")
    day, opd, lalu = workday(), await make.organization(), await trainer(make)
    program = await make.program(opd, starts_on=day, ends_on=day + timedelta(days=7))
    me = api.as_(await make.staff(Role.opd, opd))
    given = wanted(day, room_id=str(first.id), trainer_ids=[str(lalu.id)])
    made = (await me.post(f"/v1/programs/{program.id}/sessions", **given)).json()
    path, later = f"/v1/sessions/{made['id']}", (day + timedelta(days=7)).isoformat()

    moved = await me.patch(path, etag='"1"', held_on=later, room_id=str(second.id))
    stale = await me.patch(path, etag='"1"', title="Lain")
    bookings = {row["id"]: row for row in (await me.get("/v1/bookings")).json()["data"]}

    assert (made["place"], moved.json()["place"], moved.headers["ETag"]) == ("Kelas 1", "Kelas 2", '"2"')
    assert (await api.get(path)).json() == moved.json()
    assert moved.json()["trainers"] == made["trainers"] != []
    assert bookings[made["booking_id"]]["state"] == "cancelled"
    assert (bookings[moved.json()["booking_id"]]["state"], bookings[moved.json()["booking_id"]]["on_date"]) == (
        "approved",
        later,
    )
    assert stale.status_code == 412
    assert (await me.patch(path, etag=None, title="Lain")).status_code == 428


async def test_a_move_that_cannot_be_changes_nothing(api: Api, make: Make) -> None:
    house = await facility(make, automatic=40)
    classroom, day = await room(make, house), workday()
    program = await make.program(starts_on=day, ends_on=day + timedelta(days=7))
    me = api.as_(await make.staff(Role.dinas))
    made = await me.post(f"/v1/programs/{program.id}/sessions", **wanted(day, room_id=str(classroom.id)))
    await session(make, program, shift="afternoon")
    path = f"/v1/sessions/{made.json()['id']}"
    await booked(api, await make.person(), classroom, on_date=(day + timedelta(days=7)).isoformat())

    outside = await me.patch(path, etag='"1"', held_on=(day + timedelta(days=8)).isoformat())
    clash = await me.patch(path, etag='"1"', shift="afternoon")
    taken = await me.patch(path, etag='"1"', held_on=(day + timedelta(days=7)).isoformat())

    assert [answer.json()["code"] for answer in (outside, clash, taken)] == ["invalid", "session_taken", "room_taken"]
    assert (await api.get(path)).json() == made.json()


async def test_a_cancelled_session_gives_room_shift_and_trainers_back(api: Api, make: Make) -> None:
    house = await facility(make, automatic=40)
    classroom, day, lalu = await room(make, house), workday(), await trainer(make)
    program = await make.program(starts_on=day, ends_on=day)
    me, path = api.as_(await make.staff(Role.dinas)), f"/v1/programs/{program.id}/sessions"
    given = wanted(day, room_id=str(classroom.id), trainer_ids=[str(lalu.id)])
    made = (await me.post(path, **given)).json()

    off = await me.post(f"/v1/sessions/{made['id']}/cancel", reason="Pengajar sakit.")
    again = await me.post(path, **given)
    twice = await me.post(f"/v1/sessions/{made['id']}/cancel", reason="Pengajar sakit.")
    changed = await me.patch(f"/v1/sessions/{made['id']}", etag=off.headers["ETag"], title="Lain")

    assert (off.status_code, off.json()["cancel_reason"], off.headers["ETag"]) == (200, "Pengajar sakit.", '"2"')
    assert again.status_code == 201, again.text
    assert {answer.json()["code"] for answer in (twice, changed)} == {"session_cancelled"}


@pytest.mark.parametrize("state", [ProgramState.completed, ProgramState.cancelled])
async def test_sessions_of_a_programme_that_is_over_stay_as_they_are(api: Api, make: Make, state: ProgramState) -> None:
    held = await session(make, await make.program(state=state))
    me = api.as_(await make.staff(Role.dinas))

    answers = [
        await me.patch(f"/v1/sessions/{held.id}", etag='"1"', title="Lain"),
        await me.post(f"/v1/sessions/{held.id}/cancel", reason="Batal."),
    ]

    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(409, "program_over")] * 2


async def test_a_session_that_somebody_came_to_keeps_its_day_and_may_be_renamed(api: Api, make: Make) -> None:
    program = await make.program()
    held, seat = await session(make, program), await make.enrolment(program)
    came = {"came": True, "at": clock.now(), "recorded_at": clock.now(), "how": How.organizer, "recorded_by": new_id()}
    await make.add(Attendance(session_id=held.id, enrolment_id=seat.id, **came))
    me = api.as_(await make.staff(Role.dinas))

    moved = await me.patch(f"/v1/sessions/{held.id}", etag='"1"', shift="afternoon")
    renamed = await me.patch(f"/v1/sessions/{held.id}", etag='"1"', title="Praktik label")

    assert (moved.status_code, moved.json()["code"]) == (409, "session_attended")
    assert (renamed.status_code, renamed.json()["title"]) == (200, "Praktik label")


async def test_others_neither_move_nor_cancel_and_find_no_session_of_a_draft(api: Api, make: Make) -> None:
    shown = await session(make, await make.program())
    hidden = await session(make, await make.program(state=ProgramState.draft))

    for who in (await make.staff(Role.opd), await make.person()):
        answers = [
            await api.as_(who).patch(f"/v1/sessions/{shown.id}", etag='"1"', title="Lain"),
            await api.as_(who).post(f"/v1/sessions/{shown.id}/cancel", reason="Batal."),
            await api.as_(who).get(f"/v1/sessions/{hidden.id}"),
        ]
        codes = [answer.json()["code"] for answer in answers]
        assert codes == ["organizer_only", "organizer_only", "session_not_found"]


async def test_who_takes_part_is_told_once_that_a_session_moved_and_that_it_is_off(
    api: Api, make: Make, sessions: async_sessionmaker[AsyncSession]
) -> None:
    opd, mother, gone = await make.organization(), await make.person(), await make.person()
    program = await make.program(opd)
    await make.enrolment(program, mother)
    await make.enrolment(program, gone, state=EnrolmentState.withdrawn)
    held = await session(make, program)
    me, path = api.as_(await make.staff(Role.opd, opd)), f"/v1/sessions/{held.id}"

    renamed = await me.patch(path, etag='"1"', title="Lain")
    moved = await me.patch(path, etag=renamed.headers["ETag"], shift="afternoon")
    assert moved.status_code == 200, moved.text
    for _ in range(2):
        await handle(sessions, tell_participants)
    await me.post(f"{path}/cancel", reason="Pengajar sakit.")
    await handle(sessions, tell_participants)

    async with sessions() as db:
        written = (await db.scalars(select(Message).order_by(Message.id))).all()
    assert [(row.recipient_id, row.template) for row in written] == [
        (mother.id, "session_moved"),
        (mother.id, "session_cancelled"),
    ]


async def test_a_room_that_another_house_booked_is_given_back_by_the_worker(
    api: Api, make: Make, sessions: async_sessionmaker[AsyncSession]
) -> None:
    classroom, day, opd = await room(make, await facility(make, automatic=40)), workday(), await make.organization()
    program, plut = await make.program(opd, starts_on=day, ends_on=day), api.as_(await make.staff(Role.dinas))
    path = f"/v1/programs/{program.id}/sessions"
    made = (await plut.post(path, **wanted(day, room_id=str(classroom.id)))).json()

    moved = await api.as_(await make.staff(Role.opd, opd)).patch(
        f"/v1/sessions/{made['id']}", etag='"1"', shift="afternoon"
    )
    await handle(sessions, free_former_room)

    states = {row["id"]: row["state"] for row in (await plut.get("/v1/bookings")).json()["data"]}
    assert states == {made["booking_id"]: "cancelled", moved.json()["booking_id"]: "approved"}


async def test_a_session_loses_its_room_when_plut_takes_it_back(
    api: Api, make: Make, sessions: async_sessionmaker[AsyncSession]
) -> None:
    classroom, day = await room(make, await facility(make, automatic=40)), workday()
    opd = await make.organization()
    program, plut = await make.program(opd, starts_on=day, ends_on=day), api.as_(await make.staff(Role.dinas))
    path = f"/v1/programs/{program.id}/sessions"
    made = await api.as_(await make.staff(Role.opd, opd)).post(path, **wanted(day, room_id=str(classroom.id)))

    await plut.post(f"/v1/bookings/{made.json()['booking_id']}/cancel", reason="Atap bocor.")
    await handle(sessions, lose_the_room)

    left = (await api.get(f"/v1/sessions/{made.json()['id']}")).json()
    assert (left["room_id"], left["booking_id"], left["place"]) == (None, None, None)


async def test_a_cancelled_programme_frees_rooms_and_trainers_of_what_it_had_to_hold(
    api: Api, make: Make, sessions: async_sessionmaker[AsyncSession]
) -> None:
    classroom, day, lalu = await room(make, await facility(make, automatic=40)), workday(), await trainer(make)
    off, other = [await make.program(starts_on=day, ends_on=day) for _ in range(2)]
    me = api.as_(await make.staff(Role.dinas))
    given = wanted(day, room_id=str(classroom.id), trainer_ids=[str(lalu.id)])
    made = await me.post(f"/v1/programs/{off.id}/sessions", **given)

    await me.post(f"/v1/programs/{off.id}/cancel", reason="Anggaran dialihkan.")
    await handle(sessions, call_sessions_off)

    seen = (await me.get(f"/v1/sessions/{made.json()['id']}")).json()
    assert seen["cancel_reason"] == "Anggaran dialihkan."
    assert (await me.post(f"/v1/programs/{other.id}/sessions", **given)).status_code == 201


async def handle(sessions: async_sessionmaker[AsyncSession], handler: Handler) -> None:
    """Hand a handler what there is of its events, in order, as the worker does; each in a transaction of its own."""
    names = [name for name, handlers in HANDLERS.items() if handler in handlers]
    async with sessions() as db:
        events = (await db.scalars(select(Event).where(Event.name.in_(names)).order_by(Event.id))).all()
    for event in events:
        async with unit_of_work(sessions) as db:
            await handler(db, event)


async def test_a_session_waits_for_a_change_of_the_period_and_is_held_against_it(
    api: Api, make: Make, sessions: async_sessionmaker[AsyncSession]
) -> None:
    program, officer = await program_of_march(make, state=ProgramState.draft), await make.staff(Role.dinas)
    later = {"starts_on": FIRST + timedelta(days=30), "ends_on": FIRST + timedelta(days=34)}

    async with sessions() as db, db.begin():
        await service.change_program(db, caller_for(officer), program.id, '"1"', later)
        adding = create_task(api.as_(officer).post(f"/v1/programs/{program.id}/sessions", **SESSION))
        await waiting_for_a_lock(sessions, adding)
    answer = await adding

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "outside_period")
