"""`plut readiness`: which rules serve, whom others would add or drop, and judging everybody anew."""

from pathlib import Path

from sqlalchemy import select

from plut_api.cli.readiness import register
from plut_api.financing.models import Readiness
from tests.cli.commands import Plut
from tests.factories import Make
from tests.financing.generations.rules import NEW, OLD, Sessions, begin_new, crowd, judge_all, old_rules_serve, served

plut = Plut(register)


async def test_commands_tell_what_new_rules_would_do_then_bring_them_into_force(
    make: Make, sessions: Sessions, tmp_path: Path
) -> None:
    await old_rules_serve(sessions)
    people = await crowd(make)
    kept, dropped = await people.add(workers=2), await people.add()
    await judge_all(sessions, people.actors)
    file = tmp_path / "ids.csv"

    rows = await plut.made("readiness", "diff", OLD, NEW, "--ids", str(file))
    table = await plut("readiness", "diff", OLD, NEW)
    unknown = await plut("readiness", "diff", OLD, "uji-v99")
    await begin_new(sessions)
    before = await plut.made("readiness", "status")
    done = await plut.made("readiness", "recompute")
    after = await plut.made("readiness", "status")

    whole = next(row for row in rows if row["by"] == "everything")
    assert (whole["businesses"], whole["added"], whole["dropped"]) == (2, 0, 1)
    assert file.read_text() == f"dropped,{dropped.id}\n"
    assert "100.0% -> 50.0%" in table.stdout
    assert (unknown.exit_code, "there is no rule set uji-v99" in unknown.output) == (1, True)
    business = next(one for one in before if one["subject"] == "business")
    assert (business["serving"], business["running"]["rule_set"], business["running"]["blocks_done"]) == (OLD, NEW, 0)
    assert (done["state"], done["dropped"]) == ("done", 1)
    assert next(one for one in after if one["subject"] == "business")["serving"] == NEW
    assert await served(sessions, kept) == (NEW, "ready")
    async with sessions() as db:
        assert (await db.scalars(select(Readiness.confirmed_at))).all() == [None, None]
