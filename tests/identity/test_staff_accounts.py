"""Accounts of staff: the Dinas invites, changes and switches off; nobody else does, and the Dinas never goes dark."""

from asyncio import gather
from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.identity.models import Account
from plut_api.identity.policy import client_scopes_allowed
from plut_api.kit import clock
from plut_api.kit.caller import Role
from plut_api.kit.outbox import Event
from plut_api.organizations.models import OrganizationKind
from tests.conftest import Api
from tests.factories import Make
from tests.identity.signing_in import PASSWORD, renewed, token
from tests.identity.staff_steps import FIRST, mails, officer, sent_token

Sessions = async_sessionmaker[AsyncSession]


@pytest.fixture
async def dinas(api: Api, make: Make) -> Api:
    """An officer of the Dinas."""
    return api.as_(await make.staff(Role.dinas))


async def test_an_invited_officer_chooses_a_password_by_the_link_and_signs_in(
    api: Api, app: FastAPI, make: Make, dinas: Api
) -> None:
    bank = await make.bank()

    invited = await dinas.post(
        "/v1/staff", email="Ibu.Baru@bank.example", role="bank", name="Ibu Baru", organization_code=bank.code
    )
    ((to, subject, text),) = await mails(app)
    before = await token(api, grant_type=PASSWORD, email="ibu.baru@bank.example", password=FIRST)
    again = await dinas.post(f"/v1/staff/{invited.json()['id']}/invitations")
    chosen = await api.post("/oauth/passwords", token=await sent_token(app), password=FIRST)
    after = await token(api, grant_type=PASSWORD, email="ibu.baru@bank.example", password=FIRST)
    shown = await dinas.get(invited.headers["location"])

    assert (invited.status_code, invited.json()["email"]) == (201, "ibu.baru@bank.example")
    assert invited.json()["organization"]["code"] == bank.code
    assert invited.json()["email_confirmed_at"] is None
    assert (to, subject) == ("ibu.baru@bank.example", "Undangan ke PLUT NTB")
    assert "Ibu Baru" in text
    assert [a.status_code for a in (before, again, chosen, after)] == [400, 202, 204, 200]
    assert shown.json()["email_confirmed_at"] is not None


async def test_an_invitation_is_good_for_two_days(api: Api, app: FastAPI, dinas: Api) -> None:
    await dinas.post("/v1/staff", email="a@b.example", role="dinas")
    link = await sent_token(app)

    with clock.clock_at(clock.now() + timedelta(hours=49)):
        late = await api.post("/oauth/passwords", token=link, password=FIRST)
    with clock.clock_at(clock.now() + timedelta(hours=47)):
        in_time = await api.post("/oauth/passwords", token=link, password=FIRST)

    assert (late.status_code, in_time.status_code) == (422, 204)


async def test_what_an_invitation_cannot_be(make: Make, dinas: Api) -> None:
    bank = await make.bank()
    await dinas.post("/v1/staff", email="taken@b.example", role="bank", organization_code=bank.code)
    wishes: list[dict[str, Any]] = [
        {"email": "taken@b.example", "role": "bank", "organization_code": bank.code},
        {"email": "a@b.example", "role": "dinas", "organization_code": bank.code},
        {"email": "a@b.example", "role": "bank", "organization_code": "NOBODY"},
        {"email": "a b@c.example", "role": "bank", "organization_code": bank.code},
        {"email": "a@b.example", "role": "person", "organization_code": bank.code},
        {"email": "a@b.example", "role": "bank", "organization_code": bank.code, "is_active": True},
    ]

    answers = [await dinas.post("/v1/staff", **wish) for wish in wishes]

    assert [(a.status_code, a.json()["code"]) for a in answers] == [
        (409, "email_taken"),
        (409, "role_not_allowed"),
        (404, "organization_not_found"),
        (422, "invalid"),
        (422, "invalid"),
        (422, "invalid"),
    ]


@pytest.mark.parametrize("role", [Role.consultant, Role.opd, Role.bank, Role.ojk, Role.partner])
async def test_nobody_but_the_dinas_keeps_accounts(api: Api, make: Make, role: Role) -> None:
    account = await make.staff(role)
    other = api.as_(account)

    answers = [
        await other.get("/v1/staff"),
        await other.get(f"/v1/staff/{account.id}"),
        await other.post("/v1/staff", email="a@b.example", role="dinas"),
        await other.patch(f"/v1/staff/{account.id}", etag='"1"', role="dinas"),
        await other.post(f"/v1/staff/{account.id}/invitations"),
        await other.post(f"/v1/staff/{account.id}/totp-resets"),
    ]

    assert [answer.status_code for answer in answers] == [403] * 6


async def test_a_machine_of_the_dinas_makes_no_staff(api: Api, make: Make) -> None:
    client = await make.client(await make.organization(OrganizationKind.dinas), "staff:read")

    refused = await api.as_(client, OrganizationKind.dinas).post("/v1/staff", email="a@b.example", role="dinas")

    assert refused.status_code == 403
    assert "staff:write" not in client_scopes_allowed(OrganizationKind.dinas)


