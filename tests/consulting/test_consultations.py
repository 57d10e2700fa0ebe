"""Consultations: asked for, given to somebody, appointed, held or not."""

from asyncio import gather
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.consulting.models import ConsultationState
from plut_api.kit import clock
from plut_api.kit.caller import Role
from plut_api.settings import Settings
from plut_api.worker import work_off
from tests.conftest import Api
from tests.consulting import visits
from tests.facilities import building
from tests.factories import Make

Sessions = async_sessionmaker[AsyncSession]
TODAY: dict[str, Any] = {"on_date": clock.today().isoformat(), "starts": "08:00"}


async def test_a_person_asks_and_their_consultant_appoints_holds_and_agrees_what_comes_next(
    api: Api, make: Make
) -> None:
    person = await make.person()
    actor = await make.actor(person)
    consultant = await make.consultant_of(person)
    client, adviser = api.as_(person), api.as_(consultant)
    wish = (clock.today() + timedelta(days=2)).isoformat()

    asked = await client.post("/v1/consultations", actor_id=str(actor.id), wished_days=[wish], **visits.ASKED)
    assert asked.status_code == 201, asked.text
    url = asked.headers["Location"]
    assert (asked.json()["consultant_id"], asked.json()["allowed_moves"]) == (str(consultant.id), ["cancel"])

    appointed = await adviser.post(f"{url}/schedule", place="Rumah produksi", planned_minutes=90, **TODAY)
    assert (appointed.status_code, appointed.json()["state"]) == (200, "scheduled"), appointed.text
    again = (clock.today() + timedelta(days=30)).isoformat()
    due = (clock.today() + timedelta(days=7)).isoformat()
    held = await adviser.post(
        f"{url}/hold",
        **visits.RECORD,
        next_visit_on=again,
        private_note="Perlu sabar.",
        actions=[{"what": "Uji simpan.", "due_on": due}],
    )
    assert held.status_code == 200, held.text

    (mine,) = (await client.get("/v1/me/consultations")).json()["data"]
    assert (mine["state"], mine["minutes"], mine["advice"], mine["problem"], mine["next_visit_on"]) == (
        "held",
        75,
        visits.RECORD["advice"],
        visits.PROBLEM_WORDS,
        again,
    )
    assert "Perlu sabar" not in str(mine)
    ticked = await client.post(f"/v1/agreed-actions/{mine['actions'][0]['id']}/done")
    assert ticked.json()["done_at"] is not None
    once = await client.post(f"/v1/agreed-actions/{mine['actions'][0]['id']}/done")
    assert once.json() == ticked.json()
    (of_business,) = (await adviser.get(f"/v1/actors/{actor.id}/consultations")).json()["data"]
    assert of_business["id"] == mine["id"]
    moves = (await client.get(f"{url}/transitions")).json()["data"]
    assert [(move["from_state"], move["to_state"]) for move in moves] == [
        ("requested", "scheduled"),
        ("scheduled", "held"),
    ]
    timeline = (await client.get(f"/v1/actors/{actor.id}/timeline", kind="consultation.held")).json()["data"]
    assert [(entry["words"], entry["href"]) for entry in timeline] == [("Anda berkonsultasi tentang produksi.", url)]


async def test_without_a_consultant_it_waits_for_the_dinas_whose_choice_accompanies_the_client(
    api: Api, make: Make
) -> None:
    person, consultant = await make.person(), await make.staff(Role.consultant)
    dinas = api.as_(await make.staff())
    asked = await api.as_(person).post("/v1/consultations", **visits.ASKED)
    url = asked.headers["Location"]
    assert asked.json()["consultant_id"] is None
    waiting = (await dinas.get("/v1/work-list", kind="consultation.unassigned")).json()["data"]
    assert [item["href"] for item in waiting] == [url]
    nobody = await dinas.post(f"{url}/schedule", **TODAY)
    assert nobody.json()["code"] == "consultant_missing"
    assert (await api.as_(consultant).get(url)).json()["code"] == "consultation_not_found"

    given = await dinas.post(f"{url}/assign", consultant_id=str(consultant.id))

    assert given.json()["consultant_id"] == str(consultant.id)
    work = (await api.as_(consultant).get("/v1/work-list", kind="consultation.to_schedule")).json()["data"]
    assert [item["words"] for item in work] == ["Buat janji konsultasi produksi."]
    wrong = await dinas.post(f"{url}/assign", consultant_id=str(person.id))
    assert wrong.json()["errors"][0]["code"] == "consultant_unknown"


