"""Looking businesses up by exact numbers, which never stand in an address."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors import identifiers
from plut_api.actors.access import actors_visible_to
from plut_api.actors.models import Actor, Ownership, Person, owns
from plut_api.actors.schemas.search import MOST_FOUND, ActorSearch
from plut_api.kit.caller import Caller
from plut_api.kit.problems import Invalid, fault


async def find_actors(db: AsyncSession, caller: Caller, given: ActorSearch) -> Sequence[Actor]:
    """The businesses with exactly these numbers, within the caller's rows. Raises Invalid without any."""
    conditions = list(_conditions(given))
    if not conditions:
        raise Invalid(errors=[_NOTHING_TO_LOOK_FOR])
    query = select(Actor).where(actors_visible_to(caller), *conditions)
    return (await db.scalars(query.order_by(Actor.id).limit(MOST_FOUND))).all()


def _conditions(given: ActorSearch) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if given.nib is not None:
        found.append(Actor.nib_index == identifiers.blind(identifiers.NIB, given.nib))
    if given.npwp is not None:
        found.append(Actor.npwp_index == identifiers.blind(identifiers.NPWP, given.npwp))
    if given.owner_nik is not None:
        found.append(_owned_by(Person.nik_index == identifiers.blind(identifiers.NIK, given.owner_nik)))
    if given.owner_phone is not None:
        found.append(_owned_by(Person.phone_index == identifiers.blind(identifiers.PHONE, given.owner_phone)))
    return found


def _owned_by(owner: ColumnElement[bool]) -> ColumnElement[bool]:
    owned = select(Ownership.actor_id).join(Person, Person.id == Ownership.person_id).where(owner, owns())
    return Actor.id.in_(owned)


_NOTHING_TO_LOOK_FOR = fault(
    "#",
    "nothing_to_look_for",
    id="Isi nib, npwp, owner_nik atau owner_phone",
    en="Give nib, npwp, owner_nik or owner_phone",
)
