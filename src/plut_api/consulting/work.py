"""What waits in consulting: for the Dinas a consultant to name, for consultants appointments, records, actions."""

from datetime import timedelta
from typing import Any

from sqlalchemy import DateTime, Select, cast, func

from plut_api.actors.access import assigned_to
from plut_api.consulting.models import AgreedAction, Consultation, ConsultationState
from plut_api.consulting.words import FIELDS
from plut_api.kit import clock
from plut_api.kit.caller import Role
from plut_api.kit.i18n import Text
from plut_api.kit.work_lists import Asked, offers, task

_HREF = "/v1/consultations/{row_id}"
_SPOKEN = {"field": FIELDS}
_ROW = Consultation


def _consultations(since: Any) -> Select[Any]:
    return task(_ROW.id, since, person=_ROW.person_id, actor=_ROW.actor_id, field=_ROW.field)


def _mine(asked: Asked) -> Any:
    return (_ROW.consultant_id == asked.caller.id) & assigned_to(asked.caller.id, _ROW.person_id)


@offers(
    "consultation.unassigned",
    to=[Role.dinas],
    title=Text(id="Konsultasi tanpa konsultan", en="Consultations without a consultant"),
    sentence=Text(id="Tetapkan konsultan untuk {field}.", en="Name a consultant for {field}."),
    href=_HREF,
    within="work.consultation_unassigned.days",
    spoken=_SPOKEN,
)
def consultations_unassigned(asked: Asked) -> Select[Any]:
    """Consultations that nobody has."""
    return _consultations(_ROW.created_at).where(
        _ROW.state == ConsultationState.requested, _ROW.consultant_id.is_(None)
    )


@offers(
    "consultation.to_schedule",
    to=[Role.consultant],
    title=Text(id="Konsultasi menunggu janji", en="Consultations to appoint"),
    sentence=Text(id="Buat janji konsultasi {field}.", en="Make an appointment about {field}."),
    href=_HREF,
    within="work.consultation_to_schedule.days",
    spoken=_SPOKEN,
)
def consultations_to_schedule(asked: Asked) -> Select[Any]:
    """Consultations of the consultant without an appointment."""
    return _consultations(_ROW.created_at).where(_ROW.state == ConsultationState.requested, _mine(asked))


@offers(
    "consultation.to_record",
    to=[Role.consultant],
    title=Text(id="Konsultasi belum dicatat", en="Consultations to record"),
    sentence=Text(
        id="Catat hasil konsultasi {field}, atau bahwa klien tidak datang.",
        en="Record the consultation about {field}, or that nobody came.",
    ),
    href=_HREF,
    within="work.consultation_to_record.days",
    spoken=_SPOKEN,
)
def consultations_to_record(asked: Asked) -> Select[Any]:
    """Appointments of the consultant that are over."""
    over = _ROW.state == ConsultationState.scheduled, _ROW.ends_at < asked.now
    return _consultations(_ROW.ends_at).where(*over, _mine(asked))


@offers(
    "agreed_action.overdue",
    to=[Role.consultant],
    title=Text(id="Kesepakatan lewat tenggat", en="Agreed actions overdue"),
    sentence=Text(id="Tanyakan kelanjutan kesepakatan {field}.", en="Ask what became of an action about {field}."),
    href="/v1/consultations/{consultation_id}",
    spoken=_SPOKEN,
)
def actions_overdue(asked: Asked) -> Select[Any]:
    """Agreed actions of people whom the consultant accompanies, past their day and not done."""
    row, action = _ROW, AgreedAction
    ended = func.timezone(clock.WITA.key, cast(action.due_on + timedelta(days=1), DateTime))
    late = task(action.id, ended, person=row.person_id, actor=row.actor_id, field=row.field, consultation_id=row.id)
    return late.join_from(action, row, row.id == action.consultation_id).where(
        action.done_at.is_(None), action.due_on < asked.today, assigned_to(asked.caller.id, row.person_id)
    )
