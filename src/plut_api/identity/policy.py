"""The one policy: which role holds which scopes, and which rows it reaches by them, as the contract tells.

The conditions themselves stand beside each room's queries (`access.py`), since row rules are applied in the query.

People act for themselves, bank officers and bank machines for their bank, OPD officers for their OPD; Dinas sees
everything. A machine client holds the scopes it was given, never more than its organization's kind allows.
"""

from collections.abc import Collection, Mapping
from enum import StrEnum

from plut_api.kit.caller import Role
from plut_api.organizations.models import OrganizationKind

_STAFF = frozenset({"me:read", "me:write", "programs:read", "bookings:read", "bookings:write"})

ROLE_SCOPES: dict[Role, frozenset[str]] = {
    Role.person: frozenset(
        {
            "me:read",
            "me:write",
            "people:read",
            "people:write",
            "disability:read",
            "actors:read",
            "actors:write",
            "consents:write",
            "cooperatives:manage",
            "cooperatives:record",
            "programs:read",
            "programs:write",
            "bookings:read",
            "bookings:write",
            "consultations:read",
            "consultations:write",
            "outcomes:read",
            "outcomes:write",
            "financing:read",
            "financing:write",
            "papers:read",
            "papers:write",
            "files:read",
            "files:write",
        }
    ),
    Role.dinas: _STAFF
    | {
        "staff:read",
        "staff:write",
        "duplicates:read",
        "duplicates:write",
        "organizations:write",
        "agreements:read",
        "agreements:write",
        "consultations:read",
        "consultations:write",
        "consulting:report",
        "people:read",
        "people:write",
        "disability:read",
        "people:assign",
        "people:merge",
        "actors:read",
        "actors:write",
        "consents:write",
        "programs:write",
        "programs:approve",
        "outcomes:read",
        "reports:read",
        "outcomes:write",
        "outcomes:revoke",
        "facilities:read",
        "facilities:write",
        "cooperatives:write",
        "cooperatives:manage",
        "cooperatives:record",
        "financing:read",
        "papers:read",
        "financing:report",
        "financing:rules",
        "files:read",
        "files:write",
        "imports:write",
        "exports:read",
        "events:read",
        "events:write",
        "audit:read",
        "privacy:read",
        "privacy:write",
    },
    Role.consultant: _STAFF
    | {
        "people:read",
        "people:write",
        "disability:read",
        "actors:read",
        "actors:write",
        "consents:write",
        "consultations:read",
        "consultations:write",
        "programs:write",
        "outcomes:read",
        "reports:read",
        "outcomes:write",
        "outcomes:verify",
        "cooperatives:record",
        "cooperatives:verify",
        "financing:read",
        "financing:write",
        "papers:read",
        "papers:write",
        "files:read",
        "files:write",
    },
    Role.opd: _STAFF
    | {
        "people:read",
        "agreements:read",
        "facilities:read",
        "programs:write",
        "outcomes:read",
        "reports:read",
        "outcomes:write",
        "files:read",
        "files:write",
        "events:read",
        "events:write",
    },
    Role.bank: _STAFF
    | {
        *("agreements:read", "files:read", "events:read", "events:write"),
        *("financing:read", "financing:decide", "financing:offer", "financing:pull", "financing:report"),
    },
    Role.ojk: _STAFF | {"financing:report"},
    Role.partner: _STAFF | {"agreements:read", "files:read"},
}

ORGANIZATION_ROLE: dict[OrganizationKind, Role] = {
    OrganizationKind.dinas: Role.dinas,
    OrganizationKind.opd: Role.opd,
    OrganizationKind.bank: Role.bank,
    OrganizationKind.ojk: Role.ojk,
    OrganizationKind.private: Role.partner,
    OrganizationKind.university: Role.partner,
}


class Rows(StrEnum):
    """Whose rows a role reaches; what is public comes on top."""

    own = "own"
    assigned = "assigned"
    own_organization = "own_organization"
    masked_until_consent = "masked_until_consent"
    public = "public"
    all = "all"


ROLE_ROWS: Mapping[Role, Rows] = {
    Role.person: Rows.own,
    Role.consultant: Rows.assigned,
    Role.opd: Rows.own_organization,
    Role.bank: Rows.own_organization,
    Role.ojk: Rows.public,
    Role.partner: Rows.own_organization,
    Role.dinas: Rows.all,
}
SCOPE_ROWS: Mapping[str, Rows] = {
    "me:read": Rows.own,
    "me:write": Rows.own,
    "financing:pull": Rows.masked_until_consent,
}
"""Scopes by which every role reaches the same rows."""
SCOPE_ROWS_OF: Mapping[tuple[Role, str], Rows] = {
    (Role.consultant, "cooperatives:record"): Rows.all,
    (Role.consultant, "cooperatives:verify"): Rows.all,
}
"""Scopes by which one role reaches other rows than by the rest: consultants are assigned to people only."""


def row_rules(scopes: Collection[str]) -> dict[str, str]:
    """The roles that hold all these scopes, and whose rows each of them reaches by them."""
    by_scope = next((SCOPE_ROWS[scope] for scope in sorted(scopes) if scope in SCOPE_ROWS), None)
    return {
        role.value: (by_scope or _rows_of(role, scopes)).value
        for role, held in sorted(ROLE_SCOPES.items())
        if held.issuperset(scopes)
    }


def _rows_of(role: Role, scopes: Collection[str]) -> Rows:
    return next(
        (SCOPE_ROWS_OF[role, scope] for scope in sorted(scopes) if (role, scope) in SCOPE_ROWS_OF), ROLE_ROWS[role]
    )


def scopes_of(role: Role) -> frozenset[str]:
    """The scopes that a role holds."""
    return ROLE_SCOPES.get(role, frozenset())


TOTP_ROLES = frozenset({Role.dinas, Role.consultant, Role.opd, Role.bank})
"""Roles that see personal data: where TOTP is forced, they sign in with it."""
SET_UP_SCOPES = frozenset({"me:read", "me:write"})
"""All that such an account may do before it has set it up."""


def scopes_signed_in(role: Role, *, second_factor: bool, forced: bool) -> frozenset[str]:
    """The scopes that a sign-in of a role gives, with or without a second factor."""
    if forced and not second_factor and role in TOTP_ROLES:
        return scopes_of(role) & SET_UP_SCOPES
    return scopes_of(role)


def client_scopes_allowed(kind: OrganizationKind) -> frozenset[str]:
    """The scopes that a machine client of such an organization may be given."""
    return scopes_of(ORGANIZATION_ROLE[kind]) - {"me:read", "me:write", "staff:write"}
