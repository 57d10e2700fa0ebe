"""Moves of products: published, paused, resumed, closed; by their bank, or closed by the worker when time is over."""

from datetime import date
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.financing.products.models import FinancingProduct, ProductQuota, ProductState
from plut_api.financing.products.problems import FinancingProductMoveNotAllowed
from plut_api.financing.products.service import own_product, require_sound
from plut_api.financing.products.states import MOVES, ProductMove, standing
from plut_api.kit import clock, outbox
from plut_api.kit.caller import Caller
from plut_api.kit.etags import require_match
from plut_api.kit.problems import Fault, Invalid, fault

S = ProductState
_OPEN = (S.published, S.paused)


async def move_product(
    db: AsyncSession, caller: Caller, product_id: UUID, if_match: str | None, move: ProductMove
) -> FinancingProduct:
    """Move a product on; to publish a new edition closes the one before.

    Raises FinancingProductNotFound, PreconditionRequired, PreconditionFailed, FinancingProductMoveNotAllowed, Invalid
    (its scheme changed meanwhile, its time is over, more was taken than the new quota). Emits
    financing_product.published, financing_product.changed or financing_product.closed.
    """
    product = await own_product(db, caller, product_id)
    quota = await db.get_one(ProductQuota, product.line_id, with_for_update=True, populate_existing=True)
    product = await own_product(db, caller, product_id, for_update=True)
    require_match(product, if_match)
    rule = MOVES[move]
    if product.state not in rule.starts:
        raise FinancingProductMoveNotAllowed(extra=standing(product))
    if move is ProductMove.publish:
        await _publish(db, caller, product, quota)
    elif move is ProductMove.resume:
        await require_sound(db, product)
        _require_time_left(product)
    await _into(db, caller, product, rule.leads_to, rule.event)
    await db.refresh(product)
    return product


async def close_overdue(db: AsyncSession) -> int:
    """Close what is published or paused and past its last day; tell of what has its first day today. How many ended."""
    today = clock.today()
    over = select(FinancingProduct).where(FinancingProduct.state.in_(_OPEN), FinancingProduct.valid_until < today)
    ended = (await db.scalars(over.order_by(FinancingProduct.id).with_for_update(skip_locked=True))).all()
    for product in ended:
        await _into(db, None, product, S.closed, "financing_product.closed")
    for product in await db.scalars(_beginning(today)):
        await _tell(db, None, product, "financing_product.changed")
    return len(ended)


def _beginning(day: date) -> Select[FinancingProduct]:
    return select(FinancingProduct).where(FinancingProduct.state == S.published, FinancingProduct.valid_from == day)


async def _publish(db: AsyncSession, caller: Caller, product: FinancingProduct, quota: ProductQuota) -> None:
    """Hold the terms against what holds now, put the quota in force, and close the edition before."""
    await require_sound(db, product)
    _require_time_left(product)
    faults = [*_below_taken("quota_idr", product, quota), *_below_taken("quota_count", product, quota)]
    if faults:
        raise Invalid(errors=faults)
    before = await db.scalar(
        select(FinancingProduct)
        .where(FinancingProduct.line_id == product.line_id, FinancingProduct.state.in_(_OPEN))
        .with_for_update()
    )
    if before is not None:
        await _into(db, caller, before, S.closed, "financing_product.closed", superseded_by=product.id)
    quota.quota_idr, quota.quota_count = product.quota_idr, product.quota_count
    product.published_at = clock.now()


def _below_taken(name: str, product: FinancingProduct, quota: ProductQuota) -> list[Fault]:
    """The editions of a product share what they may give: a new one cannot allow less than was given already."""
    limit, taken = getattr(product, name), getattr(quota, name.replace("quota", "taken"))
    if limit is None or limit >= taken:
        return []
    words = {"id": f"Sudah disetujui {taken}", "en": f"{taken} are approved already"}
    return [fault(f"#/{name}", "quota_below_taken", **words)]


def _require_time_left(product: FinancingProduct) -> None:
    if product.valid_until < clock.today():
        words = {"id": "Masa berlakunya sudah lewat", "en": "Its last day is over"}
        raise Invalid(errors=[fault("#/valid_until", "period_over", **words)])


async def _into(
    db: AsyncSession, caller: Caller | None, product: FinancingProduct, state: S, event: str, **facts: UUID
) -> None:
    product.state = state
    product.closed_at = clock.now() if state is S.closed else None
    product.version += 1
    await db.flush()
    await _tell(db, caller, product, event, **facts)


async def _tell(db: AsyncSession, caller: Caller | None, product: FinancingProduct, event: str, **facts: UUID) -> None:
    known = {"organization_id": product.bank_id, "scheme": product.scheme, "state": product.state.value}
    await outbox.record(db, event, product.id, by=caller, **known, **facts)
