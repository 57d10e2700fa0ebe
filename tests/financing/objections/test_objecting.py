"""An owner objects to what one rule found: who may, to what, once, and what is said of it meanwhile."""

from asyncio import gather
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.actors.models import OwnerRole, Ownership, Person
from plut_api.actors.models.guardianships import Guardianship, Relation
from plut_api.financing.objections.models import Objection
from plut_api.financing.objections.open_ones import open_rules
from plut_api.identity.models import Account
from plut_api.kit import clock
from plut_api.kit.caller import Role
from plut_api.kit.ids import new_id
from plut_api.kit.outbox import Event
from tests.conftest import Api
from tests.factories import Make
from tests.financing.objections.objecting import RULE, WHY, answer_to, object_to, objected
from tests.financing.story import any_id, confirmed_business

Sessions = async_sessionmaker[AsyncSession]
LIST = "/v1/readiness-objections"


async def test_an_owner_objects_and_a_clock_of_three_days_runs(api: Api, make: Make, sessions: Sessions) -> None:
    owner = await make.person()
    actor, paper = await make.actor(owner), await make.paper(await _account(sessions, owner))

    made = await objected(api, owner, actor, file_ids=[str(paper.id)])

    read = await api.as_(owner).get(f"{LIST}/{made['id']}")
    assert read.json() == made
    assert (made["subject"], made["actor_id"], made["rule"], made["state"]) == (
        *("business", str(actor.id), RULE, "open"),
    )
    gates = (await api.as_(owner).get(f"/v1/actors/{actor.id}/readiness")).json()["gates"]
    assert made["result"] == {gate["code"]: gate["result"] for gate in gates}[RULE] != "pass"
    assert (made["reason"], made["file_ids"]) == (WHY, [str(paper.id)])
    hours = datetime.fromisoformat(made["due_at"]) - datetime.fromisoformat(made["created_at"])
    assert abs(hours - timedelta(hours=72)) < timedelta(minutes=1)
    async with sessions() as db:
        assert await open_rules(db, [actor.id, new_id()]) == {actor.id: {RULE: UUID(made["id"])}}
        sealed = await db.get_one(Objection, UUID(made["id"]))
        assert WHY.encode() not in (sealed.reason_sealed or b"")


async def test_the_guardian_of_an_owner_objects_for_them(api: Api, make: Make) -> None:
    today = clock.today()
    child, mother = await make.person(birth_date=date(today.year - 15, 1, 1)), await make.person()
    care = {"relation": Relation.mother, "since": date(2020, 1, 1), "recorded_by": new_id()}
    await make.add(Guardianship(ward_id=child.id, guardian_id=mother.id, **care))
    actor = await make.actor(child)

    assert (await object_to(api, mother, actor)).status_code == 201


async def test_neither_a_director_nor_staff_nor_a_stranger_objects(api: Api, make: Make) -> None:
    owner, director, stranger = await make.person(), await make.person(), await make.person()
    actor = await make.actor(owner)
    await make.add(Ownership(actor_id=actor.id, person_id=director.id, role=OwnerRole.director))
    consultant = api.as_(await make.consultant_of(owner))

    refused = [await object_to(api, who, actor) for who in (director, stranger)]
    refused.append(await consultant.post(f"/v1/actors/{actor.id}/readiness/objections", rule=RULE, reason=WHY))

    assert {(answer.status_code, answer.json()["code"]) for answer in refused} == {(404, "actor_not_found")}


async def test_an_unknown_rule_and_files_of_others_are_told_at_once(api: Api, make: Make) -> None:
    owner = await make.person()
    actor = await make.actor(owner)
    foreign = await make.paper(await make.staff())

    answer = await object_to(api, owner, actor, rule="U-G99", file_ids=[str(foreign.id), any_id()])

    assert answer.status_code == 422
    assert [(one["pointer"], one["code"]) for one in answer.json()["errors"]] == [
        ("#/rule", "rule_unknown"),
        ("#/file_ids/0", "file_unknown"),
        ("#/file_ids/1", "file_unknown"),
    ]


async def test_one_rule_is_objected_to_once_at_a_time_also_at_once(api: Api, make: Make) -> None:
    owner = await make.person()
    actor = await make.actor(owner)

    answers = await gather(*(object_to(api, owner, actor) for _ in range(4)))
    another = await object_to(api, owner, actor, rule="U-G01")
    (made,) = [answer.json() for answer in answers if answer.status_code == 201]
    await answer_to(api.as_(owner), made, "withdraw")
    again = await object_to(api, owner, actor)

    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    assert {answer.json()["code"] for answer in answers if answer.is_error} == {"objection_open"}
    assert (another.status_code, again.status_code) == (201, 201)


async def test_a_consultant_in_care_reads_it_another_only_where_nobody_else_could_answer(api: Api, make: Make) -> None:
    owner = await make.person()
    actor, own, other = await make.actor(owner), await make.consultant_of(owner), await make.staff(Role.consultant)
    made = await objected(api, owner, actor)
    vouched = await confirmed_business(api, make)
    barred = await objected(api, vouched.owner, vouched.actor)

    seen = [
        [row["id"] for row in (await api.as_(who).get(LIST)).json()["data"]]
        for who in (own, other, vouched.consultant, await make.staff(Role.dinas))
    ]

    assert seen == [[barred["id"], made["id"]], [barred["id"]], [barred["id"]], [barred["id"], made["id"]]]
    assert (await api.as_(other).get(f"{LIST}/{made['id']}")).json()["code"] == "objection_not_found"


async def test_a_bank_sees_nothing_of_it(api: Api, make: Make) -> None:
    business = await confirmed_business(api, make)
    bank = await make.bank()
    await make.consent(business.actor, bank)
    made = await objected(api, business.owner, business.actor)
    teller = api.as_(await make.staff(Role.bank, bank))

    assert (await teller.get(LIST)).json()["data"] == []
    assert (await teller.get(f"{LIST}/{made['id']}")).status_code == 404


async def test_the_list_costs_as_many_statements_for_twice_as_many_objections(
    api: Api, make: Make, statements: list[str]
) -> None:
    owner = await make.person()
    actor, me = await make.actor(owner), api.as_(owner)
    path = f"/v1/actors/{actor.id}/readiness/objections"
    counts: list[int] = []
    for rules in (("U-G01", "U-G02"), ("U-G03", "U-G04")):
        for rule in rules:
            await objected(api, owner, actor, rule=rule)
        await me.get(path)
        statements.clear()
        assert len((await me.get(path)).json()["data"]) == 2 * (len(counts) + 1)
        counts.append(len(statements))

    assert counts[0] == counts[1]


async def test_an_event_names_ids_and_the_rule_alone(api: Api, make: Make, sessions: Sessions) -> None:
    owner = await make.person()
    actor = await make.actor(owner)

    made = await objected(api, owner, actor)

    async with sessions() as db:
        [event] = await db.scalars(select(Event).where(Event.subject_id == UUID(made["id"])))
    assert (event.name, event.facts) == ("objection.made", {"actor_id": str(actor.id), "rule": RULE})


async def _account(sessions: Sessions, person: Person) -> Account:
    """The account of a person, which uploads."""
    async with sessions() as db:
        return await db.get_one(Account, person.account_id)
