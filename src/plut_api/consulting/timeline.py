"""What consulting tells of a business: that a consultation for it was held, and in which field."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select

from plut_api.consulting.models import Consultation, ConsultationState
from plut_api.consulting.words import FIELDS
from plut_api.kit.i18n import Text
from plut_api.kit.timeline import Business, Telling, entry, tells


@tells(
    "consultations",
    kinds={
        "consultation.held": Telling(
            "/v1/consultations/{row_id}",
            Text(id="{who} berkonsultasi tentang {field}.", en="{who} had a consultation about {field}."),
            {"field": {field.value: words for field, words in FIELDS.items()}},
        )
    },
)
def consultations(actor_id: Business) -> Iterator[Select[Any]]:
    """Consultations for this business, without anything that was said."""
    row = Consultation
    held = entry("consultation.held", row.id, row.ends_at, by=row.held_by, person=row.person_id, field=row.field)
    yield held.where(row.actor_id == actor_id, row.state == ConsultationState.held)
