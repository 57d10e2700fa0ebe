"""Everything that can be wrong with the terms of a product, found at once."""

import re
from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.financing.products.asking import requirement_faults
from plut_api.financing.products.contracts import CONTRACTS, TERMS
from plut_api.financing.products.limits import scheme_faults
from plut_api.financing.products.models import Collateral, FinancingProduct, PricingKind, Principle
from plut_api.kit.problems import Fault, fault
from plut_api.organizations.models import Organization
from plut_api.reference.models import Region

# What speaks of interest as a price; "bunga" alone may be a flower, and "tanpa bunga" is what sharia promises.
_INTEREST = re.compile(
    r"\bsuku\s+bunga\b|\bbunga\s+(kredit|pinjaman|bank|flat|tetap|efektif|ringan|rendah|[0-9])"
    r"|[0-9]\s*%\s*(bunga|interest)|\binterest\s+(rate|of)\b|\b(low|flat|fixed)\s+interest\b",
    re.IGNORECASE,
)


async def faults_of_terms(db: AsyncSession, product: FinancingProduct) -> list[Fault]:
    """Every fault of a product's terms: order, contract, scheme, districts, requirements, quota, words."""
    bank = await db.get_one(Organization, product.bank_id)
    known = set(await db.scalars(select(Region.code).where(Region.code.in_(product.regency_codes))))
    return [
        *_order(product),
        *_contract(product, bank),
        *scheme_faults(product),
        *(_region(n) for n, code in enumerate(product.regency_codes) if code not in known),
        *requirement_faults(product),
        *_words(product),
    ]


def _order(product: FinancingProduct) -> Iterator[Fault]:
    pairs = (
        ("min_amount_idr", "max_amount_idr", "amounts_out_of_order"),
        ("min_tenor_months", "max_tenor_months", "tenors_out_of_order"),
        ("valid_from", "valid_until", "dates_out_of_order"),
    )
    for first, last, code in pairs:
        if getattr(product, first) > getattr(product, last):
            yield fault(
                f"#/{last}", code, id=f"Tidak boleh kurang dari {first}", en=f"It must not be less than {first}"
            )
    if product.quota_idr is not None and product.quota_idr < product.min_amount_idr:
        words = {"id": "Kuota kurang dari jumlah terkecil", "en": "The quota is less than the smallest amount"}
        yield fault("#/quota_idr", "quota_below_minimum", **words)


def _contract(product: FinancingProduct, bank: Organization) -> Iterator[Fault]:
    terms = CONTRACTS[product.contract]
    if product.principle is not terms.principle:
        words = {"id": f"Akad ini berprinsip {terms.principle}", "en": f"This contract is {terms.principle}"}
        yield fault("#/contract", "contract_not_of_principle", **words)
    elif bank.is_sharia and product.principle is Principle.conventional:
        yield fault(
            "#/principle",
            "bank_is_sharia",
            id="Bank syariah hanya menawarkan produk syariah",
            en="A sharia bank offers sharia products only",
        )
    if product.pricing_kind not in terms.pricing:
        allowed = ", ".join(terms.pricing)
        yield fault("#/pricing_kind", "price_not_of_contract", id=f"Pilih: {allowed}", en=f"Choose: {allowed}")
    needs = set(terms.needs) | ({"rate_bp"} if product.pricing_kind is PricingKind.interest else set())
    may = needs | (set(terms.may) - ({"rate_bp"} if product.pricing_kind is PricingKind.none else set()))
    for name in TERMS:
        if name in needs and getattr(product, name) is None:
            yield fault(f"#/{name}", "missing", id="Akad ini memerlukannya", en="This contract needs it")
        elif name not in may and getattr(product, name) is not None:
            yield fault(f"#/{name}", "not_of_contract", id="Bukan bagian akad ini", en="Not part of this contract")
    if (product.collateral is Collateral.additional) != (product.collateral_from_idr is not None):
        words = {"id": "Hanya untuk agunan tambahan", "en": "For additional collateral, and only for that"}
        yield fault("#/collateral_from_idr", "collateral_amount_wrong", **words)


def _region(number: int) -> Fault:
    words = {"id": "Kode kabupaten atau kota tidak dikenal", "en": "There is no regency or city with this code"}
    return fault(f"#/regency_codes/{number}", "regency_unknown", **words)


def _words(product: FinancingProduct) -> Iterator[Fault]:
    if product.principle is Principle.sharia:
        for name in ("title_id", "title_en", "description_id", "description_en"):
            if _INTEREST.search(getattr(product, name)):
                words = {"id": "Produk syariah tidak berbunga", "en": "A sharia product bears no interest"}
                yield fault(f"#/{name}", "interest_in_sharia", **words)
