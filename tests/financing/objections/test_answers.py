"""Objections are answered by a consultant whose word they are not about; facts are corrected, results never by hand."""

from asyncio import gather
from datetime import timedelta
from uuid import UUID

from fastapi import FastAPI
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.financing.objections.models import Objection
from plut_api.financing.objections.notices import note_late_objections
from plut_api.kit import clock
from plut_api.kit.caller import Role
from plut_api.kit.database import unit_of_work
from plut_api.kit.jobs import Runtime, enter_runtime
from plut_api.kit.outbox import Event
from plut_api.worker import work_off
from tests.actors.merging.records import merge, undo
from tests.conftest import Api
from tests.factories import Make
from tests.financing.objections.objecting import RULE, a_fact, answer_to, objected
from tests.financing.story import confirmed_business
from tests.identity.messages.test_notices import inbox_of, told

Sessions = async_sessionmaker[AsyncSession]
LIST = "/v1/readiness-objections"


async def test_upheld_it_names_the_fact_is_a_task_and_the_owner_is_told(
    api: Api, app: FastAPI, make: Make, sessions: Sessions
) -> None:
    owner = await make.person()
    actor, account = await make.actor(owner), await make.consultant_of(owner)
    consultant, made = api.as_(account), await objected(api, owner, actor)
    path = f"/v1/actors/{actor.id}/readiness"
    before = (await consultant.get(path)).json()["gates"]
    waiting = [row["kind"] for row in (await consultant.get("/v1/work-list")).json()["data"]]

    upheld = await answer_to(consultant, made, "uphold", fact=a_fact(made), answer="Kami perbaiki.")
    tasks = (await consultant.get("/v1/work-list", kind="objection.to_correct")).json()["data"]
    corrected = await answer_to(consultant, made, "correct")
    twice = await answer_to(consultant, made, "correct")
    await work_off(app.state.settings)

    assert "objection.to_answer" in waiting
    assert (upheld.status_code, upheld.json()["state"], upheld.json()["fact"]) == (200, "upheld", a_fact(made))
    assert [row["href"] for row in tasks] == [f"{LIST}/{made['id']}"]
    assert corrected.json()["corrected_at"] is not None
    assert (twice.status_code, twice.json()["code"]) == (409, "objection_not_upheld")
    assert (await consultant.get("/v1/work-list", kind="objection.to_correct")).json()["data"] == []
    results = [[gate["result"] for gate in gates] for gates in (before, (await consultant.get(path)).json()["gates"])]
    assert results[0] == results[1], "no result changes by hand"
    assert await told(sessions, "objection_answered") == [owner.id]
    assert RULE in (await inbox_of(api, owner))[0]


async def test_dismissed_it_has_a_reason_in_words(api: Api, make: Make) -> None:
    owner = await make.person()
    actor, account = await make.actor(owner), await make.consultant_of(owner)
    consultant, made = api.as_(account), await objected(api, owner, actor)

    wordless = await answer_to(consultant, made, "dismiss")
    dismissed = await answer_to(consultant, made, "dismiss", answer="NIB itu milik usaha lain.")

    assert wordless.status_code == 422
    assert (dismissed.json()["state"], dismissed.json()["answer"]) == ("dismissed", "NIB itu milik usaha lain.")
    assert (await api.as_(owner).get(f"{LIST}/{made['id']}")).json()["answer"] == "NIB itu milik usaha lain."


async def test_who_confirmed_the_file_does_not_answer_another_consultant_does(api: Api, make: Make) -> None:
    business = await confirmed_business(api, make)
    made = await objected(api, business.owner, business.actor)
    other = api.as_(await make.staff(Role.consultant))

    own_word = await answer_to(api.as_(business.consultant), made, "dismiss", answer="Benar.")
    listed = [row["kind"] for row in (await api.as_(business.consultant).get("/v1/work-list")).json()["data"]]
    answered = await answer_to(other, made, "dismiss", answer="Sudah diperiksa lagi.")

    assert (own_word.status_code, own_word.json()["code"]) == (403, "own_word_objected_to")
    assert "objection.to_answer" not in listed
    assert answered.status_code == 200
    assert (await other.get(f"{LIST}/{made['id']}")).status_code == 200


