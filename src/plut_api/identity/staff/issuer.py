"""An outside OpenID Connect issuer that staff may sign in with (OpenID Connect Core 1.0; RFC 7523 as the grant).

The setting names issuer and audience; keys are found by discovery and read again when an unknown one is named. An ID
token is good once, and for a few minutes. There is no nonce: it comes from a client of the issuer, not from a redirect
of ours.
"""

import asyncio
import hashlib
import math
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import structlog
from fastapi import Request
from joserfc import jwt
from joserfc.errors import JoseError, UnsupportedAlgorithmError
from joserfc.jws import JWSRegistry, extract_compact

from plut_api.identity.once import used_for_the_first_time
from plut_api.identity.problems import InvalidGrant, UnsupportedGrantType
from plut_api.identity.schemas import LONGEST_EMAIL
from plut_api.identity.signatures import AHEAD_SECONDS, PublicKey, SignatureRefused, instant, public_key
from plut_api.kit import clock, outgoing
from plut_api.kit.outgoing import OutgoingFailed
from plut_api.kit.problems import ServiceUnavailable
from plut_api.settings import Settings

log = structlog.get_logger()

# RS256 is what OpenID Connect asks every issuer to have; nothing symmetric, and never `none`.
ALGORITHMS = ("RS256", "PS256", "ES256", "EdDSA", "Ed25519")
OLDEST_SECONDS = 600
"""How long ago an ID token may have been made."""
_MOST_KEYS = 20
_AGAIN_AFTER = 10.0  # Seconds between two reads, whatever key ids come in.
_GOOD_FOR = 600.0  # Seconds after which keys are read anew.
_TYPES = (None, "JWT")  # Of ID tokens. Access tokens and others of the same issuer name theirs.
_BROKEN = (JoseError, ValueError, TypeError, AttributeError, KeyError, RecursionError)


class _Registry(JWSRegistry):
    """The allow-list, with room for the tokens of large directories."""

    max_header_length = 4096
    max_payload_length = 16_384

    def get_alg(self, name: str) -> Any:
        if name not in ALGORITHMS:
            raise UnsupportedAlgorithmError(f"Algorithm of '{name}' is not allowed")
        return self.algorithms[name]


_REGISTRY = _Registry()


@dataclass
class IssuerKeys:
    """The keys of the issuer, as this process last saw them."""

    keys: list[PublicKey] = field(default_factory=list)
    read_at: float = -math.inf
    tried_at: float = -math.inf
    reading: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def named(self, settings: Settings, key_id: str | None) -> list[PublicKey]:
        """Keys of this id; all of them without one. Raises ServiceUnavailable while none could be read yet."""
        if self._is_due(settings, key_id):
            async with self.reading:
                if self._is_due(settings, key_id):  # Somebody else may have read while we waited.
                    await self._read(settings)
        if not self.keys:
            raise ServiceUnavailable(headers={"Retry-After": "30"})
        return [key for key in self.keys if key_id is None or key.kid == key_id]

    def _is_due(self, settings: Settings, key_id: str | None) -> bool:
        now = time.monotonic()
        if now - self.tried_at <= _AGAIN_AFTER:
            return False
        return now - self.read_at > _GOOD_FOR or all(key.kid != key_id for key in self.keys)

    async def _read(self, settings: Settings) -> None:
        issuer = settings.oidc_issuer or ""
        try:
            about = await outgoing.get_json(settings, f"{issuer.rstrip('/')}/.well-known/openid-configuration")
            if not isinstance(about, dict) or about.get("issuer") != issuer:
                raise OutgoingFailed("other_issuer")
            found = await outgoing.get_json(settings, str(about.get("jwks_uri")))
            if not isinstance(found, dict) or not isinstance(found.get("keys"), list):
                raise OutgoingFailed("no_key_set")
        except OutgoingFailed as failure:
            log.warning("issuer_keys_not_read", reason=failure.reason)
        else:
            self.keys, self.read_at = _usable(found["keys"]), time.monotonic()
        finally:
            self.tried_at = time.monotonic()  # Not earlier: who comes while we read is to wait for what we find.


async def email_of(request: Request, assertion: str) -> str:
    """The address that the issuer has verified, of a good ID token that is used for the first time.

    Raises UnsupportedGrantType (no issuer is trusted), InvalidGrant, ServiceUnavailable (its keys cannot be read).
    """
    settings: Settings = request.app.state.settings
    if settings.oidc_issuer is None or settings.oidc_audience is None:
        raise UnsupportedGrantType()
    try:
        key_id = _header(assertion).get("kid")
        keys = await request.app.state.issuer_keys.named(settings, key_id)
        claims = _verified(assertion, keys)
        email = _believed(claims, settings)
        await _require_first_use(request, assertion, claims)
    except SignatureRefused as refusal:
        log.info("id_token_refused", reason=str(refusal))
        raise InvalidGrant() from None
    return email


def _header(assertion: str) -> Mapping[str, Any]:
    """What the token says of itself, before anything in it is believed."""
    try:
        header = extract_compact(assertion.encode(), registry=_REGISTRY).headers()
    except _BROKEN:
        raise SignatureRefused("malformed") from None
    if header.get("typ") not in _TYPES or not isinstance(header.get("kid"), str | None):
        raise SignatureRefused("type")
    return header


def _verified(assertion: str, keys: Iterable[PublicKey]) -> Mapping[str, Any]:
    for key in keys:
        try:
            claims = jwt.decode(assertion, key, registry=_REGISTRY).claims
        except _BROKEN:
            continue
        if isinstance(claims, dict):
            return claims
    raise SignatureRefused("signature")


def _believed(claims: Mapping[str, Any], settings: Settings) -> str:
    """The verified address of a token for us, from the trusted issuer, of now (OpenID Connect Core 3.1.3.7)."""
    now = clock.now().timestamp()
    audiences = claims.get("aud")
    audiences = audiences if isinstance(audiences, list) else [audiences]
    issued, ends, begins = (instant(claims, name) for name in ("iat", "exp", "nbf"))
    email = claims.get("email")
    rules = {
        "iss": claims.get("iss") == settings.oidc_issuer,
        "aud": settings.oidc_audience in audiences,
        "azp": claims.get("azp", settings.oidc_audience if len(audiences) == 1 else None) == settings.oidc_audience,
        "iat": issued is not None and now - OLDEST_SECONDS <= issued <= now + AHEAD_SECONDS,
        "exp": ends is not None and now < ends,
        "nbf": begins is None or begins <= now + AHEAD_SECONDS,
        "email": isinstance(email, str) and 0 < len(email) <= LONGEST_EMAIL,
        "email_verified": claims.get("email_verified") is True,
    }
    broken = [name for name, kept in rules.items() if not kept]
    if broken:
        raise SignatureRefused(broken[0])
    return str(email).strip().lower()


async def _require_first_use(request: Request, assertion: str, claims: Mapping[str, Any]) -> None:
    # Without the signature, which some algorithms let anybody rewrite.
    signed = hashlib.sha256(assertion.rpartition(".")[0].encode()).hexdigest()
    until = datetime.fromtimestamp(float(claims["iat"]) + OLDEST_SECONDS + AHEAD_SECONDS, UTC)
    if not await used_for_the_first_time(request.app.state.sessions, "id_token", signed, until):
        raise SignatureRefused("used")


def _usable(keys: Iterable[Any]) -> list[PublicKey]:
    found = []
    for key in list(keys)[:_MOST_KEYS]:
        try:
            found.append(public_key(key))
        except SignatureRefused:
            continue
    return found
