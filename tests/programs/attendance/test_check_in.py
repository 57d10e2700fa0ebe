"""Checking in at the door by a rotating code: at once or later, once, and never by guessing."""

from asyncio import gather
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from plut_api.kit import clock
from plut_api.kit.caller import Role
from plut_api.programs.attendance.codes import qr_text
from plut_api.programs.attendance.models import Attendance, How
from plut_api.programs.attendance.service.check_in import WRONG_CODES
from plut_api.programs.models import TrainingSession
from tests.conftest import Api
from tests.factories import Make
from tests.programs import teaching
from tests.programs.attendance.door import Sessions, came, noon, row, shown, told, training


async def test_a_participant_checks_in_with_the_code_that_is_shown_at_the_door(
    api: Api, make: Make, sessions: Sessions
) -> None:
    school = await training(make)
    path = f"/v1/sessions/{school.session.id}"

    board = await api.as_(school.organizer).get(f"{path}/check-in-code", codes=3)
    first = board.json()["codes"][0]
    answer = await api.as_(school.people[0]).post(f"{path}/check-in", code=first["code"], scanned=True)

    assert board.status_code == 200
    assert first["qr_text"] == qr_text(school.session.id, first["code"])
    assert [code["valid_from"] for code in board.json()["codes"][1:]] == [
        code["valid_until"] for code in board.json()["codes"][:-1]
    ]
    assert len({code["code"] for code in board.json()["codes"]}) == 3
    assert (answer.status_code, answer.json()["came"], answer.json()["how"]) == (200, True, "qr")
    assert answer.json()["enrolment_id"] == str(school.enrolments[0].id)
    event = (await told(sessions, "attendance.recorded"))[0]
    assert event.facts == {"program_id": str(school.program.id), "enrolment_id": str(school.enrolments[0].id)}


async def test_fifty_check_ins_at_once_are_one(api: Api, make: Make, sessions: Sessions) -> None:
    school = await training(make)
    me, code = api.as_(school.people[0]), shown(school.session)

    answers = await gather(*(me.post(f"/v1/sessions/{school.session.id}/check-in", code=code) for _ in range(50)))
    async with sessions() as db:
        rows = await db.scalar(select(func.count()).select_from(Attendance))

    assert Counter(answer.status_code for answer in answers) == {200: 50}
    assert len({answer.text for answer in answers}) == 1
    assert rows == 1
    assert len(await told(sessions, "attendance.recorded")) == 1


async def test_a_phone_without_a_network_tells_later_what_it_scanned(api: Api, make: Make) -> None:
    school = await training(make, sessions=2)
    at = noon(school.session.held_on)
    me, path = api.as_(school.people[0]), f"/v1/sessions/{school.session.id}/check-in"

    of_another_time = await me.post(path, code=shown(school.session, at - timedelta(hours=1)), at=at.isoformat())
    clock_goes_wrong = at + timedelta(seconds=90)
    answer = await me.post(path, code=shown(school.session, at), at=clock_goes_wrong.isoformat())

    assert (of_another_time.status_code, of_another_time.json()["code"]) == (409, "check_in_code_wrong")
    assert answer.status_code == 200
    assert answer.json()["at"] < answer.json()["recorded_at"]


async def test_checking_in_is_possible_on_the_day_and_for_some_days_after(api: Api, make: Make) -> None:
    school = await training(make, sessions=10)
    old, today = school.session, school.today
    me = api.as_(school.people[0])

    async def answered(session: TrainingSession, **body: Any) -> tuple[int, str]:
        answer = await me.post(f"/v1/sessions/{session.id}/check-in", **body)
        return answer.status_code, str(answer.json().get("code"))

    at, later = noon(old.held_on), clock.now() + timedelta(minutes=10)
    too_late = await answered(old, code=shown(old, at), at=at.isoformat())
    other_day = await answered(today, code=shown(today, at), at=at.isoformat())
    to_come = await me.post(f"/v1/sessions/{today.id}/check-in", code=shown(today, later), at=later.isoformat())

    assert too_late == (409, "check_in_closed")
    assert other_day == (409, "check_in_closed")
    assert (to_come.status_code, to_come.json()["errors"][0]["code"]) == (422, "in_the_future")


async def test_only_participants_check_in_and_only_where_they_have_a_seat(api: Api, make: Make) -> None:
    school = await training(make)
    path, code = f"/v1/sessions/{school.session.id}/check-in", shown(school.session)

    stranger = await api.as_(await make.person()).post(path, code=code)
    officer = await api.as_(school.organizer).post(path, code=code)
    nowhere = await api.as_(school.people[0]).post(f"/v1/sessions/{school.program.id}/check-in", code=code)

    assert (stranger.status_code, stranger.json()["code"]) == (409, "not_enrolled")
    assert (officer.status_code, officer.json()["code"]) == (403, "participants_only")
    assert (nowhere.status_code, nowhere.json()["code"]) == (404, "session_not_found")


