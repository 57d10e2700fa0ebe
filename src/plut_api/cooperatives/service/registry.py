"""What may happen to the register of cooperatives."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.cooperatives.models import Cooperative, CooperativeStatus
from plut_api.cooperatives.problems import (
    CooperativeNotFound,
    LegalNumberTaken,
    NikKoperasiTaken,
    VillageHasCooperative,
)
from plut_api.cooperatives.rules import in_programme, name_faults
from plut_api.cooperatives.schemas.registry import CooperativeCreate, CooperativePatch
from plut_api.cooperatives.villages import Village, VillageFault, load_gazetteer
from plut_api.cooperatives.words import FAULTS
from plut_api.kit import outbox
from plut_api.kit.caller import Caller
from plut_api.kit.database import refusing
from plut_api.kit.etags import require_match
from plut_api.kit.problems import Fault, Invalid, Problem
from plut_api.kit.search import Ordered, alike, distance

_TAKEN: dict[str, Problem] = {
    "uq_cooperatives_village_code": VillageHasCooperative(),
    "uq_cooperatives_legal_number": LegalNumberTaken(),
    "uq_cooperatives_nik_koperasi": NikKoperasiTaken(),
}


def cooperatives(
    *,
    regencies: list[str] | None = None,
    villages: list[str] | None = None,
    statuses: list[CooperativeStatus] | None = None,
    q: str | None = None,
) -> Ordered:
    """Cooperatives by their filters, oldest entry first; with `q` the likest names first.

    Leans on uq_cooperatives_village_code, ix_cooperatives_list and ix_cooperatives_name_trgm.
    """
    query = select(Cooperative)
    if regencies:
        query = query.where(Cooperative.regency_code.in_(regencies))
    if villages:
        query = query.where(Cooperative.village_code.in_(villages))
    if statuses:
        query = query.where(Cooperative.status.in_(statuses))
    if q is None:
        return Ordered(query, (Cooperative.id,))
    return Ordered(query.where(alike(Cooperative.name, q)), (distance(Cooperative.name, q), Cooperative.id), fuzzy=True)


async def get_cooperative(db: AsyncSession, cooperative_id: UUID) -> Cooperative:
    """A cooperative by its id. Raises CooperativeNotFound."""
    row = await db.get(Cooperative, cooperative_id)
    if row is None:
        raise CooperativeNotFound()
    return row


async def register_cooperative(db: AsyncSession, caller: Caller, body: CooperativeCreate) -> Cooperative:
    """Put a cooperative into the register.

    Raises Invalid, VillageHasCooperative, LegalNumberTaken, NikKoperasiTaken.
    """
    village, faults = await _village_of(db, body.village_code)
    cooperative = Cooperative(**body.model_dump(), regency_code=body.village_code[:5])
    _require_sound(cooperative, village, faults)
    with refusing(_TAKEN):
        db.add(cooperative)
        await db.flush()
    await db.refresh(cooperative)
    await outbox.record(db, "cooperative.registered", cooperative.id, by=caller, village_code=body.village_code)
    return cooperative


async def change_cooperative(
    db: AsyncSession, caller: Caller, cooperative_id: UUID, body: CooperativePatch, if_match: str | None
) -> Cooperative:
    """Change a cooperative; what is absent stays.

    Raises CooperativeNotFound, PreconditionRequired, PreconditionFailed, Invalid, LegalNumberTaken, NikKoperasiTaken.
    """
    cooperative = await db.get(Cooperative, cooperative_id, with_for_update=True)
    if cooperative is None:
        raise CooperativeNotFound()
    require_match(cooperative, if_match)
    village, faults = await _village_of(db, cooperative.village_code)
    with db.no_autoflush:
        for name, value in body.changes().items():
            setattr(cooperative, name, value)
    _require_sound(cooperative, village, faults)
    cooperative.version += 1
    with refusing(_TAKEN):
        await db.flush()
    await db.refresh(cooperative)
    await outbox.record(db, "cooperative.changed", cooperative.id, by=caller, village_code=cooperative.village_code)
    return cooperative


async def _village_of(db: AsyncSession, code: str) -> tuple[Village | None, list[Fault]]:
    try:
        return (await load_gazetteer(db)).village(code), []
    except VillageFault as fault:
        return None, [Fault("#/village_code", fault.code, FAULTS[fault.code])]


def _require_sound(cooperative: Cooperative, village: Village | None, faults: list[Fault]) -> None:
    faults += [Fault("#/name", code, FAULTS[code]) for code in name_faults(cooperative.name, village)]
    if not in_programme(cooperative.established_on):
        faults.append(Fault("#/established_on", "date_out_of_range", FAULTS["date_out_of_range"]))
    if faults:
        raise Invalid(errors=faults)
