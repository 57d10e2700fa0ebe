"""Finding candidates while a person or a business is entered: before it is saved, and as it is saved.

The Dinas is shown every candidate, others those within their rows. Of records outside a consultant's rows only their
number is told, and only of those whose name is alike as well: who guesses NIKs or phone numbers learns nothing by them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors import identifiers
from plut_api.actors.access import require_staff
from plut_api.actors.duplicates.models import FoundBy, Kind
from plut_api.actors.duplicates.pairs import Suspicion, keep_pairs
from plut_api.actors.duplicates.schemas import ActorCheck, PersonCheck, PossibleDuplicate
from plut_api.actors.models import Actor, Person
from plut_api.actors.queries import actors_alike, people_alike
from plut_api.kit import audit, clock
from plut_api.kit.caller import Caller, Role
from plut_api.reference.service import require_village


@dataclass(frozen=True)
class Entered:
    """What is known of a record by which another can be found; `id` once it is saved."""

    kind: Kind
    name: str
    village_code: str | None = None
    birth_date: date | None = None
    number_index: bytes | None = None
    phone_indexes: Sequence[bytes] = ()
    id: UUID | None = None


@dataclass(frozen=True)
class Candidates:
    """Who may be the same: those that the caller is shown, how many others, and what is worth the Dinas' time."""

    shown: list[PossibleDuplicate] = field(default_factory=list)
    elsewhere: int = 0
    suspicions: list[tuple[UUID, list[str], float]] = field(default_factory=list)

    @property
    def told(self) -> dict[str, Any]:
        """The members of an answer that tell of them."""
        return {"possible_duplicates": self.shown, "possible_duplicates_elsewhere": self.elsewhere}


async def find_candidates(db: AsyncSession, caller: Caller, entered: Entered) -> Candidates:
    """All that may be the same as what is entered, surest first, with why; one statement."""
    given = {
        "day": clock.today(),
        "id": entered.id,
        "name": entered.name,
        "village": entered.village_code,
        "number": entered.number_index,
        "phones": list(entered.phone_indexes),
    }
    if entered.kind is Kind.person:
        rows = (await db.execute(people_alike(caller), given | {"birth_date": entered.birth_date})).all()
    else:
        rows = (await db.execute(actors_alike(caller), given)).all()
    told = caller.role is Role.consultant
    return Candidates(
        [
            PossibleDuplicate.model_construct(
                id=row.id,
                name=row.name,
                village_code=row.village_code,
                why=row.reasons,
                sureness=row.sureness,
                similarity=round(row.likeness, 3),
            )
            for row in rows
            if row.visible
        ],
        sum(row.suspected and row.named and not row.visible for row in rows) if told else 0,
        [(row.id, row.reasons, row.sureness) for row in rows if row.suspected],
    )


async def possible_duplicates(db: AsyncSession, caller: Caller, saved: Actor | Person) -> Candidates:
    """The candidates for a record that was just saved."""
    return await find_candidates(db, caller, _of(saved))


async def notice_duplicates(db: AsyncSession, caller: Caller, saved: Actor | Person) -> Candidates:
    """The same; what is sure enough is queued for the Dinas, whether or not the caller was shown it."""
    found = await possible_duplicates(db, caller, saved)
    pairs = [Suspicion(saved.id, other_id, why, sureness) for other_id, why, sureness in found.suspicions]
    await keep_pairs(db, Kind.actor if isinstance(saved, Actor) else Kind.person, pairs, FoundBy.entry)
    return found


async def check_person(db: AsyncSession, caller: Caller, given: PersonCheck) -> Candidates:
    """Who is registered already and may be this person. Writes nothing but that it was asked.

    Raises StaffOnly, Invalid (`village_unknown`).
    """
    require_staff(caller)
    village = (await require_village(db, given.village_code)).code if given.village_code else None
    entered = Entered(
        Kind.person,
        given.full_name,
        village,
        given.birth_date,
        identifiers.blind(identifiers.NIK, given.nik),
        _phones(given.phone),
    )
    return await _asked(db, caller, entered, "people", given)


async def check_actor(db: AsyncSession, caller: Caller, given: ActorCheck) -> Candidates:
    """Which businesses are registered already and may be this one. Writes nothing but that it was asked.

    Raises StaffOnly, Invalid (`village_unknown`).
    """
    require_staff(caller)
    entered = Entered(
        Kind.actor,
        given.name,
        (await require_village(db, given.village_code)).code,
        number_index=identifiers.blind(identifiers.NIB, given.nib),
        phone_indexes=_phones(given.owner_phone),
    )
    return await _asked(db, caller, entered, "actors", given)


async def _asked(
    db: AsyncSession, caller: Caller, entered: Entered, table: str, given: PersonCheck | ActorCheck
) -> Candidates:
    found = await find_candidates(db, caller, entered)
    asked = sorted(name for name, value in given if value is not None)
    shown = [candidate.id for candidate in found.shown]
    audit.looked_up(db, table, shown, {"asked_by": asked, "elsewhere": found.elsewhere})
    return found


def _phones(phone: str | None) -> list[bytes]:
    index = identifiers.blind(identifiers.PHONE, phone)
    return [index] if index else []


def _of(saved: Actor | Person) -> Entered:
    if isinstance(saved, Actor):
        return Entered(Kind.actor, saved.name, saved.village_code, number_index=saved.nib_index, id=saved.id)
    phones = [saved.phone_index] if saved.phone_index else []
    return Entered(
        Kind.person, saved.full_name, saved.village_code, saved.birth_date, saved.nik_index, phones, id=saved.id
    )
