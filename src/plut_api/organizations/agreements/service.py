"""Drafting agreements and moving them on. Scopes are the router's to check; only the Dinas holds that for changes."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, false, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.kit import clock, outbox
from plut_api.kit.caller import Caller, Role
from plut_api.kit.database import refusing
from plut_api.kit.etags import require_match
from plut_api.kit.files import readable_through, release, require_file
from plut_api.kit.i18n import Text
from plut_api.kit.ids import new_id
from plut_api.kit.problems import Fault, Invalid, fault
from plut_api.organizations.agreements.access import agreements_visible_to, own_agreements, require_agreement
from plut_api.organizations.agreements.models import Agreement, AgreementState, AgreementTransition, Commitment
from plut_api.organizations.agreements.problems import (
    AgreementMoveNotAllowed,
    AgreementNotChangeable,
    AgreementNotFound,
    AgreementNumberTaken,
)
from plut_api.organizations.agreements.schemas import AgreementCreate
from plut_api.organizations.agreements.states import CHANGEABLE, MOVES, AgreementMove, allowed_moves
from plut_api.organizations.models import Organization, OrganizationKind

_PARTNERS = frozenset(
    {OrganizationKind.private, OrganizationKind.bank, OrganizationKind.university, OrganizationKind.opd}
)
_TAKEN = {"uq_agreements_number": AgreementNumberTaken()}
_FROM_HERE = Text(
    id="Perjanjian ini berstatus {state}; langkah yang mungkin: {moves}",
    en="This agreement is {state}; what can be done with it now: {moves}",
)
_CHANGEABLE = Text(
    id="Perjanjian ini berstatus {state}; yang masih dapat diubah: {fields}",
    en="This agreement is {state}; what may still change: {fields}",
)
REASON_MISSING = fault("#/reason", "missing", id="Jelaskan alasannya", en="Say why")
_ENDS_BEFORE = fault(
    "#/ends_on",
    "ends_before_it_starts",
    id="Hari terakhir tidak boleh sebelum hari pertama",
    en="The last day must not be before the first",
)
_DUE_OUTSIDE = fault(
    "#/ends_on",
    "commitments_outside_period",
    id="Ada komitmen yang jatuh tempo di luar masa perjanjian yang baru",
    en="Commitments fall due outside the new period",
)
_NO_PARTNER = fault(
    "#/organization_id",
    "organization_is_no_partner",
    id="Bukan mitra aktif: pilih swasta, bank, perguruan tinggi atau OPD dari /v1/organizations",
    en="Not an active partner: choose a private one, a bank, a university or an OPD from /v1/organizations",
)
_NOT_SIGNED = fault("#/signed_on", "missing", id="Isi tanggal tanda tangan dulu", en="Say first when it was signed")
_NO_PAPER = fault(
    "#/paper_file_id", "missing", id="Unggah naskah bertanda tangan dulu", en="Attach the signed paper first"
)
_COLUMNS = ("id", "organization_id", "number", "title", "starts_on", "ends_on", "signed_on", "paper_file_id", "state")
_STAMPS = ("created_at", "updated_at", "version")


@readable_through(Agreement.paper_file_id, of_subject=lambda _: false())
def papers_of_own_agreements(caller: Caller) -> ColumnElement[bool]:
    """The Dinas reads every paper, a partner's staff those of their own agreements."""
    return Agreement.id.is_not(None) if caller.role is Role.dinas else own_agreements(caller)


def agreements(
    caller: Caller, organizations: Sequence[UUID] | None = None, states: Sequence[AgreementState] | None = None
) -> Select[Any]:
    """Agreements within the caller's rows with the names of the partners, as flat rows."""
    columns = (getattr(Agreement, name) for name in (*_COLUMNS, *_STAMPS))
    query = select(*columns, Organization.name.label("organization_name"))
    query = query.join(Organization, Organization.id == Agreement.organization_id)
    if organizations:
        query = query.where(Agreement.organization_id.in_(organizations))
    if states:
        query = query.where(Agreement.state.in_(states))
    return query.where(agreements_visible_to(caller))


async def one_agreement(db: AsyncSession, caller: Caller, agreement_id: UUID) -> Any:
    """One row of `agreements`. Raises AgreementNotFound."""
    row = (await db.execute(agreements(caller).where(Agreement.id == agreement_id))).one_or_none()
    if row is None:
        raise AgreementNotFound()
    return row


def moves_of(agreement: Agreement) -> Select[AgreementTransition]:
    """The moves of an agreement."""
    return select(AgreementTransition).where(AgreementTransition.agreement_id == agreement.id)


async def draft_agreement(db: AsyncSession, caller: Caller, given: AgreementCreate) -> Any:
    """Draft an agreement with a partner.

    Raises Invalid (`organization_is_no_partner`, `ends_before_it_starts`, `file_unknown`), AgreementNumberTaken.
    Emits agreement.drafted.
    """
    faults = [_ENDS_BEFORE] if given.ends_on < given.starts_on else []
    partner = select(Organization.id).where(
        Organization.id == given.organization_id, Organization.kind.in_(_PARTNERS), Organization.is_active
    )
    if await db.scalar(partner) is None:
        faults.append(_NO_PARTNER)
    if faults:
        raise Invalid(errors=faults)
    if given.paper_file_id is not None:
        await require_file(db, caller, given.paper_file_id, pointer="#/paper_file_id")
    agreement = Agreement(id=new_id(), drafted_by=caller.id, **given.model_dump())
    with refusing(_TAKEN):
        db.add(agreement)
        await db.flush()
    await _tell(db, "agreement.drafted", agreement, caller)
    return await one_agreement(db, caller, agreement.id)


