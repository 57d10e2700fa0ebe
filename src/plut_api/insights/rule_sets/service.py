"""Reading what other rules would change: counts by group, without those that are about a few."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.financing.generations.counting import asked_diff
from plut_api.insights.financing.suppression import Parts, left_out
from plut_api.insights.rule_sets.schemas import DiffBy, DiffGroup, DiffState, RuleSetDiffRead
from plut_api.kit.i18n import Locale, Text
from plut_api.reference.models import Region
from plut_api.reference.rules import rule_value

SMALLEST = "report.smallest_cell"
_WORDS: Mapping[tuple[str, str], Text] = {
    ("everything", "all"): Text(id="Semua", en="All"),
    ("women", "women"): Text(id="Perempuan", en="Women"),
    ("women", "others"): Text(id="Bukan perempuan, atau tidak diketahui", en="No women, or not known"),
    ("youth", "youth"): Text(id="Pemuda", en="Youth"),
    ("youth", "others"): Text(id="Bukan pemuda, atau tidak diketahui", en="No youth, or not known"),
}


async def rule_set_diff(db: AsyncSession, old: str, new: str, locale: Locale) -> RuleSetDiffRead:
    """Today's counts, or that they are being counted. Raises RuleSetNotFound, RuleSetsNotComparable."""
    diff = await asked_diff(db, old, new)
    smallest = await rule_value(db, SMALLEST)
    counted = diff.counts or []
    codes = [row["key"] for row in counted if row["by"] == DiffBy.regency]
    regions = await db.execute(select(Region.code, Region.name).where(Region.code.in_(codes)))
    names = {("regency", row.code): row.name for row in regions}
    names |= {key: text.in_locale(locale) for key, text in _WORDS.items()}
    groups = [group for by in DiffBy for group in _groups([row for row in counted if row["by"] == by], names, smallest)]
    return RuleSetDiffRead(
        old=diff.old,
        new=diff.new,
        day=diff.day,
        state=DiffState.counting if diff.counts is None else DiffState.done,
        finished_at=diff.finished_at,
        smallest_cell=smallest,
        groups=groups,
    )


def _groups(rows: Sequence[Mapping[str, Any]], names: Mapping[tuple[str, str], str], smallest: int) -> list[DiffGroup]:
    """Groups of one kind come to the whole together, so what one leaves out another must not tell."""
    untold = left_out([Parts(_parts(row)) for row in rows], smallest)
    return [_group(row, names, told=place not in untold) for place, row in enumerate(rows)]


def _parts(row: Mapping[str, Any]) -> tuple[int, ...]:
    """Kept ready, added, dropped, and ready by neither."""
    kept = row["before"] - row["dropped"]
    return (kept, row["added"], row["dropped"], row["businesses"] - kept - row["added"] - row["dropped"])


def _group(row: Mapping[str, Any], names: Mapping[tuple[str, str], str], *, told: bool) -> DiffGroup:
    numbers = {
        "businesses": row["businesses"],
        "ready_before": row["before"],
        "ready_after": row["after"],
        "added": row["added"],
        "dropped": row["dropped"],
        "share_before": row["before"] / row["businesses"],
        "share_after": row["after"] / row["businesses"],
    }
    return DiffGroup(
        by=DiffBy(row["by"]),
        key=row["key"],
        name=names.get((row["by"], row["key"]), row["key"]),
        is_suppressed=not told,
        **{name: value if told else None for name, value in numbers.items()},
    )
