"""What a route may declare beyond what every operation has; the results go into `responses=`, joined by `|`."""

from typing import Any

from pydantic import BaseModel

from plut_api.kit.contract.headers import header_refs
from plut_api.kit.operations import operation_id as operation_id
from plut_api.kit.problems import Problem

CODES = "x-problem-codes"
Responses = dict[int | str, dict[str, Any]]
_READ_BY_HAND: dict[str, type[BaseModel]] = {}


def documented(*problems: type[Problem]) -> Responses:
    """The problems an operation can answer with, besides those that every operation of its kind has."""
    declared: Responses = {}
    for problem in problems:
        codes: list[str] = declared.setdefault(problem.status, {CODES: []})[CODES]
        if problem.code not in codes:
            codes.append(problem.code)
    return declared


def etagged(status: int = 200) -> Responses:
    """An answer with an `ETag`; needed only where no PATCH, PUT or DELETE of the same path tells it already."""
    return {status: {"headers": header_refs("ETag")}}


def created(**links: dict[str, Any]) -> Responses:
    """A 201 that also carries an `ETag`, with links (OpenAPI Link Objects by name) beyond the automatic ones."""
    answer: dict[str, Any] = {"headers": header_refs("ETag", "Location")}
    return {201: answer | {"links": links} if links else answer}


def listed(*media_types: str) -> Responses:
    """A list that can also be streamed in these media types, chosen by `Accept`."""
    return {200: {"headers": header_refs("Link"), "content": {name: {} for name in media_types}}}


def moved() -> Responses:
    """A 308 to the survivor of a merge."""
    return {308: {"description": "Merged into another; it lives on at `Location`.", "headers": header_refs("Location")}}


def read_by_hand(model: type[BaseModel]) -> dict[str, str]:
    """A reference to the schema of what a route reads from a body by itself, for its `openapi_extra`."""
    _READ_BY_HAND[model.__name__] = model
    return {"$ref": f"#/components/schemas/{model.__name__}"}


def schemas_read_by_hand() -> dict[str, Any]:
    """Those schemas, and what they refer to, by name."""
    found: dict[str, Any] = {}
    for name, model in _READ_BY_HAND.items():
        schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
        found |= schema.pop("$defs", {}) | {name: schema}
    return found
