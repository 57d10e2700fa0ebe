"""The disclosure log: what callers outside PLUT were shown, told to whom it is about, found again after a breach."""

import csv
import io
import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.actors.privacy.models import Disclosure
from plut_api.actors.service.disclosures import disclose
from plut_api.cli import privacy
from plut_api.kit import clock
from plut_api.kit.audit.models import Action, AuditEntry
from plut_api.kit.caller import Caller, Kind, Role
from plut_api.kit.database import unit_of_work
from plut_api.kit.ids import new_id
from tests.cli.commands import Plut
from tests.conftest import Api
from tests.factories import Make, caller_for
from tests.financing.story import Business, confirmed_business

Sessions = async_sessionmaker[AsyncSession]
FIELDS = ["business_name", "owner_name"]


async def count(sessions: Sessions) -> int:
    async with sessions() as db:
        return await db.scalar(select(func.count()).select_from(Disclosure)) or 0


async def shown(sessions: Sessions, caller: Caller, *actor_ids: Any, operation: str = "listReadyBusinesses") -> None:
    async with unit_of_work(sessions) as db:
        await disclose(db, caller, new_id(), operation, list(actor_ids), FIELDS)


def banker(bank: Any) -> Caller:
    return Caller(new_id(), Kind.client, Role.bank, frozenset(), bank.id)


async def referred(api: Api, make: Make) -> tuple[Business, Any, dict[str, Any]]:
    """A business with an open referral at a bank."""
    business, bank = await confirmed_business(api, make), await make.bank()
    await make.consent(business.actor, bank)
    answer = await api.as_(business.owner).post(
        "/v1/financing/referrals",
        actor_id=str(business.actor.id),
        bank_id=str(bank.id),
        amount_idr=50_000_000,
        tenor_months=24,
        purpose="Mesin kemasan.",
    )
    assert answer.status_code == 201, answer.text
    return business, bank, answer.json()


async def test_an_owner_sees_who_saw_what_why_and_when(api: Api, make: Make, sessions: Sessions) -> None:
    owner, bank = await make.person(), await make.bank(name="Bank Contoh Nusantara")
    actor = await make.actor(owner)
    await shown(sessions, banker(bank), actor.id, new_id())

    answer = await api.as_(owner).get(f"/v1/actors/{actor.id}/disclosures")

    (entry,) = answer.json()["data"]
    assert entry["organization_name"] == "Bank Contoh Nusantara"
    assert (entry["operation"], entry["purpose"], entry["fields"]) == ("listReadyBusinesses", "financing", FIELDS)
    assert entry["actor_ids"] == [str(actor.id)]
    mine = await api.as_(owner).get("/v1/me/disclosures")
    assert mine.json()["data"] == [entry]


async def test_others_see_no_disclosures_and_the_dinas_does(api: Api, make: Make, sessions: Sessions) -> None:
    actor, bank = await make.actor(), await make.bank()
    await shown(sessions, banker(bank), actor.id)
    path = f"/v1/actors/{actor.id}/disclosures"

    stranger = await api.as_(await make.person()).get(path)
    other_owner = await api.as_(await _owner_of_another(make)).get("/v1/me/disclosures")
    of_bank = await api.as_(await make.staff(Role.bank, bank)).get(path)
    dinas = await api.as_(await make.staff(Role.dinas)).get(path)

    assert (stranger.status_code, of_bank.status_code) == (404, 403)
    assert other_owner.json()["data"] == []
    assert len(dinas.json()["data"]) == 1


async def _owner_of_another(make: Make) -> Any:
    owner = await make.person()
    await make.actor(owner)
    return owner


async def test_pages_of_disclosures_cost_the_same_however_many_there_are(
    api: Api, make: Make, sessions: Sessions, statements: list[str]
) -> None:
    owner, bank = await make.person(), await make.bank()
    actor = await make.actor(owner)
    me, path = api.as_(owner), f"/v1/actors/{actor.id}/disclosures"
    await me.get(path)
    counted = []
    for _ in range(2):
        for _ in range(4):
            await shown(sessions, banker(bank), actor.id)
        statements.clear()
        page = (await me.get(path, limit=3)).json()
        counted.append(len(statements))

    assert counted[0] == counted[1] <= 3
    following = (await me.get(path, limit=200, cursor=page["next_cursor"])).json()["data"]
    ids = [entry["id"] for entry in page["data"] + following]
    assert len(ids) == 8
    assert ids == sorted(ids, reverse=True)


@pytest.mark.usefixtures("unmeasured")
async def test_the_list_is_found_by_index(sessions: Sessions) -> None:
    async with sessions() as db:
        await db.execute(text("SET LOCAL enable_seqscan = off"))
        plan = await db.scalars(
            text("EXPLAIN SELECT * FROM disclosures WHERE actor_ids @> CAST('{' || :id || '}' AS uuid[])"),
            {"id": str(new_id())},
        )

    assert any("ix_disclosures_actor_ids" in line for line in plan)


async def test_a_bank_that_reads_referrals_leaves_a_line_for_each_answer(
    api: Api, make: Make, sessions: Sessions
) -> None:
    business, bank, referral = await referred(api, make)
    officer, path = api.as_(await make.staff(Role.bank, bank)), f"/v1/financing/referrals/{referral['id']}"

    await officer.get("/v1/financing/referrals")
    await officer.get(path)
    await officer.post(f"{path}/transitions", to="received")
    await officer.get(f"{path}/transitions")

    seen = (await api.as_(business.owner).get(f"/v1/actors/{business.actor.id}/disclosures")).json()["data"]
    assert [entry["operation"] for entry in reversed(seen)] == [
        "listReferrals",
        "getReferral",
        "moveReferral",
        "listReferralTransitions",
    ]
    assert {entry["organization_id"] for entry in seen} == {str(bank.id)}


