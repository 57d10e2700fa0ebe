"""Table rows as wire shapes: sealed numbers opened, masked where a list shows them, segments computed today."""

from collections.abc import Mapping

from plut_api.actors import identifiers
from plut_api.actors.masking import masked_nik, masked_phone
from plut_api.actors.models import Actor, Person, Sex
from plut_api.actors.schemas.actors import ActorRead
from plut_api.actors.schemas.people import Advice, PersonRead
from plut_api.kit import clock
from plut_api.kit.i18n import Locale


def person_shape(person: Person, bounds: Mapping[str, int], locale: Locale, *, in_list: bool = False) -> PersonRead:
    """A person on the wire; `bounds` are the dated `youth.` rule values."""
    nik = identifiers.unseal(identifiers.NIK, person.nik_sealed)
    phone = identifiers.unseal(identifiers.PHONE, person.phone_sealed)
    doubts = identifiers.nik_warnings(nik, person.birth_date, person.sex, person.village_code) if nik else []
    if in_list:
        nik, phone = nik and masked_nik(nik), phone and masked_phone(phone)
    return PersonRead(
        id=person.id,
        full_name=person.full_name,
        nik=nik,
        phone=phone,
        sex=person.sex,
        birth_date=person.birth_date,
        marital_status=person.marital_status,
        disabilities=person.disabilities,
        village_code=person.village_code,
        segments=segments_of(person, bounds),
        has_account=person.account_id is not None,
        registered_on_behalf=person.registered_by is not None,
        identity_verified_at=person.identity_verified_at,
        created_at=person.created_at,
        warnings=[Advice(pointer=d.pointer, code=d.code, message=d.message.in_locale(locale)) for d in doubts],
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


def actor_shape(actor: Actor) -> ActorRead:
    """A business on the wire."""
    return ActorRead.model_validate(actor_values(actor))


def actor_values(actor: Actor) -> dict[str, object]:
    """The members of a business on the wire."""
    return {
        **{name: getattr(actor, name) for name in ActorRead.model_fields if name not in ("nib", "npwp")},
        "nib": identifiers.unseal(identifiers.NIB, actor.nib_sealed),
        "npwp": identifiers.unseal(identifiers.NPWP, actor.npwp_sealed),
    }
