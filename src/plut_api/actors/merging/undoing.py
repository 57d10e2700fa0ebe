"""Parting what a merge joined, and looking first at what cannot be parted any more."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors.merging.fields import rows_of, table_of
from plut_api.actors.merging.models import MergeMove, MergeRecord
from plut_api.actors.merging.patience import patiently
from plut_api.actors.merging.problems import MergeNotFound, MergeUndone, UndoLaterFirst, UndoTooLate
from plut_api.actors.merging.service import NOUN, journal_of, mark_undone
from plut_api.kit import audit, clock, outbox
from plut_api.kit.caller import Caller
from plut_api.kit.merging import Of
from plut_api.kit.parting import Parting, part
from plut_api.kit.problems import Problem


@dataclass(frozen=True)
class Shown:
    """A merge, the lines of its journal, and what undoing it now would do; `hindrance` is why it cannot be undone."""

    record: MergeRecord
    lines: list[MergeMove]
    parting: Parting | None
    hindrance: Problem | None


async def get_merge(db: AsyncSession, caller: Caller, merge_id: UUID) -> Shown:
    """A merge, and by a trial that is taken back what undoing it would restore and keep. Raises MergeNotFound."""
    record = await _require_merge(db, merge_id)
    lines = await lines_of(db, merge_id)
    hindrance = await _hindrance(db, record, lines)
    if hindrance is not None:
        return Shown(record, lines, None, hindrance)
    parting = await patiently(db, lambda: _part(db, caller, record, lines), keep=False)
    return Shown(record, lines, parting, None)


async def undo(db: AsyncSession, caller: Caller, merge_id: UUID) -> Shown:
    """Restore both records, as far as rows still are where the merge put them; what came later stays.

    Two at once: the second finds it undone. Raises MergeNotFound, MergeUndone, UndoTooLate, UndoLaterFirst, MergeBusy.
    Emits person.unmerged or actor.unmerged.
    """

    async def work() -> Shown:
        record = await _require_merge(db, merge_id, lock=True)
        lines = await lines_of(db, merge_id)
        await rows_of(db, record.kind, record.survivor_id, record.merged_id, lock=True)
        if hindrance := await _hindrance(db, record, lines):
            raise hindrance
        parting = await _part(db, caller, record, lines)
        await mark_undone(db, caller, merge_id)
        await db.refresh(record)
        await _tell(db, caller, record)
        return Shown(record, lines, parting, MergeUndone())

    return await patiently(db, work)


def narrowed(kind: Of | None, record_ids: list[UUID] | None) -> list[ColumnElement[bool]]:
    """The conditions of the list of merges."""
    found: list[ColumnElement[bool]] = []
    if kind is not None:
        found.append(MergeRecord.kind == kind)
    if record_ids:
        found.append(MergeRecord.survivor_id.in_(record_ids) | MergeRecord.merged_id.in_(record_ids))
    return found


async def lines_of(db: AsyncSession, merge_id: UUID) -> list[MergeMove]:
    """The journal of a merge, in order."""
    query = select(MergeMove).where(MergeMove.merge_id == merge_id).order_by(MergeMove.position)
    return list(await db.scalars(query.execution_options(populate_existing=True)))


async def _require_merge(db: AsyncSession, merge_id: UUID, *, lock: bool = False) -> MergeRecord:
    query = select(MergeRecord).where(MergeRecord.id == merge_id).execution_options(populate_existing=True)
    record: MergeRecord | None = await db.scalar(query.with_for_update() if lock else query)
    if record is None:
        raise MergeNotFound()
    return record


async def _hindrance(db: AsyncSession, record: MergeRecord, lines: list[MergeMove]) -> Problem | None:
    """Why a merge cannot be undone, if so."""
    if record.undone_at is not None:
        return MergeUndone()
    if record.undo_until <= clock.now() or any(line.rows_sealed is None for line in lines):
        return UndoTooLate()
    later = await db.scalar(
        select(MergeRecord.id).where(MergeRecord.merged_id == record.survivor_id, MergeRecord.undone_at.is_(None))
    )
    return UndoLaterFirst(extra={"merge_id": str(later)}) if later is not None else None


async def _part(db: AsyncSession, caller: Caller, record: MergeRecord, lines: list[MergeMove]) -> Parting:
    """First the merged row is one that others may refer to again, then the journal from its end."""
    table = table_of(record.kind).name
    free = f"UPDATE {table} SET merged_into = NULL, merged_at = NULL WHERE id = :merged AND merged_into = :survivor"  # noqa: S608
    await db.execute(text(free), {"merged": record.merged_id, "survivor": record.survivor_id})
    parting = Parting(db, caller, record.kind, record.survivor_id, record.merged_id, record.id)
    journal = journal_of(lines)
    await part(parting, journal)
    return parting


async def _tell(db: AsyncSession, caller: Caller, record: MergeRecord) -> None:
    of: Of = record.kind
    ids = {f"{NOUN[of]}_id": record.survivor_id, "merged_id": record.merged_id, "merge_id": record.id}
    told = {name: str(value) for name, value in ids.items()} | {"event": "unmerged"}
    audit.record(db, audit.Action.changed, of.value, [record.survivor_id, record.merged_id], after=told)
    await outbox.record(db, f"{NOUN[of]}.unmerged", record.survivor_id, by=caller, **ids)
