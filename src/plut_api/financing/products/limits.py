"""A product against its scheme: it may be narrower, never wider, on any day that it is valid."""

from collections.abc import Iterator
from typing import Protocol

from plut_api.financing.products.contracts import percent, yearly_return_bp
from plut_api.financing.products.models import (
    BorrowerKind,
    Collateral,
    FinancingProduct,
    PricingKind,
    Principle,
    Purpose,
)
from plut_api.financing.products.schemes import Scheme, rows_between, scheme_codes
from plut_api.kit.problems import Fault, fault


class Bounded(Protocol):
    """The terms that schemes limit; a product has them, and so has what is given for one."""

    borrower_kind: BorrowerKind
    principle: Principle
    purpose: Purpose
    min_amount_idr: int
    max_amount_idr: int
    max_tenor_months: int
    pricing_kind: PricingKind
    rate_bp: int | None
    bank_nisbah_bp: int | None
    projected_profit_bp: int | None
    collateral: Collateral
    collateral_from_idr: int | None


def scheme_faults(product: FinancingProduct) -> list[Fault]:
    """Everything in which a product goes beyond its scheme, on the first day that it does, with limit and source."""
    if product.scheme not in scheme_codes():
        known = ", ".join(sorted(scheme_codes()))
        return [fault("#/scheme", "scheme_unknown", id=f"Pilih salah satu: {known}", en=f"Choose one of: {known}")]
    if product.valid_from > product.valid_until:
        return []  # A fault of its own, and no day to hold it against.
    rows, uncovered = rows_between(product.scheme, product.valid_from, product.valid_until)
    faults: dict[tuple[str, str], Fault] = {}
    if uncovered is not None:
        beyond = fault(
            "#/valid_from" if uncovered == product.valid_from else "#/valid_until",
            "scheme_not_in_force",
            id=f"Skema {product.scheme} tidak berlaku pada {uncovered}",
            en=f"The scheme {product.scheme} does not hold on {uncovered}",
        )
        faults[beyond.pointer, beyond.code] = beyond
    for row in rows:
        for found in beyond_scheme(product, row):
            faults.setdefault((found.pointer, found.code), found)
    return list(faults.values())


def beyond_scheme(product: Bounded, scheme: Scheme) -> list[Fault]:
    """Everything in which terms go beyond one row of a scheme."""
    return [*_kinds(product, scheme), *_amounts(product, scheme), *_terms(product, scheme)]


def _kinds(product: Bounded, scheme: Scheme) -> Iterator[Fault]:
    if product.borrower_kind not in scheme.borrower_kinds:
        yield _beyond("borrower_kind", "borrower_not_in_scheme", ", ".join(scheme.borrower_kinds), scheme)
    if product.principle not in scheme.principles:
        yield _beyond("principle", "principle_not_in_scheme", ", ".join(scheme.principles), scheme)


def _amounts(product: Bounded, scheme: Scheme) -> Iterator[Fault]:
    most = ceiling_idr(scheme, product.purpose)
    if most is not None and product.max_amount_idr > most:
        yield _beyond("max_amount_idr", "amount_over_scheme", f"Rp{most:,}".replace(",", "."), scheme)
    over = scheme.over_amount_idr
    if over is not None and product.min_amount_idr <= over:
        yield _beyond("min_amount_idr", "amount_under_scheme", f"> Rp{over:,}".replace(",", "."), scheme)


def _terms(product: Bounded, scheme: Scheme) -> Iterator[Fault]:
    months = ceiling_months(scheme, product.purpose)
    if months is not None and product.max_tenor_months > months:
        yield _beyond("max_tenor_months", "tenor_over_scheme", f"{months}", scheme)
    price = yearly_return_bp(product.pricing_kind, product.rate_bp, product.bank_nisbah_bp, product.projected_profit_bp)
    if scheme.max_rate_bp is not None and price > scheme.max_rate_bp:
        field = "bank_nisbah_bp" if product.pricing_kind is PricingKind.nisbah else "rate_bp"
        yield _beyond(field, "price_over_scheme", f"{percent(scheme.max_rate_bp)} %", scheme)
    free = scheme.no_collateral_up_to_idr
    if free is not None and product.collateral is Collateral.additional and (product.collateral_from_idr or 0) < free:
        yield _beyond("collateral_from_idr", "collateral_beyond_scheme", f">= Rp{free:,}".replace(",", "."), scheme)


def ceiling_idr(scheme: Scheme, purpose: Purpose) -> int | None:
    """The most that a scheme gives for a purpose; None: it sets no ceiling."""
    narrower = scheme.working_capital if purpose is Purpose.working_capital else None
    if narrower is not None and narrower.max_amount_idr is not None:
        return narrower.max_amount_idr
    return scheme.max_amount_idr


def ceiling_months(scheme: Scheme, purpose: Purpose) -> int | None:
    """The longest tenor of a scheme for a purpose; None: it sets none."""
    narrower = scheme.working_capital if purpose is Purpose.working_capital else None
    if narrower is not None and narrower.max_tenor_months is not None:
        return narrower.max_tenor_months
    return scheme.max_tenor_months


def _beyond(field: str, code: str, limit: str, scheme: Scheme) -> Fault:
    return fault(
        f"#/{field}",
        code,
        id=f"Batas skema {scheme.code} sejak {scheme.valid_from}: {limit} ({scheme.source})",
        en=f"The limit of {scheme.code} since {scheme.valid_from}: {limit} ({scheme.source})",
    )