async def test_staff_ask_on_behalf_of_whom_they_serve_and_the_least_busy_consultant_takes_it(
    api: Api, make: Make
) -> None:
    person = await make.person()
    busy, free = await make.consultant_of(person), await make.consultant_of(person)
    await visits.consultation(make, person, busy)
    body = visits.ASKED | {"person_id": str(person.id)}

    by_dinas = await api.as_(await make.staff()).post("/v1/consultations", **body)
    by_busy = await api.as_(busy).post("/v1/consultations", **body)
    by_stranger = await api.as_(await make.staff(Role.consultant)).post("/v1/consultations", **body)
    without = await api.as_(busy).post("/v1/consultations", **visits.ASKED)

    assert by_dinas.json()["consultant_id"] == str(free.id)
    assert by_busy.json()["consultant_id"] == str(busy.id)
    assert (by_stranger.status_code, by_stranger.json()["code"]) == (404, "person_not_found")
    assert without.json()["errors"][0]["pointer"] == "#/person_id"


async def test_a_request_tells_all_that_is_wrong_with_it_at_once(api: Api, make: Make) -> None:
    person, foreign = await make.person(), await make.actor()
    yesterday = (clock.today() - timedelta(days=1)).isoformat()

    answer = await api.as_(person).post(
        "/v1/consultations", actor_id=str(foreign.id), wished_days=[yesterday], **visits.ASKED
    )

    assert {fault["code"] for fault in answer.json()["errors"]} == {"day_past", "not_their_business"}


async def test_a_consultant_is_nowhere_twice_however_many_appointments_are_made_at_once(api: Api, make: Make) -> None:
    people = [await make.person() for _ in range(5)]
    consultant = await make.consultant_of(*people)
    rows = [await visits.consultation(make, person, consultant) for person in people]
    adviser = api.as_(consultant)
    starts = ("09:00", "09:15", "09:30", "09:45", "09:59")  # An hour each: every two of them overlap.

    answers = await gather(
        *(
            adviser.post(f"/v1/consultations/{row.id}/schedule", on_date=TODAY["on_date"], starts=start)
            for row, start in zip(rows, starts, strict=True)
        )
    )

    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: 4}
    assert {answer.json()["code"] for answer in answers if answer.is_error} == {"consultant_busy"}
    late = next(row for row, answer in zip(rows, answers, strict=True) if answer.is_error)
    after = next(answer for answer in answers if answer.is_success).json()["ends_at"]
    begins = datetime.fromisoformat(after).astimezone(clock.WITA).strftime("%H:%M")
    beside = await adviser.post(f"/v1/consultations/{late.id}/schedule", on_date=TODAY["on_date"], starts=begins)
    assert beside.status_code == 200  # One begins when the other ends.
    moved = await adviser.post(f"/v1/consultations/{late.id}/schedule", on_date=TODAY["on_date"], shift="afternoon")
    assert (moved.status_code, moved.json()["shift"]) == (200, "afternoon")


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"starts": "09:00", "shift": "morning"}, "shift_or_start"),
        ({}, "shift_or_start"),
        ({"starts": "23:30"}, "past_midnight"),
        ({"starts": "09:00", "days": 91}, "too_far_ahead"),
        ({"starts": "09:00", "days": -8}, "too_long_ago"),
    ],
)
async def test_an_appointment_has_one_time_within_the_days_that_the_house_sets(
    api: Api, make: Make, given: dict[str, Any], code: str
) -> None:
    person = await make.person()
    consultant = await make.consultant_of(person)
    row = await visits.consultation(make, person, consultant)
    day = (clock.today() + timedelta(days=given.pop("days", 0))).isoformat()

    answer = await api.as_(consultant).post(f"/v1/consultations/{row.id}/schedule", on_date=day, **given)

    assert [fault["code"] for fault in answer.json()["errors"]] == [code]


