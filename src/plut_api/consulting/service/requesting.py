"""Asking for a consultation, and whose it is.

It goes to a consultant who accompanies the client: to the one who asks on their behalf, else to the one of them with
the fewest open consultations. Where nobody accompanies the client it waits until the Dinas names somebody, who then
accompanies them. When an assignment ends, open consultations go on with another consultant of the client, or wait.
"""

from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from plut_api.actors.access import own_person, require_acting_for
from plut_api.actors.models import Assignment, Ownership, Person, acts
from plut_api.actors.service.assignments import assign
from plut_api.consulting.models import Consultation
from plut_api.consulting.models import ConsultationState as S
from plut_api.consulting.schemas import ConsultationCreate
from plut_api.consulting.service.moving import begin, clear_appointment, finish, note_transition, tell
from plut_api.consulting.states import ConsultationMove
from plut_api.consulting.texts import PROBLEM, sealed
from plut_api.consulting.words import CONSULTANT_UNKNOWN, NOT_THEIR_BUSINESS, PERSON_MISSING, WISHED_PAST
from plut_api.identity.models import Account
from plut_api.kit import clock
from plut_api.kit.caller import Caller, Role
from plut_api.kit.ids import new_id
from plut_api.kit.problems import Fault, Invalid

OPEN = (S.requested, S.scheduled)


async def request_consultation(db: AsyncSession, caller: Caller, given: ConsultationCreate) -> Consultation:
    """Ask for a consultation, for oneself or on behalf of a client.

    Raises PersonNotFound, RegisterFirst, Invalid (`missing`, `not_their_business`, `day_past`).
    Emits consultation.requested.
    """
    person = await _client(db, caller, given.person_id)
    faults: list[Fault] = [WISHED_PAST] if any(day < clock.today() for day in given.wished_days) else []
    if given.actor_id is not None:
        part = select(Ownership.id).where(
            Ownership.actor_id == given.actor_id, Ownership.person_id == person.id, acts()
        )
        if await db.scalar(part.limit(1)) is None:
            faults.append(NOT_THEIR_BUSINESS)
    if faults:
        raise Invalid(errors=faults)
    consultation = Consultation(
        id=new_id(),
        person_id=person.id,
        actor_id=given.actor_id,
        field=given.field,
        channel=given.channel,
        problem_sealed=sealed(PROBLEM, given.problem),
        wished_days=given.wished_days,
        requested_by=caller.id,
        consultant_id=await _choose(db, person.id, caller.id),
        state=S.requested,
    )
    db.add(consultation)
    await db.flush()
    await db.refresh(consultation)
    await tell(db, "consultation.requested", consultation, caller)
    return consultation


async def assign_consultant(
    db: AsyncSession, caller: Caller, consultation_id: UUID, consultant_id: UUID, reason: str | None = None
) -> Consultation:
    """Give an open consultation to a consultant, who accompanies the client from then on. An appointment is taken back.

    Raises ConsultationNotFound, ConsultationMoveNotAllowed, Invalid (`consultant_unknown`), AlreadyAssigned.
    Emits consultation.assigned, and assignment.made for a new assignment.
    """
    consultation = await begin(db, caller, consultation_id, ConsultationMove.assign, reason)
    known = select(Account.id).where(Account.id == consultant_id, Account.role == Role.consultant, Account.is_active)
    if await db.scalar(known) is None:
        raise Invalid(errors=[CONSULTANT_UNKNOWN])
    accompanies = select(Assignment.id).where(
        Assignment.consultant_id == consultant_id,
        Assignment.person_id == consultation.person_id,
        Assignment.until.is_(None),
    )
    if await db.scalar(accompanies) is None:
        await assign(db, caller, consultation.person_id, consultant_id)
    await clear_appointment(db, consultation)
    consultation.consultant_id = consultant_id
    return await finish(db, consultation, ConsultationMove.assign, caller, reason)


async def take_up_waiting(db: AsyncSession, person_id: UUID) -> None:
    """Give what waits for a consultant to whoever accompanies the client now. Emits consultation.assigned."""
    waiting = select(Consultation).where(
        Consultation.person_id == person_id, Consultation.state.in_(OPEN), Consultation.consultant_id.is_(None)
    )
    await _hand_over(db, waiting, person_id)


async def hand_on(db: AsyncSession, person_id: UUID, consultant_id: UUID) -> None:
    """Give the open consultations of a client with a consultant who no longer accompanies them to another, or let them
    wait. Their appointments are taken back. Emits consultation.assigned.
    """
    again = select(Assignment.id).where(
        Assignment.person_id == person_id, Assignment.consultant_id == consultant_id, Assignment.until.is_(None)
    )
    if await db.scalar(again) is not None:
        return
    left = select(Consultation).where(
        Consultation.person_id == person_id,
        Consultation.state.in_(OPEN),
        Consultation.consultant_id == consultant_id,
    )
    await _hand_over(db, left, person_id)


async def _hand_over(db: AsyncSession, query: Select[Consultation], person_id: UUID) -> None:
    rows = (await db.scalars(query.order_by(Consultation.id).with_for_update())).all()
    if not rows:
        return
    successor = await _choose(db, person_id, None)
    for consultation in rows:
        if successor is None and consultation.consultant_id is None:
            continue
        await clear_appointment(db, consultation)
        consultation.consultant_id = successor
        note_transition(db, consultation, S.requested, None, None)
        await db.flush()
        await tell(db, "consultation.assigned", consultation, None)


async def _client(db: AsyncSession, caller: Caller, person_id: UUID | None) -> Person:
    if person_id is not None:
        return await require_acting_for(db, caller, person_id)
    if not caller.is_person:
        raise Invalid(errors=[PERSON_MISSING])
    return await own_person(db, caller)


async def _choose(db: AsyncSession, person_id: UUID, asks: UUID | None) -> UUID | None:
    """The consultant of a client who takes a consultation; None if nobody accompanies them."""
    other = aliased(Consultation)
    load = select(func.count()).where(other.consultant_id == Assignment.consultant_id, other.state.in_(OPEN))
    query = (
        select(Assignment.consultant_id)
        .join(Account, Account.id == Assignment.consultant_id)
        .where(Assignment.person_id == person_id, Assignment.until.is_(None), Account.is_active)
        .order_by((Assignment.consultant_id == asks).desc(), load.scalar_subquery(), Assignment.since, Assignment.id)
    )
    found: UUID | None = await db.scalar(query.limit(1))
    return found
