"""Whose a business is: added, changed and ended under the lock of the business, with what held before kept on file.

A person is locked before the business, so that somebody who is being erased becomes nobody's owner. An owner decides
about directors, managers and their own part; another owner's part is changed by that owner, or by PLUT's staff.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors.access import actors_reached_by, owned_by_account, people_served_by, require_actor
from plut_api.actors.business_problems import (
    AgreementNeeded,
    AlreadyOwner,
    LastOwner,
    OwnershipEnded,
    OwnershipNotFound,
    OwnersOnly,
    OwnPartOnly,
    SharesExceedWhole,
)
from plut_api.actors.models import Actor, Consent, OwnerRole, Ownership, Person, owns
from plut_api.actors.problems import PersonNotFound
from plut_api.actors.schemas.owners import OwnerCreate
from plut_api.actors.service.consents import end_consents
from plut_api.kit import clock, outbox
from plut_api.kit.caller import Caller
from plut_api.kit.database import refusing
from plut_api.kit.etags import require_match
from plut_api.kit.files import readable_through, require_file
from plut_api.kit.ids import new_id
from plut_api.kit.privacy import Subject
from plut_api.kit.problems import Fault, Invalid, fault

PAPERS = frozenset({"application/pdf", "image/jpeg", "image/png", "image/webp"})
WHOLE = 100


def _of_subject(subject: Subject) -> ColumnElement[bool]:
    return Ownership.person_id == subject.person_id


@readable_through(Ownership.paper_file_id, of_subject=_of_subject)
def papers_of_reached_businesses(caller: Caller) -> ColumnElement[bool]:
    """Whoever may read a business may read the paper that an owner of it signed."""
    return actors_reached_by(caller, Ownership.actor_id)


def parts_of(actor_id: UUID, *, ended: bool = False) -> Select[Any]:
    """Who is part of a business, first come first, as rows of their part and their name; with `ended`, who was too."""
    of = or_(Ownership.until.is_(None), Ownership.until.is_not(None)) if ended else Ownership.until.is_(None)
    columns = (getattr(Ownership, name) for name in _SHOWN)
    query = select(*columns, Person.full_name).join(Person, Person.id == Ownership.person_id)
    return query.where(Ownership.actor_id == actor_id, of).order_by(Ownership.id)


async def one_part(db: AsyncSession, actor_id: UUID, ownership_id: UUID) -> Any:
    """The same of one part, None if there is none."""
    return (await db.execute(parts_of(actor_id, ended=True).where(Ownership.id == ownership_id))).one_or_none()


async def decided_on(db: AsyncSession, caller: Caller, actor_id: UUID) -> Actor:
    """A business, locked, about whose owners the caller decides: as one of them, or as PLUT's staff for them.

    Who was removed while they waited for the lock decides no longer. Raises ActorNotFound, OwnersOnly.
    """
    actor = await require_actor(db, caller, actor_id, for_update=True)
    if caller.is_person:
        owner = select(Actor.id).where(Actor.id == actor.id, owned_by_account(caller.id, holds=owns))
        if await db.scalar(owner) is None:
            raise OwnersOnly()
    return actor


async def add_owner(db: AsyncSession, caller: Caller, actor_id: UUID, given: OwnerCreate) -> Ownership:
    """Make a registered person part of a business at once: by PLUT's staff, for people they serve or by signed paper.

    Raises ActorNotFound, PersonNotFound, AlreadyOwner, SharesExceedWhole, Invalid (`file_unknown`, `file_kind`,
    `share_of_an_owner`). Emits owner.added.
    """
    person = await _person_to_add(db, caller, given)
    actor = await decided_on(db, caller, actor_id)
    require_owners_share(given.role, given.share_percent)
    if given.paper_file_id is not None:
        await require_file(db, caller, given.paper_file_id, kinds=PAPERS, pointer="#/paper_file_id")
    await require_share_fits(db, actor.id, given.share_percent)
    part = Ownership(
        id=new_id(),
        actor_id=actor.id,
        person_id=person.id,
        role=given.role,
        share_percent=given.share_percent,
        since=given.since,
        recorded_by=caller.id,
        paper_file_id=given.paper_file_id,
    )
    await keep_part(db, caller, part)
    return part


async def keep_part(db: AsyncSession, caller: Caller, part: Ownership) -> None:
    """Store somebody's part in a business that is locked. Raises AlreadyOwner. Emits owner.added."""
    with refusing({"uq_ownerships_one_living": AlreadyOwner()}):
        db.add(part)
        await db.flush()
    await db.refresh(part)
    await tell(db, "owner.added", part, caller)