async def test_nobody_came_to_a_session_that_was_cancelled(api: Api, make: Make) -> None:
    school = await training(make)
    off = await teaching.session(make, school.program, held_on=clock.today(), **teaching.cancelled())
    path = f"/v1/sessions/{off.id}"

    answer = await api.as_(school.people[0]).post(f"{path}/check-in", code=shown(off))
    upload = await api.as_(school.organizer).post(f"{path}/attendance", rows=[row(school.enrolments[0])])

    assert (answer.status_code, answer.json()["code"]) == (409, "session_not_held")
    assert (upload.status_code, upload.json()["code"]) == (409, "session_not_held")


async def test_who_guesses_codes_has_to_wait_even_with_the_right_one(api: Api, make: Make) -> None:
    school = await training(make, people=2)
    me, other = (api.as_(person) for person in school.people)
    path, code = f"/v1/sessions/{school.session.id}/check-in", shown(school.session)
    wrong = f"{(int(code) + 1) % 10**8:08d}"

    guesses = [(await me.post(path, code=wrong)).status_code for _ in range(WRONG_CODES.calls)]
    refused = await me.post(path, code=code)
    beside = await other.post(path, code=code)

    assert set(guesses) == {409}
    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) <= WRONG_CODES.seconds
    assert beside.status_code == 200


async def test_the_word_of_who_runs_the_door_stands_against_an_earlier_check_in(api: Api, make: Make) -> None:
    school = await training(make)
    path = f"/v1/sessions/{school.session.id}"
    await api.as_(school.organizer).post(
        f"{path}/attendance", rows=[row(school.enrolments[0], clock.now() + timedelta(seconds=60), came=False)]
    )

    answer = await api.as_(school.people[0]).post(f"{path}/check-in", code=shown(school.session))

    assert (answer.status_code, answer.json()["code"]) == (409, "noted_absent")


async def test_the_codes_are_shown_to_who_runs_the_door_alone(api: Api, make: Make) -> None:
    school = await training(make)
    expert = await make.staff(Role.opd)
    await make.add(teaching.taught(school.session, (await teaching.trainer(make, account_id=expert.id)).id))
    path = f"/v1/sessions/{school.session.id}/check-in-code"

    shown_to = {
        "trainer": await api.as_(expert).get(path),
        "consultant": await api.as_(await make.staff(Role.consultant)).get(path),
        "dinas": await api.as_(await make.staff(Role.dinas)).get(path),
        "participant": await api.as_(school.people[0]).get(path),
        "another": await api.as_(await make.staff(Role.opd)).get(path),
    }

    assert {who: answer.status_code for who, answer in shown_to.items()} == {
        "trainer": 200,
        "consultant": 200,
        "dinas": 200,
        "participant": 403,
        "another": 403,
    }
    assert shown_to["another"].json()["code"] == "door_only"


async def test_the_door_shows_its_code_as_a_picture(api: Api, make: Make) -> None:
    school = await training(make)
    path = f"/v1/sessions/{school.session.id}/check-in-code"

    picture = await api.as_(school.organizer).get(path, headers={"Accept": "image/svg+xml"})
    neither = await api.as_(school.organizer).get(path, headers={"Accept": "image/png"})

    assert (picture.status_code, picture.headers["content-type"]) == (200, "image/svg+xml")
    assert picture.text.startswith("<svg")
    assert neither.status_code == 406


async def test_somebody_who_came_is_told_so_again_without_a_code_that_holds(api: Api, make: Make) -> None:
    school = await training(make)
    await came(make, school.session, school.enrolments[0])

    answer = await api.as_(school.people[0]).post(f"/v1/sessions/{school.session.id}/check-in", code="00000000")

    assert (answer.status_code, answer.json()["how"]) == (200, How.organizer)


@pytest.mark.parametrize("at", ["0008-02-10T11:29:43.701462-06:34", "9999-12-31T23:59:59Z"])
async def test_codes_are_shown_for_times_near_the_session(api: Api, make: Make, at: str) -> None:
    school = await training(make)

    query: dict[str, Any] = {"from": at}

    answer = await api.as_(school.organizer).get(f"/v1/sessions/{school.session.id}/check-in-code", **query)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["code"] == "far_from_the_session"
