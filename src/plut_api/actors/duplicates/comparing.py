"""Two records side by side: what agrees, what differs, and what only one of them has."""

from typing import Any

from plut_api.actors import identifiers
from plut_api.actors.duplicates.models import Kind
from plut_api.actors.duplicates.schemas import Difference
from plut_api.actors.masking import View
from plut_api.actors.models import Actor, Person
from plut_api.kit.privacy import plain_value

Values = dict[str, str | None]


def compared(kind: Kind, a: Any, b: Any, view: View) -> list[Difference]:
    """Field by field, without those that neither has; names and addresses are the same whatever their case."""
    values = _of_person if kind is Kind.person else _of_actor
    of_a: Values = values(a, view) if a is not None else {}
    of_b: Values = values(b, view) if b is not None else {}
    fields = [name for name in of_a or of_b if of_a.get(name) is not None or of_b.get(name) is not None]
    return [
        Difference(field=name, a=of_a.get(name), b=of_b.get(name), verdict=_verdict(of_a.get(name), of_b.get(name)))
        for name in fields
    ]


def _verdict(a: str | None, b: str | None) -> str:
    if a is None or b is None:
        return "one_only"
    return "same" if a.casefold() == b.casefold() else "different"


def _of_person(person: Person, view: View) -> Values:
    """Without disabilities, which say nothing of who somebody is and have a scope of their own."""
    return {
        "full_name": view.name(person.full_name),
        "nik": view.nik(identifiers.unseal(identifiers.NIK, person.nik_sealed)),
        "phone": view.phone(identifiers.unseal(identifiers.PHONE, person.phone_sealed)),
        "birth_date": _text(view.confided(person.birth_date)),
        "sex": _text(person.sex),
        "marital_status": _text(view.confided(person.marital_status)),
        "village_code": person.village_code,
        "has_account": "true" if person.account_id is not None else "false",
        "identity_verified_at": _text(person.identity_verified_at),
        "created_at": _text(person.created_at),
    }


def _of_actor(actor: Actor, view: View) -> Values:
    return {
        "name": actor.name,
        "nib": identifiers.unseal(identifiers.NIB, actor.nib_sealed),
        "npwp": view.nik(identifiers.unseal(identifiers.NPWP, actor.npwp_sealed)),
        "village_code": actor.village_code,
        "address": actor.address,
        "legal_form": _text(actor.legal_form),
        "status": _text(actor.status),
        "kbli_version": actor.kbli_version,
        "kbli_code": actor.kbli_code,
        "started_on": _text(actor.started_on),
        "size_class": _text(actor.size_class),
        "created_at": _text(actor.created_at),
    }


def _text(value: Any) -> str | None:
    return None if value is None else str(plain_value(value))
