"""API9:2023 Improper inventory management: what answers is in the contract, and what is in the contract answers."""

from pathlib import Path

import yaml
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

from tests.access.running import METHODS

ROOT = Path(__file__).parents[2]
CONTRACT = ROOT / "openapi" / "plut-v1.yaml"
OUTSIDE = {"/docs", "/docs/{name}", "/openapi.json", "/password", "/password/{name}"}
"""What answers without being an operation: the documentation of the contract, the contract, the page of links in mails.
"""


async def test_every_route_is_an_operation_of_the_released_contract_and_the_other_way_round(app: FastAPI) -> None:
    document = yaml.safe_load(CONTRACT.read_text(encoding="utf-8"))
    told = {(path, method.upper()) for path, item in document["paths"].items() for method in item if method in METHODS}

    assert {(path, method) for path, method in _served(app) if path not in OUTSIDE} == told


async def test_nothing_answers_beside_the_contract_but_its_documentation(app: FastAPI) -> None:
    hidden = {
        context.path
        for context in iter_route_contexts(app.routes)
        if not getattr(context.original_route, "include_in_schema", False)
        and getattr(context.original_route, "methods", None) != {"OPTIONS"}  # Asks what an address offers (tus 1.0).
    }

    assert hidden <= OUTSIDE


async def test_there_is_one_version_and_it_is_named(app: FastAPI) -> None:
    document = app.openapi()
    unversioned = ("/oauth/", "/.well-known/", "/livez", "/readyz", "/problems")

    assert [path for path in document["paths"] if not path.startswith(("/v1/", *unversioned))] == []
    assert document["info"]["version"]
    assert all(server["url"] for server in document["servers"])


async def test_every_operation_says_what_it_is_for_and_belongs_to_a_described_tag(app: FastAPI) -> None:
    document = app.openapi()
    tags = {tag["name"] for tag in document["tags"] if tag["description"]}
    operations = [item[method] for item in document["paths"].values() for method in item if method in METHODS]

    assert [o["operationId"] for o in operations if not o.get("description") or not o.get("summary")] == []
    assert {tag for operation in operations for tag in operation["tags"]} <= tags


async def test_what_is_deprecated_says_until_when(app: FastAPI) -> None:
    operations = [
        (path, method, item[method])
        for path, item in app.openapi()["paths"].items()
        for method in item
        if method in METHODS
    ]
    old = [operation for _, _, operation in operations if operation.get("deprecated")]

    assert [operation["operationId"] for operation in old if "Sunset" not in str(operation["responses"])] == []


def _served(app: FastAPI) -> set[tuple[str, str]]:
    return {
        (context.path or "", method)
        for context in iter_route_contexts(app.routes)
        for method in getattr(context.original_route, "methods", None) or ()
        if method not in ("HEAD", "OPTIONS")
    }
