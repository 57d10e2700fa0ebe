"""Five outcomes of each participant: level before, level aimed at, whose they are to set and to see."""

from asyncio import gather
from collections import Counter
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.kit.caller import Role
from plut_api.kit.ids import new_id
from plut_api.kit.outbox import Event
from plut_api.outcomes.models import Dimension, Outcome
from plut_api.outcomes.rubric import counts
from plut_api.programs.models import EnrolmentState
from tests.conftest import Api
from tests.factories import Make
from tests.outcomes.steps import proof


async def test_anyone_reads_the_rubric_and_caches_keep_it(api: Api) -> None:
    answer = await api.get("/v1/outcome-rubric")
    again = await api.get("/v1/outcome-rubric", headers={"If-None-Match": answer.headers["etag"]})
    dimensions = answer.json()["dimensions"]

    assert [d["dimension"] for d in dimensions] == [d.value for d in Dimension]
    assert all([level["level"] for level in d["levels"]] == [0, 1, 2, 3, 4] for d in dimensions)
    assert all(level["criteria"] for d in dimensions for level in d["levels"])
    assert all(d["evidence"] for d in dimensions)
    assert answer.headers["cache-control"] == "public, max-age=3600"
    assert again.status_code == 304


@pytest.mark.parametrize(
    ("baseline", "target", "reached", "expected"),
    [
        (1, 2, 2, True),
        (1, 3, 2, False),  # below the target
        (1, 3, 4, True),
        (0, 1, 1, False),  # a first step, but below the lowest level that counts
        (2, 3, 2, False),  # no change
        (None, 2, 2, False),
        (1, None, 2, False),
        (1, 2, None, False),
    ],
)
def test_an_outcome_counts_at_target_above_baseline_and_from_level_two(
    baseline: int | None, target: int | None, reached: int | None, expected: bool
) -> None:
    assert counts(baseline, target, reached) is expected


async def test_all_five_are_shown_before_anything_is_known(api: Api, make: Make) -> None:
    person = await make.person()
    enrolment = await make.enrolment(person=person)
    path = f"/v1/enrolments/{enrolment.id}/outcomes"

    shown = (await api.as_(person).get(path)).json()["data"]
    one = await api.as_(person).get(f"{path}/market")

    assert [row["dimension"] for row in shown] == [d.value for d in Dimension]
    assert {row["baseline_level"] for row in shown} | {row["reached_level"] for row in shown} == {None}
    assert one.json() == shown[3]
    assert one.headers["etag"] == '"0"'


@pytest.mark.parametrize("role", [Role.consultant, Role.dinas, Role.opd])
async def test_staff_and_the_organizer_set_baseline_and_target(api: Api, make: Make, role: Role) -> None:
    opd = await make.organization()
    enrolment = await make.enrolment(await make.program(opd))
    officer = await make.staff(role, opd) if role is Role.opd else await make.staff_who_serve(role)
    me, path = api.as_(officer), f"/v1/enrolments/{enrolment.id}/outcomes/packaging"

    baseline = await me.put(f"{path}/baseline", etag='"0"', level=1)
    target = await me.put(f"{path}/target", etag=baseline.headers["etag"], level=3)
    read = await me.get(path)

    assert (baseline.status_code, target.status_code) == (200, 200)
    assert read.json() == target.json()
    assert read.headers["etag"] == target.headers["etag"] == '"2"'
    assert (read.json()["baseline_level"], read.json()["target_level"]) == (1, 3)
    assert (read.json()["baseline_by"], read.json()["counts"]) == (str(officer.id), False)


async def test_participants_do_not_set_their_own_baseline(api: Api, make: Make) -> None:
    person = await make.person()
    enrolment = await make.enrolment(person=person)

    for step in ("baseline", "target"):
        answer = await api.as_(person).put(f"/v1/enrolments/{enrolment.id}/outcomes/brand/{step}", etag='"0"', level=1)
        assert answer.status_code == 422  # There is no such outcome.
        path = f"/v1/enrolments/{enrolment.id}/outcomes/branding/{step}"
        answer = await api.as_(person).put(path, etag='"0"', level=1)
        assert (answer.status_code, answer.json()["code"]) == (403, "assessor_only")


async def test_outcomes_of_others_are_not_found(api: Api, make: Make) -> None:
    enrolment = await make.enrolment()
    path = f"/v1/enrolments/{enrolment.id}/outcomes"

    for who in (await make.person(), await make.staff(Role.opd), await make.staff(Role.consultant)):
        me = api.as_(who)
        for answer in (
            await me.get(path),
            await me.get(f"{path}/market"),
            await me.put(f"{path}/market/baseline", etag='"0"', level=1),
            await me.get(f"{path}/market/evidence"),
        ):
            assert (answer.status_code, answer.json()["code"]) == (404, "enrolment_not_found")
    assert (await api.as_(await make.staff(Role.bank)).get(path)).status_code == 403


async def test_a_change_names_the_version_it_was_made_from(api: Api, make: Make) -> None:
    enrolment = await make.enrolment()
    me, path = api.as_(await make.consultant_of()), f"/v1/enrolments/{enrolment.id}/outcomes/product/baseline"

    blind = await me.put(path, etag=None, level=1)
    early = await me.put(path, etag='"1"', level=1)
    await me.put(path, etag='"0"', level=1)
    late = await me.put(path, etag='"0"', level=2)

    assert (blind.status_code, early.status_code, late.status_code) == (428, 412, 412)
    assert (early.headers["etag"], late.headers["etag"]) == ('"0"', '"1"')


