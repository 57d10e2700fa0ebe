"""The whole list in one answer: a JSON object a line, or CSV, rendered by PostgreSQL and passed on in blocks."""

from collections.abc import AsyncIterator
from string import Template
from uuid import UUID

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncEngine

from plut_api.financing.ready_list.rows import LIVE, PSEUDONYM, Filters, bank_values, row_item
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
_LISTED = Template("""
SELECT l.actor_id, l.masked, l.identified, c.id IS NOT NULL AS known
FROM ready_rows l LEFT JOIN consents c ON $live
WHERE l.expires_at > now()$condition
""")
_OBJECTS = Template("SELECT $item FROM ($listed) r")
# OFFSET keeps the document from being parsed again for every cell.
_CSV = Template("""
SELECT $line
FROM ($listed) r
CROSS JOIN LATERAL (
    SELECT ('{' || CASE WHEN r.known THEN r.identified ELSE r.masked END)::jsonb AS d OFFSET 0
) AS shown
""")
_LEVEL = Template("(SELECT o ->> 'level' FROM jsonb_array_elements(d -> 'outcomes') o WHERE o ->> 'dimension' = '$of')")
CSV_HEADER = ",".join(("id", "masked", *_WORDS, *_PLAIN, *(f"{name}_level" for name in _DIMENSIONS), *_ENDS))


async def ndjson_lines(engine: AsyncEngine, bank_id: UUID, filters: Filters, token: str) -> AsyncIterator[bytes]:
    """Every row as a JSON object, then `{"sync_token": …}`: who has read that line has read the whole list."""
    async for block in lines(engine, ndjson_query(filters), bank_values(bank_id) | filters.values()):
        yield block
    yield last_line(token)


async def csv_lines(engine: AsyncEngine, bank_id: UUID, filters: Filters) -> AsyncIterator[bytes]:
    """A header line, then every row; without the gates, which have all passed."""
    yield f"{CSV_HEADER}\n".encode()
    async for block in lines(engine, csv_query(filters), bank_values(bank_id) | filters.values()):
        yield block


def ndjson_query(filters: Filters) -> TextClause:
    """The statement of the whole list, a JSON object a row."""
    return text(_OBJECTS.substitute(item=row_item("r"), listed=_listed(filters)))


def csv_query(filters: Filters) -> TextClause:
    """The statement of the whole list, a CSV line a row (RFC 4180, but for the line ends)."""
    pseudonym = PSEUDONYM.substitute(actor="r.actor_id")
    cells = [
        f"CASE WHEN r.known THEN r.actor_id ELSE {pseudonym} END::text",
        "CASE WHEN r.known THEN 'false' ELSE 'true' END",
        *(_quoted(f"d ->> '{name}'") for name in _WORDS),
        *(f"d ->> '{name}'" for name in _PLAIN),
        *(_LEVEL.substitute(of=name) for name in _DIMENSIONS),
        *(f"d ->> '{name}'" for name in _ENDS),
    ]
    line = " || ',' || ".join(f"coalesce({cell}, '')" for cell in cells)
    return text(_CSV.substitute(line=line, listed=_listed(filters)))


def _listed(filters: Filters) -> str:
    return _LISTED.substitute(live=LIVE.substitute(actor="l.actor_id"), condition=filters.condition("l"))


def _quoted(cell: str) -> str:
    """SQL: text in quotes; what a spreadsheet would run as a formula begins with an apostrophe."""
    harmless = f"CASE WHEN {cell} ~ '^[=+@-]' THEN chr(39) ELSE '' END || ({cell})"
    return f"'\"' || replace({harmless}, '\"', '\"\"') || '\"'"
