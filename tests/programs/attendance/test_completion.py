"""Completing: by the programme's rule, for one participant or for all when it ends; waived with a reason."""

from asyncio import gather
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import select

from plut_api.kit import clock
from plut_api.kit.caller import Role
from plut_api.programs.attendance.models import CompletionWaiver
from plut_api.programs.certificates.models import Certificate
from plut_api.programs.models import Enrolment, EnrolmentState, ProgramState
from tests.conftest import Api
from tests.factories import Make
from tests.programs import teaching
from tests.programs.attendance.door import Sessions, came, noon, shown, told, training, worked_off
from tests.programs.attendance.test_scores import noted


async def states(sessions: Sessions, *enrolments: Enrolment) -> list[str]:
    """Where participants stand."""
    async with sessions() as db:
        found = {row.id: row.state.value for row in await db.scalars(select(Enrolment))}
    return [found[one.id] for one in enrolments]


async def test_a_participant_completes_once_enough_sessions_are_attended_and_the_test_is_passed(
    api: Api, make: Make
) -> None:
    school = await training(make, sessions=5, has_post_test=True, pass_mark=70)
    organizer, (enrolment,) = api.as_(school.organizer), school.enrolments
    path = f"/v1/enrolments/{enrolment.id}/complete"

    await came(make, school.sessions[0], enrolment)
    early = await organizer.post(path)
    for session in school.sessions[1:4]:
        await came(make, session, enrolment)
    untested = await organizer.post(path)
    await noted(organizer, enrolment, 69)
    failed = await organizer.post(path)
    await noted(organizer, enrolment, 70)
    done = await organizer.post(path)

    assert [answer.status_code for answer in (early, untested, failed, done)] == [409, 409, 409, 200]
    assert early.json()["code"] == "not_completed_yet"
    assert {name: early.json()[name] for name in ("sessions_held", "sessions_attended", "attended_percent")} == {
        "sessions_held": 5,
        "sessions_attended": 1,
        "attended_percent": 20,
    }
    assert (failed.json()["post_score"], failed.json()["pass_mark"]) == (69, 70)
    assert done.json()["state"] == "completed"


@pytest.mark.parametrize(("held", "attended", "completes"), [(5, 4, True), (5, 3, False), (3, 2, False)])
async def test_the_share_is_counted_over_sessions_that_were_not_cancelled(
    api: Api, make: Make, held: int, attended: int, completes: bool
) -> None:
    school = await training(make, sessions=held)
    await teaching.session(make, school.program, held_on=clock.today() - timedelta(days=20), **teaching.cancelled())
    for session in school.sessions[:attended]:
        await came(make, session, school.enrolments[0])

    answer = await api.as_(school.organizer).post(f"/v1/enrolments/{school.enrolments[0].id}/complete")

    assert answer.status_code == (200 if completes else 409)


async def test_sessions_to_come_count_while_the_programme_runs(api: Api, make: Make) -> None:
    school = await training(make)
    await teaching.session(make, school.program, held_on=clock.today() + timedelta(days=3))
    await came(make, school.session, school.enrolments[0])

    answer = await api.as_(school.organizer).post(f"/v1/enrolments/{school.enrolments[0].id}/complete")

    assert (answer.status_code, answer.json()["sessions_held"]) == (409, 2)


async def test_the_rule_is_waived_with_a_reason_that_is_kept(api: Api, make: Make, sessions: Sessions) -> None:
    school = await training(make, sessions=2)
    (enrolment,) = school.enrolments
    path = f"/v1/enrolments/{enrolment.id}/complete"
    why: dict[str, Any] = {"waive_reason": "Sakit; tugas pengganti dikumpulkan."}

    consultant = await api.as_(await make.consultant_of(*school.people)).post(path, **why)
    organizer = await api.as_(school.organizer).post(path, **why)
    async with sessions() as db:
        waiver = (await db.scalars(select(CompletionWaiver))).one()

    assert (consultant.status_code, consultant.json()["code"]) == (403, "organizer_only")
    assert organizer.status_code == 200
    assert (waiver.reason, waiver.attended_percent, waiver.waived_by) == (why["waive_reason"], 0, school.organizer.id)


