"""HTTP of waiting lists: asking to wait, one's place and why, taking up what is offered."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Response
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors.masking import view_of
from plut_api.actors.problems import PersonNotFound, RegisterFirst
from plut_api.kit.caller import Caller
from plut_api.kit.contract import created, documented, etagged
from plut_api.kit.database import Catalogue, Database
from plut_api.kit.etags import put_etag
from plut_api.kit.pages import PageOf
from plut_api.kit.web import Router, cacheable
from plut_api.kit.wire import PathId
from plut_api.programs.problems import (
    AlreadyEnrolled,
    DocumentsMissing,
    OrganizerOnly,
    ParticipantOrStaffOnly,
    PrerequisiteMissing,
    ProgramNotFound,
    ProgramNotOpen,
    SessionClash,
)
from plut_api.programs.router.programs import ProgramsRead, ProgramsWrite
from plut_api.programs.waiting import queries, service
from plut_api.programs.waiting.problems import (
    AlreadyWaiting,
    NothingOffered,
    OfferExpired,
    WaitingEnded,
    WaitingEntryNotFound,
)
from plut_api.programs.waiting.queries import WaitingFilters
from plut_api.programs.waiting.schemas import WaitingCreate, WaitingEntryPage, WaitingEntryRead, WaitingRuleRead
from plut_api.programs.waiting.shapes import entry_page, entry_shape, rule_shape
from plut_api.reference.rules import rule_values

router = Router(tag="programs")

Wanted = Annotated[WaitingFilters, Depends()]


@router.get("/v1/waiting-rule", dependencies=[Depends(cacheable(300))], summary="Read the rule of waiting lists")
async def get_waiting_rule(db: Catalogue) -> WaitingRuleRead:
    """By which order seats that free are offered to those who wait, and how long an offer holds. Public."""
    return rule_shape(await rule_values(db, "waiting."))


@router.post(
    "/v1/programs/{program_id}/waiting-list",
    status_code=201,
    responses=created()
    | documented(
        *(ProgramNotFound, PersonNotFound, RegisterFirst, ProgramNotOpen, AlreadyEnrolled, AlreadyWaiting),
        *(SessionClash, PrerequisiteMissing, DocumentsMissing),
    ),
    summary="Ask to wait for a seat",
)
async def join_waiting_list(
    program_id: PathId, body: WaitingCreate, db: Database, caller: ProgramsWrite, response: Response
) -> WaitingEntryRead:
    """Wait for a seat in a full programme: for oneself, or for PLUT's staff on behalf of the person they name.

    A seat that frees is offered by the order of `/v1/waiting-rule` and held until the deadline of the offer, of which
    the person is told by a message. A seat that nobody before them can take is offered at once (`offered`).
    """
    entry = await service.join_list(db, caller, program_id, body.person_id, body.actor_id, body.waiver_reason)
    response.headers["Location"] = f"/v1/waiting-entries/{entry.id}"
    return await _shown(db, caller, response, entry.id)


@router.get(
    "/v1/programs/{program_id}/waiting-list",
    responses=documented(ProgramNotFound, OrganizerOnly),
    summary="List who waits for a seat",
)
async def list_waiting_entries(
    program_id: PathId, db: Database, caller: ProgramsRead, paging: PageOf
) -> WaitingEntryPage:
    """Everybody who waits, by rank; those to whom a seat is offered now stand first. For its organizer and the Dinas.

    A consultant finds the people assigned to them. Why somebody ranks where they do is told to PLUT's staff only.
    """
    rows = await queries.page_of_program(db, paging, caller, program_id)
    return entry_page(rows, view_of(caller, in_list=True))


@router.get("/v1/me/waiting-list", summary="List where one waits")
async def list_my_waiting_entries(
    db: Database, caller: ProgramsRead, paging: PageOf, wanted: Wanted
) -> WaitingEntryPage:
    """Where the caller, and minors in their care, wait for a seat or did, newest first, each with its rank and why."""
    rows = await queries.page_of_own(db, paging, caller, wanted)
    return entry_page(rows, view_of(caller, in_list=True))


@router.get(
    "/v1/waiting-entries/{entry_id}", responses=documented(WaitingEntryNotFound), summary="Read a waiting entry"
)
async def get_waiting_entry(
    entry_id: PathId, db: Database, caller: ProgramsRead, response: Response
) -> WaitingEntryRead:
    """One's place among those who wait as it is now, of how many, and how one stands by each criterion of the order.

    Nothing is told of the others. Who runs the programme sees the place, and not why.
    """
    return await _shown(db, caller, response, entry_id)


@router.post(
    "/v1/waiting-entries/{entry_id}/accept",
    responses=etagged()
    | documented(
        *(WaitingEntryNotFound, ParticipantOrStaffOnly, NothingOffered, OfferExpired, WaitingEnded),
        *(ProgramNotOpen, ProgramNotFound, AlreadyEnrolled, SessionClash),
    ),
    summary="Accept an offered seat",
)
async def accept_waiting_offer(
    entry_id: PathId, db: Database, caller: ProgramsWrite, response: Response
) -> WaitingEntryRead:
    """Take the seat that is offered, until the deadline; `enrolment_id` says which it is. The person may, and PLUT's
    staff on their behalf.
    """
    entry = await service.accept(db, caller, entry_id)
    return await _shown(db, caller, response, entry.id)


@router.post(
    "/v1/waiting-entries/{entry_id}/decline",
    responses=etagged()
    | documented(WaitingEntryNotFound, ParticipantOrStaffOnly, NothingOffered, OfferExpired, WaitingEnded),
    summary="Decline an offered seat",
)
async def decline_waiting_offer(
    entry_id: PathId, db: Database, caller: ProgramsWrite, response: Response
) -> WaitingEntryRead:
    """Let the offered seat go to the next. Who declined waits no longer, and can ask again, behind the others."""
    entry = await service.decline(db, caller, entry_id)
    return await _shown(db, caller, response, entry.id)


@router.post(
    "/v1/waiting-entries/{entry_id}/leave",
    responses=etagged() | documented(WaitingEntryNotFound, ParticipantOrStaffOnly, WaitingEnded),
    summary="Wait no longer",
)
async def leave_waiting_list(
    entry_id: PathId, db: Database, caller: ProgramsWrite, response: Response
) -> WaitingEntryRead:
    """Leave the list; a seat that was offered goes to the next. The person may, and PLUT's staff on their behalf."""
    entry = await service.leave(db, caller, entry_id)
    return await _shown(db, caller, response, entry.id)


async def _shown(db: AsyncSession, caller: Caller, response: Response, entry_id: UUID) -> WaitingEntryRead:
    row = await queries.one_entry(db, caller, entry_id)
    put_etag(response, row)
    return entry_shape(row, view_of(caller))
