"""PLUT runs the building: rooms, hours, closures, rules. Nobody else does."""

from datetime import timedelta
from typing import Any

import pytest

from plut_api.kit.caller import Role
from tests.conftest import Api
from tests.facilities.building import booked, equipment, facility, room, workday
from tests.factories import VILLAGES, Make

FACILITY: dict[str, Any] = {"code": "PLUT-NTB", "name": "PLUT NTB", "village_code": VILLAGES[0]}
ROOM: dict[str, Any] = {"code": "KELAS-1", "name": "Kelas 1", "kind": "classroom", "capacity": 30}


async def test_a_building_is_opened_from_nothing(api: Api, make: Make) -> None:
    plut = api.as_(await make.staff(Role.dinas))

    made = await plut.post("/v1/facilities", **FACILITY)
    path = f"/v1/facilities/{made.json()['id']}"
    week = [{"weekday": day, "shift": "morning", "since": "08:00", "until": "12:00"} for day in range(1, 6)]
    hours = await plut.put(f"{path}/opening-hours", etag=made.headers["ETag"], shifts=week)
    classroom = await plut.post(f"{path}/rooms", **ROOM, features=["proyektor"])
    machines = await plut.post(f"{path}/equipment", code="JAHIT", name="Mesin jahit", count=8)

    assert [answer.status_code for answer in (made, hours, classroom, machines)] == [201, 200, 201, 201]
    seen = (await api.get(path)).json()
    assert len(seen["opening_hours"]) == 5
    assert seen["opening_hours"][0] == {"weekday": 1, "shift": "morning", "since": "08:00", "until": "12:00"}
    assert (await api.get(f"{path}/rooms")).json()["data"] == [classroom.json()]
    assert (await api.get(f"{path}/equipment")).json()["data"] == [machines.json()]
    assert made.json()["id"] in [row["id"] for row in (await api.get("/v1/facilities")).json()["data"]]


async def test_codes_are_taken_once(api: Api, make: Make) -> None:
    plut = api.as_(await make.staff(Role.dinas))
    house = (await plut.post("/v1/facilities", **FACILITY)).json()["id"]
    await plut.post(f"/v1/facilities/{house}/rooms", **ROOM)

    again = [await plut.post("/v1/facilities", **FACILITY), await plut.post(f"/v1/facilities/{house}/rooms", **ROOM)]

    assert [(answer.status_code, answer.json()["code"]) for answer in again] == [(409, "code_taken")] * 2


async def test_changes_name_the_version_they_were_made_to(api: Api, make: Make) -> None:
    plut = api.as_(await make.staff(Role.dinas))
    house = await facility(make)
    classroom, machines = await room(make, house), await equipment(make, house, 3)
    paths: dict[str, dict[str, Any]] = {
        f"/v1/facilities/{house.id}": {"about": "Parkir di belakang"},
        f"/v1/rooms/{classroom.id}": {"capacity": 25, "is_active": False},
        f"/v1/equipment/{machines.id}": {"count": 4},
    }

    for path, change in paths.items():
        assert (await plut.patch(path, etag=None, **change)).status_code == 428
        done = await plut.patch(path, etag='"1"', **change)
        assert done.status_code == 200
        assert {name: done.json()[name] for name in change} == change
        assert (await plut.patch(path, etag='"1"', **change)).status_code == 412


async def test_hours_that_end_before_they_begin_or_come_twice_are_refused(api: Api, make: Make) -> None:
    plut, house = api.as_(await make.staff(Role.dinas)), await facility(make)
    wrong = {"weekday": 1, "shift": "morning", "since": "12:00", "until": "08:00"}

    answer = await plut.put(f"/v1/facilities/{house.id}/opening-hours", etag='"1"', shifts=[wrong, wrong])

    codes = [error["code"] for error in answer.json()["errors"]]
    assert (answer.status_code, codes) == (422, ["ends_before_it_starts", "ends_before_it_starts", "named_twice"])
    assert len((await api.get(f"/v1/facilities/{house.id}")).json()["opening_hours"]) == 14


