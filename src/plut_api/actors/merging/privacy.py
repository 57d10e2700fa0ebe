"""What is held of a person about merges, and what becomes of it."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors.merging.models import MergeMove, MergeRecord
from plut_api.actors.merging.survivors import all_ids
from plut_api.actors.models import Actor
from plut_api.kit import audit
from plut_api.kit.caller import Caller
from plut_api.kit.i18n import Text
from plut_api.kit.merging import Of
from plut_api.kit.privacy import Erased, Row, Subject, erasing, holds_nothing_to_tell, personal_data, rows_of

holds_nothing_to_tell("merge_moves", "the rows before and after a merge, sealed, while it can be undone")


@personal_data(
    "merges",
    "merges",
    about=Text(
        id="Penggabungan data ganda tentang Anda atau usaha Anda.",
        en="Merges of duplicate records of you or your businesses.",
    ),
)
async def held_merges(db: AsyncSession, subject: Subject) -> list[Row]:
    """Merges of the person and their businesses."""
    return await rows_of(
        db, MergeRecord, MergeRecord.survivor_id.in_(await _ids(db, subject.actor_ids, subject)), subject
    )


@erasing(order=35)
async def forget_merges(db: AsyncSession, caller: Caller, subject: Subject) -> Erased:
    """Let go of what the merged records were, and of the keys by which files find them: none of this can be undone."""
    ids = await _ids(db, subject.sole_actor_ids, subject)
    merges = select(MergeRecord.id).where(MergeRecord.survivor_id.in_(ids))
    lines = update(MergeMove).where(MergeMove.merge_id.in_(merges), MergeMove.rows_sealed.is_not(None))
    met = await db.scalars(lines.values(rows_sealed=None).returning(MergeMove.id).execution_options(**_QUIETLY))
    keyed = update(Actor).where(Actor.merged_into.in_(subject.sole_actor_ids), Actor.row_key.is_not(None))
    unkeyed = await db.scalars(keyed.values(row_key=None).returning(Actor.id).execution_options(**_QUIETLY))
    audit.record(db, audit.Action.changed, "actors", unkeyed.all(), after={"erased": True})
    return Erased("merges", emptied=len(met.all()))


async def _ids(db: AsyncSession, actor_ids: Sequence[UUID], subject: Subject) -> list[UUID]:
    """All ids that the person and these businesses have and had."""
    person = [subject.person_id] if subject.person_id is not None else []
    return [*await all_ids(db, Of.people, person), *await all_ids(db, Of.actors, actor_ids)]


_QUIETLY = {"synchronize_session": False}
