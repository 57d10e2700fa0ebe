"""Staff passwords: argon2id with the library's present defaults, checked off the event loop."""

import asyncio

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_hasher = PasswordHasher()
_DECOY = _hasher.hash("of nobody")


def hash_password(password: str) -> str:
    """An argon2id hash in PHC form."""
    return _hasher.hash(password)


async def password_is_right(password_hash: str | None, password: str) -> bool:
    """Whether a password fits; without a hash (unknown e-mail) the same work is done for nothing."""
    return await asyncio.to_thread(_verify, password_hash, password)


def _verify(password_hash: str | None, password: str) -> bool:
    try:
        return _hasher.verify(password_hash or _DECOY, password) and password_hash is not None
    except (VerificationError, InvalidHashError):
        return False
