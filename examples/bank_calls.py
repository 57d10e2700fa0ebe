"""How a bank calls PLUT by the generated client: signing in, patience, keys that make a retry safe, problems, pages.

In production a bank signs in by a key of its own, as `bank_fapi.py` says.
"""

import os
import time
import uuid
from collections.abc import Iterator
from typing import Any

import httpx
from plut_api_client import AuthenticatedClient, Client, models
from plut_api_client.api.identity import create_token
from plut_api_client.types import UNSET

URL = os.environ["PLUT_URL"]
PAGE = int(os.environ.get("PLUT_PAGE", "200"))


class Refused(Exception):
    """A call was answered with a problem (RFC 9457)."""

    def __init__(self, problem: Any) -> None:
        super().__init__(problem.code)
        self.code = problem.code
        self.words = "; ".join([problem.detail, *(f"{one.pointer} {one.message}" for one in problem.errors)])


class Patient(httpx.HTTPTransport):
    """Repeats a request with growing pauses while the network, a quota or the server says: later.

    It stands below the generated code, so that every try of a call carries the same Idempotency-Key.
    """

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        for attempt in range(6):
            try:
                answer = super().handle_request(request)
                answer.read()
            except httpx.TransportError:
                if attempt == 5:
                    raise
                answer = httpx.Response(503, request=request)
            in_progress = answer.status_code == 409 and b"idempotency_in_progress" in answer.content
            if answer.status_code not in (429, 502, 503, 504) and not in_progress:
                break
            time.sleep(float(answer.headers.get("Retry-After", 2**attempt / 2)))
        return answer


def ask(operation: Any, *path: Any, by: Any = None, **given: Any) -> Any:
    """One call of a generated operation; raises Refused for a problem, and for an answer that is none at all."""
    answer = operation.sync_detailed(*path, client=by or bank, **given)
    if isinstance(answer.parsed, models.Problem):
        raise Refused(answer.parsed)
    if answer.parsed is None:
        raise httpx.HTTPError(f"{operation.__name__}: {answer.status_code} without a body that the contract knows")
    return answer


def post(operation: Any, *path: Any, **given: Any) -> Any:
    """What a POST answers; a machine sends a key with each."""
    return ask(operation, *path, idempotency_key=str(uuid.uuid4()), **given).parsed


def rows_of(operation: Any, *path: Any, **given: Any) -> Iterator[Any]:
    """Every row of a list, page by page."""
    cursor = UNSET
    while cursor is not None:
        page = ask(operation, *path, cursor=cursor, limit=PAGE, **given).parsed
        yield from page.data
        cursor = page.next_cursor


def sign_in() -> Any:
    """A client with a short-lived token, by client credentials."""
    form = {"client_id": os.environ["PLUT_CLIENT_ID"], "client_secret": os.environ["PLUT_CLIENT_SECRET"]}
    body = models.TokenForm.from_dict(form | {"grant_type": "client_credentials"})
    token = ask(create_token, by=anybody, body=body).parsed
    return AuthenticatedClient(token=token.access_token, **how)


how: dict[str, Any] = {"base_url": URL, "timeout": httpx.Timeout(60), "httpx_args": {"transport": Patient()}}
anybody: Any = Client(**how)
bank: Any = sign_in()
