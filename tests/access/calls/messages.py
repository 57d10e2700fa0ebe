"""How people want to be told, inboxes, receipts of gateways, and what the Dinas watches over."""

import base64
import hmac
import json
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.identity.codes import make_code
from plut_api.identity.messages.directory import EMAIL_CONTEXT
from plut_api.identity.messages.models import MessagePreference
from plut_api.identity.models import Account
from plut_api.kit import clock
from plut_api.kit.crypto import vault
from plut_api.kit.database import unit_of_work
from plut_api.kit.ids import new_id
from plut_api.kit.messages.models import Channel, MessageDelivery, MessageSpending, Outcome
from tests.access.calls.call import Call, prepared
from tests.access.rows import Side
from tests.access.world import World

EMAIL = "{who}@contoh.example"


async def wishes_of(world: World, account_id: Any) -> MessagePreference:
    """The wishes of somebody, with an address that waits for its code."""
    async with unit_of_work(world.sessions) as db:
        found = await db.scalar(select(MessagePreference).where(MessagePreference.account_id == account_id))
        if found is None:
            found = MessagePreference(id=new_id(), account_id=account_id, channels=["sms"], muted_kinds=[])
            db.add(found)
        found.email_sealed = vault().seal(EMAIL_CONTEXT, f"{new_id()}@contoh.example")
        found.email_confirmed_at = None
    return found


async def code_for(world: World, wishes: MessagePreference) -> str:
    """The code that went to the address."""
    async with unit_of_work(world.sessions) as db:
        address = vault().open(EMAIL_CONTEXT, wishes.email_sealed or b"")
        return await make_code(db, world.app.state.settings, f"email:{wishes.id}:{address}")


async def version_of(db: AsyncSession, account_id: Any) -> int:
    """What the ETag of somebody's wishes says."""
    if account_id is None:
        return 0
    account = await db.get(Account, account_id)
    wishes = await db.scalar(select(MessagePreference).where(MessagePreference.account_id == account_id))
    return (account.version if account else 0) + (wishes.version if wishes else 0)


@prepared
async def get_my_preferences(world: World, side: Side, who: str) -> Call:
    return Call()


@prepared
async def change_my_preferences(world: World, side: Side, who: str) -> Call:
    caller = world.caller(who)
    async with world.sessions() as db:
        version = await version_of(db, caller.id if caller else None)
    return Call(body={"muted_kinds": ["offer"]}, headers={"If-Match": f'"{version}"'})


@prepared
async def confirm_my_email(world: World, side: Side, who: str) -> Call:
    caller = world.caller(who)
    if caller is None or caller.kind == "client":
        return Call(body={"code": "123456"})
    wishes = await wishes_of(world, caller.id)
    return Call(body={"code": await code_for(world, wishes)})


@prepared
async def list_my_messages(world: World, side: Side, who: str) -> Call:
    return Call()


@prepared
async def read_my_message(world: World, side: Side, who: str) -> Call:
    return Call(path={"message_id": side.id("message")}, about=side.id("message"))


@prepared
async def take_gateway_receipt(world: World, side: Side, who: str) -> Call:
    delivery = MessageDelivery(
        message_id=side.id("message"),
        channel=Channel.sms,
        attempt=1,
        outcome=Outcome.sent,
        gateway_id=str(new_id()),
        address_sealed=b"-",
        address_index=b"-",
        cost_idr=0,
        ended_at=clock.now(),
    )
    await world.add(delivery)
    body = {"channel": "sms", "id": delivery.gateway_id, "state": "delivered"}
    secret, stamp = world.app.state.settings.gateway_secret, str(int(clock.now().timestamp()))
    signed = f"r.{stamp}.".encode() + json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode()
    digest = hmac.digest(secret.get_secret_value().encode(), signed, "sha256")
    headers = {
        "webhook-id": "r",
        "webhook-timestamp": stamp,
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
    }
    return Call(body=body, headers=headers)


@prepared
async def list_message_deliveries(world: World, side: Side, who: str) -> Call:
    return Call(query={"limit": 200})


@prepared
async def list_message_spending(world: World, side: Side, who: str) -> Call:
    async with unit_of_work(world.sessions) as db:
        if await db.get(MessageSpending, clock.today()) is None:
            db.add(MessageSpending(day=clock.today(), cap_idr=1, reserve_cap_idr=1))
    return Call()


@prepared
async def get_person_preferences(world: World, side: Side, who: str) -> Call:
    return Call(path={"person_id": side.person.id}, about=side.person.id)


@prepared
async def change_person_preferences(world: World, side: Side, who: str) -> Call:
    async with world.sessions() as db:
        version = await version_of(db, side.person.account_id)
    return Call(
        path={"person_id": side.person.id},
        body={"muted_kinds": ["offer"]},
        headers={"If-Match": f'"{version}"'},
        about=side.person.id,
    )


@prepared
async def confirm_person_email(world: World, side: Side, who: str) -> Call:
    wishes = await wishes_of(world, side.person.account_id)
    return Call(path={"person_id": side.person.id}, body={"code": await code_for(world, wishes)}, about=side.person.id)