async def test_the_list_is_filtered_and_paged_without_a_query_per_row(
    make: Make, dinas: Api, statements: list[str]
) -> None:
    bank = await make.bank()
    officers = [await make.staff(Role.bank, bank) for _ in range(3)]
    await make.staff(Role.ojk)
    await make.person()
    await dinas.get("/v1/staff", role="ojk")
    statements.clear()
    await dinas.get("/v1/staff", role="ojk")
    for_one = len(statements)
    statements.clear()

    of_bank = (await dinas.get("/v1/staff", organization=bank.code)).json()
    for_three = len(statements)
    first = (await dinas.get("/v1/staff", role=["bank", "dinas"], limit=2)).json()
    second = (await dinas.get("/v1/staff", role=["bank", "dinas"], limit=2, cursor=first["next_cursor"])).json()
    off = (await dinas.get("/v1/staff", active="false")).json()

    assert [row["id"] for row in of_bank["data"]] == [str(account.id) for account in officers]
    assert for_three == for_one
    assert [row["role"] for row in first["data"] + second["data"]] == ["dinas", "bank", "bank", "bank"]
    assert (second["next_cursor"], off["data"]) == (None, [])


async def test_who_is_switched_off_or_changes_role_is_signed_out_everywhere(
    api: Api, app: FastAPI, make: Make, dinas: Api, sessions: Sessions
) -> None:
    someone = await officer(api, app, make, Role.dinas)
    path = f"/v1/staff/{someone.id}"
    first = await someone.tokens()

    renamed = await dinas.patch(path, etag='"1"', name="Ibu Lain")
    kept = await renewed(api, first["refresh_token"])
    demoted = await dinas.patch(path, etag=renamed.headers["etag"], role="consultant")
    ended = await renewed(api, kept.json()["refresh_token"])
    second = await someone.tokens()
    off = await dinas.patch(path, etag=demoted.headers["etag"], is_active=False)
    ended_too = await renewed(api, second["refresh_token"])
    outside = await someone.ask()
    invited = await dinas.post(f"{path}/invitations")
    on = await dinas.patch(path, etag=off.headers["etag"], is_active=True)

    assert (renamed.json()["name"], demoted.json()["role"], off.json()["is_active"]) == (
        "Ibu Lain",
        "consultant",
        False,
    )
    assert [a.status_code for a in (kept, ended, ended_too, outside, on)] == [200, 400, 400, 400, 200]
    assert (invited.status_code, invited.json()["code"]) == (409, "inactive_staff")
    assert (await someone.ask()).status_code == 200
    async with sessions() as db:
        told = (await db.scalars(select(Event.name).where(Event.subject_id == someone.id).order_by(Event.id))).all()
    assert told == ["staff.changed"] * 4


async def test_a_change_asks_for_the_version_it_was_made_from(make: Make, dinas: Api) -> None:
    account = await make.staff(Role.ojk)
    path = f"/v1/staff/{account.id}"

    answers = [
        await dinas.patch(path, etag=None, name="A"),
        await dinas.patch(path, etag='"7"', name="A"),
        await dinas.patch(path, etag='"1"', role="bank"),
        await dinas.patch(path, etag='"1"'),
        await dinas.patch(path, etag='"1"', email="b@c.example"),
        await dinas.patch(path, etag='"1"', is_active=None),
    ]

    assert [answer.status_code for answer in answers] == [428, 412, 409, 422, 422, 422]


async def test_the_last_officer_of_the_dinas_stays(api: Api, app: FastAPI, make: Make, sessions: Sessions) -> None:
    last = await make.staff(Role.dinas)
    me = api.as_(last)
    await me.post("/v1/staff", email="invited@dinas.example", role="dinas")
    await me.post("/v1/staff", email="consultant@dinas.example", role="consultant")

    off = await me.patch(f"/v1/staff/{last.id}", etag='"1"', is_active=False)
    demoted = await me.patch(f"/v1/staff/{last.id}", etag='"1"', role="consultant")
    another = await make.staff(Role.dinas)
    now = await me.patch(f"/v1/staff/{last.id}", etag='"1"', is_active=False)

    assert [(a.status_code, a.json()["code"]) for a in (off, demoted)] == [(409, "last_officer")] * 2
    assert now.status_code == 200
    async with sessions() as db:
        assert (await db.get_one(Account, another.id)).is_active


async def test_two_officers_who_switch_each_other_off_leave_one(api: Api, make: Make, sessions: Sessions) -> None:
    first, second = await make.staff(Role.dinas), await make.staff(Role.dinas)

    answers = await gather(
        api.as_(first).patch(f"/v1/staff/{second.id}", etag='"1"', is_active=False),
        api.as_(second).patch(f"/v1/staff/{first.id}", etag='"1"', is_active=False),
    )

    assert sorted(answer.status_code for answer in answers) == [200, 409]
    async with sessions() as db:
        assert len((await db.scalars(select(Account.id).where(Account.is_active))).all()) == 1


async def test_people_are_no_staff(make: Make, dinas: Api) -> None:
    person = await make.person()

    answers = [
        await dinas.get(f"/v1/staff/{person.account_id}"),
        await dinas.patch(f"/v1/staff/{person.account_id}", etag='"1"', is_active=False),
    ]

    assert [(a.status_code, a.json()["code"]) for a in answers] == [(404, "staff_not_found")] * 2
