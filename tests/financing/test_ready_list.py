"""The bank's pull: masked until consent, page by page or as a whole, and never more than a bank may see."""

import csv
import io
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession, async_sessionmaker

from plut_api.financing.ready_list import Filters, Position, Reader, page_statement, page_values
from plut_api.financing.ready_list.statements import Statement
from plut_api.kit.caller import Caller, Kind, Role
from plut_api.kit.ids import new_id
from plut_api.kit.problems import NotAcceptable
from plut_api.kit.representations import representation
from tests.conftest import Api
from tests.factories import Make
from tests.financing.listing import Sessions, listed_business
from tests.financing.pulling import PATH, bank_and_machine, changes, consent, whole
from tests.financing.story import confirmed_business


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


async def test_the_whole_list_streams_as_ndjson_and_its_last_line_is_the_token(api: Api, make: Make) -> None:
    businesses = [await confirmed_business(api, make, number) for number in range(3)]
    bank_organization, bank = await bank_and_machine(api, make)
    await consent(api, businesses[0], bank_organization)

    answer = await bank.get(PATH, headers={"Accept": "application/x-ndjson"})
    *rows, trailer = [json.loads(line) for line in answer.text.splitlines()]

    assert {row["id"]: row for row in rows} == (await whole(bank))[0]
    assert trailer == {"sync_token": answer.headers["sync-token"]}
    assert (await changes(bank, trailer["sync_token"]))[0] == []


async def test_an_empty_list_streams_its_token_alone(api: Api, make: Make) -> None:
    _, bank = await bank_and_machine(api, make)

    answer = await bank.get(PATH, headers={"Accept": "application/x-ndjson"})

    assert list(json.loads(answer.text)) == ["sync_token"]


async def test_the_whole_list_streams_as_csv_that_no_spreadsheet_runs(api: Api, make: Make) -> None:
    known = await confirmed_business(api, make, 1, name='=Kopi "Sembalun", asli')
    await confirmed_business(api, make, 2)
    bank_organization, bank = await bank_and_machine(api, make)
    await consent(api, known, bank_organization)

    answer = await bank.get(PATH, headers={"Accept": "text/csv"})
    rows = {row["id"]: row for row in csv.DictReader(io.StringIO(answer.text))}

    assert answer.headers["content-type"].startswith("text/csv")
    assert set(rows) == set((await whole(bank))[0])
    named = rows.pop(str(known.actor.id))
    (masked,) = rows.values()
    assert (named["masked"], named["name"], named["sales_idr"]) == ("false", '\'=Kopi "Sembalun", asli', "120000000")
    assert (masked["masked"], masked["name"], masked["sales_idr"]) == ("true", "", "")
    assert (masked["packaging_level"], masked["product_level"], masked["regency_code"]) == ("2", "", "52.71")
    assert (await changes(bank, answer.headers["sync-token"]))[0] == []


@pytest.mark.usefixtures("unmeasured")
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
        explained = text(f"EXPLAIN {page_statement(filters).text}")
        bank_id = new_id()
        reader = Reader(Caller(new_id(), Kind.client, Role.bank, frozenset(), bank_id), bank_id, new_id())
        plan = "\n".join(await db.scalars(explained, page_values(reader, filters, Position(new_id()), 200)))

    assert (len(here), elsewhere) == (1, {})
    assert "ix_ready_rows_list" in plan
    assert "uq_consents_one_active" in plan
    assert "Seq Scan" not in plan
    assert "hashed SubPlan" not in plan


async def test_other_media_types_are_not_acceptable(api: Api, make: Make) -> None:
    _, bank = await bank_and_machine(api, make)
    token = (await bank.get(PATH)).json()["sync_token"]

    page = await bank.get(PATH, headers={"Accept": "text/html"})
    changes_as_csv = await bank.get(PATH, changed_since=token, headers={"Accept": "text/csv"})

    assert (page.status_code, changes_as_csv.status_code) == (406, 406)


OFFERED = ("application/json", "application/x-ndjson", "text/csv")


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        ("*/*", "application/json"),
        ("", "application/json"),
        ("application/*", "application/json"),
        ("text/*", "text/csv"),
        ("text/csv, application/json;q=0.5", "text/csv"),
        ("APPLICATION/X-NDJSON; q=0.9, */*; q=0.1", "application/x-ndjson"),
        ("application/json;q=0, */*", "application/x-ndjson"),
    ],
)
def test_the_best_liked_representation_is_chosen(accept: str, chosen: str) -> None:
    assert representation(accept, OFFERED) == chosen


@pytest.mark.parametrize("accept", ["text/html", "application/json;q=0", "text/csv;q=much"])
def test_what_is_not_offered_or_not_liked_is_not_acceptable(accept: str) -> None:
    with pytest.raises(NotAcceptable):
        representation(accept, OFFERED)


async def test_a_page_costs_as_many_statements_at_six_rows_as_at_three(
    api: Api, make: Make, sessions: Sessions, statements: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Statements of the session's kind, and those that go to the driver itself."""
    one = Statement.one

    async def noted(self: Statement, connection: AsyncConnection, values: Mapping[str, Any]) -> Any:
        statements.append(self.text)
        return await one(self, connection, values)

    monkeypatch.setattr(Statement, "one", noted)
    _, bank = await bank_and_machine(api, make)
    counts = []
    for round_ in range(2):
        for number in range(3):
            await listed_business(make, sessions, 3 * round_ + number)
        await bank.get(PATH)
        statements.clear()
        await bank.get(PATH)
        counts.append(len(statements))

    assert counts == [1, 1]


async def test_the_scope_makes_nobody_a_bank(api: Api) -> None:
    stranger = Caller(new_id(), Kind.client, Role.partner, frozenset({"financing:pull"}), new_id())

    assert (await api.as_(stranger).get(PATH)).status_code in (401, 403)


@pytest.mark.parametrize("role", [Role.dinas, Role.consultant, Role.ojk, Role.opd, Role.partner])
async def test_only_banks_pull(api: Api, make: Make, role: Role) -> None:
    assert (await api.as_(await make.staff(role)).get(PATH)).status_code == 403
