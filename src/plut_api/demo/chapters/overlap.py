"""Two agencies plan nearly the same course; it becomes one programme of both, in one building."""

import time
from typing import Any

from plut_api.demo.narrator import require
from plut_api.demo.scenes import Story, refused
from plut_api.kit import clock

PROPOSALS: dict[str, dict[str, Any]] = {
    "opd": {
        "title": "Kemasan pangan layak jual",
        "aim": "Peserta mampu membuat label lengkap dan kemasan yang tahan kirim.",
        "budget_idr": 40_000_000,
    },
    "cohost": {
        "title": "Bimtek packaging pangan layak jual",
        "aim": "Peserta IKM mampu membuat label yang lengkap dan kemasan tahan kirim.",
        "budget_idr": 30_000_000,
    },
}
WEEK = range(1, 8)
RELEASED = (4 * 60 + 20, 5 * 60 + 15)
"""From which to which second of an hour the worker is about to open reserved seats to all (`release_reserved`)."""


def plan_twice(story: Story) -> None:
    """3. Two OPDs propose the same course; approval of the second is refused; the Dinas merges them."""
    story.narrator.chapter("3. Two agencies plan nearly the same course; it becomes one programme of both")
    _open_building(story)
    first = _propose(story, "opd", "The OPD of industry", "morning")
    _check(story)
    second = _propose(story, "cohost", "The OPD of trade", "afternoon")
    story.made["program"] = first
    _ask_for_taken_room(story)
    _merge(story, first, second)
    _publish(story, first)
    _read_calendar(story, first)


def _open_building(story: Story) -> None:
    tell, dinas = story.narrator, story.tokens["dinas"]
    house = {"code": "PLUT-DEMO", "name": "Gedung PLUT (demo)", "village_code": "52.71.01.1004"}
    made = tell.call("The Dinas opens a building", "POST", "/v1/facilities", token=dinas, expect=201, json=house)
    path, match = f"/v1/facilities/{made.json()['id']}", {"If-Match": made.headers["etag"]}
    room = {"code": "KELAS-1", "name": "Ruang kelas 1", "kind": "classroom", "capacity": 20}
    made = tell.call("… with a classroom", "POST", f"{path}/rooms", token=dinas, expect=201, json=room)
    story.made["room"] = made.json()["id"]
    shifts = [
        {"weekday": weekday, "shift": shift, "since": since, "until": until}
        for weekday in WEEK
        for shift, since, until in (("morning", "00:00", "12:00"), ("afternoon", "12:00", "23:59"))
    ]
    hours = {"shifts": shifts}
    tell.call("… in two shifts", "PUT", f"{path}/opening-hours", token=dinas, headers=match, json=hours)
    tell.say("(this one opens around the clock, so that the walk works at any hour)")
    today = {"on_date": story.day(0), "is_open": True, "note": "Buka untuk pelatihan"}
    tell.call("… holiday or not", "POST", f"{path}/opening-exceptions", token=dinas, json=today)
    rules = {"rules": [{"requester": "programme", "days_ahead": 60, "automatic_attendees": 20}]}
    rules_at = f"{path}/booking-rules"
    match = {"If-Match": tell.call("", "GET", path, token=dinas, quiet=True).headers["etag"]}
    tell.call("Programmes get rooms without asking", "PUT", rules_at, token=dinas, headers=match, json=rules)


def _proposal(story: Story, who: str) -> dict[str, Any]:
    return PROPOSALS[who] | {
        "topics": ["product.packaging"],
        "segments": ["mothers"],
        "regency_codes": ["52.71"],
        "starts_on": story.day(0),
        "ends_on": story.day(2),
        "seats": 3,
        "reserved_seats": [{"segment": "mothers", "seats": 1}],
        "has_post_test": True,
        "pass_mark": 60,
    }


def _propose(story: Story, who: str, name: str, shift: str) -> str:
    """An OPD drafts a programme with a session in the classroom, and submits it; its id."""
    tell, token = story.narrator, story.tokens[who]
    made = tell.call(
        f"{name} proposes a programme", "POST", "/v1/programs", token=token, expect=201, json=_proposal(story, who)
    ).json()
    path = f"/v1/programs/{made['id']}"
    meeting = {"held_on": story.day(0), "shift": shift, "title": "Label dan kemasan", "room_id": story.made["room"]}
    session = tell.call(
        f"… with a session in the {shift}, which books the room",
        "POST",
        f"{path}/sessions",
        token=token,
        expect=201,
        json=meeting,
    ).json()
    require(session["booking_id"] is not None, "the room is booked with the session")
    story.made[shift] = session["id"]
    tell.call("… and submits it", "POST", f"{path}/submit", token=token, json={})
    program_id: str = made["id"]
    return program_id


