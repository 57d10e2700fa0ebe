"""Evidence: no evidence, no outcome; decided once, by a consultant who neither submitted it nor trained."""

from asyncio import gather
from collections import Counter
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.kit import clock
from plut_api.kit.caller import Role
from plut_api.kit.database import constraint_of
from plut_api.kit.ids import new_id
from plut_api.kit.outbox import Event
from plut_api.outcomes.models import Dimension, Evidence, EvidenceState
from tests.conftest import Api
from tests.factories import Make
from tests.outcomes.steps import REFUSAL, outcome_from_one_to_two, proof
from tests.programs import teaching

Sessions = async_sessionmaker[AsyncSession]


async def test_a_level_is_reached_by_evidence_that_a_consultant_verified(
    api: Api, make: Make, sessions: Sessions
) -> None:
    person = await make.person()
    actor = await make.actor(person)
    enrolment = await make.enrolment(person=person, actor=actor)
    consultant = await make.consultant_of()
    me, path = api.as_(consultant), f"/v1/enrolments/{enrolment.id}/outcomes/packaging"
    baseline = await me.put(f"{path}/baseline", etag='"0"', level=1)
    await me.put(f"{path}/target", etag=baseline.headers["etag"], level=2)

    submitted = await api.as_(person).post(f"{path}/evidence", **await proof(api.as_(person)))
    verified = await me.post(f"/v1/evidence/{submitted.json()['id']}/verify", level=2, note="Label lengkap.")
    outcome = (await api.as_(person).get(path)).json()
    read = await api.as_(person).get(submitted.headers["location"])
    async with sessions() as db:
        event = (await db.scalars(select(Event).where(Event.name == "outcome.verified"))).one()

    assert (submitted.status_code, submitted.json()["state"]) == (201, "submitted")
    assert (verified.status_code, verified.json()["state"], verified.json()["verified_level"]) == (200, "verified", 2)
    assert (verified.json()["decided_by"], verified.json()["reason"]) == (str(consultant.id), "Label lengkap.")
    assert read.json() == verified.json() | {"also_used": None}
    assert (outcome["reached_level"], outcome["reached_at"], outcome["counts"]) == (
        2,
        verified.json()["decided_at"],
        True,
    )
    assert event.facts | {"person_id": str(person.id), "actor_id": str(actor.id)} == event.facts
    assert (event.facts["dimension"], event.facts["level"]) == ("packaging", 2)


async def test_the_highest_level_verified_is_the_level_reached(api: Api, make: Make) -> None:
    outcome = await outcome_from_one_to_two(make)
    first, second, third = [await make.evidence(outcome) for _ in range(3)]
    me, path = api.as_(await make.consultant_of()), f"/v1/enrolments/{outcome.enrolment_id}/outcomes/packaging"

    reached = []
    for evidence, level in ((first, 3), (second, 2), (third, 4)):
        await me.post(f"/v1/evidence/{evidence.id}/verify", level=level)
        reached.append((await me.get(path)).json()["reached_level"])

    assert reached == [3, 3, 4]


async def test_a_rejection_says_why_and_what_to_do_next(api: Api, make: Make) -> None:
    person = await make.person()
    outcome = await outcome_from_one_to_two(make, await make.enrolment(person=person))
    evidence = await make.evidence(outcome)
    me = api.as_(await make.consultant_of())

    bare = await me.post(f"/v1/evidence/{evidence.id}/reject")
    answer = await me.post(f"/v1/evidence/{evidence.id}/reject", **REFUSAL)
    read = await api.as_(person).get(f"/v1/evidence/{evidence.id}")
    level = await me.get(f"/v1/enrolments/{outcome.enrolment_id}/outcomes/packaging")

    assert {error["pointer"] for error in bare.json()["errors"]} == {"#/reason", "#/next_step"}
    assert (answer.status_code, answer.json()["state"]) == (200, "rejected")
    assert read.json() | REFUSAL == read.json()
    assert level.json()["reached_level"] is None


async def test_evidence_is_decided_once_also_at_once(api: Api, make: Make) -> None:
    evidence = await make.evidence(await outcome_from_one_to_two(make))
    consultants = [api.as_(await make.consultant_of()) for _ in range(6)]

    answers = await gather(
        *(c.post(f"/v1/evidence/{evidence.id}/verify", level=2) for c in consultants[:3]),
        *(c.post(f"/v1/evidence/{evidence.id}/reject", **REFUSAL) for c in consultants[3:]),
    )

    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: 5}
    assert {answer.json()["code"] for answer in answers if answer.is_error} == {"evidence_already_decided"}


