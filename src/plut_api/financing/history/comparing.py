"""What differs between the results on file and fresh ones, in SQL, and writing it down.

Of who is not ready, only what each rule finds is kept: `[{code, result}, …]`. Among very many there are few such lists,
and few pairs of an old and a new one, so each is written out and compared once, whoever it is of.
"""

import secrets
from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import (
    CTE,
    Integer,
    Select,
    Text,
    Uuid,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal,
    literal_column,
    or_,
    select,
    text,
)
from sqlalchemy import column as column_of
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, insert

from plut_api.financing.models import ReadinessChange, ReadinessStatus
from plut_api.kit import clock

_EMPTY = literal_column("'[]'::jsonb", JSONB)
_BRIEF = """(
    SELECT jsonb_agg(jsonb_build_object('code', code, 'result', result) ORDER BY place)
    FROM unnest(ARRAY[{codes}], {verdicts}) WITH ORDINALITY AS rule (code, result, place)
)"""
_IN_BRIEF = """(
    SELECT jsonb_agg(jsonb_build_object('code', rule -> 'code', 'result', rule -> 'result') ORDER BY place)
    FROM jsonb_array_elements({results}) WITH ORDINALITY AS found (rule, place)
)"""
# What only one of two rule sets asks is told where the status became another; else it would be told of everybody.
_DIFFERENCES = """(
    SELECT jsonb_agg(jsonb_build_array(code, b.result, a.result) ORDER BY code)
    FROM jsonb_to_recordset({new}) AS a (code text, result text)
    FULL JOIN jsonb_to_recordset({old}) AS b (code text, result text) USING (code)
    WHERE a.result IS DISTINCT FROM b.result AND ({moved} OR a.result IS NOT NULL AND b.result IS NOT NULL)
)"""


def found_on_file(results: Any) -> Any:
    """SQL of what each rule found, in order, as a JSON array of words."""
    return func.jsonb_path_query_array(results, literal_column("'$[*].result'"), type_=JSONB)


class Sorted(NamedTuple):
    """Who is judged, and the few kinds of results that there are among them.

    `beside` has `subject_id`, `status`, `score`, and the same as they were (`old_…`); `kinds` an `id`, the `results` in
    brief, and `changed`: the rules that differ as `[code, before, after]`, null if none does. `same` joins the two.
    """

    beside: CTE
    kinds: CTE
    same: Any

    @property
    def together(self) -> CTE:
        """Each with the results and what changed written out."""
        return _together(self.beside, self.kinds.c).join(self.kinds, self.same).cte("compared")


def sorted_out(fresh: CTE, table: Any, table_id: Any, codes: Sequence[str]) -> Sorted:
    """Fresh verdicts beside the results on file in a table."""
    beside = _beside(fresh, table, table_id, fresh.c.verdicts)
    keys = ("verdicts", "old_version", "old_found")
    once = (func.any_value(beside.c[name]).label(name) for name in ("subject_id", "status", "old_status"))
    found = select(*(beside.c[name] for name in keys), *once).group_by(*(beside.c[name] for name in keys)).cte("found")
    listed = ", ".join(f"'{code}'" for code in codes)
    brief: Any = literal_column(_BRIEF.format(codes=listed, verdicts="found.verdicts"), JSONB)
    sample = select(table.results).where(table_id == found.c.subject_id).scalar_subquery()
    # Materialised: else the planner works them out for each of whom they are.
    briefs = select(found, brief.label("results"), sample.label("old_results")).cte("briefs")
    briefs = briefs.prefix_with("MATERIALIZED")
    kinds = select(briefs, func.gen_random_uuid().label("id"), _changed("briefs").label("changed")).cte("kinds")
    kinds = kinds.prefix_with("MATERIALIZED")
    return Sorted(beside, kinds, and_(*(kinds.c[name] == beside.c[name] for name in keys)))


