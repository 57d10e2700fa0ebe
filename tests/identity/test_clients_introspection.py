"""What machines may ask about tokens, and end; what the server says of itself (RFC 7662, RFC 7009, RFC 8414)."""

import pytest
from fastapi import FastAPI
from sqlalchemy import update

from plut_api.identity.models import Account, Client
from plut_api.identity.tokens import issue_access_token
from plut_api.kit.caller import Role
from plut_api.kit.database import unit_of_work
from tests.conftest import Api
from tests.factories import CLIENT_SECRET, Make, caller_for
from tests.identity.machines import ISSUER, bank_machine
from tests.identity.signing_in import bearer, renewed, signed_in_person, token

INTROSPECT = "/oauth/introspect"


async def test_a_machine_learns_what_its_own_token_is_good_for(api: Api, make: Make) -> None:
    machine = await bank_machine(api, make, "financing:pull", "financing:read")
    own = await machine.token(scope="financing:pull")

    told = (await machine.ask(path=INTROSPECT, proof=None, token=own, token_type_hint="access_token")).json()

    assert told["active"] is True
    assert told["scope"] == "financing:pull"
    assert told["client_id"] == told["sub"] == str(machine.client.id)
    assert told["exp"] - told["iat"] == 600
    assert told["token_type"] == "DPoP"
    assert told["cnf"] == {"jkt": machine.proof_key.thumbprint()}
    assert told["iss"] == ISSUER


async def test_a_secret_asks_too_and_staff_of_the_own_organization_are_ids_only(
    api: Api, app: FastAPI, make: Make
) -> None:
    bank = await make.bank()
    officer, client = await make.staff(Role.bank, bank), await make.client(bank, "financing:pull")
    async with unit_of_work(app.state.sessions) as db:
        of_officer = await issue_access_token(db, app.state.settings, caller_for(officer))

    answer = await api.request("POST", INTROSPECT, data={"token": of_officer}, auth=(str(client.id), CLIENT_SECRET))

    assert answer.json()["active"] is True
    assert answer.json()["token_type"] == "Bearer"
    assert answer.json()["sub"] == str(officer.id)
    assert not {"username", "email", "name", "cnf"} & answer.json().keys()


async def test_tokens_of_others_and_tokens_that_do_not_work_look_alike(api: Api, app: FastAPI, make: Make) -> None:
    machine = await bank_machine(api, make)
    foreign = await (await bank_machine(api, make)).token()
    person = (await signed_in_person(api, app))["access_token"]
    own = await machine.token()

    answers = [
        await machine.ask(path=INTROSPECT, proof=None, token=text)
        for text in (foreign, person, own[:-4], "nonsense", "f3Jk0v2n")
    ]

    assert [answer.json() for answer in answers] == [{"active": False}] * 5


async def test_a_token_of_a_client_or_account_that_was_switched_off_is_not_active(
    api: Api, app: FastAPI, make: Make
) -> None:
    bank = await make.bank()
    asking, other = await bank_machine(api, make, organization=bank), await bank_machine(api, make, organization=bank)
    officer = await make.staff(Role.bank, bank)
    async with unit_of_work(app.state.sessions) as db:
        of_officer = await issue_access_token(db, app.state.settings, caller_for(officer))
    of_other = await other.token()

    before = [await asking.ask(path=INTROSPECT, proof=None, token=text) for text in (of_officer, of_other)]
    async with unit_of_work(app.state.sessions) as db:
        await db.execute(update(Client).where(Client.id == other.client.id).values(is_active=False))
        await db.execute(update(Account).where(Account.id == officer.id).values(is_active=False))
    after = [await asking.ask(path=INTROSPECT, proof=None, token=text) for text in (of_officer, of_other)]

    assert [answer.json()["active"] for answer in before] == [True, True]
    assert [answer.json()["active"] for answer in after] == [False, False]


async def test_nobody_asks_without_proving_who_they_are(api: Api, make: Make) -> None:
    machine = await bank_machine(api, make)
    own = await machine.token()

    nobody = await api.request("POST", INTROSPECT, data={"token": own})
    by_the_token = await api.request("POST", INTROSPECT, data={"token": own}, headers=bearer(own))
    wrong = await api.request("POST", INTROSPECT, data={"token": own}, auth=(str(machine.client.id), "guessed"))
    nothing = await machine.ask(path=INTROSPECT, proof=None)

    assert [answer.status_code for answer in (nobody, by_the_token, wrong, nothing)] == [400, 400, 401, 400]
    assert wrong.json()["error"] == "invalid_client"


async def test_an_access_token_is_not_said_to_be_revoked_when_it_is_not(api: Api, make: Make) -> None:
    machine = await bank_machine(api, make)
    own = await machine.token()

    answer = await machine.ask(path="/oauth/revoke", proof=None, token=own)

    assert answer.status_code == 400
    assert answer.json()["error"] == "unsupported_token_type"


async def test_a_machine_that_names_itself_while_revoking_must_be_right(api: Api, app: FastAPI, make: Make) -> None:
    refresh_token = (await signed_in_person(api, app))["refresh_token"]
    client = await make.client(await make.bank(), "financing:pull")
    form = {"token": refresh_token}

    wrong = await api.request("POST", "/oauth/revoke", data=form, auth=(str(client.id), "guessed"))
    still_good = await renewed(api, refresh_token)
    right = await api.request(
        "POST", "/oauth/revoke", data={"token": "never-seen"}, auth=(str(client.id), CLIENT_SECRET)
    )

    assert (wrong.status_code, still_good.status_code, right.status_code) == (401, 200, 200)


@pytest.mark.parametrize("endpoint", ["token_endpoint", "introspection_endpoint", "revocation_endpoint"])
async def test_the_metadata_says_where_and_how_machines_prove_themselves(api: Api, endpoint: str) -> None:
    told = (await api.get("/.well-known/oauth-authorization-server")).json()

    methods = told[f"{endpoint}_auth_methods_supported"]
    algorithms = told[f"{endpoint}_auth_signing_alg_values_supported"]

    assert told[endpoint].startswith(told["issuer"])
    assert {"client_secret_basic", "client_secret_post", "private_key_jwt"} <= set(methods)
    assert {"PS256", "ES256", "EdDSA"} <= set(algorithms) == set(told["dpop_signing_alg_values_supported"])
    assert not {"none", "RS256", "HS256"} & set(algorithms)


async def test_a_grant_by_assertion_needs_no_client_id_beside_it(api: Api, make: Make) -> None:
    machine = await bank_machine(api, make)

    answer = await machine.ask()
    without_anything = await token(api, grant_type="client_credentials")

    assert answer.status_code == 200
    assert [error["pointer"] for error in without_anything.json()["errors"]] == ["#/client_id", "#/client_secret"]
