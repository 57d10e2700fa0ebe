"""Asking somebody to become part of a business, by the phone they sign in with. Nothing holds until they agree.

Whether anybody is known by a phone is not told: the offer waits for whoever signs in by it.
"""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors.access import own_person
from plut_api.actors.business_problems import (
    AlreadyOffered,
    AlreadyOwner,
    OwnershipEnded,
    OwnershipNotFound,
    TooManyOffers,
)
from plut_api.actors.models import Actor, OwnerRole, Ownership, OwnershipOffer, Person
from plut_api.actors.schemas.owners import OwnerCreate, OwnershipState
from plut_api.actors.service.owners import (
    decided_on,
    keep_part,
    living_part,
    require_owners_share,
    require_share_fits,
    turn_part,
)
from plut_api.identity.models import Account
from plut_api.identity.phones import ACCOUNT_CONTEXT
from plut_api.kit import clock, outbox
from plut_api.kit.caller import Caller
from plut_api.kit.crypto import vault
from plut_api.kit.database import refusing
from plut_api.kit.ids import new_id
from plut_api.reference.rules import rule_values

PHONE = "ownership_offers.phone"


async def offer(db: AsyncSession, caller: Caller, actor_id: UUID, given: OwnerCreate, phone: str) -> OwnershipOffer:
    """Ask whoever holds a phone. Raises ActorNotFound, OwnersOnly, AlreadyOffered, TooManyOffers, SharesExceedWhole,
    Invalid (`share_of_an_owner`). Emits owner.offered.
    """
    actor = await decided_on(db, caller, actor_id)
    require_owners_share(given.role, given.share_percent)
    await require_share_fits(db, actor.id, given.share_percent)
    terms = await rule_values(db, "ownership_offer.")
    await _require_room(db, actor.id, terms["ownership_offer.most_open"])
    asked = OwnershipOffer(
        id=new_id(),
        actor_id=actor.id,
        phone_sealed=vault().seal(PHONE, phone),
        phone_index=vault().blind(ACCOUNT_CONTEXT, phone),
        role=given.role,
        share_percent=given.share_percent,
        since=given.since,
        offered_by=caller.id,
        expires_at=clock.now() + timedelta(days=terms["ownership_offer.valid_days"]),
    )
    with refusing({"uq_ownership_offers_one_open": AlreadyOffered()}):
        db.add(asked)
        await db.flush()
    await db.refresh(asked)
    await outbox.record(db, "owner.offered", actor.id, by=caller, actor_id=actor.id, offer_id=asked.id)
    return asked


async def _require_room(db: AsyncSession, actor_id: UUID, most: int) -> None:
    """Let offers that have run out make way, and count the others. Raises TooManyOffers."""
    waiting = select(OwnershipOffer).where(OwnershipOffer.actor_id == actor_id, OwnershipOffer.answered_at.is_(None))
    rows = list(await db.scalars(waiting.order_by(OwnershipOffer.id).with_for_update()))
    for old in rows:
        if old.expires_at <= clock.now():
            _answer(old, "withdrawn")
    await db.flush()
    if sum(row.answered_at is None for row in rows) >= most:
        raise TooManyOffers()


def open_offers(actor_id: UUID) -> Select[OwnershipOffer]:
    """The open offers of a business, oldest first."""
    return select(OwnershipOffer).where(OwnershipOffer.actor_id == actor_id, _open()).order_by(OwnershipOffer.id)


def my_offers(caller: Caller) -> Select[Any]:
    """The open offers to the phone that the caller signed in by, as flat rows."""
    columns = (getattr(OwnershipOffer, name) for name in _MINE)
    query = select(*columns, Actor.name.label("business_name")).join(Actor, Actor.id == OwnershipOffer.actor_id)
    return query.where(_to(caller), _open(), Actor.erased_at.is_(None), Actor.merged_into.is_(None))


async def one_offer(
    db: AsyncSession, actor_id: UUID, offer_id: UUID, *, for_update: bool = False
) -> OwnershipOffer | None:
    """An offer of a business, None if there is none."""
    query = select(OwnershipOffer).where(OwnershipOffer.id == offer_id, OwnershipOffer.actor_id == actor_id)
    found: OwnershipOffer | None = await db.scalar(query.with_for_update() if for_update else query)
    return found


