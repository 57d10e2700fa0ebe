"""Reading products: what anybody finds on offer, and what a bank finds of its own. Row rules apply in the query."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query
from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.financing.products.models import (
    BorrowerKind,
    Contract,
    FinancingProduct,
    Principle,
    ProductQuota,
    ProductState,
)
from plut_api.financing.products.problems import FinancingProductNotFound
from plut_api.financing.products.quota import has_left
from plut_api.financing.products.schemas.fields import SchemeCode
from plut_api.financing.products.schemes import SchemeKind, scheme_codes
from plut_api.kit import clock
from plut_api.kit.caller import Caller
from plut_api.kit.wire import MAX_IDR, Id, RegencyCode
from plut_api.organizations.models import Organization

P = FinancingProduct
READING = frozenset({"financing:read", "financing:offer"})
"""Scopes by which a bank reads its own products."""


@dataclass(frozen=True)
class ProductFilters:
    """What is asked of a list of products; each may be repeated for OR."""

    kind: Annotated[list[SchemeKind] | None, Query(max_length=5, description="Only of these families.")] = None
    scheme: Annotated[list[SchemeCode] | None, Query(max_length=20, description="Only of these schemes.")] = None
    principle: Annotated[list[Principle] | None, Query(max_length=2, description="Only by these principles.")] = None
    contract: Annotated[list[Contract] | None, Query(max_length=10, description="Only with these contracts.")] = None
    borrower_kind: Annotated[
        list[BorrowerKind] | None, Query(max_length=3, description="Only for these borrowers.")
    ] = None
    bank: Annotated[list[Id] | None, Query(max_length=50, description="Only of these banks.")] = None
    regency: Annotated[
        list[RegencyCode] | None, Query(max_length=20, description="Only what is offered in one of these.")
    ] = None
    amount_idr: Annotated[
        int | None,
        Query(
            ge=1,
            le=MAX_IDR,
            json_schema_extra={"format": "int64"},
            description="Only what gives this amount, whole rupiah.",
            examples=[50_000_000],
        ),
    ] = None
    tenor_months: Annotated[
        int | None,
        Query(
            ge=1,
            le=360,
            json_schema_extra={"format": "int32"},
            description="Only what gives this tenor.",
            examples=[24],
        ),
    ] = None
    state: Annotated[
        list[ProductState] | None,
        Query(max_length=4, description="Only in these states. For a bank's own; others only find what is on offer."),
    ] = None


def products(caller: Caller | None, wanted: ProductFilters | None = None) -> Select[Any]:
    """Products that a caller finds in the list, as flat rows: what is on offer, and of the own bank everything."""
    query = _rows(caller).where(or_(open_on(clock.today()), of_own(caller)))
    return query.where(*_conditions(wanted)) if wanted is not None else query


async def one_product(db: AsyncSession, caller: Caller | None, product_id: UUID) -> Any:
    """One product as a flat row.

    Anyone reads what is open; who is signed in also what once was, since something may have been asked for under it;
    its bank all. Raises FinancingProductNotFound.
    """
    was_open = P.published_at.is_not(None) if caller is not None else false()
    query = _rows(caller).where(P.id == product_id, or_(open_on(clock.today()), was_open, of_own(caller)))
    row = (await db.execute(query)).one_or_none()
    if row is None:
        raise FinancingProductNotFound()
    return row


async def own_row(db: AsyncSession, caller: Caller, product_id: UUID) -> Any:
    """A product of the caller's bank as a flat row, for whom it was just changed by."""
    query = _rows(caller).where(P.id == product_id, P.bank_id == caller.organization_id)
    return (await db.execute(query)).one()


def open_on(day: date) -> ColumnElement[bool]:
    """The condition on products that they are published and valid on a day."""
    return and_(P.state == ProductState.published, P.valid_from <= day, P.valid_until >= day)


def of_own(caller: Caller | None) -> ColumnElement[bool]:
    """The condition that a product is the caller's bank's own, to read."""
    if caller is None or not caller.is_bank or caller.scopes.isdisjoint(READING):
        return false()
    return P.bank_id == caller.organization_id


def _rows(caller: Caller | None) -> Select[Any]:
    left_idr = (ProductQuota.quota_idr - ProductQuota.taken_idr).label("left_idr")
    left_count = (ProductQuota.quota_count - ProductQuota.taken_count).label("left_count")
    on_offer = and_(open_on(clock.today()), has_left(P.min_amount_idr.expression)).label("on_offer")
    mine = of_own(caller).label("is_own")
    query = select(*P.__table__.c, Organization.name.label("bank_name"), left_idr, left_count, on_offer, mine)
    return query.join(ProductQuota, ProductQuota.id == P.line_id).join(Organization, Organization.id == P.bank_id)


def _conditions(wanted: ProductFilters) -> list[ColumnElement[bool]]:
    among: Mapping[Any, Sequence[Any] | None] = {
        P.scheme: wanted.scheme,
        P.principle: wanted.principle,
        P.contract: wanted.contract,
        P.borrower_kind: wanted.borrower_kind,
        P.bank_id: wanted.bank,
        P.state: wanted.state,
    }
    found = [column.in_(values) for column, values in among.items() if values]
    if wanted.kind:
        codes = frozenset[str]().union(*(scheme_codes(kind) for kind in wanted.kind))
        found.append(P.scheme.in_(sorted(codes)))
    if wanted.regency:
        found.append(or_(func.cardinality(P.regency_codes) == 0, P.regency_codes.overlap(wanted.regency)))
    for value, least, most in (
        (wanted.amount_idr, P.min_amount_idr, P.max_amount_idr),
        (wanted.tenor_months, P.min_tenor_months, P.max_tenor_months),
    ):
        found.append(and_(least <= value, most >= value) if value is not None else true())
    return found
