"""The contract tells of each operation which roles may call it, and whose rows each of them reaches."""

from typing import Any

import pytest
from fastapi import FastAPI

from plut_api.identity.policy import ROLE_ROWS, ROLE_SCOPES, SCOPE_ROWS, row_rules
from plut_api.kit.caller import SCOPES, Role


def operation(app: FastAPI, wanted: str) -> dict[str, Any]:
    """An operation of the contract by its id."""
    found = (op for item in app.openapi()["paths"].values() for op in item.values() if op["operationId"] == wanted)
    return next(found)


async def test_every_operation_with_a_scope_names_the_roles_that_hold_it(app: FastAPI) -> None:
    for item in app.openapi()["paths"].values():
        for op in item.values():
            scopes = {scope for one in op["security"] for given in one.values() for scope in given}
            holders = {role.value for role, held in ROLE_SCOPES.items() if held.issuperset(scopes)}
            assert op.get("x-rows", {}).keys() == (holders if scopes else set()), op["operationId"]


@pytest.mark.parametrize(
    ("wanted", "rows"),
    [
        ("listPeople", {"person": "own", "consultant": "assigned", "opd": "own_organization", "dinas": "all"}),
        ("verifyEvidence", {"consultant": "assigned"}),
        ("listReadyBusinesses", {"bank": "masked_until_consent"}),
        ("createAssignments", {"dinas": "all"}),
    ],
)
async def test_an_operation_says_whose_rows_it_reaches(app: FastAPI, wanted: str, rows: dict[str, str]) -> None:
    assert operation(app, wanted)["x-rows"] == rows


def test_everybody_has_only_the_own_account() -> None:
    assert set(row_rules({"me:read"}).values()) == {"own"}


def test_every_role_that_can_sign_in_has_a_row_rule_and_every_rule_a_scope() -> None:
    assert ROLE_ROWS.keys() == ROLE_SCOPES.keys() == set(Role) - {Role.client}
    assert SCOPE_ROWS.keys() <= SCOPES.keys()
