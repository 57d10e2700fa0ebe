"""The audit log writes itself: each change of an audited table, each personal read, each refusal; hashes, no names."""

import ast
import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.actors.models import Person
from plut_api.kit import audit
from plut_api.kit.audit.declared import AUDITED, LISTS, NOT_PERSONAL, READS, UNAUDITED
from plut_api.kit.audit.models import AuditEntry
from plut_api.kit.audit.values import hashed
from plut_api.kit.caller import Role
from plut_api.kit.database import Model, make_engine, unit_of_work
from plut_api.kit.ids import new_id
from plut_api.organizations.models import Organization, OrganizationKind
from plut_api.tables import METADATA
from plut_api.worker import work_off
from tests.conftest import Api
from tests.factories import CLIENT_SECRET, Make
from tests.identity.signing_in import OTP, PHONE, signed_in_person, token, with_code

Sessions = async_sessionmaker[AsyncSession]
SOURCES = Path(__file__).parents[2] / "src" / "plut_api"


async def entries(app: FastAPI, **wanted: Any) -> Sequence[AuditEntry]:
    """What the log has, oldest first, also what is still to be written."""
    await app.state.audit.settle()
    async with app.state.sessions() as db:
        query = select(AuditEntry).filter_by(**wanted).order_by(AuditEntry.id)
        found: Sequence[AuditEntry] = (await db.scalars(query)).all()
        return found


async def of_object(app: FastAPI, object_id: UUID, **wanted: Any) -> list[AuditEntry]:
    return [entry for entry in await entries(app, **wanted) if object_id in entry.object_ids]


# --- What is declared -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("table", [table.name for table in METADATA.sorted_tables])
def test_every_table_is_audited_or_says_why_not(table: str) -> None:
    assert (table in AUDITED) != (table in UNAUDITED), f"name {table} in plut_api/kit/audit/declared.py"


@pytest.mark.parametrize("table", AUDITED)
def test_what_is_declared_of_a_table_are_columns_of_it(table: str) -> None:
    told, columns = AUDITED[table], METADATA.tables[table].columns

    assert told.plain | told.hashed | told.derived <= set(columns.keys())
    assert [column.name for column in columns if column.primary_key] in (["id"], ["actor_id"], ["cooperative_id"])


async def test_every_reading_operation_that_needs_a_token_is_declared(app: FastAPI) -> None:
    reading = set()
    for path, item in app.openapi()["paths"].items():
        for method, operation in item.items():
            if (method == "get" or path.endswith("/search")) and operation.get("security"):
                reading.add(operation["operationId"])
    reading -= {"getProgram", "listPrograms", "listSessions"}  # Public, with more for those who may see it.

    assert reading == READS.keys() | LISTS.keys() | NOT_PERSONAL.keys()


async def test_a_declared_read_names_a_parameter_of_its_path(app: FastAPI) -> None:
    paths = {item["get"]["operationId"]: path for path, item in app.openapi()["paths"].items() if "get" in item}

    assert [name for name, read in READS.items() if f"{{{read.parameter}}}" not in paths[name]] == []


