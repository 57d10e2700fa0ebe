"""`plut client create`: machines that can sign in, never with more than their organization may do."""

import json
from pathlib import Path

import pytest
from joserfc.jwk import ECKey
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.cli import client as client_command
from plut_api.cli.client import register
from plut_api.identity.models import Client
from plut_api.identity.policy import client_scopes_allowed
from plut_api.organizations.models import OrganizationKind
from plut_api.settings import get_settings
from tests.cli.commands import Plut
from tests.conftest import Api
from tests.factories import CLIENT_SECRET, Make
from tests.identity.machines import jwks, new_key
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
    assert lines.keys() == {"client_id", "profile", "auth_method", "client_secret", "organization", "scope"}
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


@pytest.fixture
def jwks_file(tmp_path: Path) -> Path:
    """A key set as a bank would send it."""
    file = tmp_path / "jwks.json"
    file.write_text(json.dumps(jwks(new_key())))
    return file


async def test_a_client_with_keys_has_no_secret_and_a_banks_follows_the_bank_profile(
    make: Make, jwks_file: Path
) -> None:
    bank, office = await make.bank(), await make.organization(OrganizationKind.opd)

    by_value = await plut.made(
        *("client", "create", "--organization", bank.code, "--scope", "financing:pull", "--jwks", str(jwks_file))
    )
    by_url = await plut.made(
        *("client", "create", "--organization", office.code, "--scope", "programs:read"),
        *("--jwks-url", "https://keys.example/jwks.json"),
    )
    asked_for = await plut.made(
        *("client", "create", "--organization", office.code, "--scope", "programs:read", "--profile", "bank")
    )

    assert (by_value["profile"], by_value["auth_method"]) == ("bank", "private_key_jwt")
    assert (by_url["profile"], by_url["auth_method"]) == ("standard", "private_key_jwt")
    assert (asked_for["profile"], asked_for["auth_method"]) == ("bank", "secret")
    assert not {"client_secret"} & (by_value.keys() | by_url.keys())


async def test_a_secret_for_a_bank_is_said_to_work_in_the_sandbox_only(make: Make) -> None:
    bank, office = await make.bank(), await make.organization(OrganizationKind.opd)

    of_bank = await plut("client", "create", "--organization", bank.code, "--scope", "financing:pull", "--json")
    of_office = await plut("client", "create", "--organization", office.code, "--scope", "programs:read")

    assert "sandbox only" in of_bank.stderr
    assert json.loads(of_bank.stdout)["client_secret"]
    assert of_office.stderr == ""


async def test_in_production_no_secret_is_made_for_a_bank(
    make: Make, monkeypatch: pytest.MonkeyPatch, sessions: async_sessionmaker[AsyncSession]
) -> None:
    bank = await make.bank()
    production = get_settings().model_copy(update={"mode": "production"})
    monkeypatch.setattr(client_command, "get_settings", lambda: production)

    answer = await plut("client", "create", "--organization", bank.code, "--scope", "financing:pull")

    assert answer.exit_code == 1
    assert "by a key" in answer.stderr
    assert answer.stdout == ""
    async with sessions() as db:
        assert await db.scalar(select(func.count()).select_from(Client)) == 0


@pytest.mark.parametrize(
    "content",
    [
        "{}",
        '{"keys": []}',
        '{"keys": [{"kty": "oct", "k": "c2VjcmV0"}]}',
        json.dumps({"keys": [new_key().as_dict(private=True)]}),
        json.dumps({"keys": [ECKey.generate_key("P-521").as_dict(private=False)]}),
        json.dumps(jwks(new_key(kid="same"), new_key(kid="same"))),
        json.dumps({"keys": [jwks(new_key(kid=f"k{n}"))["keys"][0] for n in range(21)]}),
    ],
)
async def test_keys_that_could_not_sign_in_are_refused_with_what_is_wanted(
    make: Make, tmp_path: Path, content: str
) -> None:
    bank = await make.bank()
    file = tmp_path / "jwks.json"
    file.write_text(content)

    answer = await plut(
        *("client", "create", "--organization", bank.code, "--scope", "financing:pull", "--jwks", str(file))
    )

    assert answer.exit_code == 1
    assert "JWKS of public keys" in answer.stderr


async def test_keys_come_from_one_place_of_the_right_form(make: Make, jwks_file: Path, tmp_path: Path) -> None:
    start = ("client", "create", "--organization", (await make.bank()).code, "--scope", "financing:pull")
    broken = tmp_path / "broken.json"
    broken.write_text("{")

    plain = await plut(*start, "--jwks-url", "http://keys.example/jwks.json")
    both = await plut(*start, "--jwks", str(jwks_file), "--jwks-url", "https://keys.example/jwks.json")
    no_json = await plut(*start, "--jwks", str(broken))

    assert [answer.exit_code for answer in (plain, both, no_json)] == [1, 1, 2]
    assert "https" in plain.stderr
    assert "one of these" in both.stderr


async def test_other_keys_replace_a_secret_and_the_keys_before(api: Api, make: Make, jwks_file: Path) -> None:
    client = await make.client(await make.bank(), "financing:pull")

    changed = await plut.made("client", "keys", str(client.id), "--jwks", str(jwks_file))
    answer = await token(api, grant_type="client_credentials", client_id=str(client.id), client_secret=CLIENT_SECRET)
    nothing = await plut("client", "keys", str(client.id))
    nobody = await plut("client", "keys", "01983b1e-6f1c-7cc0-9d2b-4a5e5c0f7a11", "--jwks", str(jwks_file))

    assert changed["auth_method"] == "private_key_jwt"
    assert answer.status_code == 401
    assert (nothing.exit_code, nobody.exit_code) == (1, 1)
    assert "no such client" in nobody.stderr
