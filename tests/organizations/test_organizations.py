"""Organizations: anyone reads them, the Dinas registers and changes them."""

from asyncio import gather
from collections import Counter

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.kit.caller import Role
from plut_api.kit.ids import new_id
from plut_api.kit.outbox import Event
from plut_api.organizations.models import OrganizationKind
from plut_api.organizations.problems import OrganizationNotFound
from plut_api.organizations.service import organization_by_code
from tests.conftest import Api
from tests.factories import Make


async def test_the_dinas_registers_a_bank_that_anyone_can_read(api: Api, make: Make) -> None:
    dinas = api.as_(await make.staff(Role.dinas))

    answer = await dinas.post("/v1/organizations", code="BANK_CONTOH", name="Bank Contoh", kind="bank", is_sharia=True)

    assert answer.status_code == 201
    read = await api.get(answer.headers["location"])
    assert read.json() == answer.json()
    assert read.headers["etag"] == answer.headers["etag"] == '"1"'
    assert (read.json()["is_sharia"], read.json()["is_active"]) == (True, True)


async def test_registering_and_changing_are_told_as_events(
    api: Api, make: Make, sessions: async_sessionmaker[AsyncSession]
) -> None:
    staff = await make.staff(Role.dinas)
    dinas = api.as_(staff)

    made = await dinas.post("/v1/organizations", code="OPD_CONTOH", name="OPD Contoh", kind="opd")
    await dinas.patch(made.headers["location"], etag=made.headers["etag"], name="OPD Contoh Baru")

    async with sessions() as db:
        events = list(await db.scalars(select(Event).order_by(Event.id)))
    assert [event.name for event in events] == ["organization.registered", "organization.changed"]
    assert {str(event.subject_id) for event in events} == {made.json()["id"]}
    assert {event.caller_id for event in events} == {staff.id}


@pytest.mark.parametrize("role", [Role.consultant, Role.opd, Role.bank, Role.ojk, Role.partner])
async def test_nobody_but_the_dinas_registers_or_changes(api: Api, make: Make, role: Role) -> None:
    bank = await make.bank()
    officer = api.as_(await make.staff(role))

    registered = await officer.post("/v1/organizations", code="BANK_X", name="Bank X", kind="bank")
    changed = await officer.patch(f"/v1/organizations/{bank.id}", etag='"1"', name="Bank Y")

    assert {(answer.status_code, answer.json()["code"]) for answer in (registered, changed)} == {(403, "forbidden")}


async def test_without_sign_in_nothing_is_registered(api: Api) -> None:
    answer = await api.post("/v1/organizations", code="BANK_X", name="Bank X", kind="bank")

    assert answer.status_code == 401


async def test_a_code_is_taken_once_however_many_ask_at_once(api: Api, make: Make) -> None:
    dinas = api.as_(await make.staff(Role.dinas))

    answers = await gather(
        *(dinas.post("/v1/organizations", code="BANK_CONTOH", name=f"Bank {n}", kind="bank") for n in range(6))
    )

    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 5}
    assert {answer.json()["code"] for answer in answers if answer.is_error} == {"organization_code_taken"}


async def test_only_a_bank_can_be_sharia(api: Api, make: Make) -> None:
    dinas = api.as_(await make.staff(Role.dinas))
    opd = await make.organization(OrganizationKind.opd)

    made = await dinas.post("/v1/organizations", code="OPD_X", name="OPD X", kind="opd", is_sharia=True)
    changed = await dinas.patch(f"/v1/organizations/{opd.id}", etag='"1"', is_sharia=True)

    for answer in (made, changed):
        assert answer.status_code == 422
        assert [(f["pointer"], f["code"]) for f in answer.json()["errors"]] == [
            ("#/is_sharia", "only_banks_are_sharia")
        ]


async def test_every_wrong_value_is_named_at_once(api: Api, make: Make) -> None:
    dinas = api.as_(await make.staff(Role.dinas))

    answer = await dinas.post("/v1/organizations", code="bank x", name=" ", kind="shop", is_sharia="yes", extra=1)

    assert answer.status_code == 422
    assert {fault["pointer"] for fault in answer.json()["errors"]} == {
        "#/code",
        "#/name",
        "#/kind",
        "#/is_sharia",
        "#/extra",
    }


