"""Objections as wire shapes, their words opened, with one statement for the files of a page."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.financing.objections.models import ANSWER, REASON, Objection, ObjectionFile
from plut_api.financing.objections.schemas import ObjectionPage, ObjectionRead
from plut_api.kit import clock
from plut_api.kit.crypto import vault
from plut_api.kit.pages import Paging

_PLAIN = (
    *("id", "actor_id", "cooperative_id", "rule_set", "result", "state", "created_at", "due_at", "ended_at"),
    *("fact", "corrected_at"),
)


async def objection_page(db: AsyncSession, paging: Paging, query: Select[Objection]) -> ObjectionPage:
    """A page of objections, newest first."""
    page = await paging.fetch(db, query, Objection.id, descending=True)
    files = await _files(db, [row.id for row in page["data"]])
    return ObjectionPage(**page | {"data": [_shape(row, files) for row in page["data"]]})


async def objection_shape(db: AsyncSession, objection: Objection) -> ObjectionRead:
    """One objection."""
    return _shape(objection, await _files(db, [objection.id]))


async def _files(db: AsyncSession, objections: Sequence[UUID]) -> Mapping[UUID, list[UUID]]:
    found: dict[UUID, list[UUID]] = {}
    query = select(ObjectionFile).where(ObjectionFile.objection_id.in_(objections)).order_by(ObjectionFile.id)
    for one in await db.scalars(query):
        found.setdefault(one.objection_id, []).append(one.file_id)
    return found


def _shape(row: Objection, files: Mapping[UUID, list[UUID]]) -> ObjectionRead:
    told: dict[str, Any] = {name: getattr(row, name) for name in _PLAIN}
    return ObjectionRead(
        **told,
        subject="business" if row.actor_id is not None else "cooperative",
        rule=row.rule_code,
        reason=_opened(REASON, row.reason_sealed),
        answer=_opened(ANSWER, row.answer_sealed),
        file_ids=files.get(row.id, []),
        is_late=row.due_at < (row.ended_at or clock.now()),
    )


def _opened(context: str, sealed: bytes | None) -> str | None:
    return vault().open(context, sealed) if sealed is not None else None
