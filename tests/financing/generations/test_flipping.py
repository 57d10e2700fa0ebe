"""New rules come to serve in one moment, for everybody; until then the old ones do, for everybody."""

from asyncio import gather

import pytest
from sqlalchemy import delete, select, text

from plut_api.actors.models import Actor
from plut_api.financing.generations import building, flipping, planning
from plut_api.financing.generations.building import complete, run, work_block
from plut_api.financing.judging import recompute
from plut_api.financing.models import Generation, GenerationState, NextReadiness, Readiness, ReadyRow
from plut_api.kit.database import unit_of_work
from tests.conftest import Api
from tests.factories import Make
from tests.financing.generations.rules import (
    NEW,
    OLD,
    Sessions,
    begin_new,
    changes_of,
    crowd,
    judge_all,
    old_rules_serve,
    served,
)
from tests.financing.pulling import bank_and_machine, changes, whole


@pytest.fixture(autouse=True)
def one_business_a_block(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a few make many blocks."""
    monkeypatch.setattr(planning, "BLOCK", 1)


async def confirm(api: Api, people: object, actor: Actor) -> int:
    path = f"/v1/actors/{actor.id}/readiness/confirm"
    return (await api.as_(people).post(path, note="Berkas lengkap.")).status_code


async def test_the_old_rules_serve_until_all_are_judged_and_the_new_ones_from_one_moment_on(
    api: Api, make: Make, sessions: Sessions
) -> None:
    await old_rules_serve(sessions)
    people = await crowd(make)
    both, old_only, neither = (await people.add(workers=2), await people.add(), await people.add(nib=False))
    assert [await confirm(api, people.consultant, actor) for actor in (both, old_only)] == [200, 200]
    await judge_all(sessions, people.actors)
    _, bank = await bank_and_machine(api, make)
    before, token = await whole(bank)

    generation = await begin_new(sessions)
    seen = []
    for _ in range(generation.block_count):
        async with unit_of_work(sessions) as db:
            assert await work_block(db, "business") is not None
        asked = (await api.as_(people.consultant).get(f"/v1/actors/{old_only.id}/readiness")).json()
        seen.append((asked["rule_set"], asked["status"], await changes(bank, token)))
        assert [(await served(sessions, actor))[0] for actor in people.actors] == [OLD] * 3
    async with unit_of_work(sessions) as db:
        done = await complete(db, "business")

    assert len(before) == 2
    assert {(version, status, len(told)) for version, status, (told, _) in seen} == {(OLD, "ready", 0)}
    assert done is not None
    assert (done.state, done.changed, done.added, done.dropped) == (GenerationState.done, 2, 0, 1)
    assert done.confirmations_ended == 1
    assert [await served(sessions, actor) for actor in people.actors] == [
        (NEW, "ready"),
        (NEW, "almost"),
        (NEW, "building"),
    ]
    told, _ = await changes(bank, token)
    assert sorted((row["removed"], row.get("rule_set", row.get("reason"))) for row in told) == [
        (False, NEW),
        (True, "no_longer_ready"),
    ]
    assert (await served(sessions, neither))[0] == NEW


async def test_whoever_changes_while_the_run_is_under_way_ends_right_by_the_new_rules(
    make: Make, sessions: Sessions
) -> None:
    await old_rules_serve(sessions)
    people = await crowd(make)
    judged_before, judged_later = await people.add(), await people.add()
    await judge_all(sessions, people.actors)
    await begin_new(sessions)
    async with unit_of_work(sessions) as db:
        await work_block(db, "business")

    for actor in people.actors:
        await make.figure(actor, year=2026, workers_female=3, workers_male=0)
    await judge_all(sessions, people.actors)
    came_meanwhile = await people.add(workers=5)
    await run(sessions, "business")

    assert [await served(sessions, actor) for actor in (judged_before, judged_later, came_meanwhile)] == [
        (NEW, "ready")
    ] * 3
    async with sessions() as db:
        assert (await db.scalars(select(NextReadiness))).all() == []


async def test_a_confirmation_that_meets_the_change_of_rules_never_outlives_it(
    api: Api, make: Make, sessions: Sessions
) -> None:
    await old_rules_serve(sessions)
    people = await crowd(make)
    actor = await people.add()
    await judge_all(sessions, people.actors)
    generation = await begin_new(sessions)
    for _ in range(generation.block_count):
        async with unit_of_work(sessions) as db:
            await work_block(db, "business")

    async def flip() -> None:
        async with unit_of_work(sessions) as db:
            await complete(db, "business")

    answers = await gather(confirm(api, people.consultant, actor), flip(), confirm(api, people.consultant, actor))

    assert {answers[0], answers[2]} <= {200, 409}
    async with sessions() as db:
        kept = await db.get_one(Readiness, actor.id)
        assert (kept.rule_set, kept.status, kept.confirmed_at) == (NEW, "almost", None)
        assert await db.get(ReadyRow, actor.id) is None


async def test_two_workers_never_do_the_same_block(
    make: Make, sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    await old_rules_serve(sessions)
    people = await crowd(make)
    for _ in range(7):
        await people.add()
    await judge_all(sessions, people.actors)
    generation = await begin_new(sessions)
    done, judge_block = [], building._judge_block

    async def noting(db: object, generation: Generation, within: object) -> int:
        done.append(str(within))
        return await judge_block(db, generation, within)  # type: ignore[arg-type]

    monkeypatch.setattr(building, "_judge_block", noting)

    await gather(run(sessions, "business"), run(sessions, "business"))

    assert len(done) == generation.block_count == 8
    assert [[change.cause for change in await changes_of(sessions, actor)] for actor in people.actors] == [
        ["actor.registered", "rule_set"]
    ] * 7


async def test_results_that_a_crash_of_the_database_emptied_are_judged_again(
    make: Make, sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flipping, "BLOCK", 1)
    await old_rules_serve(sessions)
    people = await crowd(make)
    for _ in range(3):
        await people.add(workers=2)
    await judge_all(sessions, people.actors)
    generation = await begin_new(sessions)
    for _ in range(generation.block_count):
        async with unit_of_work(sessions) as db:
            await work_block(db, "business")
    async with unit_of_work(sessions) as db:
        await db.execute(delete(NextReadiness))

    async with unit_of_work(sessions) as db:
        lacking = await complete(db, "business")
        assert lacking is not None
        state, blocks_done = lacking.state, lacking.blocks_done
    still = await served(sessions, people.actors[0])
    await run(sessions, "business")

    assert (state, blocks_done, still) == (GenerationState.building, 0, (OLD, "ready"))
    assert [await served(sessions, actor) for actor in people.actors] == [(NEW, "ready")] * 3


async def test_a_run_by_rules_that_others_overtake_is_given_up(make: Make, sessions: Sessions) -> None:
    await old_rules_serve(sessions)
    people = await crowd(make)
    actor = await people.add(workers=2)
    await judge_all(sessions, people.actors)
    first = await begin_new(sessions)
    async with unit_of_work(sessions) as db:
        await work_block(db, "business")
        await db.execute(text("UPDATE generations SET rule_set = 'uji-v1' WHERE id = :id"), {"id": first.id})

    await begin_new(sessions)
    await run(sessions, "business")

    async with sessions() as db:
        states = list(await db.scalars(select(Generation.state).order_by(Generation.id)))
    assert [state.value for state in states] == ["done", "abandoned", "done"]
    assert await served(sessions, actor) == (NEW, "ready")


async def test_judging_a_business_again_changes_nothing_where_nothing_differs(make: Make, sessions: Sessions) -> None:
    await old_rules_serve(sessions)
    people = await crowd(make)
    actor = await people.add()
    await judge_all(sessions, people.actors)
    async with sessions() as db:
        before = (await db.get_one(Readiness, actor.id)).computed_at

    async with unit_of_work(sessions) as db:
        await recompute(db, Actor.id == actor.id, cause="actor.changed")

    async with sessions() as db:
        assert (await db.get_one(Readiness, actor.id)).computed_at == before
    assert len(await changes_of(sessions, actor)) == 1
