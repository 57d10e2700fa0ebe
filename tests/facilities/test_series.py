"""Many days by one rule: all of them, or those that are free, with a verdict for each."""

from asyncio import gather
from datetime import timedelta
from typing import Any

import pytest

from plut_api.facilities.models import BookingSeries, BookingState, Shift
from plut_api.kit import clock
from plut_api.kit.caller import Role
from plut_api.kit.ids import new_id
from tests.conftest import Api
from tests.facilities.building import booked, booking, equipment, facility, room, wish, workday
from tests.factories import Make

WEEKS = 4


def series(of: Any, **given: Any) -> dict[str, Any]:
    """Every Wednesday for some weeks."""
    values = {name: value for name, value in wish(of).items() if name != "on_date"}
    first = workday()
    last = first + timedelta(days=7 * (WEEKS - 1))
    period = {"rule": "FREQ=WEEKLY;BYDAY=WE", "first_on": first.isoformat(), "last_on": last.isoformat()}
    return values | period | given


async def test_a_dry_run_says_what_each_day_would_get_and_writes_nothing(api: Api, make: Make) -> None:
    classroom, me = await room(make, await facility(make, automatic=20)), api.as_(await make.staff(Role.opd))
    taken = (workday() + timedelta(days=7)).isoformat()
    await booked(api, await make.person(), classroom, on_date=taken)

    answer = (await me.post("/v1/booking-series", **series(classroom, dry_run=True))).json()

    assert answer["id"] is None
    assert [[fault["code"] for fault in day["faults"]] for day in answer["days"]] == [[], ["room_taken"], [], []]
    assert (await me.get("/v1/bookings")).json()["data"] == []


async def test_all_or_nothing_takes_nothing_if_one_day_is_taken(api: Api, make: Make) -> None:
    classroom, me = await room(make, await facility(make, automatic=20)), api.as_(await make.staff(Role.opd))
    taken = (workday() + timedelta(days=7)).isoformat()
    await booked(api, await make.person(), classroom, on_date=taken)

    answer = await me.post("/v1/booking-series", **series(classroom))

    assert (answer.status_code, answer.json()["code"]) == (409, "room_taken")
    assert [error["pointer"] for error in answer.json()["errors"]] == [f"#/days/{taken}"]
    assert (await me.get("/v1/bookings")).json()["data"] == []


async def test_the_free_days_are_taken_and_the_others_said(api: Api, make: Make) -> None:
    classroom, me = await room(make, await facility(make, automatic=20)), api.as_(await make.staff(Role.opd))
    await booked(api, await make.person(), classroom, on_date=(workday() + timedelta(days=7)).isoformat())

    answer = (await me.post("/v1/booking-series", **series(classroom, take="free"))).json()
    mine = (await me.get("/v1/bookings")).json()["data"]

    assert [day["state"] for day in answer["days"]] == ["approved", None, "approved", "approved"]
    assert {row["series_id"] for row in mine} == {answer["id"]}


async def test_two_series_at_once_never_share_a_shift(api: Api, make: Make) -> None:
    classroom = await room(make, await facility(make, automatic=20))
    officers = [await make.staff(Role.opd) for _ in range(4)]

    answers = await gather(
        *(api.as_(who).post("/v1/booking-series", **series(classroom, take="free")) for who in officers)
    )

    states = [day["state"] for answer in answers for day in answer.json()["days"]]
    assert states.count("approved") == WEEKS


async def test_thirty_days_take_as_many_statements_as_two(api: Api, make: Make, statements: list[str]) -> None:
    house = await facility(make, automatic=20)
    classroom, machines = await room(make, house), await equipment(make, house, 2)
    me, counts = api.as_(await make.staff(Role.opd)), []
    two = [{"equipment_id": str(machines.id), "count": 2}]
    for days in (2, 30):
        first = workday(7 if days == 2 else 60)
        given = {"rule": "FREQ=DAILY", "first_on": first.isoformat(), "take": "free", "equipment": two}
        given["last_on"] = (first + timedelta(days=days - 1)).isoformat()
        await me.post("/v1/booking-series", **series(classroom, **given, dry_run=True))  # Takes a share of the quota.
        statements.clear()
        answer = (await me.post("/v1/booking-series", **series(classroom, **given))).json()
        counts.append(len(statements))
        assert sum(day["state"] == "approved" for day in answer["days"]) > days // 2

    assert counts[0] == counts[1]


