"""The measures: each a ratio within one run, best read together; absolute times move with the machine."""

import asyncio
import contextlib
import json
import statistics
import time
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from benchmarks import floors
from benchmarks.client import ask, load, one
from benchmarks.django_rest import install, serving_django
from benchmarks.floors import REGENCIES
from benchmarks.house import LARGE, SIZES, Database, Server, run_sql, serving_bare, serving_plut, settings_for
from plut_api.actors.duplicates.entry import possible_duplicates
from plut_api.actors.models import Actor
from plut_api.kit.caller import Caller, Kind, Role
from plut_api.kit.database import make_engine, session_factory
from plut_api.kit.ids import new_id

ROUNDS, SECONDS = 7, 1.5
_CHANGE = (
    "UPDATE ready_rows SET change_xid = pg_current_xact_id(), any_change_xid = pg_current_xact_id() "
    "WHERE actor_id IN (SELECT actor_id FROM ready_rows ORDER BY random() LIMIT 1000)"
)
LIST = "/v1/financing/ready-list"
PAGES = [f"{LIST}?limit=200&regency={regency}&size_class={size}" for regency in REGENCIES for size in SIZES]
DJANGO_PAGES = [f"/page?regency={regency}&size_class={size}" for regency in REGENCIES for size in SIZES]


@dataclass(frozen=True)
class Ratio:
    """One row of the table. `low` says that the target is a ceiling."""

    name: str
    value: float | None
    target: float
    low: bool = False
    note: str = ""

    @property
    def verdict(self) -> str:
        """Whether the target is met."""
        if self.value is None:
            return "not measured"
        return "met" if (self.value <= self.target if self.low else self.value >= self.target) else "NOT MET"


async def pages(large: Database, small: Database) -> list[Ratio]:
    """A page of 200 against the bare driver, Django REST framework, no middleware, and a tenth of the rows."""
    with contextlib.ExitStack() as stack:
        ours = stack.enter_context(serving_plut(large))
        bare = stack.enter_context(serving_bare(large))
        fewer = stack.enter_context(serving_plut(small))
        fewer_bare = stack.enter_context(serving_bare(small))
        django = stack.enter_context(serving_django(large)) if install() else None
        found: dict[str, list[float]] = {name: [] for name in ("ours", "floor", "bare", "fewer", "django")}
        for _ in range(ROUNDS):  # What is divided by what lies side by side in time.
            await load(fewer_bare.port, PAGES, SECONDS, small.token)  # As much to note and tidy as in large.
            found["fewer"].append((await load(fewer.port, PAGES, SECONDS, small.token)).per_second)
            found["ours"].append((await load(ours.port, PAGES, SECONDS, large.token)).per_second)
            found["bare"].append((await load(bare.port, PAGES, SECONDS, large.token)).per_second)
            found["floor"].append(await floors.pages_per_second(large.url, SECONDS))
            if django:
                found["django"].append((await load(django.port, DJANGO_PAGES, SECONDS)).per_second)

    def ours_over(name: str) -> float:
        """The middle one of the rounds' ratios; what slowed a whole round has slowed both."""
        return statistics.median(ours / other for ours, other in zip(found["ours"], found[name], strict=True))

    per_second = f"{statistics.median(found['ours']):.0f} pages/s"
    lacking = "" if found["django"] else "its packages could not be installed"
    of_django = ours_over("django") if found["django"] else None
    return [
        Ratio("page of 200, signed in / bare driver", ours_over("floor"), 1.0, note=per_second),
        Ratio("page of 200 / Django REST framework", of_django, 7.0, note=lacking),
        Ratio("middleware chain / none", ours_over("bare"), 0.9),
        Ratio("page time, 650,000 rows / 65,000", 1 / ours_over("fewer"), 1.2, low=True),
    ]


async def depth_and_changes(large: Database) -> list[Ratio]:
    """Page 3,000 against page 1, and a pull of 1,000 changes against a page."""
    with serving_plut(large) as server:
        first, deep, token = await _walk(server, large.token)
        streamed, paged = [], []
        for _ in range(ROUNDS):
            await run_sql(large.url, _CHANGE)
            page = await one(server.port, PAGES[0], large.token)
            began = time.perf_counter()
            following, changed = await stream_of(server, large.token, f"{LIST}?changed_since={token}")
            streamed.append((time.perf_counter() - began) / page)
            pulled, seconds = await _pull(server, large.token, token)
            paged.append(seconds / page)
            if (changed, pulled) != (1000, 1000):
                raise ValueError(f"1,000 rows changed, {changed} were streamed and {pulled} paged")
            token = following
    note = f"streamed; {statistics.median(paged):.1f} in pages of 200"
    return [
        Ratio("page 3,000 / page 1", deep / first, 1.2, low=True),
        Ratio("pull of 1,000 changes / page", statistics.median(streamed), 5.0, low=True, note=note),
    ]


