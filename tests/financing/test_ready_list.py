"""The bank's pull: masked until consent, nothing missed and nothing linked, whatever commits meanwhile."""

import asyncio
import json
import random
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import text, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.actors.models import Actor, Consent
from plut_api.financing.models import ReadyRow
from plut_api.financing.projection import refresh_rows
from plut_api.financing.ready_list import Filters, page_query
from plut_api.kit import clock
from plut_api.kit.caller import Role
from plut_api.kit.crypto import vault
from plut_api.kit.database import unit_of_work
from plut_api.kit.ids import new_id
from plut_api.organizations.models import Organization
from tests.conftest import Api
from tests.factories import Make
from tests.financing.story import Business, confirmed_business

PATH = "/v1/financing/ready-list"


async def bank_and_machine(api: Api, make: Make) -> tuple[Organization, Api]:
    bank = await make.bank()
    return bank, api.as_(await make.client(bank, "financing:pull"))


async def whole(bank: Api, **query: Any) -> tuple[dict[str, dict[str, Any]], str]:
    """Every row by id, page by page, and the token at the end."""
    rows: dict[str, dict[str, Any]] = {}
    cursor: dict[str, Any] = {}
    while True:
        body = (await bank.get(PATH, **query, **cursor)).json()
        rows |= {row["id"]: row for row in body["data"]}
        if body["next_cursor"] is None:
            return rows, body["sync_token"]
        cursor = {"cursor": body["next_cursor"]}


async def changes(bank: Api, token: str, **query: Any) -> tuple[list[dict[str, Any]], str]:
    """Every change since a token, in order, and the next token."""
    found: list[dict[str, Any]] = []
    cursor: dict[str, Any] = {}
    while True:
        answer = await bank.get(PATH, changed_since=token, **query, **cursor)
        assert answer.status_code == 200, answer.text
        found += answer.json()["data"]
        if answer.json()["next_cursor"] is None:
            return found, answer.json()["sync_token"]
        cursor = {"cursor": answer.json()["next_cursor"]}


async def consent(api: Api, business: Business, bank: Organization) -> httpx.Response:
    path = f"/v1/actors/{business.actor.id}/consents"
    return await api.as_(business.owner).post(path, organization_id=str(bank.id), text_version="1")


async def withdraw(api: Api, given: httpx.Response, business: Business) -> None:
    answer = await api.as_(business.owner).delete(given.headers["location"], etag='"1"')
    assert answer.status_code == 204


async def test_before_consent_a_row_names_nobody(api: Api, make: Make) -> None:
    business = await confirmed_business(api, make, name="Kopi Rahasia")
    _, bank = await bank_and_machine(api, make)

    answer = await bank.get(PATH)

    (row,) = answer.json()["data"]
    assert row["masked"] is True
    assert row["id"] != str(business.actor.id)
    assert (row["name"], row["owner_name"], row["village_code"], row["sales_idr"]) == (None, None, None, None)
    assert (row["regency_code"], row["size_class"]) == ("52.71", "micro")
    assert "Rahasia" not in answer.text
    assert "Pemilik" not in answer.text


async def test_after_consent_it_names_business_and_owner_but_never_nik_nib_or_score(api: Api, make: Make) -> None:
    business = await confirmed_business(api, make)
    bank_organization, bank = await bank_and_machine(api, make)
    await consent(api, business, bank_organization)

    answer = await bank.get(PATH)

    (row,) = answer.json()["data"]
    assert (row["id"], row["masked"]) == (str(business.actor.id), False)
    assert (row["name"], row["owner_name"]) == (business.actor.name, business.owner.full_name)
    assert row["outcomes"] == [{"dimension": "packaging", "level": 2}]
    assert {gate["result"] for gate in row["gates"]} == {"pass"}
    for secret in ("5271015705900003", "0220103123456", "score", "phone"):
        assert secret not in answer.text


async def test_consent_to_one_bank_is_none_to_another_and_pseudonyms_differ(api: Api, make: Make) -> None:
    business = await confirmed_business(api, make)
    first_organization, first = await bank_and_machine(api, make)
    _, second = await bank_and_machine(api, make)
    _, third = await bank_and_machine(api, make)
    await consent(api, business, first_organization)

    rows = [next(iter((await whole(bank))[0].values())) for bank in (first, second, third)]

    assert [row["masked"] for row in rows] == [False, True, True]
    assert len({row["id"] for row in rows}) == 3


async def test_an_expired_consent_masks_at_once(api: Api, make: Make) -> None:
    business = await confirmed_business(api, make)
    bank_organization, bank = await bank_and_machine(api, make)
    past = datetime.now(UTC) - timedelta(seconds=1)
    await make.consent(business.actor, bank_organization, given_at=past - timedelta(days=1), expires_at=past)

    assert [row["masked"] for row in (await whole(bank))[0].values()] == [True]


