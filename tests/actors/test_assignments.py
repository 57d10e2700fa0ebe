"""Assignments: whom a consultant reaches, who decides that, and what everybody else is shown of a person."""

from asyncio import gather
from collections import Counter
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.actors.access import actors_visible_to, people_visible_to
from plut_api.actors.models import Actor, Assignment, Disability, Person
from plut_api.kit.caller import Role
from plut_api.kit.ids import new_id
from plut_api.kit.outbox import Event
from plut_api.organizations.models import OrganizationKind
from plut_api.programs.models import EnrolmentState, ProgramState
from tests.conftest import Api
from tests.factories import Make, caller_for

NIK = "5271015705900003"
Sessions = async_sessionmaker[AsyncSession]


async def test_the_dinas_assigns_a_consultant_who_then_reaches_the_person_and_their_business(
    api: Api, make: Make, sessions: Sessions
) -> None:
    person, consultant, officer = await make.person(), await make.staff(Role.consultant), await make.staff()
    actor = await make.actor(person)
    paths = (f"/v1/people/{person.id}", f"/v1/actors/{actor.id}", f"/v1/actors/{actor.id}/readiness")
    me = api.as_(consultant)

    before = [(await me.get(path)).status_code for path in paths]
    made = await api.as_(officer).post(f"/v1/people/{person.id}/assignments", consultant_id=str(consultant.id))
    after = [(await me.get(path)).status_code for path in paths]
    read = await me.get(made.headers["location"])
    async with sessions() as db:
        event = (await db.scalars(select(Event).where(Event.name == "assignment.made"))).one()

    assert (before, made.status_code, after) == ([404] * 3, 201, [200] * 3)
    assert read.json() == made.json()
    assert read.headers["etag"] == made.headers["etag"]
    assert (made.json()["consultant_name"], made.json()["assigned_by"]) == ("Petugas Contoh", str(officer.id))
    assert event.facts == {"consultant_id": str(consultant.id), "person_id": str(person.id)}


async def test_an_assignment_that_ended_opens_nothing_any_more_and_stays_on_file(api: Api, make: Make) -> None:
    person = await make.person()
    consultant, dinas = await make.consultant_of(person), api.as_(await make.staff())
    me, path = api.as_(consultant), f"/v1/people/{person.id}"
    (row,) = (await dinas.get(f"{path}/assignments")).json()["data"]
    one = f"/v1/assignments/{row['id']}"
    etag = (await dinas.get(one)).headers["etag"]

    blind = await dinas.delete(one)
    ended = await dinas.delete(one, etag=etag)
    stale = await dinas.delete(one, etag=etag)
    again = await dinas.delete(one, etag=(await dinas.get(one)).headers["etag"])

    assert [answer.status_code for answer in (blind, ended, stale, again)] == [428, 204, 412, 409]
    assert again.json()["code"] == "assignment_ended"
    assert (await me.get(path)).status_code == 404
    assert (await me.get("/v1/people")).json()["data"] == []
    assert (await dinas.get(one)).json()["until"] is not None
    assert (await dinas.post(f"{path}/assignments", consultant_id=str(consultant.id))).status_code == 201


