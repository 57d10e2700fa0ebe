"""No-shows: who never came is told, appeals, is excused or not; who came or gave the seat back has none."""

from datetime import timedelta
from typing import Any

from fastapi import FastAPI
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors.models import Person
from plut_api.kit import clock
from plut_api.kit.caller import Role
from plut_api.kit.database import unit_of_work
from plut_api.kit.ids import new_id
from plut_api.kit.messages.models import Message
from plut_api.programs.attendance.models import NoShow, NoShowState
from plut_api.programs.attendance.service import fade
from plut_api.programs.models import Enrolment, EnrolmentState
from tests.conftest import Api
from tests.factories import Make
from tests.programs.attendance.door import Sessions, came, row, training, worked_off

REASON: dict[str, Any] = {"reason": "Anak saya sakit dan tidak ada sinyal."}


async def no_show(make: Make, person: Person, **given: object) -> NoShow:
    """Somebody never came."""
    enrolment = await make.enrolment(person=person, state=EnrolmentState.incomplete)
    today = clock.today()
    terms = {"counts_until": today + timedelta(days=365), "appeal_until": today + timedelta(days=14)}
    made = NoShow(
        id=new_id(),
        enrolment_id=enrolment.id,
        person_id=person.id,
        program_id=enrolment.program_id,
        noted_at=clock.now(),
        **terms | given,
    )
    await make.add(made)
    return made


async def who_never_came(db: AsyncSession) -> dict[object, str]:
    """States of no-shows, by enrolment."""
    return {row.enrolment_id: row.state.value for row in await db.scalars(select(NoShow))}


async def test_who_never_came_is_noted_and_told_when_the_programme_ends(
    api: Api, make: Make, sessions: Sessions, app: FastAPI
) -> None:
    school = await training(make, people=4, sessions=2)
    once, never, gone, waived = school.enrolments
    await came(make, school.session, once)
    await api.as_(school.people[2]).post(f"/v1/enrolments/{gone.id}/withdraw")
    organizer = api.as_(school.organizer)
    await organizer.post(f"/v1/programs/{school.program.id}/complete")
    await worked_off(app)
    async with sessions() as db:
        noted = await who_never_came(db)
        letters = list(await db.scalars(select(Message).where(Message.template == "no_show_noted")))

    await organizer.post(f"/v1/enrolments/{waived.id}/complete", waive_reason="Daftar hadir keliru.")
    await worked_off(app)
    async with sessions() as db:
        after = await who_never_came(db)
    mine = await api.as_(school.people[1]).get("/v1/me/no-shows")

    assert noted == {never.id: "counts", waived.id: "counts"}
    assert {letter.recipient_id for letter in letters} == {school.people[1].id, school.people[3].id}
    assert after == {never.id: "counts", waived.id: "excused"}
    assert [(one["program_title"], one["session_id"]) for one in mine.json()["data"]] == [
        (school.program.title, str(school.session.id))
    ]


async def test_where_nobodys_attendance_was_noted_nobody_is_a_no_show(
    api: Api, make: Make, sessions: Sessions, app: FastAPI
) -> None:
    school = await training(make, people=2)
    await api.as_(school.organizer).post(f"/v1/programs/{school.program.id}/complete")
    await worked_off(app)

    async with sessions() as db:
        assert await who_never_came(db) == {}


async def test_a_late_upload_that_shows_that_somebody_came_excuses_them(
    api: Api, make: Make, sessions: Sessions, app: FastAPI
) -> None:
    school = await training(make, people=2)
    one, late = school.enrolments
    await came(make, school.session, one)
    organizer = api.as_(school.organizer)
    await organizer.post(f"/v1/programs/{school.program.id}/complete")
    await worked_off(app)
    async with sessions() as db:
        before = await who_never_came(db)

    await organizer.post(f"/v1/sessions/{school.session.id}/attendance", rows=[row(late)])
    await worked_off(app)

    async with sessions() as db:
        assert (before, await who_never_came(db)) == ({late.id: "counts"}, {late.id: "excused"})
        assert (await db.get_one(Enrolment, late.id)).state is EnrolmentState.completed