async def test_consent_turns_a_pseudonym_into_a_name_and_back_again(api: Api, make: Make) -> None:
    business = await confirmed_business(api, make)
    bank_organization, bank = await bank_and_machine(api, make)
    before, token = await whole(bank)
    (pseudonym,) = before

    given = await consent(api, business, bank_organization)
    on_consent, token = await changes(bank, token)
    nothing, token = await changes(bank, token)
    await withdraw(api, given, business)
    on_withdrawal, _ = await changes(bank, token)

    actor_id = str(business.actor.id)
    assert [(c["id"], c.get("reason")) for c in on_consent] == [(pseudonym, "consent_given"), (actor_id, None)]
    assert nothing == []
    assert [(c["id"], c.get("reason")) for c in on_withdrawal] == [(actor_id, "consent_withdrawn"), (pseudonym, None)]


async def test_a_bank_without_consent_learns_only_the_pseudonym_of_what_left(api: Api, make: Make) -> None:
    business = await confirmed_business(api, make)
    _, bank = await bank_and_machine(api, make)
    before, token = await whole(bank)
    path = f"/v1/actors/{business.actor.id}/readiness/end-confirmation"
    await api.as_(business.consultant).post(path, reason="Usaha pindah.")

    found, token = await changes(bank, token)

    assert found == [{"id": next(iter(before)), "removed": True, "reason": "no_longer_ready"}]
    assert (await whole(bank))[0] == {}


async def test_a_row_that_leaves_the_filter_is_a_tombstone_and_enters_another(
    api: Api, make: Make, sessions: async_sessionmaker[AsyncSession]
) -> None:
    business = await confirmed_business(api, make)
    _, bank = await bank_and_machine(api, make)
    micro, micro_token = await whole(bank, size_class="micro")
    small, small_token = await whole(bank, size_class="small")
    async with unit_of_work(sessions) as db:
        await db.execute(update(Actor).where(Actor.id == business.actor.id).values(size_class="small"))
        await refresh_rows(db, [business.actor.id])

    left, _ = await changes(bank, micro_token, size_class="micro")
    entered, _ = await changes(bank, small_token, size_class="small")

    assert (len(micro), small) == (1, {})
    assert left == [{"id": next(iter(micro)), "removed": True, "reason": "changed"}]
    assert [(row["id"], row["size_class"]) for row in entered] == [(next(iter(micro)), "small")]


async def test_pages_walk_every_row_once(api: Api, make: Make) -> None:
    for number in range(5):
        await confirmed_business(api, make, number)
    _, bank = await bank_and_machine(api, make)

    seen, link, pages = [], f"{PATH}?limit=2", 0
    while link:
        answer = await bank.request("GET", link)
        seen += [row["id"] for row in answer.json()["data"]]
        link = answer.links.get("next", {}).get("url", "")
        pages += 1

    assert (len(seen), len(set(seen)), pages) == (5, 5, 3)


async def test_the_whole_list_streams_as_ndjson_and_its_token_goes_on(api: Api, make: Make) -> None:
    for number in range(3):
        await confirmed_business(api, make, number)
    _, bank = await bank_and_machine(api, make)

    answer = await bank.get(PATH, headers={"Accept": "application/x-ndjson"})
    rows = [json.loads(line) for line in answer.text.splitlines()]

    assert {row["id"] for row in rows} == set((await whole(bank))[0])
    assert (await changes(bank, answer.headers["sync-token"]))[0] == []


async def test_filters_narrow_and_the_first_page_leans_on_its_index(
    api: Api, make: Make, sessions: async_sessionmaker[AsyncSession]
) -> None:
    await confirmed_business(api, make)
    _, bank = await bank_and_machine(api, make)
    here, _ = await whole(bank, regency=["52.71", "52.01"], size_class="micro", kbli="10794")
    elsewhere, _ = await whole(bank, regency="52.08")
    filters = Filters(("52.71",), ("micro",))

    async with sessions() as db:
        await db.execute(text("SET LOCAL enable_seqscan = off"))
        explained = text(f"EXPLAIN {page_query(filters).text}")
        values = {"bank": new_id(), "salt": b"", "after": new_id(), "limit": 200, "one_more": 201, **filters.values()}
        plan = "\n".join(await db.scalars(explained, values))

    assert (len(here), elsewhere) == (1, {})
    assert "ix_ready_rows_list" in plan


async def test_tokens_and_cursors_belong_to_one_bank_and_one_filter(api: Api, make: Make) -> None:
    for number in range(2):
        await confirmed_business(api, make, number)
    _, bank = await bank_and_machine(api, make)
    _, other = await bank_and_machine(api, make)
    page = (await bank.get(PATH, limit=1)).json()
    token, cursor = page["sync_token"], page["next_cursor"]

    refused = [
        await other.get(PATH, changed_since=token),
        await bank.get(PATH, changed_since=token, regency="52.71"),
        await bank.get(PATH, changed_since=token[:-2] + "AA"),
        await other.get(PATH, cursor=cursor),
        await bank.get(PATH, cursor=cursor, size_class="micro"),
    ]

    assert [a.status_code for a in refused] == [400] * 5
    assert {a.json()["code"] for a in refused} == {"invalid_cursor"}