async def test_of_two_changes_made_from_one_version_one_wins(api: Api, make: Make) -> None:
    bank = await make.bank()
    dinas = api.as_(await make.staff(Role.dinas))

    answers = await gather(
        *(dinas.patch(f"/v1/organizations/{bank.id}", etag='"1"', name=f"Bank {n}") for n in range(5))
    )

    assert Counter(answer.status_code for answer in answers) == {200: 1, 412: 4}
    winner = next(answer for answer in answers if answer.status_code == 200)
    assert (await api.get(f"/v1/organizations/{bank.id}")).json() == winner.json()
    assert winner.headers["etag"] == '"2"'


async def test_a_change_says_from_which_version_it_was_made(api: Api, make: Make) -> None:
    bank = await make.bank()
    dinas = api.as_(await make.staff(Role.dinas))

    answer = await dinas.patch(f"/v1/organizations/{bank.id}", etag=None, name="Bank Baru")

    assert (answer.status_code, answer.json()["code"]) == (428, "precondition_required")


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"name": None}, "#/name"),  # null would remove the name.
        ({"is_active": None}, "#/is_active"),
        ({"code": "BANK_Y"}, "#/code"),  # Others know it by its code.
        ({"kind": "opd"}, "#/kind"),  # Its staff would change their role.
        ({}, "#"),
    ],
)
async def test_what_may_not_change_is_refused(api: Api, make: Make, change: dict[str, object], pointer: str) -> None:
    bank = await make.bank()
    dinas = api.as_(await make.staff(Role.dinas))

    answer = await dinas.patch(f"/v1/organizations/{bank.id}", etag='"1"', **change)

    assert answer.status_code == 422
    assert [fault["pointer"] for fault in answer.json()["errors"]] == [pointer]
    assert (await api.get(f"/v1/organizations/{bank.id}")).headers["etag"] == '"1"'


async def test_the_list_has_those_that_take_part_in_order_of_code(api: Api, make: Make) -> None:
    await make.bank(code="BANK_B", name="Bank Dua")
    await make.bank(code="BANK_A", name="Bank Satu")
    await make.organization(OrganizationKind.opd, code="OPD_A")
    await make.bank(code="BANK_C", is_active=False)

    usual = (await api.get("/v1/organizations")).json()["data"]
    banks = (await api.get("/v1/organizations", kind="bank")).json()["data"]
    either = (await api.get("/v1/organizations", kind=["bank", "opd"], include_inactive="true")).json()["data"]

    assert [row["code"] for row in usual] == ["BANK_A", "BANK_B", "OPD_A"]
    assert [row["code"] for row in banks] == ["BANK_A", "BANK_B"]
    assert [row["code"] for row in either] == ["BANK_A", "BANK_B", "BANK_C", "OPD_A"]


async def test_an_organization_is_found_by_a_misspelt_name_or_its_code(api: Api, make: Make) -> None:
    await make.bank(code="BNTB", name="Bank NTB Syariah")
    await make.organization(code="DISKOP", name="Dinas Koperasi")

    for text in ("syariah", "syaria", "sariah", "bntb"):
        found = (await api.get("/v1/organizations", q=text)).json()["data"]
        assert [row["code"] for row in found] == ["BNTB"], text


async def test_an_unknown_organization_is_not_found(api: Api, make: Make) -> None:
    dinas = api.as_(await make.staff(Role.dinas))

    read = await api.get(f"/v1/organizations/{new_id()}")
    changed = await dinas.patch(f"/v1/organizations/{new_id()}", etag='"1"', name="Bank")

    assert {(a.status_code, a.json()["code"]) for a in (read, changed)} == {(404, "organization_not_found")}


async def test_an_organization_is_looked_up_by_its_code(make: Make, sessions: async_sessionmaker[AsyncSession]) -> None:
    bank = await make.bank(code="BANK_CONTOH")

    async with sessions() as db:
        assert (await organization_by_code(db, "BANK_CONTOH")).id == bank.id
        with pytest.raises(OrganizationNotFound):
            await organization_by_code(db, "BANK_LAIN")
