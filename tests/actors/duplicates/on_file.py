"""People on file who have no account, so that several can have one phone."""

from typing import Any

from plut_api.actors import identifiers
from plut_api.actors.models import Person
from tests.factories import Make

VILLAGE, DISTRICT = "52.71.01.1004", "52.71.01"
ELSEWHERE = "52.03.17.2003"


async def on_file(make: Make, name: str, *, phone: str | None = None, **given: Any) -> Person:
    """Somebody whom an officer registered."""
    person = Person(
        full_name=name,
        disabilities=[],
        phone_sealed=identifiers.seal(identifiers.PHONE, phone),
        phone_index=identifiers.blind(identifiers.PHONE, phone),
        **{"village_code": VILLAGE} | given,
    )
    await make.add(person)
    return person
