"""HTTP of the accounts of staff, which the Dinas keeps."""

from typing import Annotated

from fastapi import Body, Query, Request, Response, Security

from plut_api.identity.models import Account
from plut_api.identity.problems import (
    EmailTaken,
    InactiveStaff,
    LastOfficer,
    OwnSecondFactor,
    RoleNotAllowed,
    StaffNotFound,
    TotpNotSetUp,
)
from plut_api.identity.schemas import OrganizationOfAccount
from plut_api.identity.staff import accounts
from plut_api.identity.staff.schemas import (
    OrganizationCode,
    StaffCreate,
    StaffPage,
    StaffPatch,
    StaffRead,
    StaffRole,
)
from plut_api.kit.caller import Caller, Role, signed_in
from plut_api.kit.contract import created, documented, etagged
from plut_api.kit.database import Database
from plut_api.kit.etags import IfMatch, put_etag
from plut_api.kit.mail import require_mail
from plut_api.kit.pages import PageOf
from plut_api.kit.web import Router
from plut_api.kit.wire import PathId
from plut_api.organizations.models import Organization
from plut_api.organizations.problems import OrganizationNotFound

router = Router(tag="identity")

StaffReading = Annotated[Caller, Security(signed_in, scopes=["staff:read"])]
StaffWriting = Annotated[Caller, Security(signed_in, scopes=["staff:write"])]
MergePatch = Annotated[StaffPatch, Body(media_type="application/merge-patch+json")]
Roles = Annotated[list[StaffRole] | None, Query(max_length=6, description="Only these roles.")]
Codes = Annotated[list[OrganizationCode] | None, Query(max_length=20, description="Only of these organizations.")]
Active = Annotated[bool | None, Query(description="Only accounts that may sign in, or only those that may not.")]


@router.get("/v1/staff", summary="List staff")
async def list_staff(
    db: Database,
    caller: StaffReading,
    paging: PageOf,
    role: Roles = None,
    organization: Codes = None,
    active: Active = None,
) -> StaffPage:
    """Accounts of staff, oldest first. The Dinas may; no other organization keeps accounts of its own."""
    found = accounts.staff_accounts([Role(each) for each in role or ()], organization, active)
    page = await paging.fetch(db, found, Account.id)
    return StaffPage.model_validate(page | {"data": [_shaped(*row[:3]) for row in page["data"]]})


@router.post(
    "/v1/staff",
    status_code=201,
    responses=created() | documented(EmailTaken, RoleNotAllowed, OrganizationNotFound),
    summary="Invite a member of staff",
)
async def create_staff_member(
    body: StaffCreate, request: Request, db: Database, caller: StaffWriting, response: Response
) -> StaffRead:
    """Make an account and send a link, good for 48 hours, with which its holder chooses a password. The Dinas may."""
    require_mail(request.app.state.settings)
    account = await accounts.invite_staff(
        db,
        caller,
        email=body.email,
        role=Role(body.role),
        name=body.name,
        organization_code=body.organization_code,
    )
    put_etag(response, account)
    response.headers["Location"] = f"/v1/staff/{account.id}"
    return _shaped(*await accounts.staff_member(db, account.id))


@router.get("/v1/staff/{staff_id}", responses=documented(StaffNotFound), summary="Read a member of staff")
async def get_staff_member(staff_id: PathId, db: Database, caller: StaffReading, response: Response) -> StaffRead:
    """One account of staff. Its ETag is what a change of it asks for."""
    row = await accounts.staff_member(db, staff_id)
    put_etag(response, row[0])
    return _shaped(*row)


@router.patch(
    "/v1/staff/{staff_id}",
    responses=documented(StaffNotFound, RoleNotAllowed, LastOfficer),
    summary="Change a member of staff",
)
async def change_staff_member(
    staff_id: PathId,
    body: MergePatch,
    request: Request,
    db: Database,
    caller: StaffWriting,
    response: Response,
    if_match: IfMatch = None,
) -> StaffRead:
    """Change name or role, switch an account off or on. A new role or a switch ends every session of the account.

    The last active officer of the Dinas can be neither switched off nor given another role.
    """
    account = await accounts.change_staff(db, request.app.state.settings, caller, staff_id, if_match, body.changes())
    put_etag(response, account)
    return _shaped(*await accounts.staff_member(db, staff_id))


@router.post(
    "/v1/staff/{staff_id}/invitations",
    status_code=202,
    response_class=Response,
    responses=documented(StaffNotFound, InactiveStaff),
    summary="Invite a member of staff again",
)
async def invite_staff_member_again(
    staff_id: PathId, request: Request, response: Response, db: Database, caller: StaffWriting
) -> None:
    """Send a fresh link, which replaces the one before. The Dinas may."""
    require_mail(request.app.state.settings)
    await accounts.invite_again(db, caller, staff_id)
    response.headers["Location"] = f"/v1/staff/{staff_id}"


@router.post(
    "/v1/staff/{staff_id}/totp-resets",
    responses=etagged() | documented(StaffNotFound, TotpNotSetUp, OwnSecondFactor),
    summary="Remove the authenticator of a member of staff",
)
async def reset_staff_totp(staff_id: PathId, db: Database, caller: StaffWriting, response: Response) -> StaffRead:
    """For who lost authenticator and recovery codes, once it is certain who asks. Every session of the account ends."""
    account = await accounts.reset_totp(db, caller, staff_id)
    put_etag(response, account)
    return _shaped(*await accounts.staff_member(db, staff_id))


def _shaped(account: Account, organization: Organization, has_totp: bool) -> StaffRead:
    return StaffRead(
        id=account.id,
        email=account.email or "",
        name=account.name,
        role=account.role,
        organization=OrganizationOfAccount.model_validate(organization),
        is_active=account.is_active,
        email_confirmed_at=account.email_confirmed_at,
        has_totp=has_totp,
        created_at=account.created_at,
        updated_at=account.updated_at,
    )
