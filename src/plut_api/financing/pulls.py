"""One pull of the ready list by one bank: a page of it, a page of what changed, or the whole as a stream."""

from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from plut_api.financing.problems import SyncTokenExpired
from plut_api.financing.ready_list import (
    FIRST,
    Filters,
    PageRead,
    Position,
    Reader,
    Sort,
    changed_lines,
    csv_lines,
    ndjson_lines,
    place_of,
    read_changed,
    read_changes,
    read_page,
    snapshot_now,
)
from plut_api.financing.ready_list.checking import asking, filter_faults
from plut_api.financing.scores.problems import ScoresNotShown
from plut_api.kit import sync_tokens
from plut_api.kit.caller import Caller
from plut_api.kit.problems import Fault, Forbidden, Invalid, InvalidCursor, fault
from plut_api.kit.streams import CSV, NDJSON
from plut_api.kit.sync_tokens import SyncPoint, SyncTokenOutdated
from plut_api.kit.walls import walled

Streamed = Callable[[AsyncEngine, Reader, Filters, UUID, str], AsyncIterator[bytes]]
STREAMS: dict[str, Streamed] = {
    NDJSON: ndjson_lines,
    CSV: csv_lines,
}


_TOGETHER: Mapping[str, Callable[[str], Fault]] = {
    "sort": lambda pointer: fault(
        pointer,
        "order_is_given",
        id="Perubahan dan aliran data memiliki urutan sendiri",
        en="Changes and streams come in an order of their own",
    ),
    "after": lambda pointer: fault(
        pointer,
        "only_for_streams",
        id="Hanya untuk melanjutkan aliran seluruh daftar (NDJSON atau CSV)",
        en="Only to go on with a stream of the whole list (NDJSON or CSV)",
    ),
    "resume": lambda pointer: fault(
        pointer, "needs_the_other", id="`after` dan `resume` dikirim bersama", en="Send `after` and `resume` together"
    ),
}


@dataclass(frozen=True)
class Pull:
    """Who pulls what: a bank, under filters; `bound_to` is what its tokens are bound to.

    A stream that goes on has the id of its last line in `after`, and the token of its first request in `resume`.
    """

    reader: Reader
    filters: Filters
    bound_to: str
    changed_since: str | None = None
    sort: Sort = "id"
    after: UUID | None = None
    resume: str | None = None

    @property
    def seen(self) -> SyncPoint | None:
        """What the bank has seen; None if it asks for the list itself. Raises InvalidCursor."""
        return self.point(self.changed_since) if self.changed_since is not None else None

    def point(self, token: str) -> SyncPoint:
        """The point of a token. Raises InvalidCursor."""
        return sync_tokens.redeem(token, self.bound_to)

    def token(self, point: SyncPoint) -> str:
        """The `sync_token` for what a point has seen."""
        return sync_tokens.issue(point, self.bound_to)


def bank_of(caller: Caller) -> UUID:
    """The bank that pulls; the scope alone makes nobody a bank. Raises Forbidden."""
    if not caller.is_bank or caller.organization_id is None:
        raise Forbidden()
    return caller.organization_id


async def require_whole(engine: AsyncEngine, pull: Pull, *, streamed: bool) -> None:
    """Refuse a query whose parts do not fit each other, or that names what there is not. Raises Invalid."""
    faults = [
        _TOGETHER[name](f"/query/{name}")
        for name, wrong in (
            ("sort", pull.sort != "id" and (streamed or pull.changed_since is not None)),
            ("after", pull.after is not None and (not streamed or pull.changed_since is not None)),
            ("resume", (pull.after is None) != (pull.resume is None)),
        )
        if wrong
    ]
    faults += await filter_faults(asking(engine), pull.reader.bank_id, pull.filters, "/query")
    if faults:
        raise Invalid(errors=faults)


async def pull_page(engine: AsyncEngine, pull: Pull, position: Sequence[Any] | None, limit: int) -> PageRead:
    """The page after a cursor's position, of the list or of what changed; its point is that of the pull's first page.

    The engine commits by itself. Raises InvalidCursor, SyncTokenExpired, ScoresNotShown.
    """
    after, until = _place(position)
    seen = pull.seen
    with _ending_old_tokens():
        if seen is None and not pull.filters.of_identified:
            async with engine.connect() as connection:
                return await read_page(connection, pull.reader, pull.filters, after, limit, until, pull.sort)
        async with walled(engine, pull.reader.caller, planned_once=seen is not None) as connection:
            if seen is None:
                page = await read_page(connection, pull.reader, pull.filters, after, limit, until, pull.sort)
            else:
                page = await read_changes(connection, pull.reader, pull.filters, seen, until, after, limit)
    _require_seeing(pull, page.point)
    return page


def position_after(page: PageRead) -> list[Any] | None:
    """What the cursor to the next page keeps; None after the last one."""
    if page.last is None:
        return None
    point = page.point
    return [str(page.last.actor_id), page.last.key, point.seeing, point.snapshot, point.cluster, point.taken_at]


async def pull_stream(engine: AsyncEngine, pull: Pull, kind: str) -> tuple[AsyncIterator[bytes], str]:
    """The whole list in a media type of STREAMS, or all that changed as NDJSON; and the token.

    The token's snapshot is older than what the stream reads: a change in between comes again, none is lost. A stream
    that goes on has the token of the first part for the same reason. The engine commits by itself.

    Raises InvalidCursor, SyncTokenExpired, ScoresNotShown.
    """
    seen = pull.seen
    if seen is not None:
        return await _stream_changes(engine, pull, seen)
    before = pull.point(pull.resume) if pull.resume is not None else None
    async with engine.connect() as connection:
        now = await snapshot_now(connection, pull.reader)
        _require_seeing(pull, now)
        after = await _line_after(connection, pull)
    if before is not None:
        with _ending_old_tokens():
            sync_tokens.require_current(before, now)
    token = pull.token(before or now)
    return STREAMS[kind](engine, pull.reader, pull.filters, after, token), token


async def _stream_changes(engine: AsyncEngine, pull: Pull, seen: SyncPoint) -> tuple[AsyncIterator[bytes], str]:
    with _ending_old_tokens():
        first = await read_changed(engine, pull.reader, pull.filters, seen, None, FIRST)
    _require_seeing(pull, first.point)
    token = pull.token(first.point)
    return changed_lines(engine, pull.reader, pull.filters, seen, first, token), token


async def _line_after(connection: AsyncConnection, pull: Pull) -> UUID:
    if pull.after is None:
        return FIRST.actor_id
    place = await place_of(connection, pull.reader, pull.after)
    if place is None:
        raise InvalidCursor()
    return place


def _require_seeing(pull: Pull, here: SyncPoint) -> None:
    if pull.filters.score_from is not None and not here.seeing:
        raise ScoresNotShown()


@contextmanager
def _ending_old_tokens() -> Iterator[None]:
    try:
        yield
    except SyncTokenOutdated:
        raise SyncTokenExpired() from None


def _place(position: Sequence[Any] | None) -> tuple[Position, SyncPoint | None]:
    if position is None:
        return FIRST, None
    actor_id, key, seeing, snapshot, cluster, taken_at = position
    return Position(UUID(actor_id), key), SyncPoint(snapshot, cluster, taken_at, seeing)
