"""The course: levels before it, who came, the test, who completed, and the certificate."""

from datetime import datetime
from typing import Any

from plut_api.demo.narrator import require
from plut_api.demo.scenes import DIMENSIONS, Story, assign_consultant, refused
from plut_api.kit import clock

LEVELS = {"product": (1, 3), "packaging": (1, 2), "branding": (0, 2), "market": (1, 2), "finance": (1, 3)}
"""Level before and level aimed at, by dimension."""
SHIFTS = ("morning", "afternoon")
SPENT_IDR = 60_000_000


def train(story: Story) -> None:
    """5. Baselines and targets, two sessions, the test, completion by the rule, a certificate."""
    story.narrator.chapter("5. The course is held in both shifts; who fulfils its rule gets a certificate")
    _aim(story)
    tell, program = story.narrator, f"/v1/programs/{story.made['program']}"
    tell.call("The programme begins", "POST", f"{program}/start", token=story.tokens["opd"], json={})
    _check_in(story)
    _upload(story)
    _complete(story)
    _certify(story)


def _aim(story: Story) -> None:
    """A consultant is assigned; the OPD notes the five levels before, and those aimed at."""
    tell, made = story.narrator, story.made
    path = f"/v1/enrolments/{made['enrolment']}/outcomes"
    closed: dict[str, Any] = {"token": story.tokens["consultant"], "expect": 404}
    tell.call("Nobody has assigned the consultant: nothing is found", "GET", f"{path}/packaging", **closed)
    assign_consultant(story, "The Dinas assigns the consultant to her", "consultant", made["person"])
    for number, dimension in enumerate(DIMENSIONS):
        _set_levels(story, f"{path}/{dimension}", LEVELS[dimension], quiet=number > 0)
    told = ", ".join(f"{dimension} {LEVELS[dimension][0]}→{LEVELS[dimension][1]}" for dimension in DIMENSIONS)
    tell.say(f"five outcomes, before → aimed at: {told}")


def _set_levels(story: Story, path: str, levels: tuple[int, int], *, quiet: bool) -> None:
    tell, opd = story.narrator, story.tokens["opd"]
    answer = tell.call("", "GET", path, token=opd, quiet=True)
    steps = (("baseline", "The OPD notes where she stands"), ("target", "… and what she aims at"))
    for (name, words), level in zip(steps, levels, strict=True):
        match, body = {"If-Match": answer.headers["etag"]}, {"level": level}
        answer = tell.call(words, "PUT", f"{path}/{name}", token=opd, headers=match, json=body, quiet=quiet)


def _check_in(story: Story) -> None:
    """The mother checks in at the door of the session that is on now, with the code that is shown there."""
    tell = story.narrator
    for shift in SHIFTS:
        path = f"/v1/sessions/{story.made[shift]}"
        shown = tell.call("", "GET", f"{path}/check-in-code", token=story.tokens["cohost"], quiet=True).json()
        opens, closes = (datetime.fromisoformat(shown[name]) for name in ("opens_at", "closes_at"))
        if opens <= clock.now() <= closes:
            break
    tell.call("A tablet at the door shows a code", "GET", f"{path}/check-in-code", token=story.tokens["cohost"])
    tell.say(f"{shown['codes'][0]['code']}, the next one a minute later; {len(shown['codes'])} are kept for no network")
    body = {"code": _wrong(shown["codes"])}
    mother = story.tokens["mother"]
    door = ("POST", f"{path}/check-in")
    refused(story, "She mistypes it", "check_in_code_wrong", *door, token=mother, json=body)
    body = {"code": shown["codes"][0]["code"]}
    tell.call("She checks in by phone", "POST", f"{path}/check-in", token=mother, json=body)


def _wrong(codes: list[dict[str, Any]]) -> str:
    """A code that is none of those."""
    known = {row["code"] for row in codes}
    return next(code for code in (f"{number:08d}" for number in range(100)) if code not in known)


def _upload(story: Story) -> None:
    """A device without a network uploads who came to both sessions, and once more; one never came."""
    tell, made = story.narrator, story.made
    made["absent"], *came = made["others"]
    at = clock.now().isoformat()
    rows = [{"enrolment_id": one, "at": at, "client_ref": f"hp-1:{one}"} for one in (made["enrolment"], *came)]
    tell.say("(the walk does not wait for the afternoon: both sessions are noted now)")
    for words, shift in (
        ("A phone that had no network uploads who came", "morning"),
        ("… and in the other shift", "afternoon"),
        ("It sends the first again, unsure", "morning"),
    ):
        path = f"/v1/sessions/{made[shift]}/attendance"
        found = tell.call(words, "POST", path, token=story.tokens["opd"], json={"rows": rows}).json()["data"]
        results = [row["result"] for row in found]
        tell.say(", ".join(f"{results.count(result)} {result}" for result in dict.fromkeys(results)))
    require(set(results) == {"unchanged"}, "a second upload changes nothing")


def _complete(story: Story) -> None:
    tell, made, opd = story.narrator, story.made, story.tokens["opd"]
    path, program = f"/v1/enrolments/{made['enrolment']}", f"/v1/programs/{made['program']}"
    refused(story, "Before the test nobody completes", "not_completed_yet", "POST", f"{path}/complete", token=opd)
    rows = [
        {"enrolment_id": one, "test": "post", "score": score}
        for one, score in zip((made["enrolment"], *made["others"][1:]), (85, 70, 75, 90, 65), strict=True)
    ]
    tell.call("The OPD uploads the scores", "POST", f"{program}/test-scores", token=opd, json={"rows": rows})
    done = tell.call("She fulfils the rule now", "POST", f"{path}/complete", token=opd).json()
    require(done["state"] == "completed", "she completed")
    body = {"spent_idr": SPENT_IDR}
    tell.call("The programme ends, with what it cost", "POST", f"{program}/complete", token=opd, json=body)
    for one, state in ((made["others"][1], "completed"), (made["absent"], "incomplete")):
        tell.wait_for(f"/v1/enrolments/{one}", opd, state=state)
    tell.say("the worker completes the others by the same rule; who never came is incomplete")


def _certify(story: Story) -> None:
    tell, mother = story.narrator, story.tokens["mother"]
    path = f"/v1/enrolments/{story.made['enrolment']}/certificate"
    held = tell.call("Her certificate", "GET", path, token=mother).json()
    tell.say(f"{held['number']}: {held['sessions_attended']} of {held['sessions_held']} sessions attended")
    public = tell.call("A buyer verifies it, without signing in", "GET", f"/v1/certificates/{held['code']}").json()
    tell.say(f"{public['state']}, of {public['person_name']}, by {' and '.join(public['organizers'])}")
    require(public["person_name"] != held["person_name"], "the public sees a masked name")
    printed = tell.call("She prints it", "GET", f"/v1/certificates/{held['code']}/pdf", token=mother).content
    tell.say(f"a PDF of {len(printed):,} bytes, with the QR to verify it by")
    require(printed.startswith(b"%PDF"), "it is a PDF")
