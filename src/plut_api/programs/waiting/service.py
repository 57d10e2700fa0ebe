"""Asking to wait, taking an offer up, letting it go, leaving.

Locks come in one order: the person, the programme, then entries. So whoever accepts and whoever passes an offer on, or
two who give seats back, queue at the programme.
"""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.kit import clock
from plut_api.kit.caller import Caller
from plut_api.kit.database import refusing
from plut_api.kit.ids import new_id
from plut_api.programs import seats
from plut_api.programs.access import require_participant_or_staff
from plut_api.programs.service.admission import admit, lock_person, participant, require_no_clash
from plut_api.programs.service.enrolments import enter, refuse_who_waits, require_open_program
from plut_api.programs.waiting.access import require_entry
from plut_api.programs.waiting.models import OPEN, WaitingEntry, WaitingState
from plut_api.programs.waiting.offers import close_list, end, offer_freed_seats, tell
from plut_api.programs.waiting.problems import AlreadyWaiting, NothingOffered, OfferExpired, WaitingEnded

__all__ = ["accept", "close_list", "decline", "join_list", "leave", "offer_freed_seats"]


async def join_list(
    db: AsyncSession,
    caller: Caller,
    program_id: UUID,
    person_id: UUID | None = None,
    actor_id: UUID | None = None,
    waiver_reason: str | None = None,
) -> WaitingEntry:
    """Put a person on the waiting list: the caller, or for PLUT's staff whom they name.

    What keeps somebody from a seat keeps them from waiting for one. Is there a seat that nobody before them can take,
    they are offered it at once. Raises PersonNotFound, RegisterFirst, ProgramNotFound, ProgramNotOpen, AlreadyEnrolled,
    AlreadyWaiting, PrerequisiteMissing, DocumentsMissing, SessionClash, Invalid. Emits waiting_entry.created.
    """
    person_id = await participant(db, caller, person_id)
    await admit(db, caller, program_id, person_id, actor_id, waiver_reason)
    await offer_freed_seats(db, program_id, by=caller)  # An offer that has passed is no place in the list any longer.
    await require_open_program(db, program_id)
    await refuse_who_waits(db, program_id, person_id)
    entry = WaitingEntry(
        id=new_id(),
        program_id=program_id,
        person_id=person_id,
        actor_id=actor_id,
        asked_by=caller.id,
        waiver_reason=waiver_reason,
        created_at=clock.now(),
    )
    with refusing({"uq_waiting_entries_one_open": AlreadyWaiting()}):
        db.add(entry)
        await db.flush()
    await tell(db, "waiting_entry.created", [entry], by=caller)
    await offer_freed_seats(db, program_id, by=caller)
    await db.refresh(entry)
    return entry


async def accept(db: AsyncSession, caller: Caller, entry_id: UUID) -> WaitingEntry:
    """Take the seat that is offered: by the person, or by PLUT's staff on their behalf. The held seat becomes theirs.

    Raises WaitingEntryNotFound, ParticipantOrStaffOnly, NothingOffered, OfferExpired, WaitingEnded, ProgramNotOpen,
    SessionClash, AlreadyEnrolled. Emits waiting_entry.accepted and enrolment.created.
    """
    found = await require_entry(db, caller, entry_id)
    require_participant_or_staff(caller)
    await lock_person(db, found.person_id)
    await seats.lock_program(db, found.program_id)
    entry = await require_entry(db, caller, entry_id, for_update=True)
    _require_offer(entry)
    program = await require_open_program(db, entry.program_id)
    await require_no_clash(db, program.id, entry.person_id)
    enrolment = await enter(
        db,
        caller,
        program,
        person_id=entry.person_id,
        actor_id=entry.actor_id,
        reserved_for=entry.reserved_for,
        waiver_reason=entry.waiver_reason,
    )
    entry.state, entry.ended_at, entry.enrolment_id = WaitingState.accepted, clock.now(), enrolment.id
    entry.version += 1
    await db.flush()
    await tell(db, "waiting_entry.accepted", [entry], by=caller)
    await db.refresh(entry)
    return entry


async def decline(db: AsyncSession, caller: Caller, entry_id: UUID) -> WaitingEntry:
    """Let an offer go, so that it passes on to the next; the person waits no longer.

    Raises WaitingEntryNotFound, ParticipantOrStaffOnly, NothingOffered, OfferExpired, WaitingEnded. Emits
    waiting_entry.declined.
    """
    entry = await _locked(db, caller, entry_id)
    _require_offer(entry)
    return await _gone(db, caller, entry, WaitingState.declined)


async def leave(db: AsyncSession, caller: Caller, entry_id: UUID) -> WaitingEntry:
    """Wait no longer; a seat that was offered passes on.

    Raises WaitingEntryNotFound, ParticipantOrStaffOnly, WaitingEnded. Emits waiting_entry.left.
    """
    entry = await _locked(db, caller, entry_id)
    if entry.state not in OPEN:
        raise WaitingEnded()
    return await _gone(db, caller, entry, WaitingState.left)


async def _locked(db: AsyncSession, caller: Caller, entry_id: UUID) -> WaitingEntry:
    """An entry of a programme that is locked before it. Raises WaitingEntryNotFound, ParticipantOrStaffOnly."""
    found = await require_entry(db, caller, entry_id)
    require_participant_or_staff(caller)
    await seats.lock_program(db, found.program_id)
    return await require_entry(db, caller, entry_id, for_update=True)


def _require_offer(entry: WaitingEntry) -> None:
    if entry.state is WaitingState.waiting:
        raise NothingOffered()
    expires_at = entry.offer_expires_at
    if entry.state is WaitingState.expired or (
        entry.state is WaitingState.offered and expires_at is not None and expires_at <= clock.now()
    ):
        raise OfferExpired()
    if entry.state is not WaitingState.offered:
        raise WaitingEnded()


async def _gone(db: AsyncSession, caller: Caller, entry: WaitingEntry, state: WaitingState) -> WaitingEntry:
    await end(db, entry.program_id, WaitingEntry.id == entry.id, state, by=caller)
    await offer_freed_seats(db, entry.program_id, by=caller)
    await db.refresh(entry)
    return entry
