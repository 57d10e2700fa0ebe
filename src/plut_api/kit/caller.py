"""Who calls, and what an operation demands of them.

Kit knows no tokens: `app.state.identify` (set by the identity room) turns a bearer token, or a bound token with its
proof, into a Caller.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Protocol
from uuid import UUID

from fastapi import Depends, Request, Security
from fastapi.openapi.models import OAuthFlowClientCredentials, OAuthFlows
from fastapi.security import OAuth2, SecurityScopes
from starlette.datastructures import Headers
from starlette.types import Scope

from plut_api.kit.problems import Forbidden, Unauthorized

SCOPES = {
    "me:read": "Read the own account and profile.",
    "me:write": "Change the own account and profile.",
    "staff:read": "Read the accounts of staff.",
    "staff:write": "Invite staff, change their roles, switch their accounts off.",
    "organizations:write": "Register and change organizations.",
    "agreements:read": "Read agreements with partners, within the caller's rows.",
    "agreements:write": "Draft agreements with partners, add commitments, move them on.",
    "consultations:read": "Read consultations, within the caller's rows.",
    "consultations:write": "Ask for consultations, appoint, record and follow them up, within the caller's rows.",
    "consulting:report": "Read case loads of consultants and the monthly report of consulting.",
    "people:read": "Read people, within the caller's rows.",
    "people:write": "Register and change people, within the caller's rows.",
    "disability:read": "Read kinds of disability and who is in that segment, within the caller's rows.",
    "people:assign": "Assign consultants to people.",
    "people:merge": "Merge records of one person or business, and part them again.",
    "actors:read": "Read businesses, within the caller's rows.",
    "actors:write": "Register and change businesses, within the caller's rows.",
    "duplicates:read": "Read pairs of records that may be the same.",
    "duplicates:write": "Decide whether two records are the same.",
    "consents:write": "Give and withdraw consent for the own business, or record a signed paper.",
    "facilities:read": "Read how much of the building is used.",
    "facilities:write": "Run the building: rooms, equipment, hours, closures, rules.",
    "bookings:read": "Read bookings of rooms, within the caller's rows.",
    "bookings:write": "Ask for rooms and give them back; PLUT also gives and refuses them.",
    "programs:read": "Read programmes that are not public, and enrolments, within the caller's rows.",
    "programs:write": "Propose and run programmes, enrol and withdraw.",
    "programs:approve": "Approve or reject proposals.",
    "outcomes:read": "Read outcomes and evidence, within the caller's rows.",
    "outcomes:write": "Set baselines and targets, submit evidence.",
    "outcomes:verify": "Verify or reject evidence.",
    "outcomes:revoke": "Revoke evidence that was verified and found false.",
    "reports:read": "Read reports about training, within the caller's rows.",
    "cooperatives:write": "Register and change cooperatives, invite their managers.",
    "cooperatives:manage": "Keep what is not public of a cooperative: the Dinas of all, a manager of their own.",
    "cooperatives:record": "Keep records of cooperatives: PLUT's staff of all, a manager of their own.",
    "cooperatives:verify": "Verify records of cooperatives by their papers.",
    "financing:read": "Read readiness and referrals, within the caller's rows.",
    "financing:write": "Confirm readiness, make and withdraw referrals.",
    "papers:read": "Read plans, credit declarations, books and accounts of businesses, within the caller's rows.",
    "papers:write": "Enter plans, credit declarations, books and accounts of businesses.",
    "financing:decide": "Move referrals as the bank that received them.",
    "financing:offer": "Draft, publish and close financing products as the bank that offers them.",
    "financing:pull": "Pull the ready list.",
    "financing:rules": "Read runs over all results of readiness, and what other rules would change.",
    "financing:report": "Read numbers about financing: a bank its own, OJK and the Dinas all.",
    "files:read": "Read files, within the caller's rows.",
    "files:write": "Hand in files.",
    "imports:write": "Load files.",
    "exports:read": "Stream whole lists.",
    "events:read": "Read the event feed, webhook endpoints and what was sent to them.",
    "events:write": "Register and change webhook endpoints.",
    "audit:read": "Read the audit trail.",
    "privacy:read": "Read requests of people about their own data.",
    "privacy:write": "Answer requests of people about their own data.",
}

TOKEN_PATH = "/oauth/token"  # noqa: S105 (an address, not a secret)

oauth2 = OAuth2(
    flows=OAuthFlows(clientCredentials=OAuthFlowClientCredentials(tokenUrl=TOKEN_PATH, scopes=SCOPES)),
    scheme_name="oauth2",
    description=(
        "OAuth 2.0. Machines use `client_credentials`; people and staff get tokens by documented extension grants of "
        "the same endpoint. Access tokens are short-lived JWTs, handled as RFC8725 asks. Those of banks are bound to a "
        "key of the bank (RFC 9449): send them as `Authorization: DPoP <token>` beside a fresh `DPoP: <proof>` header."
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
    sign_in_id: UUID | None = None  # Of people and staff: the sign-in that the token came from.

    @property
    def is_bank(self) -> bool:
        """Whether a bank calls, by its officer or its machine."""
        return self.role is Role.bank

    @property
    def is_person(self) -> bool:
        """Whether a person calls for themselves."""
        return self.kind is Kind.person


class Identify(Protocol):
    """From token to Caller. Raises Unauthorized."""

    async def __call__(self, token: str) -> Caller:
        """The caller of a bearer token."""

    async def with_proof(self, token: str, proofs: Sequence[str], method: str, path: str) -> Caller:
        """The caller of a token that is bound to a key, by the proofs that came with the request (RFC 9449)."""


async def identified(scope: Scope, headers: Headers) -> Caller | None:
    """The caller named by the token in a request's headers; None without one. Raises Unauthorized."""
    scheme, _, token = headers.get("authorization", "").partition(" ")
    scheme = scheme.lower()
    if scheme not in ("bearer", "dpop") or not token:  # Basic, at the token endpoint, names a client, not a caller.
        return None
    identify: Identify = scope["app"].state.identify
    if scheme == "bearer":
        return await identify(token.strip())
    return await identify.with_proof(token.strip(), headers.getlist("dpop"), scope["method"], scope["path"])


async def caller_of(request: Request) -> Caller | None:
    """The caller named by the request's token; None without one. Raises Unauthorized.

    Looked up once a request, since a proof is good for one use only.
    """
    known: Caller | None = getattr(request.state, "caller", None)
    if known is not None:
        return known
    refusal: Unauthorized | None = getattr(request.state, "refusal", None)
    if refusal is not None:
        raise refusal
    request.state.caller = caller = await identified(request.scope, request.headers)
    return caller


async def signed_in(
    demanded: SecurityScopes, request: Request, _: Annotated[str | None, Security(oauth2)] = None
) -> Caller:
    """The caller, who must hold every scope the operation names. Raises Unauthorized, Forbidden."""
    caller = await caller_of(request)
    if caller is None:
        raise Unauthorized(headers={"WWW-Authenticate": "Bearer"})
    if not caller.scopes.issuperset(demanded.scopes):
        scheme = "DPoP" if request.headers.get("authorization", "")[:5].lower() == "dpop " else "Bearer"
        raise Forbidden(
            headers={"WWW-Authenticate": f'{scheme} error="insufficient_scope", scope="{demanded.scope_str}"'}
        )
    return caller


MaybeCaller = Annotated[Caller | None, Depends(caller_of)]
