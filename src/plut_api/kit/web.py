"""The router every room uses. What no route may forget happens here: retries, conditional reads, caching."""

import hashlib
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import AsyncExitStack
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.routing import APIRoute
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.kit import idempotency
from plut_api.kit.audit.answers import noting_list
from plut_api.kit.caller import caller_of
from plut_api.kit.media import content_type_check
from plut_api.kit.operations import operation_id
from plut_api.kit.problems import Invalid, NotFound, fault
from plut_api.kit.survivors import LivesOn, address_of_survivor, is_about_merged

Handler = Callable[[Request], Coroutine[Any, Any, Response]]
_LONGEST_TAGS = 2000  # As the contract says.
_TOO_MANY_TAGS = fault(
    "/header/If-None-Match",
    "string_too_long",
    id=f"Maksimal {_LONGEST_TAGS} karakter",
    en=f"At most {_LONGEST_TAGS} characters",
)


class KitRoute(APIRoute):
    """A route with checked content types, idempotent POST, `If-None-Match`, and `no-store` unless otherwise said."""

    def get_route_handler(self) -> Handler:
        body = self.body_field.field_info if self.body_field else None
        handle = _checked(noting_list(super().get_route_handler(), operation_id(self)), content_type_check(body))
        if "POST" in (self.methods or ()):
            handle = _idempotent(handle)
        elif "GET" in (self.methods or ()):
            handle = _conditional(handle)
        return _led_on(handle) if "{" in self.path else handle


class Router(APIRouter):
    """An APIRouter of KitRoutes; paths are full paths, `None` members stay in answers."""

    def __init__(self, *, tag: str, **options: Any) -> None:
        super().__init__(tags=[tag], route_class=KitRoute, **options)


async def open_session(request: Request) -> AsyncSession:
    """Open the request's session early; it is committed by the route's exit stack like any other."""
    stack: AsyncExitStack = request.scope["fastapi_function_astack"]
    session: AsyncSession = await stack.enter_async_context(request.app.state.sessions())
    await stack.enter_async_context(session.begin())
    request.state.db = session
    session.info["request"] = request
    return session


def _led_on(handle: Handler) -> Handler:
    """Outermost, so that a redirection is never kept as the answer to a key that its client will use again."""

    async def handler(request: Request) -> Response:
        try:
            return await handle(request)
        except (NotFound, IntegrityError) as error:
            address = await address_of_survivor(request) if is_about_merged(error) else None
            if address is None:
                raise
            raise LivesOn(address) from None

    return handler


def _checked(handle: Handler, check: Callable[[Request], None]) -> Handler:
    async def handler(request: Request) -> Response:
        check(request)
        return await handle(request)

    return handler


def _idempotent(handle: Handler) -> Handler:
    async def handler(request: Request) -> Response:
        caller = await caller_of(request)
        if caller is None:
            return await handle(request)
        key = idempotency.key_of(request, caller)
        if key is None:
            return await handle(request)
        fingerprint = await idempotency.fingerprint_of(request)
        db = await open_session(request)
        stored = await idempotency.claim(db, caller, key, fingerprint)
        if stored is not None:
            return stored
        answer = await handle(request)
        await idempotency.keep(db, caller, key, fingerprint, answer)
        return answer

    return handler


def _conditional(handle: Handler) -> Handler:
    async def handler(request: Request) -> Response:
        wanted = request.headers.get("if-none-match")
        if wanted is not None and len(wanted) > _LONGEST_TAGS:
            raise Invalid(errors=[_TOO_MANY_TAGS])
        answer = await handle(request)
        if answer.status_code != 200:
            return answer
        etag = answer.headers.get("etag")
        if etag is None and answer.headers.get("cache-control", "").startswith(("public", "private")):
            etag = answer.headers["etag"] = f'"{hashlib.sha256(answer.body).hexdigest()[:32]}"'
        if etag is not None and wanted is not None and _matches(wanted, etag):
            kept = {n: v for n, v in answer.headers.items() if n in ("etag", "cache-control", "vary", "link")}
            return Response(status_code=304, headers=kept)
        return answer

    return handler


def _matches(if_none_match: str, etag: str) -> bool:
    tags = [tag.strip().removeprefix("W/") for tag in if_none_match.split(",")]
    return "*" in tags or etag in tags


def cacheable(seconds: int) -> Callable[[Response], Awaitable[None]]:
    """A dependency that marks a public answer as cacheable for so many seconds; its ETag is that of its bytes."""

    async def mark(response: Response) -> None:  # Async, because FastAPI sends a plain function to a thread.
        response.headers["Cache-Control"] = f"public, max-age={seconds}"
        response.headers["Vary"] = "Accept-Language"

    return mark
