"""`plut run`: everything a newcomer needs, in one process tree: database, migrations, data, worker, server."""

import asyncio
import ctypes
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import typer
from rich.console import Console

from plut_api.cli.database import database
from plut_api.cli.migrate import load_reference_data, migrate_to_head
from plut_api.cli.serve import Server, make_server, stop_on_signals
from plut_api.kit.logs import configure_logs
from plut_api.kit.metrics import serve_metrics
from plut_api.sample.seed import ensure_sample
from plut_api.settings import Settings, get_settings

console = Console()
_PR_SET_PDEATHSIG = 1


def register(cli: typer.Typer) -> None:
    """Add the command."""
    cli.command()(run)


def run() -> None:
    """Start the database, migrate, load data on first use, start the worker, and serve until Ctrl-C."""
    settings = get_settings()
    _require_free_port(settings)
    signal.signal(signal.SIGTERM, _interrupt)
    started = time.monotonic()
    try:
        with _step("Database"), database() as running:
            with _step("Migrations"):
                migrate_to_head(running)
            with _step("Reference data: regions, KBLI, holidays, rules"):
                load_reference_data(running)
            with _step("Invented sample (first run only)"):
                ensure_sample(running, lambda text: console.print(f"    [dim]{text}[/]"))
            _serve(running, started)
    except KeyboardInterrupt:
        console.print("Stopped before it was up.")
    else:
        console.print("Stopped.")


def _serve(settings: Settings, started: float) -> None:
    log_file = settings.data_dir / "logs" / "server.log"
    configure_logs(settings, log_file)
    asyncio.run(_serve_with_worker(settings, lambda: _where_to_go_next(settings, log_file, started)))


async def _serve_with_worker(settings: Settings, when_up: Callable[[], None]) -> None:
    server = make_server(settings)
    stop_on_signals(server)
    serve_metrics(settings.host, settings.metrics_port)
    worker = asyncio.create_task(_keep_worker(server, settings.data_dir / "logs" / "worker.log"))
    announce = asyncio.create_task(_announce(server, when_up))
    await server.serve()
    announce.cancel()
    await worker


async def _announce(server: Server, when_up: Callable[[], None]) -> None:
    while not server.started:
        await asyncio.sleep(0.02)
    when_up()


async def _keep_worker(server: Server, log_file: Path) -> None:
    """Run the worker beside the server; start it again should it die."""
    while not server.should_exit:
        with log_file.open("ab") as log:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "plut_api", "worker", stdout=log, stderr=log, preexec_fn=_die_with_parent
            )
        while process.returncode is None and not server.should_exit:
            await asyncio.sleep(0.2)
        if process.returncode is None:
            process.terminate()
            try:
                await asyncio.wait_for(process.wait(), 20)
            except TimeoutError:
                process.kill()
                await process.wait()
        elif not server.should_exit:
            console.print(f"[yellow]The worker ended ({process.returncode}); starting it again. See {log_file}.[/]")
            await asyncio.sleep(2)


def _die_with_parent() -> None:
    """Ask Linux to stop the worker if the server is killed; and take Ctrl-C from the server alone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


@contextmanager
def _step(words: str) -> Iterator[None]:
    started = time.monotonic()
    console.print(f"[bold]▸[/] {words} …")
    nothing_failed = False
    try:
        yield
        nothing_failed = True
    finally:
        if nothing_failed and words != "Database":
            console.print(f"  [green]done[/] in {time.monotonic() - started:.1f} s")


def _where_to_go_next(settings: Settings, log_file: Path, started: float) -> None:
    url = f"http://{settings.host}:{settings.port}"
    console.print(
        f"""
[green bold]plut-api is up[/] after {time.monotonic() - started:.1f} s.

  Read the contract    {url}/docs
  Try a first call     curl '{url}/v1/programs?limit=3'
  Sign in              credentials of the invented staff, bank and owner: {settings.data_dir}/sample-credentials.json
  See the whole chain  make demo   (in another terminal; it uses a database of its own)
  Logs                 {log_file.parent}

Ctrl-C stops everything.""",
        highlight=False,
    )


def _require_free_port(settings: Settings) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError:
            typer.secho(
                f"Port {settings.port} on {settings.host} is taken. Stop what uses it, or choose another: "
                f"PLUT_PORT={settings.port + 1} make run",
                err=True,
                fg=typer.colors.RED,
            )
            raise typer.Exit(1) from None


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
