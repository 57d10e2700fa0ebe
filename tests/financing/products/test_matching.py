"""Which products fit whom, which nearly do, and what is missing for each."""

from datetime import date, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.actors.models import Actor
from plut_api.financing.papers.models import CreditDeclaration, FinancingPlan
from plut_api.financing.products.matching import fitting
from plut_api.financing.products.models import BorrowerKind, FinancingProduct
from plut_api.kit import clock
from plut_api.kit.caller import Role
from plut_api.kit.ids import new_id
from plut_api.reference.rules import rule_values
from tests.conftest import Api
from tests.factories import Make
from tests.financing.products.offering import PATH, asks, product_row
from tests.financing.products.test_catalogue import SHARIA
from tests.financing.products.test_quota import take

Sessions = async_sessionmaker[AsyncSession]
MILLION = 1_000_000
MATCH = f"{PATH}/match"
EN = {"Accept-Language": "en"}


def groups(answer: httpx.Response) -> dict[str, str]:
    """Where each product stands, by its id."""
    assert answer.status_code == 200, answer.text
    body = answer.json()
    return {one["product_id"]: group for group in ("fits", "nearly", "not_fitting") for one in body[group]}


def missing(answer: httpx.Response, product: FinancingProduct) -> dict[str, dict[str, Any]]:
    """What is missing for a product, by code."""
    body = answer.json()
    shown = [*body["fits"], *body["nearly"], *body["not_fitting"]]
    (found,) = [one for one in shown if one["product_id"] == str(product.id)]
    return {item["code"]: item for item in found["missing"]}


async def business(make: Make, **given: Any) -> tuple[Any, Actor]:
    """An owner, and a business that meets what KUR asks."""
    owner = await make.person()
    values: dict[str, Any] = {"nib": "0220103999999", "started_on": date(2020, 1, 1), "npwp_index": new_id().bytes}
    actor = await make.actor(owner, **values | given)
    await make.figure(actor)
    clear = {"has_arrears": False, "has_barred_credit": False, "has_excluded_occupation": False}
    await make.add(CreditDeclaration(actor_id=actor.id, declared_on=clock.today(), recorded_by=new_id(), **clear))
    return owner, actor


async def plan(make: Make, actor: Actor, **given: Any) -> FinancingPlan:
    values = {"amount_idr": 40 * MILLION, "tenor_months": 12, "principle": "any", "purpose": "Mesin"} | given
    row = FinancingPlan(id=new_id(), actor_id=actor.id, items=[], recorded_by=new_id(), **values)
    await make.add(row)
    return row


async def test_products_are_told_apart_by_what_is_missing(api: Api, make: Make) -> None:
    owner, actor = await business(make)
    bank = await make.bank()
    literate = asks("literate", {"fact": "financial_literacy_completed", "at_least": 1})
    old = asks("ten_years", {"fact": "business_months", "at_least": 240}, fixable=False)
    fit = await product_row(make, bank)
    near = await product_row(make, bank, requirements=[literate])
    never = await product_row(make, bank, requirements=[old])
    more = await product_row(make, bank, requirements=[literate, asks("big", {"fact": "workers", "at_least": 9})])
    elsewhere = await product_row(make, bank, regency_codes=["52.06"])

    answer = await api.as_(owner).post(MATCH, headers=EN, actor_id=str(actor.id), amount_idr=40 * MILLION)

    assert groups(answer) == {
        str(fit.id): "fits",
        str(near.id): "nearly",
        str(never.id): "not_fitting",
        str(more.id): "not_fitting",
        str(elsewhere.id): "not_fitting",
    }
    assert missing(answer, near)["literate"] == {
        "code": "literate",
        "kind": "requirement",
        "result": "fail",
        "words": "Requirement literate",
        "next_step": "Discuss it with a PLUT consultant",
        "href": f"/v1/actors/{actor.id}/readiness",
        "fixable": True,
    }
    assert {code: item["result"] for code, item in missing(answer, more).items()} == {
        "literate": "fail",
        "big": "unknown",
    }
    assert missing(answer, never)["ten_years"]["next_step"] is None
    assert missing(answer, elsewhere)["regency_not_served"]["href"] is None


