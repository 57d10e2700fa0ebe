"""Steps at PLUT's counter that several tests take."""

from dataclasses import replace
from typing import Any

import httpx
from fastapi import FastAPI

from plut_api.identity.models import Account
from plut_api.identity.policy import scopes_of
from plut_api.identity.service import find_or_create_person_account
from plut_api.kit.caller import Caller, Kind, Role
from plut_api.kit.database import unit_of_work
from plut_api.kit.ids import new_id
from tests.conftest import Api
from tests.factories import Make

NIK = "5271015705900003"
PHONE = "+6281234567890"


async def newcomer(app: FastAPI, phone: str = PHONE) -> Caller:
    """Somebody who has signed in but not registered."""
    async with unit_of_work(app.state.sessions) as db:
        account = await find_or_create_person_account(db, phone)
    return Caller(account.id, Kind.person, Role.person, scopes_of(Role.person), sign_in_id=new_id())


def later(caller: Caller) -> Caller:
    """The same caller, signed in anew: an access token does not live for days."""
    return replace(caller, sign_in_id=new_id())


async def registered(api: Api, make: Make, officer: Account, phone: str | None = None, **given: Any) -> httpx.Response:
    """An officer registers somebody: by the code to their phone if they have one, else by a paper."""
    proof = await make.own_code(phone) if phone else await make.signed_paper(officer)
    body = {"full_name": "Inaq Contoh Sembalun", "on_behalf": proof} | ({"phone": phone} if phone else {}) | given
    return await api.as_(officer).post("/v1/people", **body)


def pointers(answer: httpx.Response) -> dict[str, str]:
    """The faults of an answer: which code stands where."""
    return {fault["pointer"]: fault["code"] for fault in answer.json()["errors"]}
