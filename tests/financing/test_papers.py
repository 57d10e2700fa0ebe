"""Papers: plan, credit declarations, books and accounts. Owners and their consultants enter them, nobody else."""

import asyncio
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.actors.models import Actor, Person
from plut_api.financing.models import Readiness
from plut_api.financing.papers.models import BankAccount, BookMonth, CreditDeclaration, FinancingPlan
from plut_api.financing.papers.service import ACCOUNT_CONTEXT
from plut_api.identity.models import Account
from plut_api.kit import clock
from plut_api.kit.caller import Role
from plut_api.kit.crypto import vault
from plut_api.kit.ids import new_id
from plut_api.settings import Settings
from plut_api.worker import work_off
from tests.actors.merging.records import merge, naming
from tests.actors.test_erasure import PHONE, erased
from tests.conftest import Api
from tests.factories import Make
from tests.financing.papers import NUMBER, PLAN, bank_account, book_month, declaration, month_before, plan
from tests.financing.story import confirmed_business

CLEAR: dict[str, Any] = {"has_arrears": False, "has_barred_credit": False, "has_excluded_occupation": False}
BOOKED: dict[str, Any] = {"coverage": "full", "sales_idr": 10_000_000, "expenses_idr": 6_000_000}
ACCOUNT: dict[str, Any] = {
    "bank_name": "Bank Contoh",
    "number": "0012-3456 789.01",
    "holder": "owner",
    "nmid": "ID1020012345678",
}


async def _business(make: Make) -> tuple[Person, Actor, Account, str]:
    owner = await make.person()
    actor = await make.actor(owner)
    return owner, actor, await make.consultant_of(owner), f"/v1/actors/{actor.id}"


def faults(answer: Any) -> list[tuple[str, str]]:
    return [(fault["pointer"], fault["code"]) for fault in answer.json()["errors"]]


async def test_a_plan_is_written_read_and_replaced_by_who_read_it(api: Api, make: Make) -> None:
    owner, _, consultant, path = await _business(make)
    path = f"{path}/financing-plan"
    items = [{"name": "Mesin", "amount_idr": 15_000_000}, {"name": "Kemasan", "amount_idr": 5_000_000}]

    missing = await api.as_(owner).get(path)
    first = await api.as_(owner).put(path, etag=None, **PLAN, items=items, principle="sharia", scheme="kur_mikro")
    blind = await api.as_(consultant).put(path, etag=None, **PLAN)
    stale = await api.as_(consultant).put(path, etag='"9"', **PLAN)
    second = await api.as_(consultant).put(path, etag=first.headers["etag"], **PLAN | {"tenor_months": 36})
    read = await api.as_(owner).get(path)

    assert (missing.status_code, missing.json()["code"]) == (404, "financing_plan_not_found")
    assert (first.status_code, first.json()["items"], first.json()["principle"]) == (200, items, "sharia")
    assert (blind.status_code, stale.status_code, second.status_code) == (428, 412, 200)
    assert (read.json()["tenor_months"], read.json()["items"], read.json()["scheme"]) == (36, [], None)
    assert second.json()["id"] == first.json()["id"]


async def test_a_plan_says_all_that_is_wrong_with_it_at_once(api: Api, make: Make) -> None:
    owner, _, _, path = await _business(make)
    items = [{"name": "Mesin", "amount_idr": 19_000_000}]

    wrong = await api.as_(owner).put(
        f"{path}/financing-plan", etag=None, **PLAN, items=items, scheme="kur_raksasa", product_id=str(new_id())
    )
    for_others = await api.as_(owner).put(f"{path}/financing-plan", etag=None, **PLAN, scheme="ntb_model_50")
    shapeless = await api.as_(owner).put(
        f"{path}/financing-plan", etag=None, **PLAN | {"amount_idr": 0, "tenor_months": 361}
    )

    assert faults(wrong) == [
        ("#/items", "items_differ"),
        ("#/scheme", "scheme_unknown"),
        ("#/product_id", "product_not_on_offer"),
    ]
    assert faults(for_others) == [("#/scheme", "scheme_not_for_businesses")]
    assert {pointer for pointer, _ in faults(shapeless)} == {"#/amount_idr", "#/tenor_months"}


async def test_of_two_first_plans_one_is_kept(api: Api, make: Make) -> None:
    owner, _, _, path = await _business(make)

    answers = await asyncio.gather(*(api.as_(owner).put(f"{path}/financing-plan", etag=None, **PLAN) for _ in range(4)))

    assert Counter(answer.status_code for answer in answers) == {200: 1, 428: 3}


