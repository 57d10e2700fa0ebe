"""Quotas by rupiah and by count: approvals take, what ends gives back, and nobody exceeds them."""

import asyncio
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.financing.products import quota
from plut_api.financing.products.models import FinancingProduct, ProductQuota, ProductState
from plut_api.financing.products.problems import ProductNotOffered, ProductQuotaExhausted
from plut_api.financing.products.service import require_on_offer, require_within
from plut_api.kit import clock
from plut_api.kit.database import unit_of_work
from plut_api.kit.ids import new_id
from plut_api.kit.outbox import Event
from tests.conftest import Api
from tests.factories import Make
from tests.financing.products.offering import (
    PATH,
    a_bank,
    drafted,
    faults,
    moved,
    product_row,
    published,
    terms,
)

Sessions = async_sessionmaker[AsyncSession]
MILLION = 1_000_000


async def take(sessions: Sessions, product: FinancingProduct, amount: int) -> str:
    """What becomes of an approval."""
    try:
        async with unit_of_work(sessions) as db:
            await quota.take(db, product.id, amount)
    except (ProductQuotaExhausted, ProductNotOffered) as refusal:
        return refusal.code
    return "taken"


async def taken_of(sessions: Sessions, product: FinancingProduct) -> tuple[int, int]:
    async with sessions() as db:
        row = await db.get_one(ProductQuota, product.line_id)
        return row.taken_idr, row.taken_count


async def test_approvals_at_once_never_exceed_the_rupiah_of_a_quota(make: Make, sessions: Sessions) -> None:
    product = await product_row(make, await make.bank(), quota_idr=100 * MILLION)

    outcomes = await asyncio.gather(*(take(sessions, product, 30 * MILLION) for _ in range(8)))

    assert Counter(outcomes) == {"taken": 3, "product_quota_exhausted": 5}
    assert await taken_of(sessions, product) == (90 * MILLION, 3)


async def test_approvals_at_once_never_exceed_the_count_of_a_quota(make: Make, sessions: Sessions) -> None:
    product = await product_row(make, await make.bank(), quota_count=2)

    outcomes = await asyncio.gather(*(take(sessions, product, 20 * MILLION) for _ in range(6)))

    assert Counter(outcomes) == {"taken": 2, "product_quota_exhausted": 4}


async def test_an_unknown_product_has_nothing_to_give(make: Make, sessions: Sessions) -> None:
    product = await product_row(make, await make.bank())
    product.id = new_id()

    assert await take(sessions, product, MILLION) == "product_not_offered"


async def test_a_used_up_product_is_off_offer_until_something_is_given_back(
    api: Api, make: Make, sessions: Sessions
) -> None:
    bank = await a_bank(make)
    product = await product_row(make, bank.organization, quota_idr=50 * MILLION)

    await take(sessions, product, 45 * MILLION)  # 5 million are left, less than its smallest amount.
    empty = await api.as_(bank.officer).get(f"{PATH}/{product.id}")
    async with sessions() as db:
        with pytest.raises(ProductNotOffered) as refused:
            await require_on_offer(db, product.id, bank_id=bank.organization.id, day=clock.today())
    async with unit_of_work(sessions) as db:
        await quota.give_back(db, product.id, 10 * MILLION, places=0)
    async with sessions() as db:
        offered = await require_on_offer(db, product.id, bank_id=bank.organization.id, day=clock.today())
        told = list(
            await db.scalars(select(Event.facts).where(Event.name == "financing_product.changed").order_by(Event.id))
        )

    assert (empty.json()["on_offer"], empty.json()["left_idr"]) == (False, 5 * MILLION)
    assert refused.value.extra == {"reason": "quota_used_up"}
    assert offered.id == product.id
    assert [one["exhausted"] for one in told] == [True, False]
    assert await taken_of(sessions, product) == (35 * MILLION, 1)


