"""`plut run`: everything a newcomer needs, in one process tree: database, migrations, data, worker, server."""

import asyncio
import ctypes
import errno
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from plut_api.cli.database import database
from plut_api.cli.migrate import load_reference_data, migrate_to_head
from plut_api.cli.serve import Server, make_server, stop_on_signals
from plut_api.kit.logs import configure_logs
from plut_api.kit.metrics import serve_metrics
from plut_api.settings import Settings, get_settings

console = Console(highlight=False)
_PR_SET_PDEATHSIG = 1
_WORKER_SECONDS = 20


def register(cli: typer.Typer) -> None:
    """Add the command."""
    cli.command()(run)


def run() -> None:
    """Start the database, migrate, load data on first use, start the worker, and serve until Ctrl-C."""
    settings = _of_a_sandbox(get_settings())
    _require_free_port(settings)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # Both ways to say stop mean the same here.
    started = time.monotonic()
    try:
        with ExitStack() as until_stopped:
            with _step("Start PostgreSQL"):
                running = until_stopped.enter_context(database())
            _fill(running)
            came_up = _serve(running, started)
            console.print("Stopping …")
    except KeyboardInterrupt:
        console.print("Stopped before it was up.")
        return
    if not came_up:
        console.print(f"[red]The server did not come up; {_logs(settings) / 'server.log'} says why.[/]")
        raise typer.Exit(1)
    console.print("Stopped.")


def _of_a_sandbox(settings: Settings) -> Settings:
    """Let the invented staff sign in by password alone, unless it was said otherwise or this is no sandbox."""
    if settings.mode == "production" or "PLUT_STAFF_TOTP" in os.environ:
        return settings
    os.environ["PLUT_STAFF_TOTP"] = "offered"
    get_settings.cache_clear()
    console.print("Sandbox: staff sign in by password alone (PLUT_STAFF_TOTP=offered).")
    return get_settings()


def _fill(settings: Settings) -> None:
    from plut_api.sample.seed import ensure_sample  # Only this command needs so much of the house.

    with _step("Migrate"):
        migrate_to_head(settings)
    with _step("Load regions, KBLI, holidays and rules"):
        load_reference_data(settings)
    with _step("Load the invented sample, on the first run") as say:
        ensure_sample(settings, say)


@contextmanager
def _step(words: str) -> Iterator[Callable[[str], None]]:
    """Show a step while it lasts and how long it took; the block may say what it is at."""
    started = time.monotonic()
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    if not console.is_terminal:
        console.print(f"▸ {words} …")
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(words, total=None)
        yield lambda detail: progress.update(task, description=f"{words}: [dim]{detail}[/]")
    console.print(f"[green]✓[/] {words} [dim]{time.monotonic() - started:.1f} s[/]")


def _serve(settings: Settings, started: float) -> bool:
    """Serve until stopped; False if it never came up."""
    configure_logs(settings, _logs(settings) / "server.log")
    return asyncio.run(_serve_with_worker(settings, lambda: _where_to_go_next(settings, started)))


async def _serve_with_worker(settings: Settings, when_up: Callable[[], None]) -> bool:
    server = make_server(settings)
    stop_on_signals(server)
    serve_metrics(settings.host, settings.metrics_port)
    worker = asyncio.create_task(_keep_worker(server, _logs(settings) / "worker.log"))
    announce = asyncio.create_task(_announce(server, when_up))
    try:
        await server.serve()
    finally:
        server.should_exit = True
        announce.cancel()
        await worker
    return server.started


async def _announce(server: Server, when_up: Callable[[], None]) -> None:
    while not server.started:
        await asyncio.sleep(0.02)
    when_up()


async def _keep_worker(server: Server, log_file: Path) -> None:
    """Run the worker beside the server; start it again should it die."""
    while not _stopping(server):
        with log_file.open("ab") as log:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "plut_api", "worker"),
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C is for us; we then stop the worker in good order.
                preexec_fn=_die_with_parent,
            )
        while process.returncode is None and not _stopping(server):
            await asyncio.sleep(0.2)
        if process.returncode is None:
            await _end_worker(process)
            return
        console.print(f"[yellow]The worker ended ({process.returncode}); starting it again. See {log_file}.[/]")
        await asyncio.sleep(2)


def _stopping(server: Server) -> bool:
    return server.should_exit  # Asked anew each time: the answer changes while we wait.


async def _end_worker(process: asyncio.subprocess.Process) -> None:
    process.terminate()
    try:
        await asyncio.wait_for(process.wait(), _WORKER_SECONDS)
    except TimeoutError:
        process.kill()
        await process.wait()


def _die_with_parent() -> None:
    """Ask Linux to stop the worker if the server is killed."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _where_to_go_next(settings: Settings, started: float) -> None:
    url = f"http://{settings.host}:{settings.port}"
    console.print(
        f"""
[green bold]plut-api is up[/] after {time.monotonic() - started:.1f} s.

  Read the contract    {url}/docs
  Try a first call     curl '{url}/v1/programs?limit=3'
  Sign in              credentials of the invented staff, bank and owner: {settings.data_dir}/sample-credentials.json
  See the whole chain  make demo   (in another terminal; it uses a database of its own)
  Logs                 {_logs(settings)}

Ctrl-C stops everything.""",
        soft_wrap=True,
    )


def _logs(settings: Settings) -> Path:
    return settings.data_dir / "logs"


def _require_free_port(settings: Settings) -> None:
    """End the command with a message if the server could not listen; found out before anything else is started."""
    try:
        family, kind, *_, address = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        where = f"port {settings.port} on {settings.host}"
        taken = error.errno == errno.EADDRINUSE
        reason = f"{where.capitalize()} is taken" if taken else f"Cannot listen at {where}: {error.strerror}"
        typer.secho(
            f"{reason}. Choose another: PLUT_PORT={_another(settings.port)} make run", err=True, fg=typer.colors.RED
        )
        raise typer.Exit(1) from None


def _another(port: int) -> int:
    return port + 1 if 1024 <= port < 65535 else 8001
