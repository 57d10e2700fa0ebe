"""The whole list in one answer: a JSON object a line, or CSV, rendered by PostgreSQL and passed on in blocks.

Lines come in the order of the businesses' ids, so that a stream which was broken off goes on after any of them.
"""

from collections.abc import AsyncIterator
from functools import cache
from string import Template
from uuid import UUID

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncEngine

from plut_api.financing.ready_list.changes import AT_ONCE, read_changes
from plut_api.financing.ready_list.filters import LEVELS, Filters
from plut_api.financing.ready_list.readers import Reader
from plut_api.financing.ready_list.rows import FIRST, PSEUDONYM, PageRead, Position, row_item
from plut_api.kit.streams import last_line, lines
from plut_api.kit.sync_tokens import SyncPoint
from plut_api.kit.walls import walled

_PLAIN = (
    *("regency_code", "village_code", "kbli_version", "kbli_code", "sector", "size_class", "started_year"),
    *("figures_year", "sales_idr", "capital_idr", "workers", "amount_band", "amount_idr", "tenor_months", "principle"),
)
_WORDS = ("name", "owner_name")
_ENDS = ("rule_set", "confirmed_at", "expires_at", "score")
_LISTED = Template("""
SELECT l.actor_id, l.masked, l.identified FROM ready_list_whole l
WHERE l.expires_at > now() AND l.actor_id > CAST(:after AS uuid)$condition ORDER BY l.actor_id
""")
_OBJECTS = Template("SELECT $item FROM ($listed) r")
# OFFSET keeps the document from being parsed again for every cell.
_CSV = Template("""
SELECT $line
FROM ($listed) r
CROSS JOIN LATERAL (
    SELECT ('{' || coalesce(r.identified, r.masked))::jsonb AS d OFFSET 0
) AS shown
""")
_LEVEL = Template("(SELECT o ->> 'level' FROM jsonb_array_elements(d -> 'outcomes') o WHERE o ->> 'dimension' = '$of')")
_SEGMENTS = (
    "CASE jsonb_typeof(d -> 'segments') WHEN 'array' THEN "
    "(SELECT string_agg(one, ' ' ORDER BY one) FROM jsonb_array_elements_text(d -> 'segments') AS one) END"
)
CSV_HEADER = ",".join(("id", "masked", *_WORDS, *_PLAIN, *LEVELS, "segments", *_ENDS))
_ID = slice(7, 43)
"""Where a line of JSON has its id: `{"id":"…","masked":false,`."""


async def ndjson_lines(
    engine: AsyncEngine, reader: Reader, filters: Filters, after: UUID, token: str
) -> AsyncIterator[bytes]:
    """Every row as a JSON object, then `{"sync_token": …}`: who has read that line has read the whole list."""
    values = reader.values() | filters.values() | {"after": after}
    async for block in lines(engine, ndjson_query(filters), values, reader.caller):
        await _note(
            engine, reader, [line[_ID] for line in block.split(b"\n") if line.startswith(b'"masked":false', 45)]
        )
        yield block
    yield last_line(token)


async def csv_lines(engine: AsyncEngine, reader: Reader, filters: Filters, after: UUID, _: str) -> AsyncIterator[bytes]:
    """A header line, then every row; without the gates, which have all passed."""
    if after == FIRST.actor_id:
        yield f"{CSV_HEADER}\n".encode()
    values = reader.values() | filters.values() | {"after": after}
    async for block in lines(engine, csv_query(filters), values, reader.caller):
        await _note(engine, reader, [line[:36] for line in block.split(b"\n") if line.startswith(b",false,", 36)])
        yield block


async def read_changed(
    engine: AsyncEngine, reader: Reader, filters: Filters, seen: SyncPoint, until: SyncPoint | None, after: Position
) -> PageRead:
    """As many changes as a stream reads at once, an object a line; without `until` the first ones. See read_changes."""
    async with walled(engine, reader.caller, planned_once=True) as connection:
        return await read_changes(connection, reader, filters, seen, until, after, AT_ONCE, "\n")


async def changed_lines(
    engine: AsyncEngine, reader: Reader, filters: Filters, seen: SyncPoint, first: PageRead, token: str
) -> AsyncIterator[bytes]:
    """All changes of the pull that `first` began, an object a line, then `{"sync_token": …}`."""
    page = first
    while True:
        if page.body:
            yield page.body.encode() + b"\n"
        if page.last is None:
            break
        page = await read_changed(engine, reader, filters, seen, first.point, page.last)
    yield last_line(token)


async def _note(engine: AsyncEngine, reader: Reader, found: list[bytes]) -> None:
    """Note as disclosed what a block identifies, before it leaves. The engine commits by itself."""
    if found:
        async with engine.connect() as connection:
            await reader.note(connection, b",".join(found).decode())


def ndjson_query(filters: Filters) -> TextClause:
    """The statement of the whole list, a JSON object a row."""
    return _text(_OBJECTS.substitute(item=row_item("r"), listed=_listed(filters)))


def csv_query(filters: Filters) -> TextClause:
    """The statement of the whole list, a CSV line a row (RFC 4180, but for the line ends)."""
    pseudonym = PSEUDONYM.substitute(actor="r.actor_id")
    cells = [
        f"CASE WHEN r.identified IS NOT NULL THEN r.actor_id ELSE {pseudonym} END::text",
        "CASE WHEN r.identified IS NOT NULL THEN 'false' ELSE 'true' END",
        *(_quoted(f"d ->> '{name}'") for name in _WORDS),
        *(f"d ->> '{name}'" for name in _PLAIN),
        *(_LEVEL.substitute(of=level.removesuffix("_level")) for level in LEVELS),
        _SEGMENTS,
        *(f"d ->> '{name}'" for name in _ENDS),
    ]
    line = " || ',' || ".join(f"coalesce({cell}, '')" for cell in cells)
    return _text(_CSV.substitute(line=line, listed=_listed(filters)))


@cache
def _text(statement: str) -> TextClause:
    return text(statement)


def _listed(filters: Filters) -> str:
    condition = filters.shown("l")
    if filters.of_identified:
        condition += " AND l.consent_id IS NOT NULL" + filters.hidden("l")
    return _LISTED.substitute(condition=condition)


def _quoted(cell: str) -> str:
    """SQL: text in quotes; what a spreadsheet would run as a formula begins with an apostrophe."""
    harmless = f"CASE WHEN {cell} ~ '^[=+@-]' THEN chr(39) ELSE '' END || ({cell})"
    return f"'\"' || replace({harmless}, '\"', '\"\"') || '\"'"