async def test_moves_that_are_not_possible_say_which_are(api: Api, make: Make) -> None:
    person = await make.person()
    own, colleague = await make.consultant_of(person), await make.consultant_of(person)
    tomorrow = clock.today() + timedelta(days=1)
    row = await visits.consultation(make, person, own, on_date=tomorrow)
    url = f"/v1/consultations/{row.id}"

    by_client = await api.as_(person).post(f"{url}/no-show")
    by_colleague = await api.as_(colleague).post(f"{url}/hold", **visits.RECORD)
    early = await api.as_(own).post(f"{url}/hold", **visits.RECORD)
    cancelled = await api.as_(person).post(f"{url}/cancel", reason="Anak sakit.")
    gone = await api.as_(own).post(f"{url}/schedule", **TODAY)

    assert (by_client.status_code, by_client.json()["allowed_moves"]) == (409, ["cancel"])
    assert by_colleague.json()["allowed_moves"] == gone.json()["allowed_moves"] == []
    assert early.json()["errors"][0]["code"] == "day_still_to_come"
    assert cancelled.json()["state"] == "cancelled"
    moves = (await api.as_(own).get(f"{url}/transitions")).json()["data"]
    assert moves[-1]["reason"] == "Anak sakit."


async def test_what_was_asked_is_corrected_while_it_is_open_and_what_was_recorded_by_who_recorded_it(
    api: Api, make: Make
) -> None:
    person = await make.person()
    consultant = await make.consultant_of(person)
    client, adviser = api.as_(person), api.as_(consultant)
    waiting, held = await visits.consultation(make, person, consultant), await visits.held(make, person, consultant)

    asked = await client.patch(f"/v1/consultations/{waiting.id}", etag='"1"', problem="Kemasannya bocor.")
    stale = await client.patch(f"/v1/consultations/{waiting.id}", etag='"1"', channel="phone")
    early = await adviser.patch(f"/v1/consultations/{waiting.id}", etag='"2"', minutes=5)
    recorded = await adviser.patch(f"/v1/consultations/{held.id}", etag='"1"', minutes=40, advice="Pakai segel.")
    foreign = await client.patch(f"/v1/consultations/{held.id}", etag='"2"', minutes=5)
    before = await adviser.patch(f"/v1/consultations/{held.id}", etag='"2"', next_visit_on="2020-01-01")

    assert (asked.status_code, asked.json()["problem"]) == (200, "Kemasannya bocor.")
    assert stale.status_code == 412
    assert (early.json()["code"], early.json()["changeable"]) == (
        "consultation_not_changeable",
        ["channel", "field", "problem", "wished_days"],
    )
    assert (recorded.json()["minutes"], recorded.json()["advice"]) == (40, "Pakai segel.")
    assert foreign.json()["changeable"] == []
    assert before.json()["errors"][0]["code"] == "before_this_visit"


async def test_who_did_not_come_is_noted_and_a_record_has_days_that_make_sense(api: Api, make: Make) -> None:
    person = await make.person()
    consultant = await make.consultant_of(person)
    row = await visits.consultation(make, person, consultant, on_date=clock.today())
    url, adviser = f"/v1/consultations/{row.id}", api.as_(consultant)
    before = (clock.today() - timedelta(days=1)).isoformat()

    wrong = await adviser.post(
        f"{url}/hold", **visits.RECORD, next_visit_on=TODAY["on_date"], actions=[{"what": "Uji.", "due_on": before}]
    )
    missed = await adviser.post(f"{url}/no-show", reason="Tidak di rumah.")

    assert {fault["pointer"] for fault in wrong.json()["errors"]} == {"#/next_visit_on", "#/actions/0/due_on"}
    assert missed.json()["state"] == "no_show"


