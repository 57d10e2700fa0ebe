"""HTTP of what follows consultations: agreed actions, files, private notes."""

from fastapi import Response

from plut_api.consulting import queries, service
from plut_api.consulting.access import require_consultation
from plut_api.consulting.models import ConsultationNote
from plut_api.consulting.problems import (
    ActionNotFound,
    ConsultationNotFound,
    FileAttachedAlready,
    NotesOfConsultantsOnly,
)
from plut_api.consulting.router.consultations import ConsultationsRead, ConsultationsWrite, told
from plut_api.consulting.schemas import ActionRead, ConsultationRead, FileAttach, NoteCreate, NotePage, NoteRead
from plut_api.kit.contract import documented, etagged
from plut_api.kit.database import Database
from plut_api.kit.pages import PageOf
from plut_api.kit.web import Router
from plut_api.kit.wire import PathId

router = Router(tag="consulting")


@router.post("/v1/agreed-actions/{action_id}/done", responses=documented(ActionNotFound), summary="Tick an action off")
async def tick_agreed_action(action_id: PathId, db: Database, caller: ConsultationsWrite) -> ActionRead:
    """Say that something agreed is done. The client may, their consultants, and the Dinas. Once ticked it stays so."""
    return queries.action_shape(await service.tick(db, caller, action_id))


@router.post(
    "/v1/consultations/{consultation_id}/files",
    responses=etagged() | documented(ConsultationNotFound, FileAttachedAlready),
    summary="Attach a file",
)
async def attach_consultation_file(
    consultation_id: PathId, body: FileAttach, db: Database, caller: ConsultationsWrite, response: Response
) -> ConsultationRead:
    """Attach a file that the caller uploaded. Client, consultants and the Dinas read it."""
    consultation = await service.attach(db, caller, consultation_id, body.file_id)
    return await told(db, caller, response, consultation)


@router.post(
    "/v1/consultations/{consultation_id}/private-notes",
    status_code=201,
    responses=documented(ConsultationNotFound, NotesOfConsultantsOnly),
    summary="Note something for oneself",
)
async def create_private_note(
    consultation_id: PathId, body: NoteCreate, db: Database, caller: ConsultationsWrite, response: Response
) -> NoteRead:
    """Note something that only the author reads: neither the client nor other consultants nor the Dinas.

    The client is told that notes exist and when they were made; what they say of others stays with the author
    (UU 27/2022 art. 33).
    """
    note = await service.add_note(db, caller, consultation_id, body.text)
    response.headers["Location"] = f"/v1/consultations/{consultation_id}/private-notes"
    return queries.note_shape(note)


@router.get(
    "/v1/consultations/{consultation_id}/private-notes",
    responses=documented(ConsultationNotFound),
    summary="List one's private notes",
)
async def list_private_notes(
    consultation_id: PathId, db: Database, caller: ConsultationsRead, paging: PageOf
) -> NotePage:
    """The caller's own notes of a consultation, oldest first; what others noted is not there."""
    consultation = await require_consultation(db, caller, consultation_id)
    rows = await paging.fetch(db, queries.own_notes(caller, consultation), ConsultationNote.id)
    return NotePage.model_validate(rows | {"data": [queries.note_shape(row) for row in rows["data"]]})
