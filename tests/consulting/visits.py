"""Consultations for tests."""

from datetime import datetime, time, timedelta
from typing import Any

from plut_api.actors.models import Person
from plut_api.consulting.models import AgreedAction, Consultation, ConsultationState, ConsultingChannel, ConsultingField
from plut_api.consulting.texts import ADVICE, PROBLEM, WHAT, sealed
from plut_api.identity.models import Account
from plut_api.kit import clock
from plut_api.kit.ids import new_id
from tests.factories import Make

PROBLEM_WORDS = "Keripik saya cepat melempem."
ASKED: dict[str, Any] = {"field": "production", "channel": "visit", "problem": PROBLEM_WORDS}
RECORD: dict[str, Any] = {"minutes": 75, "advice": "Ganti ke kemasan aluminium.", "result": "continuing"}


async def consultation(make: Make, person: Person, consultant: Account | None = None, **given: Any) -> Consultation:
    """A consultation that was asked for; with `on_date` it is appointed for an hour from nine."""
    values: dict[str, Any] = {
        "field": ConsultingField.production,
        "channel": ConsultingChannel.visit,
        "state": ConsultationState.requested,
        "problem_sealed": sealed(PROBLEM, PROBLEM_WORDS),
        "requested_by": new_id(),
        "wished_days": [],
    } | given
    if "on_date" in values:
        start = datetime.combine(values["on_date"], time(9), clock.WITA)
        values = (
            {"state": ConsultationState.scheduled, "starts_at": start}
            | values
            | {"ends_at": start + timedelta(hours=1)}
        )
        values["state"] = given.get("state", ConsultationState.scheduled)
    made = Consultation(id=new_id(), person_id=person.id, consultant_id=consultant.id if consultant else None, **values)
    await make.add(made)
    return made


async def held(make: Make, person: Person, consultant: Account, **given: Any) -> Consultation:
    """A consultation that was held yesterday."""
    values = {"minutes": 60, "advice_sealed": sealed(ADVICE, RECORD["advice"]), "held_by": consultant.id} | given
    day = values.pop("on_date", clock.today() - timedelta(days=1))
    return await consultation(make, person, consultant, on_date=day, state=ConsultationState.held, **values)


async def action(make: Make, of: Consultation, **given: Any) -> AgreedAction:
    """Something that was agreed, due yesterday."""
    values: dict[str, Any] = {"due_on": clock.today() - timedelta(days=1)} | given
    made = AgreedAction(
        id=new_id(), consultation_id=of.id, what_sealed=sealed(WHAT, "Uji simpan tiga kemasan."), **values
    )
    await make.add(made)
    return made
