"""The embedded cluster: survives rough ends, is shared by those who use it, and says clearly why it cannot run."""

import asyncio
import os
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import psutil
import psycopg
import pytest
from sqlalchemy.engine import make_url

from plut_api.kit.postgres import Cluster, DiskFull, FolderNotUsable, NoUserToRunAs, StartFailed, WrongVersion
from plut_api.kit.postgres.cluster import BIN

NOBODY = 65534


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    """A running cluster of this test alone."""
    with Cluster(tmp_path / "own", durable=False) as running:
        yield running


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user can enter, which pytest's own are not."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.fixture
def without_namespaces(monkeypatch: pytest.MonkeyPatch) -> None:
    """A kernel that forbids user namespaces, as in many containers."""

    def forbidden() -> None:
        raise PermissionError("unshare")

    monkeypatch.setattr("plut_api.kit.postgres.privileges._enter_namespace", forbidden)
    try:
        subprocess.run([BIN / "postgres", "-V"], user=NOBODY, group=NOBODY, extra_groups=[], check=True)
    except OSError:
        pytest.skip("the virtual environment lies where only root can enter")
    if not Path(os.devnull).stat().st_mode & stat.S_IWOTH:
        pytest.skip(f"only root may write to {os.devnull} here")


def answer_of(cluster: Cluster, database: str = "postgres") -> int:
    """What a simple question to the server gives: 42, if it lives."""
    with psycopg.connect(cluster.url(database)) as db:
        row = db.execute("SELECT 42").fetchone()
    return row[0] if row else 0


def lives(pid: int) -> bool:
    """Whether a process runs; one that has ended and waits to be noticed by its parent does not."""
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def server_pid(cluster: Cluster) -> int:
    return int((cluster.folder / "pgdata" / "postmaster.pid").read_text().splitlines()[0])


def test_the_server_speaks_utc_sorts_alike_everywhere_and_has_the_extensions(cluster: Cluster) -> None:
    with psycopg.connect(cluster.url("postgres")) as db:
        zone = db.execute("SHOW timezone").fetchone()
        order = db.execute("SELECT string_agg(w, '' ORDER BY w) FROM unnest('{b,A,a,B}'::text[]) w").fetchone()
        names = "('pg_trgm', 'btree_gist', 'unaccent')"
        extensions = db.execute(f"SELECT count(*) FROM pg_available_extensions WHERE name IN {names}").fetchone()

    assert (zone, order, extensions) == (("UTC",), ("ABab",), (3,))


def test_a_database_is_made_once_and_dropped_with_whoever_is_connected(cluster: Cluster) -> None:
    async def answer() -> int:
        connection = await asyncpg.connect(cluster.url("room"))
        found: int = await connection.fetchval("SELECT 42")
        await connection.close()
        return found

    cluster.ensure_database("room")
    cluster.ensure_database("room")
    assert asyncio.run(answer()) == 42

    with psycopg.connect(cluster.url("room")) as guest:
        guest.execute("SELECT 1")
        cluster.drop_database("room")
        with pytest.raises(psycopg.OperationalError):
            guest.execute("SELECT 1")


def test_a_killed_server_is_started_again_with_what_was_committed(tmp_path: Path) -> None:
    with Cluster(tmp_path / "durable") as cluster:
        with psycopg.connect(cluster.url("postgres"), autocommit=True) as db:
            db.execute("CREATE TABLE kept (n int)")

        server = psutil.Process(server_pid(cluster))
        server.send_signal(signal.SIGKILL)
        server.wait(10)
        cluster.start()

        with psycopg.connect(cluster.url("postgres")) as db:
            assert db.execute("SELECT count(*) FROM kept").fetchone() == (0,)


