"""What is there before the programme: village cooperatives, and businesses with their owners."""

import csv
import io
from importlib.resources import files

from plut_api.demo.narrator import require
from plut_api.demo.scenes import Story, import_file
from plut_api.integration.loads.actors import COLUMNS
from plut_api.sample.records import Inventor, village_codes

DATA = files("plut_api.demo") / "data"
COOPERATIVES = files("plut_api.sample") / "data" / "cooperatives.csv"


def import_cooperatives(story: Story) -> None:
    """1. The Dinas imports every village cooperative; a dirty file; the same file again."""
    tell = story.narrator
    tell.chapter("1. Dinas staff import the village cooperatives")
    sound = COOPERATIVES.read_bytes()
    first = import_file(story, "Load 1,166 cooperatives, one for each village", "cooperatives", sound)
    require(first["created_count"] == 1166, f"1,166 were expected: {first}")
    dirty = import_file(
        story,
        "Load a dirty file: 300 rows, most with a fault",
        "cooperatives",
        (DATA / "cooperatives_dirty_ntb.csv").read_bytes(),
    )
    faults = tell.call(
        "What was wrong, by line, column and code",
        "GET",
        f"/v1/imports/{dirty['id']}/faults",
        token=story.tokens["dinas"],
        params={"limit": 4},
    ).json()["data"]
    for fault in faults:
        tell.say(f"line {fault['line']}, {fault['column']}: {fault['code']} ({fault['message']})")
    require(dirty["created_count"] == 0, "nothing of a village that is registered may be added twice")
    again = import_file(story, "Load the first file again: nothing changes", "cooperatives", sound)
    require(again["created_count"] == 0, "a second load adds nothing")


def import_businesses(story: Story) -> None:
    """2. The Dinas imports businesses with owners and figures."""
    story.narrator.chapter("2. Dinas staff import businesses (UMKM) with their owners and figures")
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS)
    writer.writeheader()
    writer.writerows(Inventor(village_codes(), story.today, seed=1).businesses(500))
    done = import_file(story, "Load 500 invented businesses", "actors", out.getvalue().encode())
    require(done["created_count"] == 500, f"500 were expected: {done}")
