"""The form of the token endpoint, and which grant it asks for."""

from typing import Annotated, Literal

from fastapi import Form, Request
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.identity import grants
from plut_api.identity.phones import Phone
from plut_api.identity.problems import InvalidTokenRequest
from plut_api.identity.schemas import EMAIL, LONGEST_EMAIL
from plut_api.kit.problems import fault
from plut_api.kit.wire import LINE

GrantType = Literal["client_credentials", "refresh_token", "urn:plut:grant:otp", "urn:plut:grant:password"]


class TokenForm(BaseModel):
    """Parameters of the token endpoint; which of them count depends on `grant_type`."""

    model_config = ConfigDict(extra="ignore")  # RFC 6749 section 3.2: unrecognised parameters are ignored.

    grant_type: Annotated[GrantType, Field(description="What is offered in exchange.", examples=["client_credentials"])]
    scope: Annotated[
        str | None,
        Field(max_length=2000, pattern=r"^[a-z: ]*$", description="Scopes wanted.", examples=["financing:pull"]),
    ] = None
    client_id: Annotated[
        str | None,
        Field(
            max_length=36,
            pattern=r"^[0-9a-fA-F-]*$",
            description="Client, unless it comes by HTTP Basic.",
            examples=["01983b1e-6f1c-7cc0-9d2b-4a5e5c0f7a11"],
        ),
    ] = None
    client_secret: Annotated[
        str | None,
        Field(max_length=200, pattern=LINE, description="Its secret.", examples=["not-a-secret"], repr=False),
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
        str | None, Field(max_length=200, pattern=LINE, description="Of staff.", examples=["not-a-secret"], repr=False)
    ] = None
    refresh_token: Annotated[
        str | None,
        Field(max_length=200, pattern=LINE, description="From an earlier answer.", examples=["f3Jk0v2n"], repr=False),
    ] = None


TokenRequest = Annotated[TokenForm, Form()]


async def grant(request: Request, db: AsyncSession, form: TokenForm) -> grants.Granted:
    """Tokens for what the form offers.

    Raises InvalidGrant, InvalidClient, InvalidScope, InvalidTokenRequest (a parameter is missing), TooManyRequests.
    """
    if form.grant_type == "client_credentials":
        basic = grants.basic_credentials(request.headers.get("authorization"))
        client_id, secret = basic or _needed(client_id=form.client_id, client_secret=form.client_secret)
        return await grants.grant_to_client(request, db, client_id, secret, form.scope)
    if form.grant_type == "refresh_token":
        (token,) = _needed(refresh_token=form.refresh_token)
        return await grants.grant_again(request, token, form.scope)
    if form.grant_type == grants.OTP_GRANT:
        phone, code = _needed(phone=form.phone, code=form.code)
        return await grants.grant_to_person(request, db, phone, code, form.scope)
    email, password = _needed(email=form.email, password=form.password)
    return await grants.grant_to_staff(request, db, email, password, form.scope)


def _needed(**given: str | None) -> tuple[str, ...]:
    missing = [name for name, value in given.items() if not value]
    if missing:
        raise InvalidTokenRequest(
            errors=[fault(f"#/{name}", "missing", id="Wajib diisi", en="This is required") for name in missing]
        )
    return tuple(value for value in given.values() if value)