async def test_to_a_consultant_an_unassigned_person_and_nobody_look_alike_at_every_door(api: Api, make: Make) -> None:
    person = await make.person(nik=NIK)
    actor, program = await make.actor(person), await make.program(state=ProgramState.running)
    enrolment = await make.enrolment(program, person, actor)
    evidence = await make.evidence(await make.outcome(enrolment))
    open_program, me, nobody = await make.program(), api.as_(await make.staff(Role.consultant)), new_id()

    async def tried(people: Any, actors: Any, enrolments: Any, proofs: Any) -> list[tuple[int, str]]:
        answers = [
            await me.get(f"/v1/people/{people}"),
            await me.get(f"/v1/people/{people}/assignments"),
            await me.patch(f"/v1/people/{people}", etag='"1"', full_name="Lain"),
            await me.post(f"/v1/people/{people}/verify-identity"),
            await me.post("/v1/actors", name="Kopi", village_code="52.71.01.1004", owner_id=str(people)),
            await me.post(f"/v1/programs/{open_program.id}/enrolments", person_id=str(people)),
            await me.get(f"/v1/actors/{actors}"),
            await me.get(f"/v1/actors/{actors}/owners"),
            await me.get(f"/v1/actors/{actors}/consents"),
            await me.patch(f"/v1/actors/{actors}", etag='"1"', name="Lain"),
            await me.post(f"/v1/actors/{actors}/annual-figures", year=2024),
            await me.get(f"/v1/actors/{actors}/readiness"),
            await me.post(f"/v1/actors/{actors}/readiness/confirm", note="Siap."),
            await me.get(f"/v1/enrolments/{enrolments}"),
            await me.post(f"/v1/enrolments/{enrolments}/complete"),
            await me.get(f"/v1/enrolments/{enrolments}/outcomes"),
            await me.put(f"/v1/enrolments/{enrolments}/outcomes/packaging/baseline", etag='"1"', level=1),
            await me.get(f"/v1/evidence/{proofs}"),
            await me.post(f"/v1/evidence/{proofs}/verify", level=1),
        ]
        return [(answer.status_code, answer.json()["code"]) for answer in answers]

    strange = await tried(person.id, actor.id, enrolment.id, evidence.id)
    unknown = await tried(nobody, nobody, nobody, nobody)

    assert strange == unknown
    assert {status for status, _ in strange} == {404}


async def test_a_consultant_lists_and_finds_only_the_people_assigned_to_them(api: Api, make: Make) -> None:
    mine, other = await make.person(nik=NIK, phone="+6281234567890"), await make.person(phone="+6281234567891")
    actor, program = await make.actor(mine), await make.program()
    enrolments = [await make.enrolment(program, person) for person in (mine, other)]
    await make.actor(other)
    me = api.as_(await make.consultant_of(mine))

    async def ids(path: str) -> list[str]:
        return [row["id"] for row in (await me.get(path)).json()["data"]]

    found = [(await me.post("/v1/people/search", phone=f"+628123456789{n}")).json()["data"] for n in (0, 1)]

    assert await ids("/v1/people") == await ids("/v1/people?q=Baiq Contoh") == [str(mine.id)]
    assert await ids("/v1/actors") == [str(actor.id)]
    assert await ids("/v1/enrolments") == [str(enrolments[0].id)]
    assert await ids(f"/v1/programs/{program.id}/enrolments") == [str(enrolments[0].id)]
    assert [len(rows) for rows in found] == [1, 0]
    assert found[0][0]["nik"] == NIK


async def test_whom_a_consultant_registers_is_assigned_to_them_at_once(api: Api, make: Make) -> None:
    consultant, colleague = await make.staff(Role.consultant), await make.staff(Role.consultant)
    me = api.as_(consultant)

    code = await make.own_code("+6281200000001")
    registered = await me.post("/v1/people", full_name="Inaq Contoh", phone="081200000001", on_behalf=code)
    path = registered.headers["location"]
    business = await me.post("/v1/actors", name="Kopi", village_code="52.71.01.1004", owner_id=registered.json()["id"])

    assert (await me.get(path)).json().items() <= registered.json().items()
    assert business.status_code == 201
    assert (await api.as_(colleague).get(path)).status_code == 404
    (row,) = (await me.get(f"{path}/assignments")).json()["data"]
    assert (row["consultant_id"], row["assigned_by"]) == (str(consultant.id), str(consultant.id))


