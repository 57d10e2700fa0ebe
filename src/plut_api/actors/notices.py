"""What the worker tells people about what happened to them, and about what will end."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Row, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors.messages import find_person
from plut_api.actors.models import Actor, Assignment, Consent, Ownership, Person, owns
from plut_api.actors.privacy.models import DataRequest, RequestKind
from plut_api.identity.models import Account
from plut_api.kit import clock, messages
from plut_api.kit.database import unit_of_work
from plut_api.kit.jobs import jobs, runtime
from plut_api.kit.outbox import Event, on
from plut_api.organizations.models import Organization
from plut_api.reference.rules import rule_value

__all__ = ["find_person", "living_owners", "remind_of_consents", "tell_of_answer", "tell_of_assignment"]
BLOCK = 1000
Ending = Row[UUID, UUID, str, str, datetime]


@on("assignment.made")
async def tell_of_assignment(db: AsyncSession, event: Event) -> None:
    """Tell a person who accompanies them from now on, unless that has ended by now."""
    query = (
        select(Assignment.person_id, Account.name)
        .join(Account, Account.id == Assignment.consultant_id)
        .where(Assignment.id == event.subject_id, Assignment.until.is_(None))
    )
    row = (await db.execute(query)).first()
    if row is not None:
        facts = {"consultant": row.name or "konsultan PLUT"}
        await messages.send(
            db, to=row.person_id, template="assignment_made", facts=facts, dedupe_key=str(event.subject_id)
        )


@on("data_request.done", "data_request.refused")
async def tell_of_answer(db: AsyncSession, event: Event) -> None:
    """Tell who asked about their data that the answer is there; who was erased has no account to be told by."""
    if event.facts.get("kind") == RequestKind.erasure.value:
        return
    request = await db.get(DataRequest, event.subject_id)
    if request is not None:
        facts = {"state": request.state.value}
        await messages.send(
            db, to=request.account_id, template="data_request_answered", facts=facts, dedupe_key=str(event.id)
        )


@jobs.periodic(cron="0 1 * * *")  # Nine in the morning in WITA.
@jobs.task(name="actors.remind_of_consents", queueing_lock="actors.remind_of_consents")
async def remind_of_consents(timestamp: int) -> None:
    """Remind owners of consents that end within the dated number of days, once each."""
    last: tuple[UUID, UUID] | None = None
    while True:
        async with unit_of_work(runtime().sessions) as db:
            rows = await _ending(db, last)
            await messages.send_all(db, template="consent_expiring", letters=[_reminder(row) for row in rows])
        if len(rows) < BLOCK:
            return
        last = (rows[-1].consent_id, rows[-1].person_id)


async def living_owners(db: AsyncSession, actor_id: UUID) -> Sequence[UUID]:
    """The people who own a business today and can be told of it."""
    query = select(Ownership.person_id).join(Person, Person.id == Ownership.person_id)
    alive = (Person.erased_at.is_(None), Person.merged_into.is_(None))
    return (await db.scalars(query.where(Ownership.actor_id == actor_id, owns(), *alive))).all()


async def _ending(db: AsyncSession, after: tuple[UUID, UUID] | None) -> Sequence[Ending]:
    days = await rule_value(db, "consent.reminder_days")
    query = (
        select(
            Consent.id.label("consent_id"),
            Ownership.person_id,
            Actor.name.label("business"),
            Organization.name.label("organization"),
            Consent.expires_at,
        )
        .join(Actor, Actor.id == Consent.actor_id)
        .join(Ownership, Ownership.actor_id == Actor.id)
        .join(Person, Person.id == Ownership.person_id)
        .join(Organization, Organization.id == Consent.organization_id)
        .where(
            Consent.withdrawn_at.is_(None),
            Consent.expires_at.between(clock.now(), clock.now() + timedelta(days=days)),
            owns(),
            Person.erased_at.is_(None),
            Person.merged_into.is_(None),
        )
    )
    keys = (Consent.id, Ownership.person_id)
    if after is not None:
        query = query.where(tuple_(*keys) > tuple_(*after))
    return (await db.execute(query.order_by(*keys).limit(BLOCK))).all()


def _reminder(row: Ending) -> messages.Letter:
    ends_on = row.expires_at.astimezone(clock.WITA).date()
    facts = {"business": row.business, "organization": row.organization, "ends_on": ends_on}
    return messages.Letter(row.person_id, facts, str(row.consent_id))
