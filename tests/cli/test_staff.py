"""`plut staff create`: accounts that can sign in, and words for what stands in the way."""

from asyncio import gather
from uuid import UUID

import pytest
from fastapi import FastAPI
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.cli.staff import register
from plut_api.identity.models import Account
from plut_api.identity.policy import scopes_of
from plut_api.identity.problems import EmailTaken
from plut_api.identity.service import create_staff
from plut_api.kit.caller import Role
from plut_api.kit.database import unit_of_work
from plut_api.organizations.models import Organization, OrganizationKind
from tests.cli.commands import Plut
from tests.conftest import Api
from tests.factories import ROLE_KIND, Make
from tests.identity.signing_in import PASSWORD, bearer, renewed, token
from tests.identity.staff_steps import FIRST, officer, sent_token

Sessions = async_sessionmaker[AsyncSession]
plut = Plut(register)


@pytest.mark.parametrize("role", sorted(ROLE_KIND))
async def test_the_printed_password_signs_in_with_the_scopes_of_the_role(api: Api, make: Make, role: Role) -> None:
    organization = await make.organization(ROLE_KIND[role])

    made = await plut.made(
        "staff", "create", "--email", "Ibu@Contoh.example", "--role", role, "--organization", organization.code
    )
    answer = await token(api, grant_type=PASSWORD, email="ibu@contoh.example", password=made["password"])

    assert (made["email"], made["role"], made["organization"]) == ("ibu@contoh.example", role, organization.code)
    assert answer.status_code == 200
    assert answer.json()["scope"].split() == sorted(scopes_of(role))


async def test_the_name_is_how_the_account_is_addressed(api: Api, make: Make) -> None:
    bank = await make.bank()

    made = await plut.made(
        *("staff", "create", "--email", "a@b.example", "--role", "bank", "--organization", bank.code, "--name", "Ibu A")
    )
    tokens = (await token(api, grant_type=PASSWORD, email="a@b.example", password=made["password"])).json()

    assert (await api.get("/v1/me", headers=bearer(tokens["access_token"]))).json()["name"] == "Ibu A"


async def test_without_json_each_credential_stands_on_a_line(make: Make) -> None:
    bank = await make.bank()

    answer = await plut("staff", "create", "--email", "a@b.example", "--role", "bank", "--organization", bank.code)

    lines = dict(line.split(": ", 1) for line in answer.stdout.splitlines())
    assert lines.keys() == {"id", "email", "role", "organization", "password"}
    assert len(lines["password"]) >= 20


async def test_without_a_code_staff_act_for_the_only_organization_that_knows_the_role(make: Make) -> None:
    bank = await make.bank()

    made = await plut.made("staff", "create", "--email", "a@b.example", "--role", "bank")

    assert made["organization"] == bank.code


async def test_the_first_account_of_the_dinas_makes_the_dinas(make: Make) -> None:
    made = [
        await plut.made("staff", "create", "--email", f"{role}@b.example", "--role", role)
        for role in ("dinas", "consultant")
    ]

    assert [account["organization"] for account in made] == ["DINAS", "DINAS"]


async def test_where_several_know_the_role_they_are_listed(make: Make) -> None:
    banks = sorted([(await make.bank()).code, (await make.bank()).code])

    answer = await plut("staff", "create", "--email", "a@b.example", "--role", "bank")

    assert answer.exit_code == 1
    assert f"Name the organization of this bank. ({', '.join(banks)})" in answer.stderr


async def test_an_unknown_organization_is_named_beside_those_there_are(make: Make) -> None:
    known = await make.bank()

    answer = await plut("staff", "create", "--email", "a@b.example", "--role", "bank", "--organization", "NOBODY")

    assert answer.exit_code == 1
    assert f"There is no organization NOBODY. ({known.code})" in answer.stderr


async def test_a_role_that_such_an_organization_lacks_is_refused(make: Make) -> None:
    bank = await make.bank()

    answer = await plut("staff", "create", "--email", "a@b.example", "--role", "dinas", "--organization", bank.code)

    assert answer.exit_code == 1
    assert f"Organization {bank.code} knows only the roles: bank" in answer.stderr


@pytest.mark.parametrize("email", ["petugas", "a b@c.example", "a@" + "b" * 260, ""])
async def test_what_is_no_address_is_refused(make: Make, email: str) -> None:
    await make.bank()

    answer = await plut("staff", "create", "--email", email, "--role", "bank")

    assert answer.exit_code == 1
    assert "Write an e-mail address" in answer.stderr


@pytest.mark.parametrize("role", ["person", "client", "king"])
async def test_a_role_that_is_none_of_staff_is_refused_with_those_there_are(make: Make, role: str) -> None:
    answer = await plut("staff", "create", "--email", "a@b.example", "--role", role)

    assert answer.exit_code == 2
    assert "consultant" in answer.stderr


async def test_an_address_is_taken_once_however_it_is_written(make: Make) -> None:
    await make.organization(OrganizationKind.ojk)

    answers = [
        await plut("staff", "create", "--email", email, "--role", "ojk") for email in ("a@b.example", " A@B.example")
    ]

    assert [answer.exit_code for answer in answers] == [0, 1]
    assert "This e-mail address is taken" in answers[1].stderr


async def test_an_address_asked_for_twice_at_once_is_given_once(make: Make, sessions: Sessions) -> None:
    code = (await make.bank()).code

    async def created() -> UUID:
        async with unit_of_work(sessions) as db:
            return (await create_staff(db, "a@b.example", Role.bank, code))[0].id

    outcomes = await gather(*(created() for _ in range(4)), return_exceptions=True)

    assert [type(outcome) for outcome in outcomes if not isinstance(outcome, UUID)] == [EmailTaken] * 3


async def test_a_refused_account_leaves_nothing_behind(sessions: Sessions) -> None:
    await plut("staff", "create", "--email", "no address", "--role", "dinas")

    async with sessions() as db:
        assert await db.scalar(select(func.count()).select_from(Account)) == 0
        assert await db.scalar(select(func.count()).select_from(Organization)) == 0


async def test_an_invited_account_gets_a_mail_and_no_password_is_printed(api: Api, app: FastAPI, make: Make) -> None:
    bank = await make.bank()

    made = await plut.made(
        *("staff", "create", "--email", "a@b.example", "--role", "bank", "--organization", bank.code, "--invite")
    )
    chosen = await api.post("/oauth/passwords", token=await sent_token(app), password=FIRST)
    answer = await token(api, grant_type=PASSWORD, email="a@b.example", password=FIRST)

    assert made.keys() == {"id", "email", "role", "organization"}
    assert (chosen.status_code, answer.status_code) == (204, 200)


async def test_who_is_locked_out_loses_the_authenticator_and_every_session(api: Api, app: FastAPI, make: Make) -> None:
    someone = await officer(api, app, make)
    _, codes = await someone.set_up()
    before = await someone.tokens(totp=codes[0])

    reset = await plut("staff", "reset-totp", "--email", someone.email.upper())
    unknown = await plut("staff", "reset-totp", "--email", "nobody@b.example")

    assert (reset.exit_code, unknown.exit_code) == (0, 1)
    assert "There is no such member of staff" in unknown.stderr
    assert (await someone.ask()).status_code == 200
    assert (await renewed(api, before["refresh_token"])).status_code == 400
