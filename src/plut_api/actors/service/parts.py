"""Parts in a business and offers of them, seen as one: an offer that is accepted becomes a part of the same id."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors.access import require_actor
from plut_api.actors.business_problems import OwnershipNotFound
from plut_api.actors.masking import View, masked_phone, view_of
from plut_api.actors.models import Ownership, OwnershipOffer
from plut_api.actors.schemas.owners import Offer, OwnerCreate, Owners, OwnershipRead, OwnershipState
from plut_api.actors.service import offers, owners
from plut_api.kit.caller import Caller
from plut_api.kit.crypto import vault
from plut_api.kit.problems import Fault, Invalid, fault


async def ask_or_add(
    db: AsyncSession, caller: Caller, actor_id: UUID, given: OwnerCreate
) -> Ownership | OwnershipOffer:
    """Ask somebody by phone, or for PLUT's staff add a registered person at once.

    Raises what `owners.add_owner` and `offers.offer` raise, and Invalid (`phone_or_person`, `asked_by_phone`,
    `paper_without_person`).
    """
    faults = _faults(caller, given)
    if faults:
        raise Invalid(errors=faults)
    if given.phone is not None:
        return await offers.offer(db, caller, actor_id, given, given.phone)
    return await owners.add_owner(db, caller, actor_id, given)


async def end(
    db: AsyncSession, caller: Caller, actor_id: UUID, ownership_id: UUID, until: date | None
) -> tuple[Any, OwnershipRead]:
    """End a part in a business, or take an open offer back; the same as `one`, which the caller may no longer reach.

    Raises what `owners.end_part` and `offers.withdraw_offer` raise.
    """
    actor = await owners.decided_on(db, caller, actor_id)
    asked = await offers.one_offer(db, actor.id, ownership_id, for_update=True)
    if asked is not None and asked.answer != "accepted":
        await offers.withdraw_offer(db, caller, asked)
        return asked, offer_shape(asked)
    return await own(db, caller, await owners.end_part(db, caller, actor_id, ownership_id, until))


async def own(db: AsyncSession, caller: Caller, part: Ownership) -> tuple[Any, OwnershipRead]:
    """A part that the caller has just changed, as a row and on the wire."""
    row = await owners.one_part(db, part.actor_id, part.id)
    return row, part_shape(row, view_of(caller, in_list=True))


async def all_parts(db: AsyncSession, caller: Caller, actor_id: UUID, *, ended: bool) -> Owners:
    """Who is part of a business, with `ended` who was, and who was asked. Raises ActorNotFound."""
    actor = await require_actor(db, caller, actor_id)
    view = view_of(caller, in_list=True)
    rows = await db.execute(owners.parts_of(actor.id, ended=ended).limit(MOST))
    asked = await db.scalars(offers.open_offers(actor.id).limit(MOST))
    return Owners.model_validate(
        {
            "data": [row._asdict() | {"full_name": view.name(row.full_name)} for row in rows],
            "offers": [_offer(each) for each in asked],
        }
    )


async def one(db: AsyncSession, caller: Caller, actor_id: UUID, ownership_id: UUID) -> tuple[Any, OwnershipRead]:
    """A part in a business or an offer of one, as a row and on the wire. Raises ActorNotFound, OwnershipNotFound."""
    actor = await require_actor(db, caller, actor_id)
    row = await owners.one_part(db, actor.id, ownership_id)
    if row is not None:
        return row, part_shape(row, view_of(caller, in_list=True))
    asked = await offers.one_offer(db, actor.id, ownership_id)
    if asked is None:
        raise OwnershipNotFound()
    return asked, offer_shape(asked)


def part_shape(row: Any, view: View) -> OwnershipRead:
    """A part in a business on the wire, as a view shows it."""
    state = OwnershipState.living if row.until is None else OwnershipState.ended
    shown = row._asdict() | {"state": state, "full_name": view.name(row.full_name), "phone": None, "expires_at": None}
    return OwnershipRead.model_validate(shown)


def offer_shape(asked: OwnershipOffer) -> OwnershipRead:
    """An offer on the wire. Its phone is known to who asked; others need not read it from here."""
    shared = ("id", "actor_id", "role", "share_percent", "since", "expires_at", "created_at")
    values = {name: getattr(asked, name) for name in shared}
    absent = dict.fromkeys(("person_id", "full_name", "until"))
    phone = masked_phone(vault().open(offers.PHONE, asked.phone_sealed))
    return OwnershipRead.model_validate(values | absent | {"state": offers.state_of(asked), "phone": phone})


def _offer(asked: OwnershipOffer) -> Offer:
    return Offer.model_validate(offer_shape(asked), from_attributes=True)


def _faults(caller: Caller, given: OwnerCreate) -> list[Fault]:
    faults = []
    if (given.phone is None) == (given.person_id is None):
        faults.append(_ONE_OF_TWO)
    elif caller.is_person and given.phone is None:
        faults.append(_BY_PHONE)
    if given.paper_file_id is not None and given.person_id is None:
        faults.append(_PAPER_ALONE)
    return faults


MOST = 200
"""More than a business has; ended ones count too."""
_ONE_OF_TWO = fault(
    "#",
    "phone_or_person",
    id="Isi nomor ponsel (untuk mengajak), atau person_id (untuk petugas)",
    en="Give a phone, to ask them, or for staff a person_id",
)
_BY_PHONE = fault(
    "#/phone",
    "asked_by_phone",
    id="Ajak calon pemilik lewat nomor ponselnya; ia menerimanya sendiri",
    en="Ask them by phone; they accept it themselves",
)
_PAPER_ALONE = fault(
    "#/paper_file_id",
    "paper_without_person",
    id="Surat bertanda tangan hanya bersama person_id",
    en="A signed paper goes with a person_id",
)
