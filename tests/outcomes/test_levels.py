"""Levels move by proof, up and down; every move stays on record, and figures follow."""

from asyncio import gather
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.financing.models import Readiness
from plut_api.kit import clock
from plut_api.kit.caller import Role
from plut_api.kit.database import unit_of_work
from plut_api.kit.ids import new_id
from plut_api.kit.outbox import Event
from plut_api.outcomes.models import Cause, Dimension, Outcome
from plut_api.outcomes.service import move_level
from plut_api.settings import Settings
from plut_api.worker import work_off
from tests.conftest import Api
from tests.factories import Make, caller_for
from tests.financing.story import business_whose_rules_are_met
from tests.outcomes.steps import outcome_from_one_to_two

Sessions = async_sessionmaker[AsyncSession]
FALSE: dict[str, Any] = {"reason": "Foto kemasan ternyata milik usaha lain."}


async def verified(api: Api, make: Make, outcome: Outcome, *levels: int) -> list[str]:
    """Evidence of an outcome by which a consultant found these levels, one after the other; the ids."""
    me, ids = api.as_(await make.consultant_of()), []
    for level in levels:
        evidence = await make.evidence(outcome, kind="label", claimed_level=level)
        answer = await me.post(f"/v1/evidence/{evidence.id}/verify", level=level)
        assert answer.status_code == 200, answer.text
        ids.append(str(evidence.id))
    return ids


async def history(me: Api, outcome: Outcome) -> list[tuple[Any, ...]]:
    answer = await me.get(f"/v1/enrolments/{outcome.enrolment_id}/outcomes/packaging/history")
    return [(row["before_level"], row["level"], row["cause"]) for row in answer.json()["data"]]


async def follow_up_finds(sessions: Sessions, outcome: Outcome, level: int, by: Any) -> None:
    """What a follow-up does."""
    async with unit_of_work(sessions) as db:
        row = await db.get_one(Outcome, outcome.id, with_for_update=True)
        await move_level(db, row, level, cause=Cause.follow_up, by=caller_for(by), follow_up_id=new_id())


async def test_every_move_is_dated_with_its_cause_its_author_and_its_rubric(api: Api, make: Make) -> None:
    person = await make.person()
    outcome = await outcome_from_one_to_two(make, await make.enrolment(person=person))
    first, _, third = await verified(api, make, outcome, 2, 2, 3)
    dinas = api.as_(await make.staff(Role.dinas))

    await dinas.post(f"/v1/evidence/{third}/revoke", **FALSE)
    me = api.as_(person)
    rows = (await me.get(f"/v1/enrolments/{outcome.enrolment_id}/outcomes/packaging/history")).json()["data"]

    assert [(r["before_level"], r["level"], r["evidence_id"]) for r in rows] == [
        (None, 2, first),
        (2, 3, third),
        (3, 2, third),
    ]
    assert {(r["cause"], r["rubric_version"]) for r in rows} == {("evidence", "1")}
    assert all(r["by"] for r in rows)
    assert (await me.get(f"/v1/enrolments/{outcome.enrolment_id}/outcomes/packaging")).json()["reached_level"] == 2


async def test_verified_evidence_found_false_is_revoked_by_the_dinas_once(api: Api, make: Make) -> None:
    outcome = await outcome_from_one_to_two(make)
    (evidence,) = await verified(api, make, outcome, 2)
    me, waiting = api.as_(await make.staff(Role.dinas)), await make.evidence(outcome)
    path = f"/v1/enrolments/{outcome.enrolment_id}/outcomes/packaging"

    early = await me.post(f"/v1/evidence/{waiting.id}/revoke", **FALSE)
    bare = await me.post(f"/v1/evidence/{evidence}/revoke")
    answers = await gather(*(me.post(f"/v1/evidence/{evidence}/revoke", **FALSE) for _ in range(3)))
    consultant = await api.as_(await make.consultant_of()).post(f"/v1/evidence/{evidence}/revoke", **FALSE)
    told = (await me.get(f"/v1/evidence/{evidence}")).json()
    level = (await me.get(path)).json()

    assert (early.status_code, early.json()["code"], early.json()["state"]) == (
        409,
        "evidence_not_verified",
        "submitted",
    )
    assert bare.status_code == 422
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409]
    assert consultant.status_code == 403
    assert (told["state"], told["end_reason"], told["verified_level"]) == ("revoked", FALSE["reason"], 2)
    assert (level["reached_level"], level["reached_at"], level["counts"]) == (None, None, False)
    assert await history(me, outcome) == [(None, 2, "evidence"), (2, None, "evidence")]


async def test_a_level_that_rests_on_other_proof_stays_when_some_is_revoked(api: Api, make: Make) -> None:
    outcome = await outcome_from_one_to_two(make)
    lower, _ = await verified(api, make, outcome, 2, 3)
    me = api.as_(await make.staff(Role.dinas))

    await me.post(f"/v1/evidence/{lower}/revoke", **FALSE)

    assert await history(me, outcome) == [(None, 2, "evidence"), (2, 3, "evidence")]


