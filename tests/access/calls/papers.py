"""What a business prepares for a bank, and the rules that it is judged by."""

import itertools

from tests.access.calls.call import Call, etag, prepared
from tests.access.rows import Side
from tests.access.world import World
from tests.financing.papers import PLAN, bank_account, book_month

_MONTHS = itertools.count(12)
_BOOKED = {"coverage": "full", "sales_idr": 9_000_000, "expenses_idr": 5_000_000}
_CLEAR = {"has_arrears": False, "has_barred_credit": False, "has_excluded_occupation": False}


@prepared
async def get_financing_plan(world: World, side: Side, who: str) -> Call:
    return Call(path={"actor_id": side.actor.id}, about=side.actor.id)


@prepared
async def put_financing_plan(world: World, side: Side, who: str) -> Call:
    headers = await etag(world, side.rows["financing_plan"])
    return Call(path={"actor_id": side.actor.id}, body=PLAN, headers=headers, about=side.actor.id)


@prepared
async def create_credit_declaration(world: World, side: Side, who: str) -> Call:
    return Call(path={"actor_id": side.actor.id}, body=_CLEAR, about=side.actor.id)


@prepared
async def list_credit_declarations(world: World, side: Side, who: str) -> Call:
    return Call(path={"actor_id": side.actor.id}, query={"limit": 200}, about=side.actor.id)


@prepared
async def get_credit_declaration(world: World, side: Side, who: str) -> Call:
    row = side.id("credit_declaration")
    return Call(path={"actor_id": side.actor.id, "declaration_id": row}, about=row)


@prepared
async def create_book_month(world: World, side: Side, who: str) -> Call:
    number = next(_MONTHS)
    month = f"{2025 - number // 12}-{number % 12 + 1:02}"
    return Call(path={"actor_id": side.actor.id}, body=_BOOKED | {"month": month}, about=side.actor.id)


@prepared
async def list_book_months(world: World, side: Side, who: str) -> Call:
    return Call(path={"actor_id": side.actor.id}, query={"limit": 200}, about=side.actor.id)


@prepared
async def get_book_month(world: World, side: Side, who: str) -> Call:
    row = side.id("book_month")
    return Call(path={"actor_id": side.actor.id, "month_id": row}, about=row)


@prepared
async def revise_book_month(world: World, side: Side, who: str) -> Call:
    actor = await world.make.actor(side.person)
    row = book_month(actor)
    await world.make.add(row)
    return Call(path={"actor_id": actor.id, "month_id": row.id}, body=_BOOKED, about=row.id)


@prepared
async def create_bank_account(world: World, side: Side, who: str) -> Call:
    number = f"77{next(_MONTHS):08}"
    body = {"bank_name": "Bank Contoh", "number": number, "holder": "business"}
    return Call(path={"actor_id": side.actor.id}, body=body, about=side.actor.id)


@prepared
async def list_bank_accounts(world: World, side: Side, who: str) -> Call:
    return Call(path={"actor_id": side.actor.id}, query={"limit": 200}, about=side.actor.id)


@prepared
async def get_bank_account(world: World, side: Side, who: str) -> Call:
    row = side.id("bank_account")
    return Call(path={"actor_id": side.actor.id, "account_id": row}, about=row)


@prepared
async def end_bank_account(world: World, side: Side, who: str) -> Call:
    actor = await world.make.actor(side.person)
    row = bank_account(actor)
    await world.make.add(row)
    return Call(path={"actor_id": actor.id, "account_id": row.id}, headers=await etag(world, row), about=row.id)


@prepared
async def get_rule_sets(world: World, side: Side, who: str) -> Call:
    return Call()


@prepared
async def get_rule_set(world: World, side: Side, who: str) -> Call:
    return Call(path={"version": "umkm-v1"})


@prepared
async def what_if_readiness(world: World, side: Side, who: str) -> Call:
    body = {"facts": [{"name": "has_nib", "value": False}]}
    return Call(path={"actor_id": side.actor.id}, body=body, about=side.actor.id)
