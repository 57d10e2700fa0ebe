"""Working through pairs: the list, both records side by side, and what the Dinas decides."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from plut_api.actors.duplicates.comparing import compared
from plut_api.actors.duplicates.holdings import holdings_of
from plut_api.actors.duplicates.models import DuplicatePair, Kind, PairState
from plut_api.actors.duplicates.problems import NOT_OF_PAIR, DuplicateDecided, DuplicateNotFound
from plut_api.actors.masking import view_of
from plut_api.actors.merging.models import MergeRecord
from plut_api.actors.merging.service import merge
from plut_api.actors.models import Actor, Person
from plut_api.kit import audit, clock, outbox
from plut_api.kit.caller import Caller
from plut_api.kit.etags import require_match
from plut_api.kit.merging import Of
from plut_api.kit.problems import Invalid

_A_PERSON, _B_PERSON = aliased(Person), aliased(Person)
_A_ACTOR, _B_ACTOR = aliased(Actor), aliased(Actor)


def pairs() -> Select[Any]:
    """Pairs with names and villages of both records, as far as these still live."""
    columns = [column for column in DuplicatePair.__table__.columns if column.name != "version"]
    query = select(
        *columns,
        func.coalesce(_A_PERSON.full_name, _A_ACTOR.name).label("a_name"),
        func.coalesce(_B_PERSON.full_name, _B_ACTOR.name).label("b_name"),
        func.coalesce(_A_PERSON.village_code, _A_ACTOR.village_code).label("a_village_code"),
        func.coalesce(_B_PERSON.village_code, _B_ACTOR.village_code).label("b_village_code"),
    ).select_from(DuplicatePair)
    for record, kind, id_ in (
        (_A_PERSON, Kind.person, DuplicatePair.a_id),
        (_B_PERSON, Kind.person, DuplicatePair.b_id),
        (_A_ACTOR, Kind.actor, DuplicatePair.a_id),
        (_B_ACTOR, Kind.actor, DuplicatePair.b_id),
    ):
        lives = and_(DuplicatePair.kind == kind, record.id == id_, record.erased_at.is_(None))
        query = query.outerjoin(record, and_(lives, record.merged_into.is_(None)))
    return query


def in_regency(regency: str) -> ColumnElement[bool]:
    """The condition on `pairs` that one of the two lives in a kabupaten or kota."""
    return (
        _A_PERSON.village_code.startswith(f"{regency}.")
        | _B_PERSON.village_code.startswith(f"{regency}.")
        | (_A_ACTOR.regency_code == regency)
        | (_B_ACTOR.regency_code == regency)
    )


async def compare(db: AsyncSession, caller: Caller, pair_id: UUID) -> tuple[int, Mapping[str, Any]]:
    """A pair with both records side by side and what hangs on each; its version first. Raises DuplicateNotFound.

    Three statements, whatever hangs on them. That both were looked at is an entry of the audit log.
    """
    query = pairs().add_columns(DuplicatePair.version).where(DuplicatePair.id == pair_id)
    row = (await db.execute(query)).mappings().one_or_none()
    if row is None:
        raise DuplicateNotFound()
    a_id, b_id = row["a_id"], row["b_id"]
    model: Any = Person if row["kind"] is Kind.person else Actor
    lives = (model.id.in_([a_id, b_id]), model.erased_at.is_(None), model.merged_into.is_(None))
    records: dict[UUID, Any] = {record.id: record for record in await db.scalars(select(model).where(*lives))}
    held = await holdings_of(db, row["kind"], [a_id, b_id])
    audit.record(db, audit.Action.read, "duplicate_pairs", [pair_id], about=[a_id, b_id])
    return row["version"], {
        **row,
        "fields": compared(row["kind"], records.get(a_id), records.get(b_id), view_of(caller)),
        "a_holds": [{"name": name, "count": count} for name, count in sorted(held[a_id].items())],
        "b_holds": [{"name": name, "count": count} for name, count in sorted(held[b_id].items())],
    }


async def open_pair(db: AsyncSession, pair_id: UUID, if_match: str | None) -> DuplicatePair:
    """A pair that waits to be decided, locked. Of two who decide at once the second finds another version.

    Raises DuplicateNotFound, PreconditionRequired, PreconditionFailed, DuplicateDecided.
    """
    pair = await db.scalar(select(DuplicatePair).where(DuplicatePair.id == pair_id).with_for_update())
    if pair is None:
        raise DuplicateNotFound()
    require_match(pair, if_match)
    if pair.state is not PairState.open:
        raise DuplicateDecided(extra={"state": pair.state.value})
    return pair


async def not_the_same(db: AsyncSession, caller: Caller, pair_id: UUID, if_match: str | None, note: str) -> None:
    """Decide that two records are two. It is not asked again, unless an exact number comes to agree.

    Raises DuplicateNotFound, PreconditionRequired, PreconditionFailed, DuplicateDecided. Emits duplicate.dismissed.
    """
    pair = await open_pair(db, pair_id, if_match)
    pair.state, pair.note = PairState.not_the_same, note
    pair.decided_by, pair.decided_at = caller.id, clock.now()
    pair.version += 1
    await db.flush()
    ids = {"kind": pair.kind.value, "a_id": pair.a_id, "b_id": pair.b_id}
    await outbox.record(db, "duplicate.dismissed", pair.id, by=caller, **ids)


async def merge_pair(
    db: AsyncSession, caller: Caller, pair_id: UUID, if_match: str | None, survivor_id: UUID
) -> MergeRecord:
    """Merge the two records of a pair, whose other pairs are then those of the survivor (`merging.py`).

    Raises DuplicateNotFound, PreconditionRequired, PreconditionFailed, DuplicateDecided, Invalid (`not_of_this_pair`)
    and what `merging.service.merge` raises. Emits what that emits.
    """
    pair = await open_pair(db, pair_id, if_match)
    if survivor_id not in (pair.a_id, pair.b_id):
        raise Invalid(errors=[NOT_OF_PAIR])
    merged_id = pair.b_id if survivor_id == pair.a_id else pair.a_id
    of = Of.people if pair.kind is Kind.person else Of.actors
    return await merge(db, caller, of, survivor_id, merged_id)


async def shown_pair(db: AsyncSession, pair_id: UUID) -> tuple[int, Mapping[str, Any]]:
    """A pair as the list shows it, as it stands now, and its version."""
    row = await db.execute(pairs().add_columns(DuplicatePair.version).where(DuplicatePair.id == pair_id))
    found = row.mappings().one()
    return found["version"], dict(found)