def test_a_stale_pid_file_that_names_a_foreign_process_does_not_stand_in_the_way(tmp_path: Path) -> None:
    with Cluster(tmp_path / "c", durable=False) as first:
        lines = (first.folder / "pgdata" / "postmaster.pid").read_text().splitlines()
    lines[0] = str(os.getppid())
    (first.folder / "pgdata" / "postmaster.pid").write_text("\n".join(lines))

    with Cluster(tmp_path / "c", durable=False) as second:
        assert answer_of(second) == 42


def test_the_last_of_several_users_stops_the_server(tmp_path: Path) -> None:
    first, second = Cluster(tmp_path / "c", durable=False), Cluster(tmp_path / "c", durable=False)
    first.start()
    second.start()

    first.stop()
    still_up = answer_of(second)
    second.stop()

    assert still_up == 42
    assert not second.is_running()


def test_a_server_left_by_a_killed_process_is_used_on_and_then_stopped(tmp_path: Path) -> None:
    script = (
        "import sys, time; from pathlib import Path; from plut_api.kit.postgres import Cluster\n"
        "Cluster(Path(sys.argv[1]), durable=False).start(); print('up', flush=True); time.sleep(60)"
    )
    process = subprocess.Popen([sys.executable, "-c", script, str(tmp_path / "c")], stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    process.kill()
    process.wait()

    with Cluster(tmp_path / "c", durable=False) as adopter:
        pid = server_pid(adopter)
        assert answer_of(adopter) == 42

    assert not lives(pid)


def test_two_folders_run_side_by_side(tmp_path: Path) -> None:
    with Cluster(tmp_path / "a", durable=False) as a, Cluster(tmp_path / "b", durable=False) as b:
        assert answer_of(a) == answer_of(b) == 42


def test_two_processes_that_start_one_folder_at_once_share_one_server(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from plut_api.kit.postgres import Cluster\n"
        "with Cluster(Path(sys.argv[1]), durable=False) as c: print(c.url(), flush=True); sys.stdin.readline()"
    )
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", script, str(tmp_path / "c")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    urls = [process.stdout.readline() for process in processes if process.stdout]
    for process in processes:
        process.communicate("\n")

    assert len(urls) == 2
    assert len(set(urls)) == 1


def test_an_interrupted_initialisation_is_done_again(tmp_path: Path) -> None:
    half_made = tmp_path / "c" / "pgdata.new"
    (half_made / "base").mkdir(parents=True)
    (half_made / "PG_VERSION").write_text("18\n")

    with Cluster(tmp_path / "c", durable=False) as cluster:
        assert answer_of(cluster) == 42


def test_files_that_are_not_ours_are_never_removed(tmp_path: Path) -> None:
    (tmp_path / "pgdata").mkdir()
    (tmp_path / "pgdata" / "thesis.odt").write_text("years of work")

    with pytest.raises(FolderNotUsable, match="holds other files"):
        Cluster(tmp_path, durable=False).start()

    assert (tmp_path / "pgdata" / "thesis.odt").read_text() == "years of work"


def test_a_folder_reached_by_two_paths_has_one_server(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")

    with (
        Cluster(tmp_path / "real" / "c", durable=False) as direct,
        Cluster(tmp_path / "link" / "c", durable=False) as linked,
    ):
        assert linked.url() == direct.url()


def test_a_session_that_outlives_its_killed_server_is_ended_before_the_next_starts(cluster: Cluster) -> None:
    busy = "SET statement_timeout = 0; DO $$ BEGIN LOOP END LOOP; END $$"
    client = subprocess.Popen([str(BIN / "psql"), cluster.url("postgres"), "-c", busy], stderr=subprocess.DEVNULL)
    with psycopg.connect(cluster.url("postgres"), autocommit=True) as db:
        looping = "SELECT pid FROM pg_stat_activity WHERE query LIKE 'SET statement%' AND state = 'active'"
        while not (row := db.execute(looping).fetchone()):
            time.sleep(0.02)
    server = psutil.Process(server_pid(cluster))
    server.kill()
    server.wait(10)

    cluster.start()

    assert answer_of(cluster) == 42
    assert not lives(row[0])
    assert client.wait(10) != 0


def test_a_server_that_cannot_start_is_not_left_running_and_blocks_nobody(tmp_path: Path) -> None:
    with Cluster(tmp_path / "c", durable=False) as cluster:
        settings = tmp_path / "c" / "pgdata" / "postgresql.auto.conf"
    settings.write_text("shared_preload_libraries = 'not_there'\n")

    with pytest.raises(StartFailed, match="not_there"):
        cluster.start()
    settings.write_text("")
    with Cluster(tmp_path / "c", durable=False) as again:
        assert answer_of(again) == 42

    assert not again.is_running()


def test_data_of_another_major_version_is_refused_with_the_way_out(tmp_path: Path) -> None:
    (tmp_path / "pgdata").mkdir()
    (tmp_path / "pgdata" / "PG_VERSION").write_text("15\n")

    with pytest.raises(WrongVersion, match=r"PostgreSQL 15.*runs 18"):
        Cluster(tmp_path).start()


def test_the_applications_password_stays_and_tells_nothing_of_the_owners(tmp_path: Path) -> None:
    def passwords(cluster: Cluster) -> list[str | None]:
        return [make_url(url).password for url in (cluster.url(), cluster.app_url())]

    with Cluster(tmp_path / "c", durable=False) as cluster:
        owner, app = passwords(cluster)
    with Cluster(tmp_path / "c", durable=False) as cluster:
        assert passwords(cluster) == [owner, app]
    with Cluster(tmp_path / "other", durable=False) as other:
        assert app not in passwords(other)

    assert owner
    assert app
    assert owner not in app


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(FolderNotUsable, match="PLUT_DATA_DIR"):
        Cluster(tmp_path / "file" / "below").start()


@pytest.mark.skipif(os.geteuid() != 0 or sys.platform != "linux", reason="mounts a small disk, which takes root")
def test_a_full_disk_is_called_by_its_name(tmp_path: Path) -> None:
    small = tmp_path / "small"
    small.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(small)], check=False)
    if mounted.returncode != 0:
        pytest.skip("mounting is not allowed here")
    try:
        with pytest.raises(DiskFull, match="is full"):
            Cluster(small / "c").start()
    finally:
        subprocess.run(["umount", "-l", str(small)], check=True)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a folder that others cannot enter")
