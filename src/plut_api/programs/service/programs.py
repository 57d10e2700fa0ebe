"""Proposing and changing programmes; `moves.py` moves them on."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.kit import outbox
from plut_api.kit.caller import Caller, Role
from plut_api.kit.etags import require_match
from plut_api.kit.ids import new_id
from plut_api.kit.problems import Fault, Invalid, fault
from plut_api.organizations.models import Organization
from plut_api.programs.access import require_hand, require_program
from plut_api.programs.models import Program, ProgramState
from plut_api.programs.overlaps.service import lock_calendar, note_change
from plut_api.programs.problems import OrganizerOnly, ProgramNotChangeable
from plut_api.programs.schemas.programs import ProgramCreate
from plut_api.programs.service.content import content_faults, settled
from plut_api.programs.service.quota import reserved_faults, set_quota
from plut_api.programs.states import CHANGEABLE, TAUGHT

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
_NOT_SPENT_YET = fault(
    "#/spent_idr",
    "not_spent_yet",
    id="Realisasi anggaran dicatat sejak program berjalan",
    en="What a programme cost is told once it runs",
)
_CONTENT = (
    *("topics", "level", "prerequisite_id", "kbli_version", "kbli_codes", "regency_codes", "district_codes"),
    *("starts_on", "ends_on", "fund_source", "required_documents", "has_post_test", "pass_mark", "attendance_percent"),
)
"""What is checked or settled as a whole when a part of it changes."""


async def propose(db: AsyncSession, caller: Caller, given: ProgramCreate) -> Program:
    """Draft a programme of the caller's OPD, or for the Dinas of any organization.

    Raises OrganizerOnly, Invalid (`not_your_organization`, `organization_unknown`, and the faults of `content.py` and
    `quota.py`). Emits program.proposed.
    """
    if caller.role not in (Role.dinas, Role.opd):
        raise OrganizerOnly()
    organization_id = given.organization_id or caller.organization_id
    faults = await _organization_faults(db, caller, organization_id)
    values = given.model_dump(exclude={"organization_id", "reserved_seats"})
    faults += await content_faults(db, caller, values, values.keys())
    faults += reserved_faults(given.seats, given.reserved_seats)
    if faults or organization_id is None:
        raise Invalid(errors=faults or [_ORGANIZATION_UNKNOWN])
    values = await settled(db, values)
    program = Program(id=new_id(), organization_id=organization_id, proposed_by=caller.id, seats_taken=0, **values)
    db.add(program)
    await db.flush()
    if given.reserved_seats:
        await set_quota(db, program, given.seats, given.reserved_seats)
        await db.flush()
    await db.refresh(program)
    await tell(db, "program.proposed", program, caller)
    return program


async def change_program(
    db: AsyncSession, caller: Caller, program_id: UUID, if_match: str | None, changes: Mapping[str, Any]
) -> Program:
    """Change a proposal: as a draft or rejected, and for the Dinas also while it reviews it.

    What it cost (`spent_idr`) is told while it runs or after, and nothing else changes then. Raises ProgramNotFound,
    OrganizerOnly, PreconditionRequired, PreconditionFailed, ProgramNotChangeable, Invalid. Emits program.changed.
    """
    if caller.role is Role.dinas:  # Only the Dinas changes what is compared with the plans of all others.
        await lock_calendar(db)
    await _lock_in_order(db, program_id, changes.get("prerequisite_id"))
    program = await require_program(db, caller, program_id, for_update=True)
    hand = require_hand(caller, program)
    require_match(program, if_match)
    if program.state in TAUGHT and set(changes) == {"spent_idr"}:
        program.spent_idr = changes["spent_idr"]
    elif program.state in CHANGEABLE[hand]:
        await _change_content(db, caller, program, changes)
    else:
        raise ProgramNotChangeable()
    program.version += 1
    await db.flush()
    await db.refresh(program)
    if program.state is ProgramState.submitted:
        await note_change(db, program, by=caller)
    await tell(db, "program.changed", program, caller)
    return program


async def _change_content(db: AsyncSession, caller: Caller, program: Program, changes: Mapping[str, Any]) -> None:
    """Raises Invalid, QuotaBelowEnrolments."""
    whole = {name: getattr(program, name) for name in _CONTENT} | dict(changes)
    faults = [_NOT_SPENT_YET] if "spent_idr" in changes else []
    faults += await content_faults(db, caller, whole, changes.keys(), program.id)
    seats, reserved = changes.get("seats", program.seats), changes.get("reserved_seats")
    faults += reserved_faults(seats, reserved) if reserved is not None else []
    if faults:
        raise Invalid(errors=faults)
    if "seats" in changes or reserved is not None:
        await set_quota(db, program, seats, reserved)
    whole = await settled(db, whole)
    for name, value in whole.items():
        if name not in ("seats", "reserved_seats"):
            setattr(program, name, value)


async def _lock_in_order(db: AsyncSession, *program_ids: UUID | None) -> None:
    """Several programmes are locked by rising id, so that two that name each other do not wait for each other."""
    ids = sorted(program_id for program_id in program_ids if program_id is not None)
    if len(ids) > 1:
        query = select(Program.id).where(Program.id.in_(ids)).order_by(Program.id)
        await db.execute(query.with_for_update(key_share=True, of=Program))


async def tell(db: AsyncSession, event: str, program: Program, caller: Caller) -> None:
    """Record an event of a programme."""
    facts = {"program_id": program.id, "organization_id": program.organization_id}
    await outbox.record(db, event, program.id, by=caller, **facts)


async def _organization_faults(db: AsyncSession, caller: Caller, organization_id: UUID | None) -> list[Fault]:
    if organization_id == caller.organization_id:
        return []
    if caller.role is not Role.dinas:
        return [_OTHER_ORGANIZATION]
    query = select(Organization.id).where(Organization.id == organization_id, Organization.is_active)
    return [] if await db.scalar(query) else [_ORGANIZATION_UNKNOWN]
