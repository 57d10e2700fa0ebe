"""Making referrals: to one bank or to several in order, sent at once or drafted; and changing drafts."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors.access import require_actor
from plut_api.financing.models import Referral, ReferralState
from plut_api.financing.referrals import offers
from plut_api.financing.referrals.access import get_referral
from plut_api.financing.referrals.moving import enter, fresh, mover_of
from plut_api.financing.referrals.problems import ReferralNotDraft
from plut_api.financing.referrals.sending import bank_faults, require_sendable
from plut_api.financing.schemas.referrals import ReferralCreate, ReferralPatch
from plut_api.kit.caller import Caller
from plut_api.kit.etags import require_match
from plut_api.kit.ids import new_id
from plut_api.kit.problems import Fault, Invalid, fault

S = ReferralState
_ASKED = ("bank_id", "product_id", "scheme", "amount_idr", "tenor_months")


async def make_referral(db: AsyncSession, caller: Caller, given: ReferralCreate) -> Referral:
    """Ask one bank for financing, or several in order, by an owner or a consultant; the referral to the first.

    The first is sent at once unless `submit` is false; the others are drafts that wait for their turn.

    Raises ActorNotFound, Invalid with every fault, ProductNotOffered, NotReadyForReferral, ConsentMissing,
    ReferralAlreadyOpen, AlreadyFinanced. Emits referral.submitted or referral.draft for each.
    """
    actor = await require_actor(db, caller, given.actor_id)
    banks, faults = await _banks_of(db, given)
    scheme = given.scheme or offers.DEFAULT_SCHEME
    if banks:
        scheme, found = await offers.faults_of_asked(
            db, banks[0], given.product_id, given.scheme, given.amount_idr, given.tenor_months
        )
        faults += found
    if faults:
        raise Invalid(errors=faults)
    queue_id = new_id() if len(banks) > 1 else None
    asked: dict[str, Any] = given.model_dump(include={"amount_idr", "tenor_months", "purpose", "product_id"})
    asked |= {"actor_id": actor.id, "scheme": scheme, "made_by": caller.id, "queue_id": queue_id}
    made = [
        Referral(bank_id=bank_id, place=place if queue_id else None, state=S.draft, **asked)
        for place, bank_id in enumerate(banks, 1)
    ]
    first, *others = made
    if given.submit:
        await require_sendable(db, first)
    await enter(db, first, S.submitted if given.submit else S.draft, mover_of(caller))
    for waiting in others:
        await enter(db, waiting, S.draft, mover_of(caller))
        waiting.due_at = None  # Its clock starts with its turn.
    return await fresh(db, first)


async def change_draft(
    db: AsyncSession, caller: Caller, referral_id: UUID, if_match: str | None, given: ReferralPatch
) -> Referral:
    """Change what a draft asks for, and of which bank.

    Raises ReferralNotFound, PreconditionRequired, PreconditionFailed, ReferralNotDraft, Invalid, ProductNotOffered.
    """
    referral = await get_referral(db, caller, referral_id, for_update=True)
    require_match(referral, if_match)
    if referral.state is not S.draft:
        raise ReferralNotDraft(extra={"state": referral.state.value})
    changes = given.changes()
    wanted = {name: changes.get(name, getattr(referral, name)) for name in _ASKED}
    if "product_id" in changes and "scheme" not in changes and changes["product_id"] is not None:
        wanted["scheme"] = None
    faults = await bank_faults(db, wanted["bank_id"], "#/bank_id")
    if await _is_asked_already(db, referral, wanted["bank_id"]):
        faults.append(_twice("#/bank_id"))
    scheme, found = await offers.faults_of_asked(db, *(wanted[name] for name in _ASKED))
    if faults := [*faults, *found]:
        raise Invalid(errors=faults)
    for name, value in {**changes, "scheme": scheme}.items():
        setattr(referral, name, value)
    referral.version += 1
    return await fresh(db, referral)


async def _banks_of(db: AsyncSession, given: ReferralCreate) -> tuple[list[UUID], list[Fault]]:
    """The banks in order, and what is wrong with them."""
    if (given.bank_id is None) == (given.bank_ids is None):
        return [], [_ONE_OF_BOTH]
    if given.bank_id is not None:
        return [given.bank_id], await bank_faults(db, given.bank_id, "#/bank_id")
    banks, faults = list(given.bank_ids or ()), []
    for place, bank_id in enumerate(banks):
        faults += await bank_faults(db, bank_id, f"#/bank_ids/{place}")
        if bank_id in banks[:place]:
            faults.append(_twice(f"#/bank_ids/{place}"))
    if given.product_id is not None and len(banks) > 1:
        faults.append(_OF_ONE_BANK)
    return banks, faults


async def _is_asked_already(db: AsyncSession, referral: Referral, bank_id: UUID) -> bool:
    if referral.queue_id is None:
        return False
    others = select(Referral.id).where(
        Referral.queue_id == referral.queue_id, Referral.bank_id == bank_id, Referral.id != referral.id
    )
    return await db.scalar(others.limit(1)) is not None


def _twice(pointer: str) -> Fault:
    return fault(
        pointer, "bank_twice", id="Bank ini sudah ada dalam urutan", en="This bank is part of the order already"
    )


_ONE_OF_BOTH = fault(
    "#/bank_id",
    "missing",
    id="Sebutkan satu bank (bank_id), atau beberapa berurutan (bank_ids)",
    en="Name one bank (bank_id), or several in order (bank_ids)",
)
_OF_ONE_BANK = fault(
    "#/product_id",
    "product_of_one_bank",
    id="Produk hanya milik satu bank; isi pada draf tiap bank",
    en="A product belongs to one bank; set it on the draft for each bank",
)
