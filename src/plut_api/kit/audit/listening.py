"""The session that tells of itself: every row that it adds, changes or removes becomes an entry of its transaction."""

from functools import cache
from typing import Any, cast
from uuid import UUID

from fastapi import Request
from sqlalchemy import Table, event
from sqlalchemy.orm import Mapper, Session, SessionTransaction, object_mapper
from sqlalchemy.orm.base import NO_VALUE, PASSIVE_NO_RESULT, instance_state

from plut_api.kit.audit.context import operation_of, who
from plut_api.kit.audit.declared import READS
from plut_api.kit.audit.models import Action
from plut_api.kit.audit.recording import entry, forget, note, noted_so_far, write
from plut_api.kit.audit.values import distinct, subjects, tellers, told
from plut_api.kit.caller import Caller
from plut_api.kit.walls import WalledSession

_MARKS = "audit_marks"


class AuditedSession(WalledSession):
    """A walled session whose changes are entries of the audit log."""


@event.listens_for(AuditedSession, "after_flush")
def _note_flushed(session: Session, _: Any) -> None:
    changed = [
        (action, item)
        for action, items in (
            (Action.created, session.new),
            (Action.changed, session.dirty),
            (Action.deleted, session.deleted),
        )
        for item in items
        if _is_audited(object_mapper(item))
    ]
    if changed:
        of_whom = who()
        for action, item in changed:
            _note_row(session, of_whom, action, item)


def _note_row(session: Session, of_whom: dict[str, Any], action: Action, item: Any) -> None:
    table, state = _table(object_mapper(item)), instance_state(item)
    row_id: UUID = object_mapper(item).primary_key_from_instance(item)[0]
    now, former = state.dict, state.committed_state
    before: dict[str, Any] | None = None
    after: dict[str, Any] | None = None
    if action is Action.created:
        after = told(table, {name: now[name] for name in tellers(table) if now.get(name) is not None}, row_id)
    elif action is Action.deleted:
        before = told(table, {name: now[name] for name in tellers(table) if now.get(name) is not None}, row_id)
    else:
        moved = [name for name in former if name in tellers(table) and former[name] != now.get(name)]
        if not moved:
            return
        known = {name: former[name] for name in moved if former[name] not in (NO_VALUE, PASSIVE_NO_RESULT)}
        before, after = told(table, known, row_id), told(table, {name: now.get(name) for name in moved}, row_id)
    about = distinct(now.get(name) for name in subjects(table))
    note(
        session,
        entry(of_whom, action, table.name, [row_id], about, before=before, after=after, import_id=now.get("import_id")),
    )


@cache
def _is_audited(mapper: Mapper[Any]) -> bool:
    return bool(tellers(_table(mapper)))


def _table(mapper: Mapper[Any]) -> Table:
    return cast("Table", mapper.local_table)


@event.listens_for(AuditedSession, "before_commit")
def _write_before_commit(session: Session) -> None:
    if session.new or session.dirty or session.deleted:
        session.flush()
    _note_declared_read(session)
    write(session)


@event.listens_for(AuditedSession, "after_transaction_create")
def _mark_savepoint(session: Session, transaction: SessionTransaction) -> None:
    if transaction.nested:
        session.info.setdefault(_MARKS, {})[transaction] = noted_so_far(session)


@event.listens_for(AuditedSession, "after_soft_rollback")
def _forget_undone(session: Session, undone: SessionTransaction) -> None:
    forget(session, session.info.get(_MARKS, {}).pop(undone, 0))


def _note_declared_read(session: Session) -> None:
    """Reading one record is an entry of the transaction that read it, if the operation is declared as personal.

    People reading what is their own, and the reads of a request's further sessions, are not told of.
    """
    request: Request | None = session.info.get("request")
    if request is None:
        return
    reading = READS.get(operation_of(request.scope))
    caller: Caller | None = getattr(request.state, "caller", None)
    if reading is None or caller is None or caller.is_person or getattr(request.state, "audit_read", False):
        return
    request.state.audit_read = True
    shown = UUID(str(request.path_params[reading.parameter]))
    beside = [UUID(str(request.path_params[name])) for name in ("actor_id", "person_id") if name in request.path_params]
    about = [other for other in beside if other != shown]
    note(session, entry(who(), Action.read, reading.kind, [shown], about))