async def test_what_the_scheme_asks_is_asked_with_the_product(api: Api, make: Make) -> None:
    owner, actor = await business(make, nib=None, started_on=clock.today() - timedelta(days=40))
    product = await product_row(make, await make.bank())

    answer = await api.as_(owner).post(MATCH, actor_id=str(actor.id))

    assert {"business_age", "business_licence"} <= missing(answer, product).keys()


@pytest.mark.parametrize(
    ("amount", "months", "group", "code"),
    [
        (100 * MILLION, 36, "fits", None),
        (120 * MILLION, 36, "nearly", "amount_over"),
        (120 * MILLION + 1, 36, "not_fitting", "amount_over"),
        (9 * MILLION, 12, "nearly", "amount_under"),
        (7 * MILLION, 12, "not_fitting", "amount_under"),
        (50 * MILLION, 40, "nearly", "tenor_over"),
        (50 * MILLION, 48, "not_fitting", "tenor_over"),
        (50 * MILLION, 5, "nearly", "tenor_under"),
        (9 * MILLION, 5, "not_fitting", "tenor_under"),
    ],
)
async def test_a_wish_near_the_range_is_near_within_a_dated_share(
    api: Api, make: Make, amount: int, months: int, group: str, code: str | None
) -> None:
    owner, actor = await business(make)
    product = await product_row(make, await make.bank(), scheme="commercial")

    answer = await api.as_(owner).post(MATCH, actor_id=str(actor.id), amount_idr=amount, tenor_months=months)

    assert groups(answer) == {str(product.id): group}
    assert code is None or missing(answer, product)[code]["words"]


async def test_what_is_not_said_comes_from_the_plan_and_the_principle_wished_for_is_kept(api: Api, make: Make) -> None:
    owner, actor = await business(make)
    bank = await make.bank()
    conventional, sharia = await product_row(make, bank), await product_row(make, bank, **SHARIA)
    await plan(make, actor, amount_idr=110 * MILLION, principle="sharia")
    me = api.as_(owner)

    by_plan = await me.post(MATCH, actor_id=str(actor.id))
    by_wish = await me.post(MATCH, actor_id=str(actor.id), amount_idr=50 * MILLION, principle="conventional")
    by_any = await me.post(MATCH, actor_id=str(actor.id), principle="any")

    assert groups(by_plan) == {str(sharia.id): "nearly"}
    assert (by_plan.json()["amount_idr"], by_plan.json()["tenor_months"]) == (110 * MILLION, 12)
    assert groups(by_wish) == {str(conventional.id): "fits"}
    assert groups(by_any) == {str(conventional.id): "nearly", str(sharia.id): "nearly"}


async def test_what_is_asked_above_an_amount_is_asked_above_it_alone(api: Api, make: Make) -> None:
    owner, actor = await business(make)
    above = asks("literate", {"fact": "financial_literacy_completed", "at_least": 1}, above_amount_idr=50 * MILLION)
    product = await product_row(make, await make.bank(), scheme="commercial", requirements=[above])
    me = api.as_(owner)

    wishes: list[dict[str, Any]] = [{"amount_idr": 50 * MILLION}, {"amount_idr": 50 * MILLION + 1}, {}]
    answers = [await me.post(MATCH, actor_id=str(actor.id), **wish) for wish in wishes]

    assert [groups(answer)[str(product.id)] for answer in answers] == ["fits", "nearly", "fits"]


async def test_a_used_up_quota_is_nothing_that_an_owner_could_mend(api: Api, make: Make, sessions: Sessions) -> None:
    owner, actor = await business(make)
    product = await product_row(make, await make.bank(), quota_count=1)
    await take(sessions, product, 20 * MILLION)

    answer = await api.as_(owner).post(MATCH, actor_id=str(actor.id))

    assert groups(answer) == {str(product.id): "not_fitting"}
    assert missing(answer, product)["quota_exhausted"]["fixable"] is False


async def test_a_cooperative_is_matched_with_what_is_for_cooperatives(api: Api, make: Make) -> None:
    keeper, cooperative, bank = await make.person(), await make.cooperative(), await make.bank()
    await make.manager(cooperative, keeper)
    product = await product_row(make, bank, scheme="commercial", borrower_kind=BorrowerKind.cooperative)
    soft = await product_row(
        make,
        bank,
        scheme="ntb_model_50",
        borrower_kind=BorrowerKind.cooperative,
        min_amount_idr=MILLION,
        max_amount_idr=25 * MILLION,
    )
    await product_row(make, bank)

    answer = await api.as_(keeper).post(MATCH, cooperative_id=str(cooperative.id), amount_idr=26 * MILLION)

    assert groups(answer) == {str(product.id): "fits", str(soft.id): "nearly"}
    assert answer.json()["cooperative_id"] == str(cooperative.id)
    for other in (await make.person(), await make.staff(Role.bank)):
        refused = await api.as_(other).post(MATCH, cooperative_id=str(cooperative.id))
        assert refused.json()["code"] == "cooperative_not_found"


