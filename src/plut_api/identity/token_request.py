"""The form of the token endpoint, and which grant it asks for."""

from typing import Annotated, Literal

from fastapi import Form, Request
from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.identity import grants
from plut_api.identity.client_auth import ClientForm, authenticated
from plut_api.identity.phones import Phone
from plut_api.identity.problems import InvalidTokenRequest
from plut_api.identity.schemas import EMAIL, LONGEST_EMAIL
from plut_api.kit import audit
from plut_api.kit.problems import fault
from plut_api.kit.wire import ANYTHING, LINE

GrantType = Literal[
    "client_credentials",
    "refresh_token",
    "urn:plut:grant:otp",
    "urn:plut:grant:password",
    "urn:ietf:params:oauth:grant-type:jwt-bearer",
]


class TokenForm(ClientForm):
    """Parameters of the token endpoint; which of them count depends on `grant_type`."""

    grant_type: Annotated[GrantType, Field(description="What is offered in exchange.", examples=["client_credentials"])]
    scope: Annotated[
        str | None,
        Field(max_length=2000, pattern=r"^[a-z: ]*$", description="Scopes wanted.", examples=["financing:pull"]),
    ] = None
    phone: Annotated[
        Phone | None, Field(description="Phone that got a code.", examples=["+6281234567890"], repr=False)
    ] = None
    code: Annotated[
        str | None, Field(max_length=6, pattern=r"^[0-9]{6}$", description="The code.", examples=["123456"], repr=False)
    ] = None
    email: Annotated[
        str | None,
        Field(
            max_length=LONGEST_EMAIL,
            pattern=EMAIL,
            description="Of staff.",
            examples=["petugas@plut.example"],
            repr=False,
        ),
    ] = None
    password: Annotated[
        str | None,
        Field(max_length=200, pattern=ANYTHING, description="Of staff.", examples=["not-a-secret"], repr=False),
    ] = None
    totp: Annotated[
        str | None,
        Field(
            max_length=40,
            pattern=r"^[0-9A-Za-z -]*$",
            description="Of staff with an authenticator: the code that it shows now, or a recovery code.",
            examples=["123456"],
            repr=False,
        ),
    ] = None
    assertion: Annotated[
        str | None,
        Field(
            max_length=16_000,
            pattern=LINE,
            description="Of staff: an ID token of the outside OpenID Connect issuer, good once.",
            examples=["eyJhbGciOi.eyJzdWIi.c2ln"],
            repr=False,
        ),
    ] = None
    refresh_token: Annotated[
        str | None,
        Field(max_length=200, pattern=LINE, description="From an earlier answer.", examples=["f3Jk0v2n"], repr=False),
    ] = None


TokenRequest = Annotated[TokenForm, Form()]


async def grant(request: Request, db: AsyncSession, form: TokenForm) -> grants.Granted:
    """Tokens for what the form offers.

    Raises InvalidGrant, TotpRequired, InvalidClient, InvalidScope, UnsupportedGrantType, InvalidDpopProof,
    InvalidTokenRequest (a parameter is missing), TooManyRequests.
    """
    audit.claims_to_be(form.email or form.phone or form.client_id)
    if form.grant_type == "client_credentials":
        return await grants.grant_to_client(request, db, await authenticated(request, form), form.scope)
    if form.grant_type == "refresh_token":
        (token,) = _needed(refresh_token=form.refresh_token)
        return await grants.grant_again(request, token, form.scope)
    if form.grant_type == grants.OTP_GRANT:
        phone, code = _needed(phone=form.phone, code=form.code)
        return await grants.grant_to_person(request, db, phone, code, form.scope)
    if form.grant_type == grants.ISSUER_GRANT:
        (assertion,) = _needed(assertion=form.assertion)
        return await grants.grant_to_staff_of_issuer(request, db, assertion, form.scope)
    email, password = _needed(email=form.email, password=form.password)
    return await grants.grant_to_staff(request, db, email, password, form.totp or None, form.scope)


def _needed(**given: str | None) -> tuple[str, ...]:
    missing = [name for name, value in given.items() if not value]
    if missing:
        raise InvalidTokenRequest(
            errors=[fault(f"#/{name}", "missing", id="Wajib diisi", en="This is required") for name in missing]
        )
    return tuple(value for value in given.values() if value)
