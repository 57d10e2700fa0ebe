"""`plut worker`: background work on a database that is already migrated."""

import asyncio
import contextlib
import signal

import typer

from plut_api.cli.database import database
from plut_api.kit.logs import configure_logs
from plut_api.settings import Settings
from plut_api.worker import run_worker


def register(cli: typer.Typer) -> None:
    """Add the command."""
    cli.command()(worker)


def worker() -> None:
    """Run jobs and relay events until stopped."""
    with database() as settings:
        configure_logs(settings)
        asyncio.run(_work_until_stopped(settings))


async def _work_until_stopped(settings: Settings) -> None:
    work = asyncio.create_task(run_worker(settings))
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, work.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        await work
