"""Who is who in a file: owners and businesses that are known, that could be several, or that are somebody else."""

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.actors.models import Actor, Person
from plut_api.kit.caller import Role
from plut_api.kit.crypto import vault
from plut_api.kit.database import unit_of_work
from plut_api.settings import Settings
from tests.conftest import Api
from tests.factories import Make
from tests.integration.loading import business, counts, differences_of, faults_of, file_of, loaded, told

Sessions = async_sessionmaker[AsyncSession]


@pytest.fixture
async def officer(api: Api, make: Make) -> Api:
    """The Dinas at work."""
    return api.as_(await make.staff(Role.dinas))


async def test_an_owner_without_nik_is_found_by_phone_and_name(
    officer: Api, settings: Settings, sessions: Sessions
) -> None:
    await loaded(officer, settings, file_of(business(1)))
    second = business(2, owner_name="baiq contoh 1", owner_nik="", owner_phone="084000000001", owner_sex="")

    finished = await loaded(officer, settings, file_of(second))

    assert counts(finished) == (1, 1, 0, 0, 0)
    async with sessions() as db:
        assert await db.scalar(select(func.count()).select_from(Person)) == 1


async def test_who_could_be_several_people_is_none_of_them(
    make: Make, officer: Api, settings: Settings, sessions: Sessions
) -> None:
    for number in (1, 2):
        phone = "+6281234567890"
        await make.add(
            Person(
                full_name="Siti Aminah",
                phone_sealed=vault().seal("people.phone", phone),
                phone_index=vault().blind("people.phone", phone),
                village_code=f"52.03.17.200{number}",
            )
        )
    row = business(1, owner_name="Siti Aminah", owner_nik="", owner_phone="081234567890")

    nowhere_near = await loaded(officer, settings, file_of(row))
    async with unit_of_work(sessions) as db:
        first = (await db.scalars(select(Person.id).order_by(Person.id))).first()
        await db.execute(update(Person).where(Person.id == first).values(village_code="52.71.01.1004"))
    one_is_near = await loaded(officer, settings, file_of(row))

    assert counts(nowhere_near) == (1, 0, 0, 0, 1)
    assert [(f["line"], f["column"], f["code"]) for f in await faults_of(officer, nowhere_near)] == [
        (2, "owner_name", "ambiguous_owner")
    ]
    assert counts(one_is_near) == (1, 1, 0, 0, 0)
    async with sessions() as db:
        assert await db.scalar(select(func.count()).select_from(Person)) == 2


async def test_an_owner_whom_two_rows_of_the_file_could_be_is_ambiguous_in_any_order(
    officer: Api, settings: Settings
) -> None:
    same = {"owner_name": "Siti Aminah", "owner_phone": "081234567890"}
    unclear = business(3, owner_nik="", **same)

    last = await loaded(officer, settings, file_of(business(1, **same), business(2, **same), unclear), mode="validate")
    first = await loaded(officer, settings, file_of(unclear, business(1, **same), business(2, **same)), mode="validate")
    clear = await loaded(officer, settings, file_of(unclear, business(1, **same)))

    assert [(f["line"], f["code"]) for f in await faults_of(officer, last)] == [(4, "ambiguous_owner")]
    assert [(f["line"], f["code"]) for f in await faults_of(officer, first)] == [(2, "ambiguous_owner")]
    assert counts(clear) == (2, 2, 0, 0, 0)
    assert len((await officer.get("/v1/people")).json()["data"]) == 1


async def test_a_nik_known_under_another_name_is_a_warning_and_of_somebody_else_a_fault(
    officer: Api, settings: Settings
) -> None:
    await loaded(officer, settings, file_of(business(1)))
    nik = {"owner_nik": "5271015705900001"}

    spelt = await loaded(officer, settings, file_of(business(2, owner_name="Bq Contoh 1", **nik)))
    other = await loaded(officer, settings, file_of(business(3, owner_name="Lalu Ahmad", **nik)))
    within = await loaded(
        officer, settings, file_of(business(4), business(5, owner_name="Lalu Ahmad", owner_nik="5271015705900004"))
    )

    assert counts(spelt) == (1, 1, 0, 0, 0)
    assert [(f["code"], f["severity"]) for f in await faults_of(officer, spelt)] == [("owner_name_differs", "warning")]
    assert counts(other) == (1, 0, 0, 0, 1)
    assert [(f["column"], f["code"]) for f in await faults_of(officer, other)] == [("owner_nik", "owner_mismatch")]
    assert counts(within) == (2, 1, 0, 0, 1)


async def test_a_known_business_of_somebody_else_is_not_given_away(
    officer: Api, settings: Settings, sessions: Sessions
) -> None:
    await loaded(officer, settings, file_of(business(1)))
    taken = business(1, owner_name="Lalu Ahmad", owner_nik="5271011705900002", owner_phone="", owner_sex="")

    finished = await loaded(officer, settings, file_of(taken), on_conflict="update")

    assert counts(finished) == (1, 0, 0, 0, 1)
    assert [f["code"] for f in await faults_of(officer, finished)] == ["owner_mismatch"]
    async with sessions() as db:
        assert list(await db.scalars(select(Person.full_name))) == ["Baiq Contoh 1"]


async def test_a_business_that_was_registered_by_hand_is_recognised_by_owner_name_and_village(
    make: Make, officer: Api, settings: Settings, sessions: Sessions
) -> None:
    owner = await make.person(full_name="Baiq Contoh 1", nik="5271015705900001", phone="+6284000000001")
    await make.actor(owner, name="KERIPIK 1", village_code="52.71.01.1004")

    finished = await loaded(officer, settings, file_of(business(1)))

    assert counts(finished) == (1, 0, 1, 0, 0)
    assert told(await differences_of(officer, finished))["nib"] == (None, "9900000000001", "fill")
    async with sessions() as db:
        assert await db.scalar(select(func.count()).select_from(Actor)) == 1


async def test_two_of_one_name_in_the_village_are_not_guessed_at(make: Make, officer: Api, settings: Settings) -> None:
    owner = await make.person(full_name="Baiq Contoh 1", nik="5271015705900001", phone="+6284000000001")
    for _ in range(2):
        await make.actor(owner, name="Keripik 1", village_code="52.71.01.1004")

    finished = await loaded(officer, settings, file_of(business(1)))

    assert [(f["column"], f["code"]) for f in await faults_of(officer, finished)] == [
        ("business_name", "ambiguous_business")
    ]


async def test_two_rows_of_one_known_business_are_one(officer: Api, settings: Settings) -> None:
    await loaded(officer, settings, file_of(business(1, row_key="k1")))

    finished = await loaded(
        officer, settings, file_of(business(1, row_key="k9"), business(1, nib="", row_key="k1", sales_idr="5"))
    )

    assert counts(finished) == (2, 0, 0, 1, 1)
    assert [(f["line"], f["code"]) for f in await faults_of(officer, finished)] == [(3, "duplicate_business")]


async def test_row_keys_of_two_sources_do_not_meet(officer: Api, settings: Settings) -> None:
    mine = business(1, nib="", row_key="1")
    theirs = business(2, nib="", row_key="1")

    await loaded(officer, settings, file_of(mine), source="bps")
    other = await loaded(officer, settings, file_of(theirs), source="dinsos")
    again = await loaded(officer, settings, file_of(mine), source="bps")

    assert counts(other) == (1, 1, 0, 0, 0)
    assert counts(again) == (1, 0, 0, 1, 0)
