"""The one policy: which role holds which scopes. Which rows a role reaches is written beside each room's queries.

People act for themselves, bank officers and bank machines for their bank, OPD officers for their OPD; Dinas sees
everything. A machine client holds the scopes it was given, never more than its organization's kind allows.
"""

from plut_api.kit.caller import Role
from plut_api.organizations.models import OrganizationKind

_STAFF = frozenset({"me:read", "me:write", "programs:read"})

ROLE_SCOPES: dict[Role, frozenset[str]] = {
    Role.person: frozenset(
        {
            "me:read",
            "me:write",
            "people:read",
            "people:write",
            "actors:read",
            "actors:write",
            "consents:write",
            "programs:read",
            "programs:write",
            "outcomes:read",
            "outcomes:write",
            "financing:read",
            "financing:write",
        }
    ),
    Role.dinas: _STAFF
    | {
        "organizations:write",
        "people:read",
        "people:write",
        "actors:read",
        "actors:write",
        "programs:write",
        "programs:approve",
        "outcomes:read",
        "outcomes:write",
        "cooperatives:write",
        "financing:read",
        "imports:write",
        "exports:read",
        "events:read",
        "audit:read",
    },
    Role.consultant: _STAFF
    | {
        "people:read",
        "people:write",
        "actors:read",
        "actors:write",
        "programs:write",
        "outcomes:read",
        "outcomes:write",
        "outcomes:verify",
        "financing:read",
        "financing:write",
    },
    Role.opd: _STAFF | {"programs:write", "outcomes:read", "outcomes:write"},
    Role.bank: _STAFF | {"financing:read", "financing:decide", "financing:pull"},
    Role.ojk: _STAFF,
    Role.partner: _STAFF,
}

ORGANIZATION_ROLE: dict[OrganizationKind, Role] = {
    OrganizationKind.dinas: Role.dinas,
    OrganizationKind.opd: Role.opd,
    OrganizationKind.bank: Role.bank,
    OrganizationKind.ojk: Role.ojk,
    OrganizationKind.private: Role.partner,
    OrganizationKind.university: Role.partner,
}


def scopes_of(role: Role) -> frozenset[str]:
    """The scopes that a role holds."""
    return ROLE_SCOPES.get(role, frozenset())


def client_scopes_allowed(kind: OrganizationKind) -> frozenset[str]:
    """The scopes that a machine client of such an organization may be given."""
    return scopes_of(ORGANIZATION_ROLE[kind]) - {"me:read", "me:write"}
