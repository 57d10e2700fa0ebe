"""What is on offer on a day, each product with all that it asks: its scheme's requirements, and its own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.financing.products.catalogue import open_on
from plut_api.financing.products.limits import beyond_scheme
from plut_api.financing.products.models import BorrowerKind, FinancingProduct, ProductQuota
from plut_api.financing.products.quota import has_left
from plut_api.financing.products.requirements import Requirement
from plut_api.financing.products.schemes import SUBJECT_OF, Scheme, schemes_on
from plut_api.financing.rules.checking import facts_of
from plut_api.financing.rules.compiling import condition_sql
from plut_api.financing.rules.facts import Value
from plut_api.financing.rules.grammar import Compare, Words
from plut_api.financing.rules.subjects import SUBJECTS
from plut_api.organizations.models import Organization

NPWP = "has_npwp"
"""The fact that a tax number is on file."""


@dataclass(frozen=True)
class Offer:
    """A product on offer, with everything it asks; `something_left` of its quota."""

    product: FinancingProduct
    bank_name: str
    something_left: bool
    asked: tuple[Requirement, ...]

    def applying(self, amount_idr: int | None) -> list[Requirement]:
        """What is asked for an amount; for an unknown one what is asked whatever it is."""
        amount = self.product.min_amount_idr if amount_idr is None else amount_idr
        return [one for one in self.asked if one.above_amount_idr is None or amount > one.above_amount_idr]


async def offers_on(db: AsyncSession, borrower: BorrowerKind, day: date) -> list[Offer]:
    """Products for a kind of borrower that are published and valid on a day, and within their scheme as it holds then.

    By bank and title. One statement, whatever their number.
    """
    schemes = schemes_on(day)
    left = has_left(FinancingProduct.min_amount_idr.expression)
    query = (
        select(FinancingProduct, Organization.name, left)
        .join(ProductQuota, ProductQuota.id == FinancingProduct.line_id)
        .join(Organization, Organization.id == FinancingProduct.bank_id)
        .where(open_on(day), FinancingProduct.borrower_kind == borrower, Organization.is_active)
        .order_by(Organization.name, FinancingProduct.title_id, FinancingProduct.id)
    )
    offers = []
    for product, bank_name, something_left in await db.execute(query):
        scheme = schemes.get(product.scheme)
        if scheme is not None and not beyond_scheme(product, scheme):
            offers.append(Offer(product, bank_name, something_left, _asked(product, scheme)))
    return offers


def _asked(product: FinancingProduct, scheme: Scheme) -> tuple[Requirement, ...]:
    own = (Requirement.model_validate(kept) for kept in product.requirements)
    facts = SUBJECTS[SUBJECT_OF[product.borrower_kind]].facts
    tax = () if scheme.npwp_above_idr is None or NPWP not in facts else (_tax_number(scheme.npwp_above_idr),)
    return (*scheme.requirements, *tax, *own)


def _tax_number(above_idr: int) -> Requirement:
    return Requirement(
        code="tax_number",
        condition=Compare.model_validate({"fact": NPWP, "is": True}),
        words=Words(id="NPWP sudah tercatat", en="A tax number (NPWP) is on file"),
        next_step=Words(id="Aktifkan NIK sebagai NPWP", en="Activate the NIK as tax number"),
        above_amount_idr=above_idr or None,
    )


@dataclass(frozen=True)
class Conditions:
    """Every different condition that offers ask, compiled once, and the facts that they read."""

    sql: Mapping[str, ColumnElement[bool]]
    facts: frozenset[str]


def key_of(requirement: Requirement) -> str:
    """What is the same for requirements that ask the same."""
    return requirement.condition.model_dump_json(by_alias=True, exclude_none=True)


def compiled(
    subject: str, offers: Sequence[Offer], values: Mapping[str, int], *, given: Mapping[str, Value] | None = None
) -> Conditions:
    """The conditions of offers as SQL on a subject's table, with facts that are taken as given.

    Raises LookupError for a rule value that does not hold.
    """
    asked: dict[str, Any] = {key_of(one): one.condition for offer in offers for one in offer.asked}
    sql = {key: condition_sql(subject, condition, values, given=given) for key, condition in asked.items()}
    facts = frozenset[str]().union(*(facts_of(condition, {}) for condition in asked.values()))
    return Conditions(sql, facts)