async def test_registering_who_is_known_reveals_nobody(api: Api, make: Make, sessions: Sessions) -> None:
    person = await make.person(nik=NIK, phone="+6281234567890", full_name="Nurjanah Kurniati")
    consultant = await make.staff(Role.consultant)
    me, paper = api.as_(consultant), await make.signed_paper(consultant)

    by_nik = await me.post("/v1/people", full_name="Lain", nik=NIK, on_behalf=paper)
    by_phone = await me.post("/v1/people", full_name="Nurjanah Kurniati", phone="081234567890", on_behalf=paper)
    business = await me.post("/v1/actors", name="Kopi", village_code="52.71.01.1004", owner_id=by_phone.json()["id"])
    async with sessions() as db:
        assigned = set(await db.scalars(select(Assignment.person_id)))

    assert (by_nik.status_code, by_nik.json()["code"]) == (409, "nik_taken")
    assert by_phone.status_code == 201  # A phone can be a family's.
    assert business.json()["possible_duplicates"] == []
    for answer in (by_nik, by_phone):
        assert str(person.id) not in answer.text
    assert {str(person_id) for person_id in assigned} == {by_phone.json()["id"]}


async def test_one_consultant_is_assigned_to_a_person_once_also_at_once(api: Api, make: Make) -> None:
    person, consultant = await make.person(), await make.staff(Role.consultant)
    dinas, path = api.as_(await make.staff()), f"/v1/people/{person.id}/assignments"
    body: dict[str, Any] = {"assignments": [{"consultant_id": str(consultant.id), "person_id": str(person.id)}]}

    answers = await gather(
        *(dinas.post(path, consultant_id=str(consultant.id)) for _ in range(3)),
        *(dinas.post("/v1/assignments", **body) for _ in range(3)),
    )

    single = Counter(answer.status_code for answer in answers[:3])
    assert single in (Counter({201: 1, 409: 2}), Counter({409: 3}))
    assert {answer.json()["code"] for answer in answers if answer.is_error} == {"already_assigned"}
    assert {answer.status_code for answer in answers[3:]} == {200}
    assert len((await dinas.get(path)).json()["data"]) == 1


async def test_forty_people_are_assigned_with_as_many_statements_as_two(
    api: Api, make: Make, statements: list[str]
) -> None:
    consultant, colleague = await make.staff(Role.consultant), await make.staff(Role.consultant)
    dinas = api.as_(await make.staff())
    people = [await make.person() for _ in range(42)]
    await dinas.post("/v1/assignments", assignments=[])  # The first change of a caller also counts it.

    counts = []
    for some in (people[:2], people[2:]):
        pairs = [{"consultant_id": str(consultant.id), "person_id": str(person.id)} for person in some]
        statements.clear()
        answer = await dinas.post("/v1/assignments", assignments=pairs)
        counts.append(len(statements))
        assert [row["person_id"] for row in answer.json()["data"]] == [str(person.id) for person in some]
    mixed = [{"consultant_id": str(c.id), "person_id": str(people[0].id)} for c in (colleague, consultant)]
    again = await dinas.post("/v1/assignments", assignments=mixed)
    mine = await api.as_(consultant).get("/v1/people", include="total", limit=1)

    assert counts[0] == counts[1]
    assert [row["consultant_id"] for row in again.json()["data"]] == [str(colleague.id), str(consultant.id)]
    assert mine.json()["total"] == 42


async def test_of_a_list_with_faults_nothing_is_assigned_and_every_fault_is_named(
    api: Api, make: Make, sessions: Sessions
) -> None:
    person, consultant, dinas = await make.person(), await make.staff(Role.consultant), await make.staff()
    good = {"consultant_id": str(consultant.id), "person_id": str(person.id)}
    bad = [good, good | {"consultant_id": str(dinas.id)}, good | {"person_id": str(new_id())}, good]

    answer = await api.as_(dinas).post("/v1/assignments", assignments=bad)
    empty = await api.as_(dinas).post("/v1/assignments", assignments=[])
    too_many = await api.as_(dinas).post("/v1/assignments", assignments=[good] * 201)
    async with sessions() as db:
        assigned = (await db.scalars(select(Assignment.id))).all()

    assert answer.status_code == 422
    assert [(e["pointer"], e["code"]) for e in answer.json()["errors"]] == [
        ("#/assignments/1/consultant_id", "consultant_unknown"),
        ("#/assignments/2/person_id", "person_unknown"),
        ("#/assignments/3", "named_twice"),
    ]
    assert (empty.status_code, too_many.status_code) == (422, 422)
    assert assigned == []


