"""Letting commitments of partners sponsor programmes.

What is left of a commitment is summed up under its lock, which everybody takes who sponsors by it. It is an advisory
one, because an OPD, behind its wall, may not lock rows of agreements. The programme's row is locked before it.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select, text, true
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.kit import clock, outbox
from plut_api.kit.caller import Caller, Role
from plut_api.kit.database import refusing
from plut_api.kit.ids import new_id
from plut_api.kit.problems import Fault, Invalid
from plut_api.organizations.agreements.access import agreements_visible_to, require_agreement
from plut_api.organizations.agreements.models import Agreement, AgreementState, Commitment, CommitmentKind
from plut_api.organizations.agreements.problems import AgreementNotActive
from plut_api.organizations.models import Organization
from plut_api.programs.access import hosts, require_hand, require_program
from plut_api.programs.models import Program, ProgramState
from plut_api.programs.sponsors.models import ProgramSponsor
from plut_api.programs.sponsors.problems import (
    AlreadySponsored,
    CommitmentExceeded,
    SponsoredSeatsExceeded,
    SponsorNotFound,
    SponsorsSettled,
)
from plut_api.programs.sponsors.progress import BEHIND, progress
from plut_api.programs.sponsors.schemas import SponsorCreate
from plut_api.programs.sponsors.words import COMMITMENT_UNKNOWN, LEFT, OFFTAKE_SPONSORS_NOTHING, missing, stranger
from plut_api.reference.rules import rule_value

_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('commitment ' || CAST(:id AS text), 0))")
_SETTLED = frozenset({ProgramState.completed, ProgramState.cancelled})
_TAKEN = {"uq_program_sponsors_program_id_commitment_id": AlreadySponsored()}
_COLUMNS = ("id", "program_id", "organization_id", "commitment_id", "seats", "amount_idr", "created_at")


def sponsors(caller: Caller, program_id: UUID) -> Select[Any]:
    """Sponsors of a programme with their names: all for its organizer and the Dinas, else those of one's own."""
    columns = (getattr(ProgramSponsor, name) for name in _COLUMNS)
    query = select(*columns, Organization.name.label("organization_name"))
    query = query.join(Organization, Organization.id == ProgramSponsor.organization_id)
    return query.where(ProgramSponsor.program_id == program_id, _visible(caller))


def _visible(caller: Caller) -> ColumnElement[bool]:
    if caller.role is Role.dinas:
        return true()
    own = ProgramSponsor.organization_id == caller.organization_id
    if caller.role is Role.opd and caller.organization_id is not None:
        hosted = select(Program.id).where(hosts(caller.organization_id))
        return or_(own, ProgramSponsor.program_id.in_(hosted))
    return own


async def sponsor(db: AsyncSession, caller: Caller, program_id: UUID, given: SponsorCreate) -> Any:
    """Let a commitment sponsor a programme, by its organizer or the Dinas, within what is left of both.

    Raises ProgramNotFound, OrganizerOnly, SponsorsSettled, AgreementNotActive, CommitmentExceeded,
    SponsoredSeatsExceeded, AlreadySponsored, Invalid (`commitment_unknown`, `commitment_of_offtake`, `missing`,
    `not_of_this_kind`). Emits program.sponsored.
    """
    program = await _open_program(db, caller, program_id)
    commitment = await _commitment(db, caller, given)
    agreement = await require_agreement(db, caller, commitment.agreement_id)
    if agreement.state is not AgreementState.active:
        raise AgreementNotActive()
    await _require_left(db, program, commitment, given)
    row = ProgramSponsor(
        id=new_id(),
        program_id=program.id,
        organization_id=agreement.organization_id,
        commitment_id=commitment.id,
        seats=given.seats,
        amount_idr=given.amount_idr,
        added_by=caller.id,
    )
    with refusing(_TAKEN):
        db.add(row)
        await db.flush()
    await _tell(db, "program.sponsored", row, caller)
    return (await db.execute(sponsors(caller, program.id).where(ProgramSponsor.id == row.id))).one()


