"""The commands around starting, as an operator meets them: in processes and a data folder of their own."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import psutil
import pytest

# The invented sample takes its time and is tested elsewhere.
WITHOUT_SAMPLE = """
import plut_api.sample.seed as seed
from plut_api.cli import main
seed.ensure_sample = lambda settings, say: None
main()
"""
SOURCE = Path(__file__).parents[2] / "src"


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Settings of one operator: a data folder and a port that nobody else uses."""
    foreign = ("PLUT_", "PYTEST_", "COV_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    return kept | {"PLUT_DATA_DIR": str(tmp_path / "plut"), "PLUT_PORT": port, "PYTHONPATH": str(SOURCE)}


def plut(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """A command, from start to end."""
    command = [sys.executable, "-c", WITHOUT_SAMPLE, *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=90, check=False)


@contextmanager
def running(environment: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    """`plut run`, once it is ready for requests."""
    command = [sys.executable, "-c", WITHOUT_SAMPLE, "run"]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        deadline = time.monotonic() + 60
        while not is_ready(environment):
            assert process.poll() is None, process.communicate()[0]
            assert time.monotonic() < deadline, "not up within a minute"
            time.sleep(0.1)
        yield process
    finally:
        process.terminate()
        process.communicate(timeout=60)


def is_ready(environment: dict[str, str]) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{environment['PLUT_PORT']}/readyz").status_code == 200
    except httpx.TransportError:
        return False


def living_servers(environment: dict[str, str]) -> list[int]:
    """Pids of servers that work in the data folder, and of workers and servers started with it."""
    folder = environment["PLUT_DATA_DIR"]
    found = []
    for process in psutil.process_iter():
        try:
            if process.status() == psutil.STATUS_ZOMBIE or process.pid == os.getpid():
                continue
            if process.environ().get("PLUT_DATA_DIR") == folder or any(folder in word for word in process.cmdline()):
                found.append(process.pid)
        except psutil.Error:
            continue
    return found


def settles_to_nothing(environment: dict[str, str]) -> bool:
    deadline = time.monotonic() + 20
    while living_servers(environment) and time.monotonic() < deadline:
        time.sleep(0.1)
    return not living_servers(environment)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_run_says_where_to_go_next_and_stops_everything_when_told(
    environment: dict[str, str], how: signal.Signals
) -> None:
    with running(environment) as process:
        process.send_signal(how)
        output, _ = process.communicate(timeout=60)

    assert process.returncode == 0, output
    assert f"http://127.0.0.1:{environment['PLUT_PORT']}/docs" in output
    assert "curl '" in output
    assert living_servers(environment) == []


def test_a_command_beside_a_running_server_uses_its_database_and_leaves_it_running(environment: dict[str, str]) -> None:
    with running(environment):
        answer = plut(environment, "shell-db", "-c", "SELECT count(*) > 1000 AS loaded FROM regions")

        assert answer.returncode == 0, answer.stderr
        assert " t" in answer.stdout
        assert is_ready(environment)


def test_after_a_killed_run_the_next_command_finds_the_database_and_stops_it(environment: dict[str, str]) -> None:
    with running(environment) as process:
        process.kill()
        process.wait()

    answer = plut(environment, "shell-db", "-c", "SELECT 'still ' || 'here'")

    assert "still here" in answer.stdout
    assert settles_to_nothing(environment)


def test_a_taken_port_is_named_before_anything_is_started(environment: dict[str, str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", int(environment["PLUT_PORT"])))
        taken.listen()

        answer = plut(environment, "run")

    assert answer.returncode == 1
    assert f"Port {environment['PLUT_PORT']} on 127.0.0.1 is taken" in answer.stderr
    assert "PLUT_PORT=" in answer.stderr
    assert not Path(environment["PLUT_DATA_DIR"]).exists()


def test_a_database_that_does_not_answer_is_told_in_words_without_its_password(environment: dict[str, str]) -> None:
    environment["PLUT_DATABASE_URL"] = "postgresql://plut:very-secret@127.0.0.1:1/plut"

    answer = plut(environment, "migrate")

    assert answer.returncode == 1
    assert "The database that PLUT_DATABASE_URL names does not answer" in answer.stderr
    assert "Traceback" not in answer.stderr
    assert "very-secret" not in answer.stderr + answer.stdout


def test_a_command_on_a_database_that_was_never_migrated_says_what_to_do(environment: dict[str, str]) -> None:
    answer = plut(environment, "staff", "create", "--email", "a@b.example", "--role", "dinas")

    assert answer.returncode == 1
    assert "Run: plut migrate" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_data_of_another_version_of_postgresql_ends_a_command_with_the_way_out(environment: dict[str, str]) -> None:
    pgdata = Path(environment["PLUT_DATA_DIR"]) / "postgres" / "pgdata"
    pgdata.mkdir(parents=True)
    (pgdata / "PG_VERSION").write_text("16\n")

    answer = plut(environment, "migrate")

    assert answer.returncode == 1
    assert "holds data of PostgreSQL 16" in answer.stderr
    assert "Traceback" not in answer.stderr
