"""Seats: a partner pays for some, mothers find theirs reserved, and who comes late waits by a published order."""

from datetime import timedelta
from typing import Any

from plut_api.demo.narrator import require
from plut_api.demo.scenes import Story, hand_in, refused, sign_in_by_code

MOTHER, NEIGHBOUR = "+6284012345678", "+6284012345679"


def give_seats(story: Story) -> None:
    """4. A partner sponsors seats; a mother enrols by phone; the list fills, somebody waits, a seat is offered."""
    story.narrator.chapter("4. A partner pays for seats; a mother enrols by phone; her neighbour waits")
    _sponsor(story)
    sign_in_by_code(story, "mother", MOTHER)
    _register(story)
    _enrol(story)
    _fill(story)
    _wait(story)
    _offer(story)


def _sponsor(story: Story) -> None:
    tell, dinas = story.narrator, story.tokens["dinas"]
    paper = hand_in(story, "The Dinas hands in a signed agreement with a partner", "dinas", "perjanjian.png")
    agreement = {
        "organization_id": story.organizations["PARTNER_DEMO"],
        "number": "415.4/001/PKS/DEMO",
        "title": "Kursi pelatihan kemasan",
        "starts_on": story.day(0),
        "ends_on": story.day(365),
        "signed_on": story.day(0),
        "paper_file_id": paper,
    }
    made = tell.call("… and files it", "POST", "/v1/agreements", token=dinas, expect=201, json=agreement).json()
    path = f"/v1/agreements/{made['id']}"
    seats = {"kind": "seats", "seats": 10, "due_on": story.day(180)}
    promised = tell.call(
        "The partner promises ten seats", "POST", f"{path}/commitments", token=dinas, expect=201, json=seats
    ).json()
    tell.call("The agreement holds", "POST", f"{path}/activate", token=dinas, json={})
    story.made["agreement"] = made["id"]
    share = {"commitment_id": promised["id"], "seats": 4}
    sponsors = f"/v1/programs/{story.made['program']}/sponsors"
    tell.call(
        "The OPD of industry takes four of them", "POST", sponsors, token=story.tokens["opd"], expect=201, json=share
    )


def _register(story: Story) -> None:
    """The mother registers herself, her business and its figures."""
    tell, mother = story.narrator, story.tokens["mother"]
    registered = _person(story, "mother", "Baiq Ratna Contoh", nik="5271015705905001")
    business = {
        "name": "Keripik Ibu Ratna",
        "village_code": "52.71.01.1004",
        "kbli_code": "10794",
        "started_on": (story.today - timedelta(days=900)).isoformat(),
        "nib": "9912345678901",
    }
    actor = tell.call(
        "She registers her business", "POST", "/v1/actors", token=mother, expect=201, json=business
    ).json()
    figures = {"year": story.today.year - 1, "capital_idr": 30_000_000, "sales_idr": 140_000_000, "workers_female": 2}
    path = f"/v1/actors/{actor['id']}"
    tell.call(
        "She reports last year's figures", "POST", f"{path}/annual-figures", token=mother, expect=201, json=figures
    )
    size = tell.call("Her size class follows from them", "GET", path, token=mother).json()
    tell.say(f"size class {size['size_class']} by {size['size_basis']} (PP 7/2021)")
    story.made |= {"person": registered["id"], "actor": actor["id"]}


def _person(story: Story, who: str, name: str, **more: str) -> dict[str, Any]:
    """Somebody registers by phone, and says that she is a mother; the person."""
    tell, token = story.narrator, story.tokens[who]
    person = {"full_name": name, "sex": "female", "birth_date": "1990-05-17", "marital_status": "married"}
    body = person | {"village_code": "52.71.01.1004"} | more
    made: dict[str, Any] = tell.call("She registers", "POST", "/v1/people", token=token, expect=201, json=body).json()
    _declare(story, "She says that she is a mother", who, made["id"])
    return made


