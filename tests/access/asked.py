"""What a participant of the world is asked after training."""

from datetime import timedelta
from typing import Any

from plut_api.kit import clock
from plut_api.kit.ids import new_id
from plut_api.outcomes.follow_ups.models import FollowUp
from plut_api.programs.models import Enrolment


def asked_of(enrolment: Enrolment, **given: Any) -> FollowUp:
    """A follow-up of an enrolment, open unless otherwise said."""
    today = clock.today()
    days = {"due_on": today, "asked_on": today, "call_from": today + timedelta(21), "closes_on": today + timedelta(45)}
    return FollowUp(id=new_id(), enrolment_id=enrolment.id, number=1, months=3, questions_version="1", **days, **given)
