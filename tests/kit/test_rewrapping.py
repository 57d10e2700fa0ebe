"""Every sealed value under the newest data key: in batches, resumable, beside changes, and none forgotten."""

from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import select, text, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.actors.models import Actor, Person
from plut_api.kit import rewrapping
from plut_api.kit.crypto import Vault
from plut_api.kit.database import unit_of_work
from plut_api.kit.ids import new_id
from plut_api.kit.rewrapping import SEALED_COLUMNS, SealedColumn, rewrap, under_key
from plut_api.tables import METADATA
from tests.factories import Make

OLD, NEW, INDEX = (bytes([n]) * 32 for n in (1, 2, 3))
BEFORE, AFTER = Vault({201: OLD}, INDEX), Vault({202: NEW, 201: OLD}, INDEX)
NIK = SealedColumn("people", "nik_sealed", "people.nik")
Sessions = async_sessionmaker[AsyncSession]


async def people_with(make: Make, count: int, vault: Vault = BEFORE) -> list[Person]:
    people = [await make.person() for _ in range(count)]
    async with unit_of_work(make._sessions) as db:
        for number, person in enumerate(people):
            value = vault.seal("people.nik", f"52710{number:011d}")
            await db.execute(update(Person).where(Person.id == person.id).values(nik_sealed=value))
    return people


async def sealed(sessions: Sessions) -> list[bytes]:
    async with sessions() as db:
        found = await db.scalars(select(Person.nik_sealed).where(Person.nik_sealed.is_not(None)).order_by(Person.id))
        return [value for value in found if value is not None]


def test_the_list_names_every_sealed_column_there_is() -> None:
    named = {(column.table, column.column) for column in SEALED_COLUMNS}
    found = {
        (table.name, column.name)
        for table in METADATA.sorted_tables
        for column in table.columns
        if column.name.endswith("_sealed")
    }

    assert found <= named
    assert named - found == {("import_files", "content")}


@pytest.mark.parametrize("column", SEALED_COLUMNS, ids=lambda column: f"{column.table}.{column.column}")
async def test_each_column_of_the_list_can_be_worked_through(app: FastAPI, column: SealedColumn) -> None:
    done = await rewrap(app.state.sessions, AFTER, column, batch=1)

    assert column.key in METADATA.tables[column.table].columns
    assert done.column is column


async def test_values_move_to_the_newest_key_in_batches_and_stay_the_same(make: Make, sessions: Sessions) -> None:
    await people_with(make, 7)
    heard: list[int] = []

    done = await rewrap(sessions, AFTER, NIK, heard.append, batch=3)

    values = await sealed(sessions)
    assert (done.count, done.broken, done.left) == (7, 0, 0)
    assert heard == [3, 6, 7]
    assert {value[0] for value in values} == {202}
    assert [AFTER.open("people.nik", value) for value in values] == [f"52710{number:011d}" for number in range(7)]


async def test_a_run_that_was_broken_off_goes_on_where_it_was(make: Make, sessions: Sessions) -> None:
    await people_with(make, 6)

    def break_off(count: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await rewrap(sessions, AFTER, NIK, break_off, batch=2)
    half = [value[0] for value in await sealed(sessions)]
    done = await rewrap(sessions, AFTER, NIK, batch=2)

    assert half.count(202) == 2
    assert (done.count, done.left) == (4, 0)


async def test_a_value_changed_between_reading_and_writing_is_not_overwritten(make: Make, sessions: Sessions) -> None:
    (person,) = await people_with(make, 1)
    (read,) = await sealed(sessions)
    fresh = BEFORE.seal("people.nik", "5271019999999999")

    async with unit_of_work(sessions) as db:
        await db.execute(update(Person).where(Person.id == person.id).values(nik_sealed=fresh))
    async with unit_of_work(sessions) as db:
        written = {"keys": [person.id], "before": [read], "after": [AFTER.seal("people.nik", "5271")]}
        changed = (await db.execute(rewrapping._change(NIK), written)).all()

    assert changed == []
    assert await sealed(sessions) == [fresh]


async def test_a_value_that_no_key_opens_is_counted_and_left_alone(make: Make, sessions: Sessions) -> None:
    stranger = Vault({203: bytes(32)}, INDEX)
    await people_with(make, 2)
    await people_with(make, 1, stranger)

    done = await rewrap(sessions, AFTER, NIK, batch=1)

    assert (done.count, done.broken, done.left) == (2, 1, 1)
    assert await under_key(sessions, 203) == 1
    assert await under_key(sessions, 201) == 0


async def test_rewrapping_is_no_change_of_the_row(make: Make, sessions: Sessions) -> None:
    actor = await make.actor()
    async with unit_of_work(sessions) as db:
        value = BEFORE.seal("actors.nib", "1234567890123")
        await db.execute(update(Actor).where(Actor.id == actor.id).values(nib_sealed=value, nib_index=new_id().bytes))

    async def stamps() -> Any:
        async with sessions() as db:
            return (await db.execute(text("SELECT version, updated_at FROM actors"))).one()

    before = await stamps()
    await rewrap(sessions, AFTER, SealedColumn("actors", "nib_sealed", "actors.nib"))

    assert await stamps() == before
