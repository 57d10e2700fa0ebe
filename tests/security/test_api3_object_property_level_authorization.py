"""API3:2023 Broken object property level authorization: nobody writes a member not offered, or reads one too many.

What each caller is shown of a person, value by value, is in the views of tests/access/matrix.yaml.
"""

import copy
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from fastapi import FastAPI

from tests.access.matrix import Cell, matrix
from tests.access.running import Operations, prepared_for, send
from tests.access.world import World

JSON = ("application/json", "application/merge-patch+json")
WISHES: Mapping[str, Any] = {
    "is_admin": True,
    "role": "dinas",
    "version": 9,
    "created_at": "2020-01-01T00:00:00Z",
    "scopes": ["audit:read"],
    "erased_at": None,
    "identity_verified_at": "2026-01-01T00:00:00Z",
}
"""What somebody might try to slip in."""
SECRET = ("hash", "sealed", "blind", "password", "salt", "xid")
SAID_ON_PURPOSE = {"address_hash"}
"""Of the audit log: a keyed hash by which auditors tell addresses apart without knowing them."""


async def test_a_member_that_no_operation_offers_is_refused_wherever_it_is_sent(
    world: World, operations: Operations
) -> None:
    faults = []
    for name, cell in _permitted(operations).items():
        api, call = await prepared_for(world, operations[name], cell)
        for wish, value in WISHES.items():
            if wish in _offered(operations[name].described, world.app.openapi()):
                continue
            tried = copy.copy(call)
            tried.body = (call.body or {}) | {wish: value}
            answer = await send(api, operations[name], tried)
            if answer.status_code != 422 or f"#/{wish}" not in answer.text:
                faults.append(f"{name} takes {wish}: {answer.status_code}")

    assert faults == []
    assert len(_permitted(operations)) >= 30


async def test_a_member_inside_a_list_is_refused_too(world: World, operations: Operations) -> None:
    api = world.api.as_(world.dinas)
    pair = {"consultant_id": str(world.sides["own"].consultant.id), "person_id": str(world.sides["own"].person.id)}

    answer = await api.post("/v1/assignments", assignments=[pair | {"until": None}])

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "#/assignments/0/until"


async def test_every_body_of_the_contract_is_closed(operations: Operations, app: FastAPI) -> None:
    document = app.openapi()
    bodies = [
        _resolved(document, content["schema"])
        for operation in operations.values()
        for media, content in operation.described.get("requestBody", {}).get("content", {}).items()
        if media in JSON
    ]

    assert bodies
    assert [body["title"] for body in bodies if body.get("additionalProperties") is not False] == []


async def test_what_is_kept_hidden_has_no_member_in_any_answer(app: FastAPI) -> None:
    document = app.openapi()
    asked = set(_names_in_bodies(document))
    told = {
        f"{schema}.{name}"
        for schema, described in document["components"]["schemas"].items()
        if schema not in asked
        for name in described.get("properties", {})
        if any(word in name for word in SECRET) and name not in SAID_ON_PURPOSE
    }

    assert told == set()


@pytest.mark.parametrize("kind", ["nik", "phone"])
async def test_a_bank_has_no_filter_by_what_it_may_not_see(world: World, operations: Operations, kind: str) -> None:
    described = operations["listReadyBusinesses"].described["parameters"]
    parameters = {p["name"]: p["schema"] for p in described if "name" in p}
    answer = await world.api.as_(world.sides["own"].teller).get(
        f"/v1/financing/ready-list?{kind}={world.sides['own'].markers[kind].replace('+', '%2B')}"
    )

    assert parameters.keys().isdisjoint({"q", "score", "nik", "phone", "name"})
    assert {one.lstrip("-") for one in parameters["sort"]["enum"]} == {"id", "confirmed_at", "expires_at"}
    assert answer.status_code in (200, 422)
    assert world.sides["own"].markers[kind] not in answer.text


def _permitted(operations: Operations) -> dict[str, Cell]:
    """For each operation with a JSON body, somebody who may call it."""
    found = {}
    for name, operation in operations.items():
        if operation.body_type() not in JSON:
            continue
        able = [cell for cell in matrix().cells[name].values() if cell.succeeds and cell.caller != "anyone"]
        found[name] = (able or list(matrix().cells[name].values()))[0]
    return found


def _offered(described: Mapping[str, Any], document: Mapping[str, Any]) -> set[str]:
    (content, *_) = (body for media, body in described["requestBody"]["content"].items() if media in JSON)
    return set(_resolved(document, content["schema"])["properties"])


def _resolved(document: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    if "$ref" not in schema:
        return schema
    found: Mapping[str, Any] = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return found


def _names_in_bodies(document: Mapping[str, Any]) -> Iterator[str]:
    for item in document["paths"].values():
        for described in item.values():
            if isinstance(described, dict):
                for content in described.get("requestBody", {}).get("content", {}).values():
                    yield content["schema"].get("$ref", "").rpartition("/")[2]
