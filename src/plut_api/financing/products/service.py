"""Drafting products, publishing, pausing and closing them; a bank reaches its own alone. Scopes are the router's."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.financing.products.checks import faults_of_terms
from plut_api.financing.products.limits import beyond_scheme
from plut_api.financing.products.models import FinancingProduct, ProductQuota, ProductState
from plut_api.financing.products.problems import (
    EditionAlreadyDrafted,
    FinancingProductMoveNotAllowed,
    FinancingProductNotFound,
    ProductNotOffered,
    PublishedTermsFixed,
)
from plut_api.financing.products.quota import has_left
from plut_api.financing.products.schemas.products import FinancingProductCreate
from plut_api.financing.products.schemas.requirements import ProductRequirement
from plut_api.financing.products.schemes import schemes_on
from plut_api.financing.products.states import standing
from plut_api.kit import outbox
from plut_api.kit.caller import Caller
from plut_api.kit.database import refusing
from plut_api.kit.etags import require_match
from plut_api.kit.ids import new_id
from plut_api.kit.problems import Fault, Invalid, fault

_NOT_COPIED = frozenset({"id", "edition", "state", "version", "published_at", "closed_at", "created_at", "updated_at"})
ONE_DRAFT = dict.fromkeys(
    ("uq_financing_products_one_draft", "uq_financing_products_line_id_edition"), EditionAlreadyDrafted()
)


async def own_product(
    db: AsyncSession, caller: Caller, product_id: UUID, *, for_update: bool = False
) -> FinancingProduct:
    """A product of the caller's bank. Raises FinancingProductNotFound, for another bank's as for none."""
    query = select(FinancingProduct).where(
        FinancingProduct.id == product_id, FinancingProduct.bank_id == caller.organization_id
    )
    product = await db.scalar(
        query.with_for_update().execution_options(populate_existing=True) if for_update else query
    )
    if product is None or not caller.is_bank:
        raise FinancingProductNotFound()
    return product


async def draft_product(db: AsyncSession, caller: Caller, given: FinancingProductCreate) -> FinancingProduct:
    """Draft a product of the caller's bank. Raises Invalid with every fault. Emits financing_product.drafted."""
    bank_id = caller.organization_id
    if bank_id is None or not caller.is_bank:
        raise FinancingProductNotFound()
    quota = ProductQuota(id=new_id(), bank_id=bank_id, taken_idr=0, taken_count=0)
    product = FinancingProduct(
        id=new_id(),
        bank_id=bank_id,
        line_id=quota.id,
        edition=1,
        state=ProductState.draft,
        drafted_by=caller.id,
        **_columns(given.model_dump(), given.requirements),
    )
    await require_sound(db, product)
    db.add(quota)
    await db.flush()
    return await _drafted(db, caller, product)


async def change_product(
    db: AsyncSession,
    caller: Caller,
    product_id: UUID,
    if_match: str | None,
    changes: Mapping[str, Any],
) -> FinancingProduct:
    """Change a draft.

    Raises FinancingProductNotFound, PreconditionRequired, PreconditionFailed, PublishedTermsFixed, Invalid.
    """
    product = await own_product(db, caller, product_id, for_update=True)
    require_match(product, if_match)
    if product.state is not ProductState.draft:
        raise PublishedTermsFixed()
    with db.no_autoflush:  # What is being changed may not be fit to be stored.
        for name, value in _columns(changes, changes.get("requirements")).items():
            setattr(product, name, value)
        await require_sound(db, product)
    product.version += 1
    await db.flush()
    await db.refresh(product)
    return product


async def draft_edition(db: AsyncSession, caller: Caller, product_id: UUID) -> FinancingProduct:
    """Draft a new edition with the terms of a published one, which stays as it is until this one is published.

    Raises FinancingProductNotFound, FinancingProductMoveNotAllowed (of a draft or a closed one), EditionAlreadyDrafted.
    Emits financing_product.drafted.
    """
    product = await own_product(db, caller, product_id, for_update=True)
    if product.state not in (ProductState.published, ProductState.paused):
        raise FinancingProductMoveNotAllowed(extra=standing(product))
    terms = {
        column.key: getattr(product, column.key)
        for column in FinancingProduct.__table__.c
        if column.key not in _NOT_COPIED
    }
    edition = FinancingProduct(
        id=new_id(),
        edition=product.edition + 1,
        state=ProductState.draft,
        **terms | {"drafted_by": caller.id},
    )
    return await _drafted(db, caller, edition)


