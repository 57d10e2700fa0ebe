"""Look-alikes: shown on registration, looked up by index."""

from typing import Any

from fastapi import FastAPI
from sqlalchemy import true

from plut_api.actors.queries import look_alikes
from plut_api.kit.caller import Role
from tests.conftest import Api
from tests.factories import Make

KOPI: dict[str, Any] = {"name": "Kopi Sembalun", "village_code": "52.71.01.1004", "kbli_code": "10761"}


async def test_the_dinas_is_shown_every_possible_duplicate_and_others_those_within_their_rows(
    api: Api, make: Make
) -> None:
    await make.actor(name="Kopi Sembalun Jaya", village_code=KOPI["village_code"])
    await make.actor(name="Bengkel Motor", village_code=KOPI["village_code"])
    owner = await make.person()

    by_owner = await api.as_(owner).post("/v1/actors", **KOPI)
    by_consultant = await api.as_(await make.consultant_of(owner)).post("/v1/actors", **KOPI, owner_id=str(owner.id))
    by_dinas = await api.as_(await make.staff(Role.dinas)).post("/v1/actors", **KOPI, owner_id=str(owner.id))

    assert by_owner.json()["possible_duplicates"] == []
    found = by_consultant.json()["possible_duplicates"]
    assert [(d["name"], d["why"]) for d in found] == [("Kopi Sembalun", ["name", "phone"])]
    found = by_dinas.json()["possible_duplicates"]
    assert [(d["name"], d["why"]) for d in found] == [
        ("Kopi Sembalun", ["name", "phone"]),
        ("Kopi Sembalun", ["name", "phone"]),
        ("Kopi Sembalun Jaya", ["name"]),
    ]


async def test_every_possible_duplicate_is_shown_with_every_reason(api: Api, make: Make) -> None:
    officer = api.as_(await make.staff(Role.dinas))
    owner = await make.person(phone="+6281234567890")
    partner = (await officer.post("/v1/people", full_name="Amaq Contoh", phone="081234567890")).json()["id"]
    for number in range(25):
        await make.actor(name=f"Kopi Sembalun {number}", village_code=KOPI["village_code"])
    elsewhere = await make.actor(name="Kopi Sembalun", village_code="52.03.17.2003")
    of_partner = await officer.post("/v1/actors", name="Bengkel Motor", village_code="52.03.17.2003", owner_id=partner)

    answer = await officer.post("/v1/actors", **KOPI, owner_id=str(owner.id))

    found = {d["id"]: d["why"] for d in answer.json()["possible_duplicates"]}
    assert len(found) == 26
    assert found[of_partner.json()["id"]] == ["phone"]
    assert str(elsewhere.id) not in found


async def test_duplicates_are_looked_up_by_index_not_by_reading_all(app: FastAPI, make: Make) -> None:
    actor = await make.actor()
    query = look_alikes(actor, true()).compile(app.state.engine, compile_kwargs={"literal_binds": True})

    async with app.state.engine.connect() as connection:
        await connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        plan = "\n".join((await connection.exec_driver_sql(f"EXPLAIN {query}")).scalars())

    assert "ix_actors_village_name_trgm" in plan
    assert "ix_people_phone_index" in plan
    assert "Seq Scan" not in plan
