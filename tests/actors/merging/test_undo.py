"""Parted again, both are what they were; what came later stays, and is told."""

from datetime import timedelta

from sqlalchemy import select, update

from plut_api.actors.merging.models import MergeMove, MergeRecord
from plut_api.actors.models import Consent, Ownership
from plut_api.integration.retention import apply_retention
from plut_api.kit import clock
from plut_api.kit.database import unit_of_work
from plut_api.programs.models import Program
from tests.actors.merging.records import Sessions, merge, undo, whole_database
from tests.conftest import Api
from tests.factories import Make


async def test_people_who_are_parted_are_what_they_were(api: Api, make: Make, sessions: Sessions) -> None:
    dinas = api.as_(await make.staff())
    one = await make.person(birth_date=None, disabilities=["physical"])
    other = await make.person(nik="5271015705900003", full_name="Baiq Lain")
    program, shared = await make.program(), await make.actor(one)
    await make.add(Ownership(actor_id=shared.id, person_id=other.id, share_percent=30))
    await make.consultant_of(one, other)
    await make.manager(await make.cooperative(), other)
    for person in (one, other):
        outcome = await make.outcome(await make.enrolment(program, person, await make.actor(person)))
        await make.evidence(outcome)
    before = await whole_database(sessions)

    done = await merge(dinas, "people", one, other, choices={"full_name": "merged"})
    assert await whole_database(sessions) != before
    parted = await undo(dinas, done["id"])

    assert await whole_database(sessions) == before
    assert parted["undoing"]["kept"] == []
    assert parted["undone_at"] is not None
    assert (await dinas.get(f"/v1/people/{other.id}")).json()["nik"] == "5271015705900003"


async def test_businesses_that_are_parted_are_what_they_were(api: Api, make: Make, sessions: Sessions) -> None:
    dinas, owner = api.as_(await make.staff()), await make.person()
    one, other = await make.actor(owner, address=None), await make.actor(owner, nib="0220103123456", address="Jl. A")
    for actor in (one, other):
        await make.figure(actor)
        await make.outcome(await make.enrolment(person=owner, actor=actor))
    before = await whole_database(sessions)

    done = await merge(dinas, "actors", one, other)
    assert await whole_database(sessions) != before
    parted = await undo(dinas, done["id"])

    assert await whole_database(sessions) == before
    assert parted["undoing"]["kept"] == []


async def test_consents_go_back_and_the_survivor_keeps_a_trace_of_what_it_lent(
    api: Api, make: Make, sessions: Sessions
) -> None:
    dinas, bank = api.as_(await make.staff()), await make.bank()
    one, other = await make.actor(), await make.actor()
    lent = await make.consent(other, bank)
    done = await merge(dinas, "actors", one, other)

    await undo(dinas, done["id"])

    async with sessions() as db:
        rows = {row.actor_id: row for row in await db.scalars(select(Consent))}
    assert rows[other.id].id == lent.id
    assert rows[other.id].withdrawn_at is None
    assert rows[one.id].copy_of == lent.id
    assert rows[one.id].withdrawn_at is not None
    again = await merge(dinas, "actors", one, other)
    live = select(Consent.id).where(Consent.withdrawn_at.is_(None))
    async with sessions() as db:
        assert list(await db.scalars(live)) == [lent.id], again


