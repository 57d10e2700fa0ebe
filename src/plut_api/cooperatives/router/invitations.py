"""HTTP of invitations to a cooperative's board."""

from typing import Annotated

from fastapi import Request, Response, Security

from plut_api.actors.masking import view_of
from plut_api.actors.problems import RegisterFirst
from plut_api.cooperatives.access import require_kept
from plut_api.cooperatives.models import CooperativeInvitation
from plut_api.cooperatives.problems import (
    AlreadyManager,
    CooperativeNotFound,
    InvitationNotFound,
    InvitationNotOpen,
)
from plut_api.cooperatives.router.registry import CooperativesWrite
from plut_api.cooperatives.schemas.boards import (
    InvitationAcceptance,
    InvitationCreate,
    InvitationPage,
    InvitationRead,
    ManagerRead,
    MyInvitationPage,
)
from plut_api.cooperatives.service import invitations
from plut_api.cooperatives.service.boards import one_manager
from plut_api.cooperatives.shapes import invitation_shape, manager_shape
from plut_api.identity.gateway import require_gateway
from plut_api.kit.caller import Caller, signed_in
from plut_api.kit.contract import created, documented
from plut_api.kit.database import Database
from plut_api.kit.etags import IfMatch, put_etag
from plut_api.kit.pages import PageOf
from plut_api.kit.web import Router
from plut_api.kit.wire import PathId

router = Router(tag="cooperatives")

MeRead = Annotated[Caller, Security(signed_in, scopes=["me:read"])]
MeWrite = Annotated[Caller, Security(signed_in, scopes=["me:write"])]


@router.post(
    "/v1/cooperatives/{cooperative_id}/invitations",
    status_code=201,
    responses=created() | documented(CooperativeNotFound),
    summary="Invite a manager",
)
async def invite_cooperative_manager(
    cooperative_id: PathId,
    body: InvitationCreate,
    db: Database,
    caller: CooperativesWrite,
    request: Request,
    response: Response,
) -> InvitationRead:
    """Invite whoever holds a phone to keep the affairs of a cooperative. For Dinas staff.

    A code goes to that phone by SMS, good for seven days and one use; a newer invitation of the same phone replaces it.
    The invited sign in with that number and accept (`POST /v1/me/cooperative-invitations/{invitation_id}/accept`). The
    answer is the same whether or not anybody is known by the number.
    """
    require_gateway(request.app.state.settings)
    invitation = await invitations.invite(db, caller, cooperative_id, body.phone, body.role_in_board)
    response.headers["Location"] = f"/v1/cooperatives/{cooperative_id}/invitations/{invitation.id}"
    put_etag(response, invitation)
    return invitation_shape(invitation)


@router.get(
    "/v1/cooperatives/{cooperative_id}/invitations",
    responses=documented(CooperativeNotFound),
    summary="List the invitations of a cooperative",
)
async def list_cooperative_invitations(
    cooperative_id: PathId, db: Database, caller: CooperativesWrite, paging: PageOf
) -> InvitationPage:
    """Every invitation to the board of a cooperative, newest first, and what became of it. For Dinas staff."""
    cooperative = await require_kept(db, caller, cooperative_id)
    query = invitations.invitations(cooperative.id)
    rows = await paging.fetch(db, query, CooperativeInvitation.id, descending=True)
    return InvitationPage(**rows | {"data": [invitation_shape(row) for row in rows["data"]]})


@router.get(
    "/v1/cooperatives/{cooperative_id}/invitations/{invitation_id}",
    responses=documented(InvitationNotFound),
    summary="Read an invitation",
)
async def get_cooperative_invitation(
    cooperative_id: PathId, invitation_id: PathId, db: Database, caller: CooperativesWrite, response: Response
) -> InvitationRead:
    """One invitation, for Dinas staff. Its ETag is what withdrawing asks for."""
    invitation = await invitations.one_invitation(db, cooperative_id, invitation_id)
    put_etag(response, invitation)
    return invitation_shape(invitation)


@router.delete(
    "/v1/cooperatives/{cooperative_id}/invitations/{invitation_id}",
    status_code=204,
    responses=documented(InvitationNotFound, InvitationNotOpen),
    summary="Withdraw an invitation",
)
async def withdraw_cooperative_invitation(
    cooperative_id: PathId, invitation_id: PathId, db: Database, caller: CooperativesWrite, if_match: IfMatch = None
) -> None:
    """Take an open invitation back; its code no longer helps. For Dinas staff."""
    await invitations.withdraw_invitation(db, caller, cooperative_id, invitation_id, if_match)


@router.get("/v1/me/cooperative-invitations", summary="List one's own invitations")
async def list_my_cooperative_invitations(db: Database, caller: MeRead, paging: PageOf) -> MyInvitationPage:
    """The open invitations to the phone that the caller signed in by, newest first."""
    query = invitations.my_invitations(caller)
    rows = await paging.fetch(db, query, CooperativeInvitation.id, descending=True)
    return MyInvitationPage.model_validate(rows, from_attributes=True)


@router.post(
    "/v1/me/cooperative-invitations/{invitation_id}/accept",
    status_code=201,
    responses=created() | documented(InvitationNotFound, InvitationNotOpen, AlreadyManager, RegisterFirst),
    summary="Become a manager by invitation",
)
async def accept_cooperative_invitation(
    invitation_id: PathId, body: InvitationAcceptance, db: Database, caller: MeWrite, response: Response
) -> ManagerRead:
    """Accept an invitation to the own phone with the code that was sent there, once. Register first (`/v1/people`).

    From then on the caller keeps the affairs of the cooperative, together with its other managers.
    """
    manager = await invitations.accept(db, caller, invitation_id, body.code)
    put_etag(response, manager)
    response.headers["Location"] = f"/v1/cooperatives/{manager.cooperative_id}/managers/{manager.id}"
    row = await one_manager(db, caller, manager.cooperative_id, manager.id)
    return manager_shape(row, view_of(caller, as_colleague=True))
