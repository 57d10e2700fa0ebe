"""One box for people and businesses, and exact look-ups: what is found, why, by whom, and by which index."""

from collections.abc import Sequence
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import Select, select, text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.actors.models import Actor, Person
from plut_api.actors.service.searching import numbers_of, villages_in
from plut_api.kit.audit.models import AuditEntry
from plut_api.kit.caller import Role
from plut_api.kit.names import holding, much_like, prepare_search
from tests.conftest import Api
from tests.explaining import Explain
from tests.factories import VILLAGES, Make

Sessions = async_sessionmaker[AsyncSession]
NIK, NIB = "5271015705900003", "0220103123456"


async def _found(api: Api, q: str, **more: Any) -> list[tuple[str, str, list[str]]]:
    answer = await api.post("/v1/search", q=q, **more)
    assert answer.status_code == 200, answer.text
    return [(hit["kind"], hit["name"], hit["why"]) for hit in answer.json()["data"]]


async def test_a_name_finds_people_and_businesses_mixed_with_why(api: Api, make: Make) -> None:
    owner = await make.person(full_name="Baiq Sembada Rinjani")
    await make.actor(owner, name="Keripik Sembada")
    await make.actor(owner, name="Warung Lain")

    found = await _found(api.as_(await make.staff()), "sembada")

    assert sorted(found) == [
        ("business", "Keripik Sembada", ["name"]),
        ("person", "Baiq Sembada Rinjani", ["name"]),
    ]


async def test_words_are_found_in_any_order_and_misspelt(api: Api, make: Make) -> None:
    await make.person(full_name="Baiq Nurhayati Selaparang")
    dinas = api.as_(await make.staff())

    assert await _found(dinas, "selaparang nurhayati") == [("person", "Baiq Nurhayati Selaparang", ["name"])]
    assert await _found(dinas, "nurhayatti") == [("person", "Baiq Nurhayati Selaparang", ["similar_name"])]
    assert await _found(dinas, "xylofon quasar") == []


async def test_what_holds_the_words_stands_before_what_is_like_them(api: Api, make: Make) -> None:
    await make.person(full_name="Lalu Sembadra")
    await make.person(full_name="Lalu Sembada")

    found = await _found(api.as_(await make.staff()), "sembada")

    assert [name for _, name, _ in found] == ["Lalu Sembada", "Lalu Sembadra"]


@pytest.mark.parametrize("written", ["081917770099", "+62 819-1777-0099", "6281917770099"])
async def test_a_phone_finds_its_holder_and_their_businesses(api: Api, make: Make, written: str) -> None:
    owner = await make.person(full_name="Inaq Telepon", phone="+6281917770099")
    await make.actor(owner, name="Tenun Telepon")

    answer = await api.as_(await make.staff()).post("/v1/search", q=written)

    hits = {hit["kind"]: hit for hit in answer.json()["data"]}
    assert hits["person"]["why"] == ["phone"]
    assert hits["person"]["phone"] == "+62819••••••99"
    assert hits["business"]["why"] == ["owner_phone"]
    assert hits["business"]["owners"] == ["Inaq Telepon"]
    assert {hit["closeness"] for hit in hits.values()} == {1.0}


async def test_nik_and_nib_are_found_whole_and_never_in_part(api: Api, make: Make) -> None:
    owner = await make.person(full_name="Inaq Angka", nik=NIK)
    await make.actor(owner, name="Madu Angka", nib=NIB)
    dinas = api.as_(await make.staff())

    assert sorted(await _found(dinas, NIK)) == [
        ("business", "Madu Angka", ["owner_nik"]),
        ("person", "Inaq Angka", ["nik"]),
    ]
    assert await _found(dinas, NIB) == [("business", "Madu Angka", ["nib"])]
    assert await _found(dinas, NIK[:12]) == []
    assert await _found(dinas, NIB[:-1] + "0") == []


