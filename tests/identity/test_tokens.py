"""Access tokens: only ours, unchanged, in time and of the right type are believed (RFC 8725)."""

import base64
import json
import time
from asyncio import gather
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey

from plut_api.identity import tokens
from plut_api.identity.keys import add_key, newest_key
from plut_api.identity.models import SigningKey
from plut_api.identity.tokens import identifier, issue_access_token
from plut_api.kit import clock
from plut_api.kit.caller import Role
from plut_api.kit.database import make_engine, session_factory, unit_of_work
from tests.conftest import Api
from tests.factories import Make, caller_for
from tests.identity.signing_in import put_state

HEADER = {"alg": "ES256", "typ": "at+jwt"}


def b64(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def swapped(key: ECKey, signed: dict[str, Any], shown: dict[str, Any]) -> str:
    """A token whose signature belongs to other claims."""
    header, _, signature = jwt.encode(HEADER | {"kid": key.kid}, signed, key).split(".")
    return f"{header}.{b64(shown)}.{signature}"


FORGERIES: dict[str, Callable[[ECKey, dict[str, Any]], str]] = {
    "no signature": lambda key, claims: f"{b64({'alg': 'none', 'typ': 'at+jwt'})}.{b64(claims)}.",
    "the public key as an HMAC secret": lambda key, claims: jwt.encode(
        {"alg": "HS256", "typ": "at+jwt", "kid": key.kid},
        claims,
        OctKey.import_key(json.dumps(key.as_dict(private=False))),
        algorithms=["HS256"],
    ),
    "another key under our key id": lambda key, claims: jwt.encode(
        HEADER | {"kid": key.kid}, claims, ECKey.generate_key("P-256", {"kid": str(key.kid)})
    ),
    "another role under our signature": lambda key, claims: swapped(key, claims, claims | {"role": "bank"}),
    "an unencoded payload": lambda key, claims: jwt.encode(HEADER | {"kid": key.kid}, claims, key).replace(
        ".", f".{json.dumps({'sub': 'x'})}", 1
    ),
    "five parts": lambda key, claims: f"{b64({'alg': 'dir', 'enc': 'A256GCM', 'kid': key.kid})}..a.b.c",
    "a header that is no object": lambda key, claims: f"{b64([1])}.{b64(claims)}.c2ln",
    "an algorithm that is no word": lambda key, claims: f"{b64({'alg': 7, 'kid': [key.kid]})}.{b64(claims)}.c2ln",
    "without a caller": lambda key, claims: jwt.encode(
        HEADER | {"kid": key.kid}, {k: v for k, v in claims.items() if k != "sub"}, key
    ),
    "scopes that are no text": lambda key, claims: jwt.encode(HEADER | {"kid": key.kid}, claims | {"scope": 1}, key),
    "an unknown key id": lambda key, claims: jwt.encode(
        HEADER | {"kid": "other"}, claims, ECKey.generate_key("P-256", {"kid": "other"})
    ),
    "another audience": lambda key, claims: jwt.encode(HEADER | {"kid": key.kid}, claims | {"aud": "else"}, key),
    "another issuer": lambda key, claims: jwt.encode(HEADER | {"kid": key.kid}, claims | {"iss": "http://x"}, key),
    "another type": lambda key, claims: jwt.encode({"alg": "ES256", "typ": "JWT", "kid": key.kid}, claims, key),
    "no audience": lambda key, claims: jwt.encode(
        HEADER | {"kid": key.kid}, {k: v for k, v in claims.items() if k != "aud"}, key
    ),
    "made in the future": lambda key, claims: jwt.encode(
        HEADER | {"kid": key.kid}, claims | {"iat": time.time() + 61, "exp": time.time() + 600}, key
    ),
    "good from a minute on": lambda key, claims: jwt.encode(
        HEADER | {"kid": key.kid}, claims | {"nbf": time.time() + 61}, key
    ),
    "a beginning that is no time": lambda key, claims: jwt.encode(
        HEADER | {"kid": key.kid}, claims | {"nbf": True}, key
    ),
    "good for a year": lambda key, claims: jwt.encode(
        HEADER | {"kid": key.kid}, claims | {"exp": time.time() + 31_536_000}, key
    ),
    "without jti": lambda key, claims: jwt.encode(
        HEADER | {"kid": key.kid}, {k: v for k, v in claims.items() if k != "jti"}, key
    ),
    "of another client": lambda key, claims: jwt.encode(
        HEADER | {"kid": key.kid}, claims | {"client_id": "01983b1e-6f1c-7cc0-9d2b-4a5e5c0f7a11"}, key
    ),
    "an address of keys in the header": lambda key, claims: jwt.encode(
        HEADER | {"kid": key.kid, "jku": "https://keys.example"}, claims, ECKey.generate_key("P-256")
    ),
    "its own key in the header": lambda key, claims: jwt.encode(
        HEADER | {"kid": key.kid, "jwk": (own := ECKey.generate_key("P-256")).as_dict(private=False)}, claims, own
    ),
    "a binding that is none": lambda key, claims: jwt.encode(HEADER | {"kid": key.kid}, claims | {"cnf": "x"}, key),
    "cut short": lambda key, claims: jwt.encode(HEADER | {"kid": key.kid}, claims, key)[:-5],
    "a type of the same letters": lambda key, claims: jwt.encode(
        {"alg": "ES256", "typ": "AT+JWT ", "kid": key.kid}, claims, key
    ),
    "expired": lambda key, claims: jwt.encode(HEADER | {"kid": key.kid}, claims | {"exp": time.time() - 1}, key),
    "without an end": lambda key, claims: jwt.encode(
        HEADER | {"kid": key.kid}, {k: v for k, v in claims.items() if k != "exp"}, key
    ),
    "an unknown role": lambda key, claims: jwt.encode(HEADER | {"kid": key.kid}, claims | {"role": "king"}, key),
    "nonsense": lambda key, claims: "nonsense",
}


@pytest.mark.parametrize("forgery", FORGERIES)
async def test_a_forged_token_is_a_401_and_nothing_more(api: Api, app: FastAPI, make: Make, forgery: str) -> None:
    caller = caller_for(await make.staff(Role.dinas))
    async with unit_of_work(app.state.sessions) as db:
        good = await issue_access_token(db, app.state.settings, caller)
        key = await newest_key(db)
    claims = json.loads(base64.urlsafe_b64decode(good.split(".")[1] + "=="))

    forged = FORGERIES[forgery](key, claims)
    answer = await api.get("/v1/me", headers={"Authorization": f"Bearer {forged}"})

    assert (await api.get("/v1/me", headers={"Authorization": f"Bearer {good}"})).status_code == 200
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == 'Bearer error="invalid_token"'
    assert answer.json()["code"] == "unauthorized"
    assert answer.json()["errors"] == []


@given(token=some.text(some.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=60))
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), database=None)
async def test_whatever_comes_as_a_token_is_a_401(api: Api, token: str) -> None:
    answer = await api.get("/v1/me", headers={"Authorization": f"Bearer {token}"})

    assert answer.status_code == 401


