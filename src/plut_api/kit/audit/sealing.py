"""Sealing: entries that have committed are put in order and chained by digests, a block at a time.

Writers never wait for each other: the chain is made afterwards, by one sealer at a time. An entry of a transaction that
was still open is under a later seal. What is digested is canonical JSON: keys sorted, no white space, UTF-8.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Row, Table, func, insert, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.kit.audit.models import AuditEntry, AuditLink, AuditSeal

BLOCK = 10_000
"""Entries under one seal at most."""
GENESIS = bytes(32)
"""What the first seal follows."""
ENTRIES = cast("Table", AuditEntry.__table__)
COLUMNS = [column for column in ENTRIES.columns if column.name != "xid"]
_LOCK = 5_201_948
_NEWEST = text("SELECT number, digest, horizon\\:\\:text AS horizon FROM audit_seals ORDER BY number DESC LIMIT 1")
# One statement and so one snapshot: transactions below its xmin have ended, and what they wrote is visible. After a
# restore into another cluster the counter may stand below the last horizon; then whatever has no link yet is taken.
_UNSEALED = text(
    """
    WITH now AS MATERIALIZED (
        SELECT pg_snapshot_xmin(pg_current_snapshot()) AS ended
    ), since AS MATERIALIZED (
        SELECT CASE WHEN CAST(CAST(:horizon AS text) AS xid8) > ended THEN xid8 '0'
            ELSE CAST(CAST(:horizon AS text) AS xid8) END AS began,
            CAST(CAST(:horizon AS text) AS xid8) > ended AS moved, ended FROM now
    )
    SELECT e.id, e.xid\\:\\:text AS xid, since.ended\\:\\:text AS ended
    FROM since LEFT JOIN LATERAL (
        SELECT e.id, e.xid FROM audit_entries e
        WHERE e.xid >= since.began AND (e.xid < since.ended OR since.moved)
            AND NOT EXISTS (SELECT FROM audit_links l WHERE l.entry_id = e.id)
        ORDER BY e.xid, e.id LIMIT :block
    ) e ON true
    """
)


async def seal(db: AsyncSession) -> int:
    """Put the oldest entries that have committed and have no seal yet under one; how many there were.

    A second sealer finds the lock taken and does nothing.
    """
    if not await db.scalar(select(func.pg_try_advisory_xact_lock(_LOCK))):
        return 0
    newest = (await db.execute(_NEWEST)).one_or_none()
    found = (await db.execute(_UNSEALED, {"horizon": newest.horizon if newest else "0", "block": BLOCK})).all()
    ids = sorted(row.id for row in found if row.id is not None)
    if not ids:
        return 0
    horizon = found[0].ended if len(ids) < BLOCK else found[-1].xid
    rows = (await db.execute(select(*COLUMNS).where(ENTRIES.c.id.in_(ids)).order_by(ENTRIES.c.id))).all()
    links = [(row.id, digest_of(row)) for row in rows]
    number, previous = (newest.number + 1, bytes(newest.digest)) if newest else (1, GENESIS)
    await db.execute(
        insert(cast("Table", AuditSeal.__table__)).values(
            number=number,
            count=len(links),
            previous_digest=previous,
            digest=seal_digest(number, previous, links),
            horizon=text(":horizon\\:\\:xid8").bindparams(horizon=horizon),
        )
    )
    await db.execute(
        insert(cast("Table", AuditLink.__table__)),
        [
            {"seal_number": number, "position": position, "entry_id": entry_id, "digest": digest}
            for position, (entry_id, digest) in enumerate(links)
        ],
    )
    return len(links)


def digest_of(row: Row[Any] | Mapping[str, Any]) -> bytes:
    """SHA-256 over an entry in canonical JSON."""
    values = row._mapping if isinstance(row, Row) else row
    return hashlib.sha256(canonical(dict(values))).digest()


def seal_digest(number: int, previous: bytes, links: Iterable[tuple[UUID, bytes]]) -> bytes:
    """SHA-256 over a seal: its number, the digest before it, and each entry's place, id and digest."""
    sealed = [[position, str(entry_id), digest.hex()] for position, (entry_id, digest) in enumerate(links)]
    return hashlib.sha256(canonical({"number": number, "previous": previous.hex(), "entries": sealed})).digest()


def canonical(value: Any) -> bytes:
    """JSON with one spelling for each value."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_spelled).encode()


def _spelled(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, UUID | date):
        return str(value)
    if isinstance(value, Sequence):
        return list(value)
    raise TypeError(type(value).__name__)
