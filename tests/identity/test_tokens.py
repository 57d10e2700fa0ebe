"""Access tokens: only ours, unchanged, in time and of the right type are believed (RFC 8725)."""

import base64
import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from fastapi import FastAPI
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey

from plut_api.identity.keys import newest_key
from plut_api.identity.tokens import issue_access_token
from plut_api.kit.caller import Role
from plut_api.kit.database import unit_of_work
from tests.conftest import Api
from tests.factories import Make, caller_for

HEADER = {"alg": "ES256", "typ": "at+jwt"}


def b64(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


FORGERIES: dict[str, Callable[[ECKey, dict[str, Any]], str]] = {
    "no signature": lambda key, claims: f"{b64({'alg': 'none', 'typ': 'at+jwt'})}.{b64(claims)}.",
    "the public key as an HMAC secret": lambda key, claims: jwt.encode(
        {"alg": "HS256", "typ": "at+jwt", "kid": key.kid},
        claims,
        OctKey.import_key(json.dumps(key.as_dict(private=False))),
        algorithms=["HS256"],
    ),
    "another key under our key id": lambda key, claims: jwt.encode(
        HEADER | {"kid": key.kid}, claims, ECKey.generate_key("P-256", {"kid": key.kid})
    ),
    "an unknown key id": lambda key, claims: jwt.encode(
        HEADER | {"kid": "other"}, claims, ECKey.generate_key("P-256", {"kid": "other"})
    ),
    "another audience": lambda key, claims: jwt.encode(HEADER | {"kid": key.kid}, claims | {"aud": "else"}, key),
    "another issuer": lambda key, claims: jwt.encode(HEADER | {"kid": key.kid}, claims | {"iss": "http://x"}, key),
    "another type": lambda key, claims: jwt.encode({"alg": "ES256", "typ": "JWT", "kid": key.kid}, claims, key),
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

    assert metadata.json()["jwks_uri"].endswith("/.well-known/jwks.json")
    assert keys.json()["keys"]
    assert all("d" not in key for key in keys.json()["keys"])
