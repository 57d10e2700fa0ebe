"""What is never rewritten is found by the survivor; what is erased leaves nothing in a journal."""

from fastapi import FastAPI
from sqlalchemy import select

from plut_api.actors.merging.models import MergeMove
from plut_api.actors.models import Actor
from plut_api.actors.privacy.models import Disclosure
from plut_api.identity.models import Account
from plut_api.integration.retention import due
from plut_api.kit.ids import new_id
from tests.actors.merging.records import Sessions, merge
from tests.conftest import Api
from tests.factories import Make
from tests.identity.signing_in import sent_code


async def test_who_saw_the_old_record_is_told_by_the_survivor(api: Api, make: Make, sessions: Sessions) -> None:
    owner, second, dinas = await make.person(), await make.person(), api.as_(await make.staff())
    one, other = await make.actor(owner), await make.actor(second)
    bank = await make.bank()
    seen = Disclosure(
        id=new_id(),
        caller_id=new_id(),
        organization_id=bank.id,
        operation="listReadyBusinesses",
        purpose="financing",
        fields=["business_name"],
        actor_ids=[other.id],
        person_ids=[second.id],
    )
    await make.add(seen)
    await merge(dinas, "actors", one, other)
    await merge(dinas, "people", owner, second)

    for path in (f"/v1/actors/{one.id}/disclosures", "/v1/me/disclosures"):
        rows = (await api.as_(owner).get(path)).json()["data"]
        assert [row["id"] for row in rows] == [str(seen.id)], path
        assert rows[0]["actor_ids"] == [str(other.id)]


async def test_the_log_names_the_old_id_and_is_found_by_the_survivor(api: Api, make: Make) -> None:
    one, other, dinas = await make.person(), await make.person(), api.as_(await make.staff())
    await dinas.get(f"/v1/people/{other.id}")
    await merge(dinas, "people", one, other)

    rows = (await dinas.get("/v1/audit-log", object=str(one.id), limit=200)).json()["data"]

    assert any(row["operation"] == "getPerson" and row["object_ids"] == [str(other.id)] for row in rows)
    merged = [row for row in rows if (row["after"] or {}).get("event") == "merged"]
    assert [set(row["object_ids"]) for row in merged] == [{str(one.id), str(other.id)}]


async def test_the_journal_shows_no_values(api: Api, make: Make, sessions: Sessions) -> None:
    one = await make.person(full_name="Baiq Satu")
    other = await make.person(full_name="Baiq Dua Nama Rahasia")
    await merge(api.as_(await make.staff()), "people", one, other)

    async with sessions() as db:
        sealed = [bytes(line.rows_sealed or b"") for line in await db.scalars(select(MergeMove))]
        waiting = {each.rule.code: each.rows for each in await due(db)}

    assert sealed
    assert not any(b"Rahasia" in value for value in sealed)
    assert waiting["merge_journals"] == 0


async def test_erasing_the_survivor_erases_the_journal_the_second_account_and_the_key_of_files(
    app: FastAPI, api: Api, make: Make, sessions: Sessions
) -> None:
    phone = "+6281234509876"
    one, other, dinas = await make.person(phone=phone), await make.person(), api.as_(await make.staff())
    mine, theirs = await make.actor(one, row_key="a:1"), await make.actor(other, row_key="a:2")
    await merge(dinas, "people", one, other)
    await merge(dinas, "actors", mine, theirs)
    async with sessions() as db:
        assert await db.scalar(select(Actor.row_key).where(Actor.id == theirs.id)) == "a:2"

    await api.as_(one).post("/v1/me/erasure")
    erased = await api.as_(one).post("/v1/me/erasure/confirm", code=sent_code(app, phone))
    assert erased.status_code == 200, erased.text

    async with sessions() as db:
        assert all(line.rows_sealed is None for line in await db.scalars(select(MergeMove)))
        assert set(await db.scalars(select(Actor.row_key))) == {None}
        assert list(await db.scalars(select(Account.id).where(Account.kind == "person"))) == []
    gone = await dinas.get(f"/v1/people/{other.id}")
    assert gone.status_code == 404
