"""What several chapters do: load a file, publish a programme, pull the list."""

import json
import time
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from plut_api.demo.narrator import Narrator

PHONE = "+6284012345678"
_PATIENCE = 10.0  # Seconds.


@dataclass
class Story:
    """What the chapters hand on."""

    narrator: Narrator
    messages: Path
    today: date
    tokens: dict[str, str] = field(repr=False)
    bank_id: str
    bank_client: dict[str, str]
    made: dict[str, Any] = field(default_factory=dict)


def import_file(story: Story, words: str, kind: str, content: bytes) -> dict[str, Any]:
    """Load a file and wait until it is worked through."""
    token = story.tokens["dinas"]
    taken = story.narrator.call(
        words,
        "POST",
        f"/v1/imports?kind={kind}&mode=commit",
        token=token,
        expect=202,
        files={"file": (f"{kind}.csv", content)},
    ).json()
    done = story.narrator.wait_for(f"/v1/imports/{taken['id']}", token, state="done")
    story.narrator.say(
        f"{done['row_count']} rows: {done['created_count']} new, {done['updated_count']} changed, "
        f"{done['unchanged_count']} unchanged, {done['refused_count']} refused, {done['warning_count']} warnings"
    )
    return done


def publish_program(story: Story) -> None:
    """An OPD proposes, the Dinas approves, the OPD publishes."""
    tell = story.narrator
    program = {
        "title": "Kemasan pangan layak jual",
        "aim": "Peserta mampu membuat label lengkap dan kemasan yang tahan kirim.",
        "topic": "packaging",
        "segments": ["mothers"],
        "starts_on": story.today.isoformat(),
        "ends_on": (story.today + timedelta(days=2)).isoformat(),
        "seats": 20,
    }
    opd, dinas = story.tokens["opd"], story.tokens["dinas"]
    made = tell.call("An OPD proposes a programme", "POST", "/v1/programs", token=opd, expect=201, json=program).json()
    story.made["program"] = made["id"]
    for token, move, words in (
        (opd, "submit", "… submits it"),
        (dinas, "approve", "The Dinas approves"),
        (opd, "publish", "The OPD publishes it"),
    ):
        tell.call(words, "POST", f"/v1/programs/{made['id']}/{move}", token=token, json={})
    listed = tell.call("Anyone finds it, without signing in", "GET", "/v1/programs").json()["data"]
    tell.say(f"{listed[0]['title']}, {listed[0]['seats']} seats")


def code_sent(story: Story) -> str:
    """The newest code that left for the mother's phone; it leaves after the answer. Raises LookupError."""
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        lines = story.messages.read_text().splitlines() if story.messages.exists() else []
        for message in map(json.loads, reversed(lines)):
            if message["phone"] == PHONE:
                return str(message["text"])[:6]
        time.sleep(0.05)
    raise LookupError("no message left for this phone")


def assign_consultant(story: Story, *, person: str, closed: str) -> None:
    """Let the consultant accompany a person; what was closed to them before is open then."""
    tell, consultant = story.narrator, story.tokens["consultant"]
    tell.call("Nobody has assigned the consultant: nothing is found", "GET", closed, token=consultant, expect=404)
    account = tell.call("", "GET", "/v1/me", token=consultant, quiet=True).json()["id"]
    tell.call(
        "The Dinas assigns the consultant to her",
        "POST",
        f"/v1/people/{person}/assignments",
        token=story.tokens["dinas"],
        expect=201,
        json={"consultant_id": account},
    )


def tell_readiness(story: Story, explained: dict[str, Any]) -> None:
    """Say what the rules found."""
    gates = ", ".join(f"{gate['code']} {gate['result']}" for gate in explained["gates"])
    story.narrator.say(f"{explained['status']}, {explained['score']} of 100; gates: {gates}")
    for step in explained["next_steps"][:2]:
        story.narrator.say(f"next: {step['step']}")


def pull(story: Story, words: str, **query: str) -> tuple[list[dict[str, Any]], str]:
    """Every row or change, page by page, and the token for later."""
    found: list[dict[str, Any]] = []
    parameters: dict[str, str] = {"limit": "200", **query}
    while True:
        path = "/v1/financing/ready-list"
        body = story.narrator.call(words, "GET", path, token=story.tokens["bank"], params=parameters).json()
        found += body["data"]
        if body["next_cursor"] is None:
            return found, body["sync_token"]
        parameters["cursor"] = body["next_cursor"]