async def remove_sponsor(db: AsyncSession, caller: Caller, program_id: UUID, sponsor_id: UUID) -> None:
    """Take a sponsor from a programme that is not over; what it took of the commitment is free again.

    Raises ProgramNotFound, OrganizerOnly, SponsorNotFound, SponsorsSettled. Emits program.sponsor_removed.
    """
    program = await _open_program(db, caller, program_id)
    query = select(ProgramSponsor).where(ProgramSponsor.id == sponsor_id, ProgramSponsor.program_id == program.id)
    row = await db.scalar(query)
    if row is None:
        raise SponsorNotFound()
    await db.delete(row)
    await db.flush()
    await _tell(db, "program.sponsor_removed", row, caller)


async def progress_of(
    db: AsyncSession,
    caller: Caller,
    *,
    agreement_id: UUID | None = None,
    organizations: Sequence[UUID] | None = None,
    kinds: Sequence[CommitmentKind] | None = None,
    behind: bool | None = None,
) -> Select[Any]:
    """Commitments within the caller's rows with what became of them. Raises AgreementNotFound."""
    query = progress(clock.today(), await rule_value(db, BEHIND)).where(agreements_visible_to(caller))
    if agreement_id is not None:
        agreement = await require_agreement(db, caller, agreement_id)
        query = query.where(Commitment.agreement_id == agreement.id)
    if organizations:
        query = query.where(Agreement.organization_id.in_(organizations))
    if kinds:
        query = query.where(Commitment.kind.in_(kinds))
    if behind is not None:
        late = query.selected_columns.is_behind
        query = query.where(late if behind else late.is_not(true()))
    return query


async def _open_program(db: AsyncSession, caller: Caller, program_id: UUID) -> Program:
    program = await require_program(db, caller, program_id, for_update=True)
    require_hand(caller, program)
    if program.state in _SETTLED:
        raise SponsorsSettled()
    return program


async def _commitment(db: AsyncSession, caller: Caller, given: SponsorCreate) -> Commitment:
    query = select(Commitment).join(Agreement, Agreement.id == Commitment.agreement_id)
    found = await db.scalar(query.where(Commitment.id == given.commitment_id, agreements_visible_to(caller)))
    if found is None:
        raise Invalid(errors=[COMMITMENT_UNKNOWN])
    faults: list[Fault] = []
    for kind, name in ((CommitmentKind.seats, "seats"), (CommitmentKind.rupiah, "amount_idr")):
        value = getattr(given, name)
        if found.kind is kind and value is None:
            faults.append(missing(name))
        if found.kind is not kind and value is not None:
            faults.append(stranger(name))
    if found.kind is CommitmentKind.offtake:
        faults.insert(0, OFFTAKE_SPONSORS_NOTHING)
    if faults:
        raise Invalid(errors=faults)
    return found


async def _require_left(db: AsyncSession, program: Program, commitment: Commitment, given: SponsorCreate) -> None:
    """Let through what is left of the commitment, and of the programme's seats. Locks the commitment."""
    await db.execute(_LOCK, {"id": str(commitment.id)})
    row, wanted = ProgramSponsor, given.seats or given.amount_idr or 0
    share = func.coalesce(row.seats, row.amount_idr)
    taken = select(func.coalesce(func.sum(share), 0)).join(Program, Program.id == row.program_id)
    taken = taken.where(row.commitment_id == commitment.id, Program.state != ProgramState.cancelled)
    left = max(0, commitment.target - int(await db.scalar(taken) or 0))
    if wanted > left:
        raise CommitmentExceeded(detail=LEFT.filled(left=left), extra={"left": left})
    if given.seats is not None:
        paid = select(func.coalesce(func.sum(row.seats), 0)).where(row.program_id == program.id)
        free = max(0, program.seats - int(await db.scalar(paid) or 0))
        if given.seats > free:
            raise SponsoredSeatsExceeded(detail=LEFT.filled(left=free), extra={"left": free})


async def _tell(db: AsyncSession, event: str, row: ProgramSponsor, caller: Caller) -> None:
    facts = {"organization_id": row.organization_id, "commitment_id": row.commitment_id}
    await outbox.record(db, event, row.program_id, by=caller, **facts)