async def full_pull(large: Database) -> list[Ratio]:
    """All rows as NDJSON against COPY of the same JSON, and what it costs in memory."""
    with serving_plut(large) as server:
        await one(server.port, PAGES[0], large.token, repeats=5)
        ratios, growth = [], 0.0
        for _ in range(2):
            copied = await floors.copy_seconds(large.url)
            before = _peak(server.pid, reset=True)
            began = time.perf_counter()
            _, rows = await stream_of(server, large.token, LIST)
            ratios.append(copied / (time.perf_counter() - began))
            growth = max(growth, _peak(server.pid) - before)
            if rows < 0.99 * LARGE:  # A name cut by two blocks is not counted.
                raise ValueError(f"the stream broke off after {rows} rows")
    return [
        Ratio("full pull, 650,000 rows / COPY", statistics.median(ratios), 0.9),
        Ratio("full pull, memory in MiB over idle", growth, 16.0, low=True),
    ]


async def duplicates(large: Database) -> list[Ratio]:
    """The check for near-same names in a village, on entry, against a page."""
    engine = make_engine(large.url, settings_for(large.url))
    caller = Caller(new_id(), Kind.staff, Role.dinas, frozenset())
    took = []
    async with session_factory(engine)() as db:
        actors = (await db.scalars(select(Actor).order_by(Actor.name).limit(300))).all()
        for actor in actors:
            began = time.perf_counter()
            await possible_duplicates(db, caller, actor)
            took.append(time.perf_counter() - began)
    await engine.dispose()
    with serving_plut(large) as server:
        page = await one(server.port, PAGES[0], large.token)
    p99 = statistics.quantiles(took, n=100)[98]
    return [Ratio("near-duplicate check in a village, p99 / page", p99 / page, 2.0, low=True)]


async def _walk(server: Server, token: str) -> tuple[float, float, str]:
    """Seconds of an early and of a deep page of one walk, and the token at its first page."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port, limit=1 << 24)
    took, path, sync_token = [], f"{LIST}?limit=200", ""
    for _ in range(3000):
        began = time.perf_counter()
        body = json.loads(await ask(reader, writer, path, token))
        took.append(time.perf_counter() - began)
        sync_token = body["sync_token"]
        path = f"{LIST}?limit=200&cursor={body['next_cursor']}"
    writer.close()
    return statistics.median(took[1:101]), statistics.median(took[-100:]), sync_token


async def _pull(server: Server, token: str, sync_token: str) -> tuple[int, float]:
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port, limit=1 << 24)
    rows, cursor, began = 0, "", time.perf_counter()
    while True:
        path = f"{LIST}?limit=200&changed_since={sync_token}{cursor}"
        body = json.loads(await ask(reader, writer, path, token))
        rows += len(body["data"])
        if body["next_cursor"] is None:
            writer.close()
            return rows, time.perf_counter() - began
        cursor = f"&cursor={body['next_cursor']}"


async def stream_of(server: Server, token: str, path: str) -> tuple[str, int]:
    """The token in the last line of a stream, and how many rows came before it."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port, limit=1 << 20)
    head = f"GET {path} HTTP/1.1\r\nHost: x\r\nAccept: application/x-ndjson\r\nConnection: close\r\n"
    writer.write(f"{head}Authorization: Bearer {token}\r\n\r\n".encode())
    rows, tail = 0, b""
    while block := await reader.read(1 << 20):
        rows += block.count(b'"removed"')
        tail = (tail + block)[-20_000:]
    writer.close()
    _, found, rest = tail.partition(b'{"sync_token":"')
    if not found:
        raise ValueError("the stream broke off")
    return rest.partition(b'"')[0].decode(), rows


def _peak(pid: int, *, reset: bool = False) -> float:
    """Peak resident memory in MiB since the last reset; 0 where the kernel does not tell."""
    status = Path(f"/proc/{pid}/status")
    if not status.exists():
        return 0.0
    if reset:
        Path(f"/proc/{pid}/clear_refs").write_text("5")
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024
