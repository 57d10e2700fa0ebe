"""What a business wants money for: one plan of a business, replaced as a whole."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors.access import require_actor
from plut_api.financing.papers.models import FinancingPlan, Principle
from plut_api.financing.papers.problems import FinancingPlanNotFound
from plut_api.financing.papers.schemas import FinancingPlanPut
from plut_api.financing.papers.service import tell
from plut_api.financing.products.models import BorrowerKind, FinancingProduct, ProductState
from plut_api.financing.products.schemes import schemes_on
from plut_api.kit import clock
from plut_api.kit.caller import Caller
from plut_api.kit.etags import require_match
from plut_api.kit.ids import new_id
from plut_api.kit.problems import Fault, Invalid, PreconditionFailed, fault


async def plan_of(db: AsyncSession, caller: Caller, actor_id: UUID) -> FinancingPlan:
    """The plan of a business within the caller's rows. Raises ActorNotFound, FinancingPlanNotFound."""
    actor = await require_actor(db, caller, actor_id)
    plan = await db.scalar(select(FinancingPlan).where(FinancingPlan.actor_id == actor.id))
    if plan is None:
        raise FinancingPlanNotFound()
    return plan


async def put_plan(
    db: AsyncSession, caller: Caller, actor_id: UUID, if_match: str | None, given: FinancingPlanPut
) -> FinancingPlan:
    """Write the plan of a business, or replace the one that was read; the first needs no `If-Match`.

    Raises ActorNotFound, PreconditionRequired, PreconditionFailed, Invalid (`items_differ`, `scheme_unknown`,
    `scheme_not_for_businesses`, `product_not_on_offer`, `product_of_other_scheme`, `product_of_other_principle`).
    Emits papers.changed.
    """
    actor = await require_actor(db, caller, actor_id, for_update=True)  # Two first plans queue here.
    plan = await db.scalar(select(FinancingPlan).where(FinancingPlan.actor_id == actor.id).with_for_update())
    if plan is not None:
        require_match(plan, if_match)
    elif if_match is not None:
        raise PreconditionFailed()
    total = sum(item.amount_idr for item in given.items)
    if faults := [*_faults_of_items(given, total), *await _faults_of_offer(db, given)]:
        raise Invalid(errors=faults)
    values = given.model_dump() | {"items_total_idr": total if given.items else None, "recorded_by": caller.id}
    if plan is None:
        plan = FinancingPlan(id=new_id(), actor_id=actor.id, version=1, **values)
        db.add(plan)
    else:
        for name, value in values.items():
            setattr(plan, name, value)
        plan.version += 1
    await db.flush()
    await db.refresh(plan)
    await tell(db, caller, actor.id, "financing_plan", plan.id)
    return plan


def _faults_of_items(given: FinancingPlanPut, total: int) -> list[Fault]:
    if not given.items or total == given.amount_idr:
        return []
    return [
        fault(
            "#/items",
            "items_differ",
            id=f"Jumlah harga rincian Rp{total} harus sama dengan jumlah yang diminta",
            en=f"The items come to Rp{total}; they must sum up to the amount",
        )
    ]


async def _faults_of_offer(db: AsyncSession, given: FinancingPlanPut) -> list[Fault]:
    faults: list[Fault] = []
    if given.scheme is not None:
        scheme = schemes_on(clock.today()).get(given.scheme)
        if scheme is None:
            faults.append(_SCHEME_UNKNOWN)
        elif BorrowerKind.business not in scheme.borrower_kinds:
            faults.append(_NOT_FOR_BUSINESSES)
    if given.product_id is None:
        return faults
    product = await db.get(FinancingProduct, given.product_id)
    if product is None or not _on_offer(product):
        return [*faults, _NOT_ON_OFFER]
    if given.scheme is not None and product.scheme != given.scheme:
        faults.append(_OTHER_SCHEME)
    if given.principle is not Principle.any and product.principle.value != given.principle.value:
        faults.append(_OTHER_PRINCIPLE)
    return faults


def _on_offer(product: FinancingProduct) -> bool:
    open_today = product.valid_from <= clock.today() <= product.valid_until
    published = product.state is ProductState.published
    return published and open_today and product.borrower_kind is BorrowerKind.business


_SCHEME_UNKNOWN = fault(
    "#/scheme", "scheme_unknown", id="Skema ini tidak berlaku sekarang", en="No such scheme is in force now"
)
_NOT_FOR_BUSINESSES = fault(
    "#/scheme", "scheme_not_for_businesses", id="Skema ini bukan untuk usaha", en="This scheme is not for businesses"
)
_NOT_ON_OFFER = fault(
    "#/product_id",
    "product_not_on_offer",
    id="Produk ini tidak sedang ditawarkan kepada usaha",
    en="No such product is on offer for businesses now",
)
_OTHER_SCHEME = fault(
    "#/product_id",
    "product_of_other_scheme",
    id="Produk ini dari skema lain",
    en="This product is of another scheme",
)
_OTHER_PRINCIPLE = fault(
    "#/product_id",
    "product_of_other_principle",
    id="Produk ini tidak sesuai prinsip yang diminta",
    en="This product is not by the principle that was asked for",
)
