"""Which events change facts of cooperatives."""

from typing import Any

from sqlalchemy import Uuid, cast, select

from plut_api.cooperatives.models import Cooperative, CooperativeManager
from plut_api.cooperatives.records.models import CooperativeOfficer
from plut_api.kit.outbox import Event

OF_COOPERATIVES = (
    *("cooperative.registered", "cooperative.changed"),
    *("cooperative.manager_accepted", "cooperative.manager_ended"),
)
"""Events whose subject is the cooperative."""
OF_LEADERS = ("enrolment.completed", "enrolment.changed")
"""Events about training of a person, which counts for every cooperative that they lead."""
OF_IMPORTS = ("import.committed",)


def cooperatives_of_events() -> list[Any]:
    """Id and name of an event with the cooperative it is about, as SELECTs over `events`."""
    named = select(Event.id, Event.name, Event.subject_id).where(Event.name.in_(OF_COOPERATIVES))
    brought = select(Event.id, Event.name, Cooperative.id).join_from(
        Event, Cooperative, Cooperative.import_id == Event.subject_id
    )
    person = cast(Event.facts["person_id"].astext, Uuid)
    officers = select(Event.id, Event.name, CooperativeOfficer.cooperative_id).join_from(
        Event, CooperativeOfficer, CooperativeOfficer.person_id == person
    )
    managers = select(Event.id, Event.name, CooperativeManager.cooperative_id).join_from(
        Event, CooperativeManager, CooperativeManager.person_id == person
    )
    trained = [query.where(Event.name.in_(OF_LEADERS)) for query in (officers, managers)]
    return [named, brought.where(Event.name.in_(OF_IMPORTS)), *trained]
