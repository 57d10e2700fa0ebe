"""Size history and changes of law: derived set by set, told apart from the business, resumed after a kill."""

import asyncio
import os
import re
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.actors.models import Actor, SizeCause, SizeChange, SizeClass, SizeLaw
from plut_api.actors.size import SizeRules, Sizes, bound_code, derived_sizes, size_rules, sizes_of
from plut_api.actors.size_changes import derive_sizes, first_sizes
from plut_api.actors.size_law import follow_block, follow_law
from plut_api.kit import clock
from plut_api.kit.audit.models import AuditEntry
from plut_api.kit.database import unit_of_work
from plut_api.kit.ids import new_id
from plut_api.kit.outbox import Event
from plut_api.reference.models import RuleValue
from plut_api.settings import Settings
from tests.conftest import Api
from tests.explaining import Explain
from tests.factories import Make

Sessions = async_sessionmaker[AsyncSession]
YEAR = clock.today().year - 1
BILLION = 1_000_000_000


@pytest.fixture
async def law(owning: Sessions) -> AsyncIterator[Any]:
    """Puts new thresholds into force; afterwards the old ones hold again."""
    dated: list[date] = []

    async def enact(since: date | None = None, **bounds: int) -> None:
        day = since or clock.today()
        dated.append(day)
        async with unit_of_work(owning) as db:
            for name, value in bounds.items():
                size, _, basis = name.partition("_")
                code = bound_code(SizeClass(size), basis)
                await db.merge(RuleValue(code=code, valid_from=day, value=value, source="PP contoh", status="V"))

    yield enact
    async with unit_of_work(owning) as db:
        await db.execute(delete(RuleValue).where(RuleValue.source == "PP contoh"))


async def sized(make: Make, sessions: Sessions, **figures: Any) -> Actor:
    """A business whose size follows from one report."""
    actor = await make.actor()
    await make.figure(actor, **figures)
    async with unit_of_work(sessions) as db:
        await derive_sizes(db, [actor.id], SizeCause.figures)
    return actor


async def sizes(sessions: Sessions, *actors: Actor) -> list[tuple[Any, ...]]:
    async with sessions() as db:
        rows = [await db.get_one(Actor, actor.id) for actor in actors]
    return [(row.size_class, row.size_by_sales, row.size_by_capital, row.size_basis) for row in rows]


async def steps(sessions: Sessions, actor: Actor) -> list[tuple[Any, ...]]:
    async with sessions() as db:
        rows = await db.scalars(select(SizeChange).where(SizeChange.actor_id == actor.id).order_by(SizeChange.id))
        return [(row.from_class, row.to_class, row.cause) for row in rows]


async def test_both_criteria_are_kept_and_sales_decide_where_they_are_known(make: Make, sessions: Sessions) -> None:
    both = await sized(make, sessions, sales_idr=BILLION, capital_idr=6 * BILLION)
    capital = await sized(make, sessions, sales_idr=None, capital_idr=5 * BILLION)
    neither = await sized(make, sessions, sales_idr=None, capital_idr=None)

    assert await sizes(sessions, both, capital, neither) == [
        ("micro", "micro", "medium", "sales"),
        ("small", None, "small", "capital"),
        (None, None, None, None),
    ]


async def test_a_newest_year_without_sales_hides_no_older_year_with_sales(
    api: Api, make: Make, sessions: Sessions
) -> None:
    owner = await make.person()
    actor = await make.actor(owner)
    me, path = api.as_(owner), f"/v1/actors/{actor.id}"
    await me.post(f"{path}/annual-figures", year=YEAR - 1, sales_idr=3 * BILLION, workers_female=2, workers_male=1)

    await me.post(f"{path}/annual-figures", year=YEAR, capital_idr=2 * BILLION)
    read = (await me.get(path)).json()
    readiness = (await me.get(f"{path}/readiness")).json()

    assert [read[f"size_{name}"] for name in ("class", "by_sales", "by_capital", "basis")] == [
        "small",
        "small",
        "small",
        "sales",
    ]
    seen = str(readiness)
    assert str(YEAR - 1) in seen  # The rules read the figures that decided, of the year they are from.