def _check(story: Story) -> None:
    """The second OPD asks what resembles its draft."""
    tell = story.narrator
    compared = ("title", "aim", "topics", "segments", "regency_codes", "starts_on", "ends_on")
    draft = {name: value for name, value in _proposal(story, "cohost").items() if name in compared}
    found = tell.call(
        "The OPD of trade checks a draft of its own",
        "POST",
        "/v1/programs/overlap-check",
        token=story.tokens["cohost"],
        json={"draft": draft},
    ).json()
    (like,) = found["data"]
    parts = ", ".join(f"{part['part']} {part['percent']}" for part in like["parts"])
    tell.say(f"{like['score']} of 100 like “{like['program']['title']}”: {parts}; verdict {like['verdict']}")
    require(like["verdict"] == "block", "the two are the same course")


def _ask_for_taken_room(story: Story) -> None:
    """A room is never given twice."""
    wish = {"on_date": story.day(0), "shift": "morning", "title": "Rapat", "attendees": 5}
    body = wish | {"room_id": story.made["room"]}
    dinas = story.tokens["dinas"]
    refused(story, "The Dinas wants the room as well", "room_taken", "POST", "/v1/bookings", token=dinas, json=body)


def _merge(story: Story, first: str, second: str) -> None:
    tell, dinas = story.narrator, story.tokens["dinas"]
    tell.call("The Dinas approves the first", "POST", f"/v1/programs/{first}/approve", token=dinas, json={})
    move = ("POST", f"/v1/programs/{second}/approve")
    refused(story, "… and not the second", "overlap_unresolved", *move, token=dinas, json={})
    (finding,) = tell.call("What stands in the way", "GET", f"/v1/programs/{second}/overlaps", token=dinas).json()[
        "data"
    ]
    decided = {"kind": "merge", "reason": "Satu program, dua penyelenggara.", "seats": 6}
    path = f"/v1/programs/{second}/overlaps/{finding['id']}/resolution"
    tell.call("The Dinas merges the two", "POST", path, token=dinas, json=decided)
    (trail,) = tell.call("What went along", "GET", f"/v1/programs/{first}/merges", token=dinas).json()["data"]
    tell.say(", ".join(f"{row['what']} {row['how']} {row['number']:,}" for row in trail["moved"]))
    merged = tell.call("One programme is left", "GET", f"/v1/programs/{first}", token=dinas).json()
    tell.say(f"{merged['seats']} seats, Rp {merged['budget_idr']:,}, hosts {1 + len(merged['host_organization_ids'])}")
    require(merged["budget_idr"] == 70_000_000, "both budgets are in it")
    require(merged["host_organization_ids"] == [story.organizations["OPD_TRADE"]], "the second OPD is its co-host")
    old = tell.call("The old address leads to it", "GET", f"/v1/programs/{second}", token=dinas, expect=308)
    require(old.headers["location"].endswith(first), "a merged programme leads to the survivor")


def _publish(story: Story, first: str) -> None:
    tell = story.narrator
    _let_pass(story)
    path = f"/v1/programs/{first}/publish"
    tell.call("The co-host publishes it: it runs it as well", "POST", path, token=story.tokens["cohost"], json={})
    listed = tell.call("Anyone finds one programme", "GET", "/v1/programs").json()["data"]
    require([row["id"] for row in listed] == [first], "one programme is public")


def _let_pass(story: Story) -> None:
    """Near its first day a programme keeps no seats for anybody: wait until the worker has looked, once an hour."""
    now = clock.now()
    second = now.minute * 60 + now.second
    if RELEASED[0] <= second < RELEASED[1]:
        story.narrator.say("(a short wait: the worker opens reserved seats near the first day, and looks just now)")
        time.sleep(RELEASED[1] - second)


def _read_calendar(story: Story, first: str) -> None:
    tell, days = story.narrator, {"from": story.day(0), "to": story.day(2)}
    path = "/v1/programs/calendar"
    rows = tell.call("The calendar of all agencies", "GET", path, params=days).json()["data"]
    for row in rows:
        tell.say(f"{row['held_on']} {row['shift']}: {row['program_title']}, {row['place']}")
    require({row["program_id"] for row in rows} == {first}, "the calendar shows one programme")
    require([row["shift"] for row in rows] == ["morning", "afternoon"], "in both shifts")
    wanted = {"Accept": "text/calendar"}
    feed = tell.call("The same to subscribe to", "GET", path, headers=wanted, params=days).text
    events = feed.count("BEGIN:VEVENT")
    tell.say(f"an iCalendar of {events} events, {len(feed)} characters")
    require(events == len(rows), "the feed tells the same sessions")
