"""Closing what is booked: who is in the way is named, and stays, goes, or keeps it open. No booking slips through."""

from asyncio import create_task, gather
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.facilities.models import Facility
from plut_api.facilities.schemas.hours import ClosureCreate
from plut_api.facilities.service import places
from plut_api.kit.caller import Role
from tests.conftest import Api
from tests.facilities.building import booked, facility, room, wish, workday
from tests.factories import Make, caller_for
from tests.locks import waiting_for_a_lock

WEEKDAYS = (1, 2, 3, 4, 5)


def closing(house: Facility, **given: Any) -> dict[str, tuple[str, str, dict[str, Any]]]:
    """The three ways to close a Wednesday: by a closure, by an exception, by the hours of the week."""
    path, day = f"/v1/facilities/{house.id}", workday().isoformat()
    week = [
        {"weekday": each, "shift": shift, "since": since, "until": until}
        for each in (1, 2, 4, 5)
        for shift, since, until in (("morning", "08:00", "12:00"), ("afternoon", "13:00", "17:00"))
    ]
    return {
        "closure": ("POST", f"{path}/closures", {"first_on": day, "last_on": day, "reason": "Bazar"} | given),
        "exception": (
            "POST",
            f"{path}/opening-exceptions",
            {"on_date": day, "is_open": False, "note": "Bazar"} | given,
        ),
        "hours": ("PUT", f"{path}/opening-hours", {"shifts": week, "reason": "Bazar"} | given),
    }


async def closed(api: Api, who: Any, how: str, house: Facility, **given: Any) -> Any:
    method, path, body = closing(house, **given)[how]
    me = api.as_(who)
    return await (me.post(path, **body) if method == "POST" else me.put(path, etag='"1"', **body))


@pytest.mark.parametrize("how", ["closure", "exception", "hours"])
async def test_what_is_booked_keeps_it_open_unless_it_is_said_to_go_or_to_stay(api: Api, make: Make, how: str) -> None:
    plut = await make.staff(Role.dinas)
    for way, status, state in (("refuse", 409, "approved"), ("cancel", 200, "cancelled"), ("keep", 200, "approved")):
        house = await facility(make, automatic=20, weekdays=WEEKDAYS)
        person, classroom = await make.person(), await room(make, house)
        made = await booked(api, person, classroom)
        await booked(api, person, classroom, on_date=(workday() + timedelta(days=1)).isoformat())

        answer = await closed(api, plut, how, house, bookings=way)
        left = (await api.as_(person).get(f"/v1/bookings/{made['id']}")).json()

        assert answer.status_code in (status, 201 if status == 200 else status), answer.text
        assert left["state"] == state
        if status == 409:
            assert answer.json()["errors"][0]["pointer"] == f"#/bookings/{made['id']}"
            assert made["on_date"] in answer.json()["errors"][0]["message"]
        else:
            found = answer.json()["affected_bookings"]
            assert [(each["id"], each["state"]) for each in found] == [(made["id"], state)]
            assert left["reason"] == ("Bazar" if state == "cancelled" else None)


async def test_hours_that_cancel_bookings_give_a_reason(api: Api, make: Make) -> None:
    house = await facility(make, automatic=20, weekdays=WEEKDAYS)

    answer = await closed(api, await make.staff(Role.dinas), "hours", house, bookings="cancel", reason=None)

    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "#/reason")


async def test_what_was_kept_outside_before_is_not_in_the_way_again(api: Api, make: Make) -> None:
    house, plut = await facility(make, automatic=20, weekdays=WEEKDAYS), await make.staff(Role.dinas)
    await booked(api, await make.person(), await room(make, house))

    kept = await closed(api, plut, "exception", house, bookings="keep")
    again = await closed(api, plut, "closure", house)

    assert (len(kept.json()["affected_bookings"]), again.status_code, again.json()["affected_bookings"]) == (1, 201, [])


@pytest.mark.parametrize("how", ["closure", "exception", "hours"])
async def test_a_booking_made_as_it_is_closed_is_either_in_the_way_or_refused(api: Api, make: Make, how: str) -> None:
    house = await facility(make, automatic=20, weekdays=WEEKDAYS)
    rooms, plut = [await room(make, house) for _ in range(4)], await make.staff(Role.dinas)
    people = [await make.person() for _ in rooms]

    answers = await gather(
        *(api.as_(who).post("/v1/bookings", **wish(each)) for who, each in zip(people, rooms, strict=True)),
        closed(api, plut, how, house, bookings="cancel"),
    )

    *asked, shut = answers
    made = {answer.json()["id"] for answer in asked if answer.status_code == 201}
    assert {each["id"] for each in shut.json()["affected_bookings"]} == made
    assert {answer.json()["code"] for answer in asked if answer.status_code != 201} <= {"room_not_available"}


async def test_who_books_waits_for_a_closure_that_is_being_made(
    api: Api, make: Make, sessions: async_sessionmaker[AsyncSession]
) -> None:
    house, plut, person = await facility(make, automatic=20), await make.staff(Role.dinas), await make.person()
    classroom, day = await room(make, house), workday()
    given = ClosureCreate(first_on=day, last_on=day, reason="Perbaikan atap")

    async with sessions() as db, db.begin():
        await places.close(db, caller_for(plut), house.id, given)
        asking = create_task(api.as_(person).post("/v1/bookings", **wish(classroom)))
        await waiting_for_a_lock(sessions, asking)
    answer = await asking

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "room_closed")
