"""What waits for a consultant: participants to call, and businesses that are said to be closed."""

from typing import Any

from sqlalchemy import Select, exists
from sqlalchemy.orm import aliased

from plut_api.actors.access import assigned_to
from plut_api.actors.models import Actor, ActorStatus, Person, StatusChange
from plut_api.kit.caller import Role
from plut_api.kit.i18n import Text
from plut_api.kit.work_lists import Asked, offers, task
from plut_api.outcomes.follow_ups.models import BusinessAnswer, FollowUp
from plut_api.outcomes.follow_ups.queries import to_call
from plut_api.programs.models import Enrolment, EnrolmentState


@offers(
    "follow_up.to_call",
    to=[Role.consultant],
    title=Text(id="Peserta yang belum menjawab tindak lanjut", en="Participants who have not answered a follow-up"),
    sentence=Text(
        id="Telepon peserta: {months} bulan setelah pelatihan, bagaimana usahanya?",
        en="Call the participant: {months} months after the training, how is the business?",
    ),
    href="/v1/follow-ups/{row_id}",
    within="work.follow_up_to_call.days",
)
def follow_ups_to_call(asked: Asked) -> Select[Any]:
    """Open follow-ups that no message got answered, of people of the consultant; at once where nobody has a phone."""
    waiting = task(
        FollowUp.id, FollowUp.call_from, person=Enrolment.person_id, actor=Enrolment.actor_id, months=FollowUp.months
    )
    joined = waiting.join_from(FollowUp, Enrolment, Enrolment.id == FollowUp.enrolment_id)
    return joined.join(Person, Person.id == Enrolment.person_id).where(
        to_call(),
        FollowUp.closes_on >= asked.today,
        Enrolment.state == EnrolmentState.completed,
        assigned_to(asked.caller.id, Enrolment.person_id),
    )


@offers(
    "business.said_closed",
    to=[Role.consultant],
    title=Text(id="Usaha yang dikabarkan tutup", en="Businesses said to be closed"),
    sentence=Text(
        id="Peserta mengabarkan usahanya tutup; periksa, lalu ubah status usaha.",
        en="The participant says that the business has closed; check, then change its status.",
    ),
    href="/v1/actors/{actor_id}",
    within="work.closure_to_check.days",
)
def businesses_said_closed(asked: Asked) -> Select[Any]:
    """Businesses that a follow-up calls closed and whose status nobody has changed since, of people of the consultant.

    What a later follow-up of the enrolment says otherwise is not among them. Leans on ix_follow_ups_closed.
    """
    changed, later = aliased(StatusChange), aliased(FollowUp)
    settled = exists().where(changed.actor_id == Enrolment.actor_id, changed.created_at >= FollowUp.answered_at)
    unsaid = exists().where(later.enrolment_id == FollowUp.enrolment_id, later.answered_at > FollowUp.answered_at)
    said = task(FollowUp.id, FollowUp.answered_at, person=Enrolment.person_id, actor=Enrolment.actor_id)
    joined = said.join_from(FollowUp, Enrolment, Enrolment.id == FollowUp.enrolment_id)
    return joined.join(Actor, Actor.id == Enrolment.actor_id).where(
        FollowUp.business == BusinessAnswer.closed,
        Enrolment.state == EnrolmentState.completed,
        Actor.status != ActorStatus.closed,
        ~settled,
        ~unsaid,
        assigned_to(asked.caller.id, Enrolment.person_id),
    )
