"""The sweep finds older pairs district by district, and goes on where it was cut short; imports are looked through."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.actors import identifiers
from plut_api.actors.duplicates.entry import Entered, find_candidates
from plut_api.actors.duplicates.models import DuplicatePair, DuplicateSweep, FoundBy, Kind
from plut_api.actors.duplicates.sweeping import (
    NOWHERE,
    find_pairs_of_import,
    pairs_of_district,
    sweep,
    sweep_district,
)
from plut_api.kit import clock
from plut_api.kit.caller import Role
from plut_api.kit.database import unit_of_work
from plut_api.kit.ids import new_id
from plut_api.settings import Settings
from plut_api.worker import work_off
from tests.actors.duplicates.on_file import DISTRICT, ELSEWHERE, VILLAGE, on_file
from tests.factories import Make, caller_for

Sessions = async_sessionmaker[AsyncSession]


async def test_a_district_is_swept_for_every_kind_of_evidence(make: Make, sessions: Sessions) -> None:
    near = [await make.person(full_name=name, birth_date=None) for name in ("Lalu Wirajaya", "H. LALU WIRAJAYA")]
    born = [await make.person(full_name=name) for name in ("Siti Aminah Wati", "Siti Aminah")]
    phone = [
        await on_file(make, name, village_code=village, phone="+6281234567001")
        for name, village in (("Zulkarnaen", VILLAGE), ("Zulkarnain", ELSEWHERE))
    ]
    moved = [
        await make.person(full_name="Muhammad Ali", birth_date=date(1980, 2, 3), village_code=village)
        for village in (VILLAGE, ELSEWHERE)
    ]
    await make.person(full_name="Nobody Like Them", birth_date=None)

    async with unit_of_work(sessions) as db:
        found = await sweep_district(db, Kind.person, DISTRICT)

    assert {frozenset((p.a_id, p.b_id)): p.reasons for p in await _pairs(sessions, Kind.person)} == {
        _ids(near): ["name", "village"],
        _ids(born): ["name", "village", "birth_date"],
        _ids(phone): ["phone", "name"],
        _ids(moved): ["name", "birth_date"],
    }
    assert found == 4


async def test_businesses_are_swept_by_name_and_by_the_phones_of_their_owners(make: Make, sessions: Sessions) -> None:
    owners = [await on_file(make, name, phone="+6281234567001") for name in ("Amaq", "Inaq")]
    near = [await make.actor(name=name) for name in ("UD. Kopi Sembalun", "kopi sembalun")]
    phone = [
        await make.actor(owner, name="Tenun Sukarara", village_code=village)
        for owner, village in zip(owners, (VILLAGE, ELSEWHERE), strict=True)
    ]
    await make.actor(owners[0], name="Bengkel Motor")
    await make.actor(name="Kopi Sembalun", village_code=ELSEWHERE)

    async with unit_of_work(sessions) as db:
        await sweep_district(db, Kind.actor, DISTRICT)

    assert {frozenset((p.a_id, p.b_id)): p.reasons for p in await _pairs(sessions, Kind.actor)} == {
        _ids(near): ["name", "village"],
        _ids(phone): ["phone", "name"],
    }


async def test_people_without_a_village_are_swept_too(make: Make, sessions: Sessions) -> None:
    same = [await make.person(full_name="Siti Aminah", village_code=None) for _ in range(2)]

    async with unit_of_work(sessions) as db:
        await sweep_district(db, Kind.person, NOWHERE)

    assert [frozenset((p.a_id, p.b_id)) for p in await _pairs(sessions, Kind.person)] == [_ids(same)]


async def test_what_was_erased_or_merged_is_nobodys_double(make: Make, sessions: Sessions) -> None:
    one, gone, merged = [await make.actor(name="Kopi Sembalun") for _ in range(3)]
    async with unit_of_work(sessions) as db:
        await db.execute(text("UPDATE actors SET erased_at = now() WHERE id = :id"), {"id": gone.id})
        await db.execute(
            text("UPDATE actors SET merged_into = :into, merged_at = now() WHERE id = :id"),
            {"id": merged.id, "into": one.id},
        )
        await sweep_district(db, Kind.actor, DISTRICT)

    assert await _pairs(sessions, Kind.actor) == []


async def test_a_phone_that_a_whole_village_shares_is_no_evidence(make: Make, sessions: Sessions) -> None:
    for number in range(21):
        await on_file(make, _word(number // 2), phone="+6281234567001", village_code=(VILLAGE, ELSEWHERE)[number % 2])

    async with unit_of_work(sessions) as db:
        await sweep_district(db, Kind.person, DISTRICT)

    assert await _pairs(sessions, Kind.person) == []


async def test_of_one_record_only_the_surest_pairs_are_kept(make: Make, sessions: Sessions) -> None:
    for _ in range(24):
        await make.actor(name="Warung")

    async with unit_of_work(sessions) as db:
        await sweep_district(db, Kind.actor, DISTRICT)

    found = await _pairs(sessions, Kind.actor)
    assert len(found) < 24 * 23 / 2
    assert len(found) >= 24 * 20 / 2


async def test_a_sweep_goes_on_where_it_was_cut_short_and_ends_when_all_had_their_turn(
    make: Make, sessions: Sessions
) -> None:
    pairs = [await make.actor(name="Kopi Sembalun", village_code=v) for v in (VILLAGE, VILLAGE, ELSEWHERE, ELSEWHERE)]

    first = await sweep(sessions, most=3)
    async with sessions() as db:
        done = set(await db.execute(select(DuplicateSweep.kind, DuplicateSweep.district_code).where(_swept())))
    rest = await sweep(sessions)
    again = await sweep(sessions)

    async with sessions() as db:
        rows = (await db.scalars(select(DuplicateSweep).order_by(DuplicateSweep.swept_at))).all()
    assert first == len(done) == 3
    assert {(row.kind, row.district_code) for row in rows[:3]} == {tuple(row) for row in done}
    assert first + rest == len(rows)
    assert again == 0
    assert {frozenset((p.a_id, p.b_id)) for p in await _pairs(sessions, Kind.actor)} == {
        _ids(pairs[:2]),
        _ids(pairs[2:]),
    }
    assert sum(row.pair_count or 0 for row in rows if row.kind is Kind.actor) == 2


async def test_a_district_whose_sweep_fails_is_not_counted_as_swept(
    make: Make, sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: Any) -> int:
        raise ConnectionError("the server went away")

    monkeypatch.setattr("plut_api.actors.duplicates.sweeping.sweep_district", broken)
    with pytest.raises(ConnectionError):
        await sweep(sessions)

    async with sessions() as db:
        assert (await db.scalars(select(DuplicateSweep).where(_swept()))).all() == []


async def test_what_an_import_brought_is_looked_through_by_the_worker(
    make: Make, sessions: Sessions, settings: Settings
) -> None:
    import_id = new_id()
    older = await make.actor(name="Kopi Sembalun")
    brought = await make.actor(name="UD Kopi Sembalun", import_id=import_id)
    person = await make.person(full_name="Siti Aminah", village_code=ELSEWHERE)
    loaded = await make.person(full_name="Siti Aminah", village_code=None, import_id=import_id)
    [await make.actor(name="Tenun Sukarara") for _ in range(2)]  # A pair, but not of the import.

    async with unit_of_work(sessions) as db:
        await find_pairs_of_import(db, import_id)
    await work_off(settings)

    found = [*await _pairs(sessions, Kind.person), *await _pairs(sessions, Kind.actor)]
    assert {frozenset((p.a_id, p.b_id)) for p in found} == {_ids([older, brought]), _ids([person, loaded])}
    assert {p.found_by for p in found} == {FoundBy.import_}


async def test_a_sweep_is_as_sure_as_the_check_on_entry(make: Make, sessions: Sessions) -> None:
    one = await make.person(full_name="Siti Aminah", phone="+6281234567001", nik="5271015705900003")
    number = identifiers.blind(identifiers.NIK, "5271015705900004")
    await on_file(make, "Siti Aminah Wati", phone="+6281234567001", nik_index=number, birth_date=one.birth_date)
    phone = identifiers.blind(identifiers.PHONE, "+6281234567001")
    entered = Entered(
        Kind.person, one.full_name, VILLAGE, one.birth_date, one.nik_index, [phone] if phone else [], id=one.id
    )
    caller = caller_for(await make.staff(Role.dinas))

    async with unit_of_work(sessions) as db:
        await db.execute(text("UPDATE rule_values SET value = '5' WHERE code = 'duplicates.min_sureness_percent'"))
        await sweep_district(db, Kind.person, DISTRICT)
        found = await find_candidates(db, caller, entered)
        kept = (await db.execute(select(DuplicatePair.reasons, DuplicatePair.sureness))).all()
        await db.rollback()

    assert [(c.why, c.sureness) for c in found.shown] == [tuple(pair) for pair in kept]
    assert kept[0].reasons == ["phone", "name", "village", "birth_date"]
    assert 0 < kept[0].sureness < 0.2


@pytest.mark.usefixtures("unmeasured")
@pytest.mark.parametrize("kind", list(Kind))
async def test_a_sweep_leans_on_the_indexes(app: FastAPI, sessions: Sessions, kind: Kind) -> None:
    given = {"day": clock.today(), "district": DISTRICT}
    spelled = pairs_of_district(kind, of_import=False).compile(app.state.engine).construct_expanded_state(given)

    async with app.state.engine.connect() as connection:
        await connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        values = tuple(spelled.positional_parameters)
        plan = "\n".join((await connection.exec_driver_sql(f"EXPLAIN {spelled.statement}", values)).scalars())

    assert f"ix_{'people' if kind is Kind.person else 'actors'}_village_name_trgm" in plan
    assert "ix_people_phone_index" in plan
    assert kind is Kind.actor or "ix_people_birth_date_name" in plan


def _swept() -> Any:
    return DuplicateSweep.swept_at.is_not(None)


def _ids(rows: list[Any]) -> frozenset[UUID]:
    return frozenset(row.id for row in rows)


def _word(number: int) -> str:
    """Words that have no three letters in common."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    return letters[number] * 6


async def _pairs(sessions: Sessions, kind: Kind) -> list[DuplicatePair]:
    """Those of a kind; the owners that a test does not care for are named alike."""
    async with sessions() as db:
        return list(await db.scalars(select(DuplicatePair).where(DuplicatePair.kind == kind)))
