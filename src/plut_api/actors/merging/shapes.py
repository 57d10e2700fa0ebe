"""Merges as wire shapes."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from plut_api.actors.merging.fields import Difference
from plut_api.actors.merging.schemas import (
    Collision,
    FieldDifference,
    KeptRows,
    Kinds,
    MergeDetail,
    MergePreviewRead,
    MergeRead,
    MergeWarning,
    Undoing,
)
from plut_api.actors.merging.service import Previewed
from plut_api.actors.merging.undoing import Shown
from plut_api.kit.caller import Caller
from plut_api.kit.i18n import Locale, Text
from plut_api.kit.merging import RULES

_MOST_IDS = 1000
_CONFIDED = frozenset({"disabilities"})
CONFIDED = "disability:read"
_WARNINGS = {
    "nik_differs": Text(id="NIK kedua data berbeda.", en="The NIKs differ."),
    "birth_date_differs": Text(id="Tanggal lahir kedua data berbeda.", en="The birth dates differ."),
    "sex_differs": Text(id="Jenis kelamin kedua data berbeda.", en="The sexes differ."),
    "nib_differs": Text(id="NIB kedua data berbeda.", en="The NIBs differ."),
    "npwp_differs": Text(id="NPWP kedua data berbeda.", en="The tax numbers differ."),
    "legal_form_differs": Text(id="Bentuk badan kedua data berbeda.", en="The legal forms differ."),
}
Line = tuple[str, str | None, int]
"""A table, a rule, and how many rows."""


def preview_shape(found: Previewed, caller: Caller, locale: Locale) -> MergePreviewRead:
    """A preview on the wire; disabilities differ for everybody, what they are is told by their own scope."""
    lines = [(moved.table, moved.rule, len(moved.rows)) for moved in found.moved]
    return MergePreviewRead(
        survivor_id=found.survivor_id,
        merged_id=found.merged_id,
        moved=_kinds(lines),
        fields=[_difference(each, caller) for each in found.fields],
        collisions=_collisions(lines, locale),
        warnings=[MergeWarning(code=code, message=_WARNINGS[code].in_locale(locale)) for code in found.warnings],
        preview_token=found.token,
    )


def _difference(found: Difference, caller: Caller) -> FieldDifference:
    untold = found.field in _CONFIDED and CONFIDED not in caller.scopes
    shown = replace(found, survivor=None, merged=None) if untold else found
    return FieldDifference.model_validate(shown, from_attributes=True)


def detail_shape(found: Shown, locale: Locale) -> MergeDetail:
    """A merge on the wire, with what undoing it would do or did."""
    lines = [(line.table_name, line.rule, line.row_count) for line in found.lines]
    record = MergeRead.model_validate(found.record)
    return MergeDetail(
        **record.model_dump(), moved=_kinds(lines), collisions=_collisions(lines, locale), undoing=_undoing(found)
    )


def _undoing(found: Shown) -> Undoing:
    restored = found.parting.restored.items() if found.parting else ()
    kept = found.parting.kept.items() if found.parting else ()
    return Undoing(
        hindrance=found.hindrance.code if found.hindrance else None,
        restored=[Kinds(kind=table, count=count) for table, count in sorted(restored)],
        kept=[KeptRows(kind=table, ids=list(dict.fromkeys(ids))[:_MOST_IDS]) for table, ids in sorted(kept)],
    )


def _kinds(lines: Iterable[Line]) -> list[Kinds]:
    """Rows that went over, by kind; what a rule met is told as a collision."""
    counts: dict[str, int] = defaultdict(int)
    for table, rule, count in lines:
        if rule is None or not RULES[rule].collides:
            counts[table] += count
    return [Kinds(kind=table, count=count) for table, count in sorted(counts.items()) if table not in _OWN_ROWS]


_OWN_ROWS = frozenset({"people", "actors"})
"""The two records themselves: what becomes of them is told field by field."""


def _collisions(lines: Iterable[Line], locale: Locale) -> list[Collision]:
    counts: dict[tuple[str, str], int] = defaultdict(int)
    for table, rule, count in lines:
        if rule is not None and RULES[rule].collides:
            counts[rule, table] += count
    return [
        Collision(rule=rule, words=RULES[rule].words.in_locale(locale), kind=table, count=count)
        for (rule, table), count in sorted(counts.items())
    ]
