"""The published order: segment, first time, remote village, no-shows, time of asking, and that a person is told why."""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import delete

from plut_api.actors.models import PersonSegment, SegmentKind, SegmentSource, Sex
from plut_api.kit import clock
from plut_api.kit.caller import Role
from plut_api.kit.database import unit_of_work
from plut_api.programs.attendance.models import NoShow, NoShowState
from plut_api.programs.models import Enrolment, EnrolmentState, ProgramState
from plut_api.reference.models import RemoteArea
from tests.conftest import Api
from tests.factories import VILLAGES, Make
from tests.programs.waiting.steps import Sessions, entry, full, in_step, waits


async def test_the_rule_is_published_with_its_terms(api: Api) -> None:
    rule = (await api.get("/v1/waiting-rule")).json()

    assert [criterion["code"] for criterion in rule["criteria"]] == [
        *("segment", "first_time", "remote_village", "no_shows", "asked_at")
    ]
    assert (rule["offer_hours"], rule["late_offer_hours"], rule["late_days"]) == (48, 12, 4)
    assert rule["release_reserved_days"] == 3


@pytest.fixture
async def remote_village(sessions: Sessions) -> AsyncIterator[str]:
    """A village that a law calls left behind today; the list is kept from test to test."""
    area = {"region_code": VILLAGES[3], "valid_from": date(2025, 1, 1)}
    async with unit_of_work(sessions) as db:
        db.add(RemoteArea(**area, source="Contoh", status="V"))
    yield VILLAGES[3]
    async with unit_of_work(sessions) as db:
        await db.execute(delete(RemoteArea).filter_by(**area))


async def test_each_criterion_decides_among_those_whom_the_ones_before_leave_equal(
    api: Api, make: Make, remote_village: str
) -> None:
    opd = await make.organization()
    program, _ = await full(make, organization=opd, segments=["youth"])
    young, man = date(clock.today().year - 20, 1, 1), {"sex": Sex.male}
    absent, latest = await make.person(**man), await make.person(**man)
    experienced_and_young = await make.person(birth_date=young, **man)
    finished = await make.program(state=ProgramState.completed)
    await make.enrolment(finished, experienced_and_young, state=EnrolmentState.completed, completed_at=clock.now())
    remote = await make.person(village_code=remote_village, **man)
    young_one = await make.person(birth_date=young, **man)
    for person, state in ((absent, NoShowState.counts), (latest, NoShowState.excused)):
        await make.add(missed(await make.enrolment(person=person), state))
    asked = [absent, latest, experienced_and_young, remote, young_one]
    for person in asked:
        await waits(api, program, person)

    organizer = api.as_(await make.staff(Role.opd, opd))
    rows = (await organizer.get(f"/v1/programs/{program.id}/waiting-list")).json()["data"]

    expected = [young_one, experienced_and_young, remote, latest, absent]
    assert [(row["rank"], row["waiting"], row["person_id"]) for row in rows] == [
        (rank, 5, str(person.id)) for rank, person in enumerate(expected, 1)
    ]


def missed(seat: Enrolment, state: NoShowState) -> NoShow:
    """Nobody came for a seat."""
    values = {"person_id": seat.person_id, "program_id": seat.program_id, "noted_at": clock.now()}
    until = clock.today() + timedelta(days=90)
    return NoShow(enrolment_id=seat.id, state=state, counts_until=until, appeal_until=until, **values)


async def test_a_person_is_told_their_rank_of_how_many_and_why_and_nothing_of_others(api: Api, make: Make) -> None:
    program, _ = await full(make, segments=["women"])
    man, woman = await make.person(sex=Sex.male), await make.person()
    his, hers = await waits(api, program, man), await waits(api, program, woman)

    told = await entry(api, man, his)
    own = (await api.as_(man).get("/v1/me/waiting-list")).json()["data"]
    other = await api.as_(man).get(f"/v1/waiting-entries/{hers}")

    assert (told["state"], told["rank"], told["waiting"]) == ("waiting", 2, 2)
    values = {"segment": "false", "first_time": "true", "remote_village": "false", "no_shows": "0"}
    values["asked_at"] = told["asked_at"].replace("Z", "+00:00")
    assert {reason["code"]: reason["value"] for reason in told["reasons"]} == values
    assert all(reason["words"]["id"] and reason["words"]["en"] for reason in told["reasons"])
    assert own == [told]
    assert (other.status_code, other.json()["code"]) == (404, "waiting_entry_not_found")


async def test_an_organizer_sees_the_order_that_holds_though_it_may_not_read_what_it_rests_on(
    api: Api, make: Make, sessions: Sessions
) -> None:
    opd = await make.organization()
    program, _ = await full(make, organization=opd, segments=["disability"])
    first, experienced, disabled = [await make.person() for _ in range(3)]
    since = date(2020, 1, 1)
    await make.add(
        PersonSegment(person_id=disabled.id, segment=SegmentKind.disability, since=since, source=SegmentSource.self_)
    )
    elsewhere = await make.program(state=ProgramState.completed)
    await make.enrolment(elsewhere, experienced, state=EnrolmentState.completed, completed_at=clock.now())
    for person in (experienced, first, disabled):
        await waits(api, program, person)
    path = f"/v1/programs/{program.id}/waiting-list"

    async def seen(who: Any) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = (await api.as_(who).get(path)).json()["data"]
        return rows

    by_organizer = await seen(await make.staff(Role.opd, opd))
    by_dinas = await seen(await make.staff(Role.dinas))

    order = [str(person.id) for person in (disabled, first, experienced)]
    assert [row["person_id"] for row in by_organizer] == [row["person_id"] for row in by_dinas] == order
    assert [row["reasons"] for row in by_organizer] == [[], [], []]
    assert all(row["reasons"] for row in by_dinas)
    assert await in_step(sessions, program) == 1


async def test_lists_are_for_the_organizer_and_plut_and_take_no_query_per_row(
    api: Api, make: Make, statements: list[str]
) -> None:
    opd = await make.organization()
    program, _ = await full(make, organization=opd)
    people = [await make.person() for _ in range(6)]
    for person in people:
        await waits(api, program, person)
    path, counts = f"/v1/programs/{program.id}/waiting-list", []
    dinas = api.as_(await make.staff(Role.dinas))
    await dinas.get(path)

    for limit in (2, 6):
        statements.clear()
        page = await dinas.get(path, limit=limit)
        counts.append(len(statements))
        assert len(page.json()["data"]) == limit
    rest = await dinas.get(path, limit=4, cursor=(await dinas.get(path, limit=4)).json()["next_cursor"])

    assert counts[0] == counts[1]
    assert [row["rank"] for row in rest.json()["data"]] == [5, 6]
    for who in (people[0], await make.staff(Role.opd), await make.staff(Role.bank)):
        answer = await api.as_(who).get(path)
        assert (answer.status_code, answer.json()["code"]) == (403, "organizer_only")
    served = (await api.as_(await make.consultant_of(people[2])).get(path)).json()["data"]
    assert [(row["person_id"], row["rank"]) for row in served] == [(str(people[2].id), 3)]
