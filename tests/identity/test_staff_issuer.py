"""Staff who sign in through an outside OpenID Connect issuer: whom it vouches for, and what of it is believed."""

import hmac
import json
from asyncio import StreamWriter, gather
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from joserfc import jwt
from joserfc.jwk import ECKey, OKPKey, RSAKey
from joserfc.jws import JWSRegistry
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.identity.models import Account
from plut_api.identity.policy import scopes_of
from plut_api.identity.staff.issuer import IssuerKeys
from plut_api.kit import clock
from plut_api.kit.caller import Role
from plut_api.kit.database import unit_of_work
from plut_api.organizations.models import Organization
from tests.conftest import Api
from tests.factories import Make
from tests.identity.signing_in import put_settings, put_state, renewed, token
from tests.identity.staff_steps import later
from tests.kit.test_outgoing import serving

GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
AUDIENCE = "plut-api-at-the-issuer"
RSA = RSAKey.generate_key(2048, {"kid": "rsa"})
_ANY = JWSRegistry(algorithms=["RS256", "PS256", "ES256", "EdDSA", "HS256", "none", "RS512"])


@dataclass
class Issuer:
    """A small issuer on this machine."""

    port: int = 0
    keys: list[Any] = field(default_factory=lambda: [RSA])
    says: dict[str, Any] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/realms/plut"

    async def __call__(self, request: str, out: StreamWriter) -> None:
        path = request.split()[1]
        self.asked.append(path)
        body: dict[str, Any] = {"issuer": self.url, "jwks_uri": f"{self.url}/keys"} | self.says
        if path.endswith("/keys"):
            body = {"keys": [key.as_dict(private=False) for key in self.keys]}
        sent = json.dumps(body).encode()
        out.write(f"HTTP/1.1 200 OK\r\nContent-Length: {len(sent)}\r\n\r\n".encode() + sent)

    def id_token(self, email: str, *, key: Any = RSA, alg: str = "RS256", typ: str | None = "JWT", **given: Any) -> str:
        """An ID token of now; a claim given as None is left out."""
        now = int(clock.now().timestamp())
        claims = {
            "iss": self.url,
            "aud": AUDIENCE,
            "sub": "staff-1",
            "iat": now,
            "exp": now + 300,
            "email": email,
            "email_verified": True,
        } | given
        header = {"alg": alg, "kid": key.kid} | ({"typ": typ} if typ else {})
        kept = {name: value for name, value in claims.items() if value is not None}
        return jwt.encode(header, kept, key, registry=_ANY)


@pytest.fixture
async def issuer(app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Issuer]:
    """An issuer that is trusted, in a process that has read no keys yet; a second factor is forced here."""
    outside = Issuer()
    async with serving(outside) as (port, _):
        outside.port = port
        put_settings(
            monkeypatch,
            app,
            outgoing_to_loopback=True,
            oidc_issuer=outside.url,
            oidc_audience=AUDIENCE,
            staff_totp="forced",
        )
        put_state(monkeypatch, app, "issuer_keys", IssuerKeys())
        yield outside


def signed_with_the_public_key(id_token: str) -> str:
    """The same claims, `signed` with what everybody knows as if it were a shared secret."""
    header = urlsafe_b64encode(b'{"alg":"HS256","kid":"rsa","typ":"JWT"}').rstrip(b"=").decode()
    signed = f"{header}.{id_token.split('.')[1]}"
    signature = hmac.digest(RSA.as_pem(private=False), signed.encode(), "sha256")
    return f"{signed}.{urlsafe_b64encode(signature).rstrip(b'=').decode()}"


async def ask(api: Api, assertion: str) -> httpx.Response:
    return await token(api, grant_type=GRANT, assertion=assertion)


async def test_who_the_issuer_vouches_for_signs_in_with_the_scopes_of_the_role(
    api: Api, make: Make, issuer: Issuer, sessions: async_sessionmaker[AsyncSession]
) -> None:
    account = await make.staff(Role.dinas)
    async with unit_of_work(sessions) as db:
        (await db.get_one(Account, account.id)).password_hash = None

    granted = await ask(api, issuer.id_token((account.email or "").title()))
    again = await renewed(api, granted.json()["refresh_token"])
    metadata = await api.get("/.well-known/oauth-authorization-server")

    assert granted.json()["scope"].split() == again.json()["scope"].split() == sorted(scopes_of(Role.dinas))
    assert GRANT in metadata.json()["grant_types_supported"]


async def test_an_id_token_is_good_once(api: Api, make: Make, issuer: Issuer) -> None:
    assertion = issuer.id_token((await make.staff(Role.ojk)).email or "")

    answers = await gather(*(ask(api, assertion) for _ in range(4)))

    assert sorted(answer.status_code for answer in answers) == [200, 400, 400, 400]
    assert {answer.json()["error"] for answer in answers if answer.is_error} == {"invalid_grant"}


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://another.example"},
        {"iss": None},
        {"aud": "another-client"},
        {"aud": None},
        {"aud": [AUDIENCE, "another-client"]},
        {"azp": "another-client"},
        {"exp": 0},
        {"exp": None},
        {"exp": "tomorrow"},
        {"iat": None},
        {"email_verified": False},
        {"email_verified": "true"},
        {"email_verified": None},
        {"email": None},
        {"email": ["a@b.example"]},
        {"email": "nobody@contoh.example"},
    ],
    ids=str,
)
async def test_what_is_not_for_us_now_and_verified_is_refused_without_a_word(
    api: Api, make: Make, issuer: Issuer, claims: dict[str, Any]
) -> None:
    email = (await make.staff(Role.ojk)).email or ""

    refused = await ask(api, issuer.id_token(**({"email": email} | claims)))

    assert (refused.status_code, refused.json()["code"]) == (400, "invalid_grant")


