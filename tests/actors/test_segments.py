"""Segments: facts with dates and source, computed where a law says so, told by the person where only they know."""

from asyncio import gather
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.actors.models import Person, SegmentKind
from plut_api.actors.segments import in_segment
from plut_api.kit import clock
from plut_api.kit.caller import Role
from plut_api.kit.ids import new_id
from plut_api.organizations.models import OrganizationKind
from tests.actors.counter import pointers
from tests.conftest import Api
from tests.factories import Make, caller_for

Sessions = async_sessionmaker[AsyncSession]
LOMBOK_UTARA, MATARAM = "52.08.01.2001", "52.71.01.1004"


async def periods(api: Api, person: Person, **query: Any) -> list[tuple[Any, ...]]:
    """The periods of a person as they see them."""
    rows = (await api.as_(person).get(f"/v1/people/{person.id}/segments", **query)).json()["data"]
    return [(row["segment"], row["since"], row["until"], row["source"]) for row in rows]


async def test_mothers_say_so_themselves_or_by_an_officer_with_a_date(api: Api, make: Make) -> None:
    person, other = await make.person(birth_date=None), await make.person(birth_date=None)
    officer = api.as_(await make.consultant_of(other))
    today = clock.today().isoformat()

    own = await api.as_(person).post(f"/v1/people/{person.id}/segments", segment="mothers", since="2024-02-29")
    by_officer = await officer.post(f"/v1/people/{other.id}/segments", segment="mothers")

    assert (own.status_code, by_officer.status_code) == (201, 201)
    assert await periods(api, person) == [("women", None, None, "law"), ("mothers", "2024-02-29", None, "self")]
    assert await periods(api, other) == [("women", None, None, "law"), ("mothers", today, None, "officer")]
    assert (await api.as_(person).get(f"/v1/people/{person.id}")).json()["segments"] == ["women", "mothers"]


async def test_past_periods_stay_and_do_not_overlap(api: Api, make: Make) -> None:
    person = await make.person(birth_date=None)
    me, path = api.as_(person), f"/v1/people/{person.id}/segments"
    first = (await me.post(path, segment="mothers", since="2020-01-01")).json()["id"]

    twice = await me.post(path, segment="mothers", since="2021-01-01")
    backwards = await me.post(f"{path}/{first}/end", until="2019-12-31")
    ended = await me.post(f"{path}/{first}/end", until="2022-01-01")
    again = await me.post(f"{path}/{first}/end")
    within = await me.post(path, segment="mothers", since="2021-12-31")
    after = await me.post(path, segment="mothers", since="2022-01-01")

    assert (twice.json()["code"], within.json()["code"]) == ("segment_already", "segment_already")
    assert pointers(backwards) == {"#/until": "ends_before_it_begins"}
    assert (ended.json()["until"], again.json()["code"]) == ("2022-01-01", "segment_ended")
    assert after.status_code == 201
    held = [period[1:3] for period in await periods(api, person) if period[0] == "mothers"]
    assert held == [("2020-01-01", "2022-01-01"), ("2022-01-01", None)]
    assert ("mothers", "2020-01-01", "2022-01-01", "self") in await periods(api, person, on="2021-06-01")


async def test_a_segment_is_declared_once_also_at_once(api: Api, make: Make) -> None:
    person = await make.person()
    me = api.as_(person)

    answers = await gather(*(me.post(f"/v1/people/{person.id}/segments", segment="mothers") for _ in range(4)))

    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]


async def test_what_is_computed_or_follows_is_not_declared(api: Api, make: Make) -> None:
    man = await make.person(sex="male", birth_date=date(2000, 1, 1))
    me, path = api.as_(man), f"/v1/people/{man.id}/segments"

    told = {kind: pointers(await me.post(path, segment=kind)) for kind in ("women", "youth", "remote_village")}
    disability = await me.post(path, segment="disability")
    mother = await me.post(path, segment="mothers", since="1999-12-31")
    strange = await me.post(path, segment="farmers")
    nothing = await me.post(f"{path}/{new_id()}/end")

    assert set(map(str, told.values())) == {str({"#/segment": "segment_is_computed"})}
    assert pointers(disability) == {"#/segment": "segment_follows_disabilities"}
    assert pointers(mother) == {"#/segment": "mothers_are_women", "#/since": "before_birth"}
    assert (strange.status_code, nothing.json()["code"]) == (422, "segment_not_found")


async def test_youth_has_the_days_of_its_birthdays_also_of_a_leap_year(api: Api, make: Make) -> None:
    person = await make.person(birth_date=date(2000, 2, 29), sex="male")

    assert await periods(api, person) == [("youth", "2016-02-29", "2031-03-01", "law")]


async def test_a_village_is_remote_for_as_long_as_the_list_says(api: Api, make: Make) -> None:
    there, here = await make.person(village_code=LOMBOK_UTARA), await make.person(village_code=MATARAM)
    dinas = api.as_(await make.staff(Role.dinas))

    async def found(on: str) -> set[str]:
        answer = await dinas.get("/v1/people", segment="remote_village", on=on)
        return {row["id"] for row in answer.json()["data"]}

    assert ("remote_village", "2020-01-01", "2025-01-01", "law") in await periods(api, there)
    assert "remote_village" not in {period[0] for period in await periods(api, here)}
    assert await found("2024-12-31") == await found("2020-01-01") == {str(there.id)}
    assert await found("2025-01-01") == await found("2019-12-31") == set()
    assert (await api.as_(there).get(f"/v1/people/{there.id}")).json()["segments"] == ["women"]


