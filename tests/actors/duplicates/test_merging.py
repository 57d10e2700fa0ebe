"""Merging out of a pair closes it in the same transaction; other pairs of the merged record are the survivor's."""

from asyncio import gather
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.actors.duplicates.models import DuplicatePair, FoundBy, Kind, PairState
from plut_api.actors.duplicates.pairs import Suspicion, keep_pairs
from plut_api.actors.models import Person
from plut_api.kit.caller import Role
from plut_api.kit.database import unit_of_work
from plut_api.kit.ids import new_id
from tests.conftest import Api
from tests.factories import Make

Sessions = async_sessionmaker[AsyncSession]


async def test_a_pair_is_merged_into_the_survivor_that_was_chosen(api: Api, make: Make, sessions: Sessions) -> None:
    one, other = await make.person(), await make.person()
    pair = await _pair(sessions, [one, other])
    dinas = await make.staff(Role.dinas)

    answer = await _merge(api.as_(dinas), pair, other)
    old = await api.as_(dinas).get(f"/v1/people/{one.id}")

    body = answer.json()
    assert (answer.status_code, body["state"], body["decided_by"]) == (200, "merged", str(dinas.id)), answer.text
    assert answer.headers["etag"] == '"2"'
    assert {body["a_name"], body["b_name"]} == {None, other.full_name}
    assert old.status_code == 308
    assert UUID(body["merge_id"])


async def test_businesses_are_merged_too(api: Api, make: Make, sessions: Sessions) -> None:
    two = [await make.actor(), await make.actor()]
    pair = await _pair(sessions, two)

    answer = await _merge(api.as_(await make.staff(Role.dinas)), pair, two[0])

    assert (answer.status_code, answer.json()["state"]) == (200, "merged")


async def test_other_pairs_of_the_merged_record_are_those_of_the_survivor(
    api: Api, make: Make, sessions: Sessions
) -> None:
    survivor, merged, third, fourth, fifth = [await make.person() for _ in range(5)]
    dinas = api.as_(await make.staff(Role.dinas))
    pair = await _pair(sessions, [survivor, merged])
    pointed = await _pair(sessions, [merged, third])
    twin, kept = await _pair(sessions, [fourth, merged]), await _pair(sessions, [survivor, fourth])
    two, asked = await _pair(sessions, [merged, fifth]), await _pair(sessions, [fifth, survivor])
    await dinas.post(f"/v1/duplicates/{two}/not-the-same", headers={"If-Match": '"1"'}, note="Dua orang.")

    await _merge(dinas, pair, survivor)

    pairs = await _pairs(sessions)
    assert pairs[pair].state is PairState.merged
    assert {pairs[pointed].a_id, pairs[pointed].b_id} == {survivor.id, third.id}
    assert pairs[pointed].state is PairState.open
    assert (pairs[kept].state, pairs[twin].state) == (PairState.open, PairState.gone)
    assert (pairs[asked].state, pairs[asked].note) == (PairState.not_the_same, "Dua orang.")
    assert pairs[two].state is PairState.gone


async def test_undoing_a_merge_brings_its_pairs_back_as_they_were(api: Api, make: Make, sessions: Sessions) -> None:
    survivor, merged, third = [await make.person() for _ in range(3)]
    dinas = api.as_(await make.staff(Role.dinas))
    pair, other = await _pair(sessions, [survivor, merged]), await _pair(sessions, [merged, third])
    before = await _pairs(sessions)
    merge = await _merge(dinas, pair, survivor)

    undone = await dinas.post(f"/v1/merges/{merge.json()['merge_id']}/undo")

    after = await _pairs(sessions)
    assert undone.is_success, undone.text
    for id_ in (pair, other):
        assert (after[id_].a_id, after[id_].b_id) == (before[id_].a_id, before[id_].b_id)
        assert (after[id_].state, after[id_].decided_by) == (PairState.open, None)


async def test_of_two_who_merge_a_pair_at_once_one_wins_and_the_other_learns_it(
    api: Api, make: Make, sessions: Sessions
) -> None:
    two = [await make.person(), await make.person()]
    pair = await _pair(sessions, two)
    officers = [api.as_(await make.staff(Role.dinas)) for _ in range(2)]

    answers = await gather(*(_merge(officer, pair, person) for officer, person in zip(officers, two, strict=True)))

    assert sorted(answer.status_code for answer in answers) == [200, 412]


async def test_a_survivor_that_is_not_of_the_pair_is_a_fault(api: Api, make: Make, sessions: Sessions) -> None:
    pair = await _pair(sessions, [await make.person(), await make.person()])
    dinas = api.as_(await make.staff(Role.dinas))

    answer = await _merge(dinas, pair, await make.person())
    nobody = await _merge(dinas, new_id(), await make.person())

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "not_of_this_pair")
    assert nobody.status_code == 404


async def _merge(api: Api, pair: UUID, survivor: Any) -> Any:
    path = f"/v1/duplicates/{pair}/merge"
    return await api.post(path, headers={"If-Match": '"1"'}, survivor_id=str(survivor.id))


async def _pair(sessions: Sessions, two: Sequence[Any]) -> UUID:
    one, other = two
    kind = Kind.person if isinstance(one, Person) else Kind.actor
    async with unit_of_work(sessions) as db:
        await keep_pairs(db, kind, [Suspicion(one.id, other.id, ["name"], 0.7)], FoundBy.sweep)
        query = select(DuplicatePair.id).where(DuplicatePair.a_id == min(one.id, other.id))
        return (await db.scalars(query.where(DuplicatePair.b_id == max(one.id, other.id)))).one()


async def _pairs(sessions: Sessions) -> dict[UUID, DuplicatePair]:
    async with sessions() as db:
        return {pair.id: pair for pair in await db.scalars(select(DuplicatePair))}
