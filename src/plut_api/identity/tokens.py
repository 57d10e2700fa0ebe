"""Access tokens: short-lived JWTs (RFC 9068, `at+jwt`), signed ES256, verified with an allow-list (RFC 8725)."""

import asyncio
import math
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from uuid import UUID

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jws import extract_compact
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.identity.keys import ALGORITHM, newest_key, verifying_keys
from plut_api.kit import clock
from plut_api.kit.caller import Caller, Kind, Role
from plut_api.kit.ids import new_id
from plut_api.kit.problems import Unauthorized
from plut_api.settings import Settings

AUDIENCE = "plut-api"
TYPE = "at+jwt"
_REMEMBERED = 10_000
_KEYS_AGAIN_AFTER = 2.0  # Seconds.
_KEYS_GOOD_FOR = 60.0  # Seconds, after which a retired key is no longer believed.


async def issue_access_token(db: AsyncSession, settings: Settings, caller: Caller) -> str:
    """A signed access token for a caller, good for `PLUT_ACCESS_TOKEN_SECONDS`."""
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
    return jwt.encode({"alg": ALGORITHM, "typ": TYPE, "kid": key.kid}, claims, key)


class _Keys:
    """The verifying keys. One read serves everybody who waits for it, and a flood of unknown keys causes few."""

    def __init__(self, sessions: async_sessionmaker[AsyncSession]) -> None:
        self._sessions = sessions
        self._known = KeySet([])
        self._read_at = -math.inf
        self._reading: asyncio.Task[None] | None = None

    async def for_token(self, token: str) -> KeySet:
        """Keys to verify a token with, read again if it names an unknown one or the known ones have grown old."""
        age = time.monotonic() - self._read_at
        if age > _KEYS_GOOD_FOR or (age > _KEYS_AGAIN_AFTER and not _names_key_of(token, self._known)):
            if self._reading is None:
                self._reading = asyncio.create_task(self._read())
            await asyncio.shield(self._reading)  # The read goes on for others when one of them gives up.
        return self._known

    async def _read(self) -> None:
        try:
            async with self._sessions() as db:
                self._known = await verifying_keys(db)
            self._read_at = time.monotonic()
        finally:
            self._reading = None


def identifier(sessions: async_sessionmaker[AsyncSession], settings: Settings) -> Callable[[str], Awaitable[Caller]]:
    """A function from token to Caller, which raises Unauthorized.

    A verified token is remembered until it expires, so that a busy client costs one signature check in ten minutes.
    """
    remembered: OrderedDict[str, tuple[int, Caller]] = OrderedDict()
    keys = _Keys(sessions)

    async def identify(token: str) -> Caller:
        known = remembered.get(token)
        if known is not None and known[0] > clock.now().timestamp():
            return known[1]
        remembered.pop(token, None)
        expires, caller = _verified(token, await keys.for_token(token), settings)
        remembered[token] = (expires, caller)
        if len(remembered) > _REMEMBERED:
            remembered.popitem(last=False)
        return caller

    return identify


def _names_key_of(token: str, keys: KeySet) -> bool:
    try:
        header = extract_compact(token.encode()).headers()  # Nothing in it is believed yet.
    except (JoseError, ValueError, TypeError, AttributeError):
        return True  # Malformed; no key will help.
    return any(key.kid == header.get("kid") for key in keys.keys)


def _verified(token: str, keys: KeySet, settings: Settings) -> tuple[int, Caller]:
    """The expiry and the caller of a good token. Raises Unauthorized for any other."""
    refused = Unauthorized(headers={"WWW-Authenticate": 'Bearer error="invalid_token"'})
    try:
        decoded = jwt.decode(token, keys, algorithms=[ALGORITHM])
        if decoded.header.get("typ") != TYPE:
            raise refused
        registry = jwt.JWTClaimsRegistry(
            now=int(clock.now().timestamp()),
            leeway=0,
            iss={"essential": True, "value": settings.public_url},
            aud={"essential": True, "value": AUDIENCE},
            exp={"essential": True},
            sub={"essential": True},
        )
        claims = decoded.claims
        registry.validate(claims)
        organization = claims.get("organization_id")
        return claims["exp"], Caller(
            id=UUID(claims["sub"]),
            kind=Kind(claims["kind"]),
            role=Role(claims["role"]),
            scopes=frozenset(claims["scope"].split()),
            organization_id=UUID(organization) if organization else None,
        )
    except (JoseError, ValueError, KeyError, TypeError, AttributeError):
        raise refused from None