@pytest.mark.parametrize("role", [Role.dinas, Role.opd, Role.bank])
async def test_only_consultants_who_can_sign_in_are_assigned(api: Api, make: Make, role: Role) -> None:
    person, gone = await make.person(), await make.staff(Role.consultant, is_active=False)
    dinas, path = api.as_(await make.staff()), f"/v1/people/{person.id}/assignments"

    for who in (await make.staff(role), gone):
        answer = await dinas.post(path, consultant_id=str(who.id))
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "consultant_unknown")
    assert (await dinas.post(f"/v1/people/{new_id()}/assignments", consultant_id=str(gone.id))).status_code == 404


async def test_only_the_dinas_assigns_and_ends(api: Api, make: Make) -> None:
    person = await make.person()
    consultant = await make.consultant_of(person)
    (row,) = (await api.as_(consultant).get("/v1/assignments")).json()["data"]
    pair = {"consultant_id": str(consultant.id), "person_id": str(person.id)}

    for who in (person, consultant, await make.staff(Role.opd), await make.staff(Role.bank)):
        me = api.as_(who)
        answers = [
            await me.post(f"/v1/people/{person.id}/assignments", consultant_id=str(consultant.id)),
            await me.post("/v1/assignments", assignments=[pair]),
            await me.delete(f"/v1/assignments/{row['id']}", etag='"1"'),
        ]
        assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(403, "forbidden")] * 3


async def test_a_machine_of_the_dinas_acts_as_the_dinas_within_its_scopes(api: Api, make: Make) -> None:
    person, consultant = await make.person(nik=NIK), await make.staff(Role.consultant)
    house = await make.organization(OrganizationKind.dinas)
    assigning = api.as_(await make.client(house, "people:assign", "people:read"), OrganizationKind.dinas)
    reading = api.as_(await make.client(house, "people:read"), OrganizationKind.dinas)
    path = f"/v1/people/{person.id}/assignments"

    refused = await reading.post(path, consultant_id=str(consultant.id))
    made = await assigning.post(path, consultant_id=str(consultant.id))

    assert (refused.status_code, made.status_code) == (403, 201)
    assert (await reading.get(f"/v1/people/{person.id}")).json()["nik"] == NIK
    assert (await reading.patch(f"/v1/people/{person.id}", etag='"1"', full_name="Lain")).status_code == 403


async def test_everybody_lists_the_assignments_of_their_own_rows(api: Api, make: Make) -> None:
    mine, other = await make.person(), await make.person()
    first, second = await make.consultant_of(mine), await make.consultant_of(mine, other)
    ended = await make.assignment(first, other, since=mine.created_at, until=mine.created_at, ended_by=new_id())

    async def seen(who: Any, **query: Any) -> list[tuple[str, str]]:
        rows = (await api.as_(who).get("/v1/assignments", **query)).json()["data"]
        return sorted((row["consultant_id"], row["person_id"]) for row in rows)

    pairs = {(c.id, p.id): (str(c.id), str(p.id)) for c in (first, second) for p in (mine, other)}
    of_mine = sorted((pairs[first.id, mine.id], pairs[second.id, mine.id]))
    assert await seen(await make.staff()) == sorted(pairs.values())
    assert await seen(await make.staff(), consultant=str(first.id), active=True) == [pairs[first.id, mine.id]]
    assert await seen(await make.staff(), active=False) == [pairs[first.id, other.id]]
    assert await seen(first) == sorted((*of_mine, pairs[first.id, other.id]))
    assert await seen(mine) == of_mine
    assert await seen(await make.staff(Role.consultant)) == []
    assert await seen(await make.staff(Role.opd)) == []
    unknown = await api.as_(mine).get(f"/v1/assignments/{ended.id}")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "assignment_not_found")


