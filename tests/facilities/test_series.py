"""Many days by one rule: all of them, or those that are free, with a verdict for each."""

from asyncio import gather
from datetime import timedelta
from typing import Any

import pytest

from plut_api.kit.caller import Role
from tests.conftest import Api
from tests.facilities.building import booked, facility, room, wish, workday
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
