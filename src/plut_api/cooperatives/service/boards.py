"""Who keeps a cooperative's affairs, and its contact data, which they may change."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors import identifiers
from plut_api.actors.models import Person
from plut_api.cooperatives.access import cooperatives_kept_by, require_kept
from plut_api.cooperatives.models import Cooperative, CooperativeManager
from plut_api.cooperatives.problems import ManagerEnded, ManagerNotFound, OwnOfficeOnly
from plut_api.kit import clock, outbox
from plut_api.kit.caller import Caller, Role
from plut_api.kit.etags import require_match

PHONE = "cooperatives.phone"
_COLUMNS = ("id", "cooperative_id", "person_id", "role_in_board", "since", "until", "version")


def managers(caller: Caller, cooperative_id: UUID) -> Select[Any]:
    """The managers of a cooperative whose affairs the caller keeps, former ones too, as flat rows with their names."""
    columns = (getattr(CooperativeManager, name) for name in _COLUMNS)
    query = select(*columns, Person.full_name, Person.phone_sealed)
    joined = query.join(Person, Person.id == CooperativeManager.person_id)
    return joined.where(
        CooperativeManager.cooperative_id == cooperative_id,
        cooperatives_kept_by(caller, CooperativeManager.cooperative_id),
    )


async def one_manager(db: AsyncSession, caller: Caller, cooperative_id: UUID, manager_id: UUID) -> Any:
    """One row of `managers`. Raises ManagerNotFound."""
    query = managers(caller, cooperative_id).where(CooperativeManager.id == manager_id)
    row = (await db.execute(query)).one_or_none()
    if row is None:
        raise ManagerNotFound()
    return row


async def end_manager(
    db: AsyncSession, caller: Caller, cooperative_id: UUID, manager_id: UUID, if_match: str | None
) -> None:
    """End an office: the Dinas anybody's, a manager their own. It counts from the very next request.

    Raises ManagerNotFound, OwnOfficeOnly, PreconditionRequired, PreconditionFailed, ManagerEnded.
    Emits cooperative.manager_ended.
    """
    row = await one_manager(db, caller, cooperative_id, manager_id)
    if caller.role is not Role.dinas:
        own = select(Person.id).where(Person.id == row.person_id, Person.account_id == caller.id)
        if await db.scalar(own) is None:
            raise OwnOfficeOnly()
    manager = await db.get_one(CooperativeManager, manager_id, with_for_update=True)
    require_match(manager, if_match)
    if manager.until is not None:
        raise ManagerEnded()
    manager.until, manager.ended_by = max(clock.now(), manager.since), caller.id
    manager.version += 1
    await db.flush()
    await outbox.record(
        db, "cooperative.manager_ended", cooperative_id, by=caller, manager_id=manager.id, person_id=manager.person_id
    )


async def change_contact(
    db: AsyncSession, caller: Caller, cooperative_id: UUID, if_match: str | None, changes: Mapping[str, Any]
) -> Cooperative:
    """Change how a cooperative is reached: its managers may, and the Dinas. All else of it is for the Dinas alone.

    Raises CooperativeNotFound, PreconditionRequired, PreconditionFailed. Emits cooperative.changed.
    """
    cooperative = await require_kept(db, caller, cooperative_id, for_update=True)
    require_match(cooperative, if_match)
    for name, value in changes.items():
        if name == "phone":
            cooperative.phone_sealed = identifiers.seal(PHONE, value)
        else:
            setattr(cooperative, name, value)
    cooperative.version += 1
    await db.flush()
    await db.refresh(cooperative)
    await outbox.record(db, "cooperative.changed", cooperative.id, by=caller, village_code=cooperative.village_code)
    return cooperative