def _declare(story: Story, words: str, who: str, person_id: str) -> None:
    path, body = f"/v1/people/{person_id}/segments", {"segment": "mothers"}
    story.narrator.call(words, "POST", path, token=story.tokens[who], expect=201, json=body)


def _enrol(story: Story) -> None:
    tell, path = story.narrator, f"/v1/programs/{story.made['program']}/enrolments"
    body = {"actor_id": story.made["actor"]}
    seat = tell.call(
        "She takes a seat for her business", "POST", path, token=story.tokens["mother"], expect=201, json=body
    ).json()
    tell.say(f"a seat reserved for {seat['reserved_for']}")
    require(seat["reserved_for"] == "mothers", "a mother gets a reserved seat first")
    story.made["enrolment"] = seat["id"]


def _fill(story: Story) -> None:
    """The Dinas enrols others on their behalf until every seat is taken; one comes too late."""
    tell, dinas = story.narrator, story.tokens["dinas"]
    people: dict[str, Any] = {"token": dinas, "params": {"limit": 200}}
    rows = tell.call("Others come to the counter", "GET", "/v1/people", **people).json()["data"]
    others = [row["id"] for row in rows if row["id"] != story.made["person"]]
    women = {row["id"] for row in rows if "women" in row["segments"]}
    woman, *men = next(one for one in others if one in women), *(one for one in others if one not in women)
    _declare(story, "One says that she is a mother", "dinas", woman)
    path = f"/v1/programs/{story.made['program']}/enrolments"
    seats = []
    for number, person_id in enumerate((woman, *men[:4])):
        sent: dict[str, Any] = {"token": dinas, "expect": 201, "json": {"person_id": person_id}}
        words = "The Dinas enrols them on their behalf"
        seats.append(tell.call(words, "POST", path, quiet=number > 0, **sent).json())
    reserved = [row["reserved_for"] for row in seats]
    tell.say(f"five more seats are given, {reserved.count('mothers')} of them reserved for mothers")
    require(reserved == ["mothers", None, None, None, None], "reserved seats go to mothers alone")
    story.made["others"] = [row["id"] for row in seats]
    late = {"person_id": men[4]}
    refused(story, "Then it is full", "program_full", "POST", path, token=dinas, json=late)
    waiting = f"/v1/programs/{story.made['program']}/waiting-list"
    tell.call("The Dinas puts him on the waiting list", "POST", waiting, token=dinas, expect=201, json=late)


def _wait(story: Story) -> None:
    """The neighbour asks later than the man, and stands before him, and reads why."""
    tell = story.narrator
    tell.say("(her neighbour comes last)")
    sign_in_by_code(story, "neighbour", NEIGHBOUR)
    token = story.tokens["neighbour"]
    _person(story, "neighbour", "Baiq Sari Contoh")
    path = f"/v1/programs/{story.made['program']}/waiting-list"
    entry = tell.call("She asks to wait", "POST", path, token=token, expect=201, json={}).json()
    tell.say(f"rank {entry['rank']} of {entry['waiting']}; the order is public (/v1/waiting-rule)")
    for reason in entry["reasons"]:
        tell.say(f"{reason['code']} = {reason['value']}: {reason['words']['en']}")
    require((entry["rank"], entry["waiting"]) == (1, 2), "the programme is meant for mothers first")
    story.made["entry"] = entry["id"]


def _offer(story: Story) -> None:
    tell, token = story.narrator, story.tokens["neighbour"]
    freed = story.made["others"].pop()
    tell.call("Somebody gives a seat back", "POST", f"/v1/enrolments/{freed}/withdraw", token=story.tokens["dinas"])
    path = f"/v1/waiting-entries/{story.made['entry']}"
    offered = tell.wait_for(path, token, state="offered")
    tell.say(f"it is offered to the neighbour, until {offered['offer_expires_at'][:16]}Z")
    accepted = tell.call("She accepts", "POST", f"{path}/accept", token=token).json()
    require(accepted["state"] == "accepted" and accepted["enrolment_id"], "the offer became a seat")
    story.made["others"].append(accepted["enrolment_id"])