def test_root_can_run_it_below_a_folder_that_others_cannot_enter(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)

    with Cluster(closed / "c", durable=False) as cluster:
        assert answer_of(cluster) == 42
        assert psutil.Process(server_pid(cluster)).is_running()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_root_serves_the_data_of_an_ordinary_user_as_that_user(open_folder: Path, without_namespaces: None) -> None:
    with Cluster(open_folder / "c", durable=False):
        pass

    with Cluster(open_folder / "c", durable=False) as cluster:
        assert answer_of(cluster) == 42
        assert psutil.Process(server_pid(cluster)).uids().real == NOBODY
    assert (open_folder / "c" / "pgdata").stat().st_uid == NOBODY


@pytest.mark.skipif(os.geteuid() != 0, reason="only root needs another user")
def test_root_without_any_user_who_may_enter_is_told_what_to_do(open_folder: Path, without_namespaces: None) -> None:
    closed = open_folder / "closed"
    closed.mkdir(mode=0o700)

    with pytest.raises(NoUserToRunAs, match="Run as an ordinary user"):
        Cluster(closed / "c", durable=False).start()


def test_stopping_is_quick_even_with_a_client_connected(tmp_path: Path) -> None:
    cluster = Cluster(tmp_path / "c", durable=False)
    cluster.start()
    client = psycopg.connect(cluster.url("postgres"))
    client.execute("SELECT 1")

    began = time.monotonic()
    cluster.stop()

    assert not cluster.is_running()
    assert time.monotonic() - began < 15
    client.close()
