"""API5:2023 Broken function level authorization: who may do a thing is said once, and holds at every door.

The policy (identity/policy.py) says which role holds which scope, the contract which scope an operation wants, and the
matrix what happens. Here the three are held against each other.
"""

import pytest

from plut_api.identity.policy import client_scopes_allowed, scopes_of
from plut_api.kit.caller import SCOPES, Role
from plut_api.organizations.models import OrganizationKind
from tests.access.matrix import matrix
from tests.access.running import METHODS, Operations, prepared_for, send
from tests.access.world import World

ROLE_OF = {
    "person_self": Role.person,
    "person_other": Role.person,
    "manager_own": Role.person,
    "manager_other": Role.person,
    "consultant_assigned": Role.consultant,
    "consultant_other": Role.consultant,
    "dinas": Role.dinas,
    "opd_own": Role.opd,
    "opd_other": Role.opd,
    "bank_own": Role.bank,
    "bank_other": Role.bank,
    "ojk": Role.ojk,
    "partner": Role.partner,
}
OVERRIDES = ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override")


async def test_whoever_lacks_the_scope_is_refused_and_whoever_succeeds_holds_it(operations: Operations) -> None:
    faults = []
    for name, row in matrix().cells.items():
        for caller, role in ROLE_OF.items():
            holds = operations[name].scopes <= scopes_of(role)
            if row[caller].succeeds and not holds:
                faults.append(f"{name}: {caller} succeeds without {sorted(operations[name].scopes)}")
            if not holds and row[caller].status != 403:
                faults.append(f"{name}: {caller} lacks the scope and gets {row[caller].status}")

    assert faults == []


async def test_without_a_token_only_public_operations_answer(operations: Operations) -> None:
    open_to_anyone = {name for name, row in matrix().cells.items() if row["anyone"].status != 401}

    assert open_to_anyone == {name for name, operation in operations.items() if operation.is_public}


async def test_people_hold_no_scope_of_an_office() -> None:
    offices = {"programs:approve", "organizations:write", "imports:write", "audit:read", "privacy:write", "staff:write"}
    offices |= {"people:assign", "cooperatives:write", "outcomes:verify", "financing:decide", "financing:pull"}

    assert offices & scopes_of(Role.person) == set()
    assert scopes_of(Role.partner) - scopes_of(Role.ojk) == {"agreements:read", "files:read"}  # Their own, to read.
    assert scopes_of(Role.ojk) - {"financing:report"} < scopes_of(Role.partner)  # It supervises: sums, nobody named.


@pytest.mark.parametrize("kind", OrganizationKind)
def test_a_machine_can_be_given_no_more_than_the_staff_of_its_organization(kind: OrganizationKind) -> None:
    allowed = client_scopes_allowed(kind)

    assert allowed <= SCOPES.keys()
    assert not any(scope.startswith("me:") for scope in allowed)
    assert any(allowed <= scopes_of(role) for role in Role)


@pytest.mark.parametrize("header", OVERRIDES)
async def test_a_header_does_not_turn_one_method_into_another(
    world: World, operations: Operations, header: str
) -> None:
    operation = operations["getPerson"]
    api, call = await prepared_for(world, operation, matrix().cells["getPerson"]["person_self"])

    answer = await api.request("GET", operation.path.format(**call.path), headers={header: "DELETE"})
    posted = await api.request("POST", operation.path.format(**call.path), headers={header: "PATCH"}, checked=False)

    assert answer.status_code == 200
    assert posted.status_code == 405


async def test_methods_that_a_path_does_not_offer_are_refused_for_the_most_powerful_caller_too(
    world: World, operations: Operations
) -> None:
    offered: dict[str, set[str]] = {}
    for operation in operations.values():
        offered.setdefault(operation.path, set()).add(operation.method.lower())
    dinas = world.api.as_(world.dinas)
    answers = {}
    for path, methods in offered.items():
        filled = path.replace("{code}", "x").replace("{version}", "2025")
        for method in set(METHODS) - methods:
            concrete = "/".join("x" if part.startswith("{") else part for part in filled.split("/"))
            if not _leads_elsewhere(concrete, method, operations):
                answers[f"{method} {path}"] = await dinas.request(method.upper(), concrete, checked=False)

    assert len(answers) > 200
    assert {asked: a.status_code for asked, a in answers.items() if a.status_code != 405} == {}


async def test_a_refused_change_changes_nothing(world: World, operations: Operations) -> None:
    before = await world.api.as_(world.dinas).get(f"/v1/people/{world.sides['own'].person.id}")
    for name in ("changePerson", "verifyIdentity", "createAssignment"):
        for caller in ("person_other", "opd_own", "bank_own", "ojk", "integration_client_without_scope"):
            api, call = await prepared_for(world, operations[name], matrix().cells[name][caller])
            await send(api, operations[name], call)
    after = await world.api.as_(world.dinas).get(f"/v1/people/{world.sides['own'].person.id}")

    assert (before.headers["etag"], before.json()) == (after.headers["etag"], after.json())


def _leads_elsewhere(concrete: str, method: str, operations: Operations) -> bool:
    """Whether another path of the contract takes the address as well (`/v1/people/search` is no person)."""
    parts = concrete.split("/")
    for operation in operations.values():
        other = operation.path.split("/")
        alike = len(other) == len(parts) and all(o == p or o.startswith("{") for o, p in zip(other, parts, strict=True))
        if alike and operation.method.lower() == method:
            return True
    return False
