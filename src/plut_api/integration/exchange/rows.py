"""Businesses as they are exchanged: one row each with its first owner and the newest year, rendered by PostgreSQL.

Sealed numbers come as hexadecimal text and are opened here, block by block.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from plut_api.integration.exchange.columns import COLUMNS, SEALED, row_hash
from plut_api.kit.caller import Caller
from plut_api.kit.crypto import Vault, vault
from plut_api.kit.streams import lines

SLOWEST = timedelta(minutes=10)
"""A change may be stamped so long before it is committed; `changed_since` looks back as far, and repeats rows."""
AT_A_TIME = 100
"""Rows opened in one go; then others have their turn."""
_ROWS = """
SELECT row_to_json(r)::text AS line FROM (
    SELECT x.outside_id, a.id, p.full_name AS owner_name, encode(p.nik_sealed, 'hex') AS owner_nik,
        encode(p.phone_sealed, 'hex') AS owner_phone, p.sex AS owner_sex, p.birth_date AS owner_birth_date,
        a.name AS business_name, a.village_code, a.address, a.kbli_code, a.kbli_version, a.started_on,
        encode(a.nib_sealed, 'hex') AS nib, encode(a.npwp_sealed, 'hex') AS npwp, g.year, g.capital_idr, g.sales_idr,
        g.assets_idr, g.workers_female, g.workers_male, CASE WHEN :disability THEN g.workers_disability END AS
        workers_disability,
        CASE WHEN :disability THEN nullif(array_to_string(p.disabilities, ';'), '') END AS owner_disabilities,
        a.legal_form, a.status, (
            SELECT c.changed_on FROM actor_status_changes c WHERE c.actor_id = a.id ORDER BY c.id DESC LIMIT 1
        ) AS status_since, a.size_class, a.qris_nmid, (
            SELECT string_agg(n.name || ' [' || n.category || ']', ';' ORDER BY n.id) FROM products n
            WHERE n.actor_id = a.id AND n.ended_at IS NULL
        ) AS products, (
            SELECT string_agg(concat_ws(' ', c.kind, c.number, c.expires_on), ';' ORDER BY c.id) FROM certifications c
            WHERE c.actor_id = a.id AND c.superseded_by IS NULL AND c.ended_at IS NULL
        ) AS certifications, (
            SELECT string_agg(h.kind || ' ' || h.name, ';' ORDER BY h.id) FROM sales_channels h
            WHERE h.actor_id = a.id AND h.until IS NULL
        ) AS channels, (
            SELECT string_agg(concat_ws(' ', extract(year FROM g.starts_on), o.code, g.title), ';' ORDER BY e.id)
            FROM enrolments e JOIN programs g ON g.id = e.program_id JOIN organizations o ON o.id = g.organization_id
            WHERE e.actor_id = a.id AND e.state = 'completed'
        ) AS support,
        CASE WHEN p.import_id IS NOT NULL THEN 'import' WHEN p.registered_by IS NOT NULL THEN 'officer'
            ELSE 'owner' END AS owner_source, p.updated_at AS owner_as_of,
        CASE WHEN p.identity_verified_at IS NOT NULL THEN 'verified' ELSE 'declared' END AS owner_verified_level,
        CASE WHEN a.import_id IS NOT NULL THEN 'import' WHEN a.registered_by = p.account_id THEN 'owner'
            ELSE 'officer' END AS business_source, a.updated_at AS business_as_of,
        'declared' AS business_verified_level, g.source AS figures_source, g.created_at AS figures_as_of,
        g.verification AS figures_verified_level
    FROM actors a
    JOIN LATERAL (
        SELECT o.person_id FROM ownerships o WHERE o.actor_id = a.id AND o.until IS NULL AND o.role = 'owner'
        ORDER BY o.share_percent DESC NULLS LAST, o.id LIMIT 1
    ) o ON true
    JOIN people p ON p.id = o.person_id
    LEFT JOIN LATERAL (
        SELECT g.* FROM counting_figures g WHERE g.actor_id = a.id ORDER BY g.year DESC LIMIT 1
    ) g ON true
    LEFT JOIN outside_ids x ON x.actor_id = a.id AND x.system = :system AND x.superseded_at IS NULL
    WHERE a.erased_at IS NULL AND a.merged_into IS NULL{condition} ORDER BY a.id
) r
"""


@dataclass(frozen=True)
class Wanted:
    """Which rows are asked for, and for which system."""

    system: str
    regency: Sequence[str] = ()
    changed_since: datetime | None = None

    def query(self) -> TextClause:
        """The statement of all these rows, a JSON object each."""
        condition = " AND a.regency_code = ANY(CAST(:regency AS text[]))" if self.regency else ""
        if self.changed_since is not None:
            condition += " AND greatest(a.updated_at, p.updated_at, g.created_at) >= CAST(:since AS timestamptz)"
        return _query(condition)

    def values(self, caller: Caller) -> dict[str, Any]:
        """The parameters of the statement; disabilities need a scope of their own."""
        given: dict[str, Any] = {"system": self.system, "disability": "disability:read" in caller.scopes}
        if self.regency:
            given["regency"] = list(self.regency)
        if self.changed_since is not None:
            given["since"] = self.changed_since - SLOWEST
        return given


def opened(line: bytes | str, keys: Vault) -> dict[str, Any]:
    """One row with its numbers in the clear and its hash, in the order of the columns."""
    values: dict[str, Any] = orjson.loads(line)
    for name, context in SEALED.items():
        if values[name] is not None:
            values[name] = keys.open(context, bytes.fromhex(values[name]))
    values["row_hash"] = row_hash(values, keys)
    return {name: values[name] for name in COLUMNS}


async def blocks(
    engine: AsyncEngine, wanted: Wanted, caller: Caller, note: Callable[[list[UUID]], None]
) -> AsyncIterator[list[dict[str, Any]]]:
    """All rows of one snapshot, block by block; `note` hears of the businesses of each block before it leaves."""
    keys = vault()
    async for block in lines(engine, wanted.query(), wanted.values(caller), caller):
        found = block.splitlines()
        for start in range(0, len(found), AT_A_TIME):
            rows = [opened(line, keys) for line in found[start : start + AT_A_TIME]]
            note([UUID(row["id"]) for row in rows])
            yield rows
            await asyncio.sleep(0)


async def hashes_of(db: AsyncSession, actor_ids: Sequence[UUID]) -> Mapping[UUID, str]:
    """The hashes of the rows that some businesses would be sent out as now."""
    keys = vault()
    query = _query(" AND a.id = ANY(CAST(:ids AS uuid[]))")
    found = await db.scalars(query, {"ids": list(actor_ids), "system": "", "disability": False})
    rows = [opened(line, keys) for line in found]
    return {UUID(row["id"]): row["row_hash"] for row in rows}


def _query(condition: str) -> TextClause:
    return text(_ROWS.replace("{condition}", condition))
