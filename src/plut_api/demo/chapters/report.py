"""What the programme came to; what a visit finds later; the figures fall and rise with the rows."""

from typing import Any

from plut_api.demo.chapters.outcomes import outcome_of, prove_packaging
from plut_api.demo.chapters.training import LEVELS, SPENT_IDR
from plut_api.demo.narrator import require
from plut_api.demo.scenes import DIMENSIONS, Story

REPORT = "/v1/reports/outcomes"


def report_and_return(story: Story) -> None:
    """12. The report opens to its rows; a level falls by a follow-up, and the report with it, until proven again."""
    tell = story.narrator
    tell.chapter("12. The report, opened to its rows; months later a level falls, and the report with it")
    row = _report(story, "The Dinas reads what the programme came to")
    require((row["all_five"], row["proven"]) == (1, 5), "one participant has all five")
    _open(story, row, "all_five")
    _tell_progress(story)
    _visit(story)
    row = _report(story, "The report again: it is counted from the rows")
    require((row["all_five"], row["proven"]) == (0, 4), "the figures fell with the level")
    _open(story, row, "fallen")
    prove_packaging(story, "She prints labels again, and hands in a photo")
    _tell_history(story)
    row = _report(story, "The co-host reads the same report", who="cohost")
    require((row["all_five"], row["proven"]) == (1, 5), "all five are proven again")


def _report(story: Story, words: str, who: str = "dinas") -> dict[str, Any]:
    wanted = {"by": "program", "program": story.made["program"]}
    answer = story.narrator.call(words, "GET", REPORT, token=story.tokens[who], params=wanted)
    row: dict[str, Any]
    (row,) = answer.json()["data"]
    cost = row["cost_per_proven_idr"]
    story.narrator.say(
        f"{row['participants']} participants, {row['completed']} completed, all five proven: {row['all_five']} "
        f"({row['share_all_five']:.0%}); Rp {cost:,} for each of {row['proven']} proven outcomes"
    )
    require(0 < row["cost_idr"] <= SPENT_IDR, "the cost is what was spent")
    return row


def _open(story: Story, row: dict[str, Any], figure: str) -> None:
    """Open a figure to the enrolments that it counts."""
    address, dinas = f"{row['rows']}&figure={figure}", story.tokens["dinas"]
    rows = story.narrator.call(f"The figure “{figure}”, opened", "GET", address, token=dinas).json()["data"]
    for one in rows:
        story.narrator.say(f"{one['person_name']}: {', '.join(one['proven'])}")
    require([one["id"] for one in rows] == [story.made["enrolment"]], "it counts her")


def _tell_progress(story: Story) -> None:
    path = f"/v1/agreements/{story.made['agreement']}/progress"
    (kept,) = story.narrator.call(
        "What became of the partner's promise", "GET", path, token=story.tokens["dinas"]
    ).json()["data"]
    story.narrator.say(kept["words"])


def _visit(story: Story) -> None:
    """What staff learn between the planned follow-ups has the same consequences."""
    tell = story.narrator
    tell.say("(the worker asks her after 3, 6 and 12 months; here a consultant visits in between)")
    used = [{"dimension": one, "answer": "no" if one == "packaging" else "yes"} for one in DIMENSIONS]
    noted = {
        "answers": {"business": "running", "sales": "more", "still_in_use": used},
        "channel": "visit",
        "note": "Stok label habis; dijual dengan plastik polos.",
    }
    path = f"/v1/enrolments/{story.made['enrolment']}/follow-ups"
    token = story.tokens["consultant"]
    found = tell.call("He finds her selling without labels", "POST", path, token=token, expect=201, json=noted).json()
    (fallen,) = (row for row in found["answers"]["still_in_use"] if row["level_after"] < row["level_before"])
    tell.say(f"{fallen['dimension']} falls from {fallen['level_before']} to {fallen['level_after']}")
    require(fallen["level_after"] == LEVELS["packaging"][0], "it falls to where it began")


def _tell_history(story: Story) -> None:
    path = f"{outcome_of(story, 'packaging')}/history"
    moves = story.narrator.call("How the level moved", "GET", path, token=story.tokens["mother"]).json()["data"]
    for move in moves:
        story.narrator.say(f"{_told(move['before_level'])} → {_told(move['level'])} by {move['cause']}")
    require({move["cause"] for move in moves} == {"evidence", "follow_up"}, "each move has its cause")


def _told(level: int | None) -> str:
    return "unproven" if level is None else str(level)
