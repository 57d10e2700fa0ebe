"""Whom new rules would add or drop is told beforehand, by segment and place, and nothing is stored about anybody."""

from datetime import date

import pytest
from fastapi import FastAPI
from sqlalchemy import func, select

from plut_api.actors.models import Sex
from plut_api.financing.generations import diffs, rule_set_called
from plut_api.financing.generations.diffs import compare
from plut_api.financing.models import NextReadiness, Readiness, ReadinessChange
from plut_api.kit.caller import Role
from plut_api.worker import work_off
from tests.conftest import Api
from tests.factories import Make
from tests.financing.generations.rules import NEW, OLD, Crowd, Sessions, crowd, old_rules_serve

PATH = f"/v1/financing/rule-sets/{OLD}/diff/{NEW}"


async def women_and_men(make: Make, *, women: int, men: int) -> Crowd:
    """Women without workers, whom the new rules would drop, and young men with some, whom they keep."""
    people = await crowd(make)
    for _ in range(women):
        await people.add(sex=Sex.female, birth_date=date(1970, 1, 1))
    for _ in range(men):
        await people.add(sex=Sex.male, birth_date=date(2004, 1, 1), workers=2)
    return people


async def test_groups_show_whom_new_rules_push_out(
    make: Make, sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(diffs, "BLOCK", 2)
    await old_rules_serve(sessions)
    people = await women_and_men(make, women=2, men=1)
    told: list[tuple[str, object]] = []
    async with sessions() as db:
        old, new = [await rule_set_called(db, version) for version in (OLD, NEW)]

    diff = await compare(sessions, old, new, named=lambda what, who: told.append((what, who)))

    groups = {key: (t.businesses, t.before, t.after, t.added, t.dropped) for key, t in diff.groups.items()}
    assert groups == {
        ("everything", "all"): (3, 3, 1, 0, 2),
        ("regency", "52.71"): (3, 3, 1, 0, 2),
        ("women", "women"): (2, 2, 0, 0, 2),
        ("women", "others"): (1, 1, 1, 0, 0),
        ("youth", "youth"): (1, 1, 1, 0, 0),
        ("youth", "others"): (2, 2, 0, 0, 2),
    }
    assert told == [("dropped", actor.id) for actor in people.actors[:2]]
    async with sessions() as db:
        for table in (Readiness, NextReadiness, ReadinessChange):
            assert await db.scalar(select(func.count()).select_from(table)) == 0


async def test_the_dinas_reads_counts_without_groups_of_a_few(
    app: FastAPI, api: Api, make: Make, sessions: Sessions
) -> None:
    await old_rules_serve(sessions)
    await women_and_men(make, women=6, men=2)
    dinas = api.as_(await make.staff(Role.dinas))

    first = (await dinas.get(PATH)).json()
    await work_off(app.state.settings)
    counted = (await dinas.get(PATH, headers={"Accept-Language": "en"})).json()

    assert (first["state"], first["groups"]) == ("counting", [])
    assert counted["state"] == "done"
    told = {(row["by"], row["key"]): (row["businesses"], row["dropped"]) for row in counted["groups"]}
    assert told["women", "women"] == told["women", "others"] == (None, None)
    assert {row["is_suppressed"] for row in counted["groups"]} == {True}


async def test_rule_sets_that_are_not_there_or_not_alike_cannot_be_compared(
    api: Api, make: Make, sessions: Sessions
) -> None:
    await old_rules_serve(sessions)
    dinas = api.as_(await make.staff(Role.dinas))

    unknown = await dinas.get(f"/v1/financing/rule-sets/{OLD}/diff/uji-v99")
    refused = await api.as_(await make.staff(Role.consultant)).get(PATH)

    assert (unknown.status_code, unknown.json()["code"]) == (404, "rule_set_not_found")
    assert refused.status_code == 403
