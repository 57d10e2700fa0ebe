"""Noting what a transaction does. What is noted is written by one statement as the transaction commits."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Table, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from plut_api.kit.audit.context import who
from plut_api.kit.audit.models import Action, AuditEntry
from plut_api.kit.audit.values import distinct
from plut_api.kit.caller import Caller
from plut_api.kit.ids import new_id

WRITE = insert(cast("Table", AuditEntry.__table__))
_NOTED = "audit_noted"
AT_ONCE = 1000
"""Objects that one entry names at most."""


def record(
    db: AsyncSession,
    action: Action,
    kind: str,
    ids: Iterable[UUID | None],
    *,
    about: Iterable[UUID | None] = (),
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    import_id: UUID | None = None,
    by: Caller | None = None,
) -> None:
    """Note what a statement of one's own did to rows of a table; what goes through the session notes itself.

    `before` and `after` are told word for word: nothing personal. `about` names people and businesses that the objects
    hang on. `by` is for the moment in which a caller has just proven who they are. Without ids nothing is noted.
    """
    of_whom = who(by)
    objects, subjects = distinct(ids), distinct(about)
    for start in range(0, len(objects), AT_ONCE):
        named = objects[start : start + AT_ONCE]
        beside = subjects if len(objects) <= AT_ONCE else subjects[start : start + AT_ONCE]
        note(
            db.sync_session,
            entry(of_whom, action, kind, named, beside, before=before, after=after, import_id=import_id),
        )


def looked_up(db: AsyncSession, kind: str, about: Iterable[UUID | None], asked: Mapping[str, Any]) -> None:
    """Note that somebody searched what is recorded, and for what: nothing personal."""
    note(db.sync_session, entry(who(), Action.read, kind, [], distinct(about), after=asked))


def entry(
    of_whom: Mapping[str, Any],
    action: Action,
    kind: str | None,
    ids: list[UUID],
    about: list[UUID],
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    import_id: UUID | None = None,
) -> dict[str, Any]:
    """The columns of one entry of this instant."""
    entry_id = new_id()
    return {
        "id": entry_id,
        "occurred_at": instant_of(entry_id),
        **of_whom,
        "action": action.value,
        "object_kind": kind,
        "object_ids": ids,
        "about_ids": about,
        "before": before or None,
        "after": after or None,
        "import_id": import_id,
    }


def instant_of(entry_id: UUID) -> datetime:
    """The millisecond in which a UUIDv7 was made."""
    return datetime.fromtimestamp((entry_id.int >> 80) / 1000, UTC)


def note(session: Session, noted: dict[str, Any]) -> None:
    """Keep an entry until the transaction commits."""
    session.info.setdefault(_NOTED, []).append(noted)


def noted_so_far(session: Session) -> int:
    """How many entries wait for the commit."""
    return len(session.info.get(_NOTED, ()))


def forget(session: Session, beyond: int = 0) -> None:
    """Drop what was undone: the entries behind so many."""
    if _NOTED in session.info:
        del session.info[_NOTED][beyond:]


def write(session: Session) -> None:
    """Write what waits, by one statement."""
    rows = session.info.pop(_NOTED, None)
    if rows:
        session.connection().execute(WRITE, rows if len(rows) > 1 else rows[0])
