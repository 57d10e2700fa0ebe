"""Verifying: does every entry still say what was sealed, and is the chain the one that was anchored?"""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.kit.audit.models import AuditLink, AuditSeal
from plut_api.kit.audit.sealing import COLUMNS, ENTRIES, GENESIS, digest_of, seal_digest

LONGEST_TRANSACTION = timedelta(hours=1)
"""An entry that comes under a seal, and says it is older than the seal before by more than this, was slipped in."""
_SEALS = select(
    AuditSeal.number,
    AuditSeal.count.label("entry_count"),  # A row has a `count` of its own.
    AuditSeal.previous_digest,
    AuditSeal.digest,
    AuditSeal.sealed_at,
)
# Only where the counter has not started anew, as it has after a restore into another cluster.
_BEHIND = text(
    """
    SELECT e.id FROM audit_entries e, (SELECT max(horizon) AS horizon FROM audit_seals) sealed
    WHERE e.xid < sealed.horizon AND sealed.horizon <= pg_snapshot_xmax(pg_current_snapshot())
        AND NOT EXISTS (SELECT FROM audit_links l WHERE l.entry_id = e.id)
    ORDER BY e.id
    """
)


@dataclass(frozen=True)
class Finding:
    """Something that is not as it was sealed: which seal, which entry as far as it is known, and what."""

    kind: str
    words: str
    seal_number: int | None = None
    entry_id: UUID | None = None


@dataclass
class Verified:
    """What was looked at, and what was wrong with it."""

    seals: int
    entries: int
    findings: list[Finding]


@dataclass(frozen=True)
class Anchor:
    """A seal as it was exported to a place that whoever can change the database cannot reach."""

    number: int
    count: int
    digest: str
    sealed_at: str

    def as_json(self) -> dict[str, Any]:
        """For a line of the file."""
        return asdict(self)


async def anchors(db: AsyncSession) -> AsyncIterator[Anchor]:
    """Every seal, oldest first."""
    async for row in await db.stream(_SEALS.order_by(AuditSeal.number)):
        yield Anchor(row.number, row.entry_count, row.digest.hex(), row.sealed_at.isoformat())


async def verify(db: AsyncSession, anchored: Iterable[Anchor] = ()) -> Verified:
    """Read the whole log and compare. In a transaction of one snapshot (REPEATABLE READ) nothing moves meanwhile."""
    expected = {anchor.number: anchor for anchor in anchored}
    seals: Sequence[Any] = (await db.execute(_SEALS.order_by(AuditSeal.number))).all()
    verified = Verified(len(seals), 0, [])
    before: Any = None
    for sealed in seals:
        verified.findings += _compare_seal(sealed, before, expected.pop(sealed.number, None))
        verified.findings += await _compare_entries(db, sealed, before)
        verified.entries += sealed.entry_count
        before = sealed
    for number in expected:
        verified.findings.append(Finding("seal_removed", "The anchors have this seal, the database has not.", number))
    for entry_id in await db.scalars(_BEHIND):
        words = "This entry has no seal, though all entries of its time have: it was added behind the sealer's back."
        verified.findings.append(Finding("entry_inserted", words, None, entry_id))
    return verified


def _compare_seal(sealed: Any, before: Any, anchor: Anchor | None) -> list[Finding]:
    number, found = sealed.number, []
    if number != (before.number + 1 if before else 1):
        found.append(Finding("seal_removed", "The seal before this one is missing.", number))
    elif sealed.previous_digest != (before.digest if before else GENESIS):
        found.append(Finding("chain_broken", "This seal does not follow from the one before it.", number))
    if anchor is not None and anchor.digest != sealed.digest.hex():
        found.append(Finding("chain_rewritten", "The digest of this seal is not the one that was anchored.", number))
    return found


async def _compare_entries(db: AsyncSession, sealed: Any, before: Any) -> list[Finding]:
    links: Sequence[Any] = (
        await db.execute(
            select(AuditLink.position, AuditLink.entry_id, AuditLink.digest)
            .where(AuditLink.seal_number == sealed.number)
            .order_by(AuditLink.position)
        )
    ).all()
    linked = select(AuditLink.entry_id).where(AuditLink.seal_number == sealed.number)
    kept = {row.id: row for row in (await db.execute(select(*COLUMNS).where(ENTRIES.c.id.in_(linked)))).all()}
    found = _compare_links(sealed, links)
    for link in links:
        row = kept.get(link.entry_id)
        if row is None:
            found.append(Finding("entry_removed", "This entry is gone.", sealed.number, link.entry_id))
        elif digest_of(row) != link.digest:
            found.append(Finding("entry_changed", "This entry says something else now.", sealed.number, link.entry_id))
        elif before is not None and row.occurred_at < before.sealed_at - LONGEST_TRANSACTION:
            words = "This entry says it is older than it can be by when it came under its seal: it was slipped in."
            found.append(Finding("entry_backdated", words, sealed.number, link.entry_id))
    return found


def _compare_links(sealed: Any, links: Sequence[Any]) -> list[Finding]:
    """Whether the list of entries is the one that was sealed; if not, what about it shows."""
    pairs = [(link.entry_id, link.digest) for link in links]
    if len(links) == sealed.entry_count and seal_digest(sealed.number, sealed.previous_digest, pairs) == sealed.digest:
        return []
    found = [
        Finding("entry_reordered", "This entry stands in another place than it was sealed in.", sealed.number, entry_id)
        for entry_id in _out_of_order([link.entry_id for link in links])
    ]
    present = {link.position for link in links}
    found += [
        Finding("entry_removed", f"The entry at position {position}, and its link, are gone.", sealed.number)
        for position in range(max(sealed.entry_count, max(present, default=-1) + 1))
        if position not in present
    ]
    extra = [link.entry_id for link in links if link.position >= sealed.entry_count]
    found += [
        Finding("entry_inserted", "This entry was not there when the seal was made.", sealed.number, entry_id)
        for entry_id in extra
    ]
    return found or [Finding("seal_broken", "The digest of this seal does not fit its entries.", sealed.number)]


def _out_of_order(ids: Sequence[UUID]) -> list[UUID]:
    """Which ids stand in another place than in the order of ids, which is that of every seal."""
    return [found for found, right in zip(ids, sorted(ids), strict=True) if found != right]


def anchor_of(line: Mapping[str, Any]) -> Anchor:
    """An anchor from its line. Raises KeyError, TypeError, ValueError if it is none."""
    return Anchor(int(line["number"]), int(line["count"]), str(line["digest"]), str(line["sealed_at"]))
