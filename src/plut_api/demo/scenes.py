"""What several chapters do: load a file, sign in by phone, hand in a picture, assign a consultant."""

import json
import time
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from plut_api.demo.listener import Listener
from plut_api.demo.narrator import Narrator, require
from plut_api.kit.ids import new_id
from plut_api.sample.pictures import picture

DIMENSIONS = ("product", "packaging", "branding", "market", "finance")
_PATIENCE = 10.0  # Seconds.


@dataclass
class Story:
    """What the chapters hand on: who is signed in, organizations by code, ids of what was made."""

    narrator: Narrator
    messages: Path
    today: date
    tokens: dict[str, str] = field(repr=False)
    organizations: dict[str, str]
    bank_client: dict[str, str] = field(repr=False)
    listener: Listener = field(repr=False)
    made: dict[str, Any] = field(default_factory=dict)

    def day(self, ahead: int) -> str:
        """A day from today on, as it is written."""
        return (self.today + timedelta(days=ahead)).isoformat()


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


def sign_in_by_code(story: Story, name: str, phone: str) -> None:
    """Somebody signs in by a code on the phone; the token is kept under a name."""
    tell = story.narrator
    tell.call("She asks for a code by phone", "POST", "/oauth/otp", expect=202, json={"phone": phone})
    tell.say("(the code arrives; in this sandbox it is read from the message log)")
    form = {"grant_type": "urn:plut:grant:otp", "phone": phone, "code": _code_sent(story, phone)}
    answer = tell.call("She signs in with the code", "POST", "/oauth/token", data=form).json()
    story.tokens[name] = answer["access_token"]


def _code_sent(story: Story, phone: str) -> str:
    """The newest code that left for a phone; it leaves after the answer. Raises LookupError."""
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        lines = story.messages.read_text().splitlines() if story.messages.exists() else []
        for message in map(json.loads, reversed(lines)):
            if message["phone"] == phone:
                return str(message["text"])[:6]
        time.sleep(0.05)
    raise LookupError("no message left for this phone")


def hand_in(story: Story, words: str, who: str, name: str) -> str:
    """Somebody hands in a picture that was never seen before; its id."""
    form = {"file": (name, picture(new_id()), "image/png")}
    sent: dict[str, Any] = {"token": story.tokens[who], "expect": 201, "files": form}
    file_id: str = story.narrator.call(words, "POST", "/v1/files", **sent).json()["id"]
    return file_id


def assign_consultant(story: Story, words: str, who: str, person: str) -> None:
    """Let a consultant accompany a person."""
    tell = story.narrator
    account = tell.call("", "GET", "/v1/me", token=story.tokens[who], quiet=True).json()["id"]
    path, body = f"/v1/people/{person}/assignments", {"consultant_id": account}
    tell.call(words, "POST", path, token=story.tokens["dinas"], expect=201, json=body)


def refused(story: Story, words: str, code: str, method: str, path: str, **options: Any) -> None:
    """Make a call that has to be refused with this code (409), and say why it was. Raises StoryBroken."""
    problem = story.narrator.call(words, method, path, expect=409, **options).json()
    require(problem["code"] == code, f"refused as {problem['code']}, not as {code}")
    story.narrator.say(f"refused, {code}: {problem.get('detail') or problem['title']}")


def tell_card(story: Story, words: str) -> dict[str, Any]:
    """Read the mother's card, and say where she stands and what is next."""
    tell = story.narrator
    path = f"/v1/enrolments/{story.made['enrolment']}/card"
    card: dict[str, Any] = tell.call(words, "GET", path, token=story.tokens["mother"]).json()
    levels = (
        f"{row['dimension']} {row['reached_level'] or 0}/{row['target_level'] or '–'}" for row in card["dimensions"]
    )
    tell.say(f"{card['proven']} of {card['of']} proven: {', '.join(levels)}")
    for step in card["next"][:2]:
        tell.say(f"next: {step['words']}")
    return card
