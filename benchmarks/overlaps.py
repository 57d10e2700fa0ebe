"""What resembles a draft among 50,000 programmes, against a page of programmes and the bare search for candidates."""

import asyncio
import random
import statistics
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from benchmarks.client import one
from benchmarks.house import Database, run_sql, serving_plut, settings_for
from benchmarks.measures import Ratio
from plut_api.identity.tokens import issue_access_token
from plut_api.kit import clock
from plut_api.kit.caller import Caller, Kind, Role
from plut_api.kit.database import make_engine, session_factory, unit_of_work
from plut_api.kit.ids import new_id
from plut_api.kit.migrations import upgrade
from plut_api.kit.postgres import Cluster
from plut_api.programs.models import ProgramLevel, Segment
from plut_api.programs.overlaps.likeness import Draft, likenesses, overlap_rules
from plut_api.programs.overlaps.words import words_of
from plut_api.programs.topics import topics
from plut_api.reference.loading import load_reference

PROGRAMS, ROUNDS = 50_000, 9
INTERACTIVE = 60.0
"""In page times: an answer while somebody fills the form in."""
OVER_CANDIDATES = 6.0
"""What comparing costs over only finding what could be compared."""
_YEARS = 6
_OPD = UUID("00000000-0000-7000-8000-0000000000a1")
_KINDS = ("Pelatihan", "Bimtek", "Workshop", "Pendampingan", "Kelas", "Penyuluhan", "Inkubasi", "Temu usaha")
_THINGS = ("kopi", "tenun", "keripik", "madu", "ikan", "gerabah", "rumput laut", "kelor", "garam", "jagung", "mutiara")
_FOR = ("pemula", "perempuan", "pemuda", "perajin", "nelayan", "petani", "pedagang", "koperasi", "UMKM", "keluarga")
_ABLE = ("membuat", "menghitung", "memasarkan", "mencatat", "menguji", "merancang", "mengurus", "menyimpan", "mengirim")
_WHAT = ("label", "harga pokok", "izin", "foto produk", "resep baku", "pembukuan", "akun toko", "merek", "kemasan")
_REGENCIES = ("52.01", "52.02", "52.03", "52.04", "52.05", "52.06", "52.07", "52.08", "52.71", "52.72")
_COLUMNS = (
    *("id", "organization_id", "title", "aim", "topics", "level", "segments", "regency_codes", "district_codes"),
    *("kbli_version", "kbli_codes", "starts_on", "ends_on", "seats", "seats_taken", "seats_reserved", "general_taken"),
    *("fund_source", "attendance_percent", "state", "version", "overlap_words"),
)
_CANDIDATES = text(
    "SELECT p.id FROM programs p WHERE (p.topics && :taught OR p.overlap_words % :words) AND p.starts_on <= :latest "
    "AND p.ends_on >= :earliest AND p.state IN ('submitted', 'approved', 'published', 'running', 'completed')"
)


async def overlaps(running: Cluster) -> list[Ratio]:
    """The slowest of some drafts, each the median of the rounds."""
    database = await _filled(running)
    engine = make_engine(database.app_url, settings_for(database.app_url))
    sessions = session_factory(engine)
    drafts = [_draft(random.Random(seed)) for seed in range(5)]
    async with sessions() as db:
        found = [len(await likenesses(db, draft, await overlap_rules(db))) for draft in drafts]
        checks = [await _median(db, lambda draft=draft: _check(db, draft)) for draft in drafts]  # type: ignore[misc]
        bare = [await _median(db, lambda draft=draft: _candidates(db, draft)) for draft in drafts]  # type: ignore[misc]
    await engine.dispose()
    with serving_plut(database) as server:
        page = await one(server.port, "/v1/programs?limit=50", database.token)
    note = f"{max(checks) * 1000:.0f} ms, {min(checks) * 1000:.0f} at best; {min(found)} to {max(found)} found"
    over = max(check / search for check, search in zip(checks, bare, strict=True))
    return [
        Ratio("overlaps of a draft in 50,000, slowest / page", max(checks) / page, INTERACTIVE, low=True, note=note),
        Ratio(
            "overlaps of a draft / its candidates", over, OVER_CANDIDATES, low=True, note=f"{max(bare) * 1000:.0f} ms"
        ),
    ]


def _told(seconds: list[float]) -> str:
    return f"{max(seconds) * 1000:.0f} ms at most"