async def test_who_may_not_read_the_readiness_of_a_business_matches_nothing_for_it(api: Api, make: Make) -> None:
    owner, actor = await business(make)
    served = await make.consultant_of(owner)
    refused = [await make.staff(role) for role in (Role.consultant, Role.bank)]

    answers = [await api.as_(one).post(MATCH, actor_id=str(actor.id)) for one in (*refused, await make.person())]
    opd = await api.as_(await make.staff(Role.opd)).post(MATCH, actor_id=str(actor.id))

    assert {answer.json()["code"] for answer in answers} == {"actor_not_found"}
    assert opd.status_code == 403
    for staff in (served, await make.staff(Role.dinas)):
        assert (await api.as_(staff).post(MATCH, actor_id=str(actor.id))).status_code == 200


@pytest.mark.parametrize("body", [{}, {"actor_id": str(new_id()), "cooperative_id": str(new_id())}])
async def test_exactly_one_subject_is_matched(api: Api, make: Make, body: dict[str, Any]) -> None:
    answer = await api.as_(await make.person()).post(MATCH, **body)

    assert answer.json()["errors"][0]["code"] == "one_subject"


async def test_all_products_are_judged_in_as_many_statements_as_one(
    api: Api, make: Make, statements: list[str]
) -> None:
    owner, actor = await business(make)
    bank, me = await make.bank(), api.as_(owner)
    counts = []
    for products in (1, 5):
        for number in range(products):
            asked = [asks(f"months_{number}", {"fact": "business_months", "at_least": number})]
            await product_row(make, bank, requirements=asked)
        await me.post(MATCH, actor_id=str(actor.id))
        statements.clear()
        await me.post(MATCH, actor_id=str(actor.id))
        counts.append(len(statements))

    assert counts[0] == counts[1]


async def test_of_many_businesses_the_fitting_products_are_what_matching_says_of_each(
    api: Api, make: Make, sessions: Sessions
) -> None:
    bank = await make.bank()
    literate = asks("literate", {"fact": "financial_literacy_completed", "at_least": 1})
    above = asks("staffed", {"fact": "workers", "is": "present"}, above_amount_idr=30 * MILLION)
    for given in ({}, SHARIA, {"requirements": [literate]}, {"requirements": [above]}, {"regency_codes": ["52.03"]}):
        await product_row(make, bank, **given)
    pairs = [await business(make, nib=f"02201030000{n:02d}", village_code=v) for n, v in enumerate(_VILLAGES)]
    await plan(make, pairs[0][1])
    await plan(make, pairs[1][1], principle="sharia")
    await plan(make, pairs[2][1], amount_idr=400 * MILLION)
    pairs.append(await business(make, nib=None))

    async with sessions() as db:
        query = await fitting(db, await rule_values(db, ""), clock.today())
        rows = (await db.execute(query.where(Actor.id.in_([actor.id for _, actor in pairs])))).all()

    found = {row.actor_id: {str(one) for one in row.product_ids} for row in rows}
    for owner, actor in pairs:
        answer = await api.as_(owner).post(MATCH, actor_id=str(actor.id))
        assert found[actor.id] == {one for one, group in groups(answer).items() if group == "fits"}
    assert [len(found[actor.id]) for _, actor in pairs] == [2, 1, 0, 4, 0]


async def test_without_any_product_nothing_fits_and_nothing_breaks(api: Api, make: Make, sessions: Sessions) -> None:
    owner, actor = await business(make)

    async with sessions() as db:
        query = await fitting(db, await rule_values(db, ""), clock.today())
        (row,) = (await db.execute(query.where(Actor.id == actor.id))).all()
    answer = await api.as_(owner).post(MATCH, actor_id=str(actor.id))

    assert (row.product_ids, groups(answer)) == ([], {})


_VILLAGES = ("52.71.01.1004", "52.71.01.1004", "52.71.01.1004", "52.03.17.2003")
