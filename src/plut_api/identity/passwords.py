"""Staff passwords: argon2id with the library's present defaults, checked off the event loop; guessing is slowed."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from fastapi import Request

from plut_api.kit.crypto import vault
from plut_api.kit.database import unit_of_work
from plut_api.kit.middleware import network_of
from plut_api.kit.rate_limits import Quota, take, too_many

OF_ADDRESS = Quota("passwords-address", 100, 900)
OF_ACCOUNT = (Quota("passwords-minute", 5, 60), Quota("passwords-quarter", 10, 900), Quota("passwords-hour", 20, 3600))
"""Each window is longer and narrower than the one before, so the waits of somebody who keeps guessing grow."""

_hasher = PasswordHasher()
_DECOY = _hasher.hash("of nobody")
# Each check takes 64 MiB and a core for a while; more at once would only starve everybody else.
_threads = ThreadPoolExecutor(2, thread_name_prefix="passwords")


def hash_password(password: str) -> str:
    """An argon2id hash in PHC form."""
    return _hasher.hash(password)


async def hashed(password: str) -> str:
    """`hash_password`, off the event loop."""
    return await asyncio.get_running_loop().run_in_executor(_threads, hash_password, password)


def is_outgrown(password_hash: str) -> bool:
    """Whether a hash was made with lesser parameters than the present ones."""
    return _hasher.check_needs_rehash(password_hash)


async def password_is_right(password_hash: str | None, password: str) -> bool:
    """Whether a password fits; without a hash (unknown e-mail) the same work is done for nothing."""
    return await asyncio.get_running_loop().run_in_executor(_threads, _verify, password_hash, password)


async def count_password_try(request: Request, email: str) -> None:
    """Count a try before it is made, known e-mail or not, so that tries at the same time count too.

    Raises TooManyRequests.
    """
    over = [quota for quota, used in await _take(request, email, 1) if used > quota.calls]
    if over:
        raise too_many(over[-1])


async def forget_password_try(request: Request, email: str) -> None:
    """Take a try back that turned out right: signing in often is no guessing."""
    await _take(request, email, -1)


async def _take(request: Request, email: str, tries: int) -> list[tuple[Quota, int]]:
    account = vault().blind("accounts.email", email).hex()
    keys = [(OF_ADDRESS, network_of(request.scope)), *((quota, account) for quota in OF_ACCOUNT)]
    async with unit_of_work(request.app.state.sessions) as db:
        return [(quota, await take(db, quota, key, tries)) for quota, key in keys]


def _verify(password_hash: str | None, password: str) -> bool:
    try:
        return _hasher.verify(password_hash or _DECOY, password) and password_hash is not None
    except (VerificationError, InvalidHashError):
        return False
