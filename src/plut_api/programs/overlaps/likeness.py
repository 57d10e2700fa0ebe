"""How much a programme resembles others: six parts, weights, lines and guards, computed by one statement.

The score is the weighted sum of six parts, each from 0 to 1 (weights, lines and caps are the dated `overlap.` rules):

- topic: see `overlaps/topics.py`;
- kbli: equal codes 1, else by how many leading digits the nearest two share; where one is for any activity, or their
  codes are of different versions, the rule's value for any;
- region: what both serve, counted in districts, over what the smaller serves; a regency counts whole unless the
  programme names districts of it, and no region means the whole province;
- period: days that both last over those of the shorter, else one minus the gap over the rule's days;
- audience: segments that both name over those of the one that names fewer, where mothers are women, too; both for
  everyone 1, one of them the rule's value;
- text: trigrams of title and aim after synonyms (`overlaps/words.py`).

Guards, in order: text that is almost the same lifts the topic; no topic in common and another text caps the score below
the line of warnings; no region, period or audience in common, a declared ladder of levels, or another topic caps it
below the line of blocking. Source: PLUT's overlap score v1 (domain decision).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Self
from uuid import UUID

from sqlalchemy import Row, bindparam, func, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import Boolean, Date, Float, Integer, Text, Uuid

from plut_api.kit.ids import new_id
from plut_api.programs.models import Program, ProgramLevel
from plut_api.programs.overlaps.statement import STATEMENT
from plut_api.programs.overlaps.topics import near_topics
from plut_api.programs.overlaps.words import words_of
from plut_api.reference.rules import rule_values

MOST = 200
"""No more findings are told of one programme; the likest come first."""
_WITHIN = {"mothers": "women"}
"""A segment that lies within another: who is for one reaches the other, too."""
_DAYS_A_MONTH = 30.5


@dataclass(frozen=True)
class Draft:
    """What of a programme is compared, whether it is stored or not."""

    title: str
    aim: str
    topics: Sequence[str]
    level: ProgramLevel
    starts_on: date
    ends_on: date
    segments: Sequence[str] = ()
    regency_codes: Sequence[str] = ()
    district_codes: Sequence[str] = ()
    kbli_version: str | None = None
    kbli_codes: Sequence[str] = ()
    prerequisite_id: UUID | None = None
    id: UUID = field(default_factory=new_id)  # Of a draft that is not stored: nobody else's.

    @classmethod
    def of(cls, program: Program) -> Self:
        """A stored programme as it is compared."""
        return cls(**{name: getattr(program, name) for name in cls.__dataclass_fields__})

    @property
    def areas(self) -> list[str]:
        """The regions it serves: districts, and regencies of which it names none; empty for the whole province."""
        whole = [code for code in self.regency_codes if not any(d.startswith(f"{code}.") for d in self.district_codes)]
        return [*self.district_codes, *whole]


Likeness = Row[Any]
"""A programme that resembles a draft, its parts and scores in percent, and the codes of the guards that fired."""


async def overlap_rules(db: AsyncSession) -> dict[str, float]:
    """The rules of today, by what they are called: percents as shares of one, the others as they are.

    Raises LookupError.
    """
    found = await rule_values(db, "overlap.")
    names = {code.removeprefix("overlap."): value for code, value in found.items()}
    return {
        name.removesuffix("_percent"): value / 100 if name.endswith("_percent") else value
        for name, value in names.items()
    }


async def likenesses(
    db: AsyncSession, draft: Draft, rule: Mapping[str, float], *, most: int = MOST
) -> Sequence[Likeness]:
    """Programmes that resemble a draft at or over the line of warnings, the likest first.

    Compared are those that were submitted or more, and end no longer before it, or begin no longer after it, than the
    rule's months; not drafts, nor what was rejected, called off or merged. Leans on ix_programs_topics and
    ix_programs_overlap_words.
    """
    await db.execute(select(func.set_config("pg_trgm.similarity_threshold", str(rule["other_text"]), True)))
    return (await db.execute(_BOUND, _given(draft, rule) | {"most": most})).all()


def _given(draft: Draft, rule: Mapping[str, float]) -> dict[str, Any]:
    known = list(near_topics(draft.topics, draft.level, rule))
    pairs = _segment_pairs(draft.segments)
    far = timedelta(days=round(rule["compared_months"] * _DAYS_A_MONTH))
    return {
        "id": draft.id,
        "prerequisite_id": draft.prerequisite_id or draft.id,
        "words": words_of(draft.title, draft.aim),
        "starts_on": draft.starts_on,
        "ends_on": draft.ends_on,
        "earliest": draft.starts_on - far,
        "latest": draft.ends_on + far,
        "taught": sorted({each.code for each in known}),
        "codes": [each.code for each in known],
        "levels": [each.level for each in known],
        "places": [each.is_main for each in known],
        "nearness": [each.nearness for each in known],
        "kbli_version": draft.kbli_version or "",
        "kbli_codes": list(draft.kbli_codes),
        "areas": draft.areas,
        "segments": len(draft.segments),
        "mine": [mine for mine, _ in pairs],
        "theirs": [theirs for _, theirs in pairs],
        **{name: float(value) for name, value in rule.items() if name in _RULES},
    }


def _segment_pairs(segments: Sequence[str]) -> list[tuple[str, str]]:
    """Each segment with those it meets: itself, what it lies within, what lies within it."""
    met = [(segment, segment) for segment in segments]
    for inner, outer in _WITHIN.items():
        met += [(a, b) for a, b in ((inner, outer), (outer, inner)) if a in segments]
    return met


_RULES = (
    *("topic_weight", "kbli_weight", "region_weight", "period_weight", "audience_weight", "text_weight"),
    *("block", "warn", "kbli_equal", "kbli_digits_4", "kbli_digits_3", "kbli_digits_2", "kbli_any"),
    *("audience_any", "gap_days", "alike_text", "alike_topic", "other_text", "other_cap", "apart_topic", "apart_cap"),
)
_TYPES: Mapping[str, Any] = {
    **dict.fromkeys(("id", "prerequisite_id"), Uuid),
    **dict.fromkeys(("words", "kbli_version"), Text),
    **dict.fromkeys(("starts_on", "ends_on", "earliest", "latest"), Date),
    **dict.fromkeys(("taught", "codes", "levels", "kbli_codes", "areas", "mine", "theirs"), ARRAY(Text)),
    **dict.fromkeys(("segments", "most"), Integer),
    "places": ARRAY(Boolean),
    "nearness": ARRAY(Float),
    **dict.fromkeys(_RULES, Float),
}
_BOUND = text(STATEMENT).bindparams(*(bindparam(name, type_=kind) for name, kind in _TYPES.items()))
