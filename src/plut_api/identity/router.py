"""HTTP of the identity room: one-time codes, tokens, published keys, the own account."""

from typing import Annotated

from fastapi import APIRouter, BackgroundTasks, Body, Depends, Form, Request, Response, Security

from plut_api.identity import service
from plut_api.identity.client_auth import authenticated
from plut_api.identity.codes import make_code, require_code_quota
from plut_api.identity.gateway import require_gateway
from plut_api.identity.grants import ISSUER_GRANT, OTP_GRANT, PASSWORD_GRANT
from plut_api.identity.introspection import (
    IntrospectionForm,
    IntrospectionRead,
    RevocationForm,
    introspected,
    require_revocable,
)
from plut_api.identity.keys import newest_key, public_keys
from plut_api.identity.messages.codes import send_code
from plut_api.identity.models import Account
from plut_api.identity.phones import ACCOUNT_CONTEXT
from plut_api.identity.problems import (
    InvalidClient,
    InvalidDpopProof,
    InvalidGrant,
    InvalidScope,
    InvalidTokenRequest,
    ResendTooSoon,
    TotpRequired,
    UnsupportedGrantType,
    UnsupportedTokenType,
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
from plut_api.identity.signatures import ALGORITHMS
from plut_api.identity.token_request import TokenRequest, grant
from plut_api.kit.caller import SCOPES, TOKEN_PATH, Caller, signed_in
from plut_api.kit.contract import documented
from plut_api.kit.crypto import vault
from plut_api.kit.database import Database
from plut_api.kit.etags import IfMatch, put_etag
from plut_api.kit.messages import Address
from plut_api.kit.web import Router, cacheable
from plut_api.settings import Settings

router = Router(tag="identity")
codes = APIRouter(route_class=SignInRoute)
oauth = APIRouter(route_class=OAuthRoute)

MeRead = Annotated[Caller, Security(signed_in, scopes=["me:read"])]
MeWrite = Annotated[Caller, Security(signed_in, scopes=["me:write"])]
MergePatch = Annotated[AccountPatch, Body(media_type="application/merge-patch+json")]
MACHINE_METHODS = ("client_secret_basic", "client_secret_post", "private_key_jwt")


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
    to = Address.phone(body.phone)
    await send_code(request, db, after, to=to, template="sign_in_code", code=code, language=request.state.locale)
    response.headers["Location"] = TOKEN_PATH
    return CodeSent(expires_in=settings.otp_seconds)


@oauth.post(
    TOKEN_PATH,
    responses=documented(
        InvalidGrant,
        TotpRequired,
        InvalidClient,
        InvalidScope,
        InvalidTokenRequest,
        InvalidDpopProof,
        UnsupportedGrantType,
    ),
    summary="Get tokens",
)
async def create_token(form: TokenRequest, request: Request, db: Database) -> TokenRead:
    """OAuth 2.0 token endpoint (RFC 6749). Which parameters are needed depends on `grant_type`:

    - `client_credentials`: for machines. `client_id` and `client_secret`, by HTTP Basic or in the form; or
      `client_assertion`, signed by a key of the client. With a `DPoP` header the token is bound to the key of the
      proof; machines of banks must send one, and in production cannot use a secret.
    - `urn:plut:grant:otp`: `phone` and `code`. For people; the account is made on first use.
    - `urn:plut:grant:password`: `email` and `password`, and `totp` where an authenticator is set up. For staff. Where
      one is forced and not set up yet, the scopes granted allow no more than to set it up.
    - `urn:ietf:params:oauth:grant-type:jwt-bearer`: `assertion`, an ID token of the outside issuer, where one is
      trusted. For staff, by their verified e-mail address.
    - `refresh_token`: `refresh_token`. It is used up; using it twice ends all tokens that came from the same sign-in.

    `scope` narrows what is granted. Errors carry OAuth's `error` member beside those of a problem.
    """
    granted = await grant(request, db, form)
    return TokenRead(
        access_token=granted.access_token,
        token_type="DPoP" if granted.is_bound else "Bearer",
        expires_in=granted.expires_in,
        refresh_token=granted.refresh_token,
        scope=" ".join(sorted(granted.scopes)),
    )


@oauth.post(
    "/oauth/introspect",
    responses=documented(InvalidTokenRequest, InvalidClient),
    summary="Ask whether an access token works",
)
async def introspect_token(
    form: Annotated[IntrospectionForm, Form()], request: Request, db: Database
) -> IntrospectionRead:
    """Whether an access token works now, and what for (RFC 7662). For machines, signed in as at the token endpoint.

    A machine learns about tokens of its own organization; any other token is not active to it.
    """
    machine = await authenticated(request, form)
    return IntrospectionRead(await introspected(request, db, machine, form.token))


@oauth.post(
    "/oauth/revoke",
    response_class=Response,
    responses=documented(InvalidTokenRequest, InvalidClient, UnsupportedTokenType),
    summary="Sign out",
)
async def revoke_token(form: Annotated[RevocationForm, Form()], request: Request, db: Database) -> None:
    """End a refresh token and every token that came from the same sign-in (RFC 7009). Unknown tokens are no error.

    People and staff need only hold the token. A machine that names itself is asked to prove it, as at the token
    endpoint. Access tokens cannot be revoked; they end by themselves within minutes.
    """
    await require_revocable(request, form)
    await revoke(db, form.token)


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
        grant_types_supported=_grants(request.app.state.settings),
        response_types_supported=[],
        token_endpoint_auth_methods_supported=[*MACHINE_METHODS, "none"],
        token_endpoint_auth_signing_alg_values_supported=list(ALGORITHMS),
        revocation_endpoint_auth_methods_supported=[*MACHINE_METHODS, "none"],
        revocation_endpoint_auth_signing_alg_values_supported=list(ALGORITHMS),
        introspection_endpoint=f"{base}/oauth/introspect",
        introspection_endpoint_auth_methods_supported=list(MACHINE_METHODS),
        introspection_endpoint_auth_signing_alg_values_supported=list(ALGORITHMS),
        dpop_signing_alg_values_supported=list(ALGORITHMS),
        scopes_supported=sorted(SCOPES),
        ui_locales_supported=["id", "en"],
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


def _grants(settings: Settings) -> list[str]:
    outside = [ISSUER_GRANT] if settings.oidc_issuer and settings.oidc_audience else []
    return ["client_credentials", "refresh_token", OTP_GRANT, PASSWORD_GRANT, *outside]


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
