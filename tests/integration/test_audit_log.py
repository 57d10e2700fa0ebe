"""Auditors of the Dinas read who did what, by object, person, operation and time; that they did is an entry, too."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.integration.audit_log.router import Wanted, entries
from plut_api.kit.audit import Action
from plut_api.kit.caller import Role
from plut_api.kit.ids import new_id
from tests.conftest import Api
from tests.factories import Make

Sessions = async_sessionmaker[AsyncSession]
LOG = "/v1/audit-log"


@pytest.fixture
async def dinas(api: Api, make: Make) -> Api:
    return api.as_(await make.staff(Role.dinas))


async def logged(auditor: Api, **wanted: Any) -> list[dict[str, Any]]:
    answer = await auditor.get(LOG, **wanted)
    assert answer.status_code == 200, answer.text
    rows: list[dict[str, Any]] = answer.json()["data"]
    return rows


async def test_everything_about_a_person_is_found_by_the_person(dinas: Api, api: Api, make: Make) -> None:
    person, other = await make.person(), await make.person()
    actor = await make.actor(person)
    await make.enrolment(person=person)
    await make.enrolment(person=other)
    await dinas.get(f"/v1/people/{person.id}")

    rows = await logged(dinas, object=str(person.id))

    told = {(row["action"], row["object_kind"]) for row in rows}
    assert told == {("created", "people"), ("created", "ownerships"), ("created", "enrolments"), ("read", "people")}
    assert str(actor.id) in {subject for row in rows for subject in row["about_ids"]}


async def test_newest_first_page_by_page(dinas: Api, make: Make) -> None:
    for _ in range(5):
        await make.organization()
    first = await dinas.get(LOG, action="created", limit=3)
    second = await dinas.get(LOG, action="created", limit=3, cursor=first.json()["next_cursor"])

    ids = [row["id"] for answer in (first, second) for row in answer.json()["data"]]
    assert ids == sorted(ids, reverse=True)
    assert len(set(ids)) == 6


async def test_what_one_caller_did_of_one_kind_at_one_operation(app: FastAPI, dinas: Api, api: Api, make: Make) -> None:
    snooper, person = await make.staff(Role.bank), await make.person()
    await api.as_(snooper).get(f"/v1/financing/referrals/{person.id}")
    await api.as_(snooper).get("/v1/staff")
    await app.state.audit.settle()

    rows = await logged(dinas, caller=str(snooper.id), action="refused", operation="getReferral")

    (row,) = rows
    assert (row["object_ids"], row["caller_kind"], row["role"]) == ([str(person.id)], "staff", "bank")
    assert row["after"] == {"status": 404, "times": 1}


async def test_the_time_has_a_first_and_a_last_instant(dinas: Api, make: Make) -> None:
    organization = await make.organization()
    (row,) = await logged(dinas, object=str(organization.id))
    at = datetime.fromisoformat(row["occurred_at"])
    later = at + timedelta(milliseconds=1)

    async def found(**bounds: datetime) -> int:
        written = {"from" if name == "first" else name: bound.isoformat() for name, bound in bounds.items()}
        return len(await logged(dinas, object=str(organization.id), action="created", **written))

    assert [await found(first=at), await found(first=later), await found(to=later), await found(to=at)] == [1, 0, 1, 0]


async def test_reading_the_log_is_an_entry_that_says_what_was_asked(dinas: Api, make: Make) -> None:
    person = await make.person()
    await logged(dinas, object=str(person.id))

    (row, *_) = await logged(dinas, operation="listAuditEntries")
    assert (row["action"], row["object_kind"]) == ("read", "audit_entries")
    assert row["about_ids"] == [str(person.id)]
    assert row["after"] == {"asked": {"object": str(person.id)}}


@pytest.mark.parametrize("role", [Role.consultant, Role.opd, Role.bank, Role.ojk, Role.partner])
async def test_nobody_but_the_dinas_reads_the_log(api: Api, make: Make, role: Role) -> None:
    answer = await api.as_(await make.staff(role)).get(LOG)

    assert answer.status_code == 403


async def test_a_page_costs_the_same_statements_whatever_its_length(
    dinas: Api, make: Make, statements: list[str]
) -> None:
    costs = []
    for _ in range(2):
        for _ in range(10):
            await make.organization()
        await dinas.get(LOG)
        statements.clear()
        await dinas.get(LOG, limit=200)
        costs.append(len(statements))

    assert costs == [2, 2]  # The page, and the entry that tells of it.


@pytest.mark.usefixtures("unmeasured")
@pytest.mark.parametrize(
    ("wanted", "index"),
    [
        (Wanted(new_id(), None, None, None, None, None), "ix_audit_entries_objects"),
        (Wanted(None, new_id(), None, None, None, None), "ix_audit_entries_caller_id"),
        (Wanted(None, None, "getPerson", None, None, None), "ix_audit_entries_operation"),
        (Wanted(None, None, None, Action.refused, None, None), "ix_audit_entries_action"),
        (Wanted(None, None, None, None, datetime(2026, 3, 2, tzinfo=UTC), None), "pk_audit_entries"),
    ],
)
async def test_every_filter_leans_on_an_index(sessions: Sessions, wanted: Wanted, index: str) -> None:
    async with sessions() as db:
        await db.execute(text("SET LOCAL enable_seqscan = off"))
        query = entries(wanted).order_by(text("id DESC")).limit(50)
        compiled = str(query.compile(dialect=db.get_bind().dialect, compile_kwargs={"literal_binds": True}))
        statement = re.sub(r"ARRAY\['(.+?)'\]", r"'{\1}'", compiled)  # Else an array of text.
        connection = await db.connection()
        plan = "\n".join((await connection.exec_driver_sql(f"EXPLAIN {statement}")).scalars())

    assert index in plan


async def test_a_caller_that_is_no_identifier_is_refused(dinas: Api) -> None:
    answer = await dinas.get(LOG, caller="somebody")

    assert answer.status_code == 422
    assert [fault["pointer"] for fault in answer.json()["errors"]] == ["/query/caller"]


async def test_an_entry_shows_hashes_of_what_is_personal(dinas: Api, make: Make) -> None:
    person = await make.person(full_name="Lale Rahasia")

    (row,) = await logged(dinas, object=str(person.id), action="created")

    assert UUID(row["object_ids"][0]) == person.id
    assert len(row["after"]["full_name"]) == 32
    assert "Rahasia" not in str(row)
