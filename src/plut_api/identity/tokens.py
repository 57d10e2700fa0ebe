"""Access tokens: short-lived JWTs (RFC 9068, `at+jwt`), signed ES256, verified with an allow-list (RFC 8725)."""

import asyncio
import math
import time
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from joserfc import jwt
from joserfc.errors import InvalidClaimError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import extract_compact
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.identity import dpop
from plut_api.identity.keys import ALGORITHM, newest_key, verifying_keys
from plut_api.identity.revocations import REMEMBERED_FOR, Revocations
from plut_api.identity.signatures import AHEAD_SECONDS, SignatureRefused
from plut_api.kit import clock
from plut_api.kit.caller import Caller, Kind, Role
from plut_api.kit.ids import new_id
from plut_api.kit.problems import Unauthorized
from plut_api.settings import Settings

AUDIENCE = "plut-api"
TYPE = "at+jwt"
_REMEMBERED = 10_000
_LONGEST_LIFE = 3600  # Seconds, the most that the setting allows.
_KEYS_AGAIN_AFTER = 0.5  # Seconds.
_KEYS_GOOD_FOR = 60.0  # Seconds, after which keys are read again.


async def issue_access_token(db: AsyncSession, settings: Settings, caller: Caller, bound_to: str | None = None) -> str:
    """A signed access token for a caller, good for `PLUT_ACCESS_TOKEN_SECONDS`.

    Bound to the thumbprint of a key, it is believed only beside a proof by that key (RFC 9449 section 6).
    """
    key = await newest_key(db)
    issued = int(clock.now().timestamp())
    claims = {
        "iss": settings.public_url,
        "aud": AUDIENCE,
        "sub": str(caller.id),
        "client_id": str(caller.id),
        "jti": str(new_id()),
        "iat": issued,
        "exp": issued + settings.access_token_seconds,
        "scope": " ".join(sorted(caller.scopes)),
        "kind": caller.kind.value,
        "role": caller.role.value,
        "organization_id": str(caller.organization_id) if caller.organization_id else None,
    }
    if caller.sign_in_id is not None:
        claims["sid"] = str(caller.sign_in_id)
    if bound_to is not None:
        claims["cnf"] = {"jkt": bound_to}
    return jwt.encode({"alg": ALGORITHM, "typ": TYPE, "kid": key.kid}, claims, key)


class _Keys:
    """The verifying keys. One read serves everybody who waits for it, and a flood of unknown keys causes few."""

    def __init__(self, sessions: async_sessionmaker[AsyncSession]) -> None:
        self._sessions = sessions
        self._known = KeySet([])
        self._read_at = -math.inf
        self._reading: asyncio.Task[None] | None = None

    async def for_token(self, token: str) -> KeySet:
        """Keys to verify a token with, read again if it names an unknown one or the known ones have grown old.

        Whoever names an unknown key waits until the last read is old enough: the key may be newer than that.
        """
        age = time.monotonic() - self._read_at
        if age > _KEYS_GOOD_FOR or not _names_key_of(token, self._known):
            if self._reading is None:
                self._reading = asyncio.create_task(self._read(max(_KEYS_AGAIN_AFTER - age, 0.0)))
            await asyncio.shield(self._reading)  # The read goes on for others when one of them gives up.
        return self._known

    async def _read(self, pause: float) -> None:
        try:
            await asyncio.sleep(pause)
            started = time.monotonic()
            async with self._sessions() as db:
                self._known = await verifying_keys(db)
            self._read_at = started
        finally:
            self._reading = None


@dataclass(frozen=True)
class Believed:
    """What a good token says, until when it may go unchecked, and the key it is bound to."""

    caller: Caller
    until: float
    bound_to: str | None
    claims: dict[str, Any]


