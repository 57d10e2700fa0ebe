"""What a business makes or does. A product that was removed stays on file, with its photos, as ended."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors.access import actors_reached_by, require_actor
from plut_api.actors.business_problems import ProductNotFound, ProductRemoved
from plut_api.actors.lists import product_categories
from plut_api.actors.models import Product, ProductPhoto
from plut_api.actors.schemas.products import ProductCreate, ProductRead
from plut_api.kit import clock, outbox
from plut_api.kit.caller import Caller
from plut_api.kit.etags import require_match
from plut_api.kit.files import readable_through, release, require_file
from plut_api.kit.ids import new_id
from plut_api.kit.privacy import Subject
from plut_api.kit.problems import Fault, Invalid, fault

PICTURES = frozenset({"image/jpeg", "image/png", "image/webp"})


def _of_subject(subject: Subject) -> ColumnElement[bool]:
    return exists().where(Product.id == ProductPhoto.product_id, Product.actor_id.in_(subject.sole_actor_ids))


@readable_through(ProductPhoto.file_id, of_subject=_of_subject)
def photos_of_reached_businesses(caller: Caller) -> ColumnElement[bool]:
    """Whoever may read a business may see the photos of its products."""
    return exists().where(Product.id == ProductPhoto.product_id, actors_reached_by(caller, Product.actor_id))


async def products_of(db: AsyncSession, caller: Caller, actor_id: UUID) -> Select[Product]:
    """The products of a business within the caller's rows, those that were removed too. Raises ActorNotFound."""
    actor = await require_actor(db, caller, actor_id)
    return select(Product).where(Product.actor_id == actor.id)


def wanted(
    query: Select[Product], categories: Sequence[str] | None, offered: bool | None, *, ended: bool
) -> Select[Product]:
    """Those of some categories, those that can be had or cannot, with `ended` also those that were removed."""
    if categories:
        query = query.where(Product.category.in_(categories))
    if offered is not None:
        query = query.where(Product.is_offered == offered)
    return query if ended else query.where(Product.ended_at.is_(None))


async def one_product(
    db: AsyncSession, caller: Caller, actor_id: UUID, product_id: UUID, *, for_update: bool = False
) -> Product:
    """A product of a business within the caller's rows. Raises ActorNotFound, ProductNotFound."""
    query = (await products_of(db, caller, actor_id)).where(Product.id == product_id)
    product = await db.scalar(query.with_for_update() if for_update else query)
    if product is None:
        raise ProductNotFound()
    return product


async def add_product(db: AsyncSession, caller: Caller, actor_id: UUID, given: ProductCreate) -> Product:
    """Register a product. Raises ActorNotFound, Invalid (`category_unknown`, `photo_twice`, `file_unknown`,
    `file_kind`). Emits product.added.
    """
    actor = await require_actor(db, caller, actor_id)
    await _require_sound(db, caller, given.category, given.photos, known=())
    product = Product(id=new_id(), actor_id=actor.id, **given.model_dump(exclude={"photos"}))
    db.add(product)
    await db.flush()
    await _arrange(db, product, given.photos, {})
    await db.refresh(product)
    await _tell(db, "product.added", product, caller)
    return product


async def change_product(
    db: AsyncSession,
    caller: Caller,
    actor_id: UUID,
    product_id: UUID,
    if_match: str | None,
    changes: Mapping[str, Any],
) -> Product:
    """Change a product; `photos` replaces all of them.

    Raises ActorNotFound, ProductNotFound, ProductRemoved, Invalid as `add_product`, and for `If-Match`. Emits
    product.changed.
    """
    product = await _changeable(db, caller, actor_id, product_id, if_match)
    rows = await db.scalars(select(ProductPhoto).where(ProductPhoto.product_id == product.id))
    present = {photo.file_id: photo for photo in rows}
    photos: list[UUID] | None = changes.get("photos")
    await _require_sound(db, caller, changes.get("category", product.category), photos or (), known=present)
    for name in changes.keys() - {"photos"}:
        setattr(product, name, changes[name])
    product.version += 1
    await db.flush()
    if photos is not None:
        await _arrange(db, product, photos, present)
    await db.refresh(product)
    await _tell(db, "product.changed", product, caller)
    return product


async def remove_product(
    db: AsyncSession, caller: Caller, actor_id: UUID, product_id: UUID, if_match: str | None
) -> None:
    """Take a product off; it stays on file. Raises ActorNotFound, ProductNotFound, ProductRemoved, and for `If-Match`.

    Emits product.removed.
    """
    product = await _changeable(db, caller, actor_id, product_id, if_match)
    product.ended_at, product.is_offered = clock.now(), False
    product.version += 1
    await db.flush()
    await _tell(db, "product.removed", product, caller)


async def shown(db: AsyncSession, products: Sequence[Product]) -> list[ProductRead]:
    """Products on the wire with their photos, by one statement for all of them."""
    photos: dict[UUID, list[UUID]] = {product.id: [] for product in products}
    query = select(ProductPhoto.product_id, ProductPhoto.file_id).where(ProductPhoto.product_id.in_(photos))
    for product_id, file_id in (await db.execute(query.order_by(ProductPhoto.position))).all():
        photos[product_id].append(file_id)
    names = ProductRead.model_fields.keys() - {"photos"}
    return [
        ProductRead.model_validate({name: getattr(product, name) for name in names} | {"photos": photos[product.id]})
        for product in products
    ]


async def _changeable(
    db: AsyncSession, caller: Caller, actor_id: UUID, product_id: UUID, if_match: str | None
) -> Product:
    product = await one_product(db, caller, actor_id, product_id, for_update=True)
    require_match(product, if_match)
    if product.ended_at is not None:
        raise ProductRemoved()
    return product


async def _require_sound(db: AsyncSession, caller: Caller, category: str, photos: Sequence[UUID], known: Any) -> None:
    """Check category and photos together. Photos that the product has already may be another's. Raises Invalid."""
    faults: list[Fault] = [] if category in product_categories() else [_CATEGORY_UNKNOWN]
    for place, file_id in enumerate(photos):
        if file_id in photos[:place]:
            faults.append(_photo_twice(place))
        elif file_id not in known:
            try:
                await require_file(db, caller, file_id, kinds=PICTURES, pointer=f"#/photos/{place}")
            except Invalid as refused:
                faults.extend(refused.errors)
    if faults:
        raise Invalid(errors=faults)


async def _arrange(
    db: AsyncSession, product: Product, photos: Sequence[UUID], present: Mapping[UUID, ProductPhoto]
) -> None:
    """Put photos in their order, and let go of those that are not among them."""
    gone = [file_id for file_id in present if file_id not in photos]
    for file_id in gone:
        await db.delete(present[file_id])
    for position, file_id in enumerate(photos):
        if file_id in present:
            present[file_id].position = position
        else:
            db.add(ProductPhoto(id=new_id(), product_id=product.id, file_id=file_id, position=position))
    await db.flush()
    await release(db, *gone)


async def _tell(db: AsyncSession, event: str, product: Product, caller: Caller) -> None:
    await outbox.record(db, event, product.id, by=caller, actor_id=product.actor_id, product_id=product.id)


def _photo_twice(place: int) -> Fault:
    return fault(
        f"#/photos/{place}",
        "photo_twice",
        id="Foto ini sudah ada di daftar",
        en="This photo stands in the list already",
    )


_CATEGORY_UNKNOWN = fault(
    "#/category",
    "category_unknown",
    id="Pilih kode dari /v1/product-categories",
    en="Choose a code of /v1/product-categories",
)