@pytest.mark.parametrize("written", ["8:00", "24:00", "08:60", "0800", "08:00:00", 8])
async def test_a_time_of_day_has_one_form(api: Api, make: Make, written: Any) -> None:
    plut, house = api.as_(await make.staff(Role.dinas)), await facility(make)
    wrong = {"weekday": 1, "shift": "morning", "since": written, "until": "12:00"}

    answer = await plut.put(f"/v1/facilities/{house.id}/opening-hours", etag='"1"', shifts=[wrong])

    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "#/shifts/0/since")


async def test_what_is_booked_cannot_be_closed_over(api: Api, make: Make) -> None:
    plut, house = api.as_(await make.staff(Role.dinas)), await facility(make, automatic=20)
    classroom, other = await room(make, house), await room(make, house)
    await booked(api, await make.person(), classroom)
    day, path = workday().isoformat(), f"/v1/facilities/{house.id}/closures"
    closure: dict[str, Any] = {"first_on": day, "last_on": day, "reason": "Perbaikan atap"}

    whole = await plut.post(path, **closure)
    free_room = await plut.post(path, **closure, room_id=str(other.id))
    free_shift = await plut.post(path, **closure, shift="afternoon")

    assert (whole.status_code, whole.json()["code"]) == (409, "bookings_in_the_way")
    assert (free_room.status_code, free_shift.status_code) == (201, 201)
    assert len((await api.get(path)).json()["data"]) == 2
    assert (await plut.post(f"/v1/closures/{free_room.json()['id']}/end")).status_code == 204
    assert len((await api.get(path)).json()["data"]) == 1


async def test_a_closure_of_a_foreign_room_or_backwards_is_refused(api: Api, make: Make) -> None:
    plut, house = api.as_(await make.staff(Role.dinas)), await facility(make)
    elsewhere, day = await room(make, await facility(make)), workday()

    answer = await plut.post(
        f"/v1/facilities/{house.id}/closures",
        room_id=str(elsewhere.id),
        first_on=day.isoformat(),
        last_on=(day - timedelta(days=1)).isoformat(),
        reason="Cat ulang",
    )

    assert [error["code"] for error in answer.json()["errors"]] == ["ends_before_it_starts", "room_unknown"]


async def test_the_rules_of_a_building_are_replaced_as_a_whole(api: Api, make: Make) -> None:
    plut, house = api.as_(await make.staff(Role.dinas)), await facility(make)
    path = f"/v1/facilities/{house.id}/booking-rules"
    rule = {"requester": "person", "days_ahead": 30, "automatic_attendees": 5}

    put = await plut.put(path, etag='"1"', rules=[rule])
    twice = await plut.put(path, etag=put.headers["ETag"], rules=[rule, rule])

    assert put.json() == (await plut.get(path)).json() == {"data": [rule]}
    assert (twice.status_code, twice.json()["errors"][0]["code"]) == (422, "named_twice")


async def test_a_day_that_a_building_decides_on_is_read_by_anyone(api: Api, make: Make) -> None:
    plut, house = api.as_(await make.staff(Role.dinas)), await facility(make)
    path, day = f"/v1/facilities/{house.id}/opening-exceptions", workday().isoformat()

    for is_open, note in ((True, "Bazar"), (False, "Bazar batal")):
        await plut.post(path, on_date=day, is_open=is_open, note=note)

    expected = [{"on_date": day, "is_open": False, "note": "Bazar batal"}]
    assert (await api.get(path)).json()["data"] == expected


async def test_the_unknown_is_said_to_be_unknown(api: Api, make: Make) -> None:
    plut = api.as_(await make.staff(Role.dinas))
    nothing = "01983b1e-6f1c-7cc0-9d2b-4a5e5c0f7a11"

    answers = {
        "facility_not_found": await api.get(f"/v1/facilities/{nothing}"),
        "room_not_found": await plut.patch(f"/v1/rooms/{nothing}", etag='"1"', capacity=3),
        "equipment_not_found": await plut.patch(f"/v1/equipment/{nothing}", etag='"1"', count=3),
        "closure_not_found": await plut.post(f"/v1/closures/{nothing}/end"),
        "booking_not_found": await plut.get(f"/v1/bookings/{nothing}"),
    }

    assert {code: answer.json()["code"] for code, answer in answers.items()} == {code: code for code in answers}
