"""What consulting does about events: consultations follow assignments, and those concerned are told."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.consulting.models import Consultation, ConsultationState
from plut_api.consulting.service.requesting import hand_on, take_up_waiting
from plut_api.identity.models import Account
from plut_api.kit import messages
from plut_api.kit.caller import Kind
from plut_api.kit.outbox import Event, on


@on("assignment.made")
async def give_to_the_new_consultant(db: AsyncSession, event: Event) -> None:
    """Somebody accompanies the client now: what waited for a consultant is theirs."""
    await take_up_waiting(db, UUID(event.facts["person_id"]))


@on("assignment.ended")
async def give_to_another_consultant(db: AsyncSession, event: Event) -> None:
    """A consultant no longer accompanies the client: open consultations go on with another, or wait for one."""
    await hand_on(db, UUID(event.facts["person_id"]), UUID(event.facts["consultant_id"]))


@on("consultation.scheduled")
async def tell_the_client(db: AsyncSession, event: Event) -> None:
    """Tell the client when, unless that has changed by now."""
    row = await db.get(Consultation, event.subject_id)
    if row is not None and row.state is ConsultationState.scheduled and row.starts_at is not None:
        facts = {"channel": row.channel.value, "starts_at": row.starts_at.isoformat()}
        key = f"{row.id} {row.starts_at.isoformat()}"
        await messages.send(db, to=row.person_id, template="consultation_scheduled", facts=facts, dedupe_key=key)


@on("consultation.requested", "consultation.assigned")
async def tell_the_consultant(db: AsyncSession, event: Event) -> None:
    """Tell a consultant that a client asks for them, unless they entered it themself."""
    row = await db.get(Consultation, event.subject_id)
    if row is None or row.consultant_id is None or row.state is not ConsultationState.requested:
        return
    if row.consultant_id != event.caller_id:
        await _send(db, row.consultant_id, row, "consultation_requested", event)


@on("consultation.cancelled")
async def tell_the_other(db: AsyncSession, event: Event) -> None:
    """Tell whoever did not cancel: the consultant if the client did, else the client."""
    row = await db.get(Consultation, event.subject_id)
    if row is None:
        return
    caller = await db.get(Account, event.caller_id) if event.caller_id is not None else None
    by_client = caller is not None and caller.kind is Kind.person
    told = row.consultant_id if by_client else row.person_id
    if told is not None:
        await _send(db, told, row, "consultation_cancelled", event)


async def _send(db: AsyncSession, to: UUID, row: Consultation, template: str, event: Event) -> None:
    await messages.send(db, to=to, template=template, facts={"field": row.field.value}, dedupe_key=str(event.id))