async def test_a_village_finds_who_lives_there_and_narrows_a_name(api: Api, make: Make, sessions: Sessions) -> None:
    async with sessions() as db:
        name = await db.scalar(text("SELECT name FROM regions WHERE code = :code"), {"code": VILLAGES[1]})
    there = await make.person(full_name="Amaq Dusun", village_code=VILLAGES[1])
    await make.actor(there, name="Kopi Dusun", village_code=VILLAGES[1])
    await make.actor(await make.person(village_code=VILLAGES[2]), name="Kopi Jauh", village_code=VILLAGES[2])
    dinas = api.as_(await make.staff())

    both = await _found(dinas, f"kopi {name}")
    turned = await _found(dinas, f"{name} kopi")
    alone = await _found(dinas, str(name).upper())

    assert both[0] == turned[0] == ("business", "Kopi Dusun", ["name", "village"])
    assert ("business", "Kopi Jauh", ["name", "village"]) not in both
    assert sorted(alone) == [("business", "Kopi Dusun", ["village"]), ("person", "Amaq Dusun", ["village"])]


async def test_a_consultant_finds_only_among_their_own(api: Api, make: Make) -> None:
    mine, other = await make.person(full_name="Inaq Sewarna"), await make.person(full_name="Amaq Sewarna", nik=NIK)
    await make.actor(mine, name="Batik Sewarna")
    await make.actor(other, name="Tenun Sewarna", nib=NIB)
    consultant = api.as_(await make.consultant_of(mine))

    found = await _found(consultant, "sewarna")

    assert sorted(name for _, name, _ in found) == ["Batik Sewarna", "Inaq Sewarna"]
    assert await _found(consultant, NIK) == await _found(consultant, NIB) == []
    assert await _found(consultant, "sewarrna") != []


async def test_the_box_is_for_staff_and_says_when_there_is_more(api: Api, make: Make) -> None:
    person = await make.person(full_name="Baiq Banyak")
    for _ in range(3):
        await make.actor(person, name="Warung Banyak")
    dinas = api.as_(await make.staff())

    refused = await api.as_(person).post("/v1/search", q="banyak")
    opd = await api.as_(await make.staff(Role.opd)).post("/v1/search", q="banyak")
    some = await dinas.post("/v1/search", q="banyak", kinds=["business"], limit=2)
    empty = await dinas.post("/v1/search", q=" a ")

    assert [refused.status_code, opd.status_code] == [403, 403]
    assert refused.json()["code"] == "staff_only"
    assert (len(some.json()["data"]), some.json()["more"]) == (2, True)
    assert {hit["kind"] for hit in some.json()["data"]} == {"business"}
    assert empty.status_code == 422


async def test_who_was_found_stands_in_the_audit_log_and_what_was_typed_does_not(
    api: Api, make: Make, sessions: Sessions
) -> None:
    person = await make.person(full_name="Inaq Tercatat", nik=NIK)

    await api.as_(await make.staff()).post("/v1/search", q=NIK)

    async with sessions() as db:
        (entry,) = await db.scalars(select(AuditEntry).where(AuditEntry.operation == "searchRegistry"))
    assert entry.about_ids == [person.id]
    assert entry.after == {"found": 1}


async def test_a_search_costs_as_many_statements_however_much_there_is(
    api: Api, make: Make, statements: list[str]
) -> None:
    dinas = api.as_(await make.staff())
    await dinas.post("/v1/search", q="warung")
    counts = []
    for _ in range(2):
        for _ in range(4):
            await make.actor(await make.person(full_name="Baiq Warung"), name="Warung Serupa")
        statements.clear()
        await dinas.post("/v1/search", q="warung")
        counts.append(len(statements))

    assert counts[0] == counts[1] <= 16


async def test_lists_by_name_go_on_from_page_to_page_the_misspelt_last(api: Api, make: Make) -> None:
    owner = await make.person()
    names = [f"Sambal Plecing {n}" for n in range(3)] + [f"Sambal Plecingg{n}" for n in range(2)] + ["Sambal Plexing"]
    for name in reversed(names):
        await make.actor(owner, name=name)
    await make.actor(owner, name="Madu Sumbawa")
    dinas = api.as_(await make.staff())

    seen: list[str] = []
    cursor: dict[str, Any] = {}
    while True:
        page = (await dinas.get("/v1/actors", q="plecing", limit=2, include="total", **cursor)).json()
        seen += [row["name"] for row in page["data"]]
        assert page["total"] == 6
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}

    assert sorted(seen) == sorted(names)
    assert seen[-1] == "Sambal Plexing"