async def change_part(
    db: AsyncSession,
    caller: Caller,
    actor_id: UUID,
    ownership_id: UUID,
    if_match: str | None,
    changes: Mapping[str, Any],
) -> Ownership:
    """Change a role or share, from a day on.

    Raises ActorNotFound, OwnersOnly, OwnershipNotFound, OwnershipEnded, OwnPartOnly, AgreementNeeded, LastOwner,
    SharesExceedWhole, Invalid (`share_of_an_owner`, `before_it_began`), and for `If-Match`. Emits owner.changed.
    """
    actor = await decided_on(db, caller, actor_id)
    part = await _decided_part(db, caller, actor.id, ownership_id)
    require_match(part, if_match)
    role = changes.get("role", part.role)
    share = changes.get("share_percent", part.share_percent if role is OwnerRole.owner else None)
    if caller.is_person and role is OwnerRole.owner and part.role is not OwnerRole.owner:
        raise AgreementNeeded()
    await turn_part(db, caller, part, role, share, changes.get("since"))
    return part


async def turn_part(
    db: AsyncSession, caller: Caller, part: Ownership, role: OwnerRole, share: float | None, since: date | None
) -> None:
    """Give a living part of a locked business another role and share; a row of what held before stays.

    Raises LastOwner, SharesExceedWhole, Invalid. Emits owner.changed.
    """
    day = since or clock.today()
    require_owners_share(role, share)
    _require_after(part, day, "#/since")
    if role is not OwnerRole.owner and part.role is OwnerRole.owner:
        await _require_another_owner(db, part)
    await require_share_fits(db, part.actor_id, share, without=part.id)
    if (part.role, part.share_percent) != (role, share):
        kept = {name: getattr(part, name) for name in _KEPT}
        db.add(Ownership(id=new_id(), **kept, until=day, ended_by=caller.id))
        part.role, part.share_percent, part.since = role, share, day
        part.recorded_by, part.paper_file_id = caller.id, None
        part.version += 1
    await db.flush()
    await db.refresh(part)
    if part.role is not OwnerRole.owner:
        await _end_consents_given(db, caller, part)
    await tell(db, "owner.changed", part, caller)


async def end_part(
    db: AsyncSession, caller: Caller, actor_id: UUID, ownership_id: UUID, until: date | None
) -> Ownership:
    """End somebody's part in a business. Consents that they gave for it end with it: others own it now.

    Raises ActorNotFound, OwnersOnly, OwnershipNotFound, OwnershipEnded, OwnPartOnly, LastOwner, Invalid
    (`before_it_began`). Emits owner.ended, and consent.withdrawn for each such consent.
    """
    actor = await decided_on(db, caller, actor_id)
    part = await _decided_part(db, caller, actor.id, ownership_id)
    day = until or clock.today()
    _require_after(part, day, "#/until")
    if part.role is OwnerRole.owner:
        await _require_another_owner(db, part)
    part.until, part.ended_by = day, caller.id
    part.version += 1
    await db.flush()
    await db.refresh(part)
    await _end_consents_given(db, caller, part)
    await tell(db, "owner.ended", part, caller)
    return part


async def require_share_fits(
    db: AsyncSession, actor_id: UUID, share: float | None, *, without: UUID | None = None
) -> None:
    """See that a share leaves the whole at 100 percent at most. Raises SharesExceedWhole."""
    if share is None:
        return
    others = select(func.coalesce(func.sum(Ownership.share_percent), 0)).where(Ownership.actor_id == actor_id, owns())
    taken = float(await db.scalar(others.where(Ownership.id != without) if without else others) or 0)
    if round(taken + share, 2) > WHOLE:
        raise SharesExceedWhole(extra={"free_percent": round(WHOLE - taken, 2)})


