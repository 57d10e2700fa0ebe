"""Schemes as dated data, and that no product goes beyond its own on any day that it is valid."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.financing.products.contracts import percent, price_words, yearly_return_bp
from plut_api.financing.products.limits import beyond_scheme, ceiling_idr, ceiling_months, scheme_faults
from plut_api.financing.products.models import (
    BorrowerKind,
    Collateral,
    Contract,
    FinancingProduct,
    PricingKind,
    Principle,
    Purpose,
)
from plut_api.financing.products.schemes import SUBJECT_OF, Scheme, rows_between, schemes_on, shipped_schemes
from plut_api.financing.rules.compiling import condition_sql
from plut_api.reference.rules import rule_values
from tests.conftest import Api

DAY = date(2026, 3, 2)
LATER = DAY + timedelta(days=60)
SCHEMES = st.sampled_from(sorted(schemes_on(DAY).values(), key=lambda scheme: scheme.code))
AMOUNTS = st.integers(1, 4_000_000_000)


def product(scheme: str, **given: Any) -> FinancingProduct:
    """A product that is not stored: conventional credit."""
    values: dict[str, Any] = {
        "scheme": scheme,
        "borrower_kind": BorrowerKind.business,
        "principle": Principle.conventional,
        "contract": Contract.credit,
        "pricing_kind": PricingKind.interest,
        "rate_bp": 600,
        "purpose": Purpose.both,
        "min_amount_idr": 10_000_001,
        "max_amount_idr": 100_000_000,
        "min_tenor_months": 6,
        "max_tenor_months": 36,
        "collateral": Collateral.business,
        "valid_from": DAY,
        "valid_until": LATER,
    }
    return FinancingProduct(**values | given)


@given(
    scheme=SCHEMES,
    least=AMOUNTS,
    more=AMOUNTS,
    months=st.integers(1, 360),
    rate=st.integers(0, 2000),
    purpose=st.sampled_from(Purpose),
    borrower=st.sampled_from(BorrowerKind),
)
def test_a_product_is_faultless_exactly_when_it_is_within_every_limit(
    scheme: Scheme, least: int, more: int, months: int, rate: int, purpose: Purpose, borrower: BorrowerKind
) -> None:
    most = max(least, more)
    terms = product(
        scheme.code,
        min_amount_idr=min(least, more),
        max_amount_idr=most,
        max_tenor_months=months,
        rate_bp=rate,
        purpose=purpose,
        borrower_kind=borrower,
    )

    faults = {one.pointer for one in scheme_faults(terms)}

    top, longest = ceiling_idr(scheme, purpose), ceiling_months(scheme, purpose)
    expected = {
        "#/borrower_kind": borrower not in scheme.borrower_kinds,
        "#/max_amount_idr": top is not None and most > top,
        "#/min_amount_idr": scheme.over_amount_idr is not None and min(least, more) <= scheme.over_amount_idr,
        "#/max_tenor_months": longest is not None and months > longest,
        "#/rate_bp": scheme.max_rate_bp is not None and rate > scheme.max_rate_bp,
    }
    assert faults == {pointer for pointer, beyond in expected.items() if beyond}


@given(nisbah=st.integers(1, 9_999), profit=st.integers(0, 100_000))
def test_a_share_in_profit_is_held_against_the_rate_of_the_scheme_too(nisbah: int, profit: int) -> None:
    terms = product(
        "kur_mikro",
        principle=Principle.sharia,
        contract=Contract.mudharabah,
        pricing_kind=PricingKind.nisbah,
        rate_bp=None,
        bank_nisbah_bp=nisbah,
        projected_profit_bp=profit,
    )

    codes = [one.code for one in scheme_faults(terms)]

    assert codes == (["price_over_scheme"] if nisbah * profit > 600 * 10_000 else [])


@given(basis_points=st.integers(0, 10_000))
def test_a_percentage_says_the_basis_points_to_the_last(basis_points: int) -> None:
    assert round(float(percent(basis_points)) * 100) == basis_points
    assert "unga" not in price_words(PricingKind.margin, basis_points, None).id


def test_what_the_bank_takes_of_a_profit_is_rounded_up() -> None:
    assert yearly_return_bp(PricingKind.nisbah, None, 3333, 1801) == 601


def test_a_period_is_held_against_every_row_of_the_scheme_and_its_gaps() -> None:
    before = product("kur_mikro", rate_bp=900, valid_from=date(2025, 6, 1), valid_until=date(2025, 12, 31))
    across = product("kur_mikro", rate_bp=900, valid_from=date(2025, 12, 1), valid_until=date(2026, 2, 1))
    ended = product("pmk_49_2025", borrower_kind=BorrowerKind.cooperative, valid_from=date(2025, 11, 1))

    assert scheme_faults(before) == []
    assert {(one.pointer, one.code) for one in scheme_faults(across)} == {
        ("#/valid_until", "scheme_not_in_force"),
        ("#/rate_bp", "price_over_scheme"),
    }
    assert [(one.pointer, one.code) for one in scheme_faults(ended)] == [("#/valid_until", "scheme_not_in_force")]


def test_a_fault_names_the_limit_and_where_it_is_written() -> None:
    (fault,) = beyond_scheme(product("kur_mikro", max_amount_idr=100_000_001), schemes_on(DAY)["kur_mikro"])

    assert "Rp100.000.000" in fault.message.id
    assert "Permenko Ekon 1/2026" in fault.message.en


def test_of_a_cooperatives_buildings_the_cooperative_never_borrows() -> None:
    for kind, allowed in (("cooperative", False), ("business", False), ("state_company", True)):
        terms = product("agrinas_2026", borrower_kind=BorrowerKind(kind))
        assert (not scheme_faults(terms)) is allowed


@pytest.mark.parametrize("row", shipped_schemes(), ids=lambda row: f"{row.code}:{row.valid_from}")
async def test_every_requirement_of_a_scheme_can_be_asked_on_its_first_and_last_day(
    row: Scheme, sessions: async_sessionmaker[AsyncSession]
) -> None:
    for day in (row.valid_from, row.valid_until or date(2026, 12, 31)):
        assert schemes_on(day)[row.code] is row
        if row.requirements:
            async with sessions() as db:
                values = await rule_values(db, "", day)
            for requirement in row.requirements:
                for borrower in row.borrower_kinds:
                    condition_sql(SUBJECT_OF[borrower], requirement.condition, values)


def test_the_rows_of_a_scheme_cover_a_period_or_name_the_first_day_they_do_not() -> None:
    assert rows_between("kur_mikro", date(2026, 1, 1), LATER)[1] == date(2026, 1, 1)
    assert rows_between("kur_mikro", date(2025, 1, 1), LATER)[1] == date(2026, 1, 1)
    assert rows_between("kur_mikro", date(2026, 1, 5), LATER)[1] is None
    assert rows_between("none", DAY, LATER) == ([], DAY)


async def test_anybody_reads_the_schemes_of_a_day_with_source_and_status(api: Api) -> None:
    today = await api.get("/v1/financing/schemes")
    then = await api.get("/v1/financing/schemes", on="2025-09-01", headers={"Accept-Language": "en"})

    shown = {one["code"]: one for one in then.json()["data"]}
    assert "pmk_49_2025" not in {one["code"] for one in today.json()["data"]}
    assert (shown["pmk_49_2025"]["status"], shown["kur_mikro"]["max_rate_bp"]) == ("V", 900)
    assert shown["pmk_49_2025"]["working_capital_max_amount_idr"] == 500_000_000
    assert {one["status"] for one in today.json()["data"]} <= {"C", "R", "V"}
    assert all(one["source"] for one in today.json()["data"])
    assert today.headers["Cache-Control"].startswith("public")