class Identifier:
    """From token to Caller. Raises Unauthorized.

    A verified token is remembered for a few seconds, so that a busy client costs few signature checks, and a token that
    was revoked, or whose key was retired for a theft, stops working soon. Bound tokens are remembered apart: one that
    comes alone is never found.
    """

    def __init__(self, sessions: async_sessionmaker[AsyncSession], settings: Settings) -> None:
        self._sessions = sessions
        self._settings = settings
        self._keys = _Keys(sessions)
        self._revocations = Revocations(sessions)
        self._free: OrderedDict[str, tuple[float, Caller]] = OrderedDict()
        self._bound: OrderedDict[str, tuple[float, Believed]] = OrderedDict()

    async def __call__(self, token: str) -> Caller:
        """The caller of a bearer token."""
        known = self._free.get(token)
        if known is not None and known[0] > clock.now().timestamp():
            return known[1]
        self._free.pop(token, None)
        believed = await self.read(token)
        if believed.bound_to is not None:  # Stolen, or sent without its proof.
            raise Unauthorized(headers=dpop.challenge("invalid_token"))
        _remember(self._free, token, (believed.until, believed.caller))
        return believed.caller

    async def with_proof(self, token: str, proofs: Sequence[str], method: str, path: str) -> Caller:
        """The caller of a bound token, by a proof for this very request (RFC 9449 section 7)."""
        known = self._bound.pop(token, None)
        now = clock.now().timestamp()
        believed = known[1] if known is not None and known[0] > now else await self._read_bound(token)
        if believed.bound_to is None:  # A bearer token gains nothing by a proof of whatever key.
            raise Unauthorized(headers=dpop.challenge("invalid_token"))
        _remember(self._bound, token, (believed.until, believed))
        try:
            proof = dpop.read_proof(proofs, dpop.Target(method, self._settings.public_url + path, token))
            if proof.thumbprint != believed.bound_to:
                raise SignatureRefused("key")
            await dpop.require_first_use(self._sessions, proof)
        except SignatureRefused:
            raise Unauthorized(headers=dpop.challenge("invalid_dpop_proof")) from None
        return believed.caller

    async def read(self, token: str) -> Believed:
        """What a token of ours says, proof or not; only for who does not act on it."""
        believed = _verified(token, await self._keys.for_token(token), self._settings)
        await self._revocations.require_live(believed.caller, believed.claims)
        return believed

    async def _read_bound(self, token: str) -> Believed:
        try:
            return await self.read(token)
        except Unauthorized:
            raise Unauthorized(headers=dpop.challenge("invalid_token")) from None


def identifier(sessions: async_sessionmaker[AsyncSession], settings: Settings) -> Identifier:
    """What `app.state.identify` is."""
    return Identifier(sessions, settings)


def _remember(kept: OrderedDict[str, Any], token: str, value: Any) -> None:
    kept[token] = value
    if len(kept) > _REMEMBERED:
        kept.popitem(last=False)


class _Claims(jwt.JWTClaimsRegistry):
    """Two machines of ours may differ by a few seconds in when a token was made, not in when it ends."""

    def validate_iat(self, value: object) -> None:
        self._require_begun("iat", value)

    def validate_nbf(self, value: object) -> None:
        self._require_begun("nbf", value)

    def _require_begun(self, name: str, value: object) -> None:
        if isinstance(value, bool) or not isinstance(value, int | float) or not value <= self.now + AHEAD_SECONDS:
            raise InvalidClaimError(name)


def _names_key_of(token: str, keys: KeySet) -> bool:
    try:
        header = extract_compact(token.encode()).headers()  # Nothing in it is believed yet.
    except (JoseError, ValueError, TypeError, AttributeError):
        return True  # Malformed; no key will help.
    return any(key.kid == header.get("kid") for key in keys.keys)


def _verified(token: str, keys: KeySet, settings: Settings) -> Believed:
    """What a good token says. Raises Unauthorized for any other."""
    refused = Unauthorized(headers={"WWW-Authenticate": 'Bearer error="invalid_token"'})
    now = clock.now().timestamp()
    try:
        decoded = jwt.decode(token, keys, algorithms=[ALGORITHM])
        if decoded.header.get("typ") != TYPE:
            raise refused
        claims = decoded.claims
        _Claims(
            now=int(now),
            iss={"essential": True, "value": settings.public_url},
            aud={"essential": True, "value": AUDIENCE},
            exp={"essential": True},
            iat={"essential": True},
            jti={"essential": True},
            client_id={"essential": True, "value": claims.get("sub", "")},
        ).validate(claims)
        if claims["exp"] - claims["iat"] > _LONGEST_LIFE:
            raise refused
        organization = claims.get("organization_id")
        caller = Caller(
            id=UUID(claims["sub"]),
            kind=Kind(claims["kind"]),
            role=Role(claims["role"]),
            scopes=frozenset(claims["scope"].split()),
            organization_id=UUID(organization) if organization else None,
            sign_in_id=UUID(claims["sid"]) if "sid" in claims else None,
        )
        bound_to = claims["cnf"]["jkt"] if "cnf" in claims else None
        return Believed(caller, min(claims["exp"], now + REMEMBERED_FOR), bound_to, claims)
    except (JoseError, ValueError, KeyError, TypeError, AttributeError):
        raise refused from None