# Statements that pass the session by, of audited tables, in functions that note nothing themselves.
NOT_NOTED = {
    "actors/size_changes.py:_statement": "size classes are derived; what a law changed is noted in size_law.py",
    "financing/judging.py:_judge_again": "results are derived; that a confirmation ends with them, too",
    "financing/generations/flipping.py:": "results are derived; that a confirmation ends with them, too",
    "actors/telling.py:announce_some": "that an end was announced is an event, and a message to its owners",
    "programs/seats.py:count": "the counters are derived from enrolments and offers",
    "programs/merging.py:_give_back": "the counters are derived from enrolments and offers",
    "programs/merging.py:": "the counters are derived from enrolments and offers",
    "programs/attendance/service/batches.py:_write": "noted by _tell",
    "programs/attendance/service/scores.py:_write": "noted by note_scores",
    "kit/rewrapping.py:_change": "the same value under another key",
    "actors/duplicates/pairs.py:": "noted by keep_pairs",
    "outcomes/follow_ups/planning.py:": "noted by open_some",
    "integration/retention.py:_statement": "noted where it runs",
    "integration/loads/actors/applying.py:": "noted where they run",
    "integration/loads/exchange.py:": "noted where it runs",
    **dict.fromkeys(
        (
            *("sample/accompanying.py:", "sample/consulting.py:", "sample/enrolling.py:", "sample/follow_ups.py:"),
            *("sample/outcomes.py:prove", "sample/programs.py:"),
            *("sample/financing.py:", "sample/referring.py:", "sample/repaying.py:"),
        ),
        "invented, into an empty database",
    ),
    "outcomes/handlers.py:": "noted by follow_kept_seats",
    "programs/overlaps/jobs.py:renew_words": "derived from the title and the aim",
    **dict.fromkeys(
        (
            f"programs/overlaps/moving.py:move_{what}"
            for what in ("enrolments", "hosts", "no_shows", "prerequisites", "reserved_seats", "sessions", "waiting")
        ),
        "noted by merge_programs for each table",
    ),
    "actors/privacy/erasure.py:empty_businesses": "noted by _count",
    "actors/privacy/erasure.py:empty_person": "noted by _count",
    "actors/privacy/people.py:forget_beside": "noted by _remove",
}


def test_what_passes_the_session_by_is_noted_where_it_is_done() -> None:
    classes = {mapper.class_.__name__ for mapper in Model.registry.mappers if mapper.class_.__tablename__ in AUDITED}
    raw = re.compile(rf"\b(UPDATE|INSERT INTO|DELETE FROM) ({'|'.join(AUDITED)})\b(?! s )")
    silent = set()
    for path in sorted(SOURCES.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
        for node in (n for n in ast.walk(tree) if isinstance(n, ast.expr)):
            if not (_passes_by(node, classes) or _is_text(node, raw)):
                continue
            around = [f for f in functions if f.lineno <= node.lineno <= (f.end_lineno or 0)]
            name = around[0].name if around else ""
            if not any("audit.record" in ast.unparse(function) for function in around):
                silent.add(f"{path.relative_to(SOURCES).as_posix()}:{name}")

    assert silent - NOT_NOTED.keys() == set(), "say audit.record(…) there, or why not"


def _passes_by(node: ast.AST, classes: set[str]) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in {"update", "delete", "insert"}
        and bool(node.args)
        and isinstance(node.args[0], ast.Name)
        and node.args[0].id in classes
    )


def _is_text(node: ast.AST, raw: re.Pattern[str]) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and bool(raw.search(node.value))


# --- Changes ----------------------------------------------------------------------------------------------------------


async def test_a_change_says_who_did_what_where_before_and_after_without_a_name(
    app: FastAPI, api: Api, make: Make
) -> None:
    person, dinas = await make.person(full_name="Lale Rahasia"), await make.staff(Role.dinas)
    etag = (await api.as_(dinas).get(f"/v1/people/{person.id}")).headers["ETag"]

    answer = await api.as_(dinas).patch(
        f"/v1/people/{person.id}", etag=etag, full_name="Lale Terbuka", village_code="52.03.17.2003"
    )

    (entry,) = await of_object(app, person.id, action="changed")
    assert (entry.caller_id, entry.caller_kind, entry.role) == (dinas.id, "staff", "dinas")
    assert (entry.organization_id, entry.on_behalf_of) == (dinas.organization_id, person.id)
    assert (entry.operation, entry.object_kind) == ("changePerson", "people")
    assert str(entry.request_id) == answer.headers["X-Request-Id"]
    assert entry.network == "127.0.0.0/24"
    assert entry.before == {
        "full_name": hashed("people.full_name", "Lale Rahasia", person.id),
        "village_code": "52.71.01.1004",
    }
    assert entry.after == {
        "full_name": hashed("people.full_name", "Lale Terbuka", person.id),
        "village_code": "52.03.17.2003",
    }


