"""What surrounds every exchange, as plain ASGI (a BaseHTTPMiddleware costs a third of the throughput).

Request id and trace, language, caller, quota, body limit, security headers, one log line, metrics, and a problem for
whatever nobody caught.
"""

import re
import time
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

import structlog
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from plut_api.kit.answers import problem_answer, problem_of
from plut_api.kit.i18n import locale_of
from plut_api.kit.ids import new_id
from plut_api.kit.metrics import observe
from plut_api.kit.problems import PayloadTooLarge, Unauthorized
from plut_api.kit.rate_limits import Meter, Standing, too_many
from plut_api.settings import Settings

log = structlog.get_logger("http")
_TRACE = re.compile(r"^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$")
_SAFE = (
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"referrer-policy", b"no-referrer"),
)
_HTTPS_ONLY = (b"strict-transport-security", b"max-age=63072000; includeSubDomains")
_UNMETERED = ("/livez", "/readyz")


class Exchange:
    """The one middleware of the product, apart from compression and CORS."""

    def __init__(self, app: ASGIApp, settings: Settings, meter: Meter) -> None:
        self._app = app
        self._settings = settings
        self._meter = meter

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        headers = Headers(scope=scope)
        state = scope.setdefault("state", {})
        state["request_id"] = request_id = str(new_id())
        state["locale"] = locale_of(headers.get("accept-language"))
        answer = _Answer(send, request_id, self._settings.mode == "production", scope["method"] == "HEAD")
        if scope["method"] == "HEAD":
            scope["method"] = "GET"
        try:
            answer.standing = await self._standing(scope, headers)
            limited = self._limited_body(scope, headers, receive)
            await self._app(scope, limited, answer.send)
        except Exception as error:
            if answer.status:  # The answer is on its way; cutting the connection is the only honest end.
                log.error("answer_broken_off", request_id=request_id, error=type(error).__name__)
                raise
            with structlog.contextvars.bound_contextvars(request_id=request_id):
                problem = problem_of(error)
            await problem_answer(scope, problem)(scope, receive, answer.send)
        finally:
            self._report(scope, headers, answer, time.perf_counter() - started)

    async def _standing(self, scope: Scope, headers: Headers) -> Standing | None:
        """Count the call against its caller, or its address where nobody signed in. Raises TooManyRequests."""
        if scope["path"] in _UNMETERED:
            return None
        caller = await _caller(scope, headers)
        standing = await self._meter.count(str(caller.id) if caller else address_of(scope))
        if not standing.allowed:
            problem = too_many(standing.quota)
            problem.headers |= {"RateLimit": standing.field, "RateLimit-Policy": standing.quota.policy}
            raise problem
        return standing

    def _limited_body(self, scope: Scope, headers: Headers, receive: Receive) -> Receive:
        """The request's body, refused as soon as it grows over its limit. Raises PayloadTooLarge."""
        upload = headers.get("content-type", "").startswith("multipart/")
        limit = self._settings.upload_limit_bytes if upload else self._settings.body_limit_bytes
        declared = headers.get("content-length", "0")
        if declared.isdigit() and int(declared) > limit:
            raise PayloadTooLarge()
        seen = 0

        async def limited() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > limit:
                raise PayloadTooLarge()
            return message

        return limited

    def _report(self, scope: Scope, headers: Headers, answer: "_Answer", seconds: float) -> None:
        route = getattr(scope.get("route"), "path", "unknown")
        caller = scope["state"].get("caller")
        trace = _TRACE.match(headers.get("traceparent", ""))
        observe(scope["method"], route, answer.status, seconds)
        log.info(
            "request",
            request_id=scope["state"]["request_id"],
            trace_id=trace[1] if trace else None,
            method=scope["method"],
            route=route,
            status=answer.status,
            milliseconds=round(seconds * 1000, 1),
            caller=str(caller.id) if caller else None,
        )


class _Answer:
    """Adds to an answer's head what every answer carries; drops the body of an answer to HEAD."""

    def __init__(self, send: Send, request_id: str, secure: bool, head_only: bool) -> None:
        self._send = send
        self._request_id = request_id
        self._secure = secure
        self._head_only = head_only
        self.standing: Standing | None = None
        self.status = 0

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message["headers"] = [*message["headers"], *self._missing(message["headers"])]
        elif self._head_only and message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await self._send(message)

    def _missing(self, present: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
        """What the answer does not say itself; raw, because this runs for every answer."""
        names = {name.lower() for name, _ in present}
        wanted = [(b"x-request-id", self._request_id.encode()), *_SAFE]
        if self.standing is not None:
            wanted.append((b"ratelimit", self.standing.field.encode()))
            wanted.append((b"ratelimit-policy", self.standing.quota.policy.encode()))
        if self._secure:
            wanted.append(_HTTPS_ONLY)
        return [header for header in wanted if header[0] not in names]


async def _caller(scope: Scope, headers: Headers) -> Any:
    """The caller of a valid token, remembered for the route; an invalid one is the route's to refuse."""
    scheme, _, token = headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        return None
    identify: Callable[[str], Awaitable[Any]] = scope["app"].state.identify
    try:
        scope["state"]["caller"] = caller = await identify(token.strip())
    except Unauthorized:
        return None
    return caller


def address_of(scope: Scope) -> str:
    """The address that a request came from (uvicorn resolves trusted forwarding headers)."""
    client = scope.get("client")
    return client[0] if client else "unknown"


__all__ = ["Exchange", "address_of"]
