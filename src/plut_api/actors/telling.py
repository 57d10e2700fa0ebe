"""What the worker says to owners: certificates that end soon, and that they are, or could be, part of a business."""

from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors.lists import certification_kinds
from plut_api.actors.models import Actor, ActorStatus, Certification, OwnershipOffer
from plut_api.actors.notices import living_owners
from plut_api.actors.service.certifications import living
from plut_api.identity.models import Account
from plut_api.kit import clock, messages, outbox
from plut_api.kit.database import unit_of_work
from plut_api.kit.jobs import jobs, runtime
from plut_api.kit.outbox import Event, on
from plut_api.reference.rules import rule_value

BLOCK = 1000
"""Certificates announced by one transaction."""


@jobs.periodic(cron="0 23 * * *")  # Seven in the morning in WITA.
@jobs.task(name="actors.announce_ends", queueing_lock="actors.announce_ends")
async def announce_ends(timestamp: int) -> None:
    """Announce every certificate that comes near its end, once."""
    while await announce_some():
        pass


async def announce_some() -> int:
    """Announce a block of certificates that end within the dated number of days; how many there were.

    Each is marked and announced in one transaction, so a run that breaks off neither skips nor repeats one. Closed
    businesses are left in peace. Emits certification.ends_soon. Leans on ix_certifications_ends.
    """
    async with unit_of_work(runtime().sessions) as db:
        today, days = clock.today(), await rule_value(db, "certificate.reminder_days")
        due = (
            select(Certification.id)
            .join(Actor, Actor.id == Certification.actor_id)
            .where(
                living(),
                Certification.reminded_at.is_(None),
                Certification.expires_on.between(today, today + timedelta(days=days)),
                Actor.status != ActorStatus.closed,
                Actor.erased_at.is_(None),
                Actor.merged_into.is_(None),
            )
            .order_by(Certification.expires_on, Certification.id)
            .limit(BLOCK)
            .with_for_update(of=Certification, skip_locked=True)
        )
        marked = (
            update(Certification)
            .where(Certification.id.in_(due))
            .values(reminded_at=clock.now(), updated_at=Certification.updated_at)
            .returning(Certification.id, Certification.actor_id, Certification.kind, Certification.expires_on)
        )
        rows = (await db.execute(marked.execution_options(synchronize_session=False))).all()
        await outbox.record_all(db, "certification.ends_soon", [_announced(*row) for row in rows], by=None)
        return len(rows)


def _announced(
    certification_id: UUID, actor_id: UUID, kind: str, expires_on: date | None
) -> tuple[UUID, dict[str, object]]:
    facts = {"actor_id": actor_id, "certification_id": certification_id, "kind": kind}
    return certification_id, facts | {"expires_on": str(expires_on)}


@on("certification.ends_soon")
async def remind_owners(db: AsyncSession, event: Event) -> None:
    """Tell the owners of a certificate that comes near its end; once each, also if the event is handled again."""
    actor_id = UUID(event.facts["actor_id"])
    kind = certification_kinds()[event.facts["kind"]]
    facts = {"business": await _name(db, actor_id), "certificate": kind.short, "ends_on": event.facts["expires_on"]}
    key = f"{event.subject_id}:{event.facts['expires_on']}"
    letters = [messages.Letter(person_id, facts, key) for person_id in await living_owners(db, actor_id)]
    await messages.send_all(db, template="certificate_ends", letters=letters, kind=messages.Kind.reminder)


@on("owner.added")
async def tell_new_owner(db: AsyncSession, event: Event) -> None:
    """Tell somebody that they are part of a business now, so that who is added in error can say so."""
    facts = {"business": await _name(db, UUID(event.facts["actor_id"]))}
    key = str(event.facts["ownership_id"])
    await messages.send(db, to=UUID(event.facts["person_id"]), template="owner_added", facts=facts, dedupe_key=key)


@on("owner.offered")
async def tell_who_was_asked(db: AsyncSession, event: Event) -> None:
    """Tell the account of a phone, if there is one, that an offer waits. Who has none is not sent anything: anybody
    could have an owner's offers go to phones of strangers.
    """
    offer = await db.get(OwnershipOffer, UUID(event.facts["offer_id"]))
    if offer is None or offer.answered_at is not None:
        return
    account_id = await db.scalar(select(Account.id).where(Account.phone_index == offer.phone_index, Account.is_active))
    if account_id is not None:
        facts = {"business": await _name(db, offer.actor_id)}
        await messages.send(db, to=account_id, template="owner_offered", facts=facts, dedupe_key=str(offer.id))


async def _name(db: AsyncSession, actor_id: UUID) -> str:
    return await db.scalar(select(Actor.name).where(Actor.id == actor_id)) or ""