async def test_when_a_programme_ends_everybody_who_fulfils_its_rule_completes_it(
    api: Api, make: Make, sessions: Sessions, app: FastAPI
) -> None:
    school = await training(make, people=4, sessions=2)
    both, once, never, gone = school.enrolments
    for session in school.sessions:
        await came(make, session, both)
    await came(make, school.session, once)
    await api.as_(school.people[3]).post(f"/v1/enrolments/{gone.id}/withdraw")

    await api.as_(school.organizer).post(f"/v1/programs/{school.program.id}/complete")
    await worked_off(app)
    async with sessions() as db:
        certified = list(await db.scalars(select(Certificate.enrolment_id)))

    assert await states(sessions, both, once, never, gone) == ["completed", "incomplete", "incomplete", "withdrawn"]
    assert certified == [both.id]
    assert [event.subject_id for event in await told(sessions, "enrolment.completed")] == [both.id]
    assert {event.subject_id for event in await told(sessions, "enrolment.lapsed")} == {once.id, never.id}


async def test_a_programme_without_any_session_asks_for_no_attendance_and_completes_nobody_by_itself(
    api: Api, make: Make, sessions: Sessions, app: FastAPI
) -> None:
    program = await make.program(state=ProgramState.running)
    one, other = await make.enrolment(program), await make.enrolment(program)
    dinas = api.as_(await make.staff(Role.dinas))

    answer = await dinas.post(f"/v1/enrolments/{one.id}/complete")
    await dinas.post(f"/v1/programs/{program.id}/complete")
    await worked_off(app)

    assert answer.status_code == 200
    assert await states(sessions, one, other) == ["completed", "incomplete"]


async def test_what_a_phone_sends_after_the_end_completes_who_was_incomplete(
    api: Api, make: Make, sessions: Sessions, app: FastAPI
) -> None:
    school = await training(make, people=2, sessions=2)
    other, late = school.enrolments
    for session in school.sessions:
        await came(make, session, other)
    await came(make, school.today, late)
    await api.as_(school.organizer).post(f"/v1/programs/{school.program.id}/complete")
    await worked_off(app)
    before = await states(sessions, late)

    at = noon(school.session.held_on)
    body: dict[str, Any] = {"code": shown(school.session, at), "at": at.isoformat()}
    answer = await api.as_(school.people[1]).post(f"/v1/sessions/{school.session.id}/check-in", **body)
    await worked_off(app)

    assert answer.status_code == 200
    assert (before, await states(sessions, late)) == (["incomplete"], ["completed"])


async def test_participants_completed_at_once_and_by_the_end_are_completed_once(
    api: Api, make: Make, sessions: Sessions, app: FastAPI
) -> None:
    school = await training(make, people=3)
    await came(make, school.session, *school.enrolments)
    organizer = api.as_(school.organizer)

    answers = await gather(
        *(organizer.post(f"/v1/enrolments/{one.id}/complete") for one in school.enrolments for _ in range(2)),
        organizer.post(f"/v1/programs/{school.program.id}/complete"),
    )
    await worked_off(app)
    async with sessions() as db:
        numbers = sorted(await db.scalars(select(Certificate.serial)))

    assert Counter(answer.status_code for answer in answers) == {200: 4, 409: 3}
    assert await states(sessions, *school.enrolments) == ["completed"] * 3
    assert numbers == [1, 2, 3]
    assert len(await told(sessions, "enrolment.completed")) == 3


async def test_who_was_incomplete_can_complete_by_a_waiver(api: Api, make: Make) -> None:
    enrolment = await make.enrolment(
        (await training(make, state=ProgramState.completed)).program, state=EnrolmentState.incomplete
    )

    answer = await api.as_(await make.staff(Role.dinas)).post(
        f"/v1/enrolments/{enrolment.id}/complete", waive_reason="Daftar hadir hilang dalam banjir."
    )

    assert (answer.status_code, answer.json()["state"]) == (200, "completed")
