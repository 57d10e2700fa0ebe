"""Lists of follow-ups: whose, by what, in one statement; and what spans all rooms."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from plut_api.kit import clock
from plut_api.kit.caller import Role
from plut_api.kit.database import unit_of_work
from plut_api.outcomes.follow_ups.models import FollowUp, FollowUpState
from plut_api.outcomes.follow_ups.planning import Terms
from plut_api.programs.models import EnrolmentState
from tests.conftest import Api
from tests.factories import Make
from tests.outcomes.follow_ups.steps import Sessions, asked, completed, participant, said, standing


async def test_staff_find_follow_ups_by_state_programme_months_and_day(api: Api, make: Make) -> None:
    today = clock.today()
    first = await asked(make, await completed(make, today - timedelta(days=100)))
    other = await completed(make, today - timedelta(days=400))
    ago = today - timedelta(days=60)
    past = {"due_on": ago, "asked_on": ago, "call_from": ago + timedelta(days=21), "closes_on": today}
    second = await asked(make, other, number=2, months=6, **past)
    third = await asked(make, other, number=3, months=12, state=FollowUpState.missed, **past)
    dinas = api.as_(await make.staff(Role.dinas))

    async def found(**query: Any) -> set[str]:
        return {row["id"] for row in (await dinas.get("/v1/follow-ups", **query)).json()["data"]}

    assert await found() == {str(row.id) for row in (first, second, third)}
    assert await found(state="open") == {str(first.id), str(second.id)}
    assert await found(program=str(other.program_id), state="missed") == {str(third.id)}
    assert await found(months=[6, 12]) == {str(second.id), str(third.id)}
    assert await found(**{"from": str(today)}) == {str(first.id)}
    assert await found(to=str(ago)) == {str(second.id), str(third.id)}
    assert await found(overdue=True) == {str(second.id)}


async def test_each_finds_what_is_theirs(api: Api, make: Make) -> None:
    person, other = await make.person(), await make.person()
    opd = await make.organization()
    enrolment = await completed(
        make, clock.today() - timedelta(days=100), person=person, program=await make.program(opd)
    )
    mine = await asked(make, enrolment)
    await asked(make, await completed(make, clock.today() - timedelta(days=100), person=other))
    callers = [person, await make.consultant_of(person), await make.staff(Role.opd, opd)]

    for who in callers:
        rows = (await api.as_(who).get("/v1/follow-ups")).json()["data"]
        of_one = (await api.as_(who).get(f"/v1/enrolments/{enrolment.id}/follow-ups")).json()["data"]
        assert [row["id"] for row in rows] == [row["id"] for row in of_one] == [str(mine.id)]
        assert rows[0]["person_name"] == person.full_name
    assert (await api.as_(other).get(f"/v1/enrolments/{enrolment.id}/follow-ups")).status_code == 404
    assert (await api.as_(await make.staff(Role.bank)).get("/v1/follow-ups")).status_code == 403


async def test_those_of_a_seat_that_was_given_back_are_gone(api: Api, make: Make) -> None:
    person = await make.person()
    withdrawn = await make.enrolment(person=person, state=EnrolmentState.withdrawn)
    follow_up = await asked(make, withdrawn)
    me = api.as_(person)

    assert (await me.get("/v1/me/follow-ups")).json()["data"] == []
    assert (await me.get(f"/v1/follow-ups/{follow_up.id}")).status_code == 404
    assert (await me.post(f"/v1/follow-ups/{follow_up.id}/answer", answers=said())).status_code == 404


@pytest.mark.parametrize("path", ["/v1/follow-ups", "/v1/me/follow-ups"])
async def test_a_list_takes_as_many_statements_for_many_as_for_few(
    api: Api, make: Make, statements: list[str], path: str
) -> None:
    person = await make.person()
    me, counts = api.as_(person), []
    await me.get(path)
    for number in (1, 4):
        for _ in range(number):
            await asked(make, await completed(make, clock.today() - timedelta(days=100), person=person))
        statements.clear()
        assert (await me.get(path)).status_code == 200
        counts.append(len(statements))

    assert counts == [1, 1]


async def test_an_answer_is_part_of_the_story_of_the_business_and_of_what_is_held(
    api: Api, make: Make, sessions: Sessions
) -> None:
    enrolment = await standing(make, packaging=(1, 3))
    follow_up = await asked(make, enrolment)
    me = api.as_(await participant(sessions, enrolment))
    await me.post(f"/v1/follow-ups/{follow_up.id}/answer", answers=said("paused", "less", packaging="yes"))

    timeline = (await me.get(f"/v1/actors/{enrolment.actor_id}/timeline", limit=200)).json()["data"]
    held = (await me.get("/v1/me/data")).json()["sections"]

    (told,) = [entry for entry in timeline if entry["kind"] == "follow_up.answered"]
    assert told["href"] == f"/v1/follow-ups/{follow_up.id}"
    assert "3 bulan setelah pelatihan: usaha berhenti sementara" in told["words"]
    (section,) = [section for section in held if section["name"] == "follow_ups"]
    assert [row["answered_by"] for row in section["rows"]] == ["self"]


async def test_reports_count_on_terms_that_are_data(sessions: Sessions) -> None:
    async with unit_of_work(sessions) as db:
        terms = await Terms.of_today(db)

    assert (list(terms.months), list(terms.reminder_days)) == ([3, 6, 12], [0, 7, 14])
    assert terms.reminder_after(3, clock.today()) is None


async def test_free_text_goes_with_its_person_and_codes_stay(api: Api, make: Make, sessions: Sessions) -> None:
    from plut_api.kit.privacy import Subject
    from plut_api.outcomes.follow_ups.privacy import empty_follow_ups
    from tests.factories import caller_for

    enrolment = await standing(make, packaging=(1, 3))
    follow_up, still_open = await asked(make, enrolment), await asked(make, enrolment, number=2)
    person = await participant(sessions, enrolment)
    officer, path = api.as_(await make.consultant_of(person)), f"/v1/follow-ups/{follow_up.id}"
    await officer.post(f"{path}/answer", answers=said(packaging="no"), channel="phone", note="Suaminya sakit.")
    await officer.post(f"{path}/correct", answers=said(packaging="partly"), reason="Ibu Baiq keliru.")

    async with unit_of_work(sessions) as db:
        assert person.account_id is not None
        subject = Subject(person.account_id, person.id)
        erased = await empty_follow_ups(db, caller_for(person), subject)

    async with sessions() as db:
        left = {row.id: row for row in await db.scalars(select(FollowUp))}
    assert (erased.deleted, erased.emptied, len(erased.kept)) == (1, 1, 1)
    assert still_open.id not in left
    assert (left[follow_up.id].note, left[follow_up.id].correction_reason) == (None, "(dihapus)")
    assert left[follow_up.id].business == "running"
