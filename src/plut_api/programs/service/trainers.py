"""Who teaches: noted by the Dinas and by OPDs, read by those who plan programmes."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.identity.models import Account
from plut_api.kit import outbox
from plut_api.kit.caller import Caller, Kind, Role
from plut_api.kit.database import refusing
from plut_api.kit.etags import require_match
from plut_api.kit.ids import new_id
from plut_api.kit.problems import Fault, Invalid, fault
from plut_api.organizations.models import Organization
from plut_api.programs.models import Trainer
from plut_api.programs.problems import PlannersOnly, TrainerNoted, TrainerNotFound
from plut_api.programs.schemas.trainers import TrainerCreate

READERS = frozenset({Role.dinas, Role.opd, Role.consultant})
WRITERS = frozenset({Role.dinas, Role.opd})
_NOTED = {"uq_trainers_account_id": TrainerNoted()}
_ACCOUNT_UNKNOWN = fault(
    "#/account_id", "account_unknown", id="Tidak ada akun petugas ini", en="There is no such staff account"
)
_OTHER_ORGANIZATION = fault(
    "#/organization_id",
    "not_your_organization",
    id="Anda hanya dapat mencatat pengajar untuk instansi Anda sendiri",
    en="You can note trainers for your own organization only",
)
_ORGANIZATION_UNKNOWN = fault(
    "#/organization_id",
    "organization_unknown",
    id="Organisasi ini tidak ada; cari di /v1/organizations",
    en="There is no such organization; look in /v1/organizations",
)


def require_planner(caller: Caller, roles: frozenset[Role] = READERS) -> None:
    """Let those through who plan programmes. Raises PlannersOnly."""
    if caller.role not in roles:
        raise PlannersOnly()


async def require_trainer(db: AsyncSession, caller: Caller, trainer_id: UUID) -> Trainer:
    """A trainer; who plans programmes may read all of them. Raises PlannersOnly, TrainerNotFound."""
    require_planner(caller)
    trainer = await db.get(Trainer, trainer_id)
    if trainer is None:
        raise TrainerNotFound()
    return trainer


async def note_trainer(db: AsyncSession, caller: Caller, given: TrainerCreate) -> Trainer:
    """Note a trainer: an OPD for itself, the Dinas for any organization or none.

    Raises PlannersOnly, Invalid (`account_unknown`, `not_your_organization`, `organization_unknown`), TrainerNoted.
    Emits trainer.noted.
    """
    require_planner(caller, WRITERS)
    values = given.model_dump()
    if caller.role is Role.opd:
        values["organization_id"] = given.organization_id or caller.organization_id
    faults = await _faults(db, caller, given.account_id, values["organization_id"])
    if faults:
        raise Invalid(errors=faults)
    trainer = Trainer(id=new_id(), **values)
    with refusing(_NOTED):
        db.add(trainer)
        await db.flush()
    await db.refresh(trainer)
    await outbox.record(db, "trainer.noted", trainer.id, by=caller, organization_id=trainer.organization_id)
    return trainer


async def change_trainer(
    db: AsyncSession, caller: Caller, trainer_id: UUID, if_match: str | None, changes: Mapping[str, Any]
) -> Trainer:
    """Change a trainer: those of its own an OPD, all the Dinas. Sessions that name them keep them.

    Raises PlannersOnly, TrainerNotFound, PreconditionRequired, PreconditionFailed. Emits trainer.changed.
    """
    require_planner(caller, WRITERS)
    query = select(Trainer).where(Trainer.id == trainer_id)
    if caller.role is not Role.dinas:
        query = query.where(Trainer.organization_id == caller.organization_id)
    trainer = await db.scalar(query.with_for_update(key_share=True))
    if trainer is None:
        raise TrainerNotFound()
    require_match(trainer, if_match)
    for name, value in changes.items():
        setattr(trainer, name, value)
    trainer.version += 1
    await db.flush()
    await db.refresh(trainer)
    await outbox.record(db, "trainer.changed", trainer.id, by=caller, organization_id=trainer.organization_id)
    return trainer


async def _faults(
    db: AsyncSession, caller: Caller, account_id: UUID | None, organization_id: UUID | None
) -> list[Fault]:
    faults = []
    if account_id is not None:
        staff = select(Account.id).where(Account.id == account_id, Account.kind == Kind.staff, Account.is_active)
        faults += [] if await db.scalar(staff) else [_ACCOUNT_UNKNOWN]
    if organization_id in (None, caller.organization_id):
        return faults
    if caller.role is not Role.dinas:
        return [*faults, _OTHER_ORGANIZATION]
    known = await db.scalar(select(Organization.id).where(Organization.id == organization_id))
    return faults if known else [*faults, _ORGANIZATION_UNKNOWN]
