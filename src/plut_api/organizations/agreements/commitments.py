"""Commitments of agreements: added, changed and taken back by the Dinas."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.kit import outbox
from plut_api.kit.caller import Caller
from plut_api.kit.etags import require_match
from plut_api.kit.ids import new_id
from plut_api.kit.problems import Fault, Invalid, fault
from plut_api.organizations.agreements.access import require_agreement, require_commitment
from plut_api.organizations.agreements.models import Agreement, AgreementState, Commitment, CommitmentKind
from plut_api.organizations.agreements.schemas import CommitmentCreate
from plut_api.organizations.agreements.service import require_changeable
from plut_api.organizations.agreements.states import COMMITMENT_CHANGEABLE

_FIELDS: Mapping[CommitmentKind, frozenset[str]] = {
    CommitmentKind.seats: frozenset({"seats"}),
    CommitmentKind.rupiah: frozenset({"amount_idr"}),
    CommitmentKind.offtake: frozenset({"quantity", "unit", "product"}),
}
_ALL_FIELDS = frozenset().union(*_FIELDS.values())
_ADDABLE = {AgreementState.draft: frozenset({"commitments"}), AgreementState.active: frozenset({"commitments"})}
_REMOVABLE = {AgreementState.draft: frozenset({"commitments"})}
_DUE_OUTSIDE = fault(
    "#/due_on",
    "due_outside_period",
    id="Jatuh tempo harus di dalam masa perjanjian",
    en="It has to fall due within the period of the agreement",
)


async def commitments_of(db: AsyncSession, caller: Caller, agreement_id: UUID) -> Select[Commitment]:
    """The commitments of an agreement within the caller's rows. Raises AgreementNotFound."""
    agreement = await require_agreement(db, caller, agreement_id)
    return select(Commitment).where(Commitment.agreement_id == agreement.id)


async def add_commitment(db: AsyncSession, caller: Caller, agreement_id: UUID, given: CommitmentCreate) -> Commitment:
    """Add what the partner commits itself to; under an active agreement too, which so becomes larger.

    Raises AgreementNotFound, AgreementNotChangeable, Invalid (`missing`, `not_of_this_kind`, `due_outside_period`).
    Emits commitment.added.
    """
    agreement = await require_agreement(db, caller, agreement_id, for_update=True)
    require_changeable(agreement, {"commitments": given}, _ADDABLE)
    wanted = _FIELDS[given.kind]
    faults = [_missing(name) for name in sorted(wanted) if getattr(given, name) is None]
    faults += [_stranger(name) for name in sorted(_ALL_FIELDS - wanted) if getattr(given, name) is not None]
    faults += _due_faults(agreement, given.due_on)
    if faults:
        raise Invalid(errors=faults)
    commitment = Commitment(id=new_id(), agreement_id=agreement.id, **given.model_dump())
    db.add(commitment)
    await db.flush()
    await db.refresh(commitment)
    await _tell(db, "commitment.added", commitment, caller)
    return commitment


async def change_commitment(
    db: AsyncSession, caller: Caller, commitment_id: UUID, if_match: str | None, changes: Mapping[str, Any]
) -> Commitment:
    """Change a commitment: wholly in a draft, only its day and note under an active agreement.

    Raises CommitmentNotFound, PreconditionRequired, PreconditionFailed, AgreementNotChangeable, Invalid
    (`not_of_this_kind`, `due_outside_period`). Emits commitment.changed.
    """
    agreement, commitment = await _locked(db, caller, commitment_id)
    require_match(commitment, if_match)
    require_changeable(agreement, changes, COMMITMENT_CHANGEABLE)
    strangers = (changes.keys() & _ALL_FIELDS) - _FIELDS[commitment.kind]
    faults = [_stranger(name) for name in sorted(strangers)]
    faults += _due_faults(agreement, changes.get("due_on", commitment.due_on))
    if faults:
        raise Invalid(errors=faults)
    for name, value in changes.items():
        setattr(commitment, name, value)
    commitment.version += 1
    await db.flush()
    await db.refresh(commitment)
    await _tell(db, "commitment.changed", commitment, caller)
    return commitment


async def remove_commitment(db: AsyncSession, caller: Caller, commitment_id: UUID, if_match: str | None) -> None:
    """Take a commitment out of a draft.

    Raises CommitmentNotFound, PreconditionRequired, PreconditionFailed, AgreementNotChangeable.
    Emits commitment.removed.
    """
    agreement, commitment = await _locked(db, caller, commitment_id)
    require_match(commitment, if_match)
    require_changeable(agreement, {"commitments": None}, _REMOVABLE)
    await db.delete(commitment)
    await db.flush()
    await _tell(db, "commitment.removed", commitment, caller)


async def _locked(db: AsyncSession, caller: Caller, commitment_id: UUID) -> tuple[Agreement, Commitment]:
    """A commitment and its agreement, whose lock everybody takes who changes either."""
    commitment = await require_commitment(db, caller, commitment_id)
    agreement = await require_agreement(db, caller, commitment.agreement_id, for_update=True)
    await db.refresh(commitment)
    return agreement, commitment


def _due_faults(agreement: Agreement, due_on: Any) -> list[Fault]:
    return [] if agreement.starts_on <= due_on <= agreement.ends_on else [_DUE_OUTSIDE]


def _missing(name: str) -> Fault:
    return fault(f"#/{name}", "missing", id="Diperlukan untuk jenis komitmen ini", en="Needed for this kind")


def _stranger(name: str) -> Fault:
    return fault(
        f"#/{name}",
        "not_of_this_kind",
        id="Bukan isian untuk jenis komitmen ini",
        en="A commitment of this kind does not have this",
    )


async def _tell(db: AsyncSession, event: str, commitment: Commitment, caller: Caller) -> None:
    facts = {"agreement_id": commitment.agreement_id, "kind": commitment.kind.value}
    await outbox.record(db, event, commitment.id, by=caller, **facts)
