"""Proposing, changing and moving programmes."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, not_, select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.kit import outbox
from plut_api.kit.caller import Caller, Role
from plut_api.kit.etags import require_match
from plut_api.kit.i18n import Text
from plut_api.kit.ids import new_id
from plut_api.kit.problems import Fault, Invalid, fault
from plut_api.organizations.models import Organization
from plut_api.programs.access import require_hand, require_program
from plut_api.programs.models import Program, ProgramTransition, TrainingSession
from plut_api.programs.problems import OrganizerOnly, ProgramMoveNotAllowed, ProgramNotChangeable
from plut_api.programs.schemas.programs import ProgramCreate
from plut_api.programs.states import CHANGEABLE, MOVES, Hand, ProgramMove, allowed_moves
from plut_api.reference.models import Region, RegionLevel

_FROM_HERE = Text(
    id="Program ini berstatus {state}; langkah Anda yang mungkin: {moves}",
    en="This programme is {state}; what you can do with it now: {moves}",
)
_REASON_MISSING = fault("#/reason", "missing", id="Jelaskan alasannya", en="Say why")
_ENDS_BEFORE = fault(
    "#/ends_on",
    "ends_before_it_starts",
    id="Hari terakhir tidak boleh sebelum hari pertama",
    en="The last day must not be before the first",
)
_SESSIONS_OUTSIDE = fault(
    "#/starts_on",
    "sessions_outside_period",
    id="Ada sesi di luar masa program yang baru",
    en="There are sessions outside the new period",
)
_OTHER_ORGANIZATION = fault(
    "#/organization_id",
    "not_your_organization",
    id="Anda hanya dapat mengusulkan program instansi Anda sendiri",
    en="You can propose programmes of your own organization only",
)
_ORGANIZATION_UNKNOWN = fault(
    "#/organization_id",
    "organization_unknown",
    id="Organisasi ini tidak ada atau tidak aktif lagi; cari di /v1/organizations",
    en="There is no such active organization; look in /v1/organizations",
)


async def propose(db: AsyncSession, caller: Caller, given: ProgramCreate) -> Program:
    """Draft a programme of the caller's OPD, or for the Dinas of any organization.

    Raises OrganizerOnly, Invalid (`not_your_organization`, `organization_unknown`, `regency_unknown`,
    `ends_before_it_starts`). Emits program.proposed.
    """
    if caller.role not in (Role.dinas, Role.opd):
        raise OrganizerOnly()
    organization_id = given.organization_id or caller.organization_id
    faults = await _organization_faults(db, caller, organization_id)
    faults += await _content_faults(db, given.starts_on, given.ends_on, given.regency_codes)
    if faults or organization_id is None:
        raise Invalid(errors=faults or [_ORGANIZATION_UNKNOWN])
    values = given.model_dump(exclude={"organization_id"})
    program = Program(id=new_id(), organization_id=organization_id, proposed_by=caller.id, **values)
    db.add(program)
    await db.flush()
    await db.refresh(program)
    await _tell(db, "program.proposed", program, caller)
    return program


async def change_program(
    db: AsyncSession, caller: Caller, program_id: UUID, if_match: str | None, changes: Mapping[str, Any]
) -> Program:
    """Change a proposal: as a draft or rejected, and for the Dinas also while it reviews it.

    Raises ProgramNotFound, OrganizerOnly, PreconditionRequired, PreconditionFailed, ProgramNotChangeable, Invalid.
    Emits program.changed.
    """
    program = await require_program(db, caller, program_id, for_update=True)
    hand = require_hand(caller, program)
    require_match(program, if_match)
    if program.state not in CHANGEABLE[hand]:
        raise ProgramNotChangeable()
    starts_on, ends_on = (changes.get(name, getattr(program, name)) for name in ("starts_on", "ends_on"))
    faults = await _content_faults(db, starts_on, ends_on, changes.get("regency_codes", []))
    faults += await _session_faults(db, program.id, starts_on, ends_on)
    if faults:
        raise Invalid(errors=faults)
    for name, value in changes.items():
        setattr(program, name, value)
    program.version += 1
    await db.flush()
    await db.refresh(program)
    await _tell(db, "program.changed", program, caller)
    return program


async def transition(
    db: AsyncSession, caller: Caller, program_id: UUID, move: ProgramMove, reason: str | None = None
) -> Program:
    """Move a programme on, and keep who did it, when and why. `states.MOVES` holds what is legal.

    Raises ProgramNotFound, OrganizerOnly, ProgramMoveNotAllowed, Invalid (no reason where one is needed).
    Emits the event of the move, such as program.approved.
    """
    program = await require_program(db, caller, program_id, for_update=True)
    hand, rule = require_hand(caller, program), MOVES[move]
    if program.state not in rule.starts or hand not in rule.by:
        raise _not_allowed(program, hand)
    if rule.needs_reason and not reason:
        raise Invalid(errors=[_REASON_MISSING])
    db.add(
        ProgramTransition(
            program_id=program.id,
            from_state=program.state,
            to_state=rule.leads_to,
            caller_id=caller.id,
            reason=reason,
        )
    )
    program.state = rule.leads_to
    program.version += 1
    await db.flush()
    await db.refresh(program)
    await _tell(db, rule.event, program, caller)
    return program


def _not_allowed(program: Program, hand: Hand) -> ProgramMoveNotAllowed:
    moves = [move.value for move in allowed_moves(program.state, hand)]
    words = _FROM_HERE.filled(state=program.state.value, moves=", ".join(moves) or "-")
    return ProgramMoveNotAllowed(detail=words, extra={"allowed_moves": moves})


async def _tell(db: AsyncSession, event: str, program: Program, caller: Caller) -> None:
    facts = {"program_id": program.id, "organization_id": program.organization_id}
    await outbox.record(db, event, program.id, by=caller, **facts)


async def _organization_faults(db: AsyncSession, caller: Caller, organization_id: UUID | None) -> list[Fault]:
    if organization_id == caller.organization_id:
        return []
    if caller.role is not Role.dinas:
        return [_OTHER_ORGANIZATION]
    query = select(Organization.id).where(Organization.id == organization_id, Organization.is_active)
    return [] if await db.scalar(query) else [_ORGANIZATION_UNKNOWN]


async def _content_faults(db: AsyncSession, starts_on: date, ends_on: date, regency_codes: list[str]) -> list[Fault]:
    faults = [_ENDS_BEFORE] if ends_on < starts_on else []
    if not regency_codes:
        return faults
    levels = (RegionLevel.regency, RegionLevel.city)
    query = select(Region.code).where(Region.code.in_(regency_codes), Region.level.in_(levels))
    known = set(await db.scalars(query.where(Region.retired_on.is_(None))))
    return faults + [_regency_unknown(at) for at, code in enumerate(regency_codes) if code not in known]


def _regency_unknown(at: int) -> Fault:
    return fault(
        f"#/regency_codes/{at}",
        "regency_unknown",
        id="Bukan kode kabupaten atau kota yang berlaku; cari di /v1/regions",
        en="Not the code of a present regency or city; look in /v1/regions",
    )


async def _session_faults(db: AsyncSession, program_id: UUID, starts_on: date, ends_on: date) -> list[Fault]:
    outside = not_(TrainingSession.held_on.between(starts_on, ends_on))
    query = select(func.count()).where(TrainingSession.program_id == program_id, outside)
    return [_SESSIONS_OUTSIDE] if await db.scalar(query) else []
