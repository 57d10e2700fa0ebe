"""Everything held of a person: who they are in the tables, and this room's sections."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors.merging.survivors import all_ids
from plut_api.actors.models import Actor, AnnualFigure, Assignment, Consent, Ownership, Person, owns
from plut_api.actors.privacy.models import DataRequest, Disclosure
from plut_api.actors.problems import RegisterFirst
from plut_api.actors.service.disclosures import disclosures_of_person
from plut_api.identity.models import Account
from plut_api.identity.phones import ACCOUNT_CONTEXT
from plut_api.kit.caller import Caller
from plut_api.kit.crypto import vault
from plut_api.kit.i18n import Text
from plut_api.kit.merging import Of
from plut_api.kit.privacy import Row, Subject, personal_data, plain_value, rows_of

MOST_DISCLOSURES = 10_000
"""More than a person reads; `GET /v1/me/disclosures` has the rest."""


async def person_of(db: AsyncSession, caller: Caller) -> UUID | None:
    """The registered person that the caller is; staff are none, and many of them cannot read that table."""
    return await db.scalar(select(Person.id).where(Person.account_id == caller.id)) if caller.is_person else None


async def subject_of(db: AsyncSession, caller: Caller) -> Subject:
    """The caller as the tables know them; without a person they hold an account alone."""
    account = await db.get(Account, caller.id)
    phone = account.phone_sealed if account is not None else None
    person_id = await person_of(db, caller)
    plain = vault().open(ACCOUNT_CONTEXT, phone) if phone is not None else None
    if person_id is None:
        return Subject(caller.id, phone=plain)
    owners = select(func.count()).where(Ownership.actor_id == Actor.id, owns()).correlate(Actor).scalar_subquery()
    mine = select(Ownership.actor_id).where(Ownership.person_id == person_id, owns())
    rows = (await db.execute(select(Actor.id, owners).where(Actor.id.in_(mine)).order_by(Actor.id))).all()
    sole = tuple(actor_id for actor_id, count in rows if count == 1)
    return Subject(caller.id, person_id, tuple(actor_id for actor_id, _ in rows), sole, plain)


async def registered_subject(db: AsyncSession, caller: Caller) -> Subject:
    """The same, if registered as a person. Raises RegisterFirst."""
    subject = await subject_of(db, caller)
    if subject.person_id is None:
        raise RegisterFirst()
    return subject


async def ids_of(db: AsyncSession, subject: Subject) -> tuple[list[UUID], list[UUID]]:
    """All ids that a person and their businesses have, or had before records were merged."""
    person = [subject.person_id] if subject.person_id is not None else []
    return await all_ids(db, Of.people, person), await all_ids(db, Of.actors, list(subject.actor_ids))


@personal_data(
    "person",
    "people",
    about=Text(
        id="Data diri yang didaftarkan; dasar: tugas publik pendataan UMKM.",
        en="Who you are, as registered; basis: the public task of the UMKM registry.",
    ),
)
async def held_person(db: AsyncSession, subject: Subject) -> list[Row]:
    """The person's own row."""
    return await rows_of(db, Person, Person.id == subject.person_id, subject)


@personal_data(
    "businesses",
    "actors",
    about=Text(
        id="Usaha Anda; pemilik lain disebut jumlahnya saja.",
        en="Your businesses; of other owners only their number is told.",
    ),
)
async def held_businesses(db: AsyncSession, subject: Subject) -> list[Row]:
    """The person's businesses, each with since when it is theirs and how many others own it."""
    rows = await rows_of(db, Actor, Actor.id.in_(subject.actor_ids), subject)
    owned = select(Ownership.actor_id, Ownership.person_id, Ownership.since).where(
        Ownership.actor_id.in_(subject.actor_ids), owns()
    )
    owners = (await db.execute(owned)).all()
    for row in rows:
        of_row = [owner for owner in owners if str(owner.actor_id) == row["id"]]
        own = [owner for owner in of_row if owner.person_id == subject.person_id]
        row["owner_since"] = plain_value(own[0].since) if own else None
        row["other_owners"] = len(of_row) - len(own)
    return rows


@personal_data(
    "annual_figures",
    "annual_figures",
    about=Text(id="Angka tahunan usaha Anda.", en="The yearly figures of your businesses."),
)
async def held_figures(db: AsyncSession, subject: Subject) -> list[Row]:
    """Figures of the person's businesses."""
    return await rows_of(db, AnnualFigure, AnnualFigure.actor_id.in_(subject.actor_ids), subject)


@personal_data(
    "consents",
    "consents",
    about=Text(
        id="Persetujuan yang Anda berikan, juga yang sudah berakhir; disimpan sebagai bukti.",
        en="The consents you gave, those that ended too; kept as proof.",
    ),
)
async def held_consents(db: AsyncSession, subject: Subject) -> list[Row]:
    """Consents about the person's businesses, and those they gave for a cooperative."""
    by_subject = or_(
        Consent.actor_id.in_(subject.actor_ids),
        Consent.given_by == subject.account_id,
        Consent.confirmed_by == subject.account_id,
    )
    return await rows_of(db, Consent, by_subject, subject)


@personal_data(
    "disclosures",
    "disclosures",
    about=Text(
        id="Siapa di luar PLUT yang melihat data Anda, apa, untuk apa, dan kapan.",
        en="Who outside PLUT saw data of yours, what, what for, and when.",
    ),
)
async def held_disclosures(db: AsyncSession, subject: Subject) -> list[Row]:
    """What was shown of the person and their businesses to others, newest first."""
    if subject.person_id is None:
        return []
    ids, actor_ids = await ids_of(db, subject)
    query = disclosures_of_person(ids, actor_ids)
    newest = query.order_by(Disclosure.id.desc()).limit(MOST_DISCLOSURES)
    return [
        {
            "disclosed_at": plain_value(row.disclosed_at),
            "organization": name,
            "operation": row.operation,
            "purpose": row.purpose,
            "fields": row.fields,
            "actor_ids": plain_value(own_ids(row.actor_ids, actor_ids)),
        }
        for row, name in (await db.execute(newest)).all()
    ]


@personal_data(
    "data_requests",
    "data_requests",
    about=Text(id="Permintaan Anda tentang data sendiri.", en="Your requests about your own data."),
    of_accounts=True,
)
async def held_requests(db: AsyncSession, subject: Subject) -> list[Row]:
    """Requests about the own data."""
    return await rows_of(db, DataRequest, DataRequest.account_id == subject.account_id, subject)


@personal_data(
    "assignments",
    "assignments",
    about=Text(id="Konsultan yang mendampingi Anda.", en="The consultants who accompany you."),
)
async def held_assignments(db: AsyncSession, subject: Subject) -> list[Row]:
    """Who accompanied the person, when."""
    of_person = Assignment.person_id == subject.person_id
    return await rows_of(db, Assignment, of_person, subject, without={"consultant_id"})


def own_ids(shown: list[UUID], own: Sequence[UUID]) -> list[UUID]:
    """Which of the ids in a block are one's own; the others are none of one's business."""
    mine = frozenset(own)
    return [actor_id for actor_id in shown if actor_id in mine]