async def test_an_organizer_who_reads_participants_leaves_a_line(api: Api, make: Make, sessions: Sessions) -> None:
    opd = await make.organization()
    program, person = await make.program(opd), await make.person()
    enrolment = await make.enrolment(program, person)
    officer = api.as_(await make.staff(Role.opd, opd))

    await officer.get(f"/v1/programs/{program.id}/enrolments")
    await officer.get("/v1/enrolments")
    await officer.get(f"/v1/enrolments/{enrolment.id}")
    await officer.get(f"/v1/enrolments/{enrolment.id}/outcomes")

    seen = (await api.as_(person).get("/v1/me/disclosures")).json()["data"]
    assert [entry["operation"] for entry in reversed(seen)] == [
        "listProgramEnrolments",
        "listEnrolments",
        "getEnrolment",
        "getOutcomes",
    ]
    assert {entry["purpose"] for entry in seen} == {"training"}


async def test_nothing_is_written_for_empty_answers_nor_inside_plut(api: Api, make: Make, sessions: Sessions) -> None:
    opd, program = await make.organization(), await make.program()
    await make.enrolment(program)
    officer, dinas = api.as_(await make.staff(Role.opd, opd)), api.as_(await make.staff(Role.dinas))

    assert (await officer.get("/v1/enrolments")).json()["data"] == []
    assert len((await dinas.get("/v1/enrolments")).json()["data"]) == 1
    assert len((await dinas.get(f"/v1/programs/{program.id}/enrolments")).json()["data"]) == 1

    assert await count(sessions) == 0


async def test_a_block_is_one_statement_whatever_it_holds(
    make: Make, sessions: Sessions, statements: list[str]
) -> None:
    bank = await make.bank()
    async with unit_of_work(sessions) as db:
        await db.execute(text("SELECT 1"))
        statements.clear()
        await disclose(db, banker(bank), new_id(), "listReadyBusinesses", [new_id() for _ in range(1000)], FIELDS)

        assert len(statements) == 1


async def test_the_log_is_only_added_to(
    make: Make, sessions: Sessions, owning: async_sessionmaker[AsyncSession]
) -> None:
    await shown(sessions, banker(await make.bank()), new_id())

    for statement in ("UPDATE disclosures SET purpose = 'x'", "DELETE FROM disclosures"):
        for attempt in (sessions, owning):
            with pytest.raises(DBAPIError):
                async with unit_of_work(attempt) as db:
                    await db.execute(text(statement))

    assert await count(sessions) == 1


async def test_after_a_breach_the_operator_lists_whom_a_client_was_shown(make: Make, sessions: Sessions) -> None:
    owner = await make.person(full_name="Baiq Terdampak", phone="+628190001122")
    actor, bank = await make.actor(owner, name="Kopi Terdampak"), await make.bank()
    client = await make.client(bank, "financing:pull")
    await shown(sessions, caller_for(client), actor.id)
    await shown(sessions, caller_for(client), actor.id)
    await shown(sessions, banker(bank), (await make.actor()).id)
    plut = Plut(privacy.register)
    period = ("--from", _at(-1), "--to", _at(1))

    exposed = await plut.made("privacy", "exposure", "--client", str(client.id), *period)
    as_csv = await plut("privacy", "exposure", "--client", str(client.id), *period)
    before = await plut.made(
        "privacy", "exposure", "--client", str(client.id), "--from", _at(-3), "--to", f"{_at(-2)}+08:00"
    )

    (row,) = exposed
    assert (row["person_id"], row["person_name"], row["phone"]) == (str(owner.id), "Baiq Terdampak", "+628190001122")
    assert (row["actor_id"], row["business_name"]) == (str(actor.id), "Kopi Terdampak")
    assert (row["times"], row["fields"], row["operations"]) == (2, sorted(FIELDS), ["listReadyBusinesses"])
    async with sessions() as db:
        noted = await db.scalars(select(AuditEntry.object_ids).where(AuditEntry.action == Action.read.value))
        assert [owner.id] in noted.all()  # That the operator looked is on record, too.
    (line,) = csv.DictReader(io.StringIO(as_csv.stdout))
    assert line["phone"] == "+628190001122"
    assert before == []


async def test_exposure_of_an_organization_covers_every_caller_of_it(make: Make, sessions: Sessions) -> None:
    bank, person = await make.bank(code="BANK_TERPAPAR"), await make.person()
    async with unit_of_work(sessions) as db:
        await disclose(
            db, banker(bank), None, "getPerson", [], ["person_name"], purpose="training", person_ids=[person.id]
        )
    plut = Plut(privacy.register)

    answer = await plut(
        "privacy", "exposure", "--organization", "BANK_TERPAPAR", "--from", _at(-1), "--to", _at(1), "--json"
    )

    assert [row["person_id"] for row in json.loads(answer.stdout)] == [str(person.id)]


def _at(hours: int) -> str:
    return (clock.now() + timedelta(hours=hours)).astimezone(clock.WITA).strftime("%Y-%m-%dT%H:%M:%S")
