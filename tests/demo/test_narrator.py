"""The narrator, against a server of its own: whatever is not as told ends the story."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import StringIO
from threading import Thread
from types import SimpleNamespace

import pytest
from rich.console import Console

from plut_api.demo import narrator as narrating
from plut_api.demo.narrator import Narrator, StoryBroken, require
from plut_api.demo.scenes import refused


class _Answers(BaseHTTPRequestHandler):
    """`/found` is there; anything else is a problem of the code `not_there`."""

    def do_GET(self) -> None:
        found = self.path == "/found"
        self.send_response(200 if found else 409)
        self.end_headers()
        self.wfile.write(b'{"state": "open"}' if found else b'{"code": "not_there", "title": "Not there"}')

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def told() -> StringIO:
    """What was told."""
    return StringIO()


@pytest.fixture
def narrator(told: StringIO) -> Iterator[Narrator]:
    """A narrator who calls a server of this process."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Answers)
    Thread(target=server.serve_forever, daemon=True).start()
    yield Narrator(f"http://127.0.0.1:{server.server_port}", Console(file=told))
    server.shutdown()
    server.server_close()


def test_a_step_is_told_with_the_call_behind_it(narrator: Narrator, told: StringIO) -> None:
    answer = narrator.call("She looks", "GET", "/found")

    assert answer.json() == {"state": "open"}
    assert told.getvalue().split("\n")[:2] == ["  She looks", "    GET /found 200"]


def test_an_answer_that_is_not_the_expected_one_ends_the_story(narrator: Narrator) -> None:
    with pytest.raises(StoryBroken, match="GET /lost gave 409, not 200"):
        narrator.call("She looks", "GET", "/lost")


def test_a_refusal_for_another_reason_ends_the_story(narrator: Narrator, told: StringIO) -> None:
    story = SimpleNamespace(narrator=narrator)

    refused(story, "She may not", "not_there", "GET", "/lost")  # type: ignore[arg-type]

    assert "refused, not_there: Not there" in told.getvalue()
    with pytest.raises(StoryBroken, match="refused as not_there, not as gone"):
        refused(story, "She may not", "gone", "GET", "/lost")  # type: ignore[arg-type]


def test_a_refusal_that_was_expected_and_did_not_come_ends_the_story(narrator: Narrator) -> None:
    with pytest.raises(StoryBroken, match="GET /found gave 200, not 409"):
        refused(SimpleNamespace(narrator=narrator), "She may not", "gone", "GET", "/found")  # type: ignore[arg-type]


def test_waiting_ends_with_what_was_waited_for_or_ends_the_story(
    narrator: Narrator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(narrating, "_PATIENCE", 0.1)

    assert narrator.wait_for("/found", None, state="open") == {"state": "open"}
    with pytest.raises(StoryBroken, match="never had"):
        narrator.wait_for("/found", None, state="closed")


def test_what_does_not_hold_ends_the_story() -> None:
    require(True, "it holds")
    with pytest.raises(StoryBroken, match="it does not hold"):
        require(False, "it does not hold")
