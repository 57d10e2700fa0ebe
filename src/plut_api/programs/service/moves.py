"""Moving programmes on, from draft to completion."""

from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.kit import clock
from plut_api.kit.caller import Caller
from plut_api.kit.i18n import Text
from plut_api.kit.problems import Invalid, fault
from plut_api.programs.access import require_hand, require_program
from plut_api.programs.models import Program, ProgramTransition, TrainingSession
from plut_api.programs.overlaps.service import lock_calendar, note_overlaps, require_resolved
from plut_api.programs.problems import ProgramMoveNotAllowed, ProgramTooEarly
from plut_api.programs.service.programs import tell
from plut_api.programs.states import MOVES, Hand, ProgramMove, allowed_moves
from plut_api.reference.rules import rule_value

_FROM_HERE = Text(
    id="Program ini berstatus {state}; langkah Anda yang mungkin: {moves}",
    en="This programme is {state}; what you can do with it now: {moves}",
)
_REASON_MISSING = fault("#/reason", "missing", id="Jelaskan alasannya", en="Say why")
_STARTS_LATER = Text(
    id="Program dapat dimulai paling cepat tanggal {day}: {days} hari sebelum hari pertamanya",
    en="The programme can be started on {day} at the earliest: {days} days before its first day",
)
_SESSION_AHEAD = Text(
    id="Masih ada sesi pada {day}; adakan atau batalkan sesi itu dahulu",
    en="There still is a session on {day}; hold it or call it off first",
)
_OF_THE_CALENDAR = frozenset({ProgramMove.submit, ProgramMove.approve})
"""Moves that look at what all other organizations plan."""


async def transition(
    db: AsyncSession,
    caller: Caller,
    program_id: UUID,
    move: ProgramMove,
    reason: str | None = None,
    *,
    spent_idr: int | None = None,
) -> Program:
    """Move a programme on, and keep who did it, when and why. `states.MOVES` holds what is legal.

    What is submitted is compared with what others run and plan, and what is approved must have no such finding left
    open. Raises ProgramNotFound, OrganizerOnly, ProgramMoveNotAllowed, ProgramTooEarly, OverlapUnresolved, Invalid (no
    reason where one is needed). Emits the event of the move, such as program.approved.
    """
    if move in _OF_THE_CALENDAR:
        await lock_calendar(db)
    program = await require_program(db, caller, program_id, for_update=True)
    hand, rule = require_hand(caller, program), MOVES[move]
    if program.state not in rule.starts or hand not in rule.by:
        raise _not_allowed(program, hand)
    if rule.needs_reason and not reason:
        raise Invalid(errors=[_REASON_MISSING])
    await _require_ripe(db, program, move)
    _note(db, caller, program, rule.leads_to, reason)
    program.state = rule.leads_to
    program.spent_idr = program.spent_idr if spent_idr is None else spent_idr
    program.version += 1
    await db.flush()
    await db.refresh(program)
    if move is ProgramMove.submit:
        await note_overlaps(db, program, by=caller)
    await tell(db, rule.event, program, caller)
    return program


async def _require_ripe(db: AsyncSession, program: Program, move: ProgramMove) -> None:
    """Let a move through whose time has come. Raises OverlapUnresolved, ProgramTooEarly."""
    match move:
        case ProgramMove.approve:
            await require_resolved(db, program)
        case ProgramMove.start:
            first, _ = await _first_and_last(db, program.id)
            days = await rule_value(db, "training.start_days_ahead")
            earliest = (first or program.starts_on) - timedelta(days=days)
            if clock.today() < earliest:
                raise ProgramTooEarly(detail=_STARTS_LATER.filled(day=earliest.isoformat(), days=days))
        case ProgramMove.complete:
            _, last = await _first_and_last(db, program.id)
            if last is not None and clock.today() < last:
                raise ProgramTooEarly(detail=_SESSION_AHEAD.filled(day=last.isoformat()))


async def _first_and_last(db: AsyncSession, program_id: UUID) -> tuple[date | None, date | None]:
    """The days of the first and the last session that was not called off."""
    days = select(func.min(TrainingSession.held_on), func.max(TrainingSession.held_on))
    held = TrainingSession.cancelled_at.is_(None)
    first, last = (await db.execute(days.where(TrainingSession.program_id == program_id, held))).one()
    return first, last


def _note(db: AsyncSession, caller: Caller, program: Program, leads_to: object, reason: str | None) -> None:
    db.add(
        ProgramTransition(
            program_id=program.id,
            from_state=program.state,
            to_state=leads_to,
            caller_id=caller.id,
            reason=reason,
        )
    )


def _not_allowed(program: Program, hand: Hand) -> ProgramMoveNotAllowed:
    moves = [move.value for move in allowed_moves(program.state, hand)]
    words = _FROM_HERE.filled(state=program.state.value, moves=", ".join(moves) or "-")
    return ProgramMoveNotAllowed(detail=words, extra={"allowed_moves": moves})
