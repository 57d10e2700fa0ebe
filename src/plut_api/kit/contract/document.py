"""The finished document: FastAPI's export with everything added that all operations share."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import lru_cache
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import iter_route_contexts
from starlette.routing import compile_path

from plut_api.kit.contract import catalogue
from plut_api.kit.contract.declared import schemas_read_by_hand
from plut_api.kit.contract.described import tags_of
from plut_api.kit.contract.headers import HEADERS
from plut_api.kit.contract.operations import finish_operation, link_operations
from plut_api.kit.contract.refusals import ProblemAnswers, problem_schemas
from plut_api.kit.contract.schemas import component, component_name, references, tidy
from plut_api.kit.web import cacheable

ROWS = "x-rows"
METHODS = ("get", "post", "put", "patch", "delete")
_SECTIONS = ("schemas", "responses", "headers", "securitySchemes")


RowRules = Callable[[Collection[str]], dict[str, str]]


def install_contract(app: FastAPI, row_rules: RowRules | None = None) -> None:
    """Make `app.openapi()` the finished document, and serve the problem catalogue that its `type` URIs lead to.

    `row_rules` tells from the scopes of an operation which roles may call it and whose rows each of them reaches.
    """

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _document(app, row_rules)
        return app.openapi_schema

    app.include_router(catalogue.router)
    app.openapi = openapi  # type: ignore[method-assign]


def allowed_methods(app: FastAPI, path: str) -> list[str]:
    """The methods of an address for `Allow` (RFC 9110); the router itself names only those of the first route it meets.

    Empty if the contract has no such address.
    """
    templates = app.openapi()["paths"]
    found = {method.upper() for template in templates if _matches(template, path) for method in templates[template]}
    return sorted(found | {"HEAD"} if "GET" in found else found)


def _document(app: FastAPI, row_rules: RowRules | None) -> dict[str, Any]:
    raw = get_openapi(
        title=app.title,
        version=app.version,
        summary=app.summary,
        description=app.description,
        routes=app.routes,
        webhooks=app.webhooks.routes,
        tags=app.openapi_tags or tags_of(app),
        servers=app.servers,
        contact=app.contact,
        license_info=app.license_info,
        terms_of_service=app.terms_of_service,
        separate_input_output_schemas=app.separate_input_output_schemas,
    )
    document: dict[str, Any] = tidy(raw)
    paths = document["paths"] = {path: _in_order(document["paths"][path]) for path in sorted(document["paths"])}
    refusals = ProblemAnswers()
    cached = set(_cached_operations(app))
    for path, item in paths.items():
        for method in item:
            finish_operation(path, method, item, refusals, cached=item[method]["operationId"] in cached)
            scopes = {name for one in item[method]["security"] for names in one.values() for name in names}
            if row_rules is not None and scopes:
                item[method][ROWS] = row_rules(scopes)
    link_operations(document)
    for item in document.get("webhooks", {}).values():
        for operation in item.values():
            operation["responses"].pop("422", None)  # The receiver answers, not this server.
            operation["security"] = []
    _add_components(document, refusals)
    return _ordered(document)


def _add_components(document: dict[str, Any], refusals: ProblemAnswers) -> None:
    components = document.setdefault("components", {})
    schemas = {component_name(name): component(name, schema) for name, schema in components.get("schemas", {}).items()}
    by_hand = tidy(schemas_read_by_hand())
    require_one_meaning(by_hand, schemas)
    components["schemas"] = by_hand | schemas | tidy(problem_schemas())
    components["responses"] = refusals.components
    components["headers"] = HEADERS
    used = _reachable(document, {"paths": document["paths"], "webhooks": document.get("webhooks", {})})
    _require_what_is_always_given(document, used)
    for section in _SECTIONS:
        kept = components.pop(section, {})
        if section != "securitySchemes":
            kept = {name: kept[name] for name in sorted(kept) if f"#/components/{section}/{name}" in used}
        if kept:
            components[section] = kept


def require_one_meaning(by_hand: Mapping[str, Any], schemas: Mapping[str, Any]) -> None:
    """Raise ValueError where a name of a schema read by hand is that of another one, which would take its place."""
    for name in sorted(by_hand.keys() & schemas.keys()):
        one, other = by_hand[name], schemas[name]
        if {*one.get("properties", ())} != {*other.get("properties", ())} or one.get("enum") != other.get("enum"):
            raise ValueError(f"Two schemas of the contract are called {name}; rename the one that is read by hand")


def _require_what_is_always_given(document: dict[str, Any], used: set[str]) -> None:
    """An answer has every field of its schema, also those with a default; only a request may leave one out.

    What not everybody is shown is marked `x-may-be-absent`.
    """
    operations = (operation for item in document["paths"].values() for operation in item.values())
    sent = _reachable(document, [operation.get("requestBody", {}) for operation in operations])
    for name, schema in document["components"]["schemas"].items():
        pointer = f"#/components/schemas/{name}"
        if pointer in used and pointer not in sent and "properties" in schema:
            shown = schema["properties"].items()
            schema["required"] = [name for name, field in shown if not field.pop("x-may-be-absent", False)]


def _reachable(document: dict[str, Any], root: Any) -> set[str]:
    """Every component that a part of the document uses, directly or through another."""
    found: set[str] = set()
    fresh = references(root)
    while fresh:
        found |= fresh
        fresh = set().union(*(references(_at(document, pointer)) for pointer in fresh)) - found
    return found


def _at(document: dict[str, Any], pointer: str) -> Any:
    node: Any = document
    for step in pointer.removeprefix("#/").split("/"):
        node = node.get(step, {}) if isinstance(node, dict) else {}
    return node


def _cached_operations(app: FastAPI) -> Iterator[Any]:
    """Operations marked by `cacheable(…)`: their answers carry an ETag and honour `If-None-Match`."""
    for context in iter_route_contexts(app.routes):
        dependant = getattr(context, "dependant", None)
        marks = (getattr(inner.call, "__qualname__", "") for inner in getattr(dependant, "dependencies", ()))
        if any(mark.startswith(f"{cacheable.__name__}.") for mark in marks):
            yield getattr(context, "operation_id", None) or getattr(context, "unique_id", "")


def _in_order(item: dict[str, Any]) -> dict[str, Any]:
    return {method: item[method] for method in METHODS if method in item}


def _ordered(document: dict[str, Any]) -> dict[str, Any]:
    first = ("openapi", "info", "servers", "tags", "paths", "webhooks", "components")
    return {key: document[key] for key in (*first, *(k for k in document if k not in first)) if key in document}


@lru_cache(maxsize=1000)
def _pattern(template: str) -> re.Pattern[str]:
    return compile_path(template)[0]


def _matches(template: str, path: str) -> bool:
    return _pattern(template).match(path) is not None
