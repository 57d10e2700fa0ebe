"""Programmes start and end when their sessions say so."""

from datetime import timedelta

import pytest

from plut_api.kit import clock
from plut_api.kit.caller import Role
from plut_api.programs.models import ProgramState, Shift, TrainingSession
from tests.conftest import Api
from tests.factories import Make


@pytest.mark.parametrize(("days", "status"), [(30, 200), (31, 409)])
async def test_a_programme_starts_a_month_before_its_first_session_at_the_earliest(
    api: Api, make: Make, days: int, status: int
) -> None:
    first = clock.today() + timedelta(days=days)
    program = await make.program(starts_on=clock.today(), ends_on=first)
    await make.add(TrainingSession(program_id=program.id, held_on=first, shift=Shift.morning, title="Pembukaan"))

    answer = await api.as_(await make.staff(Role.dinas)).post(f"/v1/programs/{program.id}/start")

    assert answer.status_code == status
    assert answer.is_success or answer.json()["code"] == "program_too_early"


async def test_a_programme_without_sessions_starts_by_its_first_day(api: Api, make: Make) -> None:
    later = clock.today() + timedelta(days=40)
    program = await make.program(starts_on=later, ends_on=later)

    answer = await api.as_(await make.staff(Role.dinas)).post(f"/v1/programs/{program.id}/start")

    earliest = (later - timedelta(days=30)).isoformat()
    assert (answer.status_code, earliest in answer.json()["detail"]) == (409, True)


async def test_a_programme_ends_once_its_last_session_was_held_or_called_off(api: Api, make: Make) -> None:
    today, ahead = clock.today(), clock.today() + timedelta(days=1)
    dinas, answers = api.as_(await make.staff(Role.dinas)), []
    for last, called_off in ((today, False), (ahead, False), (ahead, True)):
        program = await make.program(state=ProgramState.running, starts_on=today, ends_on=ahead)
        session = TrainingSession(program_id=program.id, held_on=last, shift=Shift.afternoon, title="Penutupan")
        if called_off:
            session.cancelled_at, session.cancel_reason = clock.now(), "Hujan."
        await make.add(session)
        answers.append(await dinas.post(f"/v1/programs/{program.id}/complete"))

    assert [answer.status_code for answer in answers] == [200, 409, 200]
    assert (answers[1].json()["code"], ahead.isoformat() in answers[1].json()["detail"]) == ("program_too_early", True)
