"""Products, schemes and matches as wire shapes, in one language."""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from typing import Any, Literal

from plut_api.financing.products.contracts import price_words
from plut_api.financing.products.matching import Judged, Miss, Wanted
from plut_api.financing.products.models import BorrowerKind, FinancingProduct
from plut_api.financing.products.requirements import Requirement
from plut_api.financing.products.schemas.facts import FactCatalogue, FactRead
from plut_api.financing.products.schemas.matching import Matches, MissingItem, ProductMatch
from plut_api.financing.products.schemas.products import FinancingProductRead
from plut_api.financing.products.schemas.schemes import SchemeRead, SchemeRequirement, Schemes
from plut_api.financing.products.schemes import Scheme, SchemeKind, schemes_on, shipped_schemes
from plut_api.financing.rules.checking import facts_of
from plut_api.financing.rules.grammar import Words
from plut_api.financing.rules.subjects import SUBJECTS
from plut_api.kit import clock
from plut_api.kit.i18n import Locale, Text

_ON_FIGURES = frozenset({"sales_idr", "figures_year", "figures_age_years", "workers"})
_WITH_CONSULTANT = Text(id="Bahas dengan konsultan PLUT", en="Discuss it with a PLUT consultant")
_BOUNDS: Mapping[str, Text] = {
    "amount_under": Text(id="Jumlah paling sedikit {bound} rupiah", en="The amount is at least {bound} rupiah"),
    "amount_over": Text(id="Jumlah paling banyak {bound} rupiah", en="The amount is at most {bound} rupiah"),
    "tenor_under": Text(id="Tenor paling pendek {bound} bulan", en="The tenor is at least {bound} months"),
    "tenor_over": Text(id="Tenor paling lama {bound} bulan", en="The tenor is at most {bound} months"),
    "regency_not_served": Text(
        id="Tidak ditawarkan di kabupaten atau kota ini", en="It is not offered in this regency or city"
    ),
    "quota_exhausted": Text(id="Kuota produk ini habis", en="The quota of this product is used up"),
}
_CHANGE_PLAN: Mapping[str, Text] = {
    "amount": Text(id="Ubah jumlah yang diminta menjadi {bound} rupiah", en="Ask for {bound} rupiah"),
    "tenor": Text(id="Ubah tenor menjadi {bound} bulan", en="Ask for {bound} months"),
}


def product_shape(row: Any, locale: Locale) -> FinancingProductRead:
    """A flat row of the catalogue; what is left of the quota is for its bank alone."""
    values = dict(row._mapping)
    price = price_words(row.pricing_kind, row.rate_bp, row.bank_nisbah_bp).in_locale(locale)
    values |= {"kind": kinds().get(row.scheme, SchemeKind.own), "price": price}
    if not row.is_own:
        values |= {"left_idr": None, "left_count": None}
    return FinancingProductRead.model_validate(values)


@cache
def kinds() -> Mapping[str, SchemeKind]:
    """The family of each scheme that there is or was."""
    return {row.code: row.kind for row in shipped_schemes()}


def schemes_shape(day: date, locale: Locale) -> Schemes:
    """The schemes in force on a day, by code."""
    return Schemes(on=day, data=[_scheme(row, locale) for _, row in sorted(schemes_on(day).items())])


def _scheme(row: Scheme, locale: Locale) -> SchemeRead:
    narrower = row.working_capital
    values = row.model_dump(exclude={"name", "notes", "requirements", "working_capital"})
    return SchemeRead(
        name=_words(row.name, locale),
        notes=_words(row.notes, locale) if row.notes else None,
        working_capital_max_amount_idr=narrower.max_amount_idr if narrower else None,
        working_capital_max_tenor_months=narrower.max_tenor_months if narrower else None,
        requirements=[_asked(one, locale) for one in row.requirements],
        **values,
    )