async def withdraw_offer(db: AsyncSession, caller: Caller, asked: OwnershipOffer) -> None:
    """Take an open offer of a locked business back. Raises OwnershipEnded. Emits owner.offer_withdrawn."""
    if state_of(asked) is not OwnershipState.pending:
        raise OwnershipEnded()
    _answer(asked, "withdrawn")
    await db.flush()
    await db.refresh(asked)
    await outbox.record(db, "owner.offer_withdrawn", asked.actor_id, by=caller, offer_id=asked.id)


async def accept(db: AsyncSession, caller: Caller, offer_id: UUID) -> Ownership:
    """Become part of a business by an offer to one's own phone; who was a director or manager of it becomes an owner.

    Raises RegisterFirst, OwnershipNotFound, OwnershipEnded, AlreadyOwner, SharesExceedWhole. Emits owner.added, or
    owner.changed.
    """
    person_id = (await own_person(db, caller)).id
    await db.scalar(select(Person.id).where(Person.id == person_id).with_for_update(read=True))
    asked = await _offered_to(db, caller, offer_id)
    part = await living_part(db, asked.actor_id, person_id)
    if part is not None and part.role in (OwnerRole.owner, asked.role):
        raise AlreadyOwner()
    await require_share_fits(db, asked.actor_id, asked.share_percent)
    _answer(asked, "accepted")
    if part is not None:
        await turn_part(db, caller, part, asked.role, asked.share_percent, None)
        return part
    part = Ownership(
        id=asked.id,
        actor_id=asked.actor_id,
        person_id=person_id,
        role=asked.role,
        share_percent=asked.share_percent,
        since=asked.since,
        recorded_by=asked.offered_by,
    )
    await keep_part(db, caller, part)
    return part


async def decline(db: AsyncSession, caller: Caller, offer_id: UUID) -> None:
    """Say no to an offer to one's own phone. Raises OwnershipNotFound, OwnershipEnded. Emits owner.offer_declined."""
    asked = await _offered_to(db, caller, offer_id)
    _answer(asked, "declined")
    await db.flush()
    await outbox.record(db, "owner.offer_declined", asked.actor_id, by=caller, offer_id=asked.id)


def state_of(asked: OwnershipOffer) -> OwnershipState:
    """What became of an offer by now; one that was accepted is a part in the business."""
    if asked.answer is not None:
        return OwnershipState.living if asked.answer == "accepted" else OwnershipState(asked.answer)
    return OwnershipState.pending if asked.expires_at > clock.now() else OwnershipState.expired


async def _offered_to(db: AsyncSession, caller: Caller, offer_id: UUID) -> OwnershipOffer:
    """An open offer to the caller, locked behind its business. Raises OwnershipNotFound, OwnershipEnded."""
    if not caller.is_person:
        raise OwnershipNotFound()
    mine = select(OwnershipOffer.actor_id).where(OwnershipOffer.id == offer_id, _to(caller))
    lives = Actor.erased_at.is_(None) & Actor.merged_into.is_(None)
    business = select(Actor.id).where(Actor.id == mine.scalar_subquery(), lives).with_for_update()
    actor_id = await db.scalar(business)
    asked = await one_offer(db, actor_id, offer_id, for_update=True) if actor_id else None
    if asked is None:
        raise OwnershipNotFound()
    if state_of(asked) is not OwnershipState.pending:
        raise OwnershipEnded()
    return asked


def _answer(asked: OwnershipOffer, answer: str) -> None:
    asked.answered_at, asked.answer = clock.now(), answer
    asked.version += 1


def _open() -> ColumnElement[bool]:
    return OwnershipOffer.answered_at.is_(None) & (OwnershipOffer.expires_at > clock.now())


def _to(caller: Caller) -> ColumnElement[bool]:
    own = select(Account.phone_index).where(Account.id == caller.id, Account.is_active)
    return OwnershipOffer.phone_index == own.scalar_subquery()


_MINE = ("id", "actor_id", "role", "share_percent", "since", "expires_at")
