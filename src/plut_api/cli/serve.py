"""`plut serve`: the HTTP server on a database that is already migrated."""

import asyncio
import contextlib
import signal
from collections.abc import Iterator

import typer
import uvicorn

from plut_api.app import create_app
from plut_api.cli.database import database
from plut_api.cli.doctor import refuse_unsafe_start
from plut_api.kit.connections import Connection
from plut_api.kit.logs import configure_logs
from plut_api.kit.metrics import serve_metrics
from plut_api.settings import Settings


def register(cli: typer.Typer) -> None:
    """Add the command."""
    cli.command()(serve)


def serve() -> None:
    """Serve the API until stopped; requests in flight are finished first."""
    with database() as settings:
        refuse_unsafe_start(settings)
        configure_logs(settings)
        asyncio.run(serve_until_stopped(settings))


class Server(uvicorn.Server):
    """uvicorn, with signals left to us, so that cleaning up comes after serving."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals alone."""
        yield


def make_server(settings: Settings) -> Server:
    """A server for the application, with uvloop, and with connections that have limits."""
    return Server(
        uvicorn.Config(
            create_app(settings),
            host=settings.host,
            port=settings.port,
            loop="uvloop",
            http=Connection,
            ws="none",
            access_log=False,
            log_config=None,
            server_header=False,
            timeout_graceful_shutdown=20,
            timeout_keep_alive=75,
            # Whoever else says for whom a request came is not believed.
            proxy_headers=bool(settings.trusted_proxies),
            forwarded_allow_ips=list(settings.trusted_proxies),
        )
    )


async def serve_until_stopped(settings: Settings) -> None:
    """Serve until SIGINT or SIGTERM."""
    server = make_server(settings)
    stop_on_signals(server)
    serve_metrics(settings.host, settings.metrics_port)
    await server.serve()


def stop_on_signals(server: Server) -> None:
    """Let SIGINT and SIGTERM end serving in good order; a second one hurries."""
    loop = asyncio.get_running_loop()

    def stop() -> None:
        server.force_exit = server.should_exit
        server.should_exit = True

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)