async def test_an_expired_token_is_refused_even_if_it_was_believed_before(api: Api, make: Make) -> None:
    staff = api.as_(await make.staff(Role.ojk))
    assert (await staff.get("/v1/me")).status_code == 200

    with clock.clock_at(clock.now() + timedelta(seconds=601)):
        answer = await staff.get("/v1/me")

    assert answer.status_code == 401


async def test_a_flood_of_unknown_keys_asks_the_database_at_most_once(
    api: Api, make: Make, statements: list[str]
) -> None:
    good = api.as_(await make.staff(Role.ojk))
    await good.token()
    statements.clear()

    floods = [b64(HEADER | {"kid": f"k{number}"}) + f".{b64({})}.c2ln" for number in range(40)]
    answers = await gather(*(api.get("/v1/me", headers={"Authorization": f"Bearer {flood}"}) for flood in floods))

    assert {answer.status_code for answer in answers} == {401}
    assert len([sql for sql in statements if "signing_keys" in sql]) <= 1
    assert (await good.get("/v1/me")).status_code == 200


async def test_a_process_that_just_started_believes_every_good_token_after_one_look_at_the_keys(
    api: Api, app: FastAPI, make: Make, statements: list[str]
) -> None:
    staff = [await make.staff(Role.ojk) for _ in range(8)]
    good = [await api.as_(account).token() for account in staff]
    identify = identifier(app.state.sessions, app.state.settings)
    statements.clear()

    callers = await gather(*(identify(token) for token in good))

    assert [caller.id for caller in callers] == [account.id for account in staff]
    assert len([sql for sql in statements if "signing_keys" in sql]) == 1


async def test_a_database_that_was_away_while_keys_were_read_is_asked_again(
    api: Api, app: FastAPI, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    nowhere = make_engine("postgresql://nobody@127.0.0.1:1/none", app.state.settings)
    sessions = session_factory(nowhere)
    put_state(monkeypatch, app, "identify", identifier(sessions, app.state.settings))
    caller = api.as_(await make.staff(Role.ojk))
    await caller.token()

    away = await caller.get("/v1/me")
    sessions.configure(bind=app.state.engine)
    back = await caller.get("/v1/me")

    assert (away.status_code, back.status_code) == (503, 200)


async def test_a_key_that_came_later_is_found_and_a_retired_one_is_no_longer_believed(
    api: Api, app: FastAPI, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tokens, "_KEYS_AGAIN_AFTER", 0.0)
    monkeypatch.setattr(tokens, "_KEYS_GOOD_FOR", 0.0)
    caller = caller_for(await make.staff(Role.ojk))
    async with unit_of_work(app.state.sessions) as db:
        added = (await add_key(db)).id
        token = await issue_access_token(db, app.state.settings, caller)
    headers = {"Authorization": f"Bearer {token}"}

    found = await api.get("/v1/me", headers=headers)
    async with unit_of_work(app.state.sessions) as db:
        (await db.get_one(SigningKey, added)).retired_at = clock.now()
    put_state(monkeypatch, app, "identify", identifier(app.state.sessions, app.state.settings))
    retired = await api.get("/v1/me", headers=headers)
    published = await api.get("/.well-known/jwks.json")

    assert (found.status_code, retired.status_code) == (200, 401)
    assert str(added) not in [key["kid"] for key in published.json()["keys"]]


async def test_without_the_scope_the_answer_names_what_is_missing(api: Api, make: Make) -> None:
    client = await make.client(await make.bank(), "financing:pull")

    answer = await api.as_(client).get("/v1/me")

    assert answer.status_code == 403
    assert "me:read" in answer.headers["www-authenticate"]


async def test_published_keys_hold_no_private_half_and_metadata_leads_to_them(api: Api, app: FastAPI) -> None:
    async with unit_of_work(app.state.sessions) as db:
        await newest_key(db)

    metadata = await api.get("/.well-known/oauth-authorization-server")
    keys = await api.get("/.well-known/jwks.json")

    told = metadata.json()
    assert told["jwks_uri"] == f"{told['issuer']}/.well-known/jwks.json"
    assert "password" not in told["grant_types_supported"]
    assert keys.headers["cache-control"] == "public, max-age=300"
    assert keys.json()["keys"]
    assert all("d" not in key for key in keys.json()["keys"])