async def test_the_dinas_lists_the_people_of_a_consultant(api: Api, make: Make) -> None:
    person = await make.person()
    await make.person()
    consultant = await make.consultant_of(person)
    dinas = api.as_(await make.staff())

    listed = await dinas.get("/v1/people", consultant=str(consultant.id))
    nobody = await dinas.get("/v1/people", consultant=str(new_id()))

    assert [row["id"] for row in listed.json()["data"]] == [str(person.id)]
    assert nobody.json()["data"] == []


async def test_an_opd_reads_its_participants_masked_and_acts_for_none_of_them(api: Api, make: Make) -> None:
    opd = await make.organization()
    program, elsewhere = await make.program(opd), await make.program()
    person = await make.person(nik=NIK, phone="+6281234567890", disabilities=[Disability.physical])
    left, stranger = await make.person(), await make.person()
    await make.enrolment(program, person)
    await make.enrolment(program, left, state=EnrolmentState.withdrawn)
    await make.enrolment(elsewhere, stranger)
    me, path = api.as_(await make.staff(Role.opd, opd)), f"/v1/people/{person.id}"

    (listed,) = (await me.get("/v1/people")).json()["data"]
    read = (await me.get(path)).json()
    for shown in (listed, read):
        assert (shown["id"], shown["full_name"]) == (str(person.id), person.full_name)
        assert (shown["nik"], shown["phone"]) == ("527101••••••0003", "+62812••••••90")
        assert (shown["birth_date"], shown["marital_status"], shown["disabilities"]) == (None, None, [])
        assert (shown["segments"], shown["warnings"]) == (["women"], [])
    for hidden in (left, stranger):
        assert (await me.get(f"/v1/people/{hidden.id}")).status_code == 404
    assert (await me.get(f"{path}/assignments")).status_code == 404
    assert (await me.post("/v1/people/search", nik=NIK)).json()["data"] == []
    taken = await me.post(f"/v1/programs/{(await make.program(opd)).id}/enrolments", person_id=str(person.id))
    assert (taken.status_code, taken.json()["code"]) == (404, "person_not_found")
    assert (await me.patch(path, etag='"1"', full_name="Lain")).status_code == 403
    assert (await api.as_(await make.staff(Role.opd)).get("/v1/people")).json()["data"] == []


async def test_lists_of_businesses_mask_the_tax_number_which_is_the_nik(api: Api, make: Make) -> None:
    owner = await make.person()
    me = api.as_(owner)
    made = await me.post("/v1/actors", name="Kopi", village_code="52.71.01.1004", npwp=NIK)

    (row,) = (await me.get("/v1/actors")).json()["data"]

    assert (made.json()["npwp"], row["npwp"]) == (NIK, "527101••••••0003")


@pytest.mark.usefixtures("unmeasured")
async def test_a_consultants_rows_are_found_by_index(make: Make, sessions: Sessions) -> None:
    caller = caller_for(await make.consultant_of(await make.person()))

    plans = []
    async with sessions() as db:
        connection = await db.connection()
        await connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        for query in (
            select(Person.id).where(people_visible_to(caller)),
            select(Actor.id).where(actors_visible_to(caller)),
        ):
            sql = query.compile(connection.sync_engine, compile_kwargs={"literal_binds": True})
            plans.append("\n".join((await connection.exec_driver_sql(f"EXPLAIN {sql}")).scalars()))

    for plan in plans:
        assert "uq_assignments_one_active" in plan
        assert "Seq Scan" not in plan
