"""Merging two records and parting them again: what may be merged, what it does, and its journal."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors.merging.fields import Difference, Row, Side, differences, fields_of, join_rows, lead_on, rows_of
from plut_api.actors.merging.models import MergeMove, MergeRecord
from plut_api.actors.merging.patience import patiently
from plut_api.actors.merging.problems import (
    UNKNOWN_FIELD,
    AlreadyMerged,
    MergedUnknown,
    MergePreviewStale,
    MergeWithItself,
    NotTheSamePerson,
)
from plut_api.actors.merging.state import is_of, token_of
from plut_api.actors.problems import ActorNotFound, PersonNotFound
from plut_api.kit import audit, clock, outbox
from plut_api.kit.caller import Caller
from plut_api.kit.crypto import vault
from plut_api.kit.database import refusing
from plut_api.kit.ids import new_id
from plut_api.kit.merging import Merge, Moved, Of, run
from plut_api.kit.problems import Invalid
from plut_api.reference.rules import rule_value

ROWS = "merge_moves.rows"
NOUN = {Of.people: "person", Of.actors: "actor"}
Choices = Mapping[str, Side]


@dataclass
class Previewed:
    """What a merge would do: rows moved, fields that differ, collisions by rule, and what to look at twice."""

    survivor_id: UUID
    merged_id: UUID
    token: str = field(repr=False)
    fields: list[Difference]
    moved: list[Moved] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


async def preview(
    db: AsyncSession, caller: Caller, of: Of, survivor_id: UUID, merged_id: UUID, choices: Choices
) -> Previewed:
    """Merge, look, and undo it all again: the preview is what the merge does, and changes nothing.

    Raises what `merge` raises, but for MergePreviewStale.
    """

    async def look() -> Previewed:
        survivor, merged = await _require_pair(db, of, survivor_id, merged_id, choices)
        token = await token_of(db, of, survivor_id, merged_id)
        differing = differences(of, survivor, merged, choices)
        process = Merge(db, caller, of, survivor_id, merged_id, clock.now())
        await join_rows(process, survivor, merged, differing)
        await run(process)
        await lead_on(process)
        warnings = _warnings(of, survivor, merged)
        return Previewed(survivor_id, merged_id, token, differing, process.moved, warnings)

    found = await patiently(db, look, keep=False)
    audit.looked_up(db, of.value, [survivor_id, merged_id], {"merge_preview": True})
    return found


async def merge(
    db: AsyncSession,
    caller: Caller,
    of: Of,
    survivor_id: UUID,
    merged_id: UUID,
    *,
    choices: Choices | None = None,
    token: str | None = None,
) -> MergeRecord:
    """Merge one record into another, with all that hangs on it. Without a token whatever is there now is merged.

    Both rows are locked in order of id; of two merges of one pair the second learns of the first. Raises
    PersonNotFound or ActorNotFound, MergeWithItself, MergedUnknown, AlreadyMerged, NotTheSamePerson, MergePreviewStale,
    MergeBusy, Invalid (`field_unknown`). Emits person.merged or actor.merged.
    """

    async def work() -> MergeRecord:
        survivor, merged = await _require_pair(db, of, survivor_id, merged_id, choices or {})
        if token is not None and not is_of(token, await token_of(db, of, survivor_id, merged_id)):
            raise MergePreviewStale()
        process = Merge(db, caller, of, survivor_id, merged_id, clock.now())
        await join_rows(process, survivor, merged, differences(of, survivor, merged, choices or {}))
        await run(process)
        await lead_on(process)
        return await _keep(process)

    return await patiently(db, work)


async def _require_pair(
    db: AsyncSession, of: Of, survivor_id: UUID, merged_id: UUID, choices: Choices
) -> tuple[Row, Row]:
    """Both rows, locked, if they may be merged."""
    if survivor_id == merged_id:
        raise MergeWithItself()
    if unknown := [name for name in choices if name not in fields_of(of)]:
        raise Invalid(errors=[UNKNOWN_FIELD for _ in unknown])
    rows = await rows_of(db, of, survivor_id, merged_id, lock=True)
    survivor, merged = rows.get(survivor_id), rows.get(merged_id)
    await _require_unmerged(db, survivor_id, survivor, merged_id, merged)
    if survivor is None or survivor["erased_at"] is not None or survivor["merged_into"] is not None:
        raise PersonNotFound() if of is Of.people else ActorNotFound()
    if merged is None or merged["erased_at"] is not None:
        raise MergedUnknown()
    if of is Of.people and _are_two_people(survivor, merged):
        raise NotTheSamePerson()
    return survivor, merged


async def _require_unmerged(
    db: AsyncSession, survivor_id: UUID, survivor: Row | None, merged_id: UUID, merged: Row | None
) -> None:
    """Refuse what is merged already; the path's own old id leads on by itself, unless into the other of the pair."""
    done = []
    if merged is not None and merged["merged_into"] is not None:
        done.append(merged_id)
    if survivor is not None and survivor["merged_into"] == merged_id:
        done.append(survivor_id)
    if done:
        standing = select(MergeRecord).where(MergeRecord.merged_id.in_(done), MergeRecord.undone_at.is_(None))
        found = (await db.scalars(standing.order_by(MergeRecord.id))).first()
        known = {"merge_id": str(found.id), "survivor_id": str(found.survivor_id)} if found else {}
        raise AlreadyMerged(extra=known)


