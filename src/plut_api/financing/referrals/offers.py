"""What a referral asks for and is given, held against the schemes of the day and the products of its bank."""

from collections.abc import Iterator
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.financing.models import Referral
from plut_api.financing.products import quota
from plut_api.financing.products.limits import ceiling_idr, ceiling_months
from plut_api.financing.products.models import BorrowerKind, FinancingProduct, PricingKind, Purpose
from plut_api.financing.products.schemes import SchemeKind, scheme_codes, schemes_on
from plut_api.financing.products.service import require_on_offer, require_within
from plut_api.financing.schemas.referrals import ReferralMove
from plut_api.kit import clock
from plut_api.kit.problems import Fault, fault

DEFAULT_SCHEME = "commercial"


class Terms(NamedTuple):
    """What a bank approves: by which product (None: none in particular), for how long, at which price of which kind."""

    product: FinancingProduct | None
    tenor_months: int
    pricing_kind: PricingKind | None
    rate_bp: int | None


def excluded_beside(scheme: str) -> frozenset[str]:
    """The other schemes that may not stand beside a scheme: of KUR a family has one at a time (Permenko Ekon 1/2026, as
    reported).
    """
    kur = scheme_codes(SchemeKind.kur)
    return kur - {scheme} if scheme in kur else frozenset()


async def faults_of_asked(
    db: AsyncSession, bank_id: UUID, product_id: UUID | None, scheme: str | None, amount_idr: int, tenor_months: int
) -> tuple[str, list[Fault]]:
    """The scheme that a request is made under, and everything in which it does not fit its product or scheme.

    Raises ProductNotOffered.
    """
    if product_id is None:
        code = scheme or DEFAULT_SCHEME
        return code, list(_beyond_scheme(code, amount_idr, tenor_months))
    product = await require_on_offer(db, product_id, bank_id=bank_id, day=clock.today())
    faults = list(require_within(product, amount_idr, tenor_months))
    if product.borrower_kind is not BorrowerKind.business:
        faults.append(_NOT_FOR_BUSINESSES)
    if scheme is not None and scheme != product.scheme:
        faults.append(_of_scheme(product.scheme))
    return product.scheme, faults


async def terms_of(db: AsyncSession, referral: Referral, given: ReferralMove) -> tuple[Terms, list[Fault]]:
    """The terms of an approval, what is not given taken from the product or the request, and what is wrong with them.

    Raises ProductNotOffered if another product is approved than was asked for and it is not on offer.
    """
    product = await _approved_product(db, referral, given.approved_product_id)
    tenor = given.approved_tenor_months or referral.tenor_months
    if product is None:
        return Terms(None, tenor, given.approved_pricing_kind, given.approved_rate_bp), list(_faults_of_free(given))
    faults = require_within(
        product, given.approved_amount_idr, tenor, amount_at="#/approved_amount_idr", tenor_at="#/approved_tenor_months"
    )
    most = product.bank_nisbah_bp if product.pricing_kind is PricingKind.nisbah else product.rate_bp
    rate = most if given.approved_rate_bp is None else given.approved_rate_bp
    if given.approved_pricing_kind not in (None, product.pricing_kind):
        faults.append(_of_another_kind(product.pricing_kind))
    if rate is not None and (most is None or rate > most):
        faults.append(_over_rate(most))
    return Terms(product, tenor, product.pricing_kind, rate), faults


async def give_back(db: AsyncSession, referral: Referral) -> None:
    """Return what an approval took of its product's quota."""
    if referral.approved_product_id is not None and referral.approved_amount_idr is not None:
        await quota.give_back(db, referral.approved_product_id, referral.approved_amount_idr)


async def _approved_product(db: AsyncSession, referral: Referral, product_id: UUID | None) -> FinancingProduct | None:
    if product_id is None or product_id == referral.product_id:
        return await db.get(FinancingProduct, referral.product_id) if referral.product_id else None
    return await require_on_offer(db, product_id, bank_id=referral.bank_id, day=clock.today())


def _beyond_scheme(code: str, amount_idr: int, tenor_months: int) -> Iterator[Fault]:
    schemes = schemes_on(clock.today())
    scheme = schemes.get(code)
    if scheme is None or BorrowerKind.business not in scheme.borrower_kinds:
        yield _unknown(sorted(c for c, known in schemes.items() if BorrowerKind.business in known.borrower_kinds))
        return
    over, most = scheme.over_amount_idr or 0, ceiling_idr(scheme, Purpose.both)
    if amount_idr <= over or (most is not None and amount_idr > most):
        yield _out_of_scheme("amount_idr", f"> {over}" if most is None else f"> {over}, <= {most}")
    months = ceiling_months(scheme, Purpose.both)
    if months is not None and tenor_months > months:
        yield _out_of_scheme("tenor_months", f"<= {months}")


def _faults_of_free(given: ReferralMove) -> Iterator[Fault]:
    """Without a product the bank names the kind of its price if it names a price."""
    if given.approved_rate_bp is not None and given.approved_pricing_kind is None:
        yield fault("#/approved_pricing_kind", "missing", id="Sebutkan jenis imbalannya", en="Say of which kind it is")
    if given.approved_rate_bp is not None and given.approved_pricing_kind is PricingKind.none:
        yield _over_rate(None)


def _over_rate(most: int | None) -> Fault:
    if most is None:
        return fault("#/approved_rate_bp", "rate_out_of_range", id="Tanpa imbalan", en="There is no price")
    return fault("#/approved_rate_bp", "rate_out_of_range", id=f"Paling tinggi {most}", en=f"At most {most}")


def _of_another_kind(kind: PricingKind) -> Fault:
    return fault("#/approved_pricing_kind", "pricing_kind_of_product", id=f"Produk ini: {kind}", en=f"It is {kind}")


def _of_scheme(scheme: str) -> Fault:
    return fault(
        "#/scheme", "scheme_of_product", id=f"Produk ini dalam skema {scheme}", en=f"The product is of {scheme}"
    )


def _unknown(known: list[str]) -> Fault:
    named = ", ".join(known)
    return fault("#/scheme", "scheme_unknown", id=f"Pilih salah satu: {named}", en=f"Choose one of: {named}")


def _out_of_scheme(name: str, bounds: str) -> Fault:
    return fault(f"#/{name}", "out_of_scheme", id=f"Batas skema: {bounds}", en=f"The scheme's limits: {bounds}")


_NOT_FOR_BUSINESSES = fault(
    "#/product_id",
    "product_not_for_businesses",
    id="Produk ini bukan untuk usaha",
    en="This product is not for businesses",
)
