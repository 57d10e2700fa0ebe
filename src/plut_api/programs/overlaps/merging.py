"""Two programmes become one: what hangs on the one that ends goes along, and the trail says what that was."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.kit import audit, clock, outbox
from plut_api.kit.audit.declared import AUDITED
from plut_api.kit.caller import Caller
from plut_api.kit.ids import new_id
from plut_api.kit.problems import Invalid, fault
from plut_api.programs.models import Program, ProgramHost, ProgramState, ProgramTransition, ReservedSeats
from plut_api.programs.overlaps.findings import let_go_of
from plut_api.programs.overlaps.likeness import Draft
from plut_api.programs.overlaps.models import ProgramMerge
from plut_api.programs.overlaps.moving import MOVES, Moving
from plut_api.programs.overlaps.service import note_change
from plut_api.programs.waiting.service import offer_freed_seats

FURTHER = (ProgramState.submitted, ProgramState.approved, ProgramState.published, ProgramState.running)
"""States of a programme that another can be merged into, the later ones further."""
MERGEABLE = FURTHER[:-1]
"""States of a programme that can be merged into another: what runs has been held, and ends as what it is."""
_MOST_SEATS = 10_000
_MOST_TOPICS = 5


async def merge_programs(
    db: AsyncSession, caller: Caller, survivor: Program, merged: Program, reason: str, *, seats: int | None = None
) -> ProgramMerge:
    """Merge one programme into another, which keeps its title. Both are locked, the calendar is.

    Every register of `overlaps/moving.py` is worked off; quota and budget are added up, the period is widened, regions,
    audience, activities and topics are those of both, and who owned the other becomes a co-host. The other is called
    off and its address leads to the survivor. Raises Invalid (`too_few_seats`, `too_many_seats`). Emits program.merged.
    """
    moved = await _move(db, Moving(db, caller, survivor.id, merged.id))
    moved["programs"] = moved.get("programs", {}) | await _add_up(db, survivor, merged, seats)
    moved["program_hosts"]["added"] = await become_host(db, caller, survivor.id, merged.organization_id)
    await _end(db, caller, survivor, merged, reason)
    trail = ProgramMerge(
        id=new_id(), from_id=merged.id, into_id=survivor.id, merged_by=caller.id, reason=reason, moved=_told(moved)
    )
    db.add(trail)
    await db.flush()
    await let_go_of(db, merged.id)
    await db.refresh(survivor)
    await db.refresh(merged)
    if survivor.state is ProgramState.submitted:
        await note_change(db, survivor, by=caller)
    await outbox.record(
        db,
        "program.merged",
        merged.id,
        by=caller,
        program_id=merged.id,
        into_id=survivor.id,
        merge_id=trail.id,
        organization_id=survivor.organization_id,
    )
    await offer_freed_seats(db, survivor.id, by=caller)
    return trail


async def _move(db: AsyncSession, moving: Moving) -> dict[str, dict[str, Any]]:
    """Work the register off; by table, what each step told."""
    await db.flush()
    told: dict[str, dict[str, Any]] = {}
    for step in sorted(MOVES.values(), key=lambda step: (step.order, step.column)):
        table = step.column.partition(".")[0]
        told[table] = dict(await step.run(moving))
        ids = sorted({id_ for found in told[table].values() for id_ in found})
        if ids and table in AUDITED:
            about = [moving.survivor, moving.merged]
            audit.record(db, audit.Action.changed, table, ids, about=about, after={"merged_into": str(moving.survivor)})
    return told


async def _add_up(db: AsyncSession, survivor: Program, merged: Program, seats: int | None) -> dict[str, Any]:
    """Bring what the survivor says of itself up to what it holds now; what moved of the other's money and seats.

    Raises Invalid.
    """
    await db.refresh(survivor)
    await db.refresh(merged)
    moved = {name: getattr(merged, name) for name in ("seats", "seats_taken", "budget_idr", "spent_idr")}
    survivor.seats = await _quota(db, survivor, merged, seats)
    for name in ("seats_reserved", "general_taken", "seats_taken"):
        setattr(survivor, name, getattr(survivor, name) + getattr(merged, name))
        setattr(merged, name, 0)
    for name in ("budget_idr", "spent_idr"):
        mine, theirs = getattr(survivor, name), getattr(merged, name)
        if theirs is not None:
            setattr(survivor, name, (mine or 0) + theirs)
            setattr(merged, name, 0)
    survivor.starts_on = min(survivor.starts_on, merged.starts_on)
    survivor.ends_on = max(survivor.ends_on, merged.ends_on)
    survivor.topics = list(dict.fromkeys([*survivor.topics, *merged.topics]))[:_MOST_TOPICS]
    survivor.segments = _both(survivor.segments, merged.segments)
    _join_regions(survivor, merged)
    _join_activities(survivor, merged)
    await db.flush()
    return {name: value for name, value in moved.items() if value is not None}


async def _quota(db: AsyncSession, survivor: Program, merged: Program, seats: int | None) -> int:
    """The seats of both, or as many as were named: not fewer than are taken or kept for segments. Raises Invalid."""
    kept = select(func.coalesce(func.sum(ReservedSeats.seats), 0)).where(ReservedSeats.program_id == survivor.id)
    least = int(await db.scalar(kept) or 0) + survivor.general_taken + merged.general_taken
    quota = survivor.seats + merged.seats if seats is None else seats
    if quota < least:
        words = {"id": f"Paling sedikit {least} kursi", "en": f"At least {least} seats"}
        raise Invalid(errors=[fault("#/seats", "too_few_seats", **words)])
    if quota > _MOST_SEATS:
        words = {"id": f"Sebutkan paling banyak {_MOST_SEATS} kursi", "en": f"Name at most {_MOST_SEATS} seats"}
        raise Invalid(errors=[fault("#/seats", "too_many_seats", **words)])
    return quota


def _both(mine: Sequence[str], theirs: Sequence[str]) -> list[str]:
    """What either names; nothing where one names nothing, because that means all."""
    return list(dict.fromkeys([*mine, *theirs])) if mine and theirs else []


def _join_regions(survivor: Program, merged: Program) -> None:
    """The regions of both; a district of one is no limit in a regency that the other serves whole."""
    areas = _both(Draft.of(survivor).areas, Draft.of(merged).areas)
    whole = {code for code in areas if code.count(".") == 1}
    districts = [code for code in areas if code.count(".") == 2 and code.rpartition(".")[0] not in whole]
    around = {code.rpartition(".")[0] for code in districts}
    survivor.district_codes = sorted(districts)
    survivor.regency_codes = sorted(whole | around)


def _join_activities(survivor: Program, merged: Program) -> None:
    """The activities of both; of different versions nothing can be said but that it is for any."""
    same = survivor.kbli_version == merged.kbli_version
    survivor.kbli_codes = _both(survivor.kbli_codes, merged.kbli_codes) if same else []
    survivor.kbli_version = survivor.kbli_version if survivor.kbli_codes else None


async def become_host(db: AsyncSession, caller: Caller, survivor_id: UUID, organization_id: UUID) -> Collection[UUID]:
    """Let an organization co-host a programme, unless it owns it; the id of the row, if there is one."""
    owner = select(Program.id).where(Program.id == survivor_id, Program.organization_id == organization_id)
    if await db.scalar(owner) is not None:
        return []
    accepted = {"accepted_at": clock.now(), "accepted_by": caller.id}
    values = {"id": new_id(), "program_id": survivor_id, "organization_id": organization_id, "added_by": caller.id}
    row = upsert(ProgramHost).values(**values, **accepted)
    row = row.on_conflict_do_update(index_elements=["program_id", "organization_id"], set_=accepted)
    ids = list(await db.scalars(row.returning(ProgramHost.id)))
    audit.record(db, audit.Action.created, "program_hosts", ids, about=[survivor_id, organization_id])
    return ids


async def _end(db: AsyncSession, caller: Caller, survivor: Program, merged: Program, reason: str) -> None:
    """Call the merged programme off, under the name of where it lives on."""
    moved = ProgramTransition(
        program_id=merged.id,
        from_state=merged.state,
        to_state=ProgramState.cancelled,
        caller_id=caller.id,
        reason=reason,
    )
    db.add(moved)
    merged.state, merged.merged_into = ProgramState.cancelled, survivor.id
    merged.version += 1
    survivor.version += 1
    await db.flush()


def _told(moved: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """What moved, as JSON: ids as text, numbers as they are, without what was nothing."""
    return {
        table: told
        for table, found in sorted(moved.items())
        if (told := {how: _plain(value) for how, value in found.items() if value not in ([], None)})
    }


def _plain(value: Any) -> Any:
    return [str(id_) for id_ in value] if isinstance(value, list) else value
