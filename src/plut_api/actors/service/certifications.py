"""Certificates of a business: entered, corrected, renewed, compared by staff. What was renewed or removed stays."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors.access import actors_reached_by, actors_visible_to, require_actor, require_staff
from plut_api.actors.business_problems import CertificationEnded, CertificationNotFound, CertificationTaken
from plut_api.actors.lists import CertificationKind
from plut_api.actors.models import Actor, Certification
from plut_api.actors.schemas.certifications import (
    CertificationCreate,
    CertificationKindRead,
    CertificationListed,
    CertificationRead,
)
from plut_api.actors.service.certificate_rules import Checked, checked
from plut_api.kit import clock, outbox
from plut_api.kit.caller import Caller
from plut_api.kit.database import refusing
from plut_api.kit.etags import require_match
from plut_api.kit.files import readable_through, release
from plut_api.kit.ids import new_id
from plut_api.kit.privacy import Subject
from plut_api.kit.problems import Invalid, fault
from plut_api.kit.search import Ordered

_TAKEN = {"uq_certifications_one_living": CertificationTaken()}
_COMPARED = frozenset({"number", "issued_on", "expires_on", "trademark_class", "file_id"})
"""What staff compared: once it changes, it is unverified again."""


def _of_subject(subject: Subject) -> ColumnElement[bool]:
    return Certification.actor_id.in_(subject.sole_actor_ids)


@readable_through(Certification.file_id, of_subject=_of_subject)
def papers_of_reached_businesses(caller: Caller) -> ColumnElement[bool]:
    """Whoever may read a business may read the papers of its certificates."""
    return actors_reached_by(caller, Certification.actor_id)


def living() -> ColumnElement[bool]:
    """The condition that a certificate was neither renewed nor removed."""
    return Certification.superseded_by.is_(None) & Certification.ended_at.is_(None)


async def certifications_of(
    db: AsyncSession, caller: Caller, actor_id: UUID, *, ended: bool = True
) -> Select[Certification]:
    """The certificates of a business within the caller's rows. Raises ActorNotFound."""
    actor = await require_actor(db, caller, actor_id)
    query = select(Certification).where(Certification.actor_id == actor.id)
    return query if ended else query.where(living())


def certifications_reached(caller: Caller, kinds: Sequence[str] | None, verified: bool | None) -> Select[Any]:
    """The living certificates of all businesses within the caller's rows, with the name of the business."""
    columns = select(Certification, Actor.name.label("business_name"))
    query: Any = columns.join(Actor, Actor.id == Certification.actor_id)
    query = query.where(actors_visible_to(caller), living())
    if kinds:
        query = query.where(Certification.kind.in_(kinds))
    if verified is not None:
        seen = Certification.verified_at
        query = query.where(seen.is_not(None) if verified else seen.is_(None))
    found: Select[Any] = query
    return found


def ending(query: Select[Any], within: int | None) -> Ordered:
    """Those that end from today within so many days, the soonest first; without a number all, in order of entry."""
    if within is None:
        return Ordered(query, (Certification.id,))
    today = clock.today()
    soon = Certification.expires_on.between(today, today + timedelta(days=within))
    return Ordered(query.where(soon), (Certification.expires_on, Certification.id))


def listed_shape(row: Any) -> CertificationListed:
    """A row of `certifications_reached` on the wire."""
    shown = {name: getattr(row[0], name) for name in CertificationRead.model_fields}
    return CertificationListed.model_validate(shown | {"business_name": row.business_name})


def kind_shape(kind: CertificationKind) -> CertificationKindRead:
    """A kind of certificate on the wire."""
    words = {"label_id": kind.label.id, "label_en": kind.label.en, "hint_id": kind.hint.id, "hint_en": kind.hint.en}
    plain = {name: getattr(kind, name) for name in CertificationKindRead.model_fields if name not in words}
    return CertificationKindRead.model_validate(plain | words)


async def one_certification(
    db: AsyncSession, caller: Caller, actor_id: UUID, certification_id: UUID, *, for_update: bool = False
) -> Certification:
    """A certificate of a business within the caller's rows. Raises ActorNotFound, CertificationNotFound."""
    query = (await certifications_of(db, caller, actor_id)).where(Certification.id == certification_id)
    found = await db.scalar(query.with_for_update() if for_update else query)
    if found is None:
        raise CertificationNotFound()
    return found


