"""What programmes tell of a business: seats taken, completed, given back."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select

from plut_api.kit.i18n import Text
from plut_api.kit.timeline import Business, Telling, entry, tells, tells_nothing
from plut_api.programs.models import Enrolment, EnrolmentState, Program

_SEAT = "/v1/enrolments/{row_id}"

tells_nothing("waiting_entries", "waiting for a seat is no history of a business; the seat is")


@tells(
    "enrolments",
    kinds={
        "enrolment.created": Telling(_SEAT, Text(id="{who} ikut pelatihan {title}.", en="{who} joined {title}.")),
        "enrolment.completed": Telling(
            _SEAT, Text(id="{who} selesai pelatihan {title}.", en="{who} completed {title}.")
        ),
        "enrolment.withdrawn": Telling(
            _SEAT, Text(id="{who} batal ikut pelatihan {title}.", en="{who} gave up the seat in {title}.")
        ),
    },
)
def enrolments(actor_id: Business) -> Iterator[Select[Any]]:
    """Seats for this business."""
    row, state = Enrolment.id, Enrolment.state
    about = {"person": Enrolment.person_id, "title": Program.title}
    taken = entry("enrolment.created", row, Enrolment.created_at, by=Enrolment.enrolled_by, **about)
    completed = entry("enrolment.completed", row, Enrolment.completed_at, **about)
    withdrawn = entry("enrolment.withdrawn", row, Enrolment.updated_at, **about)
    for query in (
        taken,
        completed.where(state == EnrolmentState.completed),
        withdrawn.where(state == EnrolmentState.withdrawn),
    ):
        yield query.join_from(Enrolment, Program, Program.id == Enrolment.program_id).where(
            Enrolment.actor_id == actor_id
        )
