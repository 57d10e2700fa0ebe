"""Whom the worker asks, on which day, how often it reminds, and what it does once the time is over."""

from asyncio import gather
from datetime import date, timedelta

import pytest
from fastapi import FastAPI
from sqlalchemy import select, update

from plut_api.actors.models import Person
from plut_api.kit import clock
from plut_api.kit.database import unit_of_work
from plut_api.kit.i18n import Locale
from plut_api.kit.messages.models import Message
from plut_api.kit.messages.templates import render, template
from plut_api.outcomes.follow_ups.models import FollowUpState
from plut_api.programs.models import EnrolmentState
from tests.conftest import Api
from tests.factories import Make
from tests.outcomes.follow_ups.steps import Sessions, all_asked, completed, on, worked

DONE = date(2026, 11, 30)


async def reminded(sessions: Sessions) -> list[tuple[str, object]]:
    """The template and recipient of every message, in the order written."""
    async with sessions() as db:
        rows = await db.execute(select(Message.template, Message.recipient_id).order_by(Message.created_at))
        return [(row.template, row.recipient_id) for row in rows]


async def test_each_is_asked_on_its_day_by_the_calendar_and_none_before(
    app: FastAPI, make: Make, sessions: Sessions
) -> None:
    await completed(make, DONE)
    seen: dict[str, list[int]] = {}

    for day in ("2027-02-27", "2027-02-28", "2027-05-29", "2027-05-30", "2027-11-29", "2027-11-30", "2028-11-30"):
        with on(date.fromisoformat(day)):
            await worked(app)
            await worked(app)
        seen[day] = [row.months for row in await all_asked(sessions)]

    assert list(seen.values()) == [[], [3], [3], [3, 6], [3, 6], [3, 6, 12], [3, 6, 12]]
    assert [str(row.due_on) for row in await all_asked(sessions)] == ["2027-02-28", "2027-05-30", "2027-11-30"]


async def test_a_worker_that_was_away_asks_late_but_not_after_so_many_days(
    app: FastAPI, make: Make, sessions: Sessions
) -> None:
    today = clock.today()
    late = await completed(make, today - timedelta(days=150))
    await completed(make, today - timedelta(days=91 + 90 + 5 + 366))  # Each of its three lies too far back.

    await worked(app)

    (row,) = await all_asked(sessions)
    assert (row.enrolment_id, row.months, row.asked_on) == (late.id, 3, today)
    assert row.due_on < today
    assert row.closes_on == today + timedelta(days=45)


async def test_who_did_not_complete_or_is_gone_is_not_asked(app: FastAPI, make: Make, sessions: Sessions) -> None:
    day = clock.today() - timedelta(days=95)
    await make.enrolment(state=EnrolmentState.incomplete)
    await make.enrolment(state=EnrolmentState.withdrawn)
    await make.enrolment()
    gone = await completed(make, day)
    async with unit_of_work(sessions) as db:
        await db.execute(update(Person).where(Person.id == gone.person_id).values(erased_at=clock.now()))

    await worked(app)

    assert await all_asked(sessions) == []


async def test_two_workers_ask_once(app: FastAPI, make: Make, sessions: Sessions) -> None:
    for _ in range(3):
        await completed(make, clock.today() - timedelta(days=100))

    await gather(worked(app), worked(app), worked(app))

    assert len(await all_asked(sessions)) == 3
    assert len(await reminded(sessions)) == 3


async def test_who_does_not_answer_is_reminded_twice_then_called_then_missed(
    app: FastAPI, api: Api, make: Make, sessions: Sessions
) -> None:
    person = await make.person()
    consultant = await make.consultant_of(person)
    await completed(make, DONE, person=person)
    first, messages, calls, state = date(2027, 2, 28), {}, {}, {}

    for days in (0, 6, 7, 14, 20, 21, 45, 46):
        with on(first + timedelta(days=days)):
            await worked(app)
            messages[days] = len(await reminded(sessions))
            waiting = (await api.as_(consultant).get("/v1/work-list", kind="follow_up.to_call")).json()["data"]
            calls[days] = len(waiting)
            state[days] = (await all_asked(sessions))[0].state

    assert messages == {0: 1, 6: 1, 7: 2, 14: 3, 20: 3, 21: 3, 45: 3, 46: 3}
    assert calls == {0: 0, 6: 0, 7: 0, 14: 0, 20: 0, 21: 1, 45: 1, 46: 0}
    assert state[45] is FollowUpState.open
    assert state[46] is FollowUpState.missed
    templates = [name for name, _ in await reminded(sessions)]
    assert templates == ["follow_up_due", "follow_up_again", "follow_up_again"]


async def test_after_days_without_a_worker_there_is_one_reminder_and_the_next_after_its_pause(
    app: FastAPI, make: Make, sessions: Sessions
) -> None:
    await completed(make, DONE)
    first, sent = date(2027, 2, 28), {}

    for days in (0, 20, 21, 26, 27):
        with on(first + timedelta(days=days)):
            await worked(app)
        sent[days] = len(await reminded(sessions))

    assert sent == {0: 1, 20: 2, 21: 2, 26: 2, 27: 3}


async def test_whoever_has_no_phone_is_called_from_the_first_day(app: FastAPI, api: Api, make: Make) -> None:
    person = await make.person()
    consultant = await make.consultant_of(person)
    await completed(make, clock.today() - timedelta(days=100), person=person)
    async with unit_of_work(app.state.sessions) as db:
        await db.execute(update(Person).where(Person.id == person.id).values(phone_index=None, phone_sealed=None))

    await worked(app)

    (row,) = (await api.as_(consultant).get("/v1/work-list", kind="follow_up.to_call")).json()["data"]
    assert row["words"] == "Telepon peserta: 3 bulan setelah pelatihan, bagaimana usahanya?"
    assert row["person"]["id"] == str(person.id)
    assert (await api.as_(consultant).get(row["href"])).status_code == 200


async def test_the_day_takes_as_many_statements_for_many_as_for_few(
    app: FastAPI, make: Make, statements: list[str]
) -> None:
    program = await make.program(seats=100)
    counts = []
    for number in (2, 8):
        for _ in range(number):
            await completed(make, clock.today() - timedelta(days=100), program=program)
        statements.clear()
        await worked(app)
        counts.append(len(statements))

    assert counts[0] == counts[1]


SAID = {
    ("follow_up_due", "id"): "PLUT NTB: 6 bulan setelah Kemasan yang Laku, apa kabar usaha Anda? "
    "Jawab 3 pertanyaan di aplikasi sampai 14 Juli 2027.",
    ("follow_up_due", "en"): "PLUT NTB: 6 months after Kemasan yang Laku, how is your business? "
    "Answer 3 questions in the app by 14 July 2027.",
    ("follow_up_again", "id"): "PLUT NTB: kami menunggu kabar 6 bulan setelah Kemasan yang Laku. "
    "Jawab 3 pertanyaan di aplikasi sampai 14 Juli 2027.",
    ("follow_up_again", "en"): "PLUT NTB: we still hope for news, 6 months after Kemasan yang Laku. "
    "Answer 3 questions in the app by 14 July 2027.",
}


@pytest.mark.parametrize(("name", "language"), SAID)
def test_messages_say_what_is_asked_and_until_when(name: str, language: Locale) -> None:
    facts = {"program": "Kemasan yang Laku", "months": 6, "closes_on": date(2027, 7, 14)}

    assert render(template(name), language, facts).text == SAID[name, language]
