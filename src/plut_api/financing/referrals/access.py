"""Which referrals a caller sees, and how one is found."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors.access import actors_reached_by
from plut_api.financing.models import Referral, ReferralState, ReferralTransition
from plut_api.financing.problems import ReferralNotFound
from plut_api.kit import clock
from plut_api.kit.caller import Caller


@dataclass(frozen=True)
class Filters:
    """What a list of referrals is narrowed to; of each, any of the values."""

    states: Sequence[ReferralState] = ()
    schemes: Sequence[str] = ()
    banks: Sequence[UUID] = ()
    queue: UUID | None = None
    late: bool | None = None


def referrals_visible_to(caller: Caller) -> ColumnElement[bool]:
    """The condition on `referrals` for a caller: a bank those it was sent, others those of businesses they reach."""
    if caller.is_bank:
        return (Referral.bank_id == caller.organization_id) & Referral.submitted_at.is_not(None)
    return actors_reached_by(caller, Referral.actor_id)


def is_late() -> ColumnElement[bool]:
    """The condition on `referrals` that the clock of the present state has run out. Leans on ix_referrals_due_at."""
    return Referral.due_at <= clock.now()


def referrals_of(caller: Caller, filters: Filters) -> Select[Referral]:
    """The referrals within a caller's rows that pass the filters."""
    query = select(Referral).where(referrals_visible_to(caller))
    if filters.states:
        query = query.where(Referral.state.in_(filters.states))
    if filters.schemes:
        query = query.where(Referral.scheme.in_(filters.schemes))
    if filters.banks:
        query = query.where(Referral.bank_id.in_(filters.banks))
    if filters.queue is not None and not caller.is_bank:  # That there is an order is no bank's business.
        query = query.where(Referral.queue_id == filters.queue)
    if filters.late is not None:
        query = query.where(is_late() if filters.late else Referral.due_at.is_(None) | ~is_late())
    return query


async def get_referral(db: AsyncSession, caller: Caller, referral_id: UUID, *, for_update: bool = False) -> Referral:
    """A referral within the caller's rows, locked if it is to be changed. Raises ReferralNotFound."""
    query = select(Referral).where(Referral.id == referral_id, referrals_visible_to(caller))
    if for_update:
        query = query.with_for_update().execution_options(populate_existing=True)
    referral = await db.scalar(query)
    if referral is None:
        raise ReferralNotFound()
    return referral


def moves_made(caller: Caller, referral: Referral) -> Select[ReferralTransition]:
    """The moves of a referral; a bank is told from the submission on."""
    query = select(ReferralTransition).where(ReferralTransition.referral_id == referral.id)
    return query.where(ReferralTransition.to_state != ReferralState.draft) if caller.is_bank else query
