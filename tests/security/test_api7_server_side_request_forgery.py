"""API7:2023 Server side request forgery: an address that somebody else chose never leads into our own network.

Every way of writing a private address, DNS that changes its mind, and redirects are in tests/kit/test_outgoing.py.
"""

import ast
import asyncio
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

from plut_api.identity.client_keys import ClientKeys
from plut_api.kit.outgoing import OutgoingFailed, fetch
from plut_api.settings import Settings
from tests.conftest import Api
from tests.factories import Make
from tests.identity.machines import bank_machine
from tests.identity.signing_in import put_state

SOURCES = Path(__file__).parents[2] / "src" / "plut_api"
WAYS_OUT = {
    "kit/outgoing.py",  # Addresses that others chose: checked.
    "kit/messages/gateways.py",  # The message gateways and
    "kit/mail.py",  # the mail server, which only the operator sets.
}
NO_WAYS = {
    *("cli/demo.py", "cli/run.py", "demo/narrator.py"),  # Call the server that they started.
    "demo/listener.py",  # Is called, and calls nobody.
    "kit/postgres/server.py",  # Finds a free port.
    "kit/contract/operations.py",  # Names of statuses.
}
CALLING = {"httpx", "aiohttp", "requests", "urllib3", "aiosmtplib", "smtplib", "http", "socket"}
INSIDE = (
    "https://127.0.0.1/jwks.json",
    "https://localhost/jwks.json",
    "https://[::1]/jwks.json",
    "https://169.254.169.254/latest/meta-data/",
    "https://10.0.0.1/jwks.json",
    "https://[::ffff:127.0.0.1]/jwks.json",
    "https://2130706433/jwks.json",
    "https://0x7f.1/jwks.json",
    "http://contoh.example/jwks.json",
    "file:///etc/passwd",
    "gopher://127.0.0.1:6379/",
)
SHOWN = {"ChannelCreate.url", "ChannelPatch.url", "EvidenceCreate.url"}
"""Addresses that people open; nothing of ours calls them."""
CALLED = {"WebhookEndpointCreate.url", "WebhookEndpointPatch.url"}
"""Addresses that the worker calls, by kit/outgoing.py (tests/integration/webhooks)."""


@pytest.fixture
async def listener() -> AsyncIterator[tuple[int, list[str]]]:
    """Something of ours that nobody from outside should reach; its port, and who came."""
    came: list[str] = []

    async def note(_: asyncio.StreamReader, out: asyncio.StreamWriter) -> None:
        came.append(str(out.get_extra_info("peername")))
        out.close()

    server = await asyncio.start_server(note, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1], came


@pytest.mark.parametrize("url", INSIDE)
async def test_an_address_inside_is_not_called(settings: Settings, url: str) -> None:
    with pytest.raises(OutgoingFailed) as failure:
        await fetch(settings, url)

    assert failure.value.reason in ("address_refused", "not_https", "malformed", "unknown_host")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]"])
async def test_a_client_whose_keys_lie_inside_gets_no_token_and_nothing_inside_is_touched(
    api: Api,
    app: FastAPI,
    make: Make,
    monkeypatch: pytest.MonkeyPatch,
    listener: tuple[int, list[str]],
    host: str,
) -> None:
    port, came = listener
    put_state(monkeypatch, app, "client_keys", ClientKeys())
    machine = await bank_machine(api, make, jwks_url=f"https://{host}:{port}/jwks.json")

    answer = await machine.ask()

    assert answer.status_code == 401
    assert answer.json()["code"] == "invalid_client"
    assert str(port) not in answer.text
    assert came == []


async def test_no_body_of_the_contract_takes_an_address_to_call(app: FastAPI) -> None:
    """Where one is added, it goes through kit/outgoing.py; what is only shown to people says so in SHOWN."""
    document = app.openapi()
    taken = {
        f"{schema}.{name}"
        for schema in _bodies(document)
        for name, described in document["components"]["schemas"][schema].get("properties", {}).items()
        if name.endswith(("url", "uri", "href", "callback")) or described.get("format") in ("uri", "url")
    }

    assert taken == SHOWN | CALLED


def test_the_house_has_no_way_out_but_those_that_are_known() -> None:
    ways = {str(path.relative_to(SOURCES)) for path in SOURCES.rglob("*.py") if _imports(path) & CALLING}

    assert ways <= WAYS_OUT | NO_WAYS
    assert "kit/outgoing.py" in ways


async def test_the_sandbox_switch_opens_nothing_in_production(listener: tuple[int, list[str]]) -> None:
    port, came = listener
    production = Settings(data_dir=Path("unused"), mode="production", outgoing_to_loopback=True)

    with pytest.raises(OutgoingFailed):
        await fetch(production, f"http://127.0.0.1:{port}/")

    assert came == []


def _imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.partition(".")[0])
    return found


def _bodies(document: Mapping[str, Any]) -> set[str]:
    return {
        content["schema"]["$ref"].rpartition("/")[2]
        for item in document["paths"].values()
        for described in item.values()
        for content in described.get("requestBody", {}).get("content", {}).values()
        if "$ref" in content["schema"]
    }
