"""Referrals beyond their moves: drafts, orders of banks, documents, clocks."""

from typing import Any

from sqlalchemy import update

from plut_api.financing.models import Referral, ReferralState
from plut_api.kit import clock
from plut_api.kit.database import unit_of_work
from plut_api.kit.files import FileRow
from plut_api.kit.ids import new_id
from tests.access.calls.call import Call, etag, prepared
from tests.access.rows import Side
from tests.access.world import World


async def _referral(world: World, side: Side, **given: Any) -> Referral:
    """A referral of another business of the side's person to the side's bank."""
    asked = {"amount_idr": 25_000_000, "tenor_months": 24, "purpose": "Mesin kemas", "made_by": side.person.account_id}
    actor = await world.make.actor(side.person)
    referral: Referral = await world.add(Referral(actor_id=actor.id, bank_id=side.bank.id, **asked | given))
    return referral


@prepared
async def change_referral(world: World, side: Side, who: str) -> Call:
    draft = await _referral(world, side, state=ReferralState.draft)
    headers = await etag(world, draft)
    return Call(path={"referral_id": draft.id}, body={"tenor_months": 12}, headers=headers, about=draft.id)


@prepared
async def withdraw_referral_queue(world: World, side: Side, who: str) -> Call:
    first = await _referral(world, side, state=ReferralState.submitted, queue_id=new_id(), place=1)
    return Call(path={"queue_id": first.queue_id}, body={"note": "Belum jadi."}, about=first.queue_id)


@prepared
async def list_document_requests(world: World, side: Side, who: str) -> Call:
    return Call(path={"referral_id": side.id("referral")}, about=side.id("referral"))


@prepared
async def list_referral_documents(world: World, side: Side, who: str) -> Call:
    return Call(path={"referral_id": side.id("referral")}, about=side.id("referral"))


@prepared
async def supply_referral_document(world: World, side: Side, who: str) -> Call:
    draft = await _referral(world, side, state=ReferralState.draft)
    paper = await world.make.paper(side.consultant)
    if who.startswith("person"):
        async with unit_of_work(world.sessions) as db:
            await db.execute(update(FileRow).where(FileRow.id == paper.id).values(uploaded_by=side.person.account_id))
    return Call(path={"referral_id": draft.id}, body={"file_id": str(paper.id), "kind": "tax_id"}, about=draft.id)


@prepared
async def acknowledge_referral_end(world: World, side: Side, who: str) -> Call:
    ended = await _referral(world, side, state=ReferralState.withdrawn)
    body = {"data_removed_on": clock.today().isoformat()}
    return Call(path={"referral_id": ended.id}, body=body, about=ended.id)


@prepared
async def get_referral_clocks(world: World, side: Side, who: str) -> Call:
    return Call()


@prepared
async def get_referral_moves(world: World, side: Side, who: str) -> Call:
    return Call()
