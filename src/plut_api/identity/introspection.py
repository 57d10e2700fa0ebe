"""What a machine may learn about a token (RFC 7662): whether it works, for what, until when. Nothing about people."""

from typing import Annotated, Literal

from fastapi import Request
from pydantic import Field, RootModel
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.identity.client_auth import ClientForm, Machine, authenticated
from plut_api.identity.models import Account, Client
from plut_api.identity.problems import UnsupportedTokenType
from plut_api.identity.schemas import TOKEN, Url
from plut_api.identity.tokens import Identifier
from plut_api.kit.caller import Caller, Kind
from plut_api.kit.problems import Unauthorized
from plut_api.kit.wire import LINE, Id, Read

Seconds = Annotated[
    int,
    Field(
        ge=0,
        le=253_402_300_799,
        json_schema_extra={"format": "int64"},
        description="Seconds since 1970 (RFC 7519 NumericDate).",
        examples=[1_790_000_000],
    ),
]
Scopes = Annotated[
    str,
    Field(max_length=2000, pattern=r"^[a-z: ]*$", description="Scopes, separated by blanks.", examples=["me:read"]),
]
Word = Annotated[str, Field(max_length=100, pattern=LINE, description="A claim as it is.", examples=["plut-api"])]
Hint = Annotated[
    Literal["refresh_token", "access_token"] | None,
    Field(description="What kind of token it is.", examples=["access_token"]),
]
Token = Annotated[
    str,
    Field(min_length=1, max_length=4000, pattern=LINE, description="The token.", examples=["eyJhbGciOi"], repr=False),
]


class IntrospectionForm(ClientForm):
    """The token asked about, and who asks."""

    token: Token
    token_type_hint: Hint = None


class RevocationForm(ClientForm):
    """The token to end; a machine says who it is, people and staff need only hold the token."""

    token: Annotated[Token, Field(description="The refresh token.", examples=["f3Jk0v2n"], repr=False)]
    token_type_hint: Hint = None


class InactiveToken(Read):
    """It does not work, or is none of the asker's business; which of these is not told."""

    active: Annotated[Literal[False], Field(description="It does not work.", examples=[False])]


class ActiveToken(Read):
    """A bearer token that works."""

    active: Annotated[Literal[True], Field(description="It works.", examples=[True])]
    client_id: Id
    sub: Id
    scope: Scopes
    iss: Url
    aud: Word
    jti: Id
    iat: Seconds
    exp: Seconds
    token_type: Annotated[Literal["Bearer", "DPoP"], Field(description="How it is sent.", examples=["Bearer"])]


class Confirmation(Read):
    """The key that a token is bound to (RFC 7800)."""

    jkt: Annotated[
        str,
        Field(
            max_length=64,
            pattern=TOKEN,
            description="Thumbprint of the key (RFC 7638).",
            examples=["NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"],
        ),
    ]


class ActiveBoundToken(ActiveToken):
    """A token that works beside a proof of its key (RFC 9449 section 6.2)."""

    cnf: Confirmation


class IntrospectionRead(RootModel[ActiveBoundToken | ActiveToken | InactiveToken]):
    """Whether a token works, and if so what for."""


async def introspected(
    request: Request, db: AsyncSession, machine: Machine, token: str
) -> ActiveBoundToken | ActiveToken | InactiveToken:
    """What a machine may know about a token: only tokens of its own organization are known to it."""
    identify: Identifier = request.app.state.identify
    try:
        believed = await identify.read(token)
    except Unauthorized:
        return InactiveToken(active=False)
    is_ours = believed.caller.organization_id == machine.organization.id
    if not is_ours or not await _still_in_use(db, believed.caller):
        return InactiveToken(active=False)
    told = {name: believed.claims[name] for name in ("client_id", "sub", "scope", "iss", "aud", "jti", "iat", "exp")}
    if believed.bound_to is None:
        return ActiveToken(active=True, token_type="Bearer", **told)  # noqa: S106
    bound_to = Confirmation(jkt=believed.bound_to)
    return ActiveBoundToken(active=True, token_type="DPoP", cnf=bound_to, **told)  # noqa: S106


async def require_revocable(request: Request, form: RevocationForm) -> None:
    """Let nobody believe that an access token was ended, and no machine go by another's name.

    Raises InvalidClient, InvalidTokenRequest, UnsupportedTokenType.
    """
    if form.names_a_client(request):
        await authenticated(request, form)
    if form.token.count(".") == 2:  # A JWT; refresh tokens are opaque and have no dots.
        raise UnsupportedTokenType()


async def _still_in_use(db: AsyncSession, caller: Caller) -> bool:
    """Whether neither the client nor the account was switched off since the token was made."""
    kind = Client if caller.kind is Kind.client else Account
    return bool(await db.scalar(select(kind.is_active).where(kind.id == caller.id)))
