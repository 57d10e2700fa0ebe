"""What this part of the room holds of a person, and what becomes of it when they are erased."""

from typing import Any

from sqlalchemy import and_, func, or_, update
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors.duplicates.models import DuplicatePair, Kind, PairState
from plut_api.kit import audit
from plut_api.kit.caller import Caller
from plut_api.kit.i18n import Text
from plut_api.kit.privacy import Erased, Row, Subject, erasing, personal_data, rows_of

_OTHERS = frozenset({"a_id", "b_id", "note", "decided_by", "version"})
"""Who the other of a pair is, and what the Dinas wrote about both, is as much the other's (UU 27/2022 art. 33)."""


def _of(subject: Subject, actor_ids: tuple[Any, ...]) -> Any:
    ids = [subject.person_id]
    return or_(
        and_(DuplicatePair.kind == Kind.person, or_(DuplicatePair.a_id.in_(ids), DuplicatePair.b_id.in_(ids))),
        and_(
            DuplicatePair.kind == Kind.actor,
            or_(DuplicatePair.a_id.in_(actor_ids), DuplicatePair.b_id.in_(actor_ids)),
        ),
    )


@personal_data(
    "duplicate_pairs",
    "duplicate_pairs",
    about=Text(
        id="Dugaan bahwa data Anda tercatat dua kali, dan apa yang diputuskan; data yang lain tidak disebut.",
        en="Suspicions that you are on file twice, and what was decided; the other record is not named.",
    ),
)
async def held_pairs(db: AsyncSession, subject: Subject) -> list[Row]:
    """Pairs of the person and of their businesses."""
    return await rows_of(db, DuplicatePair, _of(subject, subject.actor_ids), subject, without=_OTHERS)


@erasing(order=50)
async def close_pairs(db: AsyncSession, caller: Caller, subject: Subject) -> Erased:
    """Pairs with what is erased are gone, without what was written about them."""
    if subject.person_id is None:
        return Erased("duplicate_pairs")
    closed = (
        update(DuplicatePair)
        .where(_of(subject, subject.sole_actor_ids))
        .values(state=PairState.gone, note=None, version=DuplicatePair.version + 1, updated_at=func.now())
        .returning(DuplicatePair.id)
    )
    ids = (await db.scalars(closed.execution_options(synchronize_session=False))).all()
    audit.record(db, audit.Action.changed, "duplicate_pairs", ids, after={"erased": True})
    return Erased("duplicate_pairs", emptied=len(ids))
