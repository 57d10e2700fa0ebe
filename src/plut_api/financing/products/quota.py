"""Quotas: approvals take from them, what ends gives back. The row of a quota is the lock that approvals queue at."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, ScalarSelect, and_, literal, not_, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.financing.products.models import FinancingProduct, ProductQuota, ProductState
from plut_api.financing.products.problems import ProductNotOffered, ProductQuotaExhausted
from plut_api.kit import outbox

Q = ProductQuota


async def take(db: AsyncSession, product_id: UUID, amount_idr: int) -> None:
    """Count an approved amount, rupiah, against the quota of a product, of whatever edition.

    The condition is in the UPDATE, whose row lock queues two approvals at once: the quota is never exceeded. Raises
    ProductQuotaExhausted, ProductNotOffered (no such product). Emits financing_product.changed when this uses it up.
    """
    taken = await db.execute(
        update(Q)
        .where(Q.id == _line_of(product_id), has_left(literal(amount_idr)))
        .values(taken_idr=Q.taken_idr + amount_idr, taken_count=Q.taken_count + 1)
        .returning(Q.id)
        .execution_options(synchronize_session=False)
    )
    if taken.one_or_none() is None:
        known = await db.scalar(select(FinancingProduct.id).where(FinancingProduct.id == product_id))
        raise ProductQuotaExhausted() if known is not None else ProductNotOffered(extra={"reason": "not_open"})
    edition = await _open_edition(db, product_id)
    if edition is not None and edition.exhausted:
        await _tell(db, edition)


async def give_back(db: AsyncSession, product_id: UUID, amount_idr: int, *, places: int = 1) -> None:
    """Return an amount, rupiah, that was taken and will not be used; `places=0` where only the amount shrank.

    Emits financing_product.changed when there is something left again.
    """
    await db.execute(select(Q.id).where(Q.id == _line_of(product_id)).with_for_update())
    before = await _open_edition(db, product_id)
    await db.execute(
        update(Q)
        .where(Q.id == _line_of(product_id))
        .values(taken_idr=Q.taken_idr - amount_idr, taken_count=Q.taken_count - places)
        .execution_options(synchronize_session=False)
    )
    after = await _open_edition(db, product_id)
    if before is not None and after is not None and before.exhausted and not after.exhausted:
        await _tell(db, after)


def has_left(amount_idr: ColumnElement[int]) -> ColumnElement[bool]:
    """The condition on `product_quotas` that one more approval of this amount fits."""
    count_left = or_(Q.quota_count.is_(None), Q.taken_count < Q.quota_count)
    return and_(count_left, or_(Q.quota_idr.is_(None), Q.taken_idr + amount_idr <= Q.quota_idr))


def _line_of(product_id: UUID) -> ScalarSelect[UUID]:
    return select(FinancingProduct.line_id).where(FinancingProduct.id == product_id).scalar_subquery()


async def _open_edition(db: AsyncSession, product_id: UUID) -> Row[Any] | None:
    """The published edition of the same product: id, bank, and whether not even its smallest amount is left."""
    exhausted = not_(has_left(FinancingProduct.min_amount_idr.expression)).label("exhausted")
    query = select(FinancingProduct.id, FinancingProduct.bank_id, FinancingProduct.scheme, exhausted)
    query = query.join(Q, Q.id == FinancingProduct.line_id)
    published = FinancingProduct.state == ProductState.published
    return (await db.execute(query.where(Q.id == _line_of(product_id), published))).one_or_none()


async def _tell(db: AsyncSession, edition: Row[Any]) -> None:
    facts = {"scheme": edition.scheme, "state": ProductState.published.value, "exhausted": edition.exhausted}
    await outbox.record(db, "financing_product.changed", edition.id, by=None, organization_id=edition.bank_id, **facts)
