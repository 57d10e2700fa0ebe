"""The bank's script as the bank runs it: a process of its own, against a server, by nothing but the contract."""

import asyncio
import json
import os
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI

from plut_api.app import create_app
from plut_api.cli.client import register
from plut_api.cli.serve import Server
from plut_api.settings import Settings
from tests.cli.commands import Plut
from tests.conftest import Api
from tests.factories import CLIENT_SECRET, Make
from tests.financing.story import confirmed_business

EXAMPLES = Path(__file__).parents[2] / "examples"
SCOPES = ("financing:pull", "financing:read", "financing:decide")


@pytest.fixture
async def address(app: FastAPI) -> AsyncIterator[str]:
    """The application behind a real socket."""
    async with listening() as (bound, address), serving(app, bound):
        yield address


@asynccontextmanager
async def listening() -> AsyncIterator[tuple[socket.socket, str]]:
    """A socket of this machine and the address that leads to it."""
    with socket.create_server(("127.0.0.1", 0)) as bound:
        yield bound, f"http://127.0.0.1:{bound.getsockname()[1]}"


@asynccontextmanager
async def serving(app: FastAPI, bound: socket.socket) -> AsyncIterator[None]:
    """An application behind a socket."""
    server = Server(uvicorn.Config(app, lifespan="off", log_config=None))
    task = asyncio.create_task(server.serve(sockets=[bound]))
    yield
    server.should_exit = True
    await task


async def run(environment: dict[str, str], *arguments: str, script: str = "bank_pull.py") -> str:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(EXAMPLES / script),
        *arguments,
        env=os.environ | environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, errors = await process.communicate()
    assert process.returncode == 0, errors.decode()
    return out.decode().strip()


async def test_a_bank_pulls_all_then_what_changed_and_moves_a_referral(
    api: Api, make: Make, address: str, tmp_path: Path
) -> None:
    first, second = await confirmed_business(api, make, 1), await confirmed_business(api, make, 2)
    bank = await make.bank()
    client = await make.client(bank, *SCOPES)
    state = tmp_path / "ready-list.json"
    environment = {
        "PLUT_URL": address,
        "PLUT_CLIENT_ID": str(client.id),
        "PLUT_CLIENT_SECRET": CLIENT_SECRET,
        "PLUT_STATE": str(state),
    }

    assert await run(environment) == "2 businesses, 0 with consent"
    token = json.loads(state.read_text())["sync_token"]
    await make.consent(first.actor, bank)
    await api.as_(second.consultant).post(
        f"/v1/actors/{second.actor.id}/readiness/withdraw-confirmation", reason="Usaha pindah."
    )
    assert await run(environment) == "1 businesses, 1 with consent"
    kept = json.loads(state.read_text())

    assert list(kept["rows"]) == [str(first.actor.id)]
    assert kept["sync_token"] != token
    referral: dict[str, Any] = (
        await api.as_(first.owner).post(
            "/v1/financing/referrals",
            actor_id=str(first.actor.id),
            bank_id=str(bank.id),
            amount_idr=50_000_000,
            tenor_months=24,
            purpose="Mesin kemasan.",
        )
    ).json()
    assert await run(environment, referral["id"], "received") == "received"
    assert await run(environment, referral["id"], "in_review") == "in_review"
    assert await run(environment, referral["id"], "rejected", "reason_code=outside_scheme") == "rejected"
    assert await run(environment) == "1 businesses, 0 with consent"


async def test_a_bank_makes_a_key_registers_its_public_half_and_pulls_with_bound_tokens(
    api: Api, make: Make, settings: Settings, tmp_path: Path
) -> None:
    first = await confirmed_business(api, make, 1)
    bank = await make.bank()
    await make.consent(first.actor, bank)
    kept, public, state = tmp_path / "bank-key.json", tmp_path / "bank-jwks.json", tmp_path / "ready-list.json"
    public.write_text(await run({}, "new-key", str(kept), script="bank_fapi.py"))
    scopes = [part for scope in SCOPES for part in ("--scope", scope)]
    created = ("client", "create", "--organization", bank.code, *scopes, "--jwks", str(public))
    made = await Plut(register).made(*created)

    async with listening() as (socket, address):
        app = create_app(settings.model_copy(update={"public_url": address, "mode": "production"}))
        async with serving(app, socket):
            environment = {"PLUT_URL": address, "PLUT_CLIENT_ID": made["client_id"], "PLUT_CLIENT_KEY": str(kept)}
            told = await run(environment | {"PLUT_STATE": str(state)})
        await app.state.engine.dispose()

    assert made["auth_method"] == "private_key_jwt"
    assert kept.stat().st_mode & 0o077 == 0
    assert told == "1 businesses, 1 with consent"


async def test_a_token_that_has_ended_makes_the_script_begin_again(
    api: Api, make: Make, address: str, tmp_path: Path
) -> None:
    await confirmed_business(api, make, 1)
    bank = await make.bank()
    client = await make.client(bank, *SCOPES)
    state = tmp_path / "ready-list.json"
    environment = {
        "PLUT_URL": address,
        "PLUT_CLIENT_ID": str(client.id),
        "PLUT_CLIENT_SECRET": CLIENT_SECRET,
        "PLUT_STATE": str(state),
    }
    await run(environment)
    kept = json.loads(state.read_text())
    state.write_text(json.dumps({"sync_token": outdated(kept["sync_token"]), "rows": {"gone": {"masked": True}}}))

    assert await run(environment) == "1 businesses, 0 with consent"


def outdated(token: str) -> str:
    """The same token, as if it had been issued a year ago."""
    from plut_api.kit.crypto import vault

    claims = vault().open_token(token)
    return vault().seal_token(claims | {"t": claims["t"] - 365 * 24 * 3600})
