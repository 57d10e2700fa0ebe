"""HTTP of the moves of a consultation. `consultation_move_not_allowed` names the moves that are possible instead."""

from fastapi import Response

from plut_api.actors.problems import AlreadyAssigned
from plut_api.consulting import service
from plut_api.consulting.problems import (
    ConsultantBusy,
    ConsultantMissing,
    ConsultationMoveNotAllowed,
    ConsultationNotFound,
)
from plut_api.consulting.router.consultations import ConsultationsWrite, told
from plut_api.consulting.schemas import Appointment, Assign, ConsultationRead, MoveNote, MoveReason, Record
from plut_api.facilities.problems import EquipmentTaken, RoomNotAvailable, RoomNotFound, RoomTaken
from plut_api.kit.contract import documented, etagged
from plut_api.kit.database import Database
from plut_api.kit.web import Router
from plut_api.kit.wire import PathId

router = Router(tag="consulting")
_MOVE = (ConsultationNotFound, ConsultationMoveNotAllowed)
_ROOM = (RoomNotFound, RoomNotAvailable, RoomTaken, EquipmentTaken)


@router.post(
    "/v1/consultations/{consultation_id}/assign",
    responses=etagged() | documented(*_MOVE, AlreadyAssigned),
    summary="Name the consultant",
)
async def assign_consultation(
    consultation_id: PathId, body: Assign, db: Database, caller: ConsultationsWrite, response: Response
) -> ConsultationRead:
    """Give an open consultation to a consultant, who accompanies the client from then on. The Dinas may.

    An appointment that was made is taken back; the new consultant makes another.
    """
    moved = await service.assign_consultant(db, caller, consultation_id, body.consultant_id, body.reason)
    return await told(db, caller, response, moved)


@router.post(
    "/v1/consultations/{consultation_id}/schedule",
    responses=etagged() | documented(*_MOVE, *_ROOM, ConsultantMissing, ConsultantBusy),
    summary="Make or move the appointment",
)
async def schedule_consultation(
    consultation_id: PathId, body: Appointment, db: Database, caller: ConsultationsWrite, response: Response
) -> ConsultationRead:
    """Say when and where: a day with a shift, or with a start. The consultant may, and the Dinas.

    A consultant has no two appointments at one time, however many are made at once (`consultant_busy`). With `room_id`
    the room is booked, or nothing happens. A visit that took place already can be entered some days later.
    """
    moved = await service.schedule(db, caller, consultation_id, body)
    return await told(db, caller, response, moved)


@router.post(
    "/v1/consultations/{consultation_id}/hold",
    responses=etagged() | documented(*_MOVE),
    summary="Record a consultation that was held",
)
async def hold_consultation(
    consultation_id: PathId, body: Record, db: Database, caller: ConsultationsWrite, response: Response
) -> ConsultationRead:
    """Record what was advised and agreed, and how long it took. Its consultant does, from the day on."""
    moved = await service.hold(db, caller, consultation_id, body)
    return await told(db, caller, response, moved)


@router.post(
    "/v1/consultations/{consultation_id}/no-show",
    responses=etagged() | documented(*_MOVE),
    summary="Note that the client did not come",
)
async def miss_consultation(
    consultation_id: PathId, body: MoveNote, db: Database, caller: ConsultationsWrite, response: Response
) -> ConsultationRead:
    """Note that the client did not come, or was not there. The consultant may, and the Dinas, from the day on."""
    moved = await service.note_no_show(db, caller, consultation_id, body.reason)
    return await told(db, caller, response, moved)


@router.post(
    "/v1/consultations/{consultation_id}/cancel",
    responses=etagged() | documented(*_MOVE),
    summary="Cancel a consultation",
)
async def cancel_consultation(
    consultation_id: PathId, body: MoveReason, db: Database, caller: ConsultationsWrite, response: Response
) -> ConsultationRead:
    """Call a consultation off, and say why. The client may, the consultant, and the Dinas. Its room is given back."""
    moved = await service.cancel(db, caller, consultation_id, body.reason)
    return await told(db, caller, response, moved)
