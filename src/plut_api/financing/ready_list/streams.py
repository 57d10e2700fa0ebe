"""The whole list in one answer: a JSON object a line, or CSV, rendered by PostgreSQL and passed on in blocks."""

import re
from collections.abc import AsyncIterator
from string import Template

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncEngine

from plut_api.financing.ready_list.readers import Reader
from plut_api.financing.ready_list.rows import PSEUDONYM, Filters, row_item
from plut_api.kit.streams import last_line, lines

_PLAIN = (
    "regency_code",
    "village_code",
    "kbli_version",
    "kbli_code",
    "size_class",
    "started_year",
    "figures_year",
    "sales_idr",
    "capital_idr",
    "workers",
)
_WORDS = ("name", "owner_name")
_DIMENSIONS = ("product", "packaging", "branding", "market", "finance")
_ENDS = ("rule_set", "confirmed_at", "expires_at")
_LISTED = Template(
    "SELECT l.actor_id, l.masked, l.identified FROM ready_list_whole l WHERE l.expires_at > now()$condition"
)
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
_IDENTIFIED = re.compile(
    rb'^(?:\{"id":")?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:","masked":false,|,false,)', re.MULTILINE
)
"""The id of an identified row, as a line of either kind begins."""
CSV_HEADER = ",".join(("id", "masked", *_WORDS, *_PLAIN, *(f"{name}_level" for name in _DIMENSIONS), *_ENDS))


async def ndjson_lines(engine: AsyncEngine, reader: Reader, filters: Filters, token: str) -> AsyncIterator[bytes]:
    """Every row as a JSON object, then `{"sync_token": …}`: who has read that line has read the whole list."""
    values = reader.values() | filters.values()
    async for block in noted(engine, reader, lines(engine, ndjson_query(filters), values, reader.caller)):
        yield block
    yield last_line(token)


async def csv_lines(engine: AsyncEngine, reader: Reader, filters: Filters, _: str) -> AsyncIterator[bytes]:
    """A header line, then every row; without the gates, which have all passed."""
    yield f"{CSV_HEADER}\n".encode()
    values = reader.values() | filters.values()
    async for block in noted(engine, reader, lines(engine, csv_query(filters), values, reader.caller)):
        yield block


async def noted(engine: AsyncEngine, reader: Reader, blocks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The same blocks, each noted as disclosed before it leaves. The engine commits by itself."""
    async for block in blocks:
        found = [line.decode() for line in _IDENTIFIED.findall(block)]
        if found:
            async with engine.connect() as connection:
                await reader.note(connection, found)
        yield block


def ndjson_query(filters: Filters) -> TextClause:
    """The statement of the whole list, a JSON object a row."""
    return text(_OBJECTS.substitute(item=row_item("r"), listed=_listed(filters)))


def csv_query(filters: Filters) -> TextClause:
    """The statement of the whole list, a CSV line a row (RFC 4180, but for the line ends)."""
    pseudonym = PSEUDONYM.substitute(actor="r.actor_id")
    cells = [
        f"CASE WHEN r.identified IS NOT NULL THEN r.actor_id ELSE {pseudonym} END::text",
        "CASE WHEN r.identified IS NOT NULL THEN 'false' ELSE 'true' END",
        *(_quoted(f"d ->> '{name}'") for name in _WORDS),
        *(f"d ->> '{name}'" for name in _PLAIN),
        *(_LEVEL.substitute(of=name) for name in _DIMENSIONS),
        *(f"d ->> '{name}'" for name in _ENDS),
    ]
    line = " || ',' || ".join(f"coalesce({cell}, '')" for cell in cells)
    return text(_CSV.substitute(line=line, listed=_listed(filters)))


def _listed(filters: Filters) -> str:
    return _LISTED.substitute(condition=filters.condition("l"))


def _quoted(cell: str) -> str:
    """SQL: text in quotes; what a spreadsheet would run as a formula begins with an apostrophe."""
    harmless = f"CASE WHEN {cell} ~ '^[=+@-]' THEN chr(39) ELSE '' END || ({cell})"
    return f"'\"' || replace({harmless}, '\"', '\"\"') || '\"'"