@pytest.mark.parametrize("decision", [("verify", {"level": 2}), ("reject", REFUSAL)])
async def test_who_submitted_evidence_does_not_decide_on_it(
    api: Api, make: Make, decision: tuple[str, dict[str, Any]]
) -> None:
    outcome = await outcome_from_one_to_two(make)
    me, step = api.as_(await make.consultant_of()), decision[0]
    path = f"/v1/enrolments/{outcome.enrolment_id}/outcomes/packaging/evidence"
    evidence = (await me.post(path, **await proof(me))).json()

    own = await me.post(f"/v1/evidence/{evidence['id']}/{step}", **decision[1])
    another = await api.as_(await make.consultant_of()).post(f"/v1/evidence/{evidence['id']}/{step}", **decision[1])

    assert (own.status_code, own.json()["code"]) == (409, "verifier_is_submitter")
    assert another.status_code == 200


async def test_not_even_the_database_takes_a_decision_by_who_submitted(make: Make, sessions: Sessions) -> None:
    evidence = await make.evidence(await outcome_from_one_to_two(make))
    decided = {"state": EvidenceState.verified, "verified_level": 2, "decided_at": clock.now()}
    own = update(Evidence).where(Evidence.id == evidence.id).values(decided_by=Evidence.submitted_by, **decided)

    async with sessions() as db:
        with pytest.raises(IntegrityError) as refused:
            await db.execute(own)

    assert constraint_of(refused.value) == "ck_evidence_verifier_is_another"


@pytest.mark.parametrize("decision", [("verify", {"level": 2}), ("reject", REFUSAL)])
async def test_evidence_is_not_decided_once_its_participant_has_withdrawn(
    api: Api, make: Make, decision: tuple[str, dict[str, Any]]
) -> None:
    person = await make.person()
    enrolment = await make.enrolment(person=person)
    evidence = await make.evidence(await outcome_from_one_to_two(make, enrolment))
    await api.as_(person).post(f"/v1/enrolments/{enrolment.id}/withdraw")

    answer = await api.as_(await make.consultant_of()).post(f"/v1/evidence/{evidence.id}/{decision[0]}", **decision[1])
    read = await api.as_(person).get(f"/v1/evidence/{evidence.id}")

    assert (answer.status_code, answer.json()["code"]) == (409, "enrolment_withdrawn")
    assert read.json()["state"] == "submitted"


async def test_who_trained_in_the_programme_does_not_verify_its_outcomes(api: Api, make: Make) -> None:
    program = await make.program()
    evidence = await make.evidence(await outcome_from_one_to_two(make, await make.enrolment(program)))
    trainer = await make.consultant_of()
    await teaching.session(make, program, await teaching.trainer(make, account_id=trainer.id))

    answer = await api.as_(trainer).post(f"/v1/evidence/{evidence.id}/verify", level=2)

    assert (answer.status_code, answer.json()["code"]) == (409, "verifier_is_trainer")


async def test_a_change_can_be_seen_only_from_a_baseline_which_then_stays(api: Api, make: Make) -> None:
    outcome = await make.outcome(await make.enrolment())
    evidence = await make.evidence(outcome)
    me, path = api.as_(await make.consultant_of()), f"/v1/enrolments/{outcome.enrolment_id}/outcomes/packaging"

    early = await me.post(f"/v1/evidence/{evidence.id}/verify", level=2)
    await me.put(f"{path}/baseline", etag='"1"', level=1)
    verified = await me.post(f"/v1/evidence/{evidence.id}/verify", level=2)
    late = await me.put(f"{path}/baseline", etag='"3"', level=0)

    assert (early.status_code, early.json()["code"]) == (409, "baseline_missing")
    assert verified.status_code == 200
    assert (late.status_code, late.json()["code"]) == (409, "outcome_settled")


