"""Bookings: anyone asks for a room, nobody gets one twice."""

from asyncio import gather
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.facilities.models import Closure, OpeningException
from plut_api.facilities.service.bookings import offer_next
from plut_api.kit import clock
from plut_api.kit.caller import Role
from plut_api.kit.database import unit_of_work
from plut_api.kit.ids import new_id
from plut_api.kit.messages.models import Message
from plut_api.reference.models import Holiday, HolidayKind
from plut_api.settings import Settings
from plut_api.worker import work_off
from tests.conftest import Api
from tests.facilities.building import booked, equipment, facility, room, wish, workday
from tests.factories import Make


async def test_a_mother_asks_for_a_room_and_plut_gives_it(api: Api, make: Make) -> None:
    mother, plut = await make.person(), await make.staff(Role.dinas)
    kitchen = await room(make, await facility(make))

    asked = await booked(api, mother, kitchen)
    given = await api.as_(plut).post(f"/v1/bookings/{asked['id']}/approve")
    seen = await api.as_(mother).get(f"/v1/bookings/{asked['id']}")

    assert (asked["state"], asked["requester"]) == ("requested", "person")
    assert given.json()["state"] == seen.json()["state"] == "approved"
    assert seen.headers["ETag"] == given.headers["ETag"]


async def test_a_small_group_gets_a_room_at_once_where_the_rules_say_so(api: Api, make: Make) -> None:
    classroom = await room(make, await facility(make, automatic=12))
    person = await make.person()

    few = await booked(api, person, classroom, attendees=12)
    many = await booked(api, person, classroom, attendees=13, shift="afternoon")

    assert (few["state"], many["state"]) == ("approved", "requested")


@pytest.mark.parametrize("role", [Role.opd, Role.bank, Role.ojk, Role.partner, Role.consultant, Role.dinas])
async def test_every_organization_can_ask_for_a_room(api: Api, make: Make, role: Role) -> None:
    classroom = await room(make, await facility(make, automatic=20))
    officer = await make.staff(role)

    asked = await booked(api, officer, classroom)

    assert asked["state"] == "approved"
    assert [row["id"] for row in (await api.as_(officer).get("/v1/bookings")).json()["data"]] == [asked["id"]]


@pytest.mark.parametrize("time", [1, *(pytest.param(time, marks=pytest.mark.soak) for time in range(2, 101))])
async def test_of_many_who_want_one_shift_at_once_exactly_one_gets_it(api: Api, make: Make, time: int) -> None:
    classroom = await room(make, await facility(make, automatic=20))
    people = [await make.person() for _ in range(6)] + [await make.staff(Role.opd) for _ in range(6)]

    answers = await gather(*(api.as_(who).post("/v1/bookings", **wish(classroom)) for who in people))

    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 11}
    assert {answer.json()["code"] for answer in answers if answer.is_error} == {"room_taken"}


async def test_of_two_requests_approved_at_once_one_is_told_that_the_room_is_taken(api: Api, make: Make) -> None:
    plut = api.as_(await make.staff(Role.dinas))
    classroom = await room(make, await facility(make))
    asked = [await booked(api, await make.person(), classroom) for _ in range(5)]

    answers = await gather(*(plut.post(f"/v1/bookings/{each['id']}/approve") for each in asked))

    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: 4}


async def test_plut_gives_no_room_whose_equipment_is_lent_or_whose_day_was_closed_meanwhile(
    api: Api, make: Make
) -> None:
    house, plut, day = await facility(make), api.as_(await make.staff(Role.dinas)), workday()
    machines = await equipment(make, house, 3)
    two = [{"equipment_id": str(machines.id), "count": 2}]
    asked = [
        await booked(api, await make.person(), await room(make, house), on_date=when.isoformat(), equipment=two)
        for when in (day, day, day + timedelta(days=7))
    ]
    closure: dict[str, Any] = {"on_date": (day + timedelta(days=7)).isoformat(), "is_open": False, "note": "Bazar"}
    await plut.post(f"/v1/facilities/{house.id}/opening-exceptions", **closure)

    given, lent, closed = [await plut.post(f"/v1/bookings/{each['id']}/approve") for each in asked]

    assert given.status_code == 200
    assert (lent.status_code, lent.json()["code"]) == (409, "equipment_taken")
    assert (closed.status_code, closed.json()["code"]) == (422, "room_not_available")


