"""`plut client create`: machines that can sign in, never with more than their organization may do."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.cli.client import register
from plut_api.identity.models import Client
from plut_api.identity.policy import client_scopes_allowed
from plut_api.organizations.models import OrganizationKind
from tests.cli.commands import Plut
from tests.conftest import Api
from tests.factories import Make
from tests.identity.signing_in import token

plut = Plut(register)


async def test_the_printed_secret_signs_in_with_the_scopes_given(api: Api, make: Make) -> None:
    bank = await make.bank()

    made = await plut.made(
        *("client", "create", "--organization", bank.code, "--name", "Core banking"),
        *("--scope", "financing:pull", "--scope", "financing:decide"),
    )
    answer = await token(
        api, grant_type="client_credentials", client_id=made["client_id"], client_secret=made["client_secret"]
    )

    assert made["organization"] == bank.code
    assert answer.status_code == 200
    assert answer.json()["scope"] == made["scope"] == "financing:decide financing:pull"


async def test_without_json_each_credential_stands_on_a_line(make: Make) -> None:
    bank = await make.bank()

    answer = await plut("client", "create", "--organization", bank.code, "--scope", "financing:pull")

    lines = dict(line.split(": ", 1) for line in answer.stdout.splitlines())
    assert lines.keys() == {"client_id", "client_secret", "organization", "scope"}
    assert len(lines["client_secret"]) >= 40


@pytest.mark.parametrize("kind", list(OrganizationKind))
async def test_scopes_beyond_the_organization_are_refused_by_name(
    make: Make, sessions: async_sessionmaker[AsyncSession], kind: OrganizationKind
) -> None:
    organization = await make.organization(kind)
    allowed = sorted(client_scopes_allowed(kind))

    answer = await plut(
        *("client", "create", "--organization", organization.code),
        *("--scope", allowed[0], "--scope", "me:write", "--scope", "everything:own"),
    )

    assert answer.exit_code == 1
    assert f"A client of {organization.code} may not hold: everything:own, me:write." in answer.stderr
    assert allowed[0] in answer.stderr
    async with sessions() as db:
        assert await db.scalar(select(func.count()).select_from(Client)) == 0


async def test_an_unknown_organization_is_named_beside_those_there_are(make: Make) -> None:
    known = await make.bank()

    answer = await plut("client", "create", "--organization", "NOBODY", "--scope", "financing:pull")

    assert answer.exit_code == 1
    assert f"There is no organization NOBODY. ({known.code})" in answer.stderr
