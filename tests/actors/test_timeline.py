"""The timeline of a business: what all rooms tell, newest first, to whom, in whose words, by one query."""

import re
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import Uuid, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.actors.models import Actor, Ownership, Sex
from plut_api.kit import clock
from plut_api.kit.caller import Role
from plut_api.kit.ids import new_id
from plut_api.kit.timeline import KINDS, SILENT, TELLERS, TOLD_TABLES
from plut_api.programs.models import EnrolmentState
from plut_api.tables import METADATA
from tests.conftest import Api
from tests.explaining import Explain
from tests.factories import Make
from tests.financing.story import Business, business_whose_rules_are_met

Sessions = async_sessionmaker[AsyncSession]
YEAR = clock.today().year - 1


async def told(api: Api, actor: Actor, **query: Any) -> list[dict[str, Any]]:
    answer = await api.get(f"/v1/actors/{actor.id}/timeline", **query)
    assert answer.status_code == 200, answer.text
    entries: list[dict[str, Any]] = answer.json()["data"]
    return entries


async def eventful(api: Api, make: Make) -> Business:
    """A business with figures, size, training, proof, a confirmed file, consent and a request for financing."""
    business = await business_whose_rules_are_met(make)
    me, path = api.as_(business.owner), f"/v1/actors/{business.actor.id}"
    figure = (await me.post(f"{path}/annual-figures", year=YEAR, sales_idr=3_000_000_000)).json()
    officer = api.as_(business.consultant)
    await officer.post(f"{path}/annual-figures/{figure['id']}/verify", verification="document_seen")
    await officer.post(f"{path}/readiness/confirm", note="Berkas lengkap.")
    bank = await make.bank(name="Bank Contoh Timur")
    given = await me.post(f"{path}/consents", organization_id=str(bank.id), text_version="1")
    made = await me.post(
        "/v1/financing/referrals",
        actor_id=str(business.actor.id),
        bank_id=str(bank.id),
        amount_idr=10_000_000,
        tenor_months=12,
        purpose="Modal kerja",
    )
    assert made.status_code == 201, made.text
    assert (await me.delete(given.headers["location"], etag='"1"')).status_code == 204
    return business


async def test_everything_that_happened_is_told_newest_first_with_its_row(app: FastAPI, api: Api, make: Make) -> None:
    business = await eventful(api, make)
    me = api.as_(business.owner)

    entries = await told(me, business.actor, limit=200)
    reached = {entry["href"]: (await me.get(entry["href"])).status_code for entry in entries}

    kinds = [entry["kind"] for entry in entries]
    assert {
        *("actor.registered", "owner.joined", "figures.reported", "figures.verified", "size.changed"),
        *("enrolment.created", "enrolment.completed", "readiness.confirmed", "consent.given", "consent.ended"),
        "referral.moved",
    } <= set(kinds)
    assert [entry["at"] for entry in entries] == sorted((entry["at"] for entry in entries), reverse=True)
    assert set(reached.values()) == {200}


async def test_an_owner_is_spoken_to_and_staff_read_the_name_of_whom_they_serve(api: Api, make: Make) -> None:
    owner, other = await make.person(full_name="Baiq Nurul", sex=Sex.female), await make.person()
    actor = await make.actor(owner)
    program = await make.program(title="Kemasan Pangan")
    await make.enrolment(program, owner, actor, state=EnrolmentState.completed, completed_at=clock.now())
    consultant = api.as_(await make.consultant_of(owner))
    kind = "enrolment.completed"

    (mine,) = await told(api.as_(owner), actor, kind=kind)
    (theirs,) = await told(consultant, actor, kind=kind)
    english = await consultant.get(f"/v1/actors/{actor.id}/timeline", kind=kind, headers={"Accept-Language": "en"})

    assert other.full_name not in str(mine)
    assert mine["words"] == "Anda selesai pelatihan Kemasan Pangan."
    assert theirs["words"] == "Ibu Baiq Nurul selesai pelatihan Kemasan Pangan."
    assert english.json()["data"][0]["words"] == "Ms Baiq Nurul completed Kemasan Pangan."


async def test_another_owner_is_not_named_to_an_owner_nor_to_who_does_not_serve_them(api: Api, make: Make) -> None:
    owner, partner = await make.person(), await make.person(full_name="Lalu Rahasia", sex=Sex.male)
    actor = await make.actor(owner)
    await make.add(Ownership(actor_id=actor.id, person_id=partner.id))
    await make.enrolment(await make.program(title="Kemasan"), partner, actor)
    consultant = api.as_(await make.consultant_of(owner))

    for reader in (api.as_(owner), consultant):
        entries = await told(reader, actor)
        assert "Rahasia" not in str(entries)
        assert "Seorang dari usaha ini ikut pelatihan Kemasan." in [entry["words"] for entry in entries]
    assert "Bapak Lalu Rahasia ikut pelatihan Kemasan." in [
        entry["words"] for entry in await told(api.as_(await make.staff()), actor)
    ]


