"""HTTP of the own sign-in: passwords, links by e-mail, the second factor, sign-out everywhere."""

from typing import Annotated

from fastapi import APIRouter, Header, Request, Response, Security

from plut_api.identity.models import LinkPurpose
from plut_api.identity.problems import (
    NoPassword,
    PasswordLinkOver,
    StaffOnly,
    TotpAlreadySetUp,
    TotpNotSetUp,
    WeakPassword,
    WrongPassword,
    WrongTotp,
)
from plut_api.identity.routes import SignInRoute
from plut_api.identity.service import AccountNotFound
from plut_api.identity.staff import links, own, passwords, totp
from plut_api.identity.staff.schemas import (
    PasswordChange,
    PasswordChoice,
    RecoveryCodesRead,
    ResetAsked,
    ResetRequest,
    TotpBegin,
    TotpConfirmation,
    TotpRead,
    TotpSecretRead,
)
from plut_api.kit.caller import Caller, signed_in
from plut_api.kit.contract import created, documented, etagged
from plut_api.kit.database import Database
from plut_api.kit.etags import IfMatch, put_etag
from plut_api.kit.mail import require_mail
from plut_api.kit.web import Router

router = Router(tag="identity")
links_by_mail = APIRouter(route_class=SignInRoute)

MeRead = Annotated[Caller, Security(signed_in, scopes=["me:read"])]
MeWrite = Annotated[Caller, Security(signed_in, scopes=["me:write"])]
SecondFactor = Annotated[
    str,
    Header(
        alias="Plut-Totp",
        max_length=40,
        pattern=r"^[0-9A-Za-z -]+$",
        description="The code that the authenticator shows now, or a recovery code.",
        examples=["123456"],
    ),
]


@links_by_mail.post("/oauth/password-resets", status_code=202, summary="Ask for a link to choose a password")
async def request_password_reset(body: ResetRequest, request: Request, response: Response, db: Database) -> ResetAsked:
    """Send a link to a member of staff who forgot their password. The answer is the same for every address.

    The link is good for an hour, once; a newer one replaces it. `Location` is where its token is exchanged.
    """
    require_mail(request.app.state.settings)
    await links.ask_reset(request, db, body.email)
    response.headers["Location"] = "/oauth/passwords"
    return ResetAsked(expires_in=int(links.LIFE[LinkPurpose.reset].total_seconds()))


@links_by_mail.post(
    "/oauth/passwords",
    status_code=204,
    response_class=Response,
    responses=documented(PasswordLinkOver, WeakPassword),
    summary="Choose a password by a link",
)
async def choose_password(body: PasswordChoice, request: Request, db: Database) -> None:
    """Set the password of the account that the link of an invitation or reset was sent to; the link is used up.

    The address counts as confirmed, and every session of the account ends. A password that is refused leaves the link
    as it is.
    """
    await passwords.choose_password(request, db, body.token, body.password)


router.include_router(links_by_mail)


@router.post(
    "/v1/me/password",
    status_code=204,
    response_class=Response,
    responses=documented(StaffOnly, AccountNotFound, NoPassword, WrongPassword, WeakPassword),
    summary="Change the own password",
)
async def change_password(body: PasswordChange, request: Request, db: Database, caller: MeWrite) -> None:
    """Replace the own password, for staff. Every other session ends."""
    await passwords.change_own_password(request, db, caller, body.old_password, body.new_password)


@router.post(
    "/v1/me/sign-outs",
    status_code=204,
    response_class=Response,
    responses=documented(AccountNotFound),
    summary="Sign out everywhere",
)
async def sign_out_everywhere(db: Database, caller: MeWrite) -> None:
    """End every session of the own account, the present one too; access tokens end within five seconds."""
    await own.sign_out_everywhere(db, caller)


@router.get("/v1/me/totp", responses=documented(StaffOnly, TotpNotSetUp), summary="Read the own second factor")
async def get_totp(db: Database, caller: MeRead, response: Response) -> TotpRead:
    """Whether an authenticator is set up, and how many recovery codes are left."""
    row, left = await totp.totp_of(db, caller)
    put_etag(response, row)
    return TotpRead(confirmed_at=row.confirmed_at, recovery_codes_left=left)


@router.post(
    "/v1/me/totp",
    status_code=201,
    responses=created() | documented(StaffOnly, AccountNotFound, NoPassword, WrongPassword, TotpAlreadySetUp),
    summary="Begin to set up an authenticator",
)
async def create_totp(
    body: TotpBegin, request: Request, db: Database, caller: MeWrite, response: Response
) -> TotpSecretRead:
    """Get a secret for an authenticator (TOTP, RFC 6238). It counts once a code of it was given."""
    made = await totp.begin_set_up(request, db, caller, body.password)
    put_etag(response, made.row)
    response.headers["Location"] = "/v1/me/totp"
    return TotpSecretRead(secret=made.secret, otpauth_uri=made.uri)


@router.post(
    "/v1/me/totp/confirmation",
    responses=etagged() | documented(StaffOnly, AccountNotFound, TotpNotSetUp, TotpAlreadySetUp, WrongTotp),
    summary="Finish setting up an authenticator",
)
async def confirm_totp(
    body: TotpConfirmation, request: Request, db: Database, caller: MeWrite, response: Response
) -> RecoveryCodesRead:
    """Prove by a code that the authenticator works; from now on every sign-in needs one. Other sessions end.

    The answer holds recovery codes, which are not shown again. Sign in anew to get all scopes of the role.
    """
    row, codes = await totp.confirm_set_up(request, db, caller, body.code)
    put_etag(response, row)
    return RecoveryCodesRead(recovery_codes=codes)


@router.delete(
    "/v1/me/totp",
    status_code=204,
    response_class=Response,
    responses=documented(StaffOnly, AccountNotFound, TotpNotSetUp, WrongTotp),
    summary="Remove the own authenticator",
)
async def delete_totp(
    request: Request, db: Database, caller: MeWrite, plut_totp: SecondFactor, if_match: IfMatch = None
) -> None:
    """Remove the authenticator and the recovery codes, by a present code or a recovery code. Other sessions end.

    Where a second factor is forced, the next sign-in allows nothing but to set up another.
    """
    await totp.remove_own_totp(request, db, caller, if_match, plut_totp)
