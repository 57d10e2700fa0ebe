"""Why a result changed, and by which event: kept, and told to those whom it is about."""

import pytest
from fastapi import FastAPI
from sqlalchemy import select

from plut_api.actors.models import Ownership
from plut_api.financing import due, judging
from plut_api.financing.generations.building import run
from plut_api.financing.models import DueJudgement
from plut_api.kit import outbox
from plut_api.kit.database import unit_of_work
from plut_api.kit.outbox import Event
from plut_api.worker import work_off
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
)


async def test_many_events_of_a_business_have_it_judged_once_by_the_newest(
    app: FastAPI, make: Make, sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    await old_rules_serve(sessions)
    people = await crowd(make)
    actor, by_its_owner = await people.add(), await people.add(full_name="Lalu Pemilik")
    async with sessions() as db:
        owner = await db.scalar(select(Ownership.person_id).where(Ownership.actor_id == by_its_owner.id))
    assert owner is not None
    async with unit_of_work(sessions) as db:
        for _ in range(9):
            await outbox.record(db, "actor.changed", actor.id, by=None, actor_id=actor.id)
        await outbox.record(db, "figures.recorded", actor.id, by=None, actor_id=actor.id)
        await outbox.record(db, "person.changed", owner, by=None)
        await outbox.record(db, "consent.given", actor.id, by=None, actor_id=actor.id)
    judged: list[int] = []
    recompute = judging.recompute

    async def noting(db: object, condition: object, *, cause: dict[object, object]) -> None:
        judged.append(len(cause))
        await recompute(db, condition, cause=cause)  # type: ignore[arg-type]

    monkeypatch.setattr(due, "recompute", noting)

    await work_off(app.state.settings)

    assert judged == [2]
    (change,) = await changes_of(sessions, actor)
    (other,) = await changes_of(sessions, by_its_owner)
    async with sessions() as db:
        newest = await db.scalar(select(Event.id).where(Event.name == "figures.recorded"))
        assert (await db.scalars(select(DueJudgement))).all() == []
    assert (change.cause, change.event_id, other.cause) == ("figures.recorded", newest, "person.changed")


async def test_what_failed_to_be_judged_stays_due(
    make: Make, sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    await old_rules_serve(sessions)
    people = await crowd(make)
    actor = await people.add()
    async with unit_of_work(sessions) as db:
        await outbox.record(db, "actor.changed", actor.id, by=None, actor_id=actor.id)
    async with unit_of_work(sessions) as db:
        await due.note_due(db, list(await db.scalars(select(Event.id))))

    async def failing(*_: object, **__: object) -> None:
        raise ConnectionError

    with monkeypatch.context() as broken:
        broken.setattr(due, "recompute", failing)
        with pytest.raises(ConnectionError):
            await due.work_off(sessions)
    assert await changes_of(sessions, actor) == []

    assert await due.work_off(sessions) == 1
    assert len(await changes_of(sessions, actor)) == 1


async def test_the_owner_reads_what_changed_rule_by_rule_and_why(api: Api, make: Make, sessions: Sessions) -> None:
    await old_rules_serve(sessions)
    people = await crowd(make)
    owner, stranger = await make.person(), await make.person()
    await make.assignment(people.consultant, owner)
    actor = await make.actor(owner, size_class="micro", size_basis="sales")
    await judge_all(sessions, [actor])
    await make.figure(actor)
    await judge_all(sessions, [actor])
    people.actors = [actor]
    await begin_new(sessions)
    await run(sessions, "business")
    path = f"/v1/actors/{actor.id}/readiness/history"

    page = (await api.as_(owner).get(path, headers={"Accept-Language": "en"})).json()
    by_consultant = (await api.as_(people.consultant).get(path, limit=1)).json()
    by_stranger = await api.as_(stranger).get(path)

    newest, second, first = page["data"]
    assert (newest["cause"], newest["rule_set"], newest["from_rule_set"]) == ("rule_set", NEW, OLD)
    assert newest["because"] == "New rules of readiness came into force."
    assert newest["rules"] == [{"code": "U-G02", "title": "Rule U-G02", "before": None, "after": "unknown"}]
    assert second["rules"] == [{"code": "U-S01", "title": "Rule U-S01", "before": "unknown", "after": "pass"}]
    assert (second["from_score"], second["to_score"]) == (0, 100)
    assert (first["from_status"], first["to_score"], first["rules"]) == (None, 0, [])
    assert by_consultant["data"][0]["because"] == "Aturan kesiapan yang baru mulai berlaku."
    assert by_consultant["next_cursor"] is not None
    assert (by_stranger.status_code, by_stranger.json()["code"]) == (404, "actor_not_found")


async def test_a_page_of_the_history_costs_the_same_however_long_it_is(
    api: Api, make: Make, sessions: Sessions, statements: list[str]
) -> None:
    await old_rules_serve(sessions)
    people = await crowd(make)
    actor = await people.add()
    await api.as_(people.consultant).get(f"/v1/actors/{actor.id}/readiness/history")
    counts = []
    for year in (2021, 2022):
        await judge_all(sessions, [actor])
        await make.figure(actor, year=year + 5, sales_idr=0 if year == 2021 else 1)
        statements.clear()
        answer = await api.as_(people.consultant).get(f"/v1/actors/{actor.id}/readiness/history")
        assert answer.status_code == 200
        counts.append(len(statements))

    assert counts[0] == counts[1]
