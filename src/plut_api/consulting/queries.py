"""Reads of consultations: the rows of a caller as they are shown, with as many statements for fifty as for one."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors.masking import view_of
from plut_api.actors.models import Person
from plut_api.consulting.access import consultations_visible_to, hand_of
from plut_api.consulting.models import (
    AgreedAction,
    Consultation,
    ConsultationFile,
    ConsultationNote,
    ConsultationState,
    ConsultationTransition,
    ConsultingField,
)
from plut_api.consulting.schemas import (
    ActionRead,
    ConsultationRead,
    ConsultationTransitionRead,
    NoteRead,
)
from plut_api.consulting.states import allowed_moves
from plut_api.consulting.texts import ADVICE, NOTE, PLACE, PROBLEM, REASON, WHAT, opened
from plut_api.identity.models import Account
from plut_api.kit import clock
from plut_api.kit.caller import Caller

_PLAIN = (
    *("id", "person_id", "actor_id", "field", "channel", "wished_days", "consultant_id", "state", "on_date", "shift"),
    *("starts_at", "ends_at", "room_id", "booking_id", "minutes", "result", "next_visit_on", "created_at"),
)


@dataclass(frozen=True)
class Wanted:
    """Which consultations are asked for; what is None does not matter."""

    states: Sequence[ConsultationState] | None = None
    fields: Sequence[ConsultingField] | None = None
    consultants: Sequence[UUID] | None = None
    people: Sequence[UUID] | None = None
    since: date | None = None
    until: date | None = None


def consultations(caller: Caller, wanted: Wanted) -> Select[Consultation]:
    """Consultations within the caller's rows."""
    row, query = Consultation, select(Consultation).where(consultations_visible_to(caller))
    lists = ((row.state, wanted.states), (row.field, wanted.fields), (row.person_id, wanted.people))
    for column, values in (*lists, (row.consultant_id, wanted.consultants)):
        if values:
            query = query.where(column.in_(values))
    if wanted.since is not None:
        query = query.where(row.on_date >= wanted.since)
    if wanted.until is not None:
        query = query.where(row.on_date <= wanted.until)
    return query


def own_consultations(caller: Caller) -> Select[Consultation]:
    """The consultations of the person that the caller is."""
    mine = select(Person.id).where(Person.account_id == caller.id)
    return select(Consultation).where(Consultation.person_id.in_(mine))


def of_actor(caller: Caller, actor_id: UUID) -> Select[Consultation]:
    """The consultations for a business, within the caller's rows."""
    return select(Consultation).where(Consultation.actor_id == actor_id, consultations_visible_to(caller))


def moves_of(consultation: Consultation) -> Select[ConsultationTransition]:
    """The moves of a consultation."""
    return select(ConsultationTransition).where(ConsultationTransition.consultation_id == consultation.id)


def own_notes(caller: Caller, consultation: Consultation) -> Select[ConsultationNote]:
    """What the caller noted for themself of a consultation; what others did is nobody's but theirs."""
    mine = ConsultationNote.author_id == caller.id
    return select(ConsultationNote).where(ConsultationNote.consultation_id == consultation.id, mine)


async def shown(db: AsyncSession, caller: Caller, rows: Sequence[Consultation]) -> list[ConsultationRead]:
    """Consultations on the wire: three statements, however many."""
    ids = [row.id for row in rows]
    if not ids:
        return []
    names = await _names(db, ids)
    actions, files = await _actions(db, ids), await _files(db, ids)
    view = view_of(caller, in_list=len(rows) > 1)
    return [
        ConsultationRead(
            **{name: getattr(row, name) for name in _PLAIN},
            person_name=view.name(names[row.id].full_name),
            consultant_name=names[row.id].name,
            problem=opened(PROBLEM, row.problem_sealed),
            place=opened(PLACE, row.place_sealed),
            advice=opened(ADVICE, row.advice_sealed),
            actions=actions[row.id],
            file_ids=files[row.id],
            allowed_moves=allowed_moves(row.state, hand_of(caller, row)),
        )
        for row in rows
    ]


def action_shape(action: AgreedAction) -> ActionRead:
    """An agreed action on the wire."""
    return ActionRead(
        id=action.id,
        what=opened(WHAT, action.what_sealed) or "-",
        due_on=action.due_on,
        done_at=action.done_at,
        is_overdue=action.done_at is None and action.due_on < clock.today(),
    )


def transition_shape(row: ConsultationTransition) -> ConsultationTransitionRead:
    """A move on the wire."""
    return ConsultationTransitionRead(
        id=row.id,
        from_state=row.from_state,
        to_state=row.to_state,
        caller_id=row.caller_id,
        reason=opened(REASON, row.reason_sealed),
        created_at=row.created_at,
    )


def note_shape(note: ConsultationNote) -> NoteRead:
    """A private note on the wire, for its author."""
    return NoteRead(id=note.id, text=opened(NOTE, note.text_sealed) or "-", created_at=note.created_at)


async def _names(db: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, Any]:
    query = (
        select(Consultation.id, Person.full_name, Account.name)
        .join(Person, Person.id == Consultation.person_id)
        .outerjoin(Account, Account.id == Consultation.consultant_id)
    )
    return {row.id: row for row in await db.execute(query.where(Consultation.id.in_(ids)))}


async def _actions(db: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, list[ActionRead]]:
    found: dict[UUID, list[ActionRead]] = defaultdict(list)
    query = select(AgreedAction).where(AgreedAction.consultation_id.in_(ids)).order_by(AgreedAction.id)
    for action in await db.scalars(query):
        found[action.consultation_id].append(action_shape(action))
    return found


async def _files(db: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, list[UUID]]:
    found: dict[UUID, list[UUID]] = defaultdict(list)
    row = ConsultationFile
    query = select(row.consultation_id, row.file_id).where(row.consultation_id.in_(ids)).order_by(row.id).limit(20_000)
    for consultation_id, file_id in await db.execute(query):
        found[consultation_id].append(file_id)
    return found
