"""What some businesses of the sample prepared for a bank: declaration, plan, books, account, and where they sell.

There are many, so they are written by the table, as the services would have left them. Everything is invented.
"""

import random
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors.models import Actor, AnnualFigure, ChannelKind, Ownership, Person, SalesChannel, owns
from plut_api.financing.papers.models import (
    BankAccount,
    BookMonth,
    Coverage,
    CreditDeclaration,
    FinancingPlan,
    Holder,
    Principle,
    SalesProof,
)
from plut_api.financing.papers.service import ACCOUNT_CONTEXT
from plut_api.kit import clock
from plut_api.kit.caller import Caller
from plut_api.kit.crypto import vault

PREPARED = 240
"""Businesses with papers; of every four one has books of four months only."""
_MILLION = 1_000_000


async def prepare(db: AsyncSession, consultant: Caller, chance: random.Random) -> str:
    """Papers of businesses whose owners' identity was verified; how many, in words."""
    verified = select(Ownership.actor_id).join(Person, Person.id == Ownership.person_id)
    verified = verified.where(owns(), Person.identity_verified_at.is_not(None))
    chosen = select(Actor).where(
        Actor.id.in_(verified),
        Actor.nib_index.is_not(None),
        Actor.id.in_(select(AnnualFigure.actor_id).where(AnnualFigure.sales_idr.is_not(None))),
    )
    actors = list(await db.scalars(chosen.order_by(Actor.row_key, Actor.id).limit(PREPARED)))
    for number, actor in enumerate(actors):
        by: dict[str, Any] = {"actor_id": actor.id, "recorded_by": consultant.id}
        db.add_all([_plan(by, number, chance), _account(by, number), _shop(by, actor)])
        answers = dict.fromkeys(("has_arrears", "has_barred_credit", "has_excluded_occupation"), False)
        db.add(CreditDeclaration(**by, **answers | {"has_arrears": number % 20 == 7}, declared_on=clock.today()))
        db.add_all(_books(by, 4 if number % 4 == 3 else 8, chance))
    await db.flush()
    return f"{len(actors)} businesses with a plan, a credit declaration, monthly books and an account"


def _plan(by: dict[str, Any], number: int, chance: random.Random) -> FinancingPlan:
    amount = chance.choice((8, 20, 25, 45)) * _MILLION
    items = [{"name": "Alat kerja (contoh)", "amount_idr": amount}]
    wish = list(Principle)[number % len(Principle)]
    given = {"amount_idr": amount, "items_total_idr": amount, "items": items, "principle": wish}
    return FinancingPlan(**by, **given, tenor_months=24, purpose="Alat kerja (contoh).", version=1)


def _account(by: dict[str, Any], number: int) -> BankAccount:
    digits = f"00{number:08}"
    sealed = {"number_sealed": vault().seal(ACCOUNT_CONTEXT, digits), "number_ending": digits[-4:]}
    sealed["number_index"] = vault().blind(ACCOUNT_CONTEXT, digits)
    holder = Holder.business if number % 3 == 0 else Holder.owner
    return BankAccount(**by, **sealed, bank_name="Bank Contoh", holder=holder, version=1)


def _shop(by: dict[str, Any], actor: Actor) -> SalesChannel:
    return SalesChannel(**by, kind=ChannelKind.shop, name="Kios contoh", since=actor.started_on, version=1)


def _books(by: dict[str, Any], months: int, chance: random.Random) -> list[BookMonth]:
    running = clock.today().year * 12 + clock.today().month - 1
    return [
        BookMonth(
            **by,
            month=date(number // 12, number % 12 + 1, 1),
            coverage=Coverage.full,
            sales_idr=chance.randrange(8, 15) * _MILLION,
            expenses_idr=chance.randrange(3, 6) * _MILLION,
            proof=chance.choice(list(SalesProof)),
        )
        for number in range(running - months, running)
    ]
