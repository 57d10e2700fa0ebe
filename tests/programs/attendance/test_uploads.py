"""Uploads of who came: again and again, late, from several devices, corrected until a certificate tells of it."""

from asyncio import gather
from collections import Counter
from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest
from sqlalchemy import func, select

from plut_api.kit import clock
from plut_api.kit.audit.models import AuditEntry
from plut_api.kit.caller import Role
from plut_api.kit.ids import new_id
from plut_api.programs.attendance.models import Attendance
from plut_api.programs.models import Enrolment, EnrolmentState, ProgramHost
from tests.conftest import Api
from tests.factories import Make
from tests.programs import teaching
from tests.programs.attendance.door import Sessions, came, noon, row, shown, training


def results(answer: Any) -> list[str]:
    """What became of each row."""
    assert answer.status_code == 200, answer.text
    return [one["code"] or one["result"] for one in answer.json()["data"]]


async def test_the_same_upload_twice_at_once_writes_once(api: Api, make: Make, sessions: Sessions) -> None:
    school = await training(make, people=12)
    rows = [row(one, client_ref=f"hp-1:{number}") for number, one in enumerate(school.enrolments)]
    organizer, path = api.as_(school.organizer), f"/v1/sessions/{school.session.id}/attendance"

    answers = await gather(*(organizer.post(path, rows=rows) for _ in range(4)))
    async with sessions() as db:
        kept = await db.scalar(select(func.count()).select_from(Attendance).where(Attendance.came))

    assert Counter(result for answer in answers for result in results(answer)) == {"recorded": 12, "unchanged": 36}
    assert kept == 12
    assert [one["client_ref"] for one in answers[0].json()["data"]] == [one["client_ref"] for one in rows]


async def test_the_latest_word_counts_in_whatever_order_it_arrives(api: Api, make: Make, sessions: Sessions) -> None:
    school = await training(make)
    (enrolment,), now = school.enrolments, clock.now()
    organizer, path = api.as_(school.organizer), f"/v1/sessions/{school.session.id}/attendance"
    early, late = row(enrolment, now - timedelta(minutes=20)), row(enrolment, now - timedelta(minutes=5), came=False)

    first = await organizer.post(path, rows=[early])
    corrected = await organizer.post(path, rows=[late])
    replayed = await organizer.post(path, rows=[early])
    both = await organizer.post(path, rows=[late, early])
    read = await organizer.get(f"/v1/enrolments/{enrolment.id}/attendance")
    async with sessions() as db:
        entries = select(AuditEntry).where(AuditEntry.object_kind == "attendances").order_by(AuditEntry.id)
        told = [(entry.action, entry.before, entry.after, entry.caller_id) for entry in await db.scalars(entries)]

    assert results(first) == ["recorded"]
    assert results(corrected) == ["corrected"]
    assert results(replayed) == ["outdated"]
    assert results(both) == ["unchanged", "outdated"]
    assert read.json()["sessions"][0]["came"] is False
    assert told == [
        ("created", None, {"came": True}, school.organizer.id),
        ("changed", {"came": True}, {"came": False}, school.organizer.id),
    ]


@pytest.mark.parametrize("order", list(permutations(range(3))))
async def test_three_words_come_to_the_same_in_every_order(api: Api, make: Make, order: tuple[int, ...]) -> None:
    school = await training(make)
    (enrolment,), now = school.enrolments, clock.now()
    organizer, path = api.as_(school.organizer), f"/v1/sessions/{school.session.id}/attendance"
    words = [row(enrolment, now - timedelta(minutes=9 - at), came=at != 1) for at in range(3)]

    for at in order:
        await organizer.post(path, rows=[words[at]])

    read = await organizer.get(f"/v1/enrolments/{enrolment.id}/attendance")
    assert read.json()["sessions"][0]["came"] is True


async def test_each_row_has_its_verdict_and_a_refused_one_keeps_no_other_out(api: Api, make: Make) -> None:
    school = await training(make, people=3)
    present, gone, certified = school.enrolments
    other = await make.enrolment()
    left = await make.enrolment(school.program, state=EnrolmentState.withdrawn)
    await came(make, school.session, certified)
    await api.as_(school.organizer).post(f"/v1/enrolments/{certified.id}/complete")
    at = clock.now()

    answer = await api.as_(school.organizer).post(
        f"/v1/sessions/{school.session.id}/attendance",
        rows=[
            row(present, code=shown(school.session, at)),
            row(gone, code=shown(school.session, at - timedelta(hours=1))),
            row(other),
            row(left),
            row(certified, came=False),
            row(gone, at + timedelta(hours=1)),
            row(gone, at - timedelta(minutes=1), came=False),
        ],
    )

    assert results(answer) == [
        "recorded",
        "check_in_code_wrong",
        "not_enrolled",
        "not_enrolled",
        "certificate_issued",
        "in_the_future",
        "recorded",
    ]
    assert answer.json()["data"][2]["message"]