def compared_fully(fresh: CTE, table: Any, table_id: Any) -> CTE:
    """The same of results with values, days and evidence, which stay with those who are ready."""
    brief: Any = literal_column(_IN_BRIEF.format(results="fresh.results"), JSONB)
    kept = case((fresh.c.status == ReadinessStatus.ready.value, fresh.c.results), else_=brief)
    beside = _beside(fresh, table, table_id, kept.label("results"), table.results.label("old_results"))
    told = select(beside, _changed("beside").label("changed")).cte("told")
    return _together(told, told.c).cte("compared")


def note_changes(other: CTE, column: str, version: str) -> CTE:
    """A statement, as a CTE, that puts what differs into the history, with the cause for each of whom it is about.

    Needs the parameters `ids`, `causes` and `events`, which go together one by one.
    """
    caused = (
        func.unnest(
            bindparam("ids", type_=ARRAY(Uuid)),
            bindparam("causes", type_=ARRAY(Text)),
            bindparam("events", type_=ARRAY(Uuid)),
        )
        .table_valued(column_of("id", Uuid), column_of("cause", Text), column_of("event_id", Uuid))
        .render_derived(name="caused")
    )
    differs = or_(
        other.c.changed.is_not(None),
        cast(other.c.old_status, Text).is_distinct_from(other.c.status),
        cast(other.c.old_score, Integer).is_distinct_from(other.c.score),
    )
    rows = select(
        text(NEW_ID).bindparams(bindparam("moment", moment(), Text)),
        other.c.subject_id,
        literal(version),
        other.c.old_rule_set,
        other.c.old_status,
        other.c.status,
        other.c.old_score,
        other.c.score,
        func.coalesce(other.c.changed, _EMPTY),
        caused.c.cause,
        caused.c.event_id,
        literal(clock.now()),
    ).join_from(other, caused, caused.c.id == other.c.subject_id)
    rows = rows.where(differs)
    return insert(ReadinessChange).from_select(["id", column, *COLUMNS], rows, include_defaults=False).cte("noted")


COLUMNS = (
    *("rule_set", "from_rule_set", "from_status", "to_status", "from_score", "to_score", "rules", "cause", "event_id"),
    "created_at",
)
"""Columns of the history beside its id and whom it is about."""


NEW_ID = "CAST(:moment || lpad(to_hex(row_number() OVER ()), 8, '0') AS uuid)"
"""SQL of a UUIDv7, one after another for the rows of a statement: pages of the history go by it. Needs the parameter
`moment`. Counted up, they are added at the end of an index, which costs half of putting them in at random.
"""


def moment() -> str:
    """How the ids of one statement begin: this instant, then chance."""
    chance = secrets.token_hex(5)
    return f"{int(clock.now().timestamp() * 1000):012x}7{chance[:3]}8{chance[3:]}"


def _beside(fresh: CTE, table: Any, table_id: Any, *more: Any) -> CTE:
    return (
        select(
            fresh.c.subject_id,
            fresh.c.status,
            fresh.c.score,
            table.rule_set.label("old_rule_set"),
            table.status.label("old_status"),
            table.score.label("old_score"),
            func.coalesce(table.rule_set, "").label("old_version"),
            func.coalesce(found_on_file(table.results), _EMPTY).label("old_found"),
            *more,
        )
        .select_from(fresh.outerjoin(table, table_id == fresh.c.subject_id))
        .cte("beside")
    )


def _changed(row: str) -> Any:
    """Nothing at the first result: all of it is new."""
    moved = f"{row}.status IS DISTINCT FROM {row}.old_status"
    differences = _DIFFERENCES.format(new=f"{row}.results", old=f"{row}.old_results", moved=moved)
    return literal_column(f"CASE WHEN {row}.old_status IS NOT NULL THEN {differences} END", JSONB)


def _together(beside: CTE, told: Any) -> Select[Any]:
    columns = (beside.c[name] for name in ("subject_id", "status", "score", "old_rule_set", "old_status", "old_score"))
    return select(*columns, told.results, told.changed).select_from(beside)
