"""What may happen to records of a cooperative: added, corrected, verified by a consultant who looked at the paper.

A correction keeps what was, and ends the verification. Scopes are the router's to check: only consultants hold that
for verifying.
"""

from collections.abc import Mapping
from typing import Any, cast
from uuid import UUID

import orjson
from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.cooperatives.models import Cooperative
from plut_api.cooperatives.records.access import require_recorded
from plut_api.cooperatives.records.kinds import PAPERS, Kind
from plut_api.cooperatives.records.models import (
    CooperativeCreditDeclaration,
    CooperativePaper,
    CooperativeRevision,
    PaperKind,
)
from plut_api.cooperatives.records.numbers import revealed, sealed
from plut_api.cooperatives.records.problems import (
    DeclarationNotFound,
    NothingToLookAt,
    NumberNotRegistered,
    VerifiedAlready,
)
from plut_api.kit import clock, outbox
from plut_api.kit.caller import Caller
from plut_api.kit.crypto import vault
from plut_api.kit.database import refusing
from plut_api.kit.etags import require_match
from plut_api.kit.files import release, require_file
from plut_api.kit.ids import new_id
from plut_api.kit.privacy import plain_value
from plut_api.kit.problems import Invalid

PAPER_TYPES = frozenset({"application/pdf", "image/jpeg", "image/png", "image/webp"})
BEFORE = "cooperative_revisions.before"
_OF_THE_RECORD = frozenset(
    {"id", "created_at", "updated_at", "version", "cooperative_id", "recorded_by", "verified_at", "verified_by"}
)
_UNSAID = frozenset({"number_index", "number_sealed", "number_seen"})


async def listed(db: AsyncSession, caller: Caller, kind: Kind, cooperative_id: UUID) -> Select[Any]:
    """The records of one kind of a cooperative. Raises CooperativeNotFound."""
    cooperative = await require_recorded(db, caller, cooperative_id)
    return select(kind.model).where(kind.model.cooperative_id == cooperative.id)


async def one(
    db: AsyncSession, caller: Caller, kind: Kind, cooperative_id: UUID, row_id: UUID, *, for_update: bool = False
) -> Any:
    """One record. Raises CooperativeNotFound, and the kind's own problem."""
    query = (await listed(db, caller, kind, cooperative_id)).where(kind.model.id == row_id)
    row = await db.scalar(query.with_for_update() if for_update else query)
    if row is None:
        raise kind.missing()
    return row


async def add(db: AsyncSession, caller: Caller, kind: Kind, cooperative_id: UUID, values: Mapping[str, Any]) -> Any:
    """Put a record on file.

    Raises CooperativeNotFound, Invalid, what is taken of the kind. Emits cooperative.changed.
    """
    cooperative = await require_recorded(db, caller, cooperative_id)
    await _require_sound(db, caller, kind, cooperative, values)
    row = kind.model(id=new_id(), cooperative_id=cooperative.id, recorded_by=caller.id, **sealed(values))
    await _attach(db, caller, values["file_id"])
    with refusing(kind.taken):
        db.add(row)
        await db.flush()
    await db.refresh(row)
    await tell(db, caller, cooperative, kind.name)
    return row


async def change(
    db: AsyncSession,
    caller: Caller,
    kind: Kind,
    cooperative_id: UUID,
    row_id: UUID,
    if_match: str | None,
    changes: Mapping[str, Any],
) -> Any:
    """Correct a record: what it was is kept, and what was verified has to be verified again.

    Raises CooperativeNotFound, the kind's own problem, PreconditionRequired, PreconditionFailed, Invalid, what is taken
    of the kind. Emits cooperative.changed.
    """
    row = await one(db, caller, kind, cooperative_id, row_id, for_update=True)
    require_match(row, if_match)
    before = values_of(row)
    after = before | dict(changes)
    if after == before:
        return row
    cooperative = await db.get_one(Cooperative, row.cooperative_id)
    await _require_sound(db, caller, kind, cooperative, after)
    if after["file_id"] != before["file_id"]:
        await _attach(db, caller, after["file_id"])
    db.add(
        CooperativeRevision(
            cooperative_id=cooperative.id,
            kind=kind.name,
            row_id=row.id,
            row_version=row.version,
            before_sealed=vault().seal_bytes(BEFORE, orjson.dumps(_plain(before))),
            changed_by=caller.id,
        )
    )
    with refusing(kind.taken), db.no_autoflush:
        for name, value in sealed({name: after[name] for name in changes}).items():
            setattr(row, name, value)
        row.verified_at = row.verified_by = None
        if isinstance(row, CooperativePaper):
            row.number_seen = None
        row.version += 1
        await db.flush()
    if after["file_id"] != before["file_id"]:
        await release(db, before["file_id"])
    await db.refresh(row)
    await tell(db, caller, cooperative, kind.name)
    return row