async def add_certification(
    db: AsyncSession, caller: Caller, actor_id: UUID, given: CertificationCreate
) -> Certification:
    """Enter a certificate; one that it renews steps back.

    Raises ActorNotFound, CertificationTaken, Invalid (`not_replaceable`, and those of certificate_rules.py). Emits
    certification.added.
    """
    actor = await require_actor(db, caller, actor_id)
    values = given.model_dump(exclude={"replaces", "kind"})
    sound = await checked(db, caller, actor.id, given.kind, values, known_file=None)
    faults = list(sound.faults)
    former = await _replaced(db, actor.id, given)
    if given.replaces is not None and former is None:
        faults.append(_NOT_REPLACEABLE)
    if faults:
        raise Invalid(errors=faults)
    fresh = Certification(
        id=new_id(), actor_id=actor.id, kind=given.kind, recorded_by=caller.id, **values | _kept(sound)
    )
    if former is not None:
        former.superseded_by = fresh.id
        former.version += 1
        await db.flush()
    with refusing(_TAKEN):
        db.add(fresh)
        await db.flush()
    await db.refresh(fresh)
    await _tell(db, "certification.added", fresh, caller)
    return fresh


async def change_certification(
    db: AsyncSession,
    caller: Caller,
    actor_id: UUID,
    certification_id: UUID,
    if_match: str | None,
    changes: Mapping[str, Any],
) -> Certification:
    """Correct a certificate. Raises ActorNotFound, CertificationNotFound, CertificationEnded, CertificationTaken,
    Invalid (certificate_rules.py), and for `If-Match`. Emits certification.changed.
    """
    found = await _changeable(db, caller, actor_id, certification_id, if_match)
    before = {name: getattr(found, name) for name in _CHECKED}
    values = before | dict(changes)
    if "issued_on" in changes and "expires_on" not in changes and changes["issued_on"] != found.issued_on:
        values["expires_on"] = None  # The end follows anew, where the kind has a term.
    sound = await checked(db, caller, found.actor_id, found.kind, values, known_file=found.file_id)
    if sound.faults:
        raise Invalid(errors=sound.faults)
    values |= _kept(sound)
    if any(values[name] != before[name] for name in _COMPARED):
        found.verified_at = found.verified_by = None
    if values["expires_on"] != before["expires_on"]:
        found.reminded_at = None
    for name, value in values.items():
        setattr(found, name, value)
    found.version += 1
    with refusing(_TAKEN):
        await db.flush()
    if before["file_id"] != found.file_id:
        await release(db, before["file_id"])
    await db.refresh(found)
    await _tell(db, "certification.changed", found, caller)
    return found


async def verify_certification(
    db: AsyncSession, caller: Caller, actor_id: UUID, certification_id: UUID
) -> Certification:
    """Note that PLUT's staff compared a certificate with its paper or the issuer's register.

    Raises StaffOnly, ActorNotFound, CertificationNotFound, CertificationEnded. Emits certification.verified.
    """
    require_staff(caller)
    found = await one_certification(db, caller, actor_id, certification_id, for_update=True)
    _require_living(found)
    found.verified_at, found.verified_by = clock.now(), caller.id
    found.version += 1
    await db.flush()
    await db.refresh(found)
    await _tell(db, "certification.verified", found, caller)
    return found


async def remove_certification(
    db: AsyncSession, caller: Caller, actor_id: UUID, certification_id: UUID, if_match: str | None
) -> None:
    """Take a certificate off that was entered in error or given up; it stays on file.

    Raises ActorNotFound, CertificationNotFound, CertificationEnded, and for `If-Match`. Emits certification.removed.
    """
    found = await _changeable(db, caller, actor_id, certification_id, if_match)
    found.ended_at = clock.now()
    found.version += 1
    await db.flush()
    await _tell(db, "certification.removed", found, caller)


async def _changeable(
    db: AsyncSession, caller: Caller, actor_id: UUID, certification_id: UUID, if_match: str | None
) -> Certification:
    found = await one_certification(db, caller, actor_id, certification_id, for_update=True)
    require_match(found, if_match)
    _require_living(found)
    return found


def _require_living(found: Certification) -> None:
    if found.superseded_by is not None or found.ended_at is not None:
        raise CertificationEnded()


async def _replaced(db: AsyncSession, actor_id: UUID, given: CertificationCreate) -> Certification | None:
    if given.replaces is None:
        return None
    query = select(Certification).where(
        Certification.id == given.replaces,
        Certification.actor_id == actor_id,
        Certification.kind == given.kind,
        living(),
    )
    found: Certification | None = await db.scalar(query.with_for_update().execution_options(populate_existing=True))
    return found


async def _tell(db: AsyncSession, event: str, found: Certification, caller: Caller) -> None:
    facts = {"actor_id": found.actor_id, "certification_id": found.id, "kind": found.kind}
    await outbox.record(db, event, found.id, by=caller, **facts)


def _kept(sound: Checked) -> dict[str, Any]:
    return {"number": sound.number, "expires_on": sound.expires_on}


_CHECKED = ("number", "issued_on", "expires_on", "trademark_class", "product_id", "file_id")
_NOT_REPLACEABLE = fault(
    "#/replaces",
    "not_replaceable",
    id="Bukan sertifikat berlaku yang sejenis milik usaha ini",
    en="Not a present certificate of the same kind of this business",
)
