"""Likenesses kept as findings: one row for a pair of programmes, which waits with the one that came later."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.kit import clock
from plut_api.kit.ids import new_id
from plut_api.programs.models import Program, ProgramState
from plut_api.programs.overlaps.likeness import Draft, Likeness, likenesses, overlap_rules
from plut_api.programs.overlaps.models import Overlap, OverlapState, ResolutionKind, Verdict

COMPARED = (
    ProgramState.submitted,
    ProgramState.approved,
    ProgramState.published,
    ProgramState.running,
    ProgramState.completed,
)
"""States in which a programme is one that others can resemble."""
NUMBERS = ("score", "raw_score", "topic", "kbli", "region", "period", "audience", "text")
_UNDECIDED: Mapping[str, Any] = dict.fromkeys(("resolution", "reason", "resolved_by", "resolved_at", "decided_score"))


async def compare(db: AsyncSession, program: Program, *, takes_over: bool = False) -> list[Overlap]:
    """Compare a submitted programme with the others and keep what is found; the findings that are open now and were
    not before. The calendar is locked.

    A pair that is new waits for this programme. One that is known stays with the proposal that it waits for, unless
    this one `takes_over`, as the one that was handed in last, or the other is approved by now. A decision holds for as
    long as the score does not rise above the one that was decided on.
    """
    found = await likenesses(db, Draft.of(program), await overlap_rules(db))
    query = select(Overlap).where(or_(Overlap.program_id == program.id, Overlap.other_id == program.id))
    query = query.order_by(Overlap.id).with_for_update().execution_options(populate_existing=True)
    known = {other_of(row, program.id): row for row in await db.scalars(query)}
    opened, now = [], clock.now()
    for likeness in found:
        row = known.pop(likeness.id, None)
        was_open = row is not None and row.state is OverlapState.open
        row = row or _new(program.id, likeness)
        if takes_over or likeness.state != ProgramState.submitted:
            row.program_id, row.other_id = program.id, likeness.id
        _renew(row, likeness, now)
        db.add(row)
        opened += [row] if row.state is OverlapState.open and not was_open else []
    _let_go(known.values())
    await db.flush()
    return opened


async def open_findings(db: AsyncSession, program_id: UUID) -> Sequence[Overlap]:
    """Findings at or over the line that wait for a decision on this programme, the likest first.

    Without those with a programme that was rejected or called off meanwhile.
    """
    query = select(Overlap).join(Program, Program.id == Overlap.other_id)
    query = query.where(
        Overlap.program_id == program_id,
        Overlap.state == OverlapState.open,
        Overlap.verdict == Verdict.block,
        Program.state.in_(COMPARED),
    )
    return (await db.scalars(query.order_by(Overlap.score.desc(), Overlap.id))).all()


async def let_go_of(db: AsyncSession, program_id: UUID) -> None:
    """Nothing about a programme is waited for any more: it was merged, called off or rejected."""
    query = select(Overlap).where(or_(Overlap.program_id == program_id, Overlap.other_id == program_id))
    _let_go((await db.scalars(query.order_by(Overlap.id).with_for_update())).all())
    await db.flush()


def other_of(row: Overlap, program_id: UUID) -> UUID:
    """The other programme of a pair."""
    return row.other_id if row.program_id == program_id else row.program_id


def _new(program_id: UUID, likeness: Likeness) -> Overlap:
    return Overlap(id=new_id(), program_id=program_id, other_id=likeness.id, state=OverlapState.past, version=0)


def _renew(row: Overlap, likeness: Likeness, now: datetime) -> None:
    """Bring a row up to the likeness of today, and open it if it was past or is nearer than what was decided on."""
    before = (row.program_id, row.score, row.state)
    for name in NUMBERS:
        setattr(row, name, getattr(likeness, name))
    row.guards, row.verdict = likeness.guards, Verdict(likeness.verdict)
    sent_back = row.resolution is ResolutionKind.reject  # Handed in again it is to be decided again.
    if row.state is OverlapState.past or sent_back or row.score > (row.decided_score or 100):
        row.state, row.noted_at = OverlapState.open, now
        for name, value in _UNDECIDED.items():
            setattr(row, name, value)
    if before != (row.program_id, row.score, row.state):
        row.version += 1


def _let_go(rows: Any) -> None:
    for row in rows:
        if row.state is OverlapState.open:
            row.state = OverlapState.past
            row.version += 1
