"""Who acts: the request, the command or the job that the present code runs in. Set at their edges, read by the log."""

import ipaddress
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from typing import Any
from uuid import UUID

from fastapi.routing import APIRoute
from starlette.types import Scope

from plut_api.kit.caller import Caller
from plut_api.kit.crypto import vault
from plut_api.kit.operations import operation_id

UNKNOWN_OPERATION = "unknown"
_SCOPE: ContextVar[Scope | None] = ContextVar("scope", default=None)
_LABEL: ContextVar[str | None] = ContextVar("label", default=None)
_KEPT_BITS = {4: 24, 6: 48}


@contextmanager
def exchange(scope: Scope) -> Iterator[None]:
    """Within this, changes are those of an HTTP request."""
    token = _SCOPE.set(scope)
    try:
        yield
    finally:
        _SCOPE.reset(token)


@contextmanager
def acting_as(label: str) -> Iterator[None]:
    """Within this, changes are those of a command (`cli:seed`) or of a job (`job:imports.run`)."""
    token = _LABEL.set(label)
    try:
        yield
    finally:
        _LABEL.reset(token)


def on_behalf_of(caller: Caller, person_id: UUID, *, oneself: bool | None = None) -> None:
    """Say that the present request acts for a person, unless the person calls; a guardian is another one."""
    scope = _SCOPE.get()
    if scope is not None and not (caller.is_person if oneself is None else oneself):
        scope["state"]["on_behalf_of"] = person_id


def claims_to_be(name: str | None) -> None:
    """Keep by what name somebody tries to sign in, as a hash, for the entry of a failure."""
    scope = _SCOPE.get()
    if scope is not None and name:
        scope["state"]["claims_to_be"] = vault().blind("audit.claims_to_be", name.strip().lower()).hex()


def who(by: Caller | None = None) -> dict[str, Any]:
    """The columns of an entry that say who acts, in what, from where; `by` is a caller whom the request has not yet."""
    scope = _SCOPE.get()
    if scope is None:
        return who_of_label(_LABEL.get() or "system") | ({} if by is None else _of_caller(by))
    return who_of(scope, by)


def who_of(scope: Scope, by: Caller | None = None) -> dict[str, Any]:
    """The same for a request's scope."""
    state: Mapping[str, Any] = scope["state"]
    caller: Caller | None = by or state.get("caller")
    network, address_hash = _told_address(_address_of(scope))
    request_id = state.get("request_id")
    return {
        **(_ANYONE if caller is None else _of_caller(caller)),
        "on_behalf_of": state.get("on_behalf_of"),
        "operation": operation_of(scope),
        "request_id": UUID(request_id) if request_id else None,
        "network": network,
        "address_hash": address_hash,
    }


def who_of_label(label: str) -> dict[str, Any]:
    """The same for a command or a job."""
    nothing = dict.fromkeys(("on_behalf_of", "request_id", "network", "address_hash"))
    return {**_ANYONE, "caller_kind": "system", "operation": label, **nothing}


def operation_of(scope: Scope) -> str:
    """The operationId of a request, as far as a route was found."""
    route = scope.get("route")
    return operation_id(route) if isinstance(route, APIRoute) else UNKNOWN_OPERATION


_ANYONE: dict[str, Any] = {"caller_id": None, "caller_kind": "anyone", "role": None, "organization_id": None}


def _of_caller(caller: Caller) -> dict[str, Any]:
    return {
        "caller_id": caller.id,
        "caller_kind": caller.kind.value,
        "role": caller.role.value,
        "organization_id": caller.organization_id,
    }


def _address_of(scope: Scope) -> str:
    client = scope.get("client")
    return client[0] if client else ""


@lru_cache(maxsize=4096)
def _told_address(address: str) -> tuple[str | None, str | None]:
    """An address as the log keeps it: the network it is in, and a keyed hash that tells whether two are the same."""
    try:
        version = ipaddress.ip_address(address).version
    except ValueError:
        return None, None
    network = ipaddress.ip_network(f"{address}/{_KEPT_BITS[version]}", strict=False)
    return str(network), vault().blind("audit.address", address).hex()