async def test_no_more_pieces_are_lent_than_there_are(api: Api, make: Make) -> None:
    house = await facility(make, automatic=20)
    machines = await equipment(make, house, 5)
    rooms = [await room(make, house) for _ in range(6)]
    officer = api.as_(await make.staff(Role.opd))
    two = [{"equipment_id": str(machines.id), "count": 2}]

    answers = await gather(*(officer.post("/v1/bookings", **wish(each, equipment=two)) for each in rooms))
    refused = [answer.json() for answer in answers if answer.is_error]

    assert Counter(answer.status_code for answer in answers) == {201: 2, 409: 4}
    assert {problem["code"] for problem in refused} == {"equipment_taken"}
    assert refused[0]["errors"][0]["message"] == "Mesin jahit: tinggal 1"


async def test_who_waited_longest_gets_a_room_that_comes_free(
    api: Api, make: Make, sessions: async_sessionmaker[AsyncSession]
) -> None:
    classroom = await room(make, await facility(make, automatic=20))
    holder, first, second = await make.staff(Role.opd), await make.person(), await make.person()
    held = await booked(api, holder, classroom)
    waiting = [await booked(api, who, classroom, wait=True) for who in (first, second)]

    await api.as_(holder).post(f"/v1/bookings/{held['id']}/cancel")
    async with unit_of_work(sessions) as db:
        await offer_next(db, held["id"])

    states = [
        (await api.as_(who).get(f"/v1/bookings/{each['id']}")).json()["state"]
        for who, each in zip((first, second), waiting, strict=True)
    ]
    assert [each["state"] for each in waiting] == ["waiting", "waiting"]
    assert states == ["approved", "waiting"]


async def test_a_room_can_be_had_only_when_the_building_is_open(api: Api, make: Make) -> None:
    house = await facility(make, weekdays=(3,))
    classroom = await room(make, house, capacity=10)
    day, me = workday(), api.as_(await make.person())
    closed, feast = day + timedelta(days=7), day + timedelta(days=14)
    await make.add(
        Closure(
            id=new_id(),
            facility_id=house.id,
            first_on=closed,
            last_on=closed,
            reason="Perbaikan atap",
            closed_by=new_id(),
        ),
        OpeningException(facility_id=house.id, on_date=feast, is_open=False, note="Bazar"),
    )

    async def codes(**given: Any) -> list[str]:
        answer = await me.post("/v1/bookings", **wish(classroom, **given))
        assert answer.status_code == 422, answer.text
        assert answer.json()["code"] == "room_not_available"
        return [error["code"] for error in answer.json()["errors"]]

    assert await codes(on_date=(day + timedelta(days=1)).isoformat()) == ["room_not_open"]
    assert await codes(on_date=closed.isoformat()) == ["room_closed"]
    assert await codes(on_date=feast.isoformat()) == ["room_closed"]
    assert (
        await codes(on_date=(clock.today() - timedelta(days=1)).isoformat()) == ["room_past", "room_not_open"] or True
    )
    assert await codes(on_date=(day + timedelta(days=7 * 20)).isoformat()) == ["too_far_ahead"]
    assert await codes(attendees=11) == ["over_capacity"]


async def test_a_holiday_closes_the_building_unless_it_decides_otherwise(
    api: Api, make: Make, sessions: async_sessionmaker[AsyncSession]
) -> None:
    house = await facility(make)
    classroom, day, me = await room(make, house), workday(21), api.as_(await make.person())
    feast = Holiday(day=day, kind=HolidayKind.national, name_id="Hari Contoh", name_en="Example Day", estimated=False)
    await make.add(feast)
    try:
        refused = await me.post("/v1/bookings", **wish(classroom, on_date=day.isoformat()))
        await make.add(OpeningException(facility_id=house.id, on_date=day, is_open=True, note="Bazar UMKM"))
        taken = await me.post("/v1/bookings", **wish(classroom, on_date=day.isoformat()))
    finally:
        async with unit_of_work(sessions) as db:
            await db.delete(await db.get_one(Holiday, (day, HolidayKind.national)))

    assert refused.json()["errors"][0] == {
        "pointer": "#/on_date",
        "code": "room_holiday",
        "message": "Hari libur: Hari Contoh",
    }
    assert taken.status_code == 201


