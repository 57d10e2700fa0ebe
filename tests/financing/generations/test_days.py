"""Every day all are judged anew, and written where time changed something."""

from datetime import datetime, time, timedelta

from plut_api.financing.generations.building import run_due
from plut_api.financing.generations.planning import begin_due
from plut_api.financing.models import Readiness
from plut_api.kit import clock
from plut_api.kit.caller import Role
from plut_api.kit.database import unit_of_work
from tests.conftest import Api
from tests.factories import Make
from tests.financing.generations.rules import (
    OLD,
    Sessions,
    begin_new,
    changes_of,
    crowd,
    judge_all,
    old_rules_serve,
)


async def test_a_day_is_begun_once_and_writes_only_what_differs(make: Make, sessions: Sessions) -> None:
    await old_rules_serve(sessions)
    people = await crowd(make)
    same, outdated = await people.add(), await people.add()
    never = await people.add()
    await judge_all(sessions, [same, outdated])
    await make.figure(outdated, year=clock.today().year, sales_idr=0)
    async with sessions() as db:
        before = (await db.get_one(Readiness, same.id)).computed_at

    tomorrow = datetime.combine(clock.today() + timedelta(days=1), time(12), clock.WITA)
    with clock.clock_at(tomorrow):
        async with unit_of_work(sessions) as db:
            begun = await begin_due(db, "business")
        await run_due(sessions)
        async with unit_of_work(sessions) as db:
            again = await begin_due(db, "business")

    assert begun is not None
    assert (begun.cause.value, begun.rule_set) == ("new_day", OLD)
    assert again is None
    async with sessions() as db:
        assert (await db.get_one(Readiness, same.id)).computed_at == before
        assert (await db.get_one(Readiness, outdated.id)).status == "building"
    assert [change.cause for change in await changes_of(sessions, outdated)] == ["actor.registered", "new_day"]
    assert [change.cause for change in await changes_of(sessions, never)] == ["new_day"]


async def test_the_dinas_sees_how_far_a_run_is_and_nobody_else(api: Api, make: Make, sessions: Sessions) -> None:
    await old_rules_serve(sessions)
    people = await crowd(make)
    await people.add(workers=2)
    begun = await begin_new(sessions)

    listed = (await api.as_(await make.staff(Role.dinas)).get("/v1/financing/generations")).json()["data"]
    refused = await api.as_(people.consultant).get("/v1/financing/generations")

    assert [(row["id"], row["state"], row["blocks_done"], row["block_count"]) for row in listed][:1] == [
        (str(begun.id), "building", 0, 1)
    ]
    assert refused.status_code == 403
