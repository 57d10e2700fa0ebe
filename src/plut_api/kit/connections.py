"""One connection of the server: uvicorn's, with limits on what a client may send and on how long it may take.

uvicorn waits for a head, for a body, and for a client to read, for as long as the client likes, and takes a head of any
size. Here each has its limit, and whoever goes over it gets a problem, as for any other refusal, and is let go.
"""

import asyncio
from enum import Enum

import orjson
import structlog
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from plut_api.kit.i18n import DEFAULT_LOCALE
from plut_api.kit.ids import new_id
from plut_api.kit.problems import (
    PROBLEM_JSON,
    BadRequest,
    Problem,
    RequestHeadTooLarge,
    RequestTimeout,
    ServiceUnavailable,
)

log = structlog.get_logger("http")


class _Phase(Enum):
    between = "between"  # Before the first byte of a request.
    head = "head"
    body = "body"


class Connection(HttpToolsProtocol):
    """uvicorn's connection with limits. A client that keeps to them costs two comparisons for each piece it sends."""

    head_bytes = 65_536
    header_count = 100
    head_seconds = 15.0
    """For a whole head, from the first byte of it; for the first head from the moment of connecting."""
    body_seconds = 20.0
    """How often it is looked at whether a body goes on."""
    body_bytes = 10_240
    """What must have come of it since the last look, unless it is whole."""
    linger_seconds = 1.0
    """For a client that is refused to stop sending; were it cut off at once, it might never see why."""
    unread_seconds = 60.0
    """For a client to take what it was sent of a long answer."""

    _phase = _Phase.between
    _head_seen = 0
    _body_seen = 0
    _refusal: Problem | None = None
    _refused = False
    _timer: asyncio.TimerHandle | None = None
    _unread: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take a connection, unless there are too many."""
        super().connection_made(transport)
        self._settings = self.config.app.state.settings  # type: ignore[union-attr]
        if len(self.connections) > self._settings.max_connections:
            self._refuse(ServiceUnavailable(headers={"Retry-After": "5"}))
            return
        self._timer = self.loop.call_later(self.head_seconds, self._head_is_due)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget a connection."""
        self._stop_timer()
        self._stop_waiting_for_reader()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take a piece of a request, whatever the network made of it."""
        if self._refused:
            return
        before = self._phase
        self._head_seen = len(data) + (self._head_seen if before is _Phase.head else 0)
        super().data_received(data)
        if self._phase is not _Phase.between:
            self._watch(before)

    def on_message_begin(self) -> None:
        """A head begins."""
        self._phase = _Phase.head
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """A head is whole. Raises OverflowError, which the parser hands on to `send_400_response`."""
        self._stop_timer()
        self._phase, self._body_seen = _Phase.body, 0
        # Only what came in a large piece need be counted: of smaller ones the sum is known.
        large = self._head_seen > self.head_bytes and self._size_of_head() > self.head_bytes
        if large or len(self.headers) > self.header_count:
            self._refusal = RequestHeadTooLarge()
            raise OverflowError
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """A piece of a body."""
        self._body_seen += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        """A request is whole."""
        self._stop_timer()
        self._phase = _Phase.between
        super().on_message_complete()

    def pause_writing(self) -> None:
        """The client takes less than it is sent."""
        super().pause_writing()
        self._unread = self.loop.call_later(self.unread_seconds, self._reader_is_due)

    def resume_writing(self) -> None:
        """The client took most of what it was sent."""
        self._stop_waiting_for_reader()
        super().resume_writing()

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no HTTP, or too much of it; uvicorn calls this."""
        self._refuse(self._refusal or BadRequest())

    def _size_of_head(self) -> int:
        return len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers)

    def _watch(self, before: _Phase) -> None:
        if self._refused or self.transport.is_closing():
            return
        if self._phase is _Phase.head and before is not _Phase.body and self._head_seen > self.head_bytes:
            self._refuse(RequestHeadTooLarge())
        elif self._timer is None:
            in_head = self._phase is _Phase.head
            due, seconds = (self._head_is_due, self.head_seconds) if in_head else (self._body_is_due, self.body_seconds)
            self._timer = self.loop.call_later(seconds, due)

    def _head_is_due(self) -> None:
        self._timer = None
        if self._phase is _Phase.between:  # It only connected: there is nobody to tell.
            self.transport.close()
            return
        self._refuse(RequestTimeout())

    def _body_is_due(self) -> None:
        self._timer = None
        if self.flow.read_paused or self.cycle.waiting_for_100_continue:  # The wait is ours.
            self._body_seen = self.body_bytes
        if self.cycle.response_complete:  # It was refused without being read; enough has been thrown away of it.
            self.transport.close()
        elif self._body_seen < self.body_bytes:
            self._refuse(RequestTimeout())
        else:
            self._body_seen = 0
            self._timer = self.loop.call_later(self.body_seconds, self._body_is_due)

    def _reader_is_due(self) -> None:
        log.info("connection_ended", reason="unread")
        self.transport.abort()

    def _refuse(self, problem: Problem) -> None:
        """Answer, if no answer is on its way, and hang up."""
        if self._refused or self.transport.is_closing():
            return
        self._refused = True
        log.info("connection_ended", reason=problem.code)
        if self.cycle is not None and not self.cycle.response_complete:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        if self.cycle is None or self.cycle.response_complete or not self.cycle.response_started:
            body = orjson.dumps(problem.body(DEFAULT_LOCALE, str(new_id()), self._settings.public_url))
            fields = {
                "content-type": PROBLEM_JSON,
                "content-length": str(len(body)),
                "cache-control": "no-store",
                "x-content-type-options": "nosniff",
                "connection": "close",
                **problem.headers,
            }
            head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
            self.transport.write(STATUS_LINE[problem.status] + head.encode() + b"\r\n" + body)
        if self.transport.can_write_eof():
            self.transport.write_eof()
            self._stop_timer()
            self._timer = self.loop.call_later(self.linger_seconds, self.transport.close)
        else:
            self.transport.close()

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _stop_waiting_for_reader(self) -> None:
        if self._unread is not None:
            self._unread.cancel()
            self._unread = None


__all__ = ["Connection"]
