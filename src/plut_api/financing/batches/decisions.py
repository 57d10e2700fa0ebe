"""Decisions of a bank on many referrals at once: all locked by one statement, each moved whole or not at all."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.financing.batches.problems import ReferralTwice
from plut_api.financing.batches.reading import Read
from plut_api.financing.batches.running import Result, locked_referrals
from plut_api.financing.batches.schemas import ItemOutcome, ReferralDecision
from plut_api.financing.models import Referral, ReferralState, ReferralTransition
from plut_api.financing.problems import ReferralNotFound
from plut_api.financing.products.models import FinancingProduct
from plut_api.financing.referrals.service import move_locked
from plut_api.kit.caller import Caller
from plut_api.kit.problems import PreconditionFailed, Problem

S = ReferralState
_BEHIND: Mapping[ReferralState, frozenset[ReferralState]] = {
    S.approved: frozenset({S.disbursed, S.repaying, S.closed}),
    S.disbursed: frozenset({S.repaying, S.closed}),
}
"""States that lie behind a decision: a repeated one is made already there, too."""
_UNTOLD: dict[str, Any] = {"state": None, "version": None}


async def decide(db: AsyncSession, caller: Caller, sent: Sequence[Read[ReferralDecision]]) -> list[Result]:
    """Make each decision that can be made; what stands in the way of one is its result, and leaves nothing behind.

    Of several decisions on one referral the first counts. A decision that was made before is `already` so. Emits
    referral.<state> for each.
    """
    wanted: dict[UUID, Read[ReferralDecision]] = {}
    for read in sent:
        if read.item is not None:
            wanted.setdefault(read.item.referral_id, read)
    referrals = await locked_referrals(db, caller, set(wanted))
    reasons = await _reasons_given(db, [row for row in referrals.values() if row.state is S.rejected])
    await _load_products(db, wanted.values())
    results: dict[int, Result] = {}
    # In the order of ids, in which everybody locks what hangs on referrals.
    for referral_id in sorted(wanted):
        read = wanted[referral_id]
        results[read.index] = await _decided(db, caller, read, referrals.get(referral_id), reasons)
    return [results.get(read.index) or _unread(read, referrals) for read in sent]


async def _decided(
    db: AsyncSession,
    caller: Caller,
    read: Read[ReferralDecision],
    referral: Referral | None,
    reasons: Mapping[UUID, str | None],
) -> Result:
    given = read.item
    if referral is None or given is None:
        return _refused(read, ReferralNotFound(), is_seen=False)
    if _is_made(referral, given, reasons.get(referral.id)):
        return _result(read, ItemOutcome.already, referral)
    if given.version is not None and given.version != referral.version:
        return _refused(read, PreconditionFailed(), is_seen=True)
    try:
        async with db.begin_nested():
            moved = await move_locked(db, caller, referral, given)
    except Problem as problem:
        return _refused(read, problem, is_seen=True)
    return _result(read, ItemOutcome.done, moved)


def _is_made(referral: Referral, given: ReferralDecision, reason: str | None) -> bool:
    """Whether just this was decided before: the referral is there, or behind it, with all that is given now."""
    if referral.state is not given.to and referral.state not in _BEHIND.get(given.to, ()):
        return False
    told = given.model_dump(exclude={"referral_id", "version", "to", "note", "reason_code"}, exclude_none=True)
    if any(getattr(referral, name, value) != value for name, value in told.items()):
        return False
    return given.to is not S.rejected or given.reason_code == reason


async def _reasons_given(db: AsyncSession, rejected: Sequence[Referral]) -> dict[UUID, str | None]:
    """Why these were refused, by one statement, and by none if there are none."""
    if not rejected:
        return {}
    refusals = (
        select(ReferralTransition.referral_id, ReferralTransition.reason_code)
        .where(
            ReferralTransition.referral_id.in_([row.id for row in rejected]),
            ReferralTransition.to_state == S.rejected,
        )
        .order_by(ReferralTransition.id)
    )
    return {row.referral_id: row.reason_code for row in await db.execute(refusals)}


async def _load_products(db: AsyncSession, sent: Any) -> None:
    """Load the products that decisions name into the session at once, so that none is looked up alone."""
    ids = {getattr(read.item, "approved_product_id", None) for read in sent} - {None}
    if ids:
        await db.scalars(select(FinancingProduct).where(FinancingProduct.id.in_(ids)))


def _unread(read: Read[ReferralDecision], referrals: Mapping[UUID, Referral]) -> Result:
    """The result of an item that is none, or that came after another about the same referral."""
    is_seen = read.item is not None and read.item.referral_id in referrals
    return _refused(read, read.problem or ReferralTwice(), is_seen=is_seen)


def _refused(read: Read[ReferralDecision], problem: Problem, *, is_seen: bool) -> Result:
    """An answer never names what the bank may not see, not even by repeating what it sent."""
    referral_id = read.item.referral_id if read.item is not None and is_seen else None
    return Result(read.index, read.line, referral_id, ItemOutcome.refused, dict(_UNTOLD), problem)


def _result(read: Read[ReferralDecision], outcome: ItemOutcome, referral: Referral) -> Result:
    told = {"state": referral.state, "version": referral.version}
    return Result(read.index, read.line, referral.id, outcome, told, actor_id=referral.actor_id)