async def test_a_day_on_which_equipment_is_lent_is_left_out(api: Api, make: Make) -> None:
    house = await facility(make, automatic=20)
    machines = [{"equipment_id": str((await equipment(make, house, 3)).id), "count": 2}]
    await booked(api, await make.person(), await room(make, house), equipment=machines)
    me, classroom = api.as_(await make.staff(Role.opd)), await room(make, house)

    taken = (await me.post("/v1/booking-series", **series(classroom, equipment=machines, take="free"))).json()

    assert [[fault["code"] for fault in day["faults"]] for day in taken["days"]] == [["equipment_taken"], [], [], []]


async def test_a_series_is_read_and_called_off_as_one(api: Api, make: Make) -> None:
    classroom, opd = await room(make, await facility(make, automatic=20)), await make.organization()
    me, colleague = api.as_(await make.staff(Role.opd, opd)), api.as_(await make.staff(Role.opd, opd))
    made = (await me.post("/v1/booking-series", **series(classroom))).json()
    path = f"/v1/booking-series/{made['id']}"
    await me.post(f"/v1/bookings/{made['days'][0]['booking_id']}/cancel")

    read = await colleague.get(path)
    off = await colleague.post(f"{path}/cancel", reason="Acara pindah.")
    again = await me.post(f"{path}/cancel")
    free = await api.as_(await make.person()).post("/v1/booking-series", **series(classroom, dry_run=True))

    assert (read.json()["rule"], len(read.json()["bookings"])) == ("FREQ=WEEKLY;BYDAY=WE", WEEKS)
    states = [(each["state"], each["reason"]) for each in off.json()["bookings"]]
    assert states == [("cancelled", None), *[("cancelled", "Acara pindah.")] * (WEEKS - 1)]
    assert (again.status_code, again.json()["code"]) == (409, "series_over")
    assert {len(day["faults"]) for day in free.json()["days"]} == {0}


async def test_what_was_held_of_a_series_stays_when_it_is_called_off(api: Api, make: Make) -> None:
    classroom, person = await room(make, await facility(make)), await make.person()
    rows = BookingSeries(
        id=new_id(), room_id=classroom.id, rule="FREQ=WEEKLY", shift=Shift.morning, booked_by=person.account_id
    )
    await make.add(rows)
    for day in (clock.today() - timedelta(days=7), clock.today() + timedelta(days=7)):
        given = {"state": BookingState.approved, "decided_at": clock.now(), "series_id": rows.id}
        await make.add(booking(classroom, person.account_id, on_date=day, **given))

    off = (await api.as_(person).post(f"/v1/booking-series/{rows.id}/cancel")).json()

    assert [each["state"] for each in off["bookings"]] == ["approved", "cancelled"]


async def test_others_find_no_series(api: Api, make: Make) -> None:
    classroom = await room(make, await facility(make, automatic=20))
    made = (await api.as_(await make.person()).post("/v1/booking-series", **series(classroom))).json()
    path = f"/v1/booking-series/{made['id']}"

    for who in (await make.person(), await make.staff(Role.opd), await make.staff(Role.consultant)):
        answers = [await api.as_(who).get(path), await api.as_(who).post(f"{path}/cancel")]
        assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(404, "series_not_found")] * 2
    assert len((await api.as_(await make.staff(Role.dinas)).get(path)).json()["bookings"]) == WEEKS


@pytest.mark.parametrize(
    ("given", "code"),
    [
        pytest.param({"rule": "FREQ=WEEKLY;BYDAY=XX"}, "rule_invalid", id="a day that is none"),
        pytest.param({"rule": "FREQ=MONTHLY;BYMONTHDAY=31;BYMONTH=2"}, "rule_names_no_day", id="no such day"),
        pytest.param({"rule": "FREQ=SECONDLY"}, "string_pattern_mismatch", id="not by the second"),
        pytest.param({"rule": "FREQ=DAILY;COUNT=3"}, "string_pattern_mismatch", id="the period ends it, not a count"),
        pytest.param({"last_on": "2020-01-01"}, "ends_before_it_starts", id="backwards"),
    ],
)
async def test_a_rule_that_cannot_be_followed_is_refused(
    api: Api, make: Make, given: dict[str, Any], code: str
) -> None:
    classroom, me = await room(make, await facility(make)), api.as_(await make.person())

    answer = await me.post("/v1/booking-series", **series(classroom, **given))

    assert answer.status_code == 422
    assert [error["code"] for error in answer.json()["errors"]] == [code]
