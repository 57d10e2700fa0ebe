"""The demo as an operator meets it: told to its end, or ended with a sentence and a failure."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from plut_api.cli import demo
from plut_api.demo.chapters import CHAPTERS
from plut_api.demo.narrator import Narrator, StoryBroken, require
from tests.cli.commands import Plut


@contextmanager
def _nothing(*_: Path) -> Iterator[str]:
    yield "http://127.0.0.1:9"


@pytest.fixture
def plut(monkeypatch: pytest.MonkeyPatch) -> Plut:
    """The command without a database and a server."""
    for name in ("_scratch_database", "_serving"):
        monkeypatch.setattr(demo, name, _nothing)
    monkeypatch.setattr(demo, "_prepared", lambda narrator, *_: narrator)
    return Plut(demo.register)


async def test_a_story_that_breaks_ends_with_a_failure_and_what_broke(
    plut: Plut, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []

    def breaks(narrator: Narrator) -> None:
        require(not told, "the seat was given twice")
        told.append("first")

    monkeypatch.setattr(demo, "CHAPTERS", (breaks, breaks, breaks))

    answer = await plut()

    assert answer.exit_code == 1
    assert "the seat was given twice" in answer.output
    assert told == ["first"]


async def test_a_story_that_holds_ends_well(plut: Plut, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "CHAPTERS", ())

    assert (await plut()).exit_code == 0


def test_a_server_that_does_not_come_up_is_told_with_its_last_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = tmp_path / "demo.log"
    log.write_text("starting\nthe port is taken\n")
    monkeypatch.setattr(demo, "_START_SECONDS", 0)

    with pytest.raises(StoryBroken, match="the port is taken"):
        demo._wait_until_up("http://127.0.0.1:9", log)


@pytest.mark.soak
def test_the_whole_story_is_told(tmp_path: Path) -> None:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PLUT_", "PYTEST_", "COV_"))}
    environment = kept | {"PLUT_DATA_DIR": str(tmp_path / "plut"), "PYTHONPATH": str(Path(demo.__file__).parents[2])}
    command = [sys.executable, "-m", "plut_api", "demo"]

    told = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=False)

    assert told.returncode == 0, told.stdout[-2000:]
    assert f"All {len(CHAPTERS)} chapters told" in told.stdout
    assert not list((tmp_path / "plut").glob("plut_demo_*")), "what it made is taken away"