async def test_who_did_it_is_told_by_role(api: Api, make: Make) -> None:
    business = await eventful(api, make)
    entries = await told(api.as_(business.owner), business.actor, limit=200)
    seen = await told(api.as_(business.consultant), business.actor, kind="figures.verified")

    by = {entry["kind"]: entry["by"] for entry in reversed(entries)}  # The newest of each kind.
    assert by["figures.reported"] == {"role": "owner", "is_me": True}
    assert by["figures.verified"] == {"role": "consultant", "is_me": False}
    assert by["size.changed"] == {"role": None, "is_me": False}
    assert seen[0]["by"] == {"role": "consultant", "is_me": True}
    for name in (business.consultant.name, business.consultant.email, str(business.consultant.id)):
        assert str(name) not in str(entries)


async def test_pages_follow_each_other_without_gap_or_repeat_and_kinds_are_chosen(api: Api, make: Make) -> None:
    business = await eventful(api, make)
    me, path = api.as_(business.owner), f"/v1/actors/{business.actor.id}/timeline"
    whole = await told(me, business.actor, limit=200)

    paged: list[dict[str, Any]] = []
    cursor: dict[str, Any] = {}
    while True:
        body = (await me.get(path, limit=3, **cursor)).json()
        paged += body["data"]
        if body["next_cursor"] is None:
            break
        cursor = {"cursor": body["next_cursor"]}
    chosen = await told(me, business.actor, kind=["size.changed", "consent.given"])

    assert paged == whole
    assert {entry["kind"] for entry in chosen} == {"size.changed", "consent.given"}
    assert await told(me, business.actor, kind="no.such") == []


@pytest.mark.parametrize("role", [Role.opd, Role.bank, Role.ojk, Role.partner])
async def test_nobody_else_sees_it(api: Api, make: Make, role: Role) -> None:
    actor = await make.actor()
    path = f"/v1/actors/{actor.id}/timeline"

    outsider = await api.as_(await make.staff(role)).get(path)
    stranger = await api.as_(await make.person()).get(path)
    consultant = await api.as_(await make.consultant_of(await make.person())).get(path)

    assert outsider.status_code == 403
    assert [stranger.status_code, consultant.status_code] == [404, 404]


async def test_more_history_costs_no_more_statements(api: Api, make: Make, statements: list[str]) -> None:
    owner = await make.person()
    actor = await make.actor(owner)
    me = api.as_(owner)
    await told(me, actor)

    async def cost() -> tuple[int, int]:
        for number in range(4):
            await make.figure(actor, year=YEAR - number)
            await make.enrolment(None, owner, actor)
        statements.clear()
        return len(await told(me, actor, limit=200)), len(statements)

    few, more = await cost(), await cost()

    assert few[0] + 8 == more[0]
    assert few[1] == more[1]


@pytest.mark.usefixtures("unmeasured")
async def test_every_branch_finds_its_rows_by_an_index_that_begins_with_the_business(sessions: Sessions) -> None:
    actor_id = new_id()
    async with sessions() as db:
        await db.execute(text("SET LOCAL enable_seqscan = off"))
        for name, teller in TELLERS.items():
            for branch in teller(bindparam("actor", actor_id, type_=Uuid)):
                plan = "\n".join(row[0] for row in await db.execute(Explain(branch)))
                assert "Seq Scan" not in plan, f"{name}: {plan}"
                assert re.search(rf"Index Cond: .*= '{actor_id}'::uuid", plan), f"{name}: {plan}"


def test_every_table_that_refers_to_businesses_has_its_say_or_a_reason_why_not() -> None:
    referring = {
        table.name
        for table in METADATA.sorted_tables
        if any(key.column.table.name == "actors" for key in table.foreign_keys)
        or {"actor_id", "actor_ids"} & set(table.columns.keys())
    }

    assert referring - TOLD_TABLES - SILENT.keys() == set(), "tell of it in the room's timeline.py, or say why not"
    assert not TOLD_TABLES & SILENT.keys()
    assert (TOLD_TABLES | SILENT.keys()) <= set(METADATA.tables)


async def test_every_kind_leads_to_an_operation_that_reads(app: FastAPI) -> None:
    document = app.openapi()
    reading = {re.sub(r"\{\w+\}", "{}", path) for path, item in document["paths"].items() if "get" in item}

    unknown = {kind for kind, telling in KINDS.items() if re.sub(r"\{\w+\}", "{}", telling.href) not in reading}

    assert unknown == set()
