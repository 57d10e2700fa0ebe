"""Three taps, or a consultant's call: what an answer does to levels, once, and how a wrong one is put right."""

from asyncio import gather
from collections import Counter
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from plut_api.kit import clock
from plut_api.kit.caller import Role
from plut_api.outcomes.follow_ups.answering import level_left
from plut_api.outcomes.follow_ups.models import FollowUpState, UseAnswer
from plut_api.outcomes.models import Outcome, OutcomeLevel
from tests.conftest import Api
from tests.factories import Make
from tests.outcomes.follow_ups.steps import Sessions, asked, events, levels, participant, said, standing


async def test_a_participant_answers_in_three_taps(api: Api, make: Make, sessions: Sessions) -> None:
    enrolment = await standing(make, packaging=(1, 3), market=(2, 2))
    await asked(make, enrolment)
    me = api.as_(await participant(sessions, enrolment))

    (one,) = (await me.get("/v1/me/follow-ups")).json()["data"]
    business, sales, uses = one["questions"]
    taps = {"business": business["choices"][0]["code"], "sales": sales["choices"][0]["code"]}
    taps["still_in_use"] = [
        {"dimension": each["dimension"], "answer": uses["choices"][0]["code"]} for each in uses["dimensions"]
    ]
    answered = await me.post(f"/v1/follow-ups/{one['id']}/answer", answers=taps)

    assert [question["code"] for question in one["questions"]] == ["business", "sales", "still_in_use"]
    assert [each["dimension"] for each in uses["dimensions"]] == ["packaging"], "what stands above where it began"
    assert uses["dimensions"][0]["name"] == {"id": "Kemasan", "en": "Packaging"}
    assert business["words"] == {"id": "Apakah usaha Anda masih berjalan?", "en": "Is your business running?"}
    assert answered.status_code == 200, answered.text
    body = answered.json()
    assert (body["state"], body["channel"], body["questions"]) == ("answered", "app", [])
    use = {"dimension": "packaging", "answer": "yes", "level_before": 3, "level_after": 3}
    assert body["answers"] == {"business": "running", "sales": "more", "still_in_use": [use]}
    assert (await me.get("/v1/me/follow-ups")).json()["data"] == []
    assert await events(sessions, UUID(one["id"])) == ["follow_up.answered"]


@pytest.mark.parametrize(
    ("baseline", "proven", "answer", "left"),
    [
        (1, 3, "yes", 3),
        (1, 3, "partly", 2),
        (1, 3, "no", 1),
        (0, 4, "no", 0),
        (2, 3, "partly", 2),
        (2, 2, "partly", 2),  # never below where it began
        (3, 2, "no", 2),  # nor up to it
        (3, 2, "partly", 2),
    ],
)
def test_no_leads_back_to_the_baseline_and_partly_one_level_down(
    baseline: int, proven: int, answer: str, left: int
) -> None:
    assert level_left(baseline, proven, UseAnswer(answer)) == left


async def test_what_is_no_longer_in_use_falls_at_once_and_stays_on_record(
    api: Api, make: Make, sessions: Sessions
) -> None:
    enrolment = await standing(make, packaging=(1, 3), branding=(0, 2), market=(1, 2))
    follow_up = await asked(make, enrolment)
    me = api.as_(await participant(sessions, enrolment))

    answers = said(packaging="no", branding="partly", market="yes")
    answered = await me.post(f"/v1/follow-ups/{follow_up.id}/answer", answers=answers)

    assert answered.status_code == 200, answered.text
    assert await levels(me, enrolment) == {"packaging": 1, "branding": 1, "market": 2}
    shown = (await me.get(f"/v1/enrolments/{enrolment.id}/outcomes/packaging")).json()
    assert shown["counts"] is False
    async with sessions() as db:
        query = select(Outcome.dimension, OutcomeLevel).join(OutcomeLevel, OutcomeLevel.outcome_id == Outcome.id)
        moved = {row.dimension: row.OutcomeLevel for row in await db.execute(query)}
    assert sorted(moved) == ["branding", "packaging"]
    assert {(m.cause, m.follow_up_id) for m in moved.values()} == {("follow_up", follow_up.id)}
    assert (moved["packaging"].before_level, moved["packaging"].level) == (3, 1)


async def test_the_figures_of_the_programme_fall_with_the_level(api: Api, make: Make, sessions: Sessions) -> None:
    enrolment = await standing(make, packaging=(1, 3), branding=(0, 2))
    follow_up = await asked(make, enrolment)
    dinas = api.as_(await make.staff(Role.dinas))
    until = str(clock.today() + timedelta(days=60))
    asked_for: dict[str, Any] = {"by": "program", "program": str(enrolment.program_id), "to": until}
    (before,) = (await dinas.get("/v1/reports/outcomes", **asked_for)).json()["data"]

    answers = said(packaging="partly", branding="yes")
    me = api.as_(await participant(sessions, enrolment))
    await me.post(f"/v1/follow-ups/{follow_up.id}/answer", answers=answers)
    (after,) = (await dinas.get("/v1/reports/outcomes", **asked_for)).json()["data"]

    assert [(row["participants"], row["proven"]) for row in (before, after)] == [(1, 2), (1, 1)]
    means = [{each["dimension"]: each["mean_level"] for each in row["dimensions"]} for row in (before, after)]
    assert [(mean["packaging"], mean["branding"]) for mean in means] == [(3, 2), (2, 2)]


