"""What was proven, and the papers she prepared, make her ready; a bank pulls the list, and she consents to it."""

from typing import Any

from plut_api.demo.chapters.papers import prepare_papers
from plut_api.demo.narrator import require
from plut_api.demo.scenes import Story

READY_LIST = "/v1/financing/ready-list"


def find_ready(story: Story) -> None:
    """7. Readiness follows from what was proven; it is explained and confirmed."""
    tell, made = story.narrator, story.made
    consultant, mother = story.tokens["consultant"], story.tokens["mother"]
    tell.chapter("7. Readiness for financing follows from the outcomes; it is explained and confirmed")
    readiness = f"/v1/actors/{made['actor']}/readiness"
    tell.call(
        "Too early to confirm: the reasons",
        "POST",
        f"{readiness}/confirm",
        token=consultant,
        expect=409,
        json={"note": "x"},
    )
    _tell_readiness(story, tell.call("She asks what is missing", "GET", readiness, token=mother).json())
    identity = f"/v1/people/{made['person']}/verify-identity"
    tell.call("The consultant compares her identity card", "POST", identity, token=consultant)
    prepare_papers(story)
    _tell_readiness(story, tell.call("And now?", "GET", readiness, token=mother).json())
    note = {"note": "Berkas lengkap, pendampingan selesai."}
    tell.call("The consultant confirms", "POST", f"{readiness}/confirm", token=consultant, json=note)


def _tell_readiness(story: Story, explained: dict[str, Any]) -> None:
    gates = ", ".join(f"{gate['code']} {gate['result']}" for gate in explained["gates"])
    story.narrator.say(f"{explained['status']}, {explained['score']} of 100; gates: {gates}")
    for step in explained["next_steps"][:2]:
        story.narrator.say(f"next: {step['step']}")


def consent_and_pull(story: Story) -> None:
    """8. The bank pulls; the owner consents; the bank's next pull tells."""
    tell, made = story.narrator, story.made
    tell.chapter("8. The bank pulls the ready list; the owner consents; the next pull tells")
    form = {"grant_type": "client_credentials", **story.bank_client}
    bank = tell.call("The bank's machine signs in", "POST", "/oauth/token", data=form).json()["access_token"]
    story.tokens["bank"] = bank
    first, token = _pull(story, "It pulls page by page")
    (masked,) = first
    tell.say(f"one row, masked: {masked['masked']}, id {masked['id']} is a pseudonym; name {masked['name']}")
    require(masked["masked"] and masked["id"] != made["actor"], "without consent nobody is named")
    mother, path = story.tokens["mother"], f"/v1/actors/{made['actor']}/consents"
    consent = {"organization_id": story.organizations["BANK_DEMO"], "text_version": "1", "language": "id"}
    tell.call("The owner consents to this bank", "POST", path, token=mother, expect=201, json=consent)
    changes, _ = _pull(story, "The bank asks what has changed", changed_since=token)
    for change in changes:
        words = (
            f"tombstone ({change['reason']})" if change["removed"] else f"{change['name']} of {change['owner_name']}"
        )
        tell.say(f"{change['id']}: {words}")
    gone, named = changes
    require(gone["removed"] and gone["id"] == masked["id"], "the pseudonym ends")
    require(named["id"] == made["actor"] and not named["masked"], "the business is named")


def _pull(story: Story, words: str, **query: str) -> tuple[list[dict[str, Any]], str]:
    """Every row or change, page by page, and the token for later."""
    found: list[dict[str, Any]] = []
    parameters: dict[str, str] = {"limit": "200", **query}
    while True:
        body = story.narrator.call(words, "GET", READY_LIST, token=story.tokens["bank"], params=parameters).json()
        found += body["data"]
        if body["next_cursor"] is None:
            return found, body["sync_token"]
        parameters["cursor"] = body["next_cursor"]
