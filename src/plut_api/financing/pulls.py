"""One pull of the ready list by one bank: a page of it, a page of what changed, or the whole as a stream."""

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncEngine

from plut_api.financing.problems import SyncTokenExpired
from plut_api.financing.ready_list import (
    FIRST,
    Filters,
    PageRead,
    Position,
    Reader,
    changed_lines,
    csv_lines,
    ndjson_lines,
    read_changes,
    read_page,
    snapshot_now,
)
from plut_api.kit import sync_tokens
from plut_api.kit.caller import Caller
from plut_api.kit.problems import Forbidden
from plut_api.kit.streams import CSV, NDJSON
from plut_api.kit.sync_tokens import SyncPoint, SyncTokenOutdated
from plut_api.kit.walls import walled

Streamed = Callable[[AsyncEngine, Reader, Filters, str], AsyncIterator[bytes]]
STREAMS: dict[str, Streamed] = {
    NDJSON: ndjson_lines,
    CSV: csv_lines,
}


@dataclass(frozen=True)
class Pull:
    """Who pulls what: a bank, under filters; `bound_to` is what its tokens are bound to."""

    reader: Reader
    filters: Filters
    bound_to: str
    changed_since: str | None = None

    @property
    def seen(self) -> SyncPoint | None:
        """What the bank has seen; None if it asks for the list itself. Raises InvalidCursor."""
        if self.changed_since is None:
            return None
        return sync_tokens.redeem(self.changed_since, self.bound_to)

    def token(self, point: SyncPoint) -> str:
        """The `sync_token` for what a point has seen."""
        return sync_tokens.issue(point, self.bound_to)


def bank_of(caller: Caller) -> UUID:
    """The bank that pulls; the scope alone makes nobody a bank. Raises Forbidden."""
    if not caller.is_bank or caller.organization_id is None:
        raise Forbidden()
    return caller.organization_id


async def pull_page(engine: AsyncEngine, pull: Pull, position: Sequence[Any] | None, limit: int) -> PageRead:
    """The page after a cursor's position, of the list or of what changed; its point is that of the pull's first page.

    The engine commits by itself. Raises InvalidCursor, SyncTokenExpired.
    """
    after, until = _place(position)
    seen = pull.seen
    if seen is None:
        async with engine.connect() as connection:
            return await read_page(connection, pull.reader, pull.filters, after, limit, until)
    async with walled(engine, pull.reader.caller) as connection:
        with _ending_old_tokens():
            return await read_changes(connection, pull.reader, pull.filters, seen, until, after, limit)


def position_after(page: PageRead) -> list[Any] | None:
    """What the cursor to the next page keeps; None after the last one."""
    if page.last is None:
        return None
    point = page.point
    return [str(page.last.actor_id), page.last.change_xid, point.snapshot, point.cluster, point.taken_at]


async def pull_stream(engine: AsyncEngine, pull: Pull, kind: str) -> tuple[AsyncIterator[bytes], str]:
    """The whole list in a media type of STREAMS, or all that changed as NDJSON; and the token.

    The token's snapshot is older than what the stream reads: a change in between comes again, none is lost. The engine
    commits by itself.
    Raises InvalidCursor, SyncTokenExpired.
    """
    async with engine.connect() as connection:
        now = await snapshot_now(connection)
    token = pull.token(now)
    seen = pull.seen
    if seen is None:
        return STREAMS[kind](engine, pull.reader, pull.filters, token), token
    with _ending_old_tokens():
        sync_tokens.require_current(seen, now.cluster)
    return changed_lines(engine, pull.reader, pull.filters, seen, token), token


@contextmanager
def _ending_old_tokens() -> Iterator[None]:
    try:
        yield
    except SyncTokenOutdated:
        raise SyncTokenExpired() from None


def _place(position: Sequence[Any] | None) -> tuple[Position, SyncPoint | None]:
    if position is None:
        return FIRST, None
    return Position(UUID(position[0]), position[1]), SyncPoint(*position[2:])