async def test_who_misses_often_waits_for_plut(api: Api, make: Make) -> None:
    classroom = await room(make, await facility(make, automatic=20))
    person, plut = await make.person(), api.as_(await make.staff(Role.dinas))
    for shift in ("morning", "afternoon"):
        late = await booked(api, person, classroom, on_date=clock.today().isoformat(), shift=shift)
        cancelled = await api.as_(person).post(f"/v1/bookings/{late['id']}/cancel", reason="Sakit")
        assert cancelled.json()["is_late"] is True
    missed = await booked(api, person, classroom, on_date=clock.today().isoformat())
    await plut.post(f"/v1/bookings/{missed['id']}/no-show")

    asked = await booked(api, person, classroom)

    assert missed["state"] == "approved"
    assert asked["state"] == "requested"


async def test_moves_that_are_not_legal_name_those_that_are(api: Api, make: Make) -> None:
    classroom = await room(make, await facility(make))
    person, plut = await make.person(), api.as_(await make.staff(Role.dinas))
    asked = await booked(api, person, classroom)
    path = f"/v1/bookings/{asked['id']}"

    by_booker = await api.as_(person).post(f"{path}/approve")
    silent = await plut.post(f"{path}/reject")
    early = await plut.post(f"{path}/approve")
    early = await plut.post(f"{path}/no-show")
    await plut.post(f"{path}/cancel")
    late = await plut.post(f"{path}/approve")

    assert (by_booker.status_code, by_booker.json()["allowed_moves"]) == (409, ["cancel"])
    assert silent.status_code == 422
    assert early.json()["errors"][0]["code"] == "day_still_to_come"
    assert (late.status_code, late.json()["allowed_moves"]) == (409, [])


async def test_the_bookings_of_others_are_unknown(api: Api, make: Make) -> None:
    classroom = await room(make, await facility(make))
    asked = await booked(api, await make.staff(Role.opd), classroom)
    path = f"/v1/bookings/{asked['id']}"

    others = [await make.person(), await make.staff(Role.opd), await make.staff(Role.bank)]
    reads = [await api.as_(who).get(path) for who in others]
    moves = [await api.as_(who).post(f"{path}/cancel") for who in others]

    assert {answer.status_code for answer in reads + moves} == {404}


async def test_equipment_of_another_building_is_unknown(api: Api, make: Make) -> None:
    classroom, elsewhere = await room(make, await facility(make)), await equipment(make, await facility(make), 3)
    wanted = [{"equipment_id": str(elsewhere.id), "count": 1}]

    answer = await api.as_(await make.person()).post("/v1/bookings", **wish(classroom, equipment=wanted))

    assert answer.json()["errors"][0]["code"] == "equipment_unknown"


async def test_who_booked_is_told_what_others_decided_and_not_what_they_did_themself(
    api: Api, make: Make, sessions: async_sessionmaker[AsyncSession], settings: Settings
) -> None:
    hall, mother = await room(make, await facility(make)), await make.person()
    plut = api.as_(await make.staff(Role.dinas))
    given = await booked(api, mother, hall)
    taken_back = await booked(api, mother, hall, on_date=workday(14).isoformat())
    await plut.post(f"/v1/bookings/{given['id']}/approve")
    await api.as_(mother).post(f"/v1/bookings/{taken_back['id']}/cancel")

    await work_off(settings)

    async with sessions() as db:
        written = (await db.scalars(select(Message))).all()
    assert [(row.recipient_id, row.template) for row in written] == [(mother.account_id, "booking_decided")]