async def test_the_history_has_the_figures_and_the_law_behind_each_step(api: Api, make: Make) -> None:
    owner = await make.person()
    actor = await make.actor(owner)
    me, path = api.as_(owner), f"/v1/actors/{actor.id}"
    first = (await me.post(f"{path}/annual-figures", year=YEAR - 1, capital_idr=6 * BILLION)).json()
    second = (await me.post(f"{path}/annual-figures", year=YEAR, sales_idr=3 * BILLION)).json()
    await me.post(f"{path}/annual-figures", year=YEAR, sales_idr=2 * BILLION)
    await me.post(f"{path}/annual-figures", year=YEAR, sales_idr=1)

    page = (await me.get(f"{path}/size-history", limit=2)).json()
    rest = (await me.get(f"{path}/size-history", limit=2, cursor=page["next_cursor"])).json()

    steps = page["data"] + rest["data"]
    assert [(step["from_class"], step["to_class"], step["basis"], step["cause"]) for step in steps] == [
        ("small", "micro", "sales", "correction"),
        ("medium", "small", "sales", "figures"),
        (None, "medium", "capital", "figures"),
    ]
    assert (steps[1]["figure"]["id"], steps[1]["figure"]["sales_idr"]) == (second["id"], 3 * BILLION)
    assert (steps[1]["by_capital"], steps[1]["capital_figure"]["id"]) == ("medium", first["id"])
    assert (steps[1]["rule_source"], steps[1]["rule_valid_from"]) == ("PP 7/2021 art. 35(5)", "2021-02-02")
    assert steps[2]["rule_source"] == "PP 7/2021 art. 35(3)"
    assert {step["effective_on"] for step in steps} == {clock.today().isoformat()}


async def test_a_change_of_law_derives_all_and_is_told_as_law(
    api: Api, make: Make, sessions: Sessions, law: Any
) -> None:
    grown = await sized(make, sessions, sales_idr=3 * BILLION)
    kept = await sized(make, sessions, sales_idr=BILLION)
    unknown = await sized(make, sessions, sales_idr=None, capital_idr=None)
    await follow_law(sessions)
    since = clock.today() - timedelta(days=2)
    await law(since, micro_sales=4 * BILLION)

    done = await follow_law(sessions)
    again = await follow_law(sessions)
    async with sessions() as db:
        event = (await db.scalars(select(Event).where(Event.subject_id == grown.id).order_by(Event.id.desc()))).first()
        step = (await db.scalars(select(SizeChange).where(SizeChange.cause == SizeCause.law))).one()
        told = (await db.scalars(select(AuditEntry).where(AuditEntry.after["cause"].astext == "law"))).one()

    assert (done.seen, done.changed, done.finished, again) == (3, 1, True, done)
    assert await steps(sessions, grown) == [(None, "small", "figures"), ("small", "micro", "law")]
    assert (await steps(sessions, kept), await steps(sessions, unknown)) == ([(None, "micro", "figures")], [])
    assert event is not None
    assert told.after is not None
    assert (event.name, event.facts["from"], event.facts["to"], event.facts["cause"]) == (
        "actor.size_changed",
        "small",
        "micro",
        "law",
    )
    assert (step.effective_on, step.rule_valid_from, step.rule_source) == (since, since, "PP contoh")
    assert (told.object_kind, told.object_ids, told.after["valid_from"]) == ("actors", [grown.id], since.isoformat())


async def test_thresholds_of_a_day_to_come_change_nothing_before_it(make: Make, sessions: Sessions, law: Any) -> None:
    actor = await sized(make, sessions, sales_idr=3 * BILLION)
    await follow_law(sessions)
    tomorrow = clock.now() + timedelta(days=1)
    await law(tomorrow.astimezone(clock.WITA).date(), micro_sales=4 * BILLION)

    today = await follow_law(sessions)
    with clock.clock_at(tomorrow):
        next_day = await follow_law(sessions)

    assert (today.changed, next_day.changed) == (0, 1)
    assert await sizes(sessions, actor) == [("micro", "micro", "micro", "sales")]


