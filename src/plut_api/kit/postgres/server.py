"""The server process of one data folder, as seen from outside: by its pid file and by the lock that it holds."""

import contextlib
import fcntl
import os
import signal
import socket
import subprocess
import time
from pathlib import Path

import psutil

_SECONDS_PER_WAY = 20


def pid_file(pgdata: Path) -> list[str]:
    """Lines of postmaster.pid: pid, folder, start time, port, socket folder, address, shared memory, status."""
    try:
        return (pgdata / "postmaster.pid").read_text().splitlines()
    except (FileNotFoundError, NotADirectoryError):
        return []


def living_server(pgdata: Path) -> psutil.Process | None:
    """The living server of this very folder; a reused pid of some other program does not count."""
    lines = pid_file(pgdata)
    if not lines or not lines[0].strip().isdigit():
        return None
    with contextlib.suppress(psutil.Error):
        process = psutil.Process(int(lines[0]))
        alive = process.status() != psutil.STATUS_ZOMBIE
        if alive and (str(pgdata) in process.cmdline() or _works_in(process, pgdata)):
            return process
    return None


def _works_in(process: psutil.Process, pgdata: Path) -> bool:
    """A server changes into its folder and stays there, also when the folder was moved since."""
    return process.name().startswith("postgres") and Path(process.cwd()) == pgdata


def ready_port(pgdata: Path) -> int | None:
    """The port of a server that takes connections."""
    lines = pid_file(pgdata)
    return int(lines[3]) if len(lines) >= 8 and lines[7].strip() == "ready" else None


def free_port() -> int:
    """A port that nobody listens at just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until_settled(pgdata: Path, seconds: float) -> bool:
    """Wait while a living server is starting up or shutting down; False if it is still at it after so many seconds."""
    deadline = time.monotonic() + seconds
    while living_server(pgdata) is not None and ready_port(pgdata) is None:
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def stop_server(pgdata: Path) -> None:
    """Stop the living server of this folder, if there is one."""
    server = living_server(pgdata)
    if server is not None:
        _end(server)


def end_process(process: subprocess.Popen[bytes]) -> None:
    """Stop a server that may not have written its pid file yet."""
    with contextlib.suppress(psutil.NoSuchProcess):
        _end(psutil.Process(process.pid))
    process.poll()


def _end(server: psutil.Process) -> None:
    """Stop in good order; a server that does not obey is stopped the hard way, which loses nothing committed."""
    for how in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        with contextlib.suppress(psutil.NoSuchProcess):
            server.send_signal(how)
        if _gone(server):
            return


def _gone(server: psutil.Process) -> bool:
    """Whether it ended in time. One whose parent is slow to notice has ended too."""
    deadline = time.monotonic() + _SECONDS_PER_WAY
    with contextlib.suppress(psutil.NoSuchProcess):
        while server.is_running() and server.status() != psutil.STATUS_ZOMBIE:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.02)
    return True


def take_lock(path: Path, seconds: float, pgdata: Path) -> int | None:
    """A descriptor with the lock that every process of a server inherits; None if it stays taken for so many seconds.

    The lock is gone with the last of them, so whoever gets it may start a server: nothing of an earlier one lives, not
    even in another container that shares the folder, where its pids would not be seen. Sessions that outlive a killed
    server, because they are busy, are told to end.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    deadline = time.monotonic() + seconds
    _quit_orphans(pgdata)
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                os.close(descriptor)
                return None
            time.sleep(0.05)
        else:
            return descriptor


def _quit_orphans(pgdata: Path) -> None:
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if _works_in(process, pgdata):
                process.send_signal(signal.SIGQUIT)
