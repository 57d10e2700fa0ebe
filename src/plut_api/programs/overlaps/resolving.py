"""What the Dinas decides about two programmes that resemble each other, and what follows from it at once."""

from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.kit import clock, outbox
from plut_api.kit.caller import Caller
from plut_api.kit.problems import Invalid, fault
from plut_api.programs.access import require_program
from plut_api.programs.models import Program
from plut_api.programs.overlaps.merging import FURTHER, MERGEABLE, become_host, merge_programs
from plut_api.programs.overlaps.models import Overlap, OverlapState, ResolutionKind
from plut_api.programs.overlaps.problems import OverlapNotFound, OverlapNotOpen, ProgramsNotMergeable
from plut_api.programs.overlaps.schemas import ResolutionCreate
from plut_api.programs.overlaps.service import lock_calendar
from plut_api.programs.service import transition
from plut_api.programs.states import ProgramMove

_NOT_OF_THE_TWO = fault(
    "#/keep", "not_of_the_two", id="Pilih salah satu dari kedua program ini", en="Choose one of these two programmes"
)
_BEHIND = fault(
    "#/keep",
    "other_is_further",
    id="Program yang lain sudah lebih jauh prosesnya; pertahankan yang itu",
    en="The other programme is further already; keep that one",
)
_ONE_ORGANIZATION = fault(
    "#/kind",
    "same_organization",
    id="Kedua program milik satu organisasi; pilih cara lain",
    en="Both programmes are of one organization; choose another way",
)


async def resolve_overlap(
    db: AsyncSession, caller: Caller, program_id: UUID, overlap_id: UUID, given: ResolutionCreate
) -> Overlap:
    """Decide an open finding, and do what was decided.

    `differentiate` keeps both as they are. `co_host` makes the other's organization a co-host of the programme that
    waits, which stays one of its own, or with `merge` both become one. `reject` sends the waiting programme back.
    Raises ProgramNotFound, OverlapNotFound, OverlapNotOpen, ProgramsNotMergeable, ProgramMoveNotAllowed, Invalid
    (`not_of_the_two`, `other_is_further`, `same_organization`, seats). Emits program.overlap_resolved, and with it
    program.merged, program.host_added or program.rejected.
    """
    await lock_calendar(db)
    await require_program(db, caller, program_id)
    row = await _open(db, program_id, overlap_id)
    programs = await _locked(db, row)
    waiting, other = programs[row.program_id], programs[row.other_id]
    row.state, row.resolution, row.reason = OverlapState.resolved, given.kind, given.reason
    row.resolved_by, row.resolved_at, row.decided_score = caller.id, clock.now(), row.score
    row.version += 1
    await db.flush()
    match given.kind:
        case ResolutionKind.merge:
            await _merge(db, caller, waiting, other, given)
        case ResolutionKind.co_host:
            await _co_host(db, caller, waiting, other, given)
        case ResolutionKind.reject:
            await transition(db, caller, waiting.id, ProgramMove.reject, given.reason)
    facts = {"overlap_id": row.id, "other_id": row.other_id, "kind": given.kind.value}
    await outbox.record(db, "program.overlap_resolved", row.program_id, by=caller, **facts)
    await db.refresh(row)
    return row


async def _open(db: AsyncSession, program_id: UUID, overlap_id: UUID) -> Overlap:
    """An open finding of a programme, locked. Raises OverlapNotFound, OverlapNotOpen."""
    of_it = or_(Overlap.program_id == program_id, Overlap.other_id == program_id)
    query = select(Overlap).where(Overlap.id == overlap_id, of_it).with_for_update()
    row = await db.scalar(query.execution_options(populate_existing=True))
    if row is None:
        raise OverlapNotFound()
    if row.state is not OverlapState.open:
        raise OverlapNotOpen()
    return row


async def _locked(db: AsyncSession, row: Overlap) -> dict[UUID, Program]:
    """Both programmes, locked in order of id."""
    query = select(Program).where(Program.id.in_((row.program_id, row.other_id))).order_by(Program.id)
    query = query.with_for_update(key_share=True, of=Program).execution_options(populate_existing=True)
    return {program.id: program for program in await db.scalars(query)}


async def _merge(db: AsyncSession, caller: Caller, waiting: Program, other: Program, given: ResolutionCreate) -> None:
    """Raises ProgramsNotMergeable, Invalid."""
    if given.keep is not None and given.keep not in (waiting.id, other.id):
        raise Invalid(errors=[_NOT_OF_THE_TWO])
    if not {waiting.state, other.state} <= set(FURTHER):
        raise ProgramsNotMergeable()
    first, second = (waiting, other) if _is_further(waiting, other) else (other, waiting)
    if given.keep is not None and first.id != given.keep:
        if _is_further(first, second):
            raise Invalid(errors=[_BEHIND])
        first, second = second, first
    if second.state not in MERGEABLE:
        raise ProgramsNotMergeable()
    await merge_programs(db, caller, first, second, given.reason, seats=given.seats)


def _is_further(one: Program, than: Program) -> bool:
    return FURTHER.index(one.state) > FURTHER.index(than.state)


async def _co_host(db: AsyncSession, caller: Caller, waiting: Program, other: Program, given: ResolutionCreate) -> None:
    """Raises ProgramsNotMergeable, Invalid."""
    if waiting.organization_id == other.organization_id:
        raise Invalid(errors=[_ONE_ORGANIZATION])
    if given.merge:
        await _merge(db, caller, waiting, other, given)
        return
    await become_host(db, caller, waiting.id, other.organization_id)
    waiting.version += 1
    await db.flush()
    facts = {"program_id": waiting.id, "organization_id": other.organization_id}
    await outbox.record(db, "program.host_added", waiting.id, by=caller, **facts)
