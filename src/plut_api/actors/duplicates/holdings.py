"""What hangs on a person or a business, counted: every room says what is its own; who decides on a pair looks at it.

Kit of this room: higher rooms register in their `duplicates.py`, which `plut_api/holdings.py` imports.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors.duplicates.models import Kind

_HOLDINGS: dict[Kind, dict[str, str]] = {Kind.person: {}, Kind.actor: {}}


def holds(name: str, *, of: Kind, rows: str) -> None:
    """Register what hangs on records of a kind: a SELECT with one row for each, whose `id` is that of the record.

    Raises ValueError if the name is taken.
    """
    if name in _HOLDINGS[of]:
        raise ValueError(f"two holdings of a {of} are called {name}")
    _HOLDINGS[of][name] = rows


async def holdings_of(db: AsyncSession, kind: Kind, ids: Sequence[UUID]) -> dict[UUID, dict[str, int]]:
    """How many rows of each kind hang on each of these records; one statement, whatever their number."""
    parts = [
        f"SELECT '{name}' AS name, id, count(*) AS times FROM ({rows}) held WHERE id = ANY (:ids) GROUP BY id"  # noqa: S608
        for name, rows in _HOLDINGS[kind].items()
    ]
    statement = text(" UNION ALL ".join(parts)).bindparams(bindparam("ids", type_=ARRAY(Uuid())))
    found = {id_: dict.fromkeys(_HOLDINGS[kind], 0) for id_ in ids}
    for row in await db.execute(statement, {"ids": list(ids)}):
        found[row.id][row.name] = row.times
    return found


_OWNED = "o.role = 'owner' AND o.until IS NULL"
holds("businesses", of=Kind.person, rows=f"SELECT o.person_id AS id FROM ownerships o WHERE {_OWNED}")  # noqa: S608
holds("assignments", of=Kind.person, rows="SELECT person_id AS id FROM assignments WHERE until IS NULL")
holds(
    "consents",
    of=Kind.person,
    rows="SELECT o.person_id AS id FROM consents c "  # noqa: S608 (words of ours)
    f"JOIN ownerships o ON o.actor_id = c.actor_id AND {_OWNED} WHERE c.withdrawn_at IS NULL",
)
holds("owners", of=Kind.actor, rows=f"SELECT o.actor_id AS id FROM ownerships o WHERE {_OWNED}")  # noqa: S608
holds("annual_figures", of=Kind.actor, rows="SELECT actor_id AS id FROM annual_figures")
holds("consents", of=Kind.actor, rows="SELECT actor_id AS id FROM consents WHERE withdrawn_at IS NULL")
