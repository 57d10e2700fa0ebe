"""HTTP of the identity room: one-time codes, tokens, published keys, the own account."""

from typing import Annotated, Literal

from fastapi import APIRouter, BackgroundTasks, Body, Depends, Form, Request, Response, Security

from plut_api.identity import service
from plut_api.identity.codes import code_message, make_code, require_code_quota
from plut_api.identity.gateway import require_gateway, send_message
from plut_api.identity.grants import OTP_GRANT, PASSWORD_GRANT
from plut_api.identity.keys import newest_key, public_keys
from plut_api.identity.models import Account
from plut_api.identity.phones import ACCOUNT_CONTEXT
from plut_api.identity.problems import (
    InvalidClient,
    InvalidGrant,
    InvalidScope,
    InvalidTokenRequest,
    ResendTooSoon,
    UnsupportedGrantType,
)
from plut_api.identity.refresh import revoke
from plut_api.identity.routes import OAuthRoute, SignInRoute
from plut_api.identity.schemas import (
    AccountPatch,
    AccountRead,
    CodeRequest,
    CodeSent,
    Jwks,
    OrganizationOfAccount,
    ServerMetadata,
    TokenRead,
)
from plut_api.identity.service import AccountNotFound
from plut_api.identity.token_request import TokenRequest, grant
from plut_api.kit.caller import SCOPES, TOKEN_PATH, Caller, signed_in
from plut_api.kit.contract import documented
from plut_api.kit.crypto import vault
from plut_api.kit.database import Database
from plut_api.kit.etags import IfMatch, put_etag
from plut_api.kit.web import Router, cacheable
from plut_api.kit.wire import LINE

router = Router(tag="identity")
codes = APIRouter(route_class=SignInRoute)
oauth = APIRouter(route_class=OAuthRoute)

MeRead = Annotated[Caller, Security(signed_in, scopes=["me:read"])]
MeWrite = Annotated[Caller, Security(signed_in, scopes=["me:write"])]
MergePatch = Annotated[AccountPatch, Body(media_type="application/merge-patch+json")]
TokenField = Annotated[
    str, Form(min_length=1, max_length=4000, pattern=LINE, description="The refresh token.", examples=["f3Jk0v2n"])
]
Hint = Annotated[Literal["refresh_token", "access_token"] | None, Form(description="What kind of token it is.")]


@codes.post("/oauth/otp", status_code=202, responses=documented(ResendTooSoon), summary="Ask for a one-time code")
async def request_code(
    body: CodeRequest, request: Request, response: Response, db: Database, after: BackgroundTasks
) -> CodeSent:
    """Send a six-digit code to a phone. The answer is the same whether or not anybody is known by that number.

    The code is good for a few minutes and five tries; a newer code replaces it. `Location` is where it is exchanged.
    """
    settings = request.app.state.settings
    require_gateway(settings)
    await require_code_quota(request)
    code = await make_code(db, settings, body.phone)
    after.add_task(send_message, settings, body.phone, code_message(settings, code, request.state.locale))
    response.headers["Location"] = TOKEN_PATH
    return CodeSent(expires_in=settings.otp_seconds)


@oauth.post(
    TOKEN_PATH,
    responses=documented(InvalidGrant, InvalidClient, InvalidScope, InvalidTokenRequest, UnsupportedGrantType),
    summary="Get tokens",
)
async def create_token(form: TokenRequest, request: Request, db: Database) -> TokenRead:
    """OAuth 2.0 token endpoint (RFC 6749). Which parameters are needed depends on `grant_type`:

    - `client_credentials`: `client_id` and `client_secret`, by HTTP Basic or in the form. For machines.
    - `urn:plut:grant:otp`: `phone` and `code`. For people; the account is made on first use.
    - `urn:plut:grant:password`: `email` and `password`. For staff.
    - `refresh_token`: `refresh_token`. It is used up; using it twice ends all tokens that came from the same sign-in.

    `scope` narrows what is granted. Errors carry OAuth's `error` member beside those of a problem.
    """
    granted = await grant(request, db, form)
    return TokenRead(
        access_token=granted.access_token,
        token_type="Bearer",  # noqa: S106  # nosec B106
        expires_in=granted.expires_in,
        refresh_token=granted.refresh_token,
        scope=" ".join(sorted(granted.scopes)),
    )


@oauth.post("/oauth/revoke", response_class=Response, responses=documented(InvalidTokenRequest), summary="Sign out")
async def revoke_token(db: Database, token: TokenField, token_type_hint: Hint = None) -> None:
    """End a refresh token and every token that came from the same sign-in (RFC 7009). Unknown tokens are no error.

    Access tokens cannot be revoked; they end by themselves within minutes.
    """
    await revoke(db, token)


router.include_router(codes)
router.include_router(oauth)


@router.get(
    "/.well-known/oauth-authorization-server", dependencies=[Depends(cacheable(300))], summary="Server metadata"
)
async def get_server_metadata(request: Request) -> ServerMetadata:
    """Where and how to get tokens (RFC 8414)."""
    base = request.app.state.settings.public_url
    return ServerMetadata(
        issuer=base,
        token_endpoint=f"{base}/oauth/token",
        revocation_endpoint=f"{base}/oauth/revoke",
        jwks_uri=f"{base}/.well-known/jwks.json",
        service_documentation=f"{base}/docs",
        grant_types_supported=["client_credentials", "refresh_token", OTP_GRANT, PASSWORD_GRANT],
        response_types_supported=[],
        token_endpoint_auth_methods_supported=["client_secret_basic", "client_secret_post", "none"],
        revocation_endpoint_auth_methods_supported=["none"],
        scopes_supported=sorted(SCOPES),
    )


@router.get("/.well-known/jwks.json", dependencies=[Depends(cacheable(300))], summary="Public keys")
async def get_jwks(db: Database) -> Jwks:
    """The keys that access tokens are signed with (RFC 7517)."""
    await newest_key(db)  # Verifiers keep the answer for a while; it should not be one from before the first key.
    return Jwks.model_validate({"keys": await public_keys(db)})


@router.get("/v1/me", responses=documented(AccountNotFound), summary="Read the own account")
async def get_me(db: Database, caller: MeRead, response: Response) -> AccountRead:
    """Who the token speaks for, and what it allows."""
    account = await service.account_of(db, caller)
    put_etag(response, account)
    return await _shaped(db, caller, account)


@router.patch("/v1/me", responses=documented(AccountNotFound), summary="Change the own account")
async def change_me(
    body: MergePatch, db: Database, caller: MeWrite, response: Response, if_match: IfMatch = None
) -> AccountRead:
    """Change how one is addressed, and the language of messages."""
    account = await service.change_account(db, caller, if_match, body.changes())
    put_etag(response, account)
    return await _shaped(db, caller, account)


async def _shaped(db: Database, caller: Caller, account: Account) -> AccountRead:
    organization = await service.organization_of(db, account)
    return AccountRead(
        id=account.id,
        kind=account.kind,
        role=account.role,
        name=account.name,
        email=account.email,
        phone=vault().open(ACCOUNT_CONTEXT, account.phone_sealed) if account.phone_sealed else None,
        language=account.language,
        organization=OrganizationOfAccount.model_validate(organization) if organization else None,
        scopes=sorted(caller.scopes),
    )