async def test_figures_reported_before_the_law_arrived_are_still_told_apart(
    api: Api, make: Make, sessions: Sessions, law: Any
) -> None:
    owner = await make.person()
    actor = await make.actor(owner)
    me, path = api.as_(owner), f"/v1/actors/{actor.id}/annual-figures"
    await me.post(path, year=YEAR - 1, sales_idr=3 * BILLION)
    await follow_law(sessions)
    await law(micro_sales=4 * BILLION)

    await me.post(path, year=YEAR, sales_idr=5 * BILLION)
    await follow_law(sessions)

    assert await steps(sessions, actor) == [
        (None, "small", "figures"),
        ("small", "micro", "law"),
        ("micro", "small", "figures"),
    ]


async def test_blocks_go_on_where_they_were_and_two_who_follow_at_once_do_it_once(
    make: Make, sessions: Sessions, law: Any
) -> None:
    actors = [await sized(make, sessions, sales_idr=3 * BILLION) for _ in range(5)]
    await follow_law(sessions)
    await law(micro_sales=4 * BILLION)

    async def block() -> Any:
        async with unit_of_work(sessions) as db:
            return await follow_block(db, 2)

    first = await block()
    rest = await asyncio.gather(*(block() for _ in range(4)))

    assert (first.seen, first.finished) == (2, False)
    assert max(done.seen for done in rest) == 5
    assert [await steps(sessions, actor) for actor in actors] == [
        [(None, "small", "figures"), ("small", "micro", "law")]
    ] * 5


async def test_a_worker_that_was_killed_in_the_middle_is_followed_by_one_that_finishes(
    make: Make, sessions: Sessions, settings: Settings, law: Any
) -> None:
    actors = [await sized(make, sessions, sales_idr=3 * BILLION) for _ in range(3)]
    await follow_law(sessions)
    await law(micro_sales=4 * BILLION)
    assert settings.database_url is not None
    script = (
        "import asyncio, os\n"
        "from plut_api.actors.size_law import follow_block\n"
        "from plut_api.kit.database import make_engine, session_factory, unit_of_work\n"
        "from plut_api.settings import get_settings\n"
        "async def main():\n"
        "    sessions = session_factory(make_engine(os.environ['PLUT_DATABASE_URL'], get_settings()))\n"
        "    async with unit_of_work(sessions) as db: await follow_block(db, 1)\n"
        "    async with sessions() as db:\n"
        "        async with db.begin():\n"
        "            await follow_block(db, 1)\n"
        "            print('half', flush=True)\n"
        "            await asyncio.sleep(60)\n"
        "asyncio.run(main())\n"
    )
    environment = os.environ | {"PLUT_DATABASE_URL": settings.database_url.get_secret_value()}
    worker = subprocess.Popen([sys.executable, "-c", script], env=environment, stdout=subprocess.PIPE)  # noqa: ASYNC220
    assert worker.stdout is not None
    assert await asyncio.to_thread(worker.stdout.readline) == b"half\n"
    worker.send_signal(signal.SIGKILL)
    await asyncio.to_thread(worker.wait)

    before = [len(await steps(sessions, actor)) for actor in actors]
    done = await follow_law(sessions)

    assert sorted(before) == [1, 1, 2]
    assert (done.seen, done.changed, done.finished) == (3, 3, True)
    assert [len(await steps(sessions, actor)) for actor in actors] == [2, 2, 2]


async def test_a_law_costs_as_many_statements_for_twice_as_many_businesses(
    make: Make, sessions: Sessions, law: Any, statements: list[str]
) -> None:
    async def cost(more: int, bound: int) -> tuple[int, int]:
        for _ in range(more):
            await sized(make, sessions, sales_idr=3 * BILLION)
        await law(micro_sales=bound)
        statements.clear()
        done = await follow_law(sessions)
        return done.changed, len(statements)

    few, more = await cost(4, 4 * BILLION), await cost(4, 2 * BILLION)

    assert (few[0], more[0]) == (4, 8)
    assert few[1] == more[1]


