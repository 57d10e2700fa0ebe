"""Registering and changing businesses, and their yearly figures."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors import identifiers
from plut_api.actors.access import actors_visible_to, own_person, require_acting_for, require_actor
from plut_api.actors.models import Actor, AnnualFigure, Ownership
from plut_api.actors.problems import NibTaken
from plut_api.actors.queries import look_alikes
from plut_api.actors.schemas.actors import ActorCreate, AnnualFigureCreate, PossibleDuplicate
from plut_api.actors.size import derive_size
from plut_api.kit import outbox
from plut_api.kit.caller import Caller
from plut_api.kit.database import refusing
from plut_api.kit.etags import require_match
from plut_api.kit.problems import Fault, Invalid
from plut_api.reference.service import check_kbli, check_village

_TAKEN = {"uq_actors_nib_index": NibTaken()}
LIKENESS = 0.5
"""Similarity of names in one village from which two businesses may be the same."""


async def register_actor(db: AsyncSession, caller: Caller, given: ActorCreate) -> Actor:
    """Register a business of the caller, or for staff of somebody else.

    Raises RegisterFirst, PersonNotFound, Invalid (`village_unknown`, `kbli_unknown`), NibTaken. Emits actor.registered.
    """
    if given.owner_id is None:
        owner = await own_person(db, caller)
    else:
        owner = await require_acting_for(db, caller, given.owner_id)
    actor = Actor(**given.model_dump(exclude={"owner_id", "nib", "npwp"}))
    _set_numbers(actor, given.model_dump(include={"nib", "npwp"}))
    actor.registered_by = caller.id
    await _settle(db, actor)
    with refusing(_TAKEN):
        db.add(actor)
        await db.flush()
    db.add(Ownership(actor_id=actor.id, person_id=owner.id, since=actor.started_on))
    await db.flush()
    await db.refresh(actor)
    await outbox.record(db, "actor.registered", actor.id, by=caller, actor_id=actor.id)
    return actor


async def change_actor(
    db: AsyncSession, caller: Caller, actor_id: UUID, if_match: str | None, changes: Mapping[str, Any]
) -> Actor:
    """Change a business. Raises ActorNotFound, PreconditionRequired, PreconditionFailed, Invalid, NibTaken.

    Emits actor.changed.
    """
    actor = await require_actor(db, caller, actor_id, for_update=True)
    require_match(actor, if_match)
    _set_numbers(actor, changes)
    for name, value in changes.items():
        if name not in ("nib", "npwp"):
            setattr(actor, name, value)
    with db.no_autoflush:  # Half a change must not reach the table before it is checked.
        await _settle(db, actor)
    actor.version += 1
    with refusing(_TAKEN):
        await db.flush()
    await db.refresh(actor)
    await outbox.record(db, "actor.changed", actor.id, by=caller, actor_id=actor.id)
    return actor


async def record_figures(db: AsyncSession, caller: Caller, actor_id: UUID, given: AnnualFigureCreate) -> AnnualFigure:
    """Report figures of a year; earlier reports stay. The size class follows at once.

    Raises ActorNotFound. Emits figures.recorded.
    """
    actor = await require_actor(db, caller, actor_id, for_update=True)
    source = "owner" if caller.is_person else "officer"
    figure = AnnualFigure(actor_id=actor.id, source=source, recorded_by=caller.id, **given.model_dump())
    db.add(figure)
    await db.flush()
    await derive_size(db, actor.id)
    await db.refresh(figure)
    await outbox.record(db, "figures.recorded", actor.id, by=caller, actor_id=actor.id, year=given.year)
    return figure


async def possible_duplicates(db: AsyncSession, caller: Caller, actor: Actor) -> list[PossibleDuplicate]:
    """Every business among the caller's rows that may be the same, and why: `name`, `phone`."""
    await db.execute(text(f"SET LOCAL pg_trgm.similarity_threshold = {LIKENESS}"))
    return [
        PossibleDuplicate(
            id=row.id,
            name=row.name,
            why=[reason for reason, holds in (("name", row.by_name), ("phone", row.by_phone)) if holds],
            similarity=round(row.likeness, 3),
        )
        for row in await db.execute(look_alikes(actor, actors_visible_to(caller)))
    ]


def _set_numbers(actor: Actor, given: Mapping[str, Any]) -> None:
    if "nib" in given:
        actor.nib_sealed = identifiers.seal(identifiers.NIB, given["nib"])
        actor.nib_index = identifiers.blind(identifiers.NIB, given["nib"])
    if "npwp" in given:
        actor.npwp_sealed = identifiers.seal(identifiers.NPWP, given["npwp"])
        actor.npwp_index = identifiers.blind(identifiers.NPWP, given["npwp"])


async def _settle(db: AsyncSession, actor: Actor) -> None:
    """Check village and activity together, and bring the village to today's code. Raises Invalid."""
    faults: list[Fault] = []
    village = await check_village(db, actor.village_code)
    if village.region is None:
        faults.extend([village.fault] if village.fault else [])
    else:
        actor.village_code, actor.regency_code = village.region.code, village.region.code[:5]
    if actor.kbli_code is None:
        actor.kbli_version = None
    else:
        actor.kbli_version = actor.kbli_version or "2025"
        unknown = await check_kbli(db, actor.kbli_version, actor.kbli_code)
        faults.extend([unknown] if unknown else [])
    if faults:
        raise Invalid(errors=faults)