async def verify(
    db: AsyncSession, caller: Caller, kind: Kind, cooperative_id: UUID, row_id: UUID, if_match: str | None
) -> Any:
    """A consultant looked at the paper of exactly this version of a record.

    Raises CooperativeNotFound, the kind's own problem, PreconditionRequired, PreconditionFailed, VerifiedAlready,
    NothingToLookAt, NumberNotRegistered. Emits cooperative.changed.
    """
    row = await one(db, caller, kind, cooperative_id, row_id, for_update=True)
    require_match(row, if_match)
    if row.verified_at is not None:
        raise VerifiedAlready()
    if row.file_id is None:
        raise NothingToLookAt()
    cooperative = await db.get_one(Cooperative, row.cooperative_id)
    if kind is PAPERS:
        row.number_seen = _number_of_register(cooperative, row.kind)
    row.verified_at, row.verified_by = clock.now(), caller.id
    row.version += 1
    await db.flush()
    await db.refresh(row)
    await tell(db, caller, cooperative, kind.name)
    return row


async def declarations(db: AsyncSession, caller: Caller, cooperative_id: UUID) -> Select[CooperativeCreditDeclaration]:
    """What a cooperative declared of its debts. Raises CooperativeNotFound."""
    cooperative = await require_recorded(db, caller, cooperative_id)
    return select(CooperativeCreditDeclaration).where(CooperativeCreditDeclaration.cooperative_id == cooperative.id)


async def one_declaration(
    db: AsyncSession, caller: Caller, cooperative_id: UUID, declaration_id: UUID
) -> CooperativeCreditDeclaration:
    """One declaration. Raises CooperativeNotFound, DeclarationNotFound."""
    query = await declarations(db, caller, cooperative_id)
    row = await db.scalar(query.where(CooperativeCreditDeclaration.id == declaration_id))
    if row is None:
        raise DeclarationNotFound()
    return row


async def declare(
    db: AsyncSession, caller: Caller, cooperative_id: UUID, values: Mapping[str, Any]
) -> CooperativeCreditDeclaration:
    """Declare today whether the cooperative and its chair are in arrears; a later declaration takes its place.

    Raises CooperativeNotFound, Invalid (`file_unknown`). Emits cooperative.changed.
    """
    cooperative = await require_recorded(db, caller, cooperative_id)
    await _attach(db, caller, values["file_id"])
    row = CooperativeCreditDeclaration(
        id=new_id(), cooperative_id=cooperative.id, declared_on=clock.today(), recorded_by=caller.id, **values
    )
    db.add(row)
    await db.flush()
    await db.refresh(row)
    await tell(db, caller, cooperative, "credit-declarations")
    return row


async def revisions(
    db: AsyncSession, caller: Caller, cooperative_id: UUID, row_id: UUID | None
) -> Select[CooperativeRevision]:
    """What records of a cooperative were before they were corrected. Raises CooperativeNotFound."""
    cooperative = await require_recorded(db, caller, cooperative_id)
    query = select(CooperativeRevision).where(CooperativeRevision.cooperative_id == cooperative.id)
    return query.where(CooperativeRevision.row_id == row_id) if row_id is not None else query


async def tell(db: AsyncSession, caller: Caller, cooperative: Cooperative, record: str) -> None:
    """Say that a cooperative's records changed, so that it is judged again."""
    facts = {"cooperative_id": cooperative.id, "village_code": cooperative.village_code, "record": record}
    await outbox.record(db, "cooperative.changed", cooperative.id, by=caller, **facts)


def values_of(row: Any) -> dict[str, Any]:
    """What a record says, with numbers opened."""
    names = [column.name for column in cast("Any", row).__table__.columns]
    values = {name: getattr(row, name) for name in names if name not in _OF_THE_RECORD | _UNSAID}
    return values | ({"number": revealed(row)} if "number_sealed" in names else {})


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: plain_value(value) for name, value in values.items()}


async def _require_sound(
    db: AsyncSession, caller: Caller, kind: Kind, cooperative: Cooperative, values: Mapping[str, Any]
) -> None:
    with db.no_autoflush:
        faults = await kind.check(db, caller, cooperative, values)
    if faults:
        raise Invalid(errors=faults)


async def _attach(db: AsyncSession, caller: Caller, file_id: UUID | None) -> None:
    if file_id is not None:
        await require_file(db, caller, file_id, kinds=PAPER_TYPES)


def _number_of_register(cooperative: Cooperative, kind: PaperKind) -> str | None:
    if kind is PaperKind.legal_decision:
        return cooperative.legal_number
    if kind is not PaperKind.nik_koperasi:
        return None
    if cooperative.nik_koperasi is None:
        raise NumberNotRegistered()
    return cooperative.nik_koperasi