async def test_sql_and_python_derive_the_same_sizes(make: Make, sessions: Sessions) -> None:
    pairs = [(sales, capital) for sales in (None, 0, 2 * BILLION, 16 * BILLION) for capital in (None, BILLION, 10**13)]
    actors = {(await sized(make, sessions, sales_idr=s, capital_idr=c)).id: (s, c) for s, c in pairs}

    async with sessions() as db:
        rules: SizeRules = await size_rules(db)
        rows = (await db.execute(derived_sizes(rules, Actor.id.in_(actors)))).all()

    found = {row.actor_id: Sizes(row.by_sales, row.by_capital, row.to_class, row.basis) for row in rows}
    assert found == {actor_id: sizes_of(sales, capital, rules) for actor_id, (sales, capital) in actors.items()}


async def test_first_sizes_of_an_import_are_noted_by_one_statement(make: Make, sessions: Sessions) -> None:
    actor, without = await make.actor(), await make.actor()
    figure = await make.figure(actor)
    async with unit_of_work(sessions) as db:
        rules = await size_rules(db)
        waiting = (
            f"(VALUES (CAST('{new_id()}' AS uuid), CAST('{actor.id}' AS uuid), CAST('{figure.id}' AS uuid), 'micro', "
            "'micro', 'small', 'sales'), "
            f"('{new_id()}', '{without.id}', '{new_id()}', NULL, NULL, NULL, NULL)) "
            "AS v (size_change_id, actor_id, figure_id, size_class, by_sales, by_capital, size_basis)"
        )
        await db.execute(first_sizes(rules, f"(SELECT * FROM {waiting})", "true"))

    assert (await steps(sessions, actor), await steps(sessions, without)) == ([(None, "micro", "import")], [])


async def test_nothing_is_derived_of_who_was_erased(make: Make, sessions: Sessions) -> None:
    actor = await make.actor(erased_at=clock.now())
    await make.figure(actor)

    async with unit_of_work(sessions) as db:
        changed = await derive_sizes(db, [actor.id], SizeCause.figures)
        laws = await db.scalar(select(func.count()).select_from(SizeLaw))

    assert (changed, laws) == ([], 0)


@pytest.mark.usefixtures("unmeasured")
async def test_the_figures_of_each_business_are_found_by_an_index(sessions: Sessions) -> None:
    async with sessions() as db:
        rules = await size_rules(db)
        await db.execute(text("SET LOCAL enable_seqscan = off"))
        explained = await db.execute(Explain(derived_sizes(rules, Actor.id == new_id())))
        plan = "\n".join(row[0] for row in explained)

    assert re.search(r"ix_annual_figures_newest.*\n\s+Index Cond: \(actor_id = ", plan), plan


async def test_merging_two_records_joins_their_histories_and_parting_gives_each_its_size_back(
    api: Api, make: Make
) -> None:
    owner, dinas = await make.person(), api.as_(await make.staff())
    kept, double = [await make.actor(owner, name="Keripik Bu Ani") for _ in range(2)]
    for actor, year, sales in ((kept, YEAR - 1, BILLION), (double, YEAR, 3 * BILLION)):
        await api.as_(owner).post(f"/v1/actors/{actor.id}/annual-figures", year=year, sales_idr=sales)

    async def standing(actor: Actor) -> tuple[Any, ...]:
        rows = (await dinas.get(f"/v1/actors/{actor.id}/size-history")).json()["data"]
        now = (await dinas.get(f"/v1/actors/{actor.id}")).json()
        return now["size_class"], sorted((row["to_class"], row["cause"]) for row in rows)

    other: dict[str, Any] = {"merged_id": str(double.id)}
    preview = (await dinas.post(f"/v1/actors/{kept.id}/merge-preview", **other)).json()
    merged = await dinas.post(f"/v1/actors/{kept.id}/merge", **other, preview_token=preview["preview_token"])
    assert merged.status_code == 201, merged.text
    joined = await standing(kept)
    told = (await dinas.get(f"/v1/actors/{kept.id}/timeline", kind="actor.merged")).json()["data"]
    undone = await dinas.post(f"/v1/merges/{merged.json()['id']}/undo")
    assert undone.status_code == 200, undone.text

    assert joined == ("small", [("micro", "figures"), ("small", "figures"), ("small", "merge")])
    assert [entry["href"] for entry in told] == [f"/v1/merges/{merged.json()['id']}"]
    assert (await standing(kept))[0] == "micro"
    assert await standing(double) == ("small", [("small", "figures")])
