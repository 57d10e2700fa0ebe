"""A bank's machine as its integrator would write it: keys, assertions and proofs made with joserfc."""

import base64
import hashlib
from typing import Any

import httpx
from joserfc import jwt
from joserfc.jwk import ECKey, OKPKey, RSAKey
from joserfc.jws import JWSRegistry

from plut_api.identity.models import AuthMethod, Client, ClientProfile
from plut_api.kit import clock
from plut_api.kit.ids import new_id
from plut_api.organizations.models import Organization, OrganizationKind
from tests.conftest import Api
from tests.factories import Make

ISSUER = "http://127.0.0.1:8000"
TOKEN_URL = f"{ISSUER}/oauth/token"
JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
Key = ECKey | OKPKey | RSAKey


class _Anything(JWSRegistry):
    """Signs also what nobody should believe."""

    max_header_length = 100_000

    def get_alg(self, name: str) -> Any:
        return self.algorithms[name]

    def check_header(self, header: dict[str, Any]) -> None:
        pass


def signed(header: dict[str, Any], claims: dict[str, Any], key: Any) -> str:
    """A signed token, whatever is in it. Members that are None are left out."""
    given = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode(
        {name: value for name, value in header.items() if value is not None}, given, key, registry=_Anything()
    )


def new_key(kind: str = "ES256", kid: str = "bank-1") -> Key:
    """A key pair for an algorithm."""
    if kind == "ES256":
        return ECKey.generate_key("P-256", {"kid": kid})
    if kind == "EdDSA":
        return OKPKey.generate_key("Ed25519", {"kid": kid})
    return RSAKey.generate_key(2048, {"kid": kid})


def jwks(*keys: Key) -> dict[str, Any]:
    """The public halves, as they are published."""
    return {"keys": [key.as_dict(private=False) for key in keys]}


class Machine:
    """A registered client with its key, and another key for its tokens."""

    def __init__(self, api: Api, client: Client, key: Key, alg: str = "ES256") -> None:
        self.api, self.client, self.key, self.alg = api, client, key, alg
        self.proof_key: Key = ECKey.generate_key("P-256")

    def assertion(self, *, header: dict[str, Any] | None = None, key: Any = None, **changed: Any) -> str:
        now = int(clock.now().timestamp())
        claims: dict[str, Any] = {
            "iss": str(self.client.id),
            "sub": str(self.client.id),
            "aud": ISSUER,
            "jti": str(new_id()),
            "iat": now,
            "exp": now + 60,
        }
        return signed({"alg": self.alg, "kid": self.key.kid} | (header or {}), claims | changed, key or self.key)

    def proof(
        self,
        method: str,
        path: str,
        token: str | None = None,
        *,
        header: dict[str, Any] | None = None,
        key: Any = None,
        **changed: Any,
    ) -> str:
        digest = hashlib.sha256(token.encode()).digest() if token else b""
        claims: dict[str, Any] = {
            "htm": method,
            "htu": f"{ISSUER}{path}",
            "iat": int(clock.now().timestamp()),
            "jti": str(new_id()),
            "ath": base64.urlsafe_b64encode(digest).rstrip(b"=").decode() if token else None,
        }
        shown = {"typ": "dpop+jwt", "alg": "ES256", "jwk": self.proof_key.as_dict(private=False)}
        return signed(shown | (header or {}), claims | changed, key or self.proof_key)

    async def ask(
        self, assertion: str | None = None, proof: str | None = "", path: str = "/oauth/token", **form: Any
    ) -> httpx.Response:
        """An answer of the token endpoint, or of another that wants the client to prove itself; no proof if None."""
        given = {"client_assertion_type": JWT_BEARER, "client_assertion": assertion or self.assertion()}
        if path == "/oauth/token":
            given["grant_type"] = "client_credentials"
        headers = {} if proof is None else {"DPoP": proof or self.proof("POST", path)}
        return await self.api.request("POST", path, data=given | form, headers=headers)

    async def token(self, **form: Any) -> str:
        answer = await self.ask(**form)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["access_token"])

    async def get(self, path: str, token: str, proof: str | None = None, **options: Any) -> httpx.Response:
        """A call with a bound token and a fresh proof, unless another is given."""
        proof = proof or self.proof("GET", path, token)
        return await self.api.request("GET", path, headers={"Authorization": f"DPoP {token}", "DPoP": proof}, **options)


async def bank_machine(
    api: Api, make: Make, *scopes: str, alg: str = "ES256", organization: Organization | None = None, **given: Any
) -> Machine:
    """A machine of a bank, whose key is registered by value unless something else is given."""
    key = new_key(alg)
    organization = organization or await make.bank()
    is_bank = organization.kind is OrganizationKind.bank
    values: dict[str, Any] = {"jwks": jwks(key)} if "jwks_url" not in given else {}
    client = Client(
        organization_id=organization.id,
        name="Contoh",
        profile=ClientProfile.bank if is_bank else ClientProfile.standard,
        auth_method=AuthMethod.private_key_jwt,
        scopes=list(scopes or ("financing:pull",)),
        **(values | given),
    )
    await make.add(client)
    return Machine(api, client, key, alg)