async def test_what_came_later_stays_and_what_was_changed_cannot_be_parted(
    api: Api, make: Make, sessions: Sessions
) -> None:
    dinas, one, other = api.as_(await make.staff()), await make.person(birth_date=None), await make.person()
    moved = await make.enrolment(person=other)
    done = await merge(dinas, "people", one, other)
    later = await make.enrolment(person=one)
    person = await dinas.get(f"/v1/people/{one.id}")
    changed = await dinas.patch(f"/v1/people/{one.id}", etag=person.headers["etag"], birth_date="1991-01-01")
    assert changed.status_code == 200, changed.text

    shown = (await dinas.get(f"/v1/merges/{done['id']}")).json()["undoing"]
    parted = (await undo(dinas, done["id"]))["undoing"]

    assert shown["kept"] == parted["kept"] == [{"kind": "people", "ids": [str(one.id)]}]
    rows = {row["id"]: row["person_id"] for row in (await dinas.get("/v1/enrolments")).json()["data"]}
    assert rows == {str(moved.id): str(other.id), str(later.id): str(one.id)}
    assert (await dinas.get(f"/v1/people/{one.id}")).json()["birth_date"] == "1991-01-01"
    assert (await dinas.get(f"/v1/people/{other.id}")).json()["birth_date"] == "1990-05-17"


async def test_a_seat_that_somebody_else_took_stays_given_back(api: Api, make: Make, sessions: Sessions) -> None:
    dinas, one, other = api.as_(await make.staff()), await make.person(), await make.person()
    program = await make.program(seats=2)
    await make.enrolment(program, one)
    second = await make.enrolment(program, other)
    done = await merge(dinas, "people", one, other)
    await make.enrolment(program)

    parted = await undo(dinas, done["id"])

    assert parted["undoing"]["kept"] == [{"kind": "enrolments", "ids": [str(second.id)]}]
    states = {row["id"]: row["state"] for row in (await dinas.get("/v1/enrolments")).json()["data"]}
    assert states[str(second.id)] == "withdrawn"
    async with sessions() as db:
        assert await db.scalar(select(Program.seats_taken)) == 2


async def test_after_30_days_a_merge_stands_and_what_it_took_to_undo_it_is_gone(
    api: Api, make: Make, sessions: Sessions
) -> None:
    dinas, one, other = api.as_(await make.staff()), await make.person(), await make.person()
    done = await merge(dinas, "people", one, other)
    async with unit_of_work(sessions) as db:
        past = clock.now() - timedelta(days=2)
        await db.execute(update(MergeRecord).values(undo_until=past))

    answer = await dinas.post(f"/v1/merges/{done['id']}/undo")
    await apply_retention(sessions)

    assert (answer.status_code, answer.json()["code"]) == (409, "undo_too_late")
    async with sessions() as db:
        lines = list(await db.scalars(select(MergeMove)))
    assert lines
    assert all(line.rows_sealed is None for line in lines)
    shown = (await dinas.get(f"/v1/merges/{done['id']}")).json()
    assert shown["undoing"]["hindrance"] == "undo_too_late"
    assert (await dinas.get(f"/v1/people/{other.id}", headers={})).status_code == 308


async def test_a_merge_is_undone_once(api: Api, make: Make) -> None:
    dinas, one, other = api.as_(await make.staff()), await make.person(), await make.person()
    done = await merge(dinas, "people", one, other)
    await undo(dinas, done["id"])

    again = await dinas.post(f"/v1/merges/{done['id']}/undo")
    unknown = await dinas.post(f"/v1/merges/{one.id}/undo")

    assert (again.status_code, again.json()["code"]) == (409, "merge_undone")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "merge_not_found")
    assert (await merge(dinas, "people", one, other))["id"] != done["id"]


async def test_of_a_chain_the_later_merge_is_undone_first(api: Api, make: Make, sessions: Sessions) -> None:
    dinas = api.as_(await make.staff())
    first, second, third = await make.person(), await make.person(), await make.person()
    for person in (first, second, third):
        await make.enrolment(person=person)
    before = await whole_database(sessions)
    early = await merge(dinas, "people", second, first)
    late = await merge(dinas, "people", third, second)

    refused = await dinas.post(f"/v1/merges/{early['id']}/undo")

    assert (refused.status_code, refused.json()["code"]) == (409, "undo_later_first")
    assert refused.json()["merge_id"] == late["id"]
    await undo(dinas, late["id"])
    await undo(dinas, early["id"])
    assert await whole_database(sessions) == before
