"""How a machine client proves who it is at `/oauth/…`: a secret, by HTTP Basic or in the form, or a signed assertion.

Each client has one method. A client of profile `bank`, as is every client of a bank, signs in by its key alone; only in
the sandbox may one that was made with a secret use that.
"""

import base64
import binascii
import hmac
import secrets
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import unquote_plus
from uuid import UUID

import structlog
from fastapi import Request
from pydantic import BaseModel, ConfigDict, Field

from plut_api.identity.assertions import ASSERTION_TYPE, Assertion, read_assertion, require_assertion
from plut_api.identity.models import AuthMethod, Client, ClientProfile
from plut_api.identity.problems import InvalidClient, InvalidTokenRequest
from plut_api.identity.signatures import SignatureRefused
from plut_api.kit.crypto import secret_hash
from plut_api.kit.problems import Fault, fault
from plut_api.kit.wire import LINE
from plut_api.organizations.models import Organization, OrganizationKind
from plut_api.settings import Settings

log = structlog.get_logger()
_MISSING = {"id": "Wajib diisi", "en": "This is required"}


class ClientForm(BaseModel):
    """What every form of `/oauth/…` may say about the machine that sends it."""

    model_config = ConfigDict(extra="ignore")  # RFC 6749 section 3.2: unrecognised parameters are ignored.

    client_id: Annotated[
        str | None,
        Field(
            max_length=36,
            pattern=r"^[0-9a-fA-F-]*$",
            description="Client, unless it comes by HTTP Basic or in an assertion.",
            examples=["01983b1e-6f1c-7cc0-9d2b-4a5e5c0f7a11"],
        ),
    ] = None
    client_secret: Annotated[
        str | None,
        Field(max_length=200, pattern=LINE, description="Its secret.", examples=["not-a-secret"], repr=False),
    ] = None
    client_assertion_type: Annotated[
        str | None,
        Field(max_length=100, pattern=LINE, description=f"`{ASSERTION_TYPE}`.", examples=[ASSERTION_TYPE]),
    ] = None
    client_assertion: Annotated[
        str | None,
        Field(
            max_length=8000,
            pattern=LINE,
            description=(
                "A JWT signed by a key of the client (RFC 7523): `iss` and `sub` are the client, `aud` is the issuer "
                "of the server metadata, `exp` at most five minutes away, `jti` used once; PS256, ES256 or EdDSA."
            ),
            examples=["eyJhbGciOi.eyJzdWIi.c2ln"],
            repr=False,
        ),
    ] = None

    def names_a_client(self, request: Request) -> bool:
        """Whether a machine introduces itself at all."""
        offered = self.client_id or self.client_secret or self.client_assertion
        return bool(offered) or request.headers.get("authorization", "")[:6].lower() == "basic "


@dataclass(frozen=True)
class Machine:
    """A client that proved who it is, and the organization it acts for."""

    client: Client
    organization: Organization

    @property
    def is_bank(self) -> bool:
        """Whether the FAPI 2.0 profile binds it; the kind of its organization counts even where its row was missed."""
        return self.client.profile is ClientProfile.bank or self.organization.kind is OrganizationKind.bank

    @property
    def needs_bound_tokens(self) -> bool:
        """Whether its access tokens are bound to a key. One that may use a secret in the sandbox may go without."""
        return self.is_bank and self.client.auth_method is AuthMethod.private_key_jwt


def basic_credentials(authorization: str | None) -> tuple[str, str] | None:
    """Client id and secret of an HTTP Basic header, each form-encoded (RFC 6749 section 2.3.1); None without one.

    Raises InvalidClient if they cannot be read.
    """
    scheme, _, encoded = (authorization or "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        client_id, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        raise unknown_client() from None
    return unquote_plus(client_id), unquote_plus(secret)


def unknown_client() -> InvalidClient:
    """The refusal of a client, which tells how clients authenticate and not what was wrong."""
    return InvalidClient(headers={"WWW-Authenticate": 'Basic realm="plut-api"'})


async def authenticated(request: Request, form: ClientForm) -> Machine:
    """The machine that sends a form. Raises InvalidClient, InvalidTokenRequest (nothing offered, or two methods)."""
    basic = basic_credentials(request.headers.get("authorization"))
    faults = _faults_of_choice(form, basic is not None)
    if faults:
        raise InvalidTokenRequest(errors=faults)
    if form.client_assertion is not None:
        return await _by_assertion(request, form.client_assertion, form.client_id)
    client_id, secret = basic or (form.client_id or "", form.client_secret or "")
    return await _by_secret(request, client_id, secret)


def secret_allowed(settings: Settings, machine: Machine) -> bool:
    """Whether a machine may sign in by a secret at all."""
    return settings.mode == "sandbox" or not machine.is_bank


def _faults_of_choice(form: ClientForm, basic: bool) -> list[Fault]:
    """What is wrong with the choice of methods: none, a half one, or two (RFC 6749 section 2.3)."""
    if form.client_assertion is None:
        given: dict[str, str | None] = {"client_id": form.client_id, "client_secret": form.client_secret}
        if form.client_assertion_type is not None:
            given = {"client_assertion": None}
        elif basic:
            given = {}
        return [fault(f"#/{name}", "missing", **_MISSING) for name, value in given.items() if not value]
    if basic or form.client_secret is not None:
        return [fault("#/client_assertion", "one_method", id="Pakai satu cara saja", en="Use one method only")]
    if form.client_assertion_type != ASSERTION_TYPE:
        words = {"id": f"Isi dengan {ASSERTION_TYPE}", "en": f"Write {ASSERTION_TYPE}"}
        return [fault("#/client_assertion_type", "unknown_value", **words)]
    return []


async def _by_secret(request: Request, client_id: str, secret: str) -> Machine:
    machine = await _machine(request, client_id)
    stored = machine.client.secret_hash if machine is not None else None
    right = hmac.compare_digest(stored or secret_hash(secrets.token_hex()), secret_hash(secret))
    if machine is None or stored is None or not right or machine.client.auth_method is not AuthMethod.secret:
        raise unknown_client()
    if not secret_allowed(request.app.state.settings, machine):
        raise unknown_client()
    return machine


async def _by_assertion(request: Request, text: str, client_id: str | None) -> Machine:
    try:
        assertion = read_assertion(text)
        return await _proven(request, assertion, client_id)
    except SignatureRefused as refused:
        log.info("client_assertion_refused", reason=str(refused))
        raise unknown_client() from None


async def _proven(request: Request, assertion: Assertion, client_id: str | None) -> Machine:
    """The machine that an assertion names, once the assertion is believed. Raises SignatureRefused."""
    machine = await _machine(request, str(assertion.client_id))
    if machine is None or machine.client.auth_method is not AuthMethod.private_key_jwt:
        raise SignatureRefused("client")
    if client_id is not None and client_id.lower() != str(assertion.client_id):
        raise SignatureRefused("client_id")
    state = request.app.state
    await require_assertion(state.settings, state.sessions, state.client_keys, machine.client, assertion)
    return machine


async def _machine(request: Request, client_id: str) -> Machine | None:
    """A client in use and its organization, read before any key is fetched: no connection waits for that."""
    try:
        wanted = UUID(client_id)
    except ValueError:
        return None
    async with request.app.state.sessions() as reading:
        client = await reading.get(Client, wanted)
        organization = await reading.get(Organization, client.organization_id) if client is not None else None
    if client is None or organization is None or not (client.is_active and organization.is_active):
        return None
    return Machine(client, organization)