async def test_a_fact_that_the_rule_does_not_read_is_refused_with_those_it_reads(api: Api, make: Make) -> None:
    owner = await make.person()
    actor, account = await make.actor(owner), await make.consultant_of(owner)
    made = await objected(api, owner, actor)

    answer = await answer_to(api.as_(account), made, "uphold", fact="phase_of_the_moon")

    [fault] = answer.json()["errors"]
    assert (answer.status_code, fault["pointer"], fault["code"]) == (422, "#/fact", "fact_not_of_rule")
    assert a_fact(made) in fault["message"]


async def test_it_is_answered_once_also_at_once(api: Api, make: Make) -> None:
    owner = await make.person()
    actor, account = await make.actor(owner), await make.consultant_of(owner)
    consultant, made = api.as_(account), await objected(api, owner, actor)

    answers = await gather(
        answer_to(consultant, made, "dismiss", answer="Tidak."),
        answer_to(consultant, made, "uphold", fact=a_fact(made)),
        answer_to(api.as_(owner), made, "withdraw"),
    )

    assert sorted(answer.status_code for answer in answers) == [200, 409, 409]
    assert {answer.json()["code"] for answer in answers if answer.is_error} == {"objection_ended"}


async def test_the_owner_withdraws_and_nobody_for_them(api: Api, make: Make) -> None:
    owner = await make.person()
    actor, account = await make.actor(owner), await make.consultant_of(owner)
    made = await objected(api, owner, actor)

    refused = await answer_to(api.as_(account), made, "withdraw")
    by_person = await answer_to(api.as_(owner), made, "dismiss", answer="Saya sendiri.")
    withdrawn = await answer_to(api.as_(owner), made, "withdraw")

    assert (refused.status_code, refused.json()["code"]) == (403, "objector_only")
    assert (by_person.status_code, by_person.json()["code"]) == (403, "consultant_only")
    assert withdrawn.json()["state"] == "withdrawn"


async def test_what_is_late_is_told_once_and_stands_in_the_list_of_the_dinas(
    api: Api, app: FastAPI, make: Make, sessions: Sessions
) -> None:
    owner = await make.person()
    actor, account = await make.actor(owner), await make.consultant_of(owner)
    late, in_time = await objected(api, owner, actor), await objected(api, owner, actor, rule="U-G01")
    async with unit_of_work(sessions) as db:
        passed = update(Objection).where(Objection.id == UUID(late["id"]))
        await db.execute(passed.values(due_at=clock.now() - timedelta(minutes=1)))
    dinas = api.as_(await make.staff(Role.dinas))

    enter_runtime(Runtime(app.state.settings, app.state.engine))
    await note_late_objections(0)
    await note_late_objections(0)

    async with sessions() as db:
        noted = select(func.count()).where(Event.name == "objection.late")
        assert await db.scalar(noted.where(Event.subject_id == UUID(late["id"]))) == 1
        assert await db.scalar(noted) == 1
    assert [row["id"] for row in (await dinas.get(LIST, late=True)).json()["data"]] == [late["id"]]
    assert [row["id"] for row in (await dinas.get(LIST, late=False)).json()["data"]] == [in_time["id"]]
    assert [row["kind"] for row in (await dinas.get("/v1/work-list", kind="objection.late")).json()["data"]] == [
        "objection.late"
    ]
    await answer_to(api.as_(account), late, "dismiss", answer="Maaf terlambat.")
    assert [row["id"] for row in (await dinas.get(LIST, late=True, state="dismissed")).json()["data"]] == [late["id"]]


async def test_of_two_businesses_that_are_one_the_earlier_objection_goes_on(
    api: Api, make: Make, sessions: Sessions
) -> None:
    owner = await make.person()
    one, other = await make.actor(owner), await make.actor(owner)
    earlier, later = await objected(api, owner, one), await objected(api, owner, other)
    alone = await objected(api, owner, other, rule="U-G01")
    dinas = api.as_(await make.staff(Role.dinas))

    merged = await merge(dinas, "actors", one, other)
    states = {row["id"]: row["state"] for row in (await dinas.get(LIST)).json()["data"]}
    whose = {row["id"]: row["actor_id"] for row in (await dinas.get(LIST)).json()["data"]}
    await undo(dinas, merged["id"])
    parted = {row["id"]: (row["state"], row["actor_id"]) for row in (await dinas.get(LIST)).json()["data"]}

    assert states == {earlier["id"]: "open", later["id"]: "withdrawn", alone["id"]: "open"}
    assert set(whose.values()) == {str(one.id)}
    assert parted == {
        earlier["id"]: ("open", str(one.id)),
        later["id"]: ("open", str(other.id)),
        alone["id"]: ("open", str(other.id)),
    }
