"""Table rows as wire shapes: sealed numbers opened, as much shown as the caller's view allows, segments as of today."""

from collections.abc import Mapping
from typing import Any

from plut_api.actors import identifiers
from plut_api.actors.masking import View
from plut_api.actors.models import Actor, Person, Sex
from plut_api.actors.schemas.actors import ActorRead, Owner
from plut_api.actors.schemas.people import Advice, PersonRead
from plut_api.kit import clock
from plut_api.kit.i18n import Locale


def person_shape(person: Person, bounds: Mapping[str, int], locale: Locale, view: View) -> PersonRead:
    """A person on the wire, as a view shows them; `bounds` are the dated `youth.` rule values."""
    nik = identifiers.unseal(identifiers.NIK, person.nik_sealed)
    phone = identifiers.unseal(identifiers.PHONE, person.phone_sealed)
    doubts = identifiers.nik_warnings(nik, person.birth_date, person.sex, person.village_code) if nik else []
    advice = [Advice(pointer=d.pointer, code=d.code, message=d.message.in_locale(locale)) for d in doubts]
    segments = segments_of(person, bounds)
    return PersonRead(
        id=person.id,
        full_name=view.name(person.full_name),
        nik=view.nik(nik),
        phone=view.phone(phone),
        sex=person.sex,
        birth_date=view.confided(person.birth_date),
        marital_status=view.confided(person.marital_status),
        disabilities=view.confided(person.disabilities) or [],
        village_code=person.village_code,
        segments=view.confided(segments) or [segment for segment in segments if segment != "disability"],
        has_account=person.account_id is not None,
        registered_on_behalf=person.registered_by is not None,
        identity_verified_at=person.identity_verified_at,
        created_at=person.created_at,
        warnings=view.confided(advice) or [],
    )


def segments_of(person: Person, bounds: Mapping[str, int]) -> list[str]:
    """The segments a person belongs to today; youth by age in whole years, bounds inclusive (UU 40/2009 art. 1)."""
    segments = ["women"] if person.sex is Sex.female else []
    if person.birth_date is not None:
        today, born = clock.today(), person.birth_date
        age = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
        if bounds["youth.min_age_years"] <= age <= bounds["youth.max_age_years"]:
            segments.append("youth")
    return segments + (["disability"] if person.disabilities else [])


def actor_shape(actor: Actor, view: View) -> ActorRead:
    """A business on the wire, as a view shows it."""
    return ActorRead.model_validate(actor_values(actor, view))


def actor_values(actor: Actor, view: View) -> dict[str, object]:
    """The members of a business on the wire. A resident's tax number is the NIK, so it is shown like one."""
    return {
        **{name: getattr(actor, name) for name in ActorRead.model_fields if name not in ("nib", "npwp")},
        "nib": identifiers.unseal(identifiers.NIB, actor.nib_sealed),
        "npwp": view.nik(identifiers.unseal(identifiers.NPWP, actor.npwp_sealed)),
    }


def owner_shape(row: Any, view: View) -> Owner:
    """An owner of a business on the wire, as a view shows them."""
    return Owner(person_id=row.person_id, full_name=view.name(row.full_name), since=row.since)
