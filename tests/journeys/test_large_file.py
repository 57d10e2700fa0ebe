"""A large file of businesses is loaded twice: nothing comes twice. A fuller one fills gaps, a corrected one is tried
first and then overwrites exactly what it said it would.
"""

import csv
import io
from collections import Counter
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.actors.models import Actor, AnnualFigure, Ownership, Person, SizeChange
from plut_api.integration.loads.actors import COLUMNS
from plut_api.kit import clock
from plut_api.kit.caller import Role
from plut_api.sample.records import Inventor, village_codes
from plut_api.settings import Settings
from plut_api.worker import work_off
from tests.conftest import Api
from tests.factories import Make
from tests.integration.loading import counts, loaded

Sessions = async_sessionmaker[AsyncSession]
Row = dict[str, str]
LATER = ("address", "started_on")
"""What the first file does not tell."""
HIDDEN = "••••"


def file_of(rows: list[Row], without: tuple[str, ...] = ()) -> str:
    """Rows as a file, without some columns."""
    out = io.StringIO()
    writer = csv.DictWriter(out, [name for name in COLUMNS if name not in without], extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


async def stored(sessions: Sessions) -> list[int]:
    """How many rows there are of all that a file brings."""
    async with sessions() as db:
        tables = (Person, Actor, Ownership, AnnualFigure, SizeChange)
        return [await db.scalar(select(func.count()).select_from(table)) or 0 for table in tables]


async def report_of(officer: Api, finished: dict[str, Any]) -> Counter[tuple[str, str]]:
    """How often each field became what, by the report as one file."""
    answer = await officer.get(f"/v1/imports/{finished['id']}/differences", headers={"Accept": "text/csv"})
    return Counter((line["field"], line["action"]) for line in csv.DictReader(io.StringIO(answer.text)))


@pytest.mark.parametrize("count", [2_000, pytest.param(100_000, marks=pytest.mark.soak)])
async def test_a_large_file_loaded_twice_adds_nothing_and_later_ones_fill_and_correct(
    api: Api, make: Make, settings: Settings, sessions: Sessions, count: int
) -> None:
    officer = api.as_(await make.staff(Role.dinas))
    rows = list(Inventor(village_codes(), clock.today(), seed=11).businesses(count))

    # The file comes, and comes again.
    first = await loaded(officer, settings, file_of(rows, LATER))
    there = await stored(sessions)
    again = await loaded(officer, settings, file_of(rows, LATER), on_conflict="update")

    assert counts(first) == (count, count, 0, 0, 0)
    assert there == [count] * 5
    assert counts(again) == (count, 0, 0, count, 0)
    assert await stored(sessions) == there
    assert await report_of(officer, again) == {}

    # A fuller file fills what was empty, and takes nothing away.
    named_otherwise = [row | {"business_name": f"{row['business_name']} Lain"} for row in rows]
    fuller = await loaded(officer, settings, file_of(named_otherwise))

    assert (counts(fuller), fuller["filled_count"]) == ((count, 0, count, 0, 0), 2 * count)
    assert fuller["overwritten_count"] == 0
    assert await report_of(officer, fuller) == {
        ("address", "fill"): count,
        ("started_on", "fill"): count,
        ("name", "keep"): count,
    }

    # A corrected one says first what it would overwrite.
    corrected = [
        row | {"address": "Jalan Baru 1", "sales_idr": str(int(row["sales_idr"]) + 1)} if number % 10 == 0 else row
        for number, row in enumerate(rows)
    ]
    tried = await loaded(officer, settings, file_of(corrected), mode="validate", on_conflict="update")
    reported = await report_of(officer, tried)
    before = await stored(sessions)
    taken = await officer.post(f"/v1/imports/{tried['id']}/commit")
    await work_off(settings)
    done = (await officer.get(taken.headers["location"])).json()

    year = clock.today().year - 1
    assert reported == {("address", "update"): count // 10, (f"figures.{year}.sales_idr", "update"): count // 10}
    assert before == there
    assert (done["state"], counts(done)) == ("done", (count, 0, count // 10, count - count // 10, 0))
    assert await report_of(officer, done) == reported
    people, actors, ownerships, figures, _ = await stored(sessions)
    assert (people, actors, ownerships, figures) == (count, count, count, count + count // 10)

    # And once more: nothing is left to do.
    last = await loaded(officer, settings, file_of(corrected), on_conflict="update")

    assert counts(last) == (count, 0, 0, count, 0)
    assert await report_of(officer, last) == {}
