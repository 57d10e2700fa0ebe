"""Which consultations a caller reaches. Applied in the query, so unknown and not-yours look alike.

A person reaches their own and those of minors in their care, a consultant those of the people assigned to them, the
Dinas all. Banks, OPDs, OJK and partners reach none. A private note is read by its author alone, for as long as they
reach the consultation.
"""

from uuid import UUID

from sqlalchemy import ColumnElement, exists, false, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from plut_api.actors.access import Ids, assigned_to
from plut_api.actors.minors import acted_for_by
from plut_api.consulting.models import AgreedAction, Consultation, ConsultationFile
from plut_api.consulting.problems import ActionNotFound, ConsultationNotFound
from plut_api.consulting.states import Hand
from plut_api.kit.caller import Caller, Role
from plut_api.kit.files import readable_through
from plut_api.kit.privacy import Subject


def clients_of(caller: Caller, person_id: Ids) -> ColumnElement[bool]:
    """The condition on a column of people's ids that the caller reaches their consultations."""
    if caller.role is Role.dinas:
        return true()
    if caller.role is Role.consultant:
        return assigned_to(caller.id, person_id)
    return person_id.in_(acted_for_by(caller.id)) if caller.is_person else false()


def consultations_visible_to(caller: Caller) -> ColumnElement[bool]:
    """The condition on `consultations`."""
    return clients_of(caller, Consultation.person_id)


def hand_of(caller: Caller, consultation: Consultation) -> Hand:
    """By whose hand a caller acts on a consultation within their rows."""
    if caller.role is Role.dinas:
        return Hand.dinas
    if caller.is_person:
        return Hand.client
    return Hand.consultant if consultation.consultant_id == caller.id else Hand.colleague


async def require_consultation(
    db: AsyncSession, caller: Caller, consultation_id: UUID, *, for_update: bool = False
) -> Consultation:
    """A consultation within the caller's rows. Raises ConsultationNotFound."""
    query = select(Consultation).where(Consultation.id == consultation_id, consultations_visible_to(caller))
    query = query.execution_options(populate_existing=True)
    consultation = await db.scalar(query.with_for_update() if for_update else query)
    if consultation is None:
        raise ConsultationNotFound()
    return consultation


async def require_action(db: AsyncSession, caller: Caller, action_id: UUID) -> AgreedAction:
    """An agreed action of a consultation within the caller's rows, locked. Raises ActionNotFound."""
    query = select(AgreedAction).join(Consultation, Consultation.id == AgreedAction.consultation_id)
    query = query.where(AgreedAction.id == action_id, consultations_visible_to(caller))
    action = await db.scalar(query.with_for_update(of=AgreedAction))
    if action is None:
        raise ActionNotFound()
    return action


def _of_subject(subject: Subject) -> ColumnElement[bool]:
    return exists().where(
        Consultation.id == ConsultationFile.consultation_id, Consultation.person_id == subject.person_id
    )


@readable_through(ConsultationFile.file_id, of_subject=_of_subject)
def files_of_reached_consultations(caller: Caller) -> ColumnElement[bool]:
    """Whoever reads a consultation reads its files."""
    held = aliased(Consultation)
    return exists().where(held.id == ConsultationFile.consultation_id, clients_of(caller, held.person_id))