def _asked(requirement: Requirement, locale: Locale) -> SchemeRequirement:
    return SchemeRequirement(
        code=requirement.code,
        condition=requirement.condition.model_dump(mode="json", by_alias=True, exclude_none=True),
        words=_words(requirement.words, locale),
        above_amount_idr=requirement.above_amount_idr,
    )


def facts_shape(subject: Literal["business", "cooperative"], locale: Locale) -> FactCatalogue:
    """The declared facts of a subject."""
    facts = SUBJECTS[subject].facts if subject in SUBJECTS else {}
    shown = [
        FactRead(name=name, kind=fact.kind, meaning=fact.meaning.in_locale(locale)) for name, fact in facts.items()
    ]
    return FactCatalogue(subject=subject, data=shown)


def matches_shape(wanted: Wanted, judged: Iterable[Judged], locale: Locale) -> Matches:
    """What fits, what nearly does, and what does not; nearest first."""
    found = sorted(judged, key=lambda one: len(one.misses))
    return Matches(
        actor_id=wanted.id if wanted.kind is BorrowerKind.business else None,
        cooperative_id=wanted.id if wanted.kind is BorrowerKind.cooperative else None,
        amount_idr=wanted.amount_idr,
        tenor_months=wanted.tenor_months,
        principle=wanted.principle.value,
        on=clock.today(),
        computed_at=clock.now(),
        fits=[_match(one, wanted, locale) for one in found if one.fits],
        nearly=[_match(one, wanted, locale) for one in found if one.nearly],
        not_fitting=[_match(one, wanted, locale) for one in found if not one.fits and not one.nearly],
    )


def _match(judged: Judged, wanted: Wanted, locale: Locale) -> ProductMatch:
    product: FinancingProduct = judged.offer.product
    price = price_words(product.pricing_kind, product.rate_bp, product.bank_nisbah_bp)
    return ProductMatch(
        product_id=product.id,
        bank_id=product.bank_id,
        bank_name=judged.offer.bank_name,
        title=product.title_en if locale == "en" else product.title_id,
        scheme=product.scheme,
        principle=product.principle,
        price=price.in_locale(locale),
        min_amount_idr=product.min_amount_idr,
        max_amount_idr=product.max_amount_idr,
        min_tenor_months=product.min_tenor_months,
        max_tenor_months=product.max_tenor_months,
        valid_until=product.valid_until,
        missing=[_item(miss, wanted, locale) for miss in judged.misses],
    )


def _item(miss: Miss, wanted: Wanted, locale: Locale) -> MissingItem:
    if miss.requirement is not None:
        words = _words(miss.requirement.words, locale)
        step = miss.requirement.next_step
        help_ = _words(step, locale) if step else _WITH_CONSULTANT.in_locale(locale)
    else:
        words = _BOUNDS[miss.code].filled(bound=miss.bound or 0).in_locale(locale)
        change = _CHANGE_PLAN.get(miss.kind)
        help_ = change.filled(bound=miss.bound or 0).in_locale(locale) if change else ""
    return MissingItem(
        code=miss.code,
        kind=miss.kind,
        result="unknown" if miss.unknown else "fail",
        words=words,
        next_step=help_ if miss.fixable and help_ else None,
        href=_href(miss, wanted) if miss.fixable else None,
        fixable=miss.fixable,
    )


def _href(miss: Miss, wanted: Wanted) -> str:
    """Where something can be done about it, or at least be seen."""
    if wanted.kind is BorrowerKind.cooperative:
        return f"/v1/cooperatives/{wanted.id}/readiness"
    business = f"/v1/actors/{wanted.id}"
    if miss.requirement is None:
        return f"{business}/financing-plan"
    facts = facts_of(miss.requirement.condition, {})
    return f"{business}/annual-figures" if facts & _ON_FIGURES else f"{business}/readiness"


def _words(words: Words, locale: Locale) -> str:
    return words.en if locale == "en" else words.id