async def test_a_person_appeals_once_and_plut_excuses(api: Api, make: Make, sessions: Sessions, app: FastAPI) -> None:
    person = await make.person()
    noted = await no_show(make, person)
    me, consultant = api.as_(person), api.as_(await make.consultant_of(person))
    path = f"/v1/me/no-shows/{noted.id}/appeal"

    appealed = await me.post(path, **REASON)
    again = await me.post(path, **REASON)
    waiting = await consultant.get("/v1/no-shows", state="appealed")
    work = await consultant.get("/v1/work-list", kind="no_show.appealed")
    excused = await consultant.post(f"/v1/no-shows/{noted.id}/excuse", reason="Diterima.")
    settled = await consultant.post(f"/v1/no-shows/{noted.id}/uphold", reason="Terlambat.")
    await worked_off(app)
    async with sessions() as db:
        kept = await db.get_one(NoShow, noted.id)
        letters = list(await db.scalars(select(Message).where(Message.template == "no_show_decided")))

    assert (appealed.json()["state"], appealed.json()["appeal"]) == ("appealed", REASON["reason"])
    assert (again.status_code, again.json()["code"]) == (409, "appeal_closed")
    assert [one["id"] for one in waiting.json()["data"]] == [str(noted.id)]
    assert [one["href"] for one in work.json()["data"]] == [f"/v1/no-shows/{noted.id}"]
    assert (excused.json()["state"], excused.json()["answer"]) == ("excused", "Diterima.")
    assert (settled.status_code, settled.json()["code"]) == (409, "no_show_settled")
    assert kept.appeal_sealed is not None
    assert REASON["reason"].encode() not in kept.appeal_sealed
    assert [letter.recipient_id for letter in letters] == [person.id]


async def test_an_appeal_that_is_refused_lets_the_no_show_count_again_for_good(api: Api, make: Make) -> None:
    person = await make.person()
    noted = await no_show(make, person)
    me, dinas = api.as_(person), api.as_(await make.staff(Role.dinas))
    await me.post(f"/v1/me/no-shows/{noted.id}/appeal", **REASON)

    upheld = await dinas.post(f"/v1/no-shows/{noted.id}/uphold", reason="Tidak ada alasan yang cukup.")
    again = await me.post(f"/v1/me/no-shows/{noted.id}/appeal", **REASON)

    assert (upheld.status_code, upheld.json()["state"]) == (200, "counts")
    assert (again.status_code, again.json()["code"]) == (409, "appeal_closed")


async def test_an_appeal_comes_in_time_and_from_the_person(api: Api, make: Make) -> None:
    person = await make.person()
    late = await no_show(make, person, appeal_until=clock.today() - timedelta(days=1))

    own = await api.as_(person).post(f"/v1/me/no-shows/{late.id}/appeal", **REASON)
    other = await api.as_(await make.person()).post(f"/v1/me/no-shows/{late.id}/appeal", **REASON)
    decided = await api.as_(person).post(f"/v1/no-shows/{late.id}/excuse", **REASON)

    assert (own.status_code, own.json()["code"]) == (409, "appeal_closed")
    assert (other.status_code, other.json()["code"]) == (404, "no_show_not_found")
    assert (decided.status_code, decided.json()["code"]) == (403, "staff_only")


async def test_everybody_lists_the_no_shows_of_their_own_rows(api: Api, make: Make) -> None:
    person, other = await make.person(), await make.person()
    mine, theirs = await no_show(make, person), await no_show(make, other)

    async def seen(who: Api) -> list[str]:
        return [one["id"] for one in (await who.get("/v1/no-shows")).json()["data"]]

    assert await seen(api.as_(person)) == [str(mine.id)]
    assert await seen(api.as_(await make.consultant_of(other))) == [str(theirs.id)]
    assert await seen(api.as_(await make.staff(Role.dinas))) == [str(theirs.id), str(mine.id)]
    assert await seen(api.as_(await make.staff(Role.opd))) == []


async def test_a_no_show_that_counted_long_enough_fades(make: Make, sessions: Sessions) -> None:
    person = await make.person()
    old, new = await no_show(make, person), await no_show(make, person)
    async with unit_of_work(sessions) as db:
        yesterday = clock.today() - timedelta(days=1)
        await db.execute(update(NoShow).where(NoShow.id == old.id).values(counts_until=yesterday))

    async with unit_of_work(sessions) as db:
        faded = await fade(db)
    async with sessions() as db:
        states = {row.id: row.state for row in await db.scalars(select(NoShow))}

    assert faded == 1
    assert states == {old.id: NoShowState.faded, new.id: NoShowState.counts}