async def test_what_a_follow_up_found_fallen_rises_by_later_evidence_only(
    api: Api, make: Make, sessions: Sessions
) -> None:
    outcome = await outcome_from_one_to_two(make)
    (first,) = await verified(api, make, outcome, 3)
    consultant = await make.consultant_of()
    me, dinas = api.as_(consultant), api.as_(await make.staff(Role.dinas))

    await follow_up_finds(sessions, outcome, 1, consultant)
    fallen = (await me.get(f"/v1/enrolments/{outcome.enrolment_id}/outcomes/packaging")).json()
    (second,) = await verified(api, make, outcome, 2)
    await dinas.post(f"/v1/evidence/{second}/revoke", **FALSE)
    await dinas.post(f"/v1/evidence/{first}/revoke", **FALSE)

    assert (fallen["reached_level"], fallen["counts"]) == (1, False)
    assert await history(me, outcome) == [
        (None, 3, "evidence"),
        (3, 1, "follow_up"),
        (1, 2, "evidence"),
        (2, 1, "evidence"),
        (1, None, "evidence"),
    ]


async def test_evidence_from_before_a_fall_does_not_undo_it_when_it_is_decided_on_later(
    api: Api, make: Make, sessions: Sessions
) -> None:
    outcome = await outcome_from_one_to_two(make)
    await verified(api, make, outcome, 3)
    consultant = await make.consultant_of()
    me = api.as_(consultant)
    stale = await make.evidence(outcome, claimed_level=3)

    await follow_up_finds(sessions, outcome, 1, consultant)
    await me.post(f"/v1/evidence/{stale.id}/verify", level=3)

    assert await history(me, outcome) == [(None, 3, "evidence"), (3, 1, "follow_up")]


async def test_once_a_level_was_proven_the_baseline_stays_and_the_target_only_rises(api: Api, make: Make) -> None:
    outcome = await outcome_from_one_to_two(make, target_level=4)
    (evidence,) = await verified(api, make, outcome, 2)
    me, path = api.as_(await make.consultant_of()), f"/v1/enrolments/{outcome.enrolment_id}/outcomes/packaging"
    await api.as_(await make.staff(Role.dinas)).post(f"/v1/evidence/{evidence}/revoke", **FALSE)

    answers = {}
    for step, level in (("target", 2), ("baseline", 0), ("target", 4)):
        etag = (await me.get(path)).headers["etag"]
        answer = await me.put(f"{path}/{step}", etag=etag, level=level)
        answers[step, level] = (answer.status_code, answer.json().get("code"))

    refused = (409, "outcome_settled")
    assert answers == {("target", 2): refused, ("baseline", 0): refused, ("target", 4): (200, None)}


async def test_a_level_that_stays_is_no_move(make: Make, sessions: Sessions) -> None:
    outcome = await outcome_from_one_to_two(make)

    async with unit_of_work(sessions) as db:
        row = await db.get_one(Outcome, outcome.id, with_for_update=True)
        moved = await move_level(db, row, 2, cause=Cause.follow_up, by=None)
        again = await move_level(db, row, 2, cause=Cause.follow_up, by=None)
    async with sessions() as db:
        events = (await db.scalars(select(Event).where(Event.name == "outcome.level_changed"))).all()

    assert (moved is not None, again) == (True, None)
    assert [(e.subject_id, e.facts["level"], e.facts["before_level"]) for e in events] == [(outcome.id, 2, None)]


async def test_history_is_of_ones_own_enrolments(api: Api, make: Make) -> None:
    person = await make.person()
    outcome = await outcome_from_one_to_two(make, await make.enrolment(person=person))
    path = f"/v1/enrolments/{outcome.enrolment_id}/outcomes/packaging/history"

    assert (await api.as_(await make.person()).get(path)).status_code == 404
    assert (await api.as_(person).get(path)).json()["data"] == []


async def test_figures_that_rest_on_a_level_fall_with_it(
    api: Api, make: Make, sessions: Sessions, settings: Settings
) -> None:
    business = await business_whose_rules_are_met(make)
    seat = await make.enrolment(person=business.owner, actor=business.actor)
    await make.outcome(seat, Dimension.product, reached_level=2, reached_at=clock.now())
    path = f"/v1/actors/{business.actor.id}/readiness/confirm"
    assert (await api.as_(business.consultant).post(path, note="Berkas lengkap.")).status_code == 200
    packaging = select(Outcome).where(Outcome.actor_id == business.actor.id, Outcome.dimension == Dimension.packaging)
    async with sessions() as db:
        outcome = (await db.scalars(packaging)).one()
        before = await db.get_one(Readiness, business.actor.id)

    await follow_up_finds(sessions, outcome, 0, business.consultant)
    await work_off(settings)
    async with sessions() as db:
        after = await db.get_one(Readiness, business.actor.id)

    assert (after.score or 0) < (before.score or 0)
