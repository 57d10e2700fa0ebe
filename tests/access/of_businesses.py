"""What belongs to the business of each side: its parts, an offer, changes, a product, a certificate, a channel."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from plut_api.actors.models import (
    Actor,
    Certification,
    LegalForm,
    LegalFormChange,
    OwnerRole,
    Ownership,
    OwnershipOffer,
    Product,
    SalesChannel,
    StatusChange,
)
from plut_api.actors.service.offers import PHONE
from plut_api.identity.phones import ACCOUNT_CONTEXT
from plut_api.kit import clock
from plut_api.kit.crypto import vault
from plut_api.kit.database import Model
from plut_api.kit.ids import new_id
from tests.access.rows import Rows, Side


async def rows_of_business(rows: Rows, side: Side) -> dict[str, Model]:
    """One of each kind for the business of a side."""
    async with rows.sessions() as db:
        part = (await db.scalars(select(Ownership).where(Ownership.actor_id == side.actor.id))).one()
    made: dict[str, Model] = {"ownership": part, "offer": offer(side, side.actor.id)}
    made["status_change"] = StatusChange(
        id=new_id(),
        actor_id=side.actor.id,
        from_status="dormant",
        to_status="active",
        changed_on=date(2024, 1, 5),
        reason_code="trading_again",
        changed_by=side.consultant.id,
    )
    made["legal_form"] = LegalFormChange(
        id=new_id(),
        actor_id=side.actor.id,
        from_form=LegalForm.individual,
        to_form=LegalForm.cv,
        changed_on=date(2024, 1, 5),
        changed_by=side.consultant.id,
    )
    made["product"] = product(side.actor)
    made["certification"] = certification(side.actor, "206527101000130")
    made["channel"] = channel(side.actor)
    for kind, row in made.items():
        if kind != "ownership":
            await rows.add(row)
    return made


def offer(side: Side, actor_id: UUID) -> OwnershipOffer:
    """An offer to the side's keeper."""
    phone = side.markers["keeper_phone"]
    return OwnershipOffer(
        id=new_id(),
        actor_id=actor_id,
        phone_sealed=vault().seal(PHONE, phone),
        phone_index=vault().blind(ACCOUNT_CONTEXT, phone),
        role=OwnerRole.owner,
        offered_by=side.consultant.id,
        expires_at=clock.now() + timedelta(days=10),
    )


def product(actor: Actor) -> Product:
    """A product of a business."""
    return Product(id=new_id(), actor_id=actor.id, name="Dodol", category="snack")


def certification(actor: Actor, number: str) -> Certification:
    """A certificate of a business."""
    days: dict[str, Any] = {"issued_on": date(2024, 1, 5), "expires_on": date(2029, 1, 4)}
    return Certification(id=new_id(), actor_id=actor.id, kind="pirt", number=number, recorded_by=new_id(), **days)


def channel(actor: Actor) -> SalesChannel:
    """A sales channel of a business."""
    return SalesChannel(id=new_id(), actor_id=actor.id, kind="shop", name="Toko", recorded_by=new_id())
