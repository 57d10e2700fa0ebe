"""What follows a consultation: agreed actions, files, and what a consultant notes for themself."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.consulting.access import require_action, require_consultation
from plut_api.consulting.models import AgreedAction, Consultation, ConsultationFile, ConsultationNote
from plut_api.consulting.problems import FileAttachedAlready, NotesOfConsultantsOnly
from plut_api.consulting.texts import NOTE, sealed
from plut_api.kit import clock, outbox
from plut_api.kit.caller import Caller, Role
from plut_api.kit.database import refusing
from plut_api.kit.files import require_file
from plut_api.kit.ids import new_id

_TAKEN = {"uq_consultation_files_consultation_id_file_id": FileAttachedAlready()}


async def tick(db: AsyncSession, caller: Caller, action_id: UUID) -> AgreedAction:
    """Say that an agreed action is done; one that is stays as it was. The client may, their consultants, the Dinas.

    Raises ActionNotFound. Emits agreed_action.done.
    """
    action = await require_action(db, caller, action_id)
    if action.done_at is None:
        action.done_at, action.done_by = clock.now(), caller.id
        action.version += 1
        await db.flush()
        await outbox.record(db, "agreed_action.done", action.id, by=caller, consultation_id=action.consultation_id)
    return action


async def add_note(db: AsyncSession, caller: Caller, consultation_id: UUID, words: str) -> ConsultationNote:
    """Note something for oneself. Consultants do. Raises ConsultationNotFound, NotesOfConsultantsOnly."""
    if caller.role is not Role.consultant:
        raise NotesOfConsultantsOnly()
    consultation = await require_consultation(db, caller, consultation_id)
    note = ConsultationNote(
        id=new_id(), consultation_id=consultation.id, author_id=caller.id, text_sealed=sealed(NOTE, words)
    )
    db.add(note)
    await db.flush()
    await db.refresh(note)
    return note


async def attach(db: AsyncSession, caller: Caller, consultation_id: UUID, file_id: UUID) -> Consultation:
    """Attach a file that the caller uploaded; whoever reads the consultation reads it.

    Raises ConsultationNotFound, FileAttachedAlready, Invalid (`file_unknown`). Emits consultation.file_attached.
    """
    consultation = await require_consultation(db, caller, consultation_id)
    await require_file(db, caller, file_id)
    with refusing(_TAKEN):
        db.add(ConsultationFile(consultation_id=consultation.id, file_id=file_id, added_by=caller.id))
        await db.flush()
    await outbox.record(db, "consultation.file_attached", consultation.id, by=caller, file_id=file_id)
    return consultation
