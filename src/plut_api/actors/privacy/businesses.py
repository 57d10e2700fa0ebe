"""What is held of whose a business is, how it changed, and what it makes and sells; and what becomes of it."""

from typing import Any

from sqlalchemy import ColumnElement, delete, false, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors.models import (
    Certification,
    LegalFormChange,
    Ownership,
    OwnershipOffer,
    Product,
    ProductPhoto,
    SalesChannel,
    StatusChange,
)
from plut_api.identity.phones import ACCOUNT_CONTEXT
from plut_api.kit import audit
from plut_api.kit.caller import Caller
from plut_api.kit.crypto import vault
from plut_api.kit.i18n import Text
from plut_api.kit.privacy import Erased, Kept, Row, Subject, erasing, personal_data, rows_of


@personal_data(
    "ownerships",
    "ownerships",
    about=Text(
        id="Peran Anda dalam usaha, sekarang dan dahulu: pemilik, direktur, pengelola.",
        en="What you are and were in businesses: owner, director, manager.",
    ),
)
async def held_ownerships(db: AsyncSession, subject: Subject) -> list[Row]:
    """The person's own part in businesses, what has ended too."""
    return await rows_of(db, Ownership, Ownership.person_id == subject.person_id, subject)


@personal_data(
    "ownership_offers",
    "ownership_offers",
    about=Text(id="Ajakan ke nomor Anda menjadi pemilik usaha.", en="Offers to your phone to become an owner."),
)
async def held_offers(db: AsyncSession, subject: Subject) -> list[Row]:
    """Offers to the person's phone."""
    return await rows_of(db, OwnershipOffer, _to_phone_of(subject), subject)


@personal_data(
    "business_changes",
    "actor_status_changes",
    about=Text(id="Kapan usaha Anda berhenti atau berjalan lagi.", en="When your businesses paused, closed, reopened."),
)
async def held_status_changes(db: AsyncSession, subject: Subject) -> list[Row]:
    """Changes of status of the person's businesses."""
    return await rows_of(db, StatusChange, StatusChange.actor_id.in_(subject.actor_ids), subject)


@personal_data(
    "legal_forms",
    "legal_form_changes",
    about=Text(id="Perubahan badan hukum usaha Anda.", en="Changes of the legal form of your businesses."),
)
async def held_legal_forms(db: AsyncSession, subject: Subject) -> list[Row]:
    """Changes of legal form of the person's businesses."""
    return await rows_of(db, LegalFormChange, LegalFormChange.actor_id.in_(subject.actor_ids), subject)


@personal_data(
    "products",
    "products",
    "product_photos",
    about=Text(id="Produk usaha Anda.", en="The products of your businesses."),
)
async def held_products(db: AsyncSession, subject: Subject) -> list[Row]:
    """Products of the person's businesses."""
    rows = await rows_of(db, Product, Product.actor_id.in_(subject.actor_ids), subject)
    of_photos = select(ProductPhoto.product_id, ProductPhoto.file_id).join(Product)
    ordered = of_photos.where(Product.actor_id.in_(subject.actor_ids)).order_by(ProductPhoto.position)
    photos = [(str(product_id), str(file_id)) for product_id, file_id in (await db.execute(ordered)).all()]
    return [row | {"photos": [file_id for of, file_id in photos if of == row["id"]]} for row in rows]


@personal_data(
    "certifications",
    "certifications",
    about=Text(id="Izin dan sertifikat usaha Anda.", en="The permits and certificates of your businesses."),
)
async def held_certifications(db: AsyncSession, subject: Subject) -> list[Row]:
    """Certificates of the person's businesses."""
    return await rows_of(db, Certification, Certification.actor_id.in_(subject.actor_ids), subject)


@personal_data(
    "sales_channels",
    "sales_channels",
    about=Text(id="Tempat usaha Anda berjualan.", en="Where your businesses sell."),
)
async def held_channels(db: AsyncSession, subject: Subject) -> list[Row]:
    """Sales channels of the person's businesses."""
    return await rows_of(db, SalesChannel, SalesChannel.actor_id.in_(subject.actor_ids), subject)


@erasing(order=36)
async def remove_what_businesses_have(db: AsyncSession, caller: Caller, subject: Subject) -> Erased:
    """Remove what only businesses of the person's own make, hold and sell at, and offers to the person's phone.

    Days on which such a business paused, closed or changed its form stay with its empty row.
    """
    ids = subject.sole_actor_ids
    deleted = 0
    conditions: list[tuple[Any, ColumnElement[bool]]] = [
        (OwnershipOffer, or_(_to_phone_of(subject), OwnershipOffer.actor_id.in_(ids))),
        (Certification, Certification.actor_id.in_(ids)),
        (Product, Product.actor_id.in_(ids)),
        (SalesChannel, SalesChannel.actor_id.in_(ids)),
    ]
    for table, condition in conditions:
        statement = delete(table).where(condition).returning(table.id)
        gone = list(await db.scalars(statement.execution_options(synchronize_session=False)))
        audit.record(db, audit.Action.deleted, table.__tablename__, gone, about=[subject.person_id])
        deleted += len(gone)
    kept = Kept(
        "business_changes",
        Text(id="Hari usaha berhenti atau berubah bentuk, tanpa nama.", en="Days of changes, without a name."),
        "UU 27/2022 art. 31, 44",
    )
    return Erased("what_businesses_have", deleted=deleted, kept=[kept] if ids else [])


def _to_phone_of(subject: Subject) -> ColumnElement[bool]:
    """The condition on offers that they went to the phone of a person."""
    if subject.phone is None:
        return false()
    return OwnershipOffer.phone_index == vault().blind(ACCOUNT_CONTEXT, subject.phone)