async def test_nothing_personal_stands_in_the_log_in_the_clear(app: FastAPI, api: Api, make: Make) -> None:
    officer = await make.staff(Role.dinas)
    dinas, paper = api.as_(officer), await make.signed_paper(officer)
    secret: dict[str, Any] = {"full_name": "Baiq Sangatrahasia", "nik": "5271014505900001", "phone": "+6281999888777"}

    made = await dinas.post(
        "/v1/people",
        **secret,
        birth_date="1990-05-05",
        sex="female",
        disabilities=["sensory"],
        village_code=None,
        on_behalf=paper,
    )
    found = await dinas.post("/v1/people/search", nik=secret["nik"])

    log = str([[entry.before, entry.after, entry.object_kind] for entry in await entries(app)])
    assert (made.status_code, found.status_code) == (201, 200)
    assert [told for told in (*secret.values(), "1990-05-05", "female", "sensory") if told in log] == []


async def test_equal_values_of_two_rows_do_not_look_equal(make: Make, app: FastAPI) -> None:
    people = [await make.person(full_name="Baiq Sama", birth_date=date(1990, 1, 1)) for _ in range(2)]

    first, second = [(await of_object(app, person.id, action="created"))[0].after or {} for person in people]
    assert {first[name] == second[name] for name in ("full_name", "sex", "birth_date")} == {False}


async def test_a_transaction_that_is_undone_leaves_no_entry(app: FastAPI, sessions: Sessions) -> None:
    organization = Organization(id=new_id(), code="NONE", name="Tidak Jadi", kind=OrganizationKind.opd)
    async with sessions() as db, db.begin() as transaction:
        db.add(organization)
        await db.flush()
        await transaction.rollback()

    assert await of_object(app, organization.id) == []


async def test_what_a_savepoint_undid_leaves_no_entry_and_what_came_before_it_does(
    app: FastAPI, sessions: Sessions
) -> None:
    kept, undone = [
        Organization(id=new_id(), code=code, name=code, kind=OrganizationKind.opd) for code in ("KEPT", "UNDONE")
    ]
    async with unit_of_work(sessions) as db:
        db.add(kept)
        await db.flush()
        savepoint = await db.begin_nested()
        db.add(undone)
        await db.flush()
        await savepoint.rollback()

    assert len(await of_object(app, kept.id)) == 1
    assert await of_object(app, undone.id) == []


async def test_all_changes_of_a_transaction_are_written_by_one_statement(
    sessions: Sessions, statements: list[str]
) -> None:
    async with unit_of_work(sessions) as db:
        for number in range(5):
            db.add(Organization(code=f"MANY_{number}", name="Banyak", kind=OrganizationKind.opd))
            await db.flush()

    assert sum("INSERT INTO audit_entries" in statement for statement in statements) == 1


async def test_secrets_are_not_even_hashed(app: FastAPI, make: Make) -> None:
    staff = await make.staff(Role.dinas)
    client = await make.client(await make.bank(), "financing:pull")

    told = [(await of_object(app, row.id, action="created"))[0].after or {} for row in (staff, client)]
    assert "email" in told[0]
    assert not {"password_hash", "secret_hash", "jwks"} & {*told[0], *told[1]}


async def test_a_command_and_a_job_act_in_their_own_name(app: FastAPI, sessions: Sessions) -> None:
    organization = Organization(id=new_id(), code="CLI", name="Dari Perintah", kind=OrganizationKind.opd)
    with audit.acting_as("cli:staff"):
        async with unit_of_work(sessions) as db:
            db.add(organization)

    (entry,) = await of_object(app, organization.id)
    assert (entry.operation, entry.caller_kind, entry.caller_id) == ("cli:staff", "system", None)