async def test_a_new_edition_shares_the_quota_and_cannot_go_below_what_was_given(
    api: Api, make: Make, sessions: Sessions
) -> None:
    bank = await a_bank(make)
    old = await published(api, bank, terms(quota_idr=100 * MILLION))
    product = await _row(sessions, old.json()["id"])
    await take(sessions, product, 80 * MILLION)
    officer = api.as_(bank.officer)

    draft = await officer.post(f"{PATH}/{product.id}/editions")
    path = f"{PATH}/{draft.json()['id']}"
    low = await officer.patch(path, etag=draft.headers["ETag"], quota_idr=70 * MILLION)
    refused = await officer.post(f"{path}/publish", headers={"If-Match": low.headers["ETag"]})
    high = await officer.patch(path, etag=low.headers["ETag"], quota_idr=150 * MILLION)
    new = await moved(api, bank, high, "publish")

    assert faults(refused) == {"#/quota_idr": "quota_below_taken"}
    assert new.json()["left_idr"] == 70 * MILLION
    assert await take(sessions, product, 60 * MILLION) == "taken"  # Under the old edition, from the same quota.
    assert await take(sessions, await _row(sessions, new.json()["id"]), 20 * MILLION) == "product_quota_exhausted"


async def test_only_its_bank_is_told_what_is_left(api: Api, make: Make) -> None:
    bank, other = await a_bank(make), await a_bank(make)
    product = await product_row(make, bank.organization, quota_count=9)

    seen = [
        (await one.get(f"{PATH}/{product.id}")).json()["left_count"]
        for one in (api, api.as_(other.officer), api.as_(bank.officer))
    ]

    assert seen == [None, None, 9]


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"state": ProductState.paused}, "not_open"),
        ({"state": ProductState.closed}, "not_open"),
        ({"state": ProductState.draft}, "not_open"),
        ({"max_amount_idr": 200 * MILLION}, "not_valid"),  # The scheme became narrower since.
        ({"valid_until": clock.today(), "valid_from": clock.today()}, None),
    ],
)
async def test_what_is_not_open_or_no_longer_within_its_scheme_is_not_on_offer(
    make: Make, sessions: Sessions, given: dict[str, object], reason: str | None
) -> None:
    bank = await make.bank()
    product = await product_row(make, bank, **given)

    async with sessions() as db:
        found = await _reason(db, product, bank.id)
        other = await _reason(db, product, new_id())

    assert (found, other) == (reason, "not_open")


@given(amount=st.integers(1, 200 * MILLION), months=st.integers(1, 60))
def test_an_amount_and_a_tenor_are_within_the_range_or_named(amount: int, months: int) -> None:
    product = FinancingProduct(
        min_amount_idr=10 * MILLION, max_amount_idr=100 * MILLION, min_tenor_months=6, max_tenor_months=36
    )

    found = {one.pointer for one in require_within(product, amount, months, amount_at="#/approved_amount_idr")}

    assert ("#/approved_amount_idr" in found) is not (10 * MILLION <= amount <= 100 * MILLION)
    assert ("#/tenor_months" in found) is not (6 <= months <= 36)


async def test_a_draft_has_its_quota_in_force_only_once_published(api: Api, make: Make, sessions: Sessions) -> None:
    bank = await a_bank(make)
    draft = await drafted(api, bank, terms(quota_count=1))

    product = await _row(sessions, draft.json()["id"])
    async with sessions() as db:
        before = (await db.get_one(ProductQuota, product.line_id)).quota_count
    await moved(api, bank, draft, "publish")
    async with sessions() as db:
        after = (await db.get_one(ProductQuota, product.line_id)).quota_count

    assert (before, after) == (None, 1)


async def _row(sessions: Sessions, product_id: str) -> FinancingProduct:
    async with sessions() as db:
        return await db.get_one(FinancingProduct, product_id)


async def _reason(db: AsyncSession, product: FinancingProduct, bank_id: object) -> object:
    try:
        await require_on_offer(db, product.id, bank_id=bank_id, day=clock.today())  # type: ignore[arg-type]
    except ProductNotOffered as refusal:
        return refusal.extra["reason"]
    return None