async def test_of_many_first_baselines_at_once_one_is_kept(api: Api, make: Make) -> None:
    enrolment = await make.enrolment()
    officers = [api.as_(await make.consultant_of()) for _ in range(5)]
    path = f"/v1/enrolments/{enrolment.id}/outcomes/product/baseline"

    answers = await gather(*(o.put(path, etag='"0"', level=level % 5) for level, o in enumerate(officers)))

    assert Counter(answer.status_code for answer in answers) == {200: 1, 412: 4}


async def test_a_target_lies_above_a_known_baseline(api: Api, make: Make) -> None:
    enrolment = await make.enrolment()
    me, path = api.as_(await make.consultant_of()), f"/v1/enrolments/{enrolment.id}/outcomes/finance"

    missing = await me.put(f"{path}/target", etag='"0"', level=2)
    await me.put(f"{path}/baseline", etag='"0"', level=2)
    equal = await me.put(f"{path}/target", etag='"1"', level=2)
    await me.put(f"{path}/target", etag='"1"', level=3)
    raised = await me.put(f"{path}/baseline", etag='"2"', level=3)

    assert (missing.status_code, missing.json()["code"]) == (409, "baseline_missing")
    assert equal.json()["errors"][0]["code"] == "not_above_baseline"
    assert raised.json()["errors"][0]["code"] == "not_below_target"


@pytest.mark.parametrize(
    ("step", "level"), [("baseline", -1), ("baseline", 5), ("target", 0), ("target", 5), ("target", "3")]
)
async def test_levels_are_those_of_the_rubric(api: Api, make: Make, step: str, level: Any) -> None:
    enrolment = await make.enrolment()

    answer = await api.as_(await make.consultant_of()).put(
        f"/v1/enrolments/{enrolment.id}/outcomes/finance/{step}", etag='"0"', level=level
    )

    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "#/level")


async def test_nothing_is_assessed_or_proven_after_a_withdrawal(api: Api, make: Make) -> None:
    person = await make.person()
    enrolment = await make.enrolment(person=person, state=EnrolmentState.withdrawn)
    path = f"/v1/enrolments/{enrolment.id}/outcomes/finance"

    level = await api.as_(await make.consultant_of()).put(f"{path}/baseline", etag='"0"', level=1)
    answer = await api.as_(person).post(f"{path}/evidence", **await proof(api.as_(person)))

    assert (level.status_code, level.json()["code"]) == (409, "enrolment_withdrawn")
    assert (answer.status_code, answer.json()["code"]) == (409, "enrolment_withdrawn")


async def test_a_business_registered_later_is_named_by_the_participant_and_its_outcomes_go_along(
    api: Api, make: Make
) -> None:
    person = await make.person()
    program = await make.program()
    enrolment = (await api.as_(person).post(f"/v1/programs/{program.id}/enrolments")).json()
    path = f"/v1/enrolments/{enrolment['id']}"
    await api.as_(await make.consultant_of()).put(f"{path}/outcomes/finance/baseline", etag='"0"', level=1)
    actor = await make.actor(person)

    changed = await api.as_(person).patch(path, etag='"1"', actor_id=str(actor.id))
    stale = await api.as_(person).patch(path, etag='"1"', actor_id=str(actor.id))
    outcome = await api.as_(person).get(f"{path}/outcomes/finance")

    assert (changed.status_code, changed.json()["actor_id"]) == (200, str(actor.id))
    assert changed.headers["etag"] == '"2"'
    assert stale.status_code == 412
    assert outcome.headers["etag"] == '"2"'


async def test_a_business_that_loses_an_enrolment_to_another_is_told_of_too(
    api: Api, make: Make, sessions: async_sessionmaker[AsyncSession]
) -> None:
    person = await make.person()
    former, now = await make.actor(person), await make.actor(person)
    enrolment = await make.enrolment(person=person, actor=former)
    outcome = await make.outcome(enrolment)

    await api.as_(person).patch(f"/v1/enrolments/{enrolment.id}", etag='"1"', actor_id=str(now.id))
    async with sessions() as db:
        event = (await db.scalars(select(Event).where(Event.name == "enrolment.changed"))).one()
        moved = await db.get_one(Outcome, outcome.id)

    assert (event.facts["actor_id"], event.facts["former_actor_id"]) == (str(now.id), str(former.id))
    assert moved.actor_id == now.id


async def test_staff_name_the_business_and_others_do_not(api: Api, make: Make) -> None:
    person, opd = await make.person(), await make.organization()
    enrolment = await make.enrolment(await make.program(opd), person)
    actor, foreign, path = await make.actor(person), await make.actor(), f"/v1/enrolments/{enrolment.id}"
    staff, organizer, other = await make.consultant_of(), await make.staff(Role.opd, opd), await make.person()

    answers = [
        await api.as_(who).patch(path, etag='"1"', actor_id=str(of.id))
        for who, of in ((organizer, actor), (other, actor), (staff, foreign), (staff, actor))
    ]

    assert [answer.status_code for answer in answers] == [403, 404, 422, 200]
    assert answers[0].json()["code"] == "participant_or_staff_only"
    assert answers[2].json()["errors"][0]["code"] == "not_their_business"


async def test_an_enrolment_that_never_was_has_no_outcomes(api: Api, make: Make) -> None:
    answer = await api.as_(await make.staff(Role.dinas)).get(f"/v1/enrolments/{new_id()}/outcomes")

    assert (answer.status_code, answer.json()["code"]) == (404, "enrolment_not_found")