async def test_it_is_answered_once_however_many_try(api: Api, make: Make, sessions: Sessions) -> None:
    enrolment = await standing(make, packaging=(0, 3))
    follow_up = await asked(make, enrolment)
    person = await participant(sessions, enrolment)
    me, officer = api.as_(person), api.as_(await make.consultant_of(person))
    path = f"/v1/follow-ups/{follow_up.id}/answer"

    answers = await gather(
        *(me.post(path, answers=said(packaging="partly")) for _ in range(4)),
        *(officer.post(path, answers=said(packaging="partly"), channel="phone") for _ in range(4)),
    )

    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: 7}
    assert {answer.json()["code"] for answer in answers if answer.is_error} == {"follow_up_answered"}
    assert await levels(me, enrolment) == {"packaging": 2}


async def test_a_consultant_answers_for_the_participant_and_says_how(api: Api, make: Make, sessions: Sessions) -> None:
    enrolment = await standing(make, packaging=(0, 3))
    follow_up = await asked(make, enrolment)
    person = await participant(sessions, enrolment)
    consultant = await make.consultant_of(person)
    officer, path = api.as_(consultant), f"/v1/follow-ups/{follow_up.id}/answer"

    silent = await officer.post(path, answers=said(packaging="yes"))
    posing = await api.as_(person).post(path, answers=said(packaging="yes"), channel="visit")
    told = await officer.post(path, answers=said(packaging="yes"), channel="phone", note="Pindah ke pasar baru.")

    assert [e["pointer"] for e in silent.json()["errors"]] == ["#/channel"]
    assert [e["code"] for e in posing.json()["errors"]] == ["channel_of_staff"]
    assert (told.status_code, told.json()["channel"], told.json()["answered_by"]) == (200, "phone", str(consultant.id))
    assert told.json()["note"] == "Pindah ke pasar baru."


async def test_the_organizer_reads_answers_and_gives_none(api: Api, make: Make) -> None:
    opd = await make.organization()
    program = await make.program(opd)
    person = await make.person()
    enrolment = await make.enrolment(program, person, state="completed", completed_at=clock.now())
    follow_up = await asked(make, enrolment)
    officer, stranger = api.as_(await make.staff(Role.opd, opd)), api.as_(await make.staff(Role.opd))
    path = f"/v1/follow-ups/{follow_up.id}"

    assert (await officer.get(path)).status_code == 200
    assert (await stranger.get(path)).status_code == 404
    refused = await officer.post(f"{path}/answer", answers=said(), channel="phone")
    assert (refused.status_code, refused.json()["code"]) == (403, "participant_or_staff_only")
    assert (await stranger.post(f"{path}/answer", answers=said(), channel="phone")).status_code == 404
    shown = (await api.as_(person).get("/v1/me/disclosures")).json()["data"]
    assert ["follow_up" in row["fields"] for row in shown] == [True]


async def test_all_that_is_wrong_with_answers_is_told_at_once(api: Api, make: Make, sessions: Sessions) -> None:
    enrolment = await standing(make, packaging=(0, 3), branding=(0, 2))
    follow_up = await asked(make, enrolment)
    me = api.as_(await participant(sessions, enrolment))

    wrong = said(sales=None, market="yes", packaging="no")
    wrong["still_in_use"].append({"dimension": "packaging", "answer": "yes"})
    refused = await me.post(f"/v1/follow-ups/{follow_up.id}/answer", answers=wrong)

    assert refused.status_code == 422
    assert [(e["pointer"], e["code"]) for e in refused.json()["errors"]] == [
        ("#/answers/sales", "missing"),
        ("#/answers/still_in_use/0/dimension", "not_asked"),
        ("#/answers/still_in_use/2/dimension", "not_asked"),
        ("#/answers/still_in_use", "missing"),
    ]
    assert await levels(me, enrolment) == {"packaging": 3, "branding": 2}


async def test_after_its_last_day_nothing_is_answered(api: Api, make: Make, sessions: Sessions) -> None:
    enrolment = await standing(make, packaging=(0, 3))
    before = clock.today() - timedelta(days=50)
    term = {"due_on": before, "asked_on": before, "call_from": before, "closes_on": clock.today() - timedelta(days=1)}
    missed = await asked(make, enrolment, state=FollowUpState.missed, **term)
    over = await asked(make, enrolment, number=2, **term)  # The worker has not been there yet.
    me = api.as_(await participant(sessions, enrolment))

    answers = [await me.post(f"/v1/follow-ups/{row.id}/answer", answers=said(packaging="no")) for row in (missed, over)]

    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(409, "follow_up_missed")] * 2