async def test_many_rows_cost_as_many_statements_as_one(api: Api, make: Make, statements: list[str]) -> None:
    school = await training(make, people=6)
    organizer, path = api.as_(school.organizer), f"/v1/sessions/{school.session.id}/attendance"

    async def counted(*enrolments: Enrolment) -> int:
        statements.clear()
        assert results(await organizer.post(path, rows=[row(one) for one in enrolments])) == ["recorded"] * len(
            enrolments
        )
        return len(statements)

    await counted(school.enrolments[0])
    assert await counted(*school.enrolments[2:]) == await counted(school.enrolments[1])


async def test_attendance_is_noted_by_the_organizer_and_plut_within_their_rows(api: Api, make: Make) -> None:
    school = await training(make, people=2)
    mine, other = school.enrolments
    path = f"/v1/sessions/{school.session.id}/attendance"
    trainer = await make.staff(Role.consultant)
    await make.add(teaching.taught(school.session, (await teaching.trainer(make, account_id=trainer.id)).id))
    rows = [row(mine), row(other)]

    noted = {
        "assigned": await api.as_(await make.consultant_of(school.people[0])).post(path, rows=rows),
        "dinas": await api.as_(await make.staff(Role.dinas)).post(path, rows=rows),
        "trainer": await api.as_(trainer).post(path, rows=rows),
    }
    outside = await api.as_(await make.staff(Role.opd)).post(path, rows=rows)
    participant = await api.as_(school.people[0]).post(path, rows=rows)

    assert {who: results(answer) for who, answer in noted.items()} == {
        "assigned": ["recorded", "not_enrolled"],
        "dinas": ["unchanged", "recorded"],
        "trainer": ["unchanged", "unchanged"],
    }
    assert (outside.status_code, participant.status_code) == (403, 403)


async def test_a_co_host_notes_attendance_and_completes_as_the_organizer_does(api: Api, make: Make) -> None:
    school = await training(make, has_post_test=True, pass_mark=60)
    (enrolment,) = school.enrolments
    partner = await make.organization()
    accepted = {"accepted_at": clock.now(), "accepted_by": school.organizer.id}
    await make.add(
        ProgramHost(program_id=school.program.id, organization_id=partner.id, added_by=school.organizer.id, **accepted)
    )
    host = api.as_(await make.staff(Role.opd, partner))

    uploaded = await host.post(f"/v1/sessions/{school.session.id}/attendance", rows=[row(enrolment)])
    scored = await host.put(f"/v1/enrolments/{enrolment.id}/tests/post", etag='"0"', score=90)
    completed = await host.post(f"/v1/enrolments/{enrolment.id}/complete")
    certificate = await host.get(f"/v1/enrolments/{enrolment.id}/certificate")

    assert results(uploaded) == ["recorded"]
    assert (scored.status_code, completed.status_code, certificate.status_code) == (200, 200, 200)
    assert partner.name in certificate.json()["organizers"]


async def test_who_came_is_listed_for_the_organizer_with_one_statement_a_page(
    api: Api, make: Make, statements: list[str]
) -> None:
    school = await training(make, people=4)
    await came(make, school.session, *school.enrolments[:2])
    organizer, path = api.as_(school.organizer), f"/v1/sessions/{school.session.id}/attendance"
    await organizer.get(path, limit=1)

    statements.clear()
    few = await organizer.get(path, limit=2)
    counted = len(statements)
    statements.clear()
    whole = await organizer.get(path)

    assert len(statements) == counted
    assert few.json()["next_cursor"] is not None
    assert [one["came"] for one in whole.json()["data"]] == [True, True, None, None]
    assert whole.json()["data"][0]["person_name"] == school.people[0].full_name


async def test_a_participant_reads_how_far_they_are(api: Api, make: Make) -> None:
    school = await training(make, sessions=3, has_post_test=True, pass_mark=70)
    off = await teaching.session(
        make, school.program, held_on=clock.today() - timedelta(days=9), **teaching.cancelled()
    )
    await came(make, school.session, school.enrolments[0])
    path = f"/v1/enrolments/{school.enrolments[0].id}/attendance"

    mine = await api.as_(school.people[0]).get(path)
    other = await api.as_(await make.person()).get(path)

    assert {name: value for name, value in mine.json().items() if name != "sessions"} == {
        "enrolment_id": str(school.enrolments[0].id),
        "sessions_held": 3,
        "sessions_attended": 1,
        "attended_percent": 33,
        "asked_percent": 80,
        "pre_score": None,
        "post_score": None,
        "pass_mark": 70,
        "is_fulfilled": False,
    }
    assert [(one["session_id"], one["is_cancelled"]) for one in mine.json()["sessions"]] == [
        (str(off.id), True),
        *((str(one.id), False) for one in school.sessions),
    ]
    assert (other.status_code, other.json()["code"]) == (404, "enrolment_not_found")


async def test_an_upload_of_a_thousand_and_one_rows_is_refused(api: Api, make: Make) -> None:
    school = await training(make)
    rows = [{"enrolment_id": str(new_id()), "at": noon(clock.today()).isoformat()}] * 1001

    answer = await api.as_(school.organizer).post(f"/v1/sessions/{school.session.id}/attendance", rows=rows)

    assert answer.status_code == 422
