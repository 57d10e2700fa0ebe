"""Signing in by a key: `private_key_jwt` (RFC 7523), as the FAPI 2.0 security profile bounds it."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.identity.client_keys import ClientKeys, chosen
from plut_api.identity.models import Client
from plut_api.identity.once import used_for_the_first_time
from plut_api.identity.signatures import AHEAD_SECONDS, SignatureRefused, instant, once_only, unverified, verified
from plut_api.kit import clock
from plut_api.settings import Settings

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
LONGEST_LIFE_SECONDS = 300
_TYPES = ("jwt", "client-authentication+jwt")
_ELSEWHERE = frozenset({"jku", "jwk", "x5u", "x5c"})


@dataclass(frozen=True)
class Assertion:
    """A signed statement of who asks, not yet believed."""

    text: str
    client_id: UUID
    key_id: str | None


def read_assertion(text: str) -> Assertion:
    """Whom an assertion names, so that the keys to check it with can be found. Raises SignatureRefused.

    A header that brings or points at a key is refused: the keys are those that were registered.
    """
    header, claims = unverified(text)
    if _ELSEWHERE & header.keys() or str(header.get("typ", "JWT")).lower() not in _TYPES:
        raise SignatureRefused("header")
    key_id, subject = header.get("kid"), claims.get("sub")
    if not isinstance(subject, str) or not isinstance(key_id, str | None):
        raise SignatureRefused("sub")
    try:
        return Assertion(text, UUID(subject), key_id)
    except ValueError:
        raise SignatureRefused("sub") from None


async def require_assertion(
    settings: Settings,
    sessions: async_sessionmaker[AsyncSession],
    keys: ClientKeys,
    client: Client,
    assertion: Assertion,
) -> None:
    """Believe an assertion, which is used up by it. Raises SignatureRefused."""
    key = chosen(await keys.of(settings, client, assertion.key_id), assertion.key_id)
    claims = verified(assertion.text, key)
    until = _checked(claims, str(client.id), settings.public_url)
    expires_at = clock.now() + timedelta(seconds=until - clock.now().timestamp() + 1)
    if not await used_for_the_first_time(sessions, f"assertion {client.id}", once_only(claims), expires_at):
        raise SignatureRefused("replay")


def _checked(claims: dict[str, Any], client_id: str, issuer: str) -> float:
    """The end of an assertion that is ours and in time.

    The audience is our issuer as a string: an assertion made for several servers could be used at one by another.
    """
    if claims.get("iss") != client_id or claims.get("sub") != client_id:
        raise SignatureRefused("iss")
    if claims.get("aud") != issuer:
        raise SignatureRefused("aud")
    now, ends = clock.now().timestamp(), instant(claims, "exp")
    if ends is None or not now < ends <= now + LONGEST_LIFE_SECONDS + AHEAD_SECONDS:
        raise SignatureRefused("exp")
    for name in ("iat", "nbf"):
        given = instant(claims, name)
        if given is not None and given > now + AHEAD_SECONDS:
            raise SignatureRefused(name)
    once_only(claims)
    return ends