async def discard_draft(db: AsyncSession, caller: Caller, product_id: UUID, if_match: str | None) -> None:
    """Delete a draft, with its quota if it is the first edition.

    Raises FinancingProductNotFound, PreconditionRequired, PreconditionFailed, PublishedTermsFixed.
    """
    product = await own_product(db, caller, product_id, for_update=True)
    require_match(product, if_match)
    if product.state is not ProductState.draft:
        raise PublishedTermsFixed()
    await db.delete(product)
    await db.flush()
    if product.edition == 1:
        await db.delete(await db.get_one(ProductQuota, product.line_id))
        await db.flush()


async def require_sound(db: AsyncSession, product: FinancingProduct) -> None:
    """Raise Invalid with every fault that the terms of a product have."""
    faults = await faults_of_terms(db, product)
    if faults:
        raise Invalid(errors=faults)


async def require_on_offer(db: AsyncSession, product_id: UUID, *, bank_id: UUID, day: date) -> FinancingProduct:
    """A product that a bank offers on a day: published, valid, within its scheme, its quota not used up.

    Raises ProductNotOffered with the `reason`; another bank's and an unknown one look alike.
    """
    left = has_left(FinancingProduct.min_amount_idr.expression)
    query = select(FinancingProduct, left).join(ProductQuota, ProductQuota.id == FinancingProduct.line_id)
    found = (
        await db.execute(query.where(FinancingProduct.id == product_id, FinancingProduct.bank_id == bank_id))
    ).one_or_none()
    if found is None or found[0].state is not ProductState.published:
        raise ProductNotOffered(extra={"reason": "not_open"})
    product, something_left = found
    scheme = schemes_on(day).get(product.scheme)
    if not product.valid_from <= day <= product.valid_until or scheme is None or beyond_scheme(product, scheme):
        raise ProductNotOffered(extra={"reason": "not_valid"})
    if not something_left:
        raise ProductNotOffered(extra={"reason": "quota_used_up"})
    return product


def require_within(
    product: FinancingProduct,
    amount_idr: int | None,
    tenor_months: int | None,
    *,
    amount_at: str = "#/amount_idr",
    tenor_at: str = "#/tenor_months",
) -> list[Fault]:
    """What of an amount (rupiah) and a tenor (months) is outside the product's range; what is None is not judged."""
    faults = []
    least, most = product.min_amount_idr, product.max_amount_idr
    if amount_idr is not None and not least <= amount_idr <= most:
        words = {"id": f"Produk ini memberi {least} sampai {most} rupiah", "en": f"From {least} to {most} rupiah"}
        faults.append(fault(amount_at, "amount_outside_product", **words))
    shortest, longest = product.min_tenor_months, product.max_tenor_months
    if tenor_months is not None and not shortest <= tenor_months <= longest:
        words = {"id": f"Tenor {shortest} sampai {longest} bulan", "en": f"A tenor of {shortest} to {longest} months"}
        faults.append(fault(tenor_at, "tenor_outside_product", **words))
    return faults


async def _drafted(db: AsyncSession, caller: Caller, product: FinancingProduct) -> FinancingProduct:
    with refusing(ONE_DRAFT):
        db.add(product)
        await db.flush()
    await db.refresh(product)
    facts = {"organization_id": product.bank_id, "edition": product.edition}
    await outbox.record(db, "financing_product.drafted", product.id, by=caller, **facts)
    return product


def _columns(values: Mapping[str, Any], requirements: Sequence[ProductRequirement] | None) -> dict[str, Any]:
    """Columns from what was sent: requirements as they are kept."""
    if requirements is None:
        return dict(values)
    return {**values, "requirements": [requirement.kept() for requirement in requirements]}