async def test_what_a_job_changes_are_entries_of_the_job(app: FastAPI, api: Api, make: Make) -> None:
    dinas = api.as_(await make.staff(Role.dinas))
    file = (
        b"name,village_code,legal_number,established_on,member_count\n"
        b"Koperasi Desa Merah Putih Sayang Sayang,52.71.04.1007,AHU-0000001.AH.01.29.TAHUN 2025,2025-06-02,40\n"
    )
    taken = await dinas.request(
        "POST", "/v1/imports?kind=cooperatives&mode=commit", files={"file": ("koperasi.csv", file, "text/csv")}
    )
    await work_off(app.state.settings)

    changed = await of_object(app, UUID(taken.json()["id"]), action="changed")
    assert {entry.operation for entry in changed} == {"job:imports.run"}


async def test_people_of_a_loaded_file_are_named_by_the_import(app: FastAPI, api: Api, make: Make) -> None:
    dinas = api.as_(await make.staff(Role.dinas))
    head = "owner_name,business_name,village_code,kbli_code,nib\n"
    rows = "".join(f"Pemilik {n},Usaha {n},52.71.01.1004,10794,{n:013d}\n" for n in range(3))
    taken = await dinas.request(
        "POST", "/v1/imports?kind=actors&mode=commit", files={"file": ("u.csv", (head + rows).encode(), "text/csv")}
    )
    await work_off(app.state.settings)

    loaded = await entries(app, import_id=UUID(taken.json()["id"]), action="created")
    async with app.state.sessions() as db:
        people = set(await db.scalars(select(Person.id)))
    assert {entry.object_kind: len(entry.object_ids) for entry in loaded} == {"people": 3, "actors": 3}
    assert {person for entry in loaded if entry.object_kind == "people" for person in entry.object_ids} == people


# --- Reads ------------------------------------------------------------------------------------------------------------


async def test_staff_who_open_a_person_are_named_and_the_person_is_not(app: FastAPI, api: Api, make: Make) -> None:
    person, dinas = await make.person(), await make.staff(Role.dinas)

    await api.as_(dinas).get(f"/v1/people/{person.id}")
    await api.as_(person).get(f"/v1/people/{person.id}")

    (read,) = await of_object(app, person.id, action="read")
    assert (read.caller_id, read.operation, read.object_kind) == (dinas.id, "getPerson", "people")


async def test_a_list_by_staff_is_one_entry_with_who_was_shown(app: FastAPI, api: Api, make: Make) -> None:
    people = {(await make.person()).id for _ in range(3)}
    dinas = await make.staff(Role.dinas)

    await api.as_(dinas).get("/v1/people")

    (read,) = await entries(app, operation="listPeople")
    assert (set(read.object_ids), read.caller_id) == (people, dinas.id)


async def test_a_list_waits_for_no_statement_of_the_log(api: Api, make: Make, statements: list[str]) -> None:
    dinas = api.as_(await make.staff(Role.dinas))
    statements.clear()

    await dinas.get("/v1/people")

    assert not any("audit_entries" in statement for statement in statements)


# --- Refusals and sign-ins --------------------------------------------------------------------------------------------


async def test_asking_for_what_is_not_ones_own_shows(app: FastAPI, api: Api, make: Make) -> None:
    person, stranger = await make.person(), await make.person()

    refused = await api.as_(stranger).get(f"/v1/people/{person.id}")
    forbidden = await api.as_(stranger).get("/v1/staff")

    told = await entries(app, caller_id=stranger.account_id, action="refused")
    assert (refused.status_code, forbidden.status_code) == (404, 403)
    assert [(entry.operation, entry.object_ids, entry.after) for entry in told] == [
        ("getPerson", [person.id], {"status": 404, "times": 1}),
        ("listStaff", [], {"status": 403, "times": 1}),
    ]