def _are_two_people(survivor: Row, merged: Row) -> bool:
    verified = survivor["identity_verified_at"] and merged["identity_verified_at"]
    return bool(verified and survivor["nik_index"] != merged["nik_index"])


_DOUBTS = {
    Of.people: {"nik_index": "nik_differs", "birth_date": "birth_date_differs", "sex": "sex_differs"},
    Of.actors: {"nib_index": "nib_differs", "npwp_index": "npwp_differs", "legal_form": "legal_form_differs"},
}


def _warnings(of: Of, survivor: Row, merged: Row) -> list[str]:
    """Codes of what two records of one person or business should not differ in."""
    return [
        code
        for column, code in _DOUBTS[of].items()
        if None not in (survivor[column], merged[column]) and survivor[column] != merged[column]
    ]


async def _keep(process: Merge) -> MergeRecord:
    """Write the merge, its journal, its entry and its event."""
    db, of = process.db, process.of
    days = await rule_value(db, "merges.undo_days")
    record = MergeRecord(
        id=process.id,
        kind=of,
        survivor_id=process.survivor,
        merged_id=process.merged,
        merged_at=process.at,
        merged_by=process.caller.id,
        undo_until=process.at + timedelta(days=days),
    )
    with refusing({"uq_merges_one_standing": AlreadyMerged()}):
        db.add(record)
        await db.flush()
    await db.execute(insert(MergeMove), [_line(process.id, n, moved) for n, moved in enumerate(process.moved)])
    ids = {f"{NOUN[of]}_id": process.survivor, "merged_id": process.merged, "merge_id": process.id}
    audit.record(
        db, audit.Action.changed, of.value, [process.survivor, process.merged], after=_spelled(ids, event="merged")
    )
    await outbox.record(db, f"{NOUN[of]}.merged", process.survivor, by=process.caller, **ids)
    return record


def _spelled(ids: Mapping[str, UUID], **more: Any) -> dict[str, Any]:
    return {name: str(value) for name, value in ids.items()} | more


def _line(merge_id: UUID, position: int, moved: Moved) -> dict[str, Any]:
    return {
        "id": new_id(),
        "merge_id": merge_id,
        "position": position,
        "table_name": moved.table,
        "rule": moved.rule,
        "row_count": len(moved.rows),
        "rows_sealed": vault().seal_bytes(ROWS, orjson.dumps(moved.rows)),
    }


def journal_of(lines: Sequence[MergeMove]) -> list[Moved]:
    """The journal of a merge, opened; every line still has to be there."""
    return [
        Moved(
            line.table_name,
            line.rule,
            [(before, after) for before, after in orjson.loads(vault().open_bytes(ROWS, line.rows_sealed or b""))],
        )
        for line in lines
    ]


async def mark_undone(db: AsyncSession, caller: Caller, merge_id: UUID) -> None:
    """Note that a merge was undone, and let go of its journal."""
    now = clock.now()
    audit.record(db, audit.Action.changed, "merges", [merge_id], after={"undone": True})
    await db.execute(update(MergeRecord).where(MergeRecord.id == merge_id).values(undone_at=now, undone_by=caller.id))
    await db.execute(update(MergeMove).where(MergeMove.merge_id == merge_id).values(rows_sealed=None))