async def _filled(running: Cluster) -> Database:
    running.ensure_database("bench_overlaps")
    url, app_url = running.url("bench_overlaps"), running.app_url("bench_overlaps")
    await asyncio.to_thread(upgrade, url, app_url=app_url)
    engine = make_engine(url, settings_for(url))
    caller = Caller(new_id(), Kind.staff, Role.dinas, frozenset({"programs:read"}))
    async with unit_of_work(session_factory(engine)) as db:
        await load_reference(db)
        token = await issue_access_token(db, settings_for(url), caller)
    await engine.dispose()
    await run_sql(
        url,
        "INSERT INTO organizations (id, code, name, kind, is_sharia, is_active, version) "
        f"VALUES ('{_OPD}', 'OPD_BENCH', 'OPD', 'opd', false, true, 1)",
    )
    chance = random.Random(7)
    connection = await asyncpg.connect(url)
    rows = [_row(chance) for _ in range(PROGRAMS)]
    await connection.copy_records_to_table("programs", records=rows, columns=_COLUMNS)
    await connection.execute("VACUUM ANALYZE", timeout=600)
    await connection.close()
    return Database(url, app_url, PROGRAMS, token)


def _draft(chance: random.Random) -> Draft:
    """A programme of the coming months, of a topic that many teach."""
    taught = [topic.code for topic in topics().values() if topic.parent]
    starts_on = clock.today() + timedelta(days=chance.randrange(10, 120))
    thing = chance.choice(_THINGS)
    return Draft(
        title=f"{chance.choice(_KINDS)} {chance.choice(_WHAT)} {thing} untuk {chance.choice(_FOR)}",
        aim=" ".join(f"Peserta mampu {chance.choice(_ABLE)} {chance.choice(_WHAT)} {thing}." for _ in range(3)),
        topics=chance.sample(taught, chance.choice((1, 1, 2))),
        level=chance.choice(list(ProgramLevel)),
        starts_on=starts_on,
        ends_on=starts_on + timedelta(days=chance.choice((1, 2, 4, 9))),
        segments=chance.choice(([], [], [chance.choice(list(Segment)).value])),
        regency_codes=chance.sample(_REGENCIES, chance.choice((0, 1, 1, 2))),
        kbli_version="2025",
        kbli_codes=chance.choice((["10"], ["107"], ["13"], ["1079", "4781"], ["56"])),
    )


def _row(chance: random.Random) -> tuple[Any, ...]:
    """A programme of some day within the years; most of those that are over were completed."""
    draft = _draft(chance)
    starts_on = clock.today() + timedelta(days=chance.randrange(-365 * (_YEARS - 1), 365))
    ends_on = starts_on + (draft.ends_on - draft.starts_on)
    over = ends_on < clock.today()
    state = chance.choice(("completed",) * 9 + ("cancelled",)) if over else chance.choice(("published", "approved"))
    values: dict[str, Any] = {
        "id": new_id(),
        "organization_id": _OPD,
        "overlap_words": words_of(draft.title, draft.aim),
        "level": draft.level.value,
        "district_codes": [],
        "starts_on": starts_on,
        "ends_on": ends_on,
        "seats": 30,
        **dict.fromkeys(("seats_taken", "seats_reserved", "general_taken"), 0),
        "fund_source": "apbd",
        "attendance_percent": 80,
        "state": state,
        "version": 1,
    }
    return tuple(values[name] if name in values else getattr(draft, name) for name in _COLUMNS)


async def _check(db: AsyncSession, draft: Draft) -> None:
    await likenesses(db, draft, await overlap_rules(db))


async def _candidates(db: AsyncSession, draft: Draft) -> None:
    """What could resemble a draft, and no more: the two indexes, the window, the states."""
    year = timedelta(days=366)
    roots = {code.partition(".")[0] for code in draft.topics}
    given = {
        "taught": [code for code in topics() if code.partition(".")[0] in roots],
        "words": words_of(draft.title, draft.aim),
        "earliest": draft.starts_on - year,
        "latest": draft.ends_on + year,
    }
    await db.execute(text("SELECT set_config('pg_trgm.similarity_threshold', '0.5', true)"))
    (await db.execute(_CANDIDATES, given)).all()


async def _median(db: AsyncSession, run: Callable[[], Awaitable[None]]) -> float:
    took = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        await run()
        took.append(time.perf_counter() - began)
        await db.rollback()
    return statistics.median(took)
