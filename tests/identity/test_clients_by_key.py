"""Machines that sign in by a key: only their own, for us, in time, and once (RFC 7523, FAPI 2.0)."""

import json
from asyncio import gather
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from fastapi import FastAPI
from joserfc.jwk import ECKey, OctKey, RSAKey

from plut_api.identity.models import Client
from plut_api.kit import clock
from plut_api.kit.crypto import secret_hash
from plut_api.organizations.models import OrganizationKind
from tests.conftest import Api
from tests.factories import CLIENT_SECRET, Make
from tests.identity.machines import ISSUER, JWT_BEARER, TOKEN_URL, Machine, bank_machine, jwks, new_key
from tests.identity.signing_in import put_settings, token

PULL = "/v1/financing/ready-list"


@pytest.mark.parametrize("alg", ["PS256", "ES256", "EdDSA"])
async def test_a_bank_signs_in_by_its_key_and_gets_a_token_bound_to_another(api: Api, make: Make, alg: str) -> None:
    machine = await bank_machine(api, make, alg=alg)

    answer = await machine.ask()
    pulled = await machine.get(PULL, answer.json()["access_token"])

    assert answer.status_code == 200
    assert answer.json()["token_type"] == "DPoP"
    assert answer.json()["refresh_token"] is None
    assert pulled.status_code == 200


async def test_a_bank_without_a_proof_is_told_that_one_is_needed(api: Api, make: Make) -> None:
    machine = await bank_machine(api, make)

    answer = await machine.ask(proof=None)

    assert answer.status_code == 400
    assert answer.json()["error"] == answer.json()["code"] == "invalid_dpop_proof"


async def test_a_machine_that_is_no_banks_may_go_without_a_proof_or_bind_its_token(api: Api, make: Make) -> None:
    office = await make.organization(OrganizationKind.opd)
    machine = await bank_machine(api, make, "programs:read", organization=office)

    free, bound = await machine.ask(proof=None), await machine.ask()

    assert (free.json()["token_type"], bound.json()["token_type"]) == ("Bearer", "DPoP")


def at(seconds: float) -> int:
    return int(clock.now().timestamp() + seconds)


def weak_key() -> RSAKey:
    return RSAKey.generate_key(1024, {"kid": "bank-1"})


REFUSED: dict[str, Callable[[Machine], str]] = {
    "another key under its key id": lambda m: m.assertion(key=new_key()),
    "an unknown key id": lambda m: m.assertion(header={"kid": "other"}),
    "no signature": lambda m: m.assertion(header={"alg": "none"}, key=OctKey.generate_key()).rsplit(".", 1)[0] + ".",
    "the public key as an HMAC secret": lambda m: m.assertion(
        header={"alg": "HS256"}, key=OctKey.import_key(json.dumps(m.key.as_dict(private=False)))
    ),
    "the token endpoint as audience": lambda m: m.assertion(aud=TOKEN_URL),
    "a list of audiences": lambda m: m.assertion(aud=[ISSUER]),
    "another server as audience": lambda m: m.assertion(aud="https://other.example"),
    "without audience": lambda m: m.assertion(aud=None),
    "another issuer": lambda m: m.assertion(iss="someone"),
    "without issuer": lambda m: m.assertion(iss=None),
    "another subject": lambda m: m.assertion(sub="01983b1e-6f1c-7cc0-9d2b-4a5e5c0f7a11"),
    "without subject": lambda m: m.assertion(sub=None),
    "without jti": lambda m: m.assertion(jti=None),
    "a jti that is no text": lambda m: m.assertion(jti=7),
    "a jti without an end": lambda m: m.assertion(jti="x" * 201),
    "expired": lambda m: m.assertion(exp=at(-1)),
    "without an end": lambda m: m.assertion(exp=None),
    "good for an hour": lambda m: m.assertion(exp=at(3600)),
    "an end that is no number": lambda m: m.assertion(exp=True),
    "made 61 seconds from now": lambda m: m.assertion(iat=at(61)),
    "good from 61 seconds on": lambda m: m.assertion(nbf=at(61)),
    "a time that is no time": lambda m: m.assertion(nbf="now"),
    "a key in the header": lambda m: m.assertion(header={"jwk": m.key.as_dict(private=False)}),
    "an address of keys in the header": lambda m: m.assertion(header={"jku": "https://keys.example"}),
    "a certificate's address in the header": lambda m: m.assertion(header={"x5u": "https://keys.example"}),
    "the type of an access token": lambda m: m.assertion(header={"typ": "at+jwt"}),
    "something critical that we do not know": lambda m: m.assertion(header={"crit": ["exp"]}),
    "cut short": lambda m: m.assertion()[:-4],
    "nonsense": lambda m: "nonsense",
}


@pytest.mark.parametrize("case", REFUSED)
async def test_an_assertion_that_is_not_quite_right_is_a_401_and_nothing_more(api: Api, make: Make, case: str) -> None:
    machine = await bank_machine(api, make)

    answer = await machine.ask(REFUSED[case](machine))

    assert answer.status_code == 401, answer.text
    assert answer.json()["error"] == "invalid_client"
    assert answer.json()["errors"] == []
    assert answer.headers["www-authenticate"].startswith("Basic")


