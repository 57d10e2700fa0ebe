"""What follow-ups tell of a business: what was answered, months after training."""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Select

from plut_api.kit.i18n import Text
from plut_api.kit.timeline import Business, Telling, entry, tells
from plut_api.outcomes.follow_ups.models import BusinessAnswer, FollowUp
from plut_api.programs.models import Enrolment

_SAID: Mapping[str, Text] = {
    BusinessAnswer.running: Text(id="berjalan", en="running"),
    BusinessAnswer.paused: Text(id="berhenti sementara", en="paused"),
    BusinessAnswer.closed: Text(id="tutup", en="closed"),
}


@tells(
    "follow_ups",
    kinds={
        "follow_up.answered": Telling(
            "/v1/follow-ups/{row_id}",
            Text(
                id="Kabar {who} {months} bulan setelah pelatihan: usaha {business}.",
                en="News of {who} {months} months after training: the business is {business}.",
            ),
            {"business": _SAID},
        )
    },
)
def answers(actor_id: Business) -> Iterator[Select[Any]]:
    """Answered follow-ups of enrolments for this business. Leans on uq_follow_ups_enrolment_id_number."""
    answered = entry(
        "follow_up.answered",
        FollowUp.id,
        FollowUp.answered_at,
        by=FollowUp.answered_by,
        person=Enrolment.person_id,
        months=FollowUp.months,
        business=FollowUp.business,
    )
    yield answered.join_from(Enrolment, FollowUp, FollowUp.enrolment_id == Enrolment.id).where(
        Enrolment.actor_id == actor_id, FollowUp.answered_at.is_not(None)
    )