@pytest.mark.parametrize("role", [Role.consultant, Role.dinas])
async def test_staff_submit_on_behalf_before_anything_was_assessed(api: Api, make: Make, role: Role) -> None:
    enrolment = await make.enrolment()
    officer = await make.staff_who_serve(role)
    path = f"/v1/enrolments/{enrolment.id}/outcomes/market"

    given = await proof(api.as_(officer), kind="sales_report")

    answers = await gather(*(api.as_(officer).post(f"{path}/evidence", **given) for _ in range(3)))
    listed = (await api.as_(officer).get(f"{path}/evidence")).json()["data"]

    assert [answer.status_code for answer in answers] == [201] * 3
    assert {row["submitted_by"] for row in listed} == {str(officer.id)}
    assert len(listed) == 3
    assert (await api.as_(officer).get(path)).headers["etag"] == '"1"'


async def test_an_organizer_reads_evidence_but_does_not_submit_or_decide(api: Api, make: Make) -> None:
    opd = await make.organization()
    outcome = await outcome_from_one_to_two(make, await make.enrolment(await make.program(opd)))
    evidence = await make.evidence(outcome)
    me, path = api.as_(await make.staff(Role.opd, opd)), f"/v1/enrolments/{outcome.enrolment_id}/outcomes/packaging"

    submitted = await me.post(f"{path}/evidence", **await proof(me))

    assert (submitted.status_code, submitted.json()["code"]) == (403, "participant_or_staff_only")
    assert len((await me.get(f"{path}/evidence")).json()["data"]) == 1
    assert (await me.post(f"/v1/evidence/{evidence.id}/verify", level=2)).status_code == 403


@pytest.mark.parametrize("role", [Role.dinas, Role.opd, Role.person])
async def test_only_consultants_verify(api: Api, make: Make, role: Role) -> None:
    evidence = await make.evidence(await outcome_from_one_to_two(make))
    who = await make.person() if role is Role.person else await make.staff(role)

    answer = await api.as_(who).post(f"/v1/evidence/{evidence.id}/verify", level=2)

    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


async def test_evidence_of_others_is_not_found(api: Api, make: Make) -> None:
    evidence = await make.evidence(await outcome_from_one_to_two(make))
    consultant = api.as_(await make.consultant_of())

    for who, path in (
        (api.as_(await make.person()), f"/v1/evidence/{evidence.id}"),
        (api.as_(await make.staff(Role.opd)), f"/v1/evidence/{evidence.id}"),
        (api.as_(await make.staff(Role.consultant)), f"/v1/evidence/{evidence.id}"),
        (consultant, f"/v1/evidence/{new_id()}"),
    ):
        answer = await who.get(path)
        assert (answer.status_code, answer.json()["code"]) == (404, "evidence_not_found")
    unknown = await consultant.post(f"/v1/evidence/{new_id()}/verify", level=2)
    assert unknown.json()["code"] == "evidence_not_found"


async def test_what_waits_for_a_consultant_is_listed_oldest_first(api: Api, make: Make) -> None:
    person = await make.person()
    enrolment = await make.enrolment(person=person)
    packaging = await outcome_from_one_to_two(make, enrolment)
    market = await make.outcome(enrolment, Dimension.market)
    first, second, decided = await make.evidence(packaging), await make.evidence(market), await make.evidence(packaging)
    await make.evidence(await outcome_from_one_to_two(make))
    me = api.as_(await make.consultant_of())
    await me.post(f"/v1/evidence/{decided.id}/verify", level=2)

    async def seen(who: Api, **query: Any) -> list[str]:
        return [row["id"] for row in (await who.get("/v1/evidence", **query)).json()["data"]]

    assert (await seen(me, state="submitted"))[:2] == [str(first.id), str(second.id)]
    assert await seen(me, dimension="market") == [str(second.id)]
    assert await seen(api.as_(person)) == [str(first.id), str(second.id), str(decided.id)]
    assert await seen(api.as_(await make.staff(Role.opd))) == []


async def test_lists_ask_the_database_as_often_for_many_rows_as_for_few(
    api: Api, make: Make, statements: list[str]
) -> None:
    outcome = await outcome_from_one_to_two(make)
    me, path = api.as_(await make.consultant_of()), f"/v1/enrolments/{outcome.enrolment_id}/outcomes"
    paths = ["/v1/evidence", path, f"{path}/packaging/evidence"]
    for each in paths:
        await me.get(each)  # The first call of a caller also counts it.

    counts = []
    for dimension in (Dimension.market, Dimension.finance):
        for _ in range(3):
            await make.evidence(outcome)
        await make.outcome(await make.enrolment(), dimension)
        statements.clear()
        for each in paths:
            assert (await me.get(each)).status_code == 200
        counts.append(len(statements))

    assert counts[0] == counts[1]
