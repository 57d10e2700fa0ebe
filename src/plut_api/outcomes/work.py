"""What waits for a consultant in outcomes: evidence to verify, and results of training that nothing proves."""

from typing import Any

from sqlalchemy import Select, exists
from sqlalchemy.orm import aliased

from plut_api.actors.access import assigned_to
from plut_api.kit.caller import Role
from plut_api.kit.i18n import Text
from plut_api.kit.work_lists import Asked, offers, task
from plut_api.outcomes.models import Evidence, EvidenceState, Outcome
from plut_api.outcomes.timeline import DIMENSIONS
from plut_api.programs.access import trains
from plut_api.programs.models import Enrolment, EnrolmentState

_SPOKEN = {"dimension": DIMENSIONS}


@offers(
    "evidence.to_verify",
    to=[Role.consultant],
    title=Text(id="Bukti menunggu verifikasi", en="Evidence waiting for verification"),
    sentence=Text(id="Periksa bukti untuk {dimension}.", en="Check the evidence for {dimension}."),
    href="/v1/evidence/{row_id}",
    within="work.evidence_to_verify.days",
    spoken=_SPOKEN,
)
def evidence_to_verify(asked: Asked) -> Select[Any]:
    """Evidence about people of the consultant, unless the consultant handed it in or trained in the programme: another
    has to verify that.
    """
    waiting = task(
        Evidence.id,
        Evidence.created_at,
        person=Enrolment.person_id,
        actor=Outcome.actor_id,
        dimension=Outcome.dimension,
    )
    joined = waiting.join_from(Evidence, Outcome, Outcome.id == Evidence.outcome_id)
    return joined.join(Enrolment, Enrolment.id == Outcome.enrolment_id).where(
        Evidence.state == EvidenceState.submitted,
        Evidence.submitted_by != asked.caller.id,
        ~trains(asked.caller.id, Enrolment.program_id),
        assigned_to(asked.caller.id, Enrolment.person_id),
    )


@offers(
    "outcome.without_evidence",
    to=[Role.consultant],
    title=Text(id="Hasil pelatihan tanpa bukti", en="Results without evidence"),
    sentence=Text(
        id="Pelatihan selesai; kumpulkan bukti untuk {dimension}.",
        en="The training has ended; gather evidence for {dimension}.",
    ),
    href="/v1/enrolments/{enrolment_id}/outcomes/{dimension}",
    within="work.outcome_without_evidence.days",
    spoken=_SPOKEN,
)
def outcomes_without_evidence(asked: Asked) -> Select[Any]:
    """Targets of completed training that no evidence, submitted or verified, speaks for."""
    proof = aliased(Evidence)
    speaking = (EvidenceState.submitted, EvidenceState.verified)
    spoken_for = exists().where(proof.outcome_id == Outcome.id, proof.state.in_(speaking))
    unproven = task(
        Outcome.id,
        Enrolment.completed_at,
        person=Enrolment.person_id,
        actor=Outcome.actor_id,
        dimension=Outcome.dimension,
        enrolment_id=Outcome.enrolment_id,
    )
    return unproven.join_from(Outcome, Enrolment, Enrolment.id == Outcome.enrolment_id).where(
        Enrolment.state == EnrolmentState.completed,
        Outcome.target_level.is_not(None),
        Outcome.reached_level.is_(None),
        ~spoken_for,
        assigned_to(asked.caller.id, Enrolment.person_id),
    )
