"""Keeping what was found: each pair once, and what was decided stays decided."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Text, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors.duplicates.models import FoundBy, Kind
from plut_api.actors.duplicates.scoring import NUMBERS
from plut_api.kit import audit
from plut_api.kit.ids import new_ids

_BLOCK = audit.AT_ONCE // 2
"""Pairs in one statement, so that an entry of the audit log can name both records of each."""


@dataclass(frozen=True)
class Suspicion:
    """Two records that may be the same, why, and how sure that is."""

    one_id: UUID
    other_id: UUID
    reasons: Sequence[str]
    sureness: float


_NUMBER_CAME_TO_AGREE = " OR ".join(
    f"('{number}' = ANY (excluded.reasons) AND NOT '{number}' = ANY (kept.reasons))" for number in NUMBERS
)
# Both records of what is found live, so a pair that was merged or gone has been parted or come back since.
_KEEP = text(
    f"""
    INSERT INTO duplicate_pairs AS kept (id, kind, a_id, b_id, reasons, sureness, found_by, state, version)
    SELECT id, :kind, least(one_id, other_id), greatest(one_id, other_id), string_to_array(reasons, ' '), sureness,
        :found_by, 'open', 1
    FROM unnest(CAST(:ids AS uuid[]), CAST(:ones AS uuid[]), CAST(:others AS uuid[]), CAST(:reasons AS text[]),
        CAST(:sureness AS float8[])) AS found (id, one_id, other_id, reasons, sureness)
    ORDER BY 3, 4
    ON CONFLICT (kind, a_id, b_id) DO UPDATE SET
        reasons = excluded.reasons, sureness = excluded.sureness, state = 'open', decided_by = NULL, decided_at = NULL,
        note = CASE kept.state WHEN 'open' THEN kept.note END, version = kept.version + 1, updated_at = now()
    WHERE CASE kept.state
        WHEN 'open' THEN (kept.reasons, kept.sureness) IS DISTINCT FROM (excluded.reasons, excluded.sureness)
        WHEN 'not_the_same' THEN {_NUMBER_CAME_TO_AGREE}
        ELSE true END
    RETURNING id, a_id, b_id, version
    """  # noqa: S608 (words of ours)
).bindparams(bindparam("kind", type_=Text()), bindparam("found_by", type_=Text()))


async def keep_pairs(db: AsyncSession, kind: Kind, found: Sequence[Suspicion], found_by: FoundBy) -> int:
    """Note pairs of living records; how many are new, or open again.

    An open pair gets its reasons and sureness of now. One that was decided to be two stays so, unless an exact number
    agrees that did not when it was decided.
    """
    opened = 0
    for start in range(0, len(found), _BLOCK):
        block = found[start : start + _BLOCK]
        rows = (await db.execute(_KEEP, _columns(kind, block, found_by))).all()
        opened += len(rows)
        for action, new in ((audit.Action.created, True), (audit.Action.changed, False)):
            of_action = [row for row in rows if (row.version == 1) is new]
            about = [id_ for row in of_action for id_ in (row.a_id, row.b_id)]
            audit.record(db, action, "duplicate_pairs", [row.id for row in of_action], about=about)
    return opened


def _columns(kind: Kind, found: Sequence[Suspicion], found_by: FoundBy) -> dict[str, Any]:
    return {
        "kind": kind.value,
        "found_by": found_by.value,
        "ids": new_ids(len(found)),
        "ones": [pair.one_id for pair in found],
        "others": [pair.other_id for pair in found],
        "reasons": [" ".join(pair.reasons) for pair in found],
        "sureness": [pair.sureness for pair in found],
    }
