"""`python -m benchmarks [NAME…]`: one table of ratios, under ten minutes on two cores."""

import asyncio
import sys
import time

from rich.console import Console
from rich.table import Table

from benchmarks.feed import feed
from benchmarks.house import LARGE, SMALL, cluster, filled
from benchmarks.imports import imports
from benchmarks.measures import Ratio, depth_and_changes, duplicates, full_pull, pages
from benchmarks.overlaps import overlaps
from benchmarks.readiness import readiness
from benchmarks.reports import reports
from benchmarks.search import search
from benchmarks.webhooks import webhooks

console = Console()
NAMES = (
    "pages",
    "depth",
    "pull",
    "feed",
    "duplicates",
    "search",
    "reports",
    "overlaps",
    "imports",
    "webhooks",
    "readiness",
)
OF_THEIR_OWN = {"overlaps", "imports", "webhooks", "readiness"}
"""Measures that fill a database of their own."""


async def main(names: list[str]) -> int:
    """Measure and print; the table says which targets were met. An unknown name is an error."""
    if unknown := sorted(set(names) - set(NAMES)):
        console.print(f"There is no measure {', '.join(unknown)}; choose from {', '.join(NAMES)}.")
        return 2
    started = time.monotonic()
    ratios: list[Ratio] = []
    with cluster() as running:
        if set(names) - OF_THEIR_OWN:
            _say(started, f"filling databases of {LARGE:,} and {SMALL:,} rows")
            large, small = await filled(running, LARGE), await filled(running, SMALL)
            for name, measure in (
                ("pages", lambda: pages(large, small)),
                ("depth", lambda: depth_and_changes(large)),
                ("pull", lambda: full_pull(large)),
                ("feed", lambda: feed(large)),
                ("duplicates", lambda: duplicates(large)),
                ("search", lambda: search(large)),
                ("reports", lambda: reports(large)),
            ):
                if name in names:
                    _say(started, f"measuring {name}")
                    ratios += await measure()
        if "overlaps" in names:
            _say(started, "measuring overlaps")
            ratios += await overlaps(running)
        if "readiness" in names:
            _say(started, "measuring readiness")
            ratios += await readiness(running)
        if "imports" in names:
            _say(started, "measuring imports")
            ratios += await imports(running)
        if "webhooks" in names:
            _say(started, "measuring webhooks")
            ratios += await webhooks(running)
    _print(ratios, time.monotonic() - started)
    return 0


def _say(started: float, words: str) -> None:
    console.print(f"▸ {time.monotonic() - started:4.0f} s  {words} …")


def _print(ratios: list[Ratio], seconds: float) -> None:
    table = Table(title=f"Ratios of one run ({seconds:.0f} s)")
    for heading in ("measure", "ratio", "target", "", "note"):
        table.add_column(heading)
    for ratio in ratios:
        value = "–" if ratio.value is None else f"{ratio.value:.2f}"
        target = f"{'≤' if ratio.low else '≥'} {ratio.target:g}"
        table.add_row(ratio.name, value, target, ratio.verdict, ratio.note)
    console.print(table)


if __name__ == "__main__":
    sys.exit(asyncio.run(main(sys.argv[1:] or list(NAMES))))
