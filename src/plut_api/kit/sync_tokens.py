"""`sync_token`: which transactions a client has seen. The next pull delivers what that snapshot did not see.

A token is sealed and names the snapshot, the database cluster it belongs to, and the caller and filters it is bound to.
Transaction ids mean nothing in another cluster, so after a restore old tokens have ended (410).
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from plut_api.kit import clock
from plut_api.kit.crypto import SealBroken, vault
from plut_api.kit.problems import InvalidCursor

RETENTION = timedelta(days=30)


@dataclass(frozen=True)
class SyncPoint:
    """A snapshot of one cluster, as PostgreSQL writes it (`xmin:xmax:xip,…`)."""

    snapshot: str
    cluster: str


class SyncTokenOutdated(ValueError):
    """The token is older than what is kept, or belongs to another cluster."""


def issue(point: SyncPoint, bound_to: str) -> str:
    """An opaque token for what a snapshot has seen."""
    claims = {"s": point.snapshot, "c": point.cluster, "f": bound_to, "t": int(clock.now().timestamp())}
    return vault().seal_token(claims)


def redeem(token: str, bound_to: str) -> SyncPoint:
    """The snapshot of a token. Raises InvalidCursor (not ours, other caller or filters), SyncTokenOutdated."""
    try:
        claims = vault().open_token(token)
        point, issued, bound = SyncPoint(claims["s"], claims["c"]), claims["t"], claims["f"]
    except (SealBroken, ValueError, KeyError):
        raise InvalidCursor() from None
    if bound != bound_to:
        raise InvalidCursor()
    if clock.now().timestamp() - issued > RETENTION.total_seconds():
        raise SyncTokenOutdated("older than what is kept")
    return point


def bound_to(path: str, caller_id: UUID, filters: Iterable[tuple[str, str]]) -> str:
    """What a token is bound to: the list, the caller, and the filters in any order."""
    return hashlib.sha256(f"{path}\0{caller_id}\0{sorted(filters)}".encode()).hexdigest()[:16]