@pytest.mark.parametrize(("claim", "seconds"), [("iat", 9), ("nbf", 9), ("exp", 300)])
async def test_a_clock_nine_seconds_ahead_is_forgiven(api: Api, make: Make, claim: str, seconds: int) -> None:
    machine = await bank_machine(api, make)
    claims: dict[str, Any] = {claim: at(seconds)}

    answer = await machine.ask(machine.assertion(**claims))

    assert answer.status_code == 200


async def test_rs256_is_refused_where_ps256_by_the_same_key_is_not(api: Api, make: Make) -> None:
    machine = await bank_machine(api, make, alg="PS256")

    refused = await machine.ask(machine.assertion(header={"alg": "RS256"}))
    accepted = await machine.ask()

    assert (refused.status_code, accepted.status_code) == (401, 200)


@pytest.mark.parametrize("key", [weak_key, lambda: ECKey.generate_key("P-384", {"kid": "bank-1"})])
async def test_a_key_too_weak_or_of_another_curve_signs_nobody_in(api: Api, make: Make, key: Callable[[], Any]) -> None:
    made = key()
    machine = await bank_machine(api, make, jwks=jwks(made))
    alg = "PS256" if made.key_type == "RSA" else "ES384"

    answer = await machine.ask(machine.assertion(header={"alg": alg}, key=made))

    assert answer.status_code == 401


async def test_an_assertion_is_good_for_one_of_many_calls_at_once(api: Api, make: Make) -> None:
    machine = await bank_machine(api, make)
    assertion = machine.assertion()

    answers = await gather(*(machine.ask(assertion) for _ in range(8)))

    assert Counter(answer.status_code for answer in answers) == {200: 1, 401: 7}


async def test_one_client_cannot_use_up_the_jti_of_another(api: Api, make: Make) -> None:
    first, second = await bank_machine(api, make), await bank_machine(api, make)

    answers = [await first.ask(first.assertion(jti="same")), await second.ask(second.assertion(jti="same"))]

    assert [answer.status_code for answer in answers] == [200, 200]


async def test_among_several_keys_the_key_id_chooses_and_a_lone_key_needs_none(api: Api, make: Make) -> None:
    lone = await bank_machine(api, make)
    other = new_key(kid="bank-2")
    several = await bank_machine(api, make, jwks=jwks(new_key(), other))

    answers = [
        await lone.ask(lone.assertion(header={"kid": None})),
        await several.ask(several.assertion(header={"kid": "bank-2"}, key=other)),
        await several.ask(several.assertion(header={"kid": None}, key=other)),
    ]

    assert [answer.status_code for answer in answers] == [200, 200, 401]


async def test_one_request_proves_itself_in_one_way(api: Api, make: Make) -> None:
    machine = await bank_machine(api, make)

    both = await machine.ask(client_secret=CLIENT_SECRET)
    untyped = await token(api, grant_type="client_credentials", client_assertion=machine.assertion())
    typed_only = await token(api, grant_type="client_credentials", client_assertion_type=JWT_BEARER)
    other_name = await machine.ask(client_id="01983b1e-6f1c-7cc0-9d2b-4a5e5c0f7a11")
    own_name = await machine.ask(client_id=str(machine.client.id))

    assert [answer.status_code for answer in (both, untyped, typed_only, other_name, own_name)] == [
        *(400, 400, 400, 401, 200)
    ]
    assert untyped.json()["errors"][0]["pointer"] == "#/client_assertion_type"


async def test_a_machine_with_keys_has_no_secret_to_guess(api: Api, make: Make) -> None:
    machine = await bank_machine(api, make)

    answer = await token(
        api, grant_type="client_credentials", client_id=str(machine.client.id), client_secret=CLIENT_SECRET
    )

    assert answer.status_code == 401


@pytest.mark.parametrize("kind", list(OrganizationKind))
async def test_in_production_a_secret_signs_in_every_machine_but_a_banks(
    api: Api, app: FastAPI, make: Make, monkeypatch: pytest.MonkeyPatch, kind: OrganizationKind
) -> None:
    client = await make.client(await make.organization(kind), "programs:read")
    given = {"grant_type": "client_credentials", "client_id": str(client.id), "client_secret": CLIENT_SECRET}

    sandbox = await token(api, **given)
    put_settings(monkeypatch, app, mode="production")
    production = await token(api, **given)

    assert sandbox.status_code == 200
    assert production.status_code == (401 if kind is OrganizationKind.bank else 200)


async def test_a_machine_or_an_organization_that_is_switched_off_signs_in_no_more(api: Api, make: Make) -> None:
    off = await bank_machine(api, make, is_active=False)
    closed = await bank_machine(api, make, organization=await make.bank(is_active=False))

    assert [(await machine.ask()).status_code for machine in (off, closed)] == [401, 401]


async def test_the_rows_of_a_client_hold_a_secret_or_keys_never_both(make: Make) -> None:
    bank = await make.bank()
    both = Client(organization_id=bank.id, name="x", scopes=[], secret_hash=secret_hash("x"), jwks=jwks(new_key()))

    with pytest.raises(Exception, match="keys_by_value_or_url_where_they_sign_in"):
        await make.add(both)
