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
CLUSTER = (
    "(SELECT CAST(s.system_identifier AS text) || '.' || CAST(c.timeline_id AS text) "
    "FROM pg_control_system() AS s, pg_control_checkpoint() AS c)"
)
"""SQL of where a snapshot is from: the cluster, and its timeline, which is another one after recovery to an earlier
point, where transaction ids are given out again.
"""


@dataclass(frozen=True)
class SyncPoint:
    """A snapshot of one cluster, as PostgreSQL writes it (`xmin:xmax:xip,…`), and when it was taken (Unix seconds).

    `seeing` names the setting by which its reader saw more than others; under another one a token has ended.
    A pull keeps the point of its first page in its cursors, so that a cursor grows old together with its snapshot.
    """

    snapshot: str
    cluster: str
    taken_at: int
    seeing: str = ""


class SyncTokenOutdated(ValueError):
    """The token is older than what is kept, belongs to another cluster, or its reader sees more or less by now."""


def issue(point: SyncPoint, bound_to: str) -> str:
    """An opaque token for what a snapshot has seen."""
    claims = {"s": point.snapshot, "c": point.cluster, "t": point.taken_at, "f": bound_to}
    if point.seeing:
        claims["v"] = point.seeing
    return vault().seal_token(claims)


def redeem(token: str, bound_to: str) -> SyncPoint:
    """The point of a token. Raises InvalidCursor if it is not ours, or of another caller or other filters."""
    try:
        claims = vault().open_token(token)
        point, bound = SyncPoint(claims["s"], claims["c"], claims["t"], claims.get("v", "")), claims["f"]
    except (SealBroken, ValueError, KeyError):
        raise InvalidCursor() from None
    if bound != bound_to:
        raise InvalidCursor()
    return point


def require_current(point: SyncPoint, here: SyncPoint) -> None:
    """Let only a point pass whose changes are still kept where `here` was taken. Raises SyncTokenOutdated."""
    if point.cluster != here.cluster:
        raise SyncTokenOutdated("of another cluster")
    if point.seeing != here.seeing:
        raise SyncTokenOutdated("of another setting")
    if clock.now().timestamp() - point.taken_at > RETENTION.total_seconds():
        raise SyncTokenOutdated("older than what is kept")


def bound_to(path: str, caller_id: UUID, filters: Iterable[tuple[str, str]]) -> str:
    """What a token is bound to: the list, the caller, and the filters in any order."""
    return hashlib.sha256(f"{path}\0{caller_id}\0{sorted(filters)}".encode()).hexdigest()[:16]
