"""Who calls, and what an operation demands of them.

Kit knows no tokens: `app.state.identify` (set by the identity room) turns a bearer token into a Caller.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request, Security
from fastapi.openapi.models import OAuthFlowClientCredentials, OAuthFlows
from fastapi.security import OAuth2, SecurityScopes

from plut_api.kit.problems import Forbidden, Unauthorized

SCOPES = {
    "me:read": "Read the own account and profile.",
    "me:write": "Change the own account and profile.",
    "organizations:write": "Register and change organizations.",
    "people:read": "Read people, within the caller's rows.",
    "people:write": "Register and change people, within the caller's rows.",
    "actors:read": "Read businesses, within the caller's rows.",
    "actors:write": "Register and change businesses, within the caller's rows.",
    "consents:write": "Give and withdraw consent for the own business.",
    "programs:read": "Read programmes that are not public, and enrolments, within the caller's rows.",
    "programs:write": "Propose and run programmes, enrol and withdraw.",
    "programs:approve": "Approve or reject proposals.",
    "outcomes:read": "Read outcomes and evidence, within the caller's rows.",
    "outcomes:write": "Set baselines and targets, submit evidence.",
    "outcomes:verify": "Verify or reject evidence.",
    "cooperatives:write": "Register and change cooperatives.",
    "financing:read": "Read readiness and referrals, within the caller's rows.",
    "financing:write": "Confirm readiness, make and withdraw referrals.",
    "financing:decide": "Move referrals as the bank that received them.",
    "financing:pull": "Pull the ready list.",
    "imports:write": "Load files.",
    "exports:read": "Stream whole lists.",
    "events:read": "Read the event feed.",
    "audit:read": "Read the audit trail.",
}

TOKEN_PATH = "/oauth/token"  # noqa: S105 (an address, not a secret)

oauth2 = OAuth2(
    flows=OAuthFlows(clientCredentials=OAuthFlowClientCredentials(tokenUrl=TOKEN_PATH, scopes=SCOPES)),
    scheme_name="oauth2",
    description=(
        "OAuth 2.0. Machines use `client_credentials`; people and staff get tokens by documented extension grants of "
        "the same endpoint. Access tokens are short-lived JWTs, handled as RFC8725 asks."
    ),
    auto_error=False,
)


class Kind(StrEnum):
    """What kind of account calls."""

    person = "person"
    staff = "staff"
    client = "client"


class Role(StrEnum):
    """What the caller is in the house; decides scopes and rows (identity/policy.py)."""

    person = "person"
    dinas = "dinas"
    consultant = "consultant"
    opd = "opd"
    bank = "bank"
    ojk = "ojk"
    partner = "partner"
    client = "client"


@dataclass(frozen=True)
class Caller:
    """A signed-in account: a person, a member of staff, or a machine client of an organization."""

    id: UUID
    kind: Kind
    role: Role
    scopes: frozenset[str]
    organization_id: UUID | None = None

    @property
    def is_bank(self) -> bool:
        """Whether a bank calls, by its officer or its machine."""
        return self.role is Role.bank

    @property
    def is_person(self) -> bool:
        """Whether a person calls for themselves."""
        return self.kind is Kind.person


Identify = Callable[[str], Awaitable[Caller]]


async def caller_of(request: Request) -> Caller | None:
    """The caller named by the request's bearer token; None without one. Raises Unauthorized."""
    known: Caller | None = getattr(request.state, "caller", None)
    if known is not None:
        return known
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer":  # Basic, at the token endpoint, names a client and not yet a caller.
        return None
    identify: Identify = request.app.state.identify
    request.state.caller = caller = await identify(token.strip())
    return caller


async def signed_in(
    demanded: SecurityScopes, request: Request, _: Annotated[str | None, Security(oauth2)] = None
) -> Caller:
    """The caller, who must hold every scope the operation names. Raises Unauthorized, Forbidden."""
    caller = await caller_of(request)
    if caller is None:
        raise Unauthorized(headers={"WWW-Authenticate": "Bearer"})
    if not caller.scopes.issuperset(demanded.scopes):
        raise Forbidden(
            headers={"WWW-Authenticate": f'Bearer error="insufficient_scope", scope="{demanded.scope_str}"'}
        )
    return caller


MaybeCaller = Annotated[Caller | None, Depends(caller_of)]