def require_owners_share(role: OwnerRole, share: float | None) -> None:
    """Only owners have shares. Raises Invalid."""
    if share is not None and role is not OwnerRole.owner:
        raise Invalid(errors=[_SHARE_OF_AN_OWNER])


async def living_part(db: AsyncSession, actor_id: UUID, person_id: UUID) -> Ownership | None:
    """The part of a person in a business today."""
    found: Ownership | None = await db.scalar(
        select(Ownership).where(
            Ownership.actor_id == actor_id, Ownership.person_id == person_id, Ownership.until.is_(None)
        )
    )
    return found


async def tell(db: AsyncSession, event: str, part: Ownership, caller: Caller) -> None:
    """Note what happened to somebody's part in a business."""
    facts = {"ownership_id": part.id, "person_id": part.person_id, "role": part.role.value}
    await outbox.record(db, event, part.actor_id, by=caller, actor_id=part.actor_id, **facts)


async def _person_to_add(db: AsyncSession, caller: Caller, given: OwnerCreate) -> Person:
    """Whom staff add: somebody they serve, or somebody whose signed paper they hold. Raises PersonNotFound."""
    served = people_served_by(caller)
    if given.paper_file_id is not None:
        served = Person.erased_at.is_(None) & Person.merged_into.is_(None)
    person = await db.scalar(select(Person).where(Person.id == given.person_id, served).with_for_update(read=True))
    if person is None:
        raise PersonNotFound()
    return person


async def _decided_part(db: AsyncSession, caller: Caller, actor_id: UUID, ownership_id: UUID) -> Ownership:
    """A living part about which the caller decides. Raises OwnershipNotFound, OwnershipEnded, OwnPartOnly."""
    query = select(Ownership).where(Ownership.id == ownership_id, Ownership.actor_id == actor_id)
    part = await db.scalar(query.with_for_update().execution_options(populate_existing=True))
    if part is None:
        raise OwnershipNotFound()
    if part.until is not None:
        raise OwnershipEnded()
    if caller.is_person and part.role is OwnerRole.owner:
        own = select(Person.id).where(Person.id == part.person_id, people_served_by(caller))
        if await db.scalar(own) is None:
            raise OwnPartOnly()
    return part


async def _require_another_owner(db: AsyncSession, part: Ownership) -> None:
    others = select(Ownership.id).where(Ownership.actor_id == part.actor_id, owns(), Ownership.id != part.id)
    if await db.scalar(others.limit(1)) is None:
        raise LastOwner()


async def _end_consents_given(db: AsyncSession, caller: Caller, part: Ownership) -> None:
    """End what the person let banks see of the business as its owner (UU 27/2022 art. 20: consent is the owner's)."""
    account = select(Person.account_id).where(Person.id == part.person_id).scalar_subquery()
    theirs = or_(Consent.given_by == account, Consent.signed_by == part.person_id)
    live = Consent.actor_id == part.actor_id, Consent.withdrawn_at.is_(None), theirs
    banks = list(await db.scalars(select(Consent.organization_id).where(*live).distinct()))
    for bank_id in sorted(banks):
        await end_consents(db, caller, part.actor_id, bank_id)


def _require_after(part: Ownership, day: date, pointer: str) -> None:
    if part.since is not None and day < part.since:
        raise Invalid(errors=[_before_it_began(pointer)])


def _before_it_began(pointer: str) -> Fault:
    return fault(
        pointer,
        "before_it_began",
        id="Tanggal ini sebelum kepemilikan dimulai",
        en="This day is before that part in the business began",
    )


_SHOWN = ("id", "actor_id", "person_id", "role", "share_percent", "since", "until", "version", "created_at")
_KEPT = ("actor_id", "person_id", "role", "share_percent", "since", "recorded_by", "paper_file_id")
_SHARE_OF_AN_OWNER = fault(
    "#/share_percent",
    "share_of_an_owner",
    id="Hanya pemilik (owner) yang memiliki bagian",
    en="Only an `owner` has a share",
)