async def test_a_declaration_counts_for_its_days_and_earlier_ones_stay(api: Api, make: Make) -> None:
    owner, _, consultant, path = await _business(make)
    path = f"{path}/credit-declarations"
    bank = await make.bank()
    answer = {"bank_id": str(bank.id), "answered_on": clock.today().isoformat(), "is_clear": True}

    first = await api.as_(owner).post(path, **CLEAR | {"has_arrears": True})
    second = await api.as_(consultant).post(path, **CLEAR, bank_answer=answer)
    listed = (await api.as_(owner).get(path)).json()["data"]
    read = await api.as_(owner).get(first.headers["location"])

    assert (first.status_code, second.status_code) == (201, 201)
    assert [row["id"] for row in listed] == [second.json()["id"], first.json()["id"]]
    assert listed[0]["bank_found_clear"] is True
    assert read.json()["valid_until"] == (clock.today() + timedelta(days=90)).isoformat()


async def test_an_owner_cannot_answer_for_a_bank_and_only_banks_are_asked(api: Api, make: Make) -> None:
    owner, _, consultant, path = await _business(make)
    opd = await make.organization()
    answer = {"bank_id": str(opd.id), "answered_on": clock.today().isoformat(), "is_clear": True}

    by_owner = await api.as_(owner).post(f"{path}/credit-declarations", **CLEAR, bank_answer=answer)
    of_opd = await api.as_(consultant).post(f"{path}/credit-declarations", **CLEAR, bank_answer=answer)

    assert faults(by_owner) == [
        ("#/bank_answer", "answer_by_consultant"),
        ("#/bank_answer/bank_id", "bank_unknown"),
    ]
    assert faults(of_opd) == [("#/bank_answer/bank_id", "bank_unknown")]


async def test_a_month_stands_once_and_a_revision_keeps_what_was(api: Api, make: Make) -> None:
    owner, _, consultant, path = await _business(make)
    path, month = f"{path}/book-months", f"{month_before(1):%Y-%m}"
    paper = await make.paper(consultant)

    entered = await api.as_(owner).post(path, month=month, **BOOKED)
    again = await api.as_(owner).post(path, month=month, **BOOKED)
    revised = await api.as_(consultant).post(
        f"{path}/{entered.json()['id']}/revise",
        **BOOKED | {"sales_idr": 11_000_000},
        proof="qris",
        file_id=str(paper.id),
    )
    outdated = await api.as_(owner).post(f"{path}/{entered.json()['id']}/revise", **BOOKED)
    standing = (await api.as_(owner).get(path)).json()["data"]
    history = (await api.as_(owner).get(path, include_revised=True)).json()["data"]

    assert (again.status_code, again.json()["code"]) == (409, "book_month_taken")
    assert (revised.status_code, revised.json()["revises_id"]) == (201, entered.json()["id"])
    assert (outdated.status_code, outdated.json()["code"]) == (409, "book_month_revised")
    assert [(row["sales_idr"], row["month"]) for row in standing] == [(11_000_000, month)]
    assert {row["sales_idr"]: row["superseded_at"] is None for row in history} == {11_000_000: True, 10_000_000: False}
    stranger = await make.person()
    reached = [(await api.as_(who).get(f"/v1/files/{paper.id}")).status_code != 404 for who in (owner, stranger)]
    assert reached == [True, False]


async def test_of_many_who_enter_one_month_one_succeeds(api: Api, make: Make) -> None:
    owner, _, _, path = await _business(make)
    month = f"{clock.today():%Y-%m}"

    answers = await asyncio.gather(
        *(api.as_(owner).post(f"{path}/book-months", month=month, **BOOKED) for _ in range(4))
    )

    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 3}


async def test_a_month_to_come_a_file_without_its_kind_and_unknown_files_are_refused(api: Api, make: Make) -> None:
    owner, _, _, path = await _business(make)
    path, month = f"{path}/book-months", f"{clock.today():%Y-%m}"

    future = await api.as_(owner).post(path, month=f"{month_before(-1):%Y-%m}", **BOOKED)
    kindless = await api.as_(owner).post(path, month=month, **BOOKED, file_id=str(new_id()))
    unknown = await api.as_(owner).post(path, month=month, **BOOKED, proof="qris", file_id=str(new_id()))
    negative = await api.as_(owner).post(path, month=month, **BOOKED | {"sales_idr": -1})

    assert faults(future) == [("#/month", "month_in_future")]
    assert faults(kindless) == [("#/proof", "proof_missing")]
    assert faults(unknown) == [("#/file_id", "file_unknown")]
    assert [pointer for pointer, _ in faults(negative)] == ["#/sales_idr"]


