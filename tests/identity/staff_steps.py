"""Staff who sign in for real, mails that left, authenticators."""

import email
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from email.policy import default
from typing import Any
from uuid import UUID

import httpx
import pyotp
from fastapi import FastAPI
from sqlalchemy import update

from plut_api.identity import passwords
from plut_api.identity.models import Account
from plut_api.kit import clock
from plut_api.kit.caller import Role
from plut_api.kit.database import unit_of_work
from plut_api.kit.mail import outbox
from plut_api.worker import work_off
from tests.conftest import Api
from tests.factories import Make
from tests.identity.signing_in import PASSWORD, bearer, token

FIRST = "perahu kertas di bawah hujan"
NEXT = "tujuh kuda hijau menari pelan"


@dataclass
class Officer:
    """A member of staff with a password, at a client of their own."""

    api: Api
    id: UUID
    email: str
    password: str = FIRST

    async def ask(self, **form: Any) -> httpx.Response:
        """The answer to a sign-in."""
        return await token(
            self.api, **({"grant_type": PASSWORD, "email": self.email, "password": self.password} | form)
        )

    async def tokens(self, **form: Any) -> dict[str, Any]:
        """What a sign-in gives."""
        answer = await self.ask(**form)
        assert answer.status_code == 200, answer.text
        tokens: dict[str, Any] = answer.json()
        return tokens

    async def set_up(self, headers: dict[str, str] | None = None) -> tuple[pyotp.TOTP, list[str]]:
        """An authenticator, set up and confirmed, and the recovery codes."""
        headers = headers or bearer((await self.tokens())["access_token"])
        begun = await self.api.post("/v1/me/totp", headers=headers, password=self.password)
        assert begun.status_code == 201, begun.text
        totp = pyotp.TOTP(begun.json()["secret"])
        done = await self.api.post("/v1/me/totp/confirmation", headers=headers, code=totp.at(clock.now()))
        assert done.status_code == 200, done.text
        return totp, done.json()["recovery_codes"]


async def officer(api: Api, app: FastAPI, make: Make, role: Role = Role.dinas, password: str = FIRST) -> Officer:
    """A member of staff who chose a password."""
    account = await make.staff(role)
    async with unit_of_work(app.state.sessions) as db:
        kept = passwords.hash_password(password)
        await db.execute(update(Account).where(Account.id == account.id).values(password_hash=kept))
    return Officer(api, account.id, account.email or "", password)


@contextmanager
def at_the_next_minute() -> Iterator[None]:
    """The beginning of a window in which tries are counted."""
    with clock.clock_at(clock.now().replace(second=1) + timedelta(minutes=1)):
        yield


@contextmanager
def later(**by: float) -> Iterator[None]:
    """Some time from now, so that another code is the present one."""
    with clock.clock_at(clock.now() + timedelta(**by)):
        yield


async def mails(app: FastAPI) -> list[tuple[str, str, str]]:
    """Address, subject and text of the mails that are due by now, oldest first; the outbox is empty afterwards."""
    await work_off(app.state.settings)
    found = []
    for file in sorted(outbox(app.state.settings).glob("*.eml")):
        message = email.message_from_bytes(file.read_bytes(), policy=default)
        found.append((str(message["To"]), str(message["Subject"]), message.get_content()))
        file.unlink()
    return found


async def sent_token(app: FastAPI) -> str:
    """The token of the link in the only mail that is due."""
    ((_, _, text),) = await mails(app)
    match = re.search(r"/password#([A-Za-z0-9_-]{43})\s", text)
    assert match is not None, text
    return match[1]