async def test_a_room_of_plut_is_booked_with_the_appointment_and_given_back_with_it(api: Api, make: Make) -> None:
    person, room = await make.person(), await building.room(make, await building.facility(make, automatic=10))
    consultant = await make.consultant_of(person)
    row = await visits.consultation(make, person, consultant)
    url, day = f"/v1/consultations/{row.id}", building.workday().isoformat()
    adviser = api.as_(consultant)

    appointed = await adviser.post(f"{url}/schedule", on_date=day, starts="13:30", room_id=str(room.id))
    assert appointed.status_code == 200, appointed.text
    booking = await adviser.get(f"/v1/bookings/{appointed.json()['booking_id']}")
    assert (booking.json()["state"], booking.json()["shift"], booking.json()["title"]) == (
        "approved",
        "afternoon",
        "Konsultasi",
    )
    await api.as_(person).post(f"{url}/cancel", reason="Berhalangan.")

    assert (await adviser.get(f"/v1/bookings/{appointed.json()['booking_id']}")).json()["state"] == "cancelled"


async def test_open_consultations_follow_the_assignment(
    api: Api, make: Make, app: FastAPI, settings: Settings, sessions: Sessions
) -> None:
    person, dinas = await make.person(), api.as_(await make.staff())
    leaving = await make.consultant_of(person)
    row = await visits.consultation(make, person, leaving, on_date=clock.today())
    assignment = (await dinas.get("/v1/assignments", person=str(person.id))).json()["data"][0]

    ended = await dinas.delete(f"/v1/assignments/{assignment['id']}", etag='"1"')
    assert ended.status_code == 204, ended.text
    await work_off(settings)
    waiting = (await dinas.get(f"/v1/consultations/{row.id}")).json()
    successor = await make.staff(Role.consultant)
    await dinas.post(f"/v1/people/{person.id}/assignments", consultant_id=str(successor.id))
    await work_off(settings)
    taken = (await api.as_(successor).get(f"/v1/consultations/{row.id}")).json()

    assert (waiting["state"], waiting["consultant_id"], waiting["on_date"]) == ("requested", None, None)
    assert (taken["consultant_id"], taken["allowed_moves"]) == (str(successor.id), ["schedule", "cancel"])
    assert (await api.as_(leaving).get(f"/v1/consultations/{row.id}")).status_code == 404
    async with sessions() as db:
        told = text("SELECT template FROM messages WHERE recipient_id = :who")
        assert list(await db.scalars(told, {"who": successor.id})) == ["consultation_requested"]


async def test_client_and_consultant_are_told_of_appointments_and_of_their_end(
    api: Api, make: Make, app: FastAPI, settings: Settings, sessions: Sessions
) -> None:
    person = await make.person()
    consultant = await make.consultant_of(person)
    row = await visits.consultation(make, person, consultant)
    url = f"/v1/consultations/{row.id}"

    await api.as_(consultant).post(f"{url}/schedule", **TODAY)
    await work_off(settings)
    await api.as_(person).post(f"{url}/cancel", reason="Anak sakit.")
    await work_off(settings)

    async with sessions() as db:
        rows = await db.execute(text("SELECT recipient_id, template FROM messages ORDER BY created_at"))
        told = [tuple(told) for told in rows]
        events = await db.scalars(text("SELECT facts::text FROM events"))
        assert not any("sakit" in facts for facts in events)
    assert told == [(person.id, "consultation_scheduled"), (consultant.id, "consultation_cancelled")]


@pytest.mark.parametrize("role", [Role.opd, Role.bank, Role.ojk, Role.partner])
async def test_houses_outside_plut_read_no_consultation(api: Api, make: Make, role: Role) -> None:
    person = await make.person()
    row = await visits.consultation(make, person, await make.consultant_of(person))
    outsider = api.as_(await make.staff(role))

    assert (await outsider.get("/v1/consultations")).status_code == 403
    assert (await outsider.get(f"/v1/consultations/{row.id}")).status_code == 403


async def test_the_list_takes_as_many_statements_for_six_as_for_two(
    api: Api, make: Make, statements: list[str]
) -> None:
    person = await make.person()
    consultant = await make.consultant_of(person)
    adviser, counts = api.as_(consultant), []
    await adviser.get("/v1/consultations")
    for _ in range(2):
        for _ in range(3):
            await visits.action(make, await visits.held(make, person, consultant))
        statements.clear()
        listed = await adviser.get("/v1/consultations", state="held", person=str(person.id))
        counts.append((len(listed.json()["data"]), len(statements)))

    assert counts == [(3, 4), (6, 4)], statements
    assert ConsultationState.held in {row["state"] for row in listed.json()["data"]}
