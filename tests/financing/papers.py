"""Papers of a business, in order: what the rules in force ask for beside identity, licence and figures."""

from datetime import date
from typing import Any

from plut_api.actors.models import Actor, ChannelKind, SalesChannel
from plut_api.financing.papers.models import (
    BankAccount,
    BookMonth,
    Coverage,
    CreditDeclaration,
    FinancingPlan,
    Holder,
    SalesProof,
)
from plut_api.financing.papers.service import ACCOUNT_CONTEXT
from plut_api.kit import clock
from plut_api.kit.crypto import vault
from plut_api.kit.ids import new_id
from tests.factories import Make

PLAN: dict[str, Any] = {"amount_idr": 20_000_000, "tenor_months": 24, "purpose": "Mesin pengemas vakum."}
NUMBER = "0012345678901"


def month_before(number: int) -> date:
    """The first day of the month so many months before the running one."""
    today = clock.today()
    months = today.year * 12 + today.month - 1 - number
    return date(months // 12, months % 12 + 1, 1)


def plan(actor: Actor, **given: Any) -> FinancingPlan:
    """A plan whose items sum up."""
    values = PLAN | {"items": [{"name": "Mesin", "amount_idr": PLAN["amount_idr"]}], "recorded_by": new_id()} | given
    values.setdefault("items_total_idr", values["amount_idr"] if values["items"] else None)
    return FinancingPlan(id=new_id(), actor_id=actor.id, **values)


def declaration(actor: Actor, **given: Any) -> CreditDeclaration:
    """A declaration of today that nothing stands in the way."""
    values = {"declared_on": clock.today(), "recorded_by": new_id()} | given
    answers = {"has_arrears": False, "has_barred_credit": False, "has_excluded_occupation": False}
    return CreditDeclaration(id=new_id(), actor_id=actor.id, **answers | values)


def book_month(actor: Actor, number: int = 0, **given: Any) -> BookMonth:
    """A month of the books, with 4 million left and QRIS as proof."""
    values: dict[str, Any] = {"sales_idr": 10_000_000, "expenses_idr": 6_000_000, "proof": SalesProof.qris}
    values |= {"coverage": Coverage.full, "month": month_before(number), "recorded_by": new_id()}
    return BookMonth(id=new_id(), actor_id=actor.id, **values | given)


def bank_account(actor: Actor, **given: Any) -> BankAccount:
    """An account in the owner's name."""
    values = {"bank_name": "Bank Contoh", "holder": Holder.owner, "number_ending": NUMBER[-4:]}
    return BankAccount(
        id=new_id(),
        actor_id=actor.id,
        number_sealed=vault().seal(ACCOUNT_CONTEXT, NUMBER),
        number_index=vault().blind(ACCOUNT_CONTEXT, NUMBER),
        recorded_by=new_id(),
        **values | given,
    )


def shop(actor: Actor, **given: Any) -> SalesChannel:
    """A shop, where it has been since it began."""
    values = {"kind": ChannelKind.shop, "name": "Kios", "since": date(2023, 1, 10), "recorded_by": new_id()}
    return SalesChannel(id=new_id(), actor_id=actor.id, **values | given)


async def put_in_order(make: Make, actor: Actor, months: int = 6) -> None:
    """Declaration, plan, books, account and shop: with the other gates, 70 points of readiness."""
    books = [book_month(actor, number) for number in range(months)]
    await make.add(plan(actor), declaration(actor), bank_account(actor), shop(actor), *books)
