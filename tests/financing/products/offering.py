"""What tests of products begin with: what a bank sends, and products that are on offer."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx

from plut_api.financing.products.models import FinancingProduct, ProductQuota, ProductState
from plut_api.identity.models import Account
from plut_api.kit import clock
from plut_api.kit.caller import Role
from plut_api.kit.ids import new_id
from plut_api.organizations.models import Organization
from tests.conftest import Api
from tests.factories import Make

PATH = "/v1/financing/products"


@dataclass
class Bank:
    """A bank and its officer."""

    organization: Organization
    officer: Account


async def a_bank(make: Make, **given: Any) -> Bank:
    """A bank with an officer."""
    organization = await make.bank(**given)
    return Bank(organization, await make.staff(Role.bank, organization))


def terms(**given: Any) -> dict[str, Any]:
    """A product of KUR mikro as a bank drafts it."""
    today = clock.today()
    values: dict[str, Any] = {
        "title_id": "KUR Mikro Contoh",
        "title_en": "KUR Micro Example",
        "description_id": "Modal kerja usaha mikro.",
        "description_en": "Working capital of micro businesses.",
        "scheme": "kur_mikro",
        "borrower_kind": "business",
        "principle": "conventional",
        "contract": "credit",
        "pricing_kind": "interest",
        "rate_bp": 600,
        "purpose": "working_capital",
        "min_amount_idr": 10_000_001,
        "max_amount_idr": 100_000_000,
        "min_tenor_months": 6,
        "max_tenor_months": 36,
        "collateral": "business",
        "requirements": [],
        "regency_codes": [],
        "valid_from": today.isoformat(),
        "valid_until": (today + timedelta(days=30)).isoformat(),
    } | given
    return {name: value for name, value in values.items() if value is not ...}


def own(**given: Any) -> dict[str, Any]:
    """A product of the bank's own, which no scheme narrows."""
    return terms(scheme="commercial", min_amount_idr=5_000_000, **given)


def murabahah(**given: Any) -> dict[str, Any]:
    """A sharia product of KUR mikro: sold at cost and margin."""
    price = {"principle": "sharia", "contract": "murabahah", "pricing_kind": "margin", "rate_bp": 600}
    return terms(**price | given)


def asks(code: str, condition: dict[str, Any], **given: Any) -> dict[str, Any]:
    """A requirement."""
    words = {"id": f"Syarat {code}", "en": f"Requirement {code}"}
    return {"code": code, "condition": condition, "words": words} | given


async def drafted(api: Api, bank: Bank, body: dict[str, Any] | None = None) -> httpx.Response:
    """A draft, through the API."""
    answer = await api.as_(bank.officer).post(PATH, **(body or terms()))
    assert answer.status_code == 201, answer.text
    return answer


async def published(api: Api, bank: Bank, body: dict[str, Any] | None = None) -> httpx.Response:
    """A product on offer, through the API."""
    return await moved(api, bank, await drafted(api, bank, body), "publish")


async def moved(api: Api, bank: Bank, before: httpx.Response, move: str) -> httpx.Response:
    """A product after a move, made from what was read."""
    answer = await api.as_(bank.officer).post(
        f"{PATH}/{before.json()['id']}/{move}", headers={"If-Match": before.headers["ETag"]}
    )
    assert answer.status_code == 200, answer.text
    return answer


async def product_row(make: Make, bank: Organization, **given: Any) -> FinancingProduct:
    """A product in the tables, published and valid unless otherwise said."""
    quota_idr, quota_count = given.get("quota_idr"), given.get("quota_count")
    state = given.get("state", ProductState.published)
    values = terms() | {
        "valid_from": clock.today(),
        "valid_until": clock.today() + timedelta(days=30),
        "state": state,
        "published_at": None if state is ProductState.draft else clock.now(),
        "closed_at": clock.now() if state is ProductState.closed else None,
        "drafted_by": new_id(),
    }
    quota = ProductQuota(id=new_id(), bank_id=bank.id, quota_idr=quota_idr, quota_count=quota_count)
    await make.add(quota)
    product = FinancingProduct(id=new_id(), bank_id=bank.id, line_id=quota.id, **values | given)
    await make.add(product)
    return product


def faults(answer: httpx.Response) -> dict[str, str]:
    """Codes by pointer of what is wrong."""
    return {one["pointer"]: one["code"] for one in answer.json()["errors"]}