@pytest.mark.parametrize(("minutes", "status"), [(-12, 400), (-9, 200), (1, 400)])
async def test_an_id_token_is_of_these_minutes(api: Api, make: Make, issuer: Issuer, minutes: int, status: int) -> None:
    email = (await make.staff(Role.ojk)).email or ""
    with later(minutes=minutes):
        assertion = issuer.id_token(email, exp=int(clock.now().timestamp()) + 3600)

    assert (await ask(api, assertion)).status_code == status


async def test_many_audiences_need_us_as_the_authorized_party(api: Api, make: Make, issuer: Issuer) -> None:
    email = (await make.staff(Role.ojk)).email or ""

    answer = await ask(api, issuer.id_token(email, aud=[AUDIENCE, "another-client"], azp=AUDIENCE))

    assert answer.status_code == 200


async def test_the_usual_algorithms_are_believed(api: Api, make: Make, issuer: Issuer) -> None:
    email = (await make.staff(Role.ojk)).email or ""
    elliptic = ECKey.generate_key("P-256", {"kid": "ec"})
    edwards = OKPKey.generate_key("Ed25519", {"kid": "ed"})
    issuer.keys += [elliptic, edwards]

    answers = [
        await ask(api, issuer.id_token(email, key=key, alg=alg, typ=typ))
        for key, alg, typ in (
            (RSA, "RS256", None),
            (RSA, "PS256", "JWT"),
            (elliptic, "ES256", "JWT"),
            (edwards, "EdDSA", "JWT"),
        )
    ]

    assert [answer.status_code for answer in answers] == [200] * 4


async def test_forged_tokens_are_refused(api: Api, make: Make, issuer: Issuer) -> None:
    email = (await make.staff(Role.ojk)).email or ""
    other = RSAKey.generate_key(2048, {"kid": "rsa"})
    forged = [
        issuer.id_token(email, key=other),
        signed_with_the_public_key(issuer.id_token(email)),
        issuer.id_token(email, alg="RS512"),
        issuer.id_token(email, typ="at+jwt"),
        issuer.id_token(email, key=RSAKey.generate_key(2048, {"kid": "unknown"})),
        issuer.id_token(email).rpartition(".")[0] + ".",
        "not a token",
        "e30.e30.",
    ]

    answers = [await ask(api, assertion) for assertion in forged]

    assert [answer.json()["code"] for answer in answers] == ["invalid_grant"] * len(forged)


async def test_keys_are_read_once_and_a_new_one_is_found(
    api: Api, make: Make, issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    email = (await make.staff(Role.ojk)).email or ""
    first = await gather(*(ask(api, issuer.id_token(email, sub=str(n))) for n in range(5)))
    read = len(issuer.asked)
    fresh = RSAKey.generate_key(2048, {"kid": "fresh"})
    issuer.keys.append(fresh)

    monkeypatch.setattr("plut_api.identity.staff.issuer._AGAIN_AFTER", -1.0)
    second = await ask(api, issuer.id_token(email, key=fresh))

    assert [answer.status_code for answer in (*first, second)] == [200] * 6
    assert read == 2


async def test_a_document_that_names_another_issuer_is_not_believed(api: Api, make: Make, issuer: Issuer) -> None:
    issuer.says = {"issuer": "https://another.example"}

    answer = await ask(api, issuer.id_token((await make.staff(Role.ojk)).email or ""))

    assert answer.status_code == 503


async def test_who_is_switched_off_here_stays_out(
    api: Api, make: Make, issuer: Issuer, sessions: async_sessionmaker[AsyncSession]
) -> None:
    account, colleague = await make.staff(Role.ojk), await make.staff(Role.partner)
    async with unit_of_work(sessions) as db:
        (await db.get_one(Account, account.id)).is_active = False
        (await db.get_one(Organization, colleague.organization_id)).is_active = False

    answers = [await ask(api, issuer.id_token(each.email or "")) for each in (account, colleague)]

    assert [answer.json()["code"] for answer in answers] == ["invalid_grant"] * 2


async def test_without_a_trusted_issuer_there_is_no_such_grant(api: Api) -> None:
    refused = await ask(api, "e30.e30.e30")
    missing = await token(api, grant_type=GRANT)
    metadata = await api.get("/.well-known/oauth-authorization-server")

    assert (refused.status_code, refused.json()["code"]) == (400, "unsupported_grant_type")
    assert [fault["pointer"] for fault in missing.json()["errors"]] == ["#/assertion"]
    assert GRANT not in metadata.json()["grant_types_supported"]
