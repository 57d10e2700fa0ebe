"""Which class an operation belongs to, and how many calls a minute of each class a caller has.

A class is told by method, address and the answer that is asked for, before anything is routed: a call over its quota
costs a look-up in memory. What guards single accounts, phones and links is apart from this (identity).
"""

from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from starlette.types import Scope

from plut_api.kit.rate_limits import Meters, Quota
from plut_api.settings import Settings

READ, WRITE, EXPORT, SIGN_IN, CHECK = "read", "write", "export", "sign-in", "check"

# Where somebody could try out codes, passwords, secrets and links.
_SIGN_IN = ("/oauth/", "/v1/me/password", "/v1/me/totp", "/v1/me/erasure", "/v1/me/phone", "/v1/me/takeover")
# Whole files, which keep the server busy for longer than any page. So does every list that is asked for as a stream.
_WHOLE = frozenset({"/v1/exchange/actors", "/v1/me/data"})
_LOADS = frozenset({"/v1/imports"})
_AROUND_A_FILE = 65_536  # Bytes of a form beside the file in it.
_PAGES = frozenset({b"", b"*/*", b"application/json"})
_STREAMS = (b"ndjson", b"csv", b"text/*")
# Where somebody could try out NIKs and phone numbers of others.
_CHECKS = "/duplicate-check"
# Of `PLUT_RATE_LIMIT_PER_MINUTE`, where a class has no setting of its own.
_SHARES = {WRITE: 4, EXPORT: 20, SIGN_IN: 20, CHECK: 40}


def class_of(scope: Scope) -> str:
    """The class of a request."""
    method, path = scope["method"], scope["path"]
    if method in ("GET", "HEAD", "OPTIONS"):
        whole = path in _WHOLE or _asks_for_a_stream(scope)
        return EXPORT if whole else READ
    if path.startswith(_SIGN_IN):
        return SIGN_IN
    if path.endswith(_CHECKS):
        return CHECK
    return EXPORT if path in _LOADS else WRITE


def quotas(settings: Settings) -> Mapping[str, Quota]:
    """The quota of each class."""
    whole = settings.rate_limit_per_minute
    own = {
        READ: whole,
        WRITE: settings.write_limit_per_minute,
        EXPORT: settings.export_limit_per_minute,
        SIGN_IN: settings.sign_in_limit_per_minute,
        CHECK: settings.check_limit_per_minute,
    }
    return {
        name: Quota(name, calls or max(whole // _SHARES[name], 1), 60, by_address=name == SIGN_IN)
        for name, calls in own.items()
    }


def uploads(settings: Settings) -> Mapping[str, int]:
    """Addresses that take files, and how large a body they take; bodies of all others are small."""
    files = settings.file_limit_bytes + _AROUND_A_FILE
    return dict.fromkeys(_LOADS, settings.upload_limit_bytes) | {"/v1/files": files, "/v1/uploads": files}


def meters(settings: Settings, sessions: async_sessionmaker[AsyncSession]) -> Meters:
    """The meters of a process."""
    return Meters(quotas(settings), class_of, sessions)


def _asks_for_a_stream(scope: Scope) -> bool:
    for name, value in scope["headers"]:
        if name == b"accept":
            return value not in _PAGES and _may_choose_a_stream(value.lower())
    return False


def _may_choose_a_stream(accept: bytes) -> bool:
    """By name, or because JSON is liked less than the rest (`application/json;q=0, */*`)."""
    return any(kind in accept for kind in _STREAMS) or (b"json" in accept and b";" in accept)
