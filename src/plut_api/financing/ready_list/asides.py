"""What a row of the ready list tells that other rooms compute: segments of the owners, products that fit.

Of the segments only those that follow from what a bank learns of an owner anyway: `women` and `youth`. Disability is
specific personal data (UU 27/2022 art. 4), `mothers` is of the family, `remote_village` would place a masked business
(decision 16).
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Uuid, any_, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors.models import Actor, Ownership, Person, SegmentKind, owns
from plut_api.actors.segments import in_segment
from plut_api.financing.models.readiness import Readiness
from plut_api.financing.products.matching import fitting
from plut_api.kit import clock
from plut_api.reference.rules import rule_values

SEGMENTS = (SegmentKind.women, SegmentKind.youth)
"""Segments that banks may ask for, of those who consented."""


async def asides(db: AsyncSession, actor_ids: Sequence[UUID]) -> list[dict[str, Any]]:
    """Of each of these businesses that a consultant confirmed: `actor_id`, `segments`, `fits`. Two statements."""
    today = clock.today()
    ids = list(await db.scalars(_confirmed(actor_ids))) if actor_ids else []
    if not ids:
        return []
    segments = await _segments(db, ids, today)
    of_these = Actor.id == any_(bindparam("these", ids, type_=ARRAY(Uuid)))
    fitted = await db.execute((await fitting(db, await rule_values(db, ""), today)).where(of_these))
    return [
        {
            "actor_id": str(row.actor_id),
            "segments": segments.get(row.actor_id, []),
            "fits": sorted(str(product) for product in row.product_ids),
        }
        for row in fitted
    ]


def _confirmed(actor_ids: Sequence[UUID]) -> Select[UUID]:
    these = Readiness.actor_id == any_(bindparam("these", list(actor_ids), type_=ARRAY(Uuid)))
    return select(Readiness.actor_id).where(these, Readiness.confirmed_at.is_not(None))


async def _segments(db: AsyncSession, ids: Sequence[UUID], today: date) -> Mapping[UUID, list[str]]:
    names = [func.bool_or(in_segment(one, today)).label(one.value) for one in SEGMENTS]
    query = (
        select(Ownership.actor_id, *names)
        .join(Person, Person.id == Ownership.person_id)
        .where(Ownership.actor_id == any_(bindparam("these", list(ids), type_=ARRAY(Uuid))), owns())
        .group_by(Ownership.actor_id)
    )
    rows = (await db.execute(query)).mappings()
    return {row["actor_id"]: [one.value for one in SEGMENTS if row[one.value]] for row in rows}
