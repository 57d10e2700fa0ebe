"""Of whom a document is not asked although a programme's source of money asks for it.

A room that knows such people says so, as a query of their ids: this room asks no table of a higher one by itself.
"""

from collections.abc import Iterable
from string import Template
from uuid import UUID

from sqlalchemy import Uuid, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.programs.fund_sources import ExemptionCode

_ROWS: dict[ExemptionCode, str] = {}


def exempt(code: ExemptionCode, *, rows: str) -> None:
    """Register who is exempt, as SQL that selects ids of people as `id`. Raises ValueError if that was said before."""
    if _ROWS.setdefault(code, rows) != rows:
        raise ValueError(f"two rules for {code}")


_IS_AMONG = Template("SELECT EXISTS (SELECT FROM ($rows) x WHERE x.id = :person)")


async def exemption_of(db: AsyncSession, person_id: UUID, codes: Iterable[ExemptionCode]) -> ExemptionCode | None:
    """The first of these exemptions that holds for a person."""
    for code in codes:
        query = text(_IS_AMONG.substitute(rows=_ROWS[code]))
        if await db.scalar(query.bindparams(bindparam("person", type_=Uuid)), {"person": person_id}):
            return code
    return None


exempt(
    ExemptionCode.aspiring_entrepreneur,
    rows="SELECT p.id FROM people p WHERE NOT EXISTS ("
    "SELECT FROM ownerships o JOIN actors a ON a.id = o.actor_id WHERE o.person_id = p.id AND o.until IS NULL "
    "AND o.role IN ('owner', 'director') AND a.status <> 'closed' AND a.erased_at IS NULL AND a.merged_into IS NULL)",
)
