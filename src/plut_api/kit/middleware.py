"""What surrounds every exchange, as plain ASGI (a BaseHTTPMiddleware costs a third of the throughput).

Request id and trace, language, caller, quota, body limit, security headers, one log line, metrics, and a problem for
whatever nobody caught.
"""

import ipaddress
import re
import time
from collections.abc import Iterable, Mapping

import structlog
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from plut_api.kit.answers import problem_answer, problem_of
from plut_api.kit.audit.answers import REFUSED, note_refusal
from plut_api.kit.audit.context import exchange
from plut_api.kit.caller import Caller, identified
from plut_api.kit.i18n import locale_of
from plut_api.kit.ids import new_id
from plut_api.kit.metrics import observe
from plut_api.kit.problems import PayloadTooLarge, Unauthorized
from plut_api.kit.rate_limits import Meters, Standing, too_many
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
_FILES = ("multipart/", "application/offset+octet-stream")


class Exchange:
    """The one middleware of the product, apart from compression and CORS."""

    def __init__(self, app: ASGIApp, settings: Settings, meters: Meters, uploads: Mapping[str, int]) -> None:
        self._app = app
        self._settings = settings
        self._meters = meters
        self._uploads = uploads

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
        try:
            answer.standing = await self._standing(scope, headers)
            if scope["method"] == "HEAD":  # Only now, because a proof of possession names the method as sent.
                scope["method"] = "GET"
            limited = self._limited_body(scope, headers, receive)
            with exchange(scope):
                await self._app(scope, limited, answer.send)
        except Exception as error:
            if answer.status:  # The answer is on its way; cutting the connection is the only honest end.
                log.error("answer_broken_off", request_id=request_id, error=type(error).__name__)
                raise
            with structlog.contextvars.bound_contextvars(request_id=request_id):
                problem = problem_of(error)
            await problem_answer(scope, problem)(scope, receive, answer.send)
        finally:
            # What runs after the answer, such as the sending of a message, is not part of it.
            self._report(scope, headers, answer, (answer.ended or time.perf_counter()) - started)

    async def _standing(self, scope: Scope, headers: Headers) -> Standing | None:
        """Count the call against its caller, or its network where nobody signed in. Raises TooManyRequests."""
        if scope["path"] in _UNMETERED:
            return None
        caller = await _caller(scope, headers)
        meter = self._meters.of(scope)
        by_caller = caller is not None and not meter.quota.by_address
        standing = await meter.count(str(caller.id) if caller and by_caller else network_of(scope))
        if not standing.allowed:
            problem = too_many(standing.quota)
            problem.headers |= {"RateLimit": standing.field, "RateLimit-Policy": standing.quota.policy}
            raise problem
        return standing

    def _limited_body(self, scope: Scope, headers: Headers, receive: Receive) -> Receive:
        """The request's body, refused as soon as it grows over its limit. Raises PayloadTooLarge."""
        small = self._settings.body_limit_bytes
        form = headers.get("content-type", "").startswith(_FILES)
        limit = self._uploads.get(_collection(scope["path"]), small) if form else small
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
        if answer.status in REFUSED:
            note_refusal(scope, answer.status)
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


def _collection(path: str) -> str:
    """The address under which a body is limited: of one upload, that of all."""
    return "/v1/uploads" if path.startswith("/v1/uploads/") else path


class _Answer:
    """Adds to an answer's head what every answer carries; drops the body of an answer to HEAD."""

    def __init__(self, send: Send, request_id: str, secure: bool, head_only: bool) -> None:
        self._send = send
        self._request_id = request_id
        self._secure = secure
        self._head_only = head_only
        self.standing: Standing | None = None
        self.status = 0
        self.ended: float | None = None

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message["headers"] = [*message["headers"], *self._missing(message["headers"])]
        elif self._head_only and message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await self._send(message)
        if message["type"] == "http.response.body" and not message.get("more_body"):
            self.ended = time.perf_counter()

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


async def _caller(scope: Scope, headers: Headers) -> Caller | None:
    """The caller of a valid token, remembered for the route; of another the refusal, for the route to refuse with."""
    try:
        scope["state"]["caller"] = caller = await identified(scope, headers)
    except Unauthorized as refusal:
        scope["state"]["refusal"] = refusal
        return None
    return caller


def address_of(scope: Scope) -> str:
    """The address that a request came from (uvicorn resolves trusted forwarding headers)."""
    client = scope.get("client")
    return client[0] if client else "unknown"


def network_of(scope: Scope) -> str:
    """What quotas by address count: the address, or with IPv6 its /64, of which one machine may use any."""
    address = address_of(scope)
    if ":" not in address:
        return address
    try:
        parsed = ipaddress.IPv6Address(address.partition("%")[0])
    except ValueError:
        return address
    mapped = parsed.ipv4_mapped
    return str(mapped) if mapped else str(ipaddress.IPv6Network((parsed, 64), strict=False))


__all__ = ["Exchange", "address_of", "network_of"]