@pytest.mark.parametrize("count", [2500, pytest.param(10_000, marks=pytest.mark.soak)])
async def test_thousands_of_foreign_ids_are_few_entries_that_name_every_one(
    app: FastAPI, api: Api, make: Make, count: int
) -> None:
    bank = await make.staff(Role.bank)
    ids = [UUID(int=new_id().int + number) for number in range(count)]
    officer = api.as_(bank)

    codes = {(await officer.request("GET", f"/v1/financing/referrals/{i}", checked=False)).status_code for i in ids}

    told = await entries(app, caller_id=bank.id, action="refused")
    assert codes == {404}
    assert [found for entry in told for found in entry.object_ids] == ids
    assert sum((entry.after or {})["times"] for entry in told) == count
    assert len(told) < 100


async def test_a_token_that_does_not_work_shows_and_no_token_does_not(app: FastAPI, api: Api) -> None:
    bad = await api.get("/v1/people", headers={"Authorization": "Bearer not.a.token"})
    none = await api.get("/v1/people")

    (entry,) = await entries(app, action="refused")
    assert (bad.status_code, none.status_code) == (401, 401)
    assert (entry.caller_kind, entry.operation, entry.after) == ("anyone", "listPeople", {"status": 401, "times": 1})


async def test_signing_in_and_failing_to_are_entries_without_the_phone(app: FastAPI, api: Api) -> None:
    code = await with_code(api, app)
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    for _ in range(2):
        await token(api, grant_type=OTP, phone=PHONE, code=wrong)
    signed_in = await token(api, grant_type=OTP, phone=PHONE, code=code)

    (success,) = await entries(app, action="signed_in")
    (failure,) = await entries(app, action="sign_in_failed")
    assert signed_in.status_code == 200
    assert (success.caller_kind, success.operation, success.object_ids) == (
        "person",
        "createToken",
        [success.caller_id],
    )
    assert (failure.after or {})["times"] == 2
    assert PHONE not in str([success.after, failure.after])


async def test_failures_for_one_name_can_be_told_from_those_for_another(app: FastAPI, api: Api, make: Make) -> None:
    client = await make.client(await make.bank(), "financing:pull")
    for client_id in (client.id, client.id, new_id()):
        await token(api, grant_type="client_credentials", client_id=client_id, client_secret=f"{CLIENT_SECRET}-not")

    told = await entries(app, action="sign_in_failed")
    assert sorted((entry.after or {})["times"] for entry in told) == [1, 2]


async def test_entries_wait_while_the_database_is_away_and_are_written_when_it_is_back(
    app: FastAPI, api: Api, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    stranger, notes = await make.person(), app.state.audit
    nowhere = make_engine("postgresql://nobody@127.0.0.1:1/nothing", app.state.settings)

    with monkeypatch.context() as patch:
        patch.setattr(notes, "_engine", nowhere)
        await api.as_(stranger).get(f"/v1/people/{new_id()}")
        with pytest.raises(OSError, match=r"127\.0\.0\.1"):
            await notes.settle()

    assert len(await entries(app, caller_id=stranger.account_id, action="refused")) == 1


# --- Only added to ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("table", ["audit_entries", "audit_seals", "audit_links"])
@pytest.mark.parametrize("statement", ["DELETE FROM {}", "TRUNCATE {} CASCADE", "UPDATE {} SET {column} = {column}"])
async def test_not_even_the_owner_changes_the_log_by_a_plain_statement(
    owning: Sessions, sessions: Sessions, table: str, statement: str
) -> None:
    column = {"audit_entries": "operation", "audit_seals": "count", "audit_links": "digest"}[table]
    for whose in (owning, sessions):
        with pytest.raises(DBAPIError, match=r"only added to|permission denied"):
            async with unit_of_work(whose) as db:
                await db.execute(text(statement.format(table, column=column)))


async def test_a_sign_in_of_a_person_makes_the_account_an_entry(app: FastAPI, api: Api) -> None:
    await signed_in_person(api, app)

    created = await entries(app, object_kind="accounts", action="created")
    assert [entry.operation for entry in created] == ["createToken"]
