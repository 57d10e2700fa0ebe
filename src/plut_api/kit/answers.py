"""Every error leaves as a problem: one place that turns exceptions into answers."""

import traceback
from collections.abc import Mapping
from typing import Any

import asyncpg
import orjson
import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import Scope

from plut_api.kit.contract import allowed_methods
from plut_api.kit.faults import faults_of
from plut_api.kit.i18n import DEFAULT_LOCALE
from plut_api.kit.problems import (
    PROBLEM_JSON,
    BadRequest,
    Forbidden,
    Invalid,
    MalformedJson,
    MethodNotAllowed,
    NotFound,
    PayloadTooLarge,
    Problem,
    ServiceUnavailable,
    Unauthorized,
    UnsupportedMediaType,
)
from plut_api.kit.survivors import LivesOn, MergedMeanwhile, is_about_merged, permanently_elsewhere

log = structlog.get_logger()

_BY_STATUS: dict[int, type[Problem]] = {
    400: BadRequest,
    401: Unauthorized,
    403: Forbidden,
    404: NotFound,
    405: MethodNotAllowed,
    413: PayloadTooLarge,
    415: UnsupportedMediaType,
}


def problem_answer(scope: Scope, problem: Problem, headers: Mapping[str, str] | None = None) -> Response:
    """The HTTP answer of a problem, in the language of the exchange."""
    state = scope.get("state", {})
    settings = scope["app"].state.settings
    body = problem.body(state.get("locale", DEFAULT_LOCALE), state.get("request_id", "-"), settings.public_url)
    return Response(
        orjson.dumps(body),
        problem.status,
        {**(headers or {}), **problem.headers, "Cache-Control": "no-store"},
        media_type=PROBLEM_JSON,
    )


def problem_of(error: Exception) -> Problem:
    """The problem that an exception amounts to; the unexpected is logged and becomes a 500 that tells nothing."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, ClientDisconnect):  # Nobody is left to read it; the log shall not speak of a failure of ours.
        return BadRequest()
    if is_about_merged(error):
        return MergedMeanwhile()
    if _database_is_away(error):
        log.error("database_away", error=type(error).__name__)
        return ServiceUnavailable(headers={"Retry-After": "5"})
    # Messages of database errors can quote values; the stack alone says where to look.
    log.error("unexpected", error=type(error).__name__, frames=traceback.format_tb(error.__traceback__))
    return Problem()


def _database_is_away(error: Exception) -> bool:
    if isinstance(error, DBAPIError):
        cause = error.orig.__cause__ if error.orig is not None else None
        away = (asyncpg.CannotConnectNowError, asyncpg.AdminShutdownError, asyncpg.CrashShutdownError)
        return error.connection_invalidated or isinstance(error, InterfaceError) or isinstance(cause, away)
    return isinstance(
        error,
        (
            PoolTimeout,
            OperationalError,
            ConnectionError,
            asyncpg.PostgresConnectionError,
            asyncpg.CannotConnectNowError,
        ),
    )


def install_answers(app: FastAPI) -> None:
    """Answer every exception with a problem."""

    async def typed(request: Request, error: Exception) -> Response:
        return problem_answer(request.scope, problem_of(error))

    async def http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101 (Starlette calls this handler for nothing else)
        if isinstance(error.__cause__, Problem):  # The framework takes whatever stops its reading of a body for a 400.
            return problem_answer(request.scope, error.__cause__)
        kind = _BY_STATUS.get(error.status_code, BadRequest if error.status_code < 500 else Problem)
        headers = dict(error.headers or {})
        if methods := allowed_methods(request.app, request.url.path) if error.status_code == 405 else ():
            headers["Allow"] = ", ".join(methods)
        return problem_answer(request.scope, kind(), headers)

    async def invalid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)  # noqa: S101 (as above)
        return problem_answer(request.scope, validation_problem(error.errors()))

    app.add_exception_handler(Problem, typed)
    app.add_exception_handler(LivesOn, permanently_elsewhere)
    app.add_exception_handler(HTTPException, http)
    app.add_exception_handler(RequestValidationError, invalid)


def validation_problem(findings: Any) -> Problem:
    """Invalid with every fault, or MalformedJson where the body could not be read at all."""
    if any(finding["type"] == "json_invalid" for finding in findings):
        return MalformedJson()
    return Invalid(errors=faults_of(findings))