async def change_agreement(
    db: AsyncSession, caller: Caller, agreement_id: UUID, if_match: str | None, changes: Mapping[str, Any]
) -> Any:
    """Change an agreement, as far as its state allows.

    Raises AgreementNotFound, PreconditionRequired, PreconditionFailed, AgreementNotChangeable, AgreementNumberTaken,
    Invalid (`ends_before_it_starts`, `commitments_outside_period`, `file_unknown`). Emits agreement.changed.
    """
    agreement = await require_agreement(db, caller, agreement_id, for_update=True)
    require_match(agreement, if_match)
    require_changeable(agreement, changes, CHANGEABLE)
    starts_on, ends_on = (changes.get(name, getattr(agreement, name)) for name in ("starts_on", "ends_on"))
    faults = [_ENDS_BEFORE] if ends_on < starts_on else await _due_outside(db, agreement, starts_on, ends_on)
    if faults:
        raise Invalid(errors=faults)
    paper = changes.get("paper_file_id")
    if paper is not None and paper != agreement.paper_file_id:
        await require_file(db, caller, paper, pointer="#/paper_file_id")
    before = agreement.paper_file_id
    for name, value in changes.items():
        setattr(agreement, name, value)
    if agreement.state is AgreementState.active:
        _require_signed(agreement)
    agreement.version += 1
    with refusing(_TAKEN):
        await db.flush()
    if before != agreement.paper_file_id:
        await release(db, before)
    await _tell(db, "agreement.changed", agreement, caller)
    return await one_agreement(db, caller, agreement.id)


async def move_agreement(
    db: AsyncSession, caller: Caller, agreement_id: UUID, move: AgreementMove, reason: str | None = None
) -> Any:
    """Move an agreement on, and keep who did it, when and why. It is active once it is signed and its paper on file.

    Raises AgreementNotFound, AgreementMoveNotAllowed, Invalid (`missing`). Emits the event of the move.
    """
    agreement = await require_agreement(db, caller, agreement_id, for_update=True)
    rule = MOVES[move]
    if agreement.state not in rule.starts:
        raise _not_allowed(agreement)
    if rule.needs_reason and not reason:
        raise Invalid(errors=[REASON_MISSING])
    if move is AgreementMove.activate:
        _require_signed(agreement)
    await note_move(db, agreement, move, caller, reason)
    return await one_agreement(db, caller, agreement.id)


async def note_move(
    db: AsyncSession, agreement: Agreement, move: AgreementMove, caller: Caller | None, reason: str | None
) -> None:
    """Write a move that is legal, by a caller or by the worker. Emits the event of the move."""
    rule = MOVES[move]
    db.add(
        AgreementTransition(
            agreement_id=agreement.id,
            from_state=agreement.state,
            to_state=rule.leads_to,
            caller_id=caller.id if caller else None,
            reason=reason,
        )
    )
    agreement.state = rule.leads_to
    agreement.version += 1
    await db.flush()
    await _tell(db, rule.event, agreement, caller)


async def end_overdue(db: AsyncSession) -> int:
    """End active agreements whose last day is over; how many. Emits agreement.ended for each."""
    over = select(Agreement).where(Agreement.state == AgreementState.active, Agreement.ends_on < clock.today())
    rows = (await db.scalars(over.order_by(Agreement.id).with_for_update(skip_locked=True))).all()
    for agreement in rows:
        await note_move(db, agreement, AgreementMove.end, None, None)
    return len(rows)


def require_changeable(
    agreement: Agreement, changes: Mapping[str, Any], allowed: Mapping[AgreementState, frozenset[str]]
) -> None:
    """Let changes through that an agreement's state allows. Raises AgreementNotChangeable."""
    fields = allowed.get(agreement.state, frozenset())
    if not changes.keys() <= fields:
        words = _CHANGEABLE.filled(state=agreement.state.value, fields=", ".join(sorted(fields)) or "-")
        raise AgreementNotChangeable(detail=words, extra={"changeable": sorted(fields)})


async def _due_outside(db: AsyncSession, agreement: Agreement, starts_on: Any, ends_on: Any) -> list[Fault]:
    outside = ~Commitment.due_on.between(starts_on, ends_on)
    query = select(func.count()).select_from(Commitment).where(Commitment.agreement_id == agreement.id, outside)
    return [_DUE_OUTSIDE] if await db.scalar(query) else []


def _require_signed(agreement: Agreement) -> None:
    faults = [_NOT_SIGNED] if agreement.signed_on is None else []
    faults += [_NO_PAPER] if agreement.paper_file_id is None else []
    if faults:
        raise Invalid(errors=faults)


def _not_allowed(agreement: Agreement) -> AgreementMoveNotAllowed:
    moves = [move.value for move in allowed_moves(agreement.state)]
    words = _FROM_HERE.filled(state=agreement.state.value, moves=", ".join(moves) or "-")
    return AgreementMoveNotAllowed(detail=words, extra={"allowed_moves": moves})


async def _tell(db: AsyncSession, event: str, agreement: Agreement, caller: Caller | None) -> None:
    await outbox.record(db, event, agreement.id, by=caller, organization_id=agreement.organization_id)
