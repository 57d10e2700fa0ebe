"""What waiting lists hold of a person: told to them, gone when they are erased, one when two records are."""

from typing import Any

from fastapi import FastAPI
from sqlalchemy import select

from plut_api.kit.caller import Role
from plut_api.programs.waiting.models import WaitingEntry
from tests.actors.merging.records import merge, undo
from tests.actors.test_erasure import PHONE, erased
from tests.conftest import Api
from tests.factories import Make
from tests.programs.waiting.steps import Sessions, entry, full, in_step, waits


async def test_a_person_reads_in_their_data_where_they_wait(api: Api, make: Make) -> None:
    program, _ = await full(make)
    person = await make.person()
    mine = await waits(api, program, person)

    told = (await api.as_(person).get("/v1/me/data")).json()
    section = next(section for section in told["sections"] if section["name"] == "waiting_entries")

    assert [(row["id"], row["program_title"], row["asked_by"]) for row in section["rows"]] == [
        (mine, program.title, "self")
    ]


async def test_who_is_erased_waits_no_longer_and_what_was_held_for_them_goes_to_the_next(
    api: Api, app: FastAPI, make: Make, sessions: Sessions
) -> None:
    program, seat = await full(make)
    person, other = await make.person(phone=PHONE), await make.person()
    await waits(api, program, person)
    theirs = await waits(api, program, other)
    await api.as_(await make.staff(Role.dinas)).post(f"/v1/enrolments/{seat.id}/withdraw")

    answer = await erased(api, app, person)

    assert answer.status_code == 200, answer.text
    assert (await entry(api, other, theirs))["state"] == "offered"
    assert await in_step(sessions, program) == 1
    async with sessions() as db:
        left = await db.scalars(select(WaitingEntry.person_id).where(WaitingEntry.person_id == person.id))
        assert list(left) == []


async def test_two_records_of_one_person_wait_once_and_an_open_offer_stays(
    api: Api, make: Make, sessions: Sessions
) -> None:
    dinas = api.as_(await make.staff(Role.dinas))
    one, other, next_one = await make.person(), await make.person(), await make.person()
    offered, seat = await full(make)
    waited, _ = await full(make)
    held, third = await full(make)
    await waits(api, offered, one)
    theirs = await waits(api, offered, other)
    earlier = await waits(api, waited, other)
    later = await waits(api, waited, one)
    lost = await waits(api, held, other)
    behind = await waits(api, held, next_one)
    await dinas.post(f"/v1/enrolments/{seat.id}/withdraw")
    await dinas.post(f"/v1/enrolments/{third.id}/withdraw")
    assert (await entry(api, other, lost))["state"] == "offered"

    done = await merge(dinas, "people", one, other)
    rows = await of_person(api, one)
    for program in (offered, waited, held):
        assert await in_step(sessions, program) == 1

    still = {mine_of(rows, offered): "offered", earlier: "waiting", lost: "offered"}
    assert {row["id"]: row["state"] for row in rows if row["state"] in ("waiting", "offered")} == still
    assert {row["id"]: row["state"] for row in rows}[later] == "left"
    assert (await entry(api, next_one, behind))["state"] == "waiting"
    assert theirs in {row["id"] for row in rows}

    await undo(dinas, done["id"])
    assert {row["id"]: row["state"] for row in await of_person(api, one)}[later] == "waiting"
    for program in (offered, waited, held):
        assert await in_step(sessions, program) == 1


async def test_a_seat_of_two_records_is_given_back_to_those_it_is_reserved_for(
    api: Api, make: Make, sessions: Sessions
) -> None:
    dinas = api.as_(await make.staff(Role.dinas))
    program = await make.program(seats=2, reserved={"women": 1})
    one, other, waiting = await make.person(), await make.person(), await make.person()
    await make.enrolment(program, one)
    await make.enrolment(program, other, reserved_for="women")
    mine = await waits(api, program, waiting)

    done = await merge(dinas, "people", one, other)
    offered = await entry(api, waiting, mine)
    held = await in_step(sessions, program)
    parted = await undo(dinas, done["id"])

    assert (offered["state"], offered["reserved_for"], held) == ("offered", "women", 2)
    assert [kept["kind"] for kept in parted["undoing"]["kept"]] == ["enrolments"]
    assert await in_step(sessions, program) == 2


def mine_of(rows: list[dict[str, Any]], program: Any) -> str:
    """The open entry in one programme."""
    return next(
        str(row["id"])
        for row in rows
        if row["program_id"] == str(program.id) and row["state"] in ("waiting", "offered")
    )


async def of_person(api: Api, person: Any) -> list[dict[str, Any]]:
    """Every entry of a person."""
    rows: list[dict[str, Any]] = (await api.as_(person).get("/v1/me/waiting-list")).json()["data"]
    return rows
