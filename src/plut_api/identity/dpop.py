"""Proofs of possession (DPoP, RFC 9449): a token bound to a key is worth nothing to whoever does not hold the key."""

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import unquote, urlsplit

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.identity.once import used_for_the_first_time
from plut_api.identity.signatures import (
    AHEAD_SECONDS,
    ALGORITHMS,
    SignatureRefused,
    instant,
    once_only,
    public_key,
    unverified,
    verified,
)
from plut_api.kit import clock

TYPE = "dpop+jwt"
GOOD_FOR_SECONDS = 60
LONGEST_PROOF = 8000
ALGS = f'algs="{" ".join(ALGORITHMS)}"'
_DEFAULT_PORTS = {"https": 443, "http": 80}


@dataclass(frozen=True)
class Proof:
    """A checked proof: which key made it, and what makes it single."""

    thumbprint: str
    jti: str
    expires_at: datetime


@dataclass(frozen=True)
class Target:
    """What a proof must be about: the method and the address as clients know it, and the token it comes with."""

    method: str
    url: str
    token: str | None = field(default=None, repr=False)


def read_proof(given: Sequence[str], target: Target) -> Proof:
    """The one proof of a request, checked but for its being used the first time (section 4.3).

    Raises SignatureRefused.
    """
    if len(given) != 1 or len(given[0]) > LONGEST_PROOF:
        raise SignatureRefused("one_proof")
    header, _ = unverified(given[0])
    jwk = header.get("jwk")
    if str(header.get("typ")).lower() != TYPE or not isinstance(jwk, dict):
        raise SignatureRefused("header")
    key = public_key(jwk)
    claims = verified(given[0], key)
    if claims.get("htm") != target.method or not _same_address(claims.get("htu"), target.url):
        raise SignatureRefused("target")
    if target.token is not None and claims.get("ath") != _digest(target.token):
        raise SignatureRefused("ath")
    made, now = instant(claims, "iat"), clock.now()
    if made is None or not -GOOD_FOR_SECONDS <= made - now.timestamp() <= AHEAD_SECONDS:
        raise SignatureRefused("iat")
    expires_at = now + timedelta(seconds=made - now.timestamp() + GOOD_FOR_SECONDS + 1)
    return Proof(key.thumbprint(), once_only(claims), expires_at)


async def require_first_use(sessions: async_sessionmaker[AsyncSession], proof: Proof) -> None:
    """Use a proof up. Raises SignatureRefused if any process saw it before."""
    if not await used_for_the_first_time(sessions, f"dpop {proof.thumbprint}", proof.jti, proof.expires_at):
        raise SignatureRefused("replay")


def challenge(error: str) -> dict[str, str]:
    """The header of a 401 that asks for a bound token or a proof (section 7.1)."""
    return {"WWW-Authenticate": f'DPoP error="{error}", {ALGS}'}


def _digest(token: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(token.encode()).digest()).rstrip(b"=").decode()


def _same_address(given: object, ours: str) -> bool:
    """Whether two addresses name the same resource; query and fragment do not count (RFC 9449 section 4.3)."""
    try:
        return isinstance(given, str) and _parts(given) == _parts(ours)
    except ValueError:
        return False


def _parts(url: str) -> tuple[str, str, int | None, str]:
    found = urlsplit(url)
    port = found.port or _DEFAULT_PORTS.get(found.scheme)
    return found.scheme, (found.hostname or "").rstrip("."), port, unquote(found.path) or "/"
