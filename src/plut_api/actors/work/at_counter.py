"""What waits for a consultant in the registry: figures that are missing, certificates that end, cards to compare."""

from typing import Any

from sqlalchemy import Date, DateTime, Select, cast, exists, func, literal

from plut_api.actors.access import actors_visible_to, people_served_by
from plut_api.actors.lists import certification_kinds
from plut_api.actors.models import Actor, ActorStatus, AnnualFigure, Person
from plut_api.actors.models.certifications import Certification
from plut_api.kit import clock
from plut_api.kit.caller import Role
from plut_api.kit.i18n import Text
from plut_api.kit.work_lists import Asked, offers, task

_CERTIFICATES = {code: kind.label for code, kind in certification_kinds().items()}


@offers(
    "figures.missing",
    to=[Role.consultant],
    title=Text(id="Angka tahunan belum dilaporkan", en="Yearly figures not reported"),
    sentence=Text(
        id="Catat angka tahun {year}: modal, penjualan, tenaga kerja.",
        en="Record the figures of {year}: capital, sales, workers.",
    ),
    href="/v1/actors/{actor_id}/annual-figures",
    within="work.figures_missing.days",
)
def figures_missing(asked: Asked) -> Select[Any]:
    """Trading businesses without any figures of last year, since that year ended or they were registered."""
    year = asked.today.year - 1
    ended = cast(func.timezone(clock.WITA.key, cast(literal(f"{year + 1}-01-01"), DateTime)), DateTime(timezone=True))
    told = exists().where(AnnualFigure.actor_id == Actor.id, AnnualFigure.year == year)
    return task(Actor.id, func.greatest(ended, Actor.created_at), actor=Actor.id, year=literal(year)).where(
        actors_visible_to(asked.caller), Actor.status == ActorStatus.active, ~told
    )


@offers(
    "certificate.ends",
    to=[Role.consultant],
    title=Text(id="Sertifikat berakhir", en="Certificates that end"),
    sentence=Text(id="Bantu memperpanjang {certificate}.", en="Help to renew: {certificate}."),
    href="/v1/actors/{actor_id}/certifications",
    spoken={"certificate": _CERTIFICATES},
)
def certificates_that_end(asked: Asked) -> Select[Any]:
    """Certificates that end within the term of reminders, or have ended without a successor, of trading businesses."""
    last_day = asked.today + asked.days("certificate.reminder_days")
    ends = func.timezone(clock.WITA.key, cast(Certification.expires_on, DateTime))
    ending = task(Certification.id, ends, actor=Actor.id, certificate=Certification.kind)
    return ending.join_from(Certification, Actor, Actor.id == Certification.actor_id).where(
        Certification.expires_on <= literal(last_day, Date),
        Certification.superseded_by.is_(None),
        Certification.ended_at.is_(None),
        Actor.status == ActorStatus.active,
        actors_visible_to(asked.caller),
    )


@offers(
    "identity.unverified",
    to=[Role.consultant, Role.dinas],
    title=Text(id="Identitas belum dicocokkan", en="Identity not verified"),
    sentence=Text(id="Cocokkan NIK dengan KTP.", en="Compare the NIK with the identity card."),
    href="/v1/people/{row_id}",
    within="work.identity_unverified.days",
)
def identities_to_verify(asked: Asked) -> Select[Any]:
    """People with a NIK that nobody has compared with their card."""
    return task(Person.id, Person.created_at, person=Person.id).where(
        people_served_by(asked.caller),
        Person.erased_at.is_(None),
        Person.identity_verified_at.is_(None),
        Person.nik_index.is_not(None),
    )
