"""Searches that a bank keeps: filters as the list takes them, and a digest once enough new rows fit."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.actors.models import Actor
from plut_api.financing.saved_searches import service
from plut_api.financing.saved_searches.counting import count_next
from plut_api.financing.saved_searches.models import SavedSearch
from plut_api.kit import clock
from plut_api.kit.database import unit_of_work
from plut_api.kit.outbox import Event
from tests.conftest import Api
from tests.factories import Make
from tests.financing.listing import listed_business, rendered_again
from tests.financing.products.offering import product_row
from tests.financing.pulling import bank_and_machine, consent, whole

Sessions = async_sessionmaker[AsyncSession]
PATH = "/v1/financing/saved-searches"


async def counted(sessions: Sessions) -> None:
    """One run of the worker's count."""
    while True:
        async with unit_of_work(sessions) as db:
            if await count_next(db, clock.now() + timedelta(seconds=1)) is None:
                return
            await db.execute(update(SavedSearch).values(counted_at=clock.now() + timedelta(seconds=2)))


async def count_again(api: Api, sessions: Sessions, search: dict[str, Any]) -> int:
    """How many new rows a search has after another count."""
    async with unit_of_work(sessions) as db:
        await db.execute(update(SavedSearch).values(counted_at=clock.now() - timedelta(minutes=5)))
    await counted(sessions)
    return int((await api.get(f"{PATH}/{search['id']}")).json()["new_rows"])


async def digests(sessions: Sessions) -> list[tuple[str, dict[str, Any]]]:
    async with sessions() as db:
        rows = await db.scalars(select(Event).where(Event.name == "ready_list.digest").order_by(Event.id))
        return [(str(row.subject_id), row.facts) for row in rows]


async def test_a_search_is_saved_read_changed_and_removed_by_its_bank(api: Api, make: Make, sessions: Sessions) -> None:
    organization, bank = await bank_and_machine(api, make)
    _, other = await bank_and_machine(api, make)
    product = await product_row(make, organization)
    business = await listed_business(make, sessions)
    filters = {"sector": ["C"], "packaging_level": 2, "size_class": ["micro"]}

    made = await bank.post(PATH, name="Pangan Mataram", filters=filters, notify_from=3)
    path = made.headers["location"]
    listed = (await bank.get(PATH)).json()["data"]
    followed = await bank.request("GET", made.json()["ready_list_href"])
    changed = await bank.patch(path, filters={"fits": [str(product.id)]}, notify_from=None, etag=made.headers["etag"])
    foreign = [await other.get(path), await other.delete(path, etag='"2"')]
    gone = await bank.delete(path, etag=changed.headers["etag"])

    assert (made.status_code, gone.status_code) == (201, 204)
    assert [one["id"] for one in listed] == [made.json()["id"]]
    assert len(followed.json()["data"]) == 1
    assert business.actor.id
    assert (changed.json()["notify_from"], changed.json()["filters"]["sector"]) == (None, [])
    assert changed.json()["ready_list_href"].endswith(f"?fits={product.id}")
    assert [one.status_code for one in foreign] == [404, 404]
    assert (await bank.get(path)).status_code == 404


async def test_filters_of_a_search_are_checked_as_those_of_the_list(api: Api, make: Make) -> None:
    _, bank = await bank_and_machine(api, make)
    foreign = await product_row(make, (await bank_and_machine(api, make))[0])

    shape = await bank.post(PATH, name="Satu", filters={"sector": ["?"], "colour": "red"})
    value = await bank.post(PATH, name="Satu", filters={"kbli": ["99999"], "fits": [str(foreign.id)]})
    score = await bank.post(PATH, name="Satu", filters={"score_from": 50})

    assert (shape.status_code, value.status_code, score.status_code) == (422, 422, 403)
    assert {one["pointer"] for one in shape.json()["errors"]} == {"#/filters/sector/0", "#/filters/colour"}
    assert {one["pointer"] for one in value.json()["errors"]} == {"#/filters/kbli", "#/filters/fits"}
    assert score.json()["code"] == "scores_not_shown"


async def test_names_are_taken_once_and_searches_are_bounded(
    api: Api, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, bank = await bank_and_machine(api, make)

    async def two(*_: Any) -> int:
        return 2

    monkeypatch.setattr(service, "rule_value", two)
    first = await bank.post(PATH, name="Satu", filters={})
    twice = await bank.post(PATH, name="Satu", filters={})
    second = await bank.post(PATH, name="Dua", filters={})
    third = await bank.post(PATH, name="Tiga", filters={})

    assert (first.status_code, second.status_code) == (201, 201)
    assert (twice.status_code, twice.json()["code"]) == (409, "saved_search_name_taken")
    assert (third.status_code, third.json()["code"]) == (409, "too_many_saved_searches")


async def test_new_rows_are_those_that_come_to_fit_and_a_digest_goes_out_once_there_are_enough(
    api: Api, make: Make, sessions: Sessions
) -> None:
    organization, bank = await bank_and_machine(api, make)
    there, mover = (
        await listed_business(make, sessions, 0),
        await listed_business(make, sessions, 1, size_class="small"),
    )
    search = (await bank.post(PATH, name="Mikro", filters={"size_class": ["micro"]}, notify_from=2)).json()
    async with unit_of_work(sessions) as db:
        await db.execute(update(Actor).where(Actor.id == there.actor.id).values(name="Nama Baru"))
        await db.execute(update(Actor).where(Actor.id == mover.actor.id).values(size_class="micro"))
    for business in (there, mover):
        await rendered_again(sessions, business)

    one = await count_again(bank, sessions, search)
    told = await digests(sessions)
    await listed_business(make, sessions, 2)
    after = await count_again(bank, sessions, search)
    again = await count_again(bank, sessions, search)

    assert (one, told) == (1, [])  # What only changed its name is not new.
    assert await digests(sessions) == [(search["id"], {"organization_id": str(organization.id), "new_rows": 2})]
    assert (after, again) == (0, 0)
    assert len((await whole(bank, size_class="micro"))[0]) == 3


async def test_where_only_identified_rows_fit_a_consent_makes_a_row_new(
    api: Api, make: Make, sessions: Sessions
) -> None:
    organization, bank = await bank_and_machine(api, make)
    known, _masked = [await listed_business(make, sessions, number) for number in range(2)]
    search = (await bank.post(PATH, name="Perempuan", filters={"segment": ["women"]}, notify_from=5)).json()

    before = await count_again(bank, sessions, search)
    await consent(api, known, organization)

    assert (before, await count_again(bank, sessions, search)) == (0, 1)


async def test_after_a_restore_counting_begins_anew(api: Api, make: Make, sessions: Sessions) -> None:
    _, bank = await bank_and_machine(api, make)
    search = (await bank.post(PATH, name="Semua", filters={}, notify_from=1)).json()
    await listed_business(make, sessions)
    async with unit_of_work(sessions) as db:
        await db.execute(update(SavedSearch).values(seen_cluster="7000000000000000000"))

    assert await count_again(bank, sessions, search) == 0
    assert await digests(sessions) == []
