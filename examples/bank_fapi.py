"""How a bank's machine signs in in production: by a key of its own, with tokens bound to that key (FAPI 2.0).

Needs httpx and joserfc. Make a key pair, keep the private half, give the public half to PLUT for your client:
    python examples/bank_fapi.py new-key bank-key.json > bank-jwks.json
Then any script of yours uses it; bank_pull.py does if PLUT_CLIENT_KEY is set instead of PLUT_CLIENT_SECRET:
    export PLUT_URL=https://… PLUT_CLIENT_ID=… PLUT_CLIENT_KEY=bank-key.json
    python examples/bank_pull.py
"""

import base64
import hashlib
import json
import os
import sys
import time
import uuid
from collections.abc import Generator
from pathlib import Path
from typing import Any

import httpx
from joserfc import jwt
from joserfc.jwk import ECKey

ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


class BankKey(httpx.Auth):
    """Signs every request of an httpx client, and fetches a token when there is none or its end is near."""

    requires_response_body = True

    def __init__(self, issuer: str, client_id: str, key: ECKey) -> None:
        self.issuer, self.client_id, self.key = issuer, client_id, key
        self.token, self.ends_at = "", 0.0

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Ask for a token first if need be, then send the request with the token and a proof made for it alone."""
        if time.time() > self.ends_at - 30:
            answer = yield self._token_request()
            granted = answer.raise_for_status().json()
            self.token, self.ends_at = granted["access_token"], time.time() + granted["expires_in"]
        request.headers["Authorization"] = f"DPoP {self.token}"
        request.headers["DPoP"] = self._proof(request.method, str(request.url.copy_with(query=None)), self.token)
        yield request

    def _token_request(self) -> httpx.Request:
        url = f"{self.issuer}/oauth/token"
        claims = {"iss": self.client_id, "sub": self.client_id, "aud": self.issuer, "exp": int(time.time()) + 60}
        form = {
            "grant_type": "client_credentials",
            "client_assertion_type": ASSERTION,
            "client_assertion": self._signed({"kid": self.key.kid}, claims),
        }
        return httpx.Request("POST", url, data=form, headers={"DPoP": self._proof("POST", url)})

    def _proof(self, method: str, url: str, token: str = "") -> str:
        claims = {"htm": method, "htu": url}
        if token:
            digest = hashlib.sha256(token.encode()).digest()
            claims["ath"] = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        return self._signed({"typ": "dpop+jwt", "jwk": self.key.as_dict(private=False)}, claims)

    def _signed(self, header: dict[str, Any], claims: dict[str, Any]) -> str:
        """Whatever is signed is good for one use, by its `jti`, and for a minute."""
        single = {"jti": str(uuid.uuid4()), "iat": int(time.time())}
        return jwt.encode({"alg": "ES256"} | header, claims | single, self.key)


def bank_key(url: str) -> BankKey:
    """The key of the environment, for the server at an address."""
    key = ECKey.import_key(json.loads(Path(os.environ["PLUT_CLIENT_KEY"]).read_text()))
    metadata = httpx.get(f"{url}/.well-known/oauth-authorization-server").raise_for_status().json()
    return BankKey(metadata["issuer"], os.environ["PLUT_CLIENT_ID"], key)


if __name__ == "__main__" and sys.argv[1:2] == ["new-key"]:
    made = ECKey.generate_key("P-256", {"kid": str(uuid.uuid4()), "use": "sig", "alg": "ES256"})
    with os.fdopen(os.open(sys.argv[2], os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as kept:
        json.dump(made.as_dict(private=True), kept)
    print(json.dumps({"keys": [made.as_dict(private=False)]}, indent=1))
