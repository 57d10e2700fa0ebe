"""Referrals for a product of the bank: what is asked, what is approved, and its quota."""

from asyncio import gather
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.financing.products.models import ProductQuota
from plut_api.organizations.models import Organization
from tests.conftest import Api
from tests.factories import Make
from tests.financing.asking import bank_of, moved, refer, taken_to
from tests.financing.products.offering import product_row
from tests.financing.story import Business, confirmed_business

Sessions = async_sessionmaker[AsyncSession]
SHARIA = {"principle": "sharia", "contract": "murabahah", "pricing_kind": "margin"}


async def taken(sessions: Sessions) -> tuple[int, int]:
    async with sessions() as db:
        quota = (await db.scalars(select(ProductQuota).order_by(ProductQuota.id))).first()
        assert quota is not None
        return quota.taken_idr, quota.taken_count


async def asked(api: Api, make: Make, number: int, bank: Organization, **given: Any) -> tuple[Business, str]:
    business = await confirmed_business(api, make, number)
    await make.consent(business.actor, bank)
    answer = await refer(api.as_(business.owner), business, bank, **given)
    assert answer.status_code == 201, answer.text
    return business, answer.headers["location"]


async def test_a_request_for_a_product_is_within_it_and_of_its_scheme(api: Api, make: Make) -> None:
    business = await confirmed_business(api, make)
    bank, _ = await bank_of(make, business)
    other = await bank_of(make, business)
    product = await product_row(make, bank)
    owner = api.as_(business.owner)

    outside = await refer(owner, business, bank, product_id=str(product.id), amount_idr=200_000_000, tenor_months=60)
    of_another = await refer(owner, business, other[0], product_id=str(product.id))
    misnamed = await refer(owner, business, bank, product_id=str(product.id), scheme="commercial")
    fit = await refer(owner, business, bank, product_id=str(product.id))

    assert {e["pointer"] for e in outside.json()["errors"]} == {"#/amount_idr", "#/tenor_months"}
    assert (of_another.status_code, of_another.json()["code"]) == (409, "product_not_offered")
    assert [e["code"] for e in misnamed.json()["errors"]] == ["scheme_of_product"]
    assert (fit.json()["scheme"], fit.json()["product_id"]) == ("kur_mikro", str(product.id))


async def test_an_approval_keeps_to_its_product_and_takes_its_price_and_quota(
    api: Api, make: Make, sessions: Sessions
) -> None:
    bank = await make.bank()
    machine = api.as_(await make.client(bank, "financing:read", "financing:decide"))
    product, sharia = await product_row(make, bank), await product_row(make, bank, **SHARIA)
    business, path = await asked(api, make, 0, bank, product_id=str(product.id))
    await taken_to(machine, path, "in_review")

    wrong = await moved(
        machine,
        path,
        "approved",
        approved_amount_idr=10_000_000,
        approved_tenor_months=40,
        approved_rate_bp=601,
        approved_pricing_kind="margin",
    )
    foreign = await product_row(make, await make.bank())
    not_ours = await moved(
        machine, path, "approved", approved_amount_idr=20_000_000, approved_product_id=str(foreign.id)
    )
    approved = await moved(
        machine, path, "approved", approved_amount_idr=20_000_000, approved_product_id=str(sharia.id)
    )

    faults = {e["pointer"] for e in wrong.json()["errors"]}
    assert faults == {f"#/approved_{n}" for n in ("amount_idr", "tenor_months", "rate_bp", "pricing_kind")}
    assert not_ours.json()["code"] == "product_not_offered"
    told = approved.json()
    assert (told["approved_pricing_kind"], told["approved_rate_bp"], told["approved_tenor_months"]) == (
        "margin",
        600,
        24,
    )
    assert (told["product_id"], told["approved_product_id"]) == (str(product.id), str(sharia.id))
    async with sessions() as db:
        counts = {row.id: row.taken_idr for row in await db.scalars(select(ProductQuota))}
    assert (counts[product.line_id], counts[sharia.line_id]) == (0, 20_000_000)
    assert (await moved(api.as_(business.owner), path, "withdrawn")).status_code == 200
    async with sessions() as db:
        given_back = await db.get_one(ProductQuota, sharia.line_id)
    assert (given_back.taken_idr, given_back.taken_count) == (0, 0)


async def test_of_two_approvals_at_once_the_last_place_goes_to_one(api: Api, make: Make, sessions: Sessions) -> None:
    bank = await make.bank()
    machine = api.as_(await make.client(bank, "financing:read", "financing:decide"))
    product = await product_row(make, bank, quota_count=1)
    paths = [(await asked(api, make, number, bank, product_id=str(product.id)))[1] for number in range(2)]
    for path in paths:
        await taken_to(machine, path, "in_review")

    answers = await gather(*(moved(machine, path, "approved", approved_amount_idr=20_000_000) for path in paths))

    assert sorted(a.status_code for a in answers) == [200, 409]
    assert [a.json()["code"] for a in answers if a.is_error] == ["product_quota_exhausted"]
    assert await taken(sessions) == (20_000_000, 1)
