"""Saved searches of a bank, and who sees scores."""

import itertools
from datetime import timedelta

from sqlalchemy import delete

from plut_api.financing.saved_searches.models import SavedSearch
from plut_api.financing.scores.models import ScoreDisclosure
from plut_api.kit import clock
from plut_api.kit.database import unit_of_work
from tests.access.calls.call import Call, etag, prepared
from tests.access.rows import Side
from tests.access.world import World

_NUMBERS = itertools.count(1)


async def _search(world: World, side: Side) -> SavedSearch:
    now = clock.now()
    row = SavedSearch(
        bank_id=side.bank.id,
        name=f"Pencarian {next(_NUMBERS)}",
        filters={"sector": ["C"]},
        notify_from=5,
        saved_by=side.teller.id,
        seen_snapshot="1:1:",
        seen_cluster="1",
        seen_at=now,
        counted_at=now,
    )
    search: SavedSearch = await world.add(row)
    return search


async def _disclosure(world: World, side: Side) -> ScoreDisclosure:
    """The setting of the side's bank, which has one at most."""
    async with unit_of_work(world.sessions) as db:
        await db.execute(delete(ScoreDisclosure).where(ScoreDisclosure.bank_id == side.bank.id))
    row = ScoreDisclosure(
        bank_id=side.bank.id,
        valid_from=clock.today() + timedelta(days=100),
        reason="Perjanjian contoh.",
        set_by=side.teller.id,
    )
    setting: ScoreDisclosure = await world.add(row)
    return setting


def _about(search: SavedSearch) -> Call:
    return Call(path={"search_id": search.id}, about=search.id)


@prepared
async def create_saved_search(world: World, side: Side, who: str) -> Call:
    return Call(body={"name": f"Pencarian {next(_NUMBERS)}", "filters": {"size_class": ["micro"]}, "notify_from": 3})


@prepared
async def list_saved_searches(world: World, side: Side, who: str) -> Call:
    return Call()


@prepared
async def get_saved_search(world: World, side: Side, who: str) -> Call:
    return _about(await _search(world, side))


@prepared
async def change_saved_search(world: World, side: Side, who: str) -> Call:
    search = await _search(world, side)
    path = {"search_id": search.id}
    return Call(path=path, body={"notify_from": 9}, headers=await etag(world, search), about=search.id)


@prepared
async def delete_saved_search(world: World, side: Side, who: str) -> Call:
    search = await _search(world, side)
    return Call(path={"search_id": search.id}, headers=await etag(world, search), about=search.id)


@prepared
async def get_score_disclosure(world: World, side: Side, who: str) -> Call:
    setting = await _disclosure(world, side)
    return Call(path={"organization_id": setting.bank_id}, about=setting.bank_id)


@prepared
async def set_score_disclosure(world: World, side: Side, who: str) -> Call:
    setting = await _disclosure(world, side)
    body = {"valid_from": str(clock.today() + timedelta(days=200)), "reason": "Perjanjian lain."}
    path = {"organization_id": setting.bank_id}
    return Call(path=path, body=body, headers=await etag(world, setting), about=setting.bank_id)


@prepared
async def delete_score_disclosure(world: World, side: Side, who: str) -> Call:
    setting = await _disclosure(world, side)
    path = {"organization_id": setting.bank_id}
    return Call(path=path, headers=await etag(world, setting), about=setting.bank_id)
