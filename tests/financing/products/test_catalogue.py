"""The catalogue: what anybody finds on offer, by filters, page by page, in a fixed number of statements."""

from datetime import timedelta
from typing import Any

import pytest

from plut_api.financing.products.models import (
    BorrowerKind,
    Contract,
    FinancingProduct,
    PricingKind,
    Principle,
    ProductState,
)
from plut_api.kit import clock
from tests.conftest import Api
from tests.factories import Make
from tests.financing.products.offering import PATH, a_bank, product_row

SHARIA: dict[str, Any] = {
    "principle": Principle.sharia,
    "contract": Contract.murabahah,
    "pricing_kind": PricingKind.margin,
}


async def ids(api: Api, **query: Any) -> list[str]:
    answer = await api.get(PATH, **query)
    assert answer.status_code == 200, answer.text
    return [one["id"] for one in answer.json()["data"]]


async def test_anybody_finds_what_is_published_and_valid_and_only_that(api: Api, make: Make) -> None:
    bank, today = await make.bank(), clock.today()
    shown = await product_row(make, bank)
    await product_row(make, bank, state=ProductState.draft)
    await product_row(make, bank, state=ProductState.paused)
    await product_row(make, bank, state=ProductState.closed)
    await product_row(make, bank, valid_from=today + timedelta(days=1))
    await product_row(make, bank, valid_from=today - timedelta(days=9), valid_until=today - timedelta(days=1))

    answer = await api.get(PATH)

    assert [one["id"] for one in answer.json()["data"]] == [str(shown.id)]
    assert answer.headers["Cache-Control"].startswith("public")
    again = await api.get(PATH, headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


async def test_a_bank_also_finds_its_own_in_every_state_and_no_other_banks(api: Api, make: Make) -> None:
    bank, other = await a_bank(make), await a_bank(make)
    draft = await product_row(make, bank.organization, state=ProductState.draft)
    closed = await product_row(make, bank.organization, state=ProductState.closed)
    shown = await product_row(make, other.organization)
    await product_row(make, other.organization, state=ProductState.draft)
    officer = api.as_(bank.officer)

    answer = await officer.get(PATH)

    assert {one["id"] for one in answer.json()["data"]} == {str(draft.id), str(closed.id), str(shown.id)}
    assert await ids(officer, state="draft") == [str(draft.id)]
    assert "private" in answer.headers["Cache-Control"]
    assert await ids(api, state="draft") == []


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"kind": "kur"}, {"kur", "sharia", "small"}),
        ({"kind": "own"}, {"own"}),
        ({"scheme": ["kur_kecil", "commercial"]}, {"small", "own"}),
        ({"principle": "sharia"}, {"sharia"}),
        ({"contract": ["murabahah", "qardh"]}, {"sharia"}),
        ({"borrower_kind": "cooperative"}, {"own"}),
        ({"regency": "52.71"}, {"kur", "sharia", "small"}),
        ({"regency": "52.01"}, {"kur", "sharia", "own"}),
        ({"amount_idr": 100_000_000}, {"kur", "sharia", "own"}),
        ({"amount_idr": 100_000_001}, {"small", "own"}),
        ({"tenor_months": 5}, {"own"}),
        ({"scheme": "kur_besar"}, set()),
    ],
)
async def test_filters_narrow_what_is_found(api: Api, make: Make, query: dict[str, Any], found: set[str]) -> None:
    bank = await make.bank()
    small = {"min_amount_idr": 100_000_001, "max_amount_idr": 500_000_000, "regency_codes": ["52.71"]}
    free = {"max_amount_idr": 900_000_000, "min_tenor_months": 1, "borrower_kind": BorrowerKind.cooperative}
    products = {
        "kur": await product_row(make, bank),
        "sharia": await product_row(make, bank, **SHARIA),
        "small": await product_row(make, bank, scheme="kur_kecil", **small),
        "own": await product_row(make, bank, scheme="commercial", regency_codes=["52.01", "52.02"], **free),
    }

    assert {name for name, one in products.items() if str(one.id) in await ids(api, **query)} == found


async def test_the_list_of_a_bank_is_that_of_the_bank(api: Api, make: Make) -> None:
    product, _ = await product_row(make, await make.bank()), await product_row(make, await make.bank())

    assert await ids(api, bank=product.bank_id) == [str(product.id)]
    assert (await api.get(PATH, amount_idr=0)).status_code == 422
    assert (await api.get(PATH, kind="none")).status_code == 422


async def test_pages_follow_each_other_in_as_many_statements_whatever_is_there(
    api: Api, make: Make, statements: list[str]
) -> None:
    bank = await make.bank()
    products: list[FinancingProduct] = [await product_row(make, bank) for _ in range(4)]
    statements.clear()

    first = await api.get(PATH, limit=2)
    counted = len(statements)
    second = await api.get(PATH, limit=2, cursor=first.json()["next_cursor"])
    whole = await api.get(PATH, limit=4)

    shown = [one["id"] for answer in (first, second) for one in answer.json()["data"]]
    assert shown == [str(one.id) for one in reversed(products)]
    assert second.json()["next_cursor"] is None
    assert len(whole.json()["data"]) == 4
    assert len(statements) == 3 * counted
    assert (await api.get(PATH, limit=2, kind="kur", cursor=first.json()["next_cursor"])).status_code == 400
