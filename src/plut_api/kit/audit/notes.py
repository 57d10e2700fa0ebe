"""What is written shortly after an answer has left: refusals, failed sign-ins, and which rows a list showed.

Entries gather for a second and are written by one statement in a transaction of their own. A flood becomes few entries
that name every object it asked for. When the process ends in good order nothing is lost; one that is killed loses at
most that second. While the database is away they wait for it.
"""

import asyncio
from dataclasses import dataclass, field
from typing import Any, cast
from uuid import UUID

import structlog
from sqlalchemy import Table
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncEngine

from plut_api.kit.audit.models import Action, AuditEntry
from plut_api.kit.audit.recording import AT_ONCE, entry

log = structlog.get_logger()
GATHERED_FOR = 1.0  # Seconds.
_LONGEST_PAUSE = 30.0  # Seconds between tries while the database is away.
_MOST = 20_000
"""Entries that wait at most; past that they are counted, and the next entry says how many went missing."""

# What was written before the connection broke off is written again without harm.
_WRITE_ONCE = insert(cast("Table", AuditEntry.__table__)).on_conflict_do_nothing(index_elements=[AuditEntry.id])


@dataclass
class _Refusals:
    """The refusals of one caller at one operation since the last writing."""

    first: dict[str, Any]
    ids: dict[UUID, None] = field(default_factory=dict)
    times: int = 0

    def finished(self) -> dict[str, Any]:
        """The entry, which says how often."""
        return {**self.first, "object_ids": list(self.ids), "after": {**self.first["after"], "times": self.times}}


class Notes:
    """Entries of one process that wait to be written, by connections of their own."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._entries: list[dict[str, Any]] = []
        self._refusals: dict[tuple[Any, ...], _Refusals] = {}
        self._left_out = 0
        self._writing = asyncio.Lock()
        self._later: asyncio.Task[None] | None = None

    def add(self, noted: dict[str, Any]) -> None:
        """Write an entry within the second."""
        if len(self._entries) < _MOST:
            self._entries.append(noted)
        else:
            self._left_out += 1
        self._wake()

    def refused(
        self, of_whom: dict[str, Any], action: Action, kind: str | None, ids: list[UUID], after: dict[str, Any]
    ) -> None:
        """Write a refusal within the second, together with those alike: same caller, address, operation and answer."""
        key = (action, of_whom["caller_id"], of_whom["address_hash"], of_whom["operation"], kind, *after.values())
        alike = self._refusals.get(key)
        if alike is None or len(alike.ids) + len(ids) > AT_ONCE:
            if alike is not None:
                self.add(alike.finished())
            alike = self._refusals[key] = _Refusals(entry(of_whom, action, kind, [], [], after=after))
        alike.ids.update(dict.fromkeys(ids))
        alike.times += 1
        self._wake()

    async def settle(self) -> None:
        """Write what waits now. Raises what the database raises, and then it waits on."""
        async with self._writing:
            self._entries += [alike.finished() for alike in self._refusals.values()]
            self._refusals.clear()
            rows, missing = list(self._entries), self._left_out
            if missing and rows:
                rows[-1] = {**rows[-1], "after": {**(rows[-1]["after"] or {}), "left_out": missing}}
            if rows:
                async with self._engine.begin() as connection:
                    await connection.execute(_WRITE_ONCE, rows)
                del self._entries[: len(rows)]
                self._left_out -= missing

    async def close(self) -> None:
        """Write what waits, and let go of the connections."""
        async with self._writing:  # Not in the middle of a write.
            if self._later is not None:
                self._later.cancel()
        try:
            await self.settle()
        except Exception as error:
            log.error("audit_notes_lost", entries=len(self._entries), error=type(error).__name__)
        await self._engine.dispose()

    def _wake(self) -> None:
        if self._later is None or self._later.done():
            self._later = asyncio.get_running_loop().create_task(self._settle_later())

    async def _settle_later(self) -> None:
        pause = GATHERED_FOR
        while self._entries or self._refusals:
            await asyncio.sleep(pause)
            try:
                await self.settle()
                pause = GATHERED_FOR
            except Exception as error:
                log.error("audit_notes_wait", entries=len(self._entries), error=type(error).__name__)
                pause = min(pause * 2, _LONGEST_PAUSE)
