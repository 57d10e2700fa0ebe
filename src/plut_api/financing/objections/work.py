"""What waits because of objections: answers at consultants' desks, facts to correct, what is late at the Dinas'."""

from typing import Any

from sqlalchemy import Select, or_

from plut_api.actors.access import actors_reached_by
from plut_api.financing.objections.access import answered_by_another_than, objections_visible_to
from plut_api.financing.objections.models import Objection, ObjectionState
from plut_api.kit.caller import Role
from plut_api.kit.i18n import Text
from plut_api.kit.work_lists import Asked, offers, task

_HREF = "/v1/readiness-objections/{row_id}"


@offers(
    "objection.to_answer",
    to=[Role.consultant],
    title=Text(id="Keberatan yang menunggu jawaban", en="Objections to be answered"),
    sentence=Text(id="Jawab keberatan atas hasil syarat {rule}.", en="Answer the objection to what rule {rule} found."),
    href=_HREF,
)
def to_answer(asked: Asked) -> Select[Any]:
    """Open objections that the consultant may answer, by their own term."""
    waiting = task(Objection.id, Objection.due_at, actor=Objection.actor_id, rule=Objection.rule_code)
    return waiting.where(
        Objection.state == ObjectionState.open,
        objections_visible_to(asked.caller),
        answered_by_another_than(asked.caller),
    )


@offers(
    "objection.to_correct",
    to=[Role.consultant],
    title=Text(id="Data yang harus diperbaiki", en="Facts to be corrected"),
    sentence=Text(
        id="Perbaiki data {fact}: keberatan atas syarat {rule} diterima.",
        en="Correct the fact {fact}: the objection to rule {rule} was upheld.",
    ),
    href=_HREF,
    within="work.objection_to_correct.days",
)
def to_correct(asked: Asked) -> Select[Any]:
    """Facts of upheld objections, of businesses in the consultant's care and of what they answered."""
    upheld = task(
        Objection.id, Objection.ended_at, actor=Objection.actor_id, rule=Objection.rule_code, fact=Objection.fact
    )
    return upheld.where(
        Objection.state == ObjectionState.upheld,
        Objection.corrected_at.is_(None),
        or_(actors_reached_by(asked.caller, Objection.actor_id), Objection.answered_by == asked.caller.id),
    )


@offers(
    "objection.late",
    to=[Role.dinas],
    title=Text(id="Keberatan yang lewat waktu", en="Objections past their term"),
    sentence=Text(
        id="Pastikan keberatan atas syarat {rule} dijawab: waktunya sudah lewat.",
        en="See that the objection to rule {rule} is answered: its term has passed.",
    ),
    href=_HREF,
)
def late(asked: Asked) -> Select[Any]:
    """Open objections whose term has passed."""
    passed = task(Objection.id, Objection.due_at, actor=Objection.actor_id, rule=Objection.rule_code)
    return passed.where(Objection.state == ObjectionState.open, Objection.due_at <= asked.now)
