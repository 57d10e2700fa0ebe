"""Who was shown to whom, for the notice after a breach (UU 27/2022 art. 46: in writing, within 3 x 24 hours)."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors import identifiers

_EXPOSED = text(
    """
    WITH blocks AS (
        SELECT * FROM disclosures
        WHERE (caller_id = :client OR organization_id = :organization)
            AND disclosed_at >= :first AND disclosed_at < :last
    ), named AS (
        SELECT b.id, b.disclosed_at, b.operation, b.fields, shown.actor_id, o.person_id
        FROM blocks b CROSS JOIN LATERAL unnest(b.actor_ids) AS shown (actor_id)
        LEFT JOIN ownerships o ON o.actor_id = shown.actor_id AND o.role = 'owner'
            AND coalesce(o.since, '-infinity') <= CAST(b.disclosed_at AT TIME ZONE 'Asia/Makassar' AS date)
            AND coalesce(o.until, 'infinity') >= CAST(b.disclosed_at AT TIME ZONE 'Asia/Makassar' AS date)
        UNION ALL
        SELECT b.id, b.disclosed_at, b.operation, b.fields, NULL, shown.person_id
        FROM blocks b CROSS JOIN LATERAL unnest(b.person_ids) AS shown (person_id)
    )
    SELECT n.person_id, p.full_name AS person_name, p.phone_sealed, n.actor_id, a.name AS business_name,
        array_agg(DISTINCT field ORDER BY field) AS fields,
        array_agg(DISTINCT n.operation ORDER BY n.operation) AS operations,
        min(n.disclosed_at) AS first_at, max(n.disclosed_at) AS last_at, count(DISTINCT n.id) AS times
    FROM named n
    CROSS JOIN LATERAL unnest(n.fields) AS field
    LEFT JOIN people p ON p.id = n.person_id
    LEFT JOIN actors a ON a.id = n.actor_id
    GROUP BY n.person_id, p.full_name, p.phone_sealed, n.actor_id, a.name
    ORDER BY n.person_id, n.actor_id
    """
).bindparams(bindparam("client", type_=Uuid), bindparam("organization", type_=Uuid))


@dataclass(frozen=True)
class Exposure:
    """To whom (a machine client or an account, or everybody of an organization), from when until before when."""

    first: datetime
    last: datetime
    caller_id: UUID | None = None
    organization_id: UUID | None = None


async def exposed(db: AsyncSession, exposure: Exposure) -> AsyncIterator[dict[str, Any]]:
    """Each person shown, by business or for themself, with a phone for the notice; by what fields, when, how often.

    Who was erased since stands there by id alone. Leans on ix_disclosures_caller_id, ix_disclosures_organization_id.
    """
    values = {
        "client": exposure.caller_id,
        "organization": exposure.organization_id,
        "first": exposure.first,
        "last": exposure.last,
    }
    async for row in await db.stream(_EXPOSED, values):
        told = dict(row._mapping)
        told["phone"] = identifiers.unseal(identifiers.PHONE, told.pop("phone_sealed"))
        yield told
