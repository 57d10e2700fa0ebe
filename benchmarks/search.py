"""Search by name over 650,000 people and as many businesses, against a page of the list without a name."""

import statistics
import time

from sqlalchemy.ext.asyncio import AsyncSession

from benchmarks.client import one
from benchmarks.house import Database, run_sql, serving_plut, settings_for
from benchmarks.measures import Ratio
from plut_api.actors.schemas.search import FoundKind
from plut_api.actors.service.searching import search_registry
from plut_api.identity.tokens import issue_access_token
from plut_api.kit.caller import Caller, Kind, Role
from plut_api.kit.database import make_engine, session_factory, unit_of_work
from plut_api.kit.ids import new_id

INTERACTIVE = 60.0
"""In page times: an answer while somebody types."""
# Names of which one in six, one in twenty, one in ten thousand and none is borne, and one that is misspelt.
NAMES = ("baiq", "nurhayati", "kopi rinjani 8c1", "zubair xaverius", "nurhayatti")
_PEOPLE = (
    "SET session_replication_role = replica",
    "DROP INDEX ix_people_name_trgm, ix_people_village_name_trgm, ix_people_birth_date_name",
    """
    INSERT INTO people (id, full_name, disabilities, village_code, version)
    SELECT gen_random_uuid(), concat_ws(' ',
        (ARRAY['Baiq', 'Lalu', 'Inaq', 'Amaq', 'Siti', 'Muhammad'])[1 + i % 6],
        (ARRAY['Nurhayati', 'Sahrul', 'Rohani', 'Junaidi', 'Mariani'])[1 + i % 5],
        (ARRAY['Kopang', 'Selaparang', 'Pejanggik', 'Sekotong'])[1 + i % 4],
        substr(md5('p' || i), 1, 5)), '{}', village_code, 1
    FROM (SELECT village_code, row_number() OVER () AS i FROM actors) a
    """,
    "CREATE INDEX ix_people_name_trgm ON people USING gin (full_name gin_trgm_ops)",
    "ANALYZE people",
)


async def search(large: Database) -> list[Ratio]:
    """The slowest of some names in the list of people and of businesses, and in the box over both."""
    for statement in _PEOPLE:
        await run_sql(large.url, statement)
    engine = make_engine(large.app_url, settings_for(large.app_url))
    sessions = session_factory(engine)
    caller = Caller(new_id(), Kind.staff, Role.dinas, frozenset({"people:read", "actors:read"}))
    async with unit_of_work(sessions) as db:
        token = await issue_access_token(db, settings_for(large.app_url), caller)
    with serving_plut(large) as server:
        page = await one(server.port, "/v1/actors", token)
        lists = {
            name: max([await one(server.port, f"/v1/{kind}?q={name.replace(' ', '%20')}", token, 9) for kind in _LISTS])
            for name in NAMES
        }
    async with sessions() as db:
        boxes = {name: await _box(db, caller, name) for name in NAMES}
    await engine.dispose()
    in_lists, in_box = max(lists.values()) / page, max(boxes.values()) / page
    return [
        Ratio("page by name of 650,000, slowest / page", in_lists, INTERACTIVE, low=True, note=_told(lists)),
        Ratio("search box over 1,300,000, slowest / page", in_box, INTERACTIVE, low=True, note=_told(boxes)),
    ]


_LISTS = ("people", "actors")


async def _box(db: AsyncSession, caller: Caller, name: str) -> float:
    took = []
    for _ in range(9):
        began = time.perf_counter()
        await search_registry(db, caller, name, list(FoundKind), 20)
        took.append(time.perf_counter() - began)
        await db.rollback()
    return statistics.median(took)


def _told(seconds: dict[str, float]) -> str:
    return ", ".join(f"{name} {each * 1000:.0f} ms" for name, each in seconds.items())
