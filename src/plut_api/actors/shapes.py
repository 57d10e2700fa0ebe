"""Table rows as wire shapes: sealed numbers opened, as much shown as the caller's view allows, segments as of today."""

from plut_api.actors import identifiers
from plut_api.actors.masking import View
from plut_api.actors.models import Actor, Person
from plut_api.actors.schemas.actors import ActorRead
from plut_api.actors.schemas.people import Advice, PersonRead
from plut_api.actors.segments import Standing
from plut_api.kit.i18n import Locale


def person_shape(person: Person, standing: Standing, locale: Locale, view: View) -> PersonRead:
    """A person on the wire, as a view shows them; `standing` is what `actors/segments.py` tells of them."""
    nik = identifiers.unseal(identifiers.NIK, person.nik_sealed)
    phone = identifiers.unseal(identifiers.PHONE, person.phone_sealed)
    doubts = identifiers.nik_warnings(nik, person.birth_date, person.sex, person.village_code) if nik else []
    advice = [Advice(pointer=d.pointer, code=d.code, message=d.message.in_locale(locale)) for d in doubts]
    return PersonRead(
        id=person.id,
        full_name=view.name(person.full_name),
        nik=view.nik(nik),
        phone=view.phone(phone),
        sex=person.sex,
        birth_date=view.confided(person.birth_date),
        marital_status=view.confided(person.marital_status),
        disabilities=view.kinds_of_disability(person.disabilities),
        village_code=person.village_code,
        segments=view.segments(standing.segments),
        has_account=person.account_id is not None,
        registered_on_behalf=person.registered_by is not None or person.import_id is not None,
        registration_proof=view.confided(standing.proof),
        identity_verified_at=person.identity_verified_at,
        created_at=person.created_at,
        warnings=view.confided(advice) or [],
    )


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
