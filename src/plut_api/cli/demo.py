"""`plut demo`: tell the whole chain over HTTP, on a scratch database and a server of its own."""

import asyncio
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import httpx
import typer
from pydantic import SecretStr
from rich.console import Console

from plut_api.cli.database import embedded, working_on
from plut_api.cli.migrate import load_reference_data, migrate_to_head
from plut_api.demo.chapters import CHAPTERS
from plut_api.demo.listener import Listener
from plut_api.demo.narrator import Narrator, StoryBroken
from plut_api.demo.scenes import Story
from plut_api.identity.clients import create_client
from plut_api.identity.policy import client_scopes_allowed
from plut_api.identity.service import create_staff
from plut_api.kit import clock, crypto
from plut_api.kit.caller import Role
from plut_api.kit.postgres import ClusterError
from plut_api.organizations.models import OrganizationKind
from plut_api.organizations.schemas import OrganizationCreate
from plut_api.organizations.service import register_organization
from plut_api.settings import get_settings

console = Console()
STAFF = (
    ("dinas", Role.dinas, "DINAS"),
    ("consultant", Role.consultant, "DINAS"),
    ("verifier", Role.consultant, "DINAS"),
    ("opd", Role.opd, "OPD_DEMO"),
    ("cohost", Role.opd, "OPD_TRADE"),
)
HOUSE = (
    ("DINAS", "Dinas Koperasi dan UKM (demo)", OrganizationKind.dinas),
    ("OPD_DEMO", "Dinas Perindustrian (demo)", OrganizationKind.opd),
    ("OPD_TRADE", "Dinas Perdagangan (demo)", OrganizationKind.opd),
    ("PARTNER_DEMO", "Pabrik Kemasan Contoh (demo)", OrganizationKind.private),
    ("BANK_DEMO", "Bank Contoh (demo)", OrganizationKind.bank),
)
_START_SECONDS = 120
"""A busy machine takes long to import two processes at once."""


def register(cli: typer.Typer) -> None:
    """Add the command."""
    cli.command()(demo)


def demo() -> None:
    """Follow one programme of two agencies to five proven outcomes and a loan; say each step with its call."""
    started = time.monotonic()
    try:
        with closing(Listener()) as listener, _scratch_database() as folder, _serving(folder) as url:
            story = _prepared(Narrator(url, console), folder, listener)
            for chapter in CHAPTERS:
                chapter(story)
    except (StoryBroken, ClusterError) as error:
        console.print(f"\n[red bold]The walk stopped:[/] {error}", highlight=False)
        raise typer.Exit(1) from None
    console.print(f"\n[green bold]All {len(CHAPTERS)} chapters told[/] in {time.monotonic() - started:.0f} s.")


@contextmanager
def _scratch_database() -> Iterator[Path]:
    """A migrated database with reference data only, and a data folder of its own; both go in the end."""
    cluster, name = embedded(get_settings()), f"plut_demo_{os.getpid()}"
    folder = (get_settings().data_dir / name).absolute()
    with cluster:
        console.print("▸ Scratch database: migrate, load reference data …")
        cluster.ensure_database(name)
        try:
            _use(PLUT_DATABASE_URL=cluster.app_url(name), PLUT_DATA_DIR=str(folder), PLUT_SMS_GATEWAY="log")
            _use(PLUT_STAFF_TOTP="offered", PLUT_OUTGOING_TO_LOOPBACK="1")
            console.print("▸ Staff sign in by password alone here (PLUT_STAFF_TOTP=offered)")
            owning = get_settings().model_copy(update={"database_migrate_url": SecretStr(cluster.url(name))})
            migrate_to_head(owning)
            load_reference_data(owning)
            yield folder
        finally:
            cluster.drop_database(name)
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _serving(folder: Path) -> Iterator[str]:
    """A server and a worker on that database."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    _use(PLUT_PORT=str(port), PLUT_PUBLIC_URL=url)
    console.print("▸ Server and worker …")
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "demo.log").open("wb") as log:
        command = [sys.executable, "-m", "plut_api"]
        processes = [
            subprocess.Popen([*command, name], stdout=log, stderr=log)  # noqa: S603
            for name in ("serve", "worker")
        ]
        try:
            _wait_until_up(url, folder / "demo.log")
            yield url
        finally:
            for process in processes:
                process.terminate()
            for process in processes:
                process.wait(30)


def _wait_until_up(url: str, log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        try:
            if httpx.get(f"{url}/readyz", timeout=2).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    last = "\n".join(log.read_text(errors="replace").splitlines()[-5:])
    raise StoryBroken(f"the server did not come up within {_START_SECONDS} seconds: {last}")


def _prepared(narrator: Narrator, folder: Path, listener: Listener) -> Story:
    """Organizations, staff and the bank's machine, as an operator would make them; staff sign in."""
    made = asyncio.run(_house())
    tokens = {}
    for name, credentials in made["staff"].items():
        form = {"grant_type": "urn:plut:grant:password", **credentials}
        tokens[name] = narrator.call("", "POST", "/oauth/token", quiet=True, data=form).json()["access_token"]
    return Story(
        narrator, folder / "messages.log", clock.today(), tokens, made["organizations"], made["client"], listener
    )


async def _house() -> dict[str, Any]:
    async with working_on() as db:
        organizations = {}
        for code, name, kind in HOUSE:
            made = await register_organization(db, None, OrganizationCreate(code=code, name=name, kind=kind))
            organizations[code] = str(made.id)
        staff = {}
        for name, role, organization in STAFF:
            email = f"{name}@demo.example"
            _, password = await create_staff(db, email, role, organization)
            staff[name] = {"email": email, "password": password}
        client_scopes = sorted(client_scopes_allowed(OrganizationKind.bank))
        client, secret = await create_client(db, "BANK_DEMO", "demo", client_scopes)
        return {
            "staff": staff,
            "organizations": organizations,
            "client": {"client_id": str(client.id), "client_secret": secret},
        }


def _use(**environment: str) -> None:
    """Let this process and its children work with other settings."""
    os.environ.update(environment)
    get_settings.cache_clear()
    crypto.vault.cache_clear()
