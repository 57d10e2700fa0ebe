"""Registering and changing businesses."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors import identifiers
from plut_api.actors.access import own_person, require_acting_for, require_actor
from plut_api.actors.models import Actor, Ownership
from plut_api.actors.problems import NibTaken
from plut_api.actors.schemas.actors import ActorCreate
from plut_api.actors.service.qris import set_qris
from plut_api.actors.service.status import note_legal_form
from plut_api.kit import outbox
from plut_api.kit.caller import Caller
from plut_api.kit.database import refusing
from plut_api.kit.etags import require_match
from plut_api.kit.problems import Fault, Invalid
from plut_api.reference.service import check_kbli, check_village

_TAKEN = {"uq_actors_nib_index": NibTaken()}
_SET_APART = {"nib", "npwp", "qris_nmid", "legal_form_since"}


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
    db.add(Ownership(actor_id=actor.id, person_id=owner.id, since=actor.started_on, recorded_by=caller.id))
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
    with db.no_autoflush:  # Half a change must not reach the table before it is checked.
        form, since = changes.get("legal_form", actor.legal_form), changes.get("legal_form_since")
        await note_legal_form(db, caller, actor, form, since)
        set_qris(actor, changes.get("qris_nmid", actor.qris_nmid))
        for name in changes.keys() - _SET_APART:
            setattr(actor, name, changes[name])
        await _settle(db, actor)
    actor.version += 1
    with refusing(_TAKEN):
        await db.flush()
    await db.refresh(actor)
    await outbox.record(db, "actor.changed", actor.id, by=caller, actor_id=actor.id)
    return actor


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