@pytest.mark.parametrize(
    ("segments", "on", "names"),
    [
        (["women"], None, {"Ina", "Muda"}),
        (["youth"], "2025-06-01", {"Muda", "Putra"}),
        (["youth"], "2015-05-31", set()),
        (["mothers"], "2021-06-01", {"Ina"}),
        (["mothers"], "2022-06-01", set()),
        (["disability"], None, {"Putra"}),
        (["mothers", "disability"], "2021-06-01", {"Ina", "Putra"}),
        (["remote_village"], "2023-01-01", {"Muda"}),
    ],
)
async def test_people_are_found_by_segment_on_a_day(
    api: Api, make: Make, segments: list[str], on: str | None, names: set[str]
) -> None:
    mother = await make.person(full_name="Ina", birth_date=date(1970, 1, 1))
    await make.person(full_name="Muda", birth_date=date(2000, 6, 1), village_code=LOMBOK_UTARA)
    await make.person(full_name="Putra", sex="male", birth_date=date(2001, 6, 1), disabilities=["sensory"])
    path = f"/v1/people/{mother.id}/segments"
    period = (await api.as_(mother).post(path, segment="mothers", since="2020-01-01")).json()
    await api.as_(mother).post(f"{path}/{period['id']}/end", until="2022-01-01")
    dinas = api.as_(await make.staff(Role.dinas))

    query: dict[str, Any] = {"segment": segments} | ({"on": on} if on else {})
    found = await dinas.get("/v1/people", **query)

    assert {row["full_name"] for row in found.json()["data"]} == names


async def test_the_condition_and_the_periods_agree_on_every_day(api: Api, make: Make, sessions: Sessions) -> None:
    leap = await make.person(birth_date=date(2000, 2, 29), village_code=LOMBOK_UTARA)
    days = [date(2016, 2, 28), date(2016, 2, 29), date(2031, 2, 28), date(2031, 3, 1), date(2024, 12, 31)]

    for day in days:
        told = {period[0] for period in await periods(api, leap, on=day.isoformat())}
        async with sessions() as db:
            flags = [in_segment(kind, day).label(kind.value) for kind in SegmentKind]
            row = (await db.execute(select(*flags).where(Person.id == leap.id))).mappings().one()
        assert {kind for kind, holds in row.items() if holds} == told, day


async def test_disability_needs_its_own_scope_everywhere(api: Api, make: Make) -> None:
    person = await make.person(disabilities=["sensory"])
    dinas = await make.organization(OrganizationKind.dinas)
    plain = api.as_(await make.client(dinas, "people:read", "people:write"), OrganizationKind.dinas)
    full = api.as_(await make.client(dinas, "people:read", "disability:read"), OrganizationKind.dinas)

    for machine, kinds in ((plain, []), (full, ["sensory"])):
        (listed,) = (await machine.get("/v1/people")).json()["data"]
        read = (await machine.get(f"/v1/people/{person.id}")).json()
        segments = (await machine.get(f"/v1/people/{person.id}/segments")).json()["data"]
        shown = [row["segment"] for row in segments]
        assert listed["disabilities"] == read["disabilities"] == kinds
        assert ("disability" in listed["segments"], "disability" in read["segments"]) == (bool(kinds), bool(kinds))
        assert ("disability" in shown) == bool(kinds)

    sought = await plain.get("/v1/people", segment="disability")
    etag = (await plain.get(f"/v1/people/{person.id}")).headers["etag"]
    blind = await plain.patch(f"/v1/people/{person.id}", etag=etag, disabilities=[])
    assert (sought.status_code, blind.status_code) == (403, 403)
    assert (await full.get("/v1/people", segment="disability")).json()["data"][0]["id"] == str(person.id)


async def test_the_segment_of_disability_follows_its_kinds_with_dates(api: Api, make: Make) -> None:
    person = await make.person(birth_date=None)
    caller = caller_for(person)
    today = clock.now()

    async def tell(kinds: list[str], days: int) -> None:
        with clock.clock_at(today + timedelta(days=days)):
            me = api.as_(replace(caller, sign_in_id=new_id()))
            etag = (await me.get(f"/v1/people/{person.id}")).headers["etag"]
            changed = await me.patch(f"/v1/people/{person.id}", etag=etag, disabilities=kinds)
            assert changed.status_code == 200, changed.text

    await tell(["sensory"], 0)
    await tell(["sensory", "physical"], 1)
    await tell([], 2)
    await tell(["physical"], 3)

    day = [(today + timedelta(days=n)).astimezone(clock.WITA).date().isoformat() for n in range(4)]
    rows = [period for period in await periods(api, person) if period[0] == "disability"]
    assert rows == [("disability", day[0], day[2], "self"), ("disability", day[3], None, "self")]


async def test_an_opd_sees_that_a_participant_is_a_mother_and_nothing_of_disabilities(api: Api, make: Make) -> None:
    opd, person = await make.organization(OrganizationKind.opd), await make.person(disabilities=["mental"])
    await make.enrolment(await make.program(opd), person)
    await api.as_(person).post(f"/v1/people/{person.id}/segments", segment="mothers")
    officer = api.as_(await make.staff(Role.opd, opd))

    read = (await officer.get(f"/v1/people/{person.id}")).json()
    sought = await officer.get("/v1/people", segment="mothers")

    assert (read["disabilities"], read["segments"]) == ([], ["women", "mothers"])
    assert [row["id"] for row in sought.json()["data"]] == [str(person.id)]
    assert (await officer.get(f"/v1/people/{person.id}/segments")).status_code == 404
    assert (await officer.get("/v1/people", segment="disability")).status_code == 403