async def test_a_token_older_than_what_is_kept_has_ended_and_says_how_to_go_on(api: Api, make: Make) -> None:
    _, bank = await bank_and_machine(api, make)
    claims = vault().open_token((await bank.get(PATH)).json()["sync_token"])
    old = vault().seal_token(claims | {"t": claims["t"] - 31 * 24 * 3600})

    answer = await bank.get(PATH, changed_since=old, headers={"Accept-Language": "en"})

    assert (answer.status_code, answer.json()["code"]) == (410, "sync_token_expired")
    assert "without it" in answer.json()["detail"]


async def test_other_media_types_are_not_acceptable(api: Api, make: Make) -> None:
    _, bank = await bank_and_machine(api, make)

    assert (await bank.get(PATH, headers={"Accept": "text/html"})).status_code == 406


@pytest.mark.parametrize("role", [Role.dinas, Role.consultant, Role.ojk, Role.opd, Role.partner])
async def test_only_banks_pull(api: Api, make: Make, role: Role) -> None:
    assert (await api.as_(await make.staff(role)).get(PATH)).status_code == 403


async def test_nothing_is_missed_while_writers_commit_linger_and_roll_back(
    api: Api, make: Make, sessions: async_sessionmaker[AsyncSession]
) -> None:
    """Twelve businesses change, leave, return, gain and lose consent; who follows knows the list exactly."""
    businesses = [await confirmed_business(api, make, number) for number in range(12)]
    bank_organization, bank = await bank_and_machine(api, make)
    known, token = await whole(bank, limit=5)
    chance = random.Random(7)
    stop = asyncio.Event()

    async def writer(seed: int) -> None:
        chance = random.Random(seed)
        while not stop.is_set():
            async with sessions() as db:
                await db.begin()
                await disturb(db, chance, businesses, bank_organization)
                await asyncio.sleep(chance.choice((0, 0, 0.02)))
                await (db.rollback() if chance.random() < 0.2 else db.commit())

    def follow(found: list[dict[str, Any]]) -> None:
        for change in found:
            if change["removed"]:
                known.pop(change["id"], None)
            else:
                known[change["id"]] = change

    writers = [asyncio.create_task(writer(seed)) for seed in range(6)]
    for _ in range(25):
        found, token = await changes(bank, token, limit=chance.choice((3, 200)))
        follow(found)
        await asyncio.sleep(0.02)
    stop.set()
    await asyncio.gather(*writers)
    found, token = await changes(bank, token)
    follow(found)

    assert known == (await whole(bank))[0]
    assert (await changes(bank, token))[0] == []


async def disturb(db: AsyncSession, chance: random.Random, businesses: list[Business], bank: Organization) -> None:
    """One random change of one random business, as services make it."""
    actor = chance.choice(businesses).actor
    await db.execute(text("SELECT 1 FROM actors WHERE id = :id FOR NO KEY UPDATE"), {"id": actor.id})
    kind = chance.randrange(4)
    if kind == 0:
        await db.execute(update(Actor).where(Actor.id == actor.id).values(name=f"Nama {chance.random()}"))
    elif kind == 1:
        size = chance.choice(("micro", "small"))
        await db.execute(update(Actor).where(Actor.id == actor.id).values(size_class=size))
    elif kind == 2:
        await db.execute(
            update(Actor).where(Actor.id == actor.id).values(status=chance.choice(("active", "active", "dormant")))
        )
    else:
        live = Consent.withdrawn_at.is_(None) & (Consent.actor_id == actor.id)
        ended = await db.execute(
            update(Consent)
            .where(live)
            .values(withdrawn_at=clock.now(), change_xid=text("pg_current_xact_id()"))
            .returning(Consent.id)
        )
        if not ended.all():
            year = clock.now() + timedelta(days=365)
            statement = text(
                "INSERT INTO consents (id, actor_id, organization_id, purpose, text_version, language, channel, "
                "given_by, expires_at) VALUES (:id, :actor, :bank, 'financing', '1', 'id', 'app', :id, :until)"
            )
            await db.execute(statement, {"id": new_id(), "actor": actor.id, "bank": bank.id, "until": year})
    await refresh_rows(db, [actor.id])


async def test_only_what_banks_are_served_is_stamped(
    api: Api, make: Make, sessions: async_sessionmaker[AsyncSession]
) -> None:
    business = await confirmed_business(api, make)
    _, bank = await bank_and_machine(api, make)
    _, token = await whole(bank)

    async with unit_of_work(sessions) as db:
        await db.execute(update(Actor).where(Actor.id == business.actor.id).values(address="Dusun Lain"))
        await refresh_rows(db, [business.actor.id])

    assert (await changes(bank, token))[0] == []
    async with sessions() as db:
        assert await db.get(ReadyRow, business.actor.id) is not None