async def test_an_account_is_sealed_shown_by_its_ending_and_taken_off_once(
    api: Api, make: Make, sessions: async_sessionmaker[AsyncSession]
) -> None:
    owner, _, _, path = await _business(make)
    path = f"{path}/bank-accounts"

    entered = await api.as_(owner).post(path, **ACCOUNT)
    again = await api.as_(owner).post(path, **ACCOUNT | {"number": NUMBER})
    one = f"{path}/{entered.json()['id']}"
    blind, ended = await api.as_(owner).delete(one), await api.as_(owner).delete(one, etag='"1"')
    twice = await api.as_(owner).delete(one, etag='"2"')
    anew = await api.as_(owner).post(path, **ACCOUNT)

    assert (entered.status_code, entered.json()["number_ending"]) == (201, "8901")
    assert NUMBER not in entered.text
    assert (again.status_code, again.json()["code"]) == (409, "bank_account_taken")
    assert (blind.status_code, ended.status_code) == (428, 204)
    assert (twice.status_code, twice.json()["code"]) == (409, "bank_account_ended")
    assert anew.status_code == 201
    assert len((await api.as_(owner).get(path)).json()["data"]) == 1
    assert len((await api.as_(owner).get(path, include_ended=True)).json()["data"]) == 2
    async with sessions() as db:
        sealed = (await db.scalars(select(BankAccount.number_sealed))).all()
    assert {vault().open(ACCOUNT_CONTEXT, number) for number in sealed} == {NUMBER}


async def test_what_is_not_there_is_not_found(api: Api, make: Make) -> None:
    owner, _, _, path = await _business(make)
    me = api.as_(owner)

    codes = [
        (await me.get(f"{path}/{kind}/{new_id()}")).json()["code"]
        for kind in ("credit-declarations", "book-months", "bank-accounts")
    ]

    assert codes == ["credit_declaration_not_found", "book_month_not_found", "bank_account_not_found"]


@pytest.mark.parametrize("role", [Role.bank, Role.opd, Role.ojk, Role.partner])
async def test_no_organization_reads_papers(api: Api, make: Make, role: Role) -> None:
    business = await confirmed_business(api, make)
    path = f"/v1/actors/{business.actor.id}"
    officer = api.as_(await make.staff(role))

    answers = [
        await officer.get(f"{path}/{kind}")
        for kind in ("financing-plan", "credit-declarations", "book-months", "bank-accounts")
    ]

    assert {answer.status_code for answer in answers} == {403}


async def test_lists_of_papers_cost_as_many_statements_however_long_they_are(
    api: Api, make: Make, statements: list[str]
) -> None:
    owner, actor, _, path = await _business(make)
    me, costs = api.as_(owner), []
    for numbers in (range(1), range(1, 9)):
        await make.add(*(book_month(actor, number) for number in numbers))
        await me.get(f"{path}/book-months")
        statements.clear()
        rows = (await me.get(f"{path}/book-months")).json()["data"]
        costs.append(len(statements))

    assert len(rows) == 9
    assert costs[0] == costs[1]


async def test_a_new_declaration_is_judged_by_the_worker(
    api: Api, make: Make, settings: Settings, sessions: async_sessionmaker[AsyncSession]
) -> None:
    business = await confirmed_business(api, make)

    answer = await api.as_(business.owner).post(
        f"/v1/actors/{business.actor.id}/credit-declarations", **CLEAR | {"has_arrears": True}
    )
    await work_off(settings)

    assert answer.status_code == 201
    async with sessions() as db:
        kept = await db.get_one(Readiness, business.actor.id)
        assert (kept.status, kept.confirmed_at) == ("almost", None)


async def test_papers_of_two_records_of_one_business_become_one_file(
    api: Api, make: Make, sessions: async_sessionmaker[AsyncSession]
) -> None:
    owner, dinas = await make.person(), api.as_(await make.staff())
    one, other = await make.actor(owner), await make.actor(owner)
    await make.add(plan(one), book_month(one, 1, sales_idr=1_000_000), bank_account(one), declaration(one))
    later = plan(other, amount_idr=30_000_000, updated_at=clock.now() + timedelta(seconds=5))
    await make.add(later, *(book_month(other, number) for number in (1, 2)), bank_account(other), declaration(other))

    await merge(dinas, "actors", one, other)

    me, path = api.as_(owner), f"/v1/actors/{one.id}"
    months = (await me.get(f"{path}/book-months")).json()["data"]
    assert (await me.get(f"{path}/financing-plan")).json()["amount_idr"] == 30_000_000
    assert [row["sales_idr"] for row in months] == [1_000_000, 10_000_000]
    assert len((await me.get(f"{path}/book-months", include_revised=True)).json()["data"]) == 3
    assert len((await me.get(f"{path}/bank-accounts")).json()["data"]) == 1
    assert len((await me.get(f"{path}/credit-declarations")).json()["data"]) == 2
    assert await naming(sessions, other.id) == {}


async def test_papers_are_told_to_their_owner_and_go_with_them(
    api: Api, app: FastAPI, make: Make, sessions: async_sessionmaker[AsyncSession]
) -> None:
    owner = await make.person(phone=PHONE)
    actor = await make.actor(owner)
    await make.add(plan(actor), book_month(actor), bank_account(actor), declaration(actor))

    held = (await api.as_(owner).get("/v1/me/data")).text
    answer = await erased(api, app, owner)

    assert NUMBER in held
    assert PLAN["purpose"] in held
    assert answer.status_code == 200, answer.text
    async with sessions() as db:
        for table in (FinancingPlan, BookMonth, BankAccount, CreditDeclaration):
            assert await db.scalar(select(func.count()).select_from(table)) == 0
