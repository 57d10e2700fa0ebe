"""Filters and orders of the list: what each narrows, what a masked row never meets, and by which index."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.actors.models import Person, Sex
from plut_api.financing.models import Readiness
from plut_api.financing.papers.models import FinancingPlan
from plut_api.financing.ready_list import (
    FIRST,
    Filters,
    Position,
    Reader,
    changes_statement,
    page_statement,
    page_values,
)
from plut_api.financing.ready_list.changes import change_values
from plut_api.financing.ready_list.rows import Sort
from plut_api.kit import clock
from plut_api.kit.caller import Caller, Kind, Role
from plut_api.kit.database import unit_of_work
from plut_api.kit.ids import new_id
from plut_api.kit.sync_tokens import SyncPoint
from tests.conftest import Api
from tests.factories import Make
from tests.financing.listing import listed_business, rendered_again
from tests.financing.products.offering import product_row
from tests.financing.pulling import PATH, bank_and_machine, changes, consent, whole, withdraw

Sessions = async_sessionmaker[AsyncSession]


async def plan(make: Make, sessions: Sessions, business: Any, amount_idr: int) -> None:
    """The business plans to ask for so much."""
    wanted = {"amount_idr": amount_idr, "tenor_months": 12, "purpose": "Modal", "items": [], "recorded_by": new_id()}
    await make.add(FinancingPlan(actor_id=business.actor.id, **wanted))
    await rendered_again(sessions, business)


async def test_each_filter_narrows_by_or_within_and_by_and_between(api: Api, make: Make, sessions: Sessions) -> None:
    food = await listed_business(make, sessions, 1, level=3)
    shop = await listed_business(make, sessions, 2, kbli_code="47111", size_class="small")
    await plan(make, sessions, food, 100_000_000)
    await plan(make, sessions, shop, 100_000_001)
    organization, bank = await bank_and_machine(api, make)
    for business in (food, shop):
        await consent(api, business, organization)
    names = {str(food.actor.id): "food", str(shop.actor.id): "shop"}

    async def found(**query: Any) -> set[str]:
        return {names[one] for one in (await whole(bank, **query))[0]}

    assert await found(sector=["C", "G"]) == {"food", "shop"}
    assert await found(sector="G") == {"shop"}
    assert await found(kbli="47111") == {"shop"}
    assert await found(size_class=["micro", "small"], sector="C") == {"food"}
    assert await found(amount_band="to_100m") == {"food"}
    assert await found(amount_band=["to_500m", "over_500m"]) == {"shop"}
    assert await found(packaging_level=2) == {"food", "shop"}
    assert await found(packaging_level=3) == {"food"}
    assert await found(branding_level=1) == set()
    assert await found(segment=["women", "youth"], regency="52.71") == {"food", "shop"}
    assert await found(segment="youth") == set()


async def test_what_tells_of_the_owner_and_what_fits_is_met_by_identified_rows_alone(
    api: Api, make: Make, sessions: Sessions
) -> None:
    known, _masked = [await listed_business(make, sessions, number) for number in range(2)]
    organization, bank = await bank_and_machine(api, make)
    product = await product_row(make, organization, scheme="commercial")
    for business in (known, _masked):
        await rendered_again(sessions, business)
    given = await consent(api, known, organization)

    for query in ({"segment": "women"}, {"fits": str(product.id)}):
        rows, token = await whole(bank, **query)
        assert list(rows) == [str(known.actor.id)]
        assert rows[str(known.actor.id)]["segments"] == ["women"]
        assert (await changes(bank, token, **query))[0] == []
    _, token = await whole(bank, segment="women")
    await withdraw(api, given, known)

    found, _ = await changes(bank, token, segment="women")

    assert found == [{"id": str(known.actor.id), "removed": True, "reason": "consent_withdrawn"}]


async def test_a_row_that_leaves_a_hidden_filter_ends_for_those_who_knew_it_alone(
    api: Api, make: Make, sessions: Sessions
) -> None:
    known, masked = [await listed_business(make, sessions, number) for number in range(2)]
    organization, bank = await bank_and_machine(api, make)
    await consent(api, known, organization)
    _, token = await whole(bank, segment="women")
    async with unit_of_work(sessions) as db:
        await db.execute(update(Person).values(sex=Sex.male))
    for business in (known, masked):
        await rendered_again(sessions, business)

    found, _ = await changes(bank, token, segment="women")

    assert found == [{"id": str(known.actor.id), "removed": True, "reason": "changed"}]


async def test_another_score_or_other_products_say_nothing_to_who_does_not_ask_for_them(
    api: Api, make: Make, sessions: Sessions
) -> None:
    business = await listed_business(make, sessions)
    organization, bank = await bank_and_machine(api, make)
    await consent(api, business, organization)
    product = await product_row(make, organization, scheme="commercial")
    _, plain = await whole(bank)
    before, fitting = await whole(bank, fits=str(product.id))
    async with unit_of_work(sessions) as db:
        await db.execute(update(Readiness).values(score=60))
    await rendered_again(sessions, business)

    assert before == {}
    assert (await changes(bank, plain))[0] == []
    assert [row["id"] for row in (await changes(bank, fitting, fits=str(product.id)))[0]] == [str(business.actor.id)]


async def test_unknown_values_are_refused_all_at_once_by_the_name_of_their_filter(api: Api, make: Make) -> None:
    _, bank = await bank_and_machine(api, make)
    other, _ = await bank_and_machine(api, make)
    foreign = await product_row(make, other)
    wrong: dict[str, Any] = {"regency": ["52.71", "99.99"], "kbli": "99999", "sector": "W", "fits": str(foreign.id)}

    shapes = await bank.get(PATH, amount_band="to_1m", segment="disability", packaging_level=5, **wrong)
    values = await bank.get(PATH, **wrong | {"sector": "C"})

    assert (shapes.status_code, values.status_code) == (422, 422)
    assert {one["pointer"].split("/")[2] for one in shapes.json()["errors"]} == {
        "sector",
        "amount_band",
        "segment",
        "packaging_level",
    }
    assert {(one["pointer"], one["code"]) for one in values.json()["errors"]} == {
        ("/query/regency", "code_unknown"),
        ("/query/kbli", "code_unknown"),
        ("/query/fits", "product_unknown"),
    }
    assert "52.71" not in values.text


@pytest.mark.parametrize("sort", ["id", "-confirmed_at", "expires_at"])
async def test_every_order_walks_each_row_once(api: Api, make: Make, sessions: Sessions, sort: str) -> None:
    businesses = [await listed_business(make, sessions, number) for number in range(5)]
    async with unit_of_work(sessions) as db:
        for place, business in enumerate(businesses[:3]):  # Two pairs of equals.
            moved = clock.now() + timedelta(days=10 + place // 2)
            one = Readiness.actor_id == business.actor.id
            await db.execute(update(Readiness).where(one).values(confirmed_at=moved, expires_at=moved))
    for business in businesses:
        await rendered_again(sessions, business)
    _, bank = await bank_and_machine(api, make)

    seen: list[dict[str, Any]] = []
    link = f"{PATH}?limit=2&sort={sort}"
    while link:
        answer = await bank.request("GET", link)
        seen += answer.json()["data"]
        link = answer.links.get("next", {}).get("url", "")

    assert len({row["id"] for row in seen}) == len(seen) == 5
    if sort != "id":
        keys = [row[sort.lstrip("-")] for row in seen]
        assert keys == sorted(keys, reverse=sort.startswith("-"))


async def test_an_order_is_for_pages_and_a_cursor_belongs_to_its_order(
    api: Api, make: Make, sessions: Sessions
) -> None:
    for number in range(2):
        await listed_business(make, sessions, number)
    _, bank = await bank_and_machine(api, make)
    page = (await bank.get(PATH, limit=1)).json()

    other_order = await bank.get(PATH, cursor=page["next_cursor"], sort="expires_at")
    other_filter = await bank.get(PATH, cursor=page["next_cursor"], packaging_level=1)
    changed = await bank.get(PATH, changed_since=page["sync_token"], sort="expires_at")
    streamed = await bank.get(PATH, sort="-confirmed_at", headers={"Accept": "text/csv"})

    assert (other_order.status_code, other_filter.status_code) == (400, 400)
    for refused in (changed, streamed):
        assert refused.status_code == 422
        assert [one["pointer"] for one in refused.json()["errors"]] == ["/query/sort"]


INDEXES: tuple[tuple[Sort, dict[str, Any], str], ...] = (
    ("id", {}, "pk_ready_rows"),
    ("id", {"regency": ("52.71",), "size_class": ("micro",)}, "ix_ready_rows_list"),
    ("id", {"regency": ("52.71",), "size_class": ("micro",), "packaging_level": 2}, "ix_ready_rows_list"),
    ("-confirmed_at", {}, "ix_ready_rows_confirmed_at"),
    ("expires_at", {}, "ix_ready_rows_expires_at"),
)


@pytest.mark.usefixtures("unmeasured")
@pytest.mark.parametrize(("sort", "given", "index"), INDEXES)
async def test_pages_lean_on_the_index_of_their_order(
    sessions: Sessions, sort: Sort, given: dict[str, Any], index: str
) -> None:
    filters, reader = Filters(**given), _reader()
    plan = await _plan(
        sessions,
        page_statement(filters, sort).text,
        page_values(reader, filters, Position(FIRST.actor_id, "infinity"), 200),
    )

    assert index in plan
    assert "Seq Scan on ready_rows" not in plan
    assert "Sort Key" not in plan


@pytest.mark.usefixtures("unmeasured")
@pytest.mark.parametrize(
    ("given", "index"), [({}, "ix_ready_rows_changes"), ({"fits": (new_id(),)}, "ix_ready_rows_any_changes")]
)
async def test_changes_lean_on_indexes_whatever_the_tables_hold(
    sessions: Sessions, given: dict[str, Any], index: str
) -> None:
    filters, reader = Filters(**given), _reader()
    values = change_values(reader, filters, SyncPoint("800:800:", "1", 0), None, FIRST, 200) | {"between": ","}
    plan = await _plan(sessions, changes_statement(filters).text, values)

    for wanted in (index, "ix_ready_exits_changes", "ix_ready_exits_actor_id", "ix_consents_changes"):
        assert wanted in plan
    for table in ("ready_rows", "ready_exits", "consents"):
        assert f"Seq Scan on {table} " not in plan


def _reader() -> Reader:
    bank_id = new_id()
    return Reader(Caller(new_id(), Kind.client, Role.bank, frozenset(), bank_id), bank_id, new_id())


async def _plan(sessions: Sessions, statement: str, values: dict[str, Any]) -> str:
    async with sessions() as db:
        await db.execute(text("SET LOCAL enable_seqscan = off"))
        return "\n".join(await db.scalars(text(f"EXPLAIN {statement}"), values))
