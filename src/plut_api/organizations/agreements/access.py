"""Which agreements a caller reaches. Applied in the query, so unknown and not-yours look alike."""

from uuid import UUID

from sqlalchemy import ColumnElement, false, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.kit.caller import Caller, Role
from plut_api.organizations.agreements.models import Agreement, AgreementState, Commitment
from plut_api.organizations.agreements.problems import AgreementNotFound, CommitmentNotFound


def agreements_visible_to(caller: Caller) -> ColumnElement[bool]:
    """The condition on `agreements`: all for the Dinas, those of the own organization for a partner's staff.

    An OPD also reads active ones of others, since their commitments can sponsor its programmes.
    """
    if caller.role is Role.dinas:
        return true()
    own = own_agreements(caller)
    return or_(own, Agreement.state == AgreementState.active) if caller.role is Role.opd else own


def own_agreements(caller: Caller) -> ColumnElement[bool]:
    """The condition that an agreement is one of the caller's organization."""
    return Agreement.organization_id == caller.organization_id if caller.organization_id is not None else false()


async def require_agreement(
    db: AsyncSession, caller: Caller, agreement_id: UUID, *, for_update: bool = False
) -> Agreement:
    """An agreement within the caller's rows. Raises AgreementNotFound."""
    query = select(Agreement).where(Agreement.id == agreement_id, agreements_visible_to(caller))
    agreement = await db.scalar(query.with_for_update() if for_update else query)
    if agreement is None:
        raise AgreementNotFound()
    return agreement


async def require_commitment(db: AsyncSession, caller: Caller, commitment_id: UUID) -> Commitment:
    """A commitment of an agreement within the caller's rows. Raises CommitmentNotFound."""
    query = select(Commitment).join(Agreement, Agreement.id == Commitment.agreement_id)
    commitment = await db.scalar(query.where(Commitment.id == commitment_id, agreements_visible_to(caller)))
    if commitment is None:
        raise CommitmentNotFound()
    return commitment
