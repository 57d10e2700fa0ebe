"""HTTP of the organizations that run a programme together with its owner."""

from fastapi import Response

from plut_api.kit.contract import documented
from plut_api.kit.database import Database
from plut_api.kit.pages import PageOf
from plut_api.kit.web import Router
from plut_api.kit.wire import PathId
from plut_api.programs import service
from plut_api.programs.problems import (
    AlreadyHost,
    HostNotFound,
    InvitationAnswered,
    InvitedOnly,
    OrganizerOnly,
    ProgramNotFound,
    ProgramOver,
)
from plut_api.programs.router.programs import ProgramsRead, ProgramsWrite
from plut_api.programs.schemas.hosts import HostCreate, HostPage, HostRead
from plut_api.programs.service import hosts

router = Router(tag="programs")


@router.get(
    "/v1/programs/{program_id}/hosts", responses=documented(ProgramNotFound), summary="List the co-hosts of a programme"
)
async def list_program_hosts(program_id: PathId, db: Database, caller: ProgramsRead, paging: PageOf) -> HostPage:
    """Organizations that run a programme together with its owner, in the order they were invited.

    Open invitations show to those who run it, to who is invited, and to the Dinas.
    """
    return HostPage.model_validate(await hosts.page_of_hosts(db, paging, caller, program_id), from_attributes=True)


@router.post(
    "/v1/programs/{program_id}/hosts",
    status_code=201,
    responses=documented(ProgramNotFound, OrganizerOnly, ProgramOver, AlreadyHost),
    summary="Invite a co-host",
)
async def invite_program_host(
    program_id: PathId, body: HostCreate, db: Database, caller: ProgramsWrite, response: Response
) -> HostRead:
    """Invite another OPD, or the Dinas, to run a programme together. Its owner may; it counts once it is accepted.

    The Dinas names a co-host without asking. A co-host acts as the organizer does, and sees its participants.
    """
    host = await service.invite_host(db, caller, program_id, body.organization_id)
    response.headers["Location"] = f"/v1/programs/{program_id}/hosts"
    return HostRead.model_validate(await hosts.one_host(db, host))


@router.post(
    "/v1/programs/{program_id}/hosts/{organization_id}/accept",
    responses=documented(ProgramNotFound, HostNotFound, OrganizerOnly, InvitedOnly, InvitationAnswered, ProgramOver),
    summary="Accept an invitation to co-host",
)
async def accept_program_host(
    program_id: PathId, organization_id: PathId, db: Database, caller: ProgramsWrite
) -> HostRead:
    """Agree to run a programme together: the organization that was invited, or the Dinas for it."""
    host = await service.accept_host(db, caller, program_id, organization_id)
    return HostRead.model_validate(await hosts.one_host(db, host))


@router.delete(
    "/v1/programs/{program_id}/hosts/{organization_id}",
    status_code=204,
    responses=documented(ProgramNotFound, HostNotFound, OrganizerOnly, ProgramOver),
    summary="End the part of a co-host",
)
async def remove_program_host(program_id: PathId, organization_id: PathId, db: Database, caller: ProgramsWrite) -> None:
    """End a co-host's part, withdraw an invitation, or decline it: its owner, that organization, or the Dinas."""
    await service.remove_host(db, caller, program_id, organization_id)