@pytest.mark.parametrize(("q", "found"), [("ka", True), ("ma", True), ("an", False), ("%", False), ("k_", False)])
async def test_a_short_word_has_to_begin_one_and_signs_mean_themselves(
    api: Api, make: Make, q: str, found: bool
) -> None:
    await make.actor(await make.person(), name="Kain Masdewi")

    page = await api.as_(await make.staff()).get("/v1/actors", q=q.ljust(2, "%"))

    assert bool(page.json()["data"]) is found


async def test_businesses_are_looked_up_by_exact_numbers_in_the_callers_rows(api: Api, make: Make) -> None:
    owner = await make.person(nik=NIK, phone="+6281917770077")
    actor = await make.actor(owner, nib=NIB)
    other = await make.actor(await make.person())
    dinas, stranger = api.as_(await make.staff()), api.as_(await make.consultant_of(await make.person()))
    asked: list[dict[str, Any]] = [{"nib": NIB}, {"owner_nik": NIK}, {"owner_phone": "0819 1777 0077"}]
    asked.append({"nib": NIB, "owner_nik": NIK})

    for given in asked:
        answer = await dinas.post("/v1/actors/search", **given)
        assert [row["id"] for row in answer.json()["data"]] == [str(actor.id)], given
        assert (await stranger.post("/v1/actors/search", **given)).json()["data"] == []
        assert [row["id"] for row in (await api.as_(owner).post("/v1/actors/search", **given)).json()["data"]] == [
            str(actor.id)
        ]
    assert (await dinas.post("/v1/actors/search", nib="9999999999999")).json()["data"] == []
    nothing = await dinas.post("/v1/actors/search")
    assert (nothing.status_code, nothing.json()["errors"][0]["code"]) == (422, "nothing_to_look_for")
    assert other.id != actor.id


async def _plan(sessions: Sessions, query: Select[Any]) -> str:
    async with sessions() as db:
        await db.execute(text("SET LOCAL enable_seqscan = off"))
        await prepare_search(db)
        return "\n".join(await db.scalars(Explain(query)))


@pytest.mark.usefixtures("unmeasured")
async def test_every_search_leans_on_an_index(app: FastAPI, sessions: Sessions) -> None:
    actors, people = select(Actor.id), select(Person.id)
    numbers = numbers_of("081917770099"), numbers_of(NIK), numbers_of(NIB)
    leaning: Sequence[tuple[Select[Any], str]] = (
        (actors.where(holding(Actor.name, "kopi rinjani")), "ix_actors_name_trgm"),
        (people.where(holding(Person.full_name, "baiq rinjani")), "ix_people_name_trgm"),
        (people.where(holding(Person.full_name, "ba")), "ix_people_name_trgm"),
        (much_like(actors, Actor.name, Actor.id, "kopi rinjanni"), "ix_actors_name_trgm"),
        (much_like(people, Person.full_name, Person.id, "baiq rinjanni"), "ix_people_name_trgm"),
        *((people.where(condition), "ix_people_phone_index") for condition in numbers[0].people.values()),
        *((people.where(condition), "uq_people_nik_index") for condition in numbers[1].people.values()),
        *((actors.where(condition), "ix_people_phone_index") for condition in numbers[0].actors.values()),
        *((actors.where(condition), "uq_actors_nib_index") for condition in numbers[2].actors.values()),
    )

    plans = [(await _plan(sessions, query), index) for query, index in leaning]

    assert len(plans) == 9
    assert [index for plan, index in plans if index not in plan] == []


async def test_a_village_is_told_from_the_words_around_it(app: FastAPI, sessions: Sessions) -> None:
    async with sessions() as db:
        (name,) = await db.scalars(text("SELECT name FROM regions WHERE code = :code"), {"code": VILLAGES[1]})
        behind = await villages_in(db, f"Kopi Siti {name}")
        alone = await villages_in(db, name)
        none = await villages_in(db, "kopi siti")

    assert VILLAGES[1] in behind["kopi siti"]
    assert VILLAGES[1] in alone[""]
    assert none == {}
