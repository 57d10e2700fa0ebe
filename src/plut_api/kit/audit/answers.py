"""What the log learns from answers: who was refused what, and which rows a list showed."""

import re
from collections.abc import Callable, Coroutine
from functools import lru_cache
from typing import Any
from uuid import UUID

import orjson
from fastapi import Request, Response
from starlette.types import Scope

from plut_api.kit.audit.context import UNKNOWN_OPERATION, who_of
from plut_api.kit.audit.declared import LISTS, ListRead
from plut_api.kit.audit.models import Action
from plut_api.kit.audit.notes import Notes
from plut_api.kit.audit.recording import entry
from plut_api.kit.audit.values import distinct
from plut_api.kit.caller import Caller

Handler = Callable[[Request], Coroutine[Any, Any, Response]]
REFUSED = frozenset({400, 401, 403, 404})
_SIGN_IN = "/oauth/"
_COLLECTION = re.compile(r"/([a-z-]+)/\{[a-z_]+\}")


def note_refusal(scope: Scope, status: int) -> None:
    """Note that a request was answered with one of the statuses of `REFUSED`, if that says something about its sender.

    A caller who was refused a thing or a scope, a token that does not work, a sign-in that failed. Strangers who ask
    for a page that is not there are nobody's attempt at anything.
    """
    notes: Notes | None = getattr(scope["app"].state, "audit", None) if "app" in scope else None
    state = scope.get("state", {})
    if notes is None:
        return
    of_whom = who_of(scope)
    if of_whom["operation"] == UNKNOWN_OPERATION:
        return
    if scope["path"].startswith(_SIGN_IN):
        if status in (400, 401):
            claimed = {"claims_to_be": name} if (name := state.get("claims_to_be")) else {}
            notes.refused(of_whom, Action.sign_in_failed, None, [], {"status": status, **claimed})
        return
    known = status in (403, 404) and state.get("caller") is not None
    if known or (status == 401 and "refusal" in state):
        kind = _kind(scope["route"].path)
        notes.refused(of_whom, Action.refused, kind, _ids(scope), {"status": status})


def noting_list(handle: Handler, operation: str) -> Handler:
    """The same handler; which rows its answer showed to staff or to a machine becomes an entry within the second."""
    declared = LISTS.get(operation)
    if declared is None:
        return handle

    async def handler(request: Request) -> Response:
        answer = await handle(request)
        caller: Caller | None = getattr(request.state, "caller", None)
        notes: Notes | None = getattr(request.app.state, "audit", None)
        if answer.status_code == 200 and caller is not None and not caller.is_person and notes is not None:
            shown, about = _shown(answer, declared)
            notes.add(entry(who_of(request.scope), Action.read, declared.kind, shown, about))
        return answer

    return handler


def _shown(answer: Response, declared: ListRead) -> tuple[list[UUID], list[UUID]]:
    rows: list[dict[str, Any]] = orjson.loads(answer.body)["data"]
    shown = distinct(_id(row.get("id")) for row in rows)
    return shown, distinct(_id(row.get(name)) for row in rows for name in declared.subjects)


def _ids(scope: Scope) -> list[UUID]:
    return distinct(_id(value) for value in scope.get("path_params", {}).values())


def _id(value: Any) -> UUID | None:
    try:
        return UUID(str(value))
    except ValueError:
        return None


@lru_cache
def _kind(path: str) -> str | None:
    """The kind of thing that a path asks for last, by the name of its collection."""
    found = _COLLECTION.findall(path)
    return found[-1].replace("-", "_") if found else None
