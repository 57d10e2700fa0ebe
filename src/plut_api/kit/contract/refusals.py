"""The error answers of the contract: one component per kind, every stable code named with an example."""

import inspect
import re
from collections.abc import Iterable, Sequence
from typing import Any

from plut_api.kit import problems as kit
from plut_api.kit.contract.headers import ALWAYS, header_refs
from plut_api.kit.problem_bodies import FaultBody, ProblemBody
from plut_api.kit.problems import CATALOGUE, PROBLEM_JSON, Problem

_EXTRA_HEADERS = {401: ("WWW-Authenticate",), 429: ("Retry-After",), 503: ("Retry-After",)}
_EXAMPLE_BASE = "https://api.plut.example/problems"
_EXAMPLE_ID = "01983b1e-6f1c-7cc0-9d2b-4a5e5c0f7a11"
_EXAMPLE_FAULT = {"pointer": "#/nib", "code": "string_pattern_mismatch", "message": "NIB harus 13 angka"}
_READS_BODY = ("post", "put", "patch")
_CHANGES = ("put", "patch", "delete")


def meaning(problem: type[Problem]) -> str:
    """The docstring of a problem as one paragraph."""
    return re.sub(r"\s+", " ", inspect.cleandoc(problem.__doc__ or problem.title.en)).strip()


def problem_schemas() -> dict[str, Any]:
    """The schemas `Problem` and `Fault`."""
    template = "#/components/schemas/{model}"
    schemas = {
        "Problem": ProblemBody.model_json_schema(ref_template=template, mode="serialization"),
        "Fault": FaultBody.model_json_schema(ref_template=template, mode="serialization"),
    }
    schemas["Problem"].pop("$defs", None)
    return schemas


def goes_by_offset(operation: dict[str, Any]) -> bool:
    """Whether a change is guarded by an offset of its protocol (tus) instead of an ETag."""
    return any(parameter["name"] == "Tus-Resumable" for parameter in operation.get("parameters", ()))


def expected(path: str, method: str, operation: dict[str, Any]) -> list[type[Problem]]:
    """The problems that an operation can answer with because of its method, its path and its input."""
    found: list[type[Problem]] = [kit.Unauthorized, kit.TooManyRequests, kit.ServiceUnavailable, Problem]
    names = {parameter["name"] for parameter in operation.get("parameters", ())}
    secured = bool(operation.get("security"))
    if secured:
        found.append(kit.Forbidden)
    if names or "requestBody" in operation:
        found.append(kit.Invalid)
    if "{" in path:
        found.append(kit.NotFound)
    if "cursor" in names:
        found.append(kit.InvalidCursor)
    if method in _READS_BODY and "requestBody" in operation:
        found += [kit.BadRequest, kit.PayloadTooLarge, kit.UnsupportedMediaType]
        if any("json" in media_type for media_type in operation["requestBody"]["content"]):
            found.append(kit.MalformedJson)
    if method == "post" and secured:
        found += [kit.IdempotencyKeyRequired, kit.IdempotencyInProgress, kit.IdempotencyKeyReused]
    if method in _CHANGES and not goes_by_offset(operation):
        found += [kit.PreconditionFailed, kit.PreconditionRequired]
    if len(operation["responses"].get("200", {}).get("content", ())) > 1:
        found.append(kit.NotAcceptable)
    return found


class ProblemAnswers:
    """Collects the shared error answers of one document while its operations are finished."""

    def __init__(self) -> None:
        self.components: dict[str, Any] = {}

    def answer(self, codes: Iterable[str]) -> dict[str, Any]:
        """The response for the codes of one status: by reference if all of them are kit's own, else in place."""
        named = [CATALOGUE[code] for code in sorted(set(codes))]
        response = _response(named)
        if any(problem.__module__ != kit.__name__ for problem in named):
            return response
        name = "Or".join("InternalError" if problem is Problem else problem.__name__ for problem in named)
        self.components[name] = response
        return {"$ref": f"#/components/responses/{name}"}


def _response(problems: Sequence[type[Problem]]) -> dict[str, Any]:
    status = problems[0].status
    lines = [f"- `{problem.code}`: {meaning(problem)}" for problem in problems]
    return {
        "description": "\n".join(lines) if len(lines) > 1 else lines[0].removeprefix("- "),
        "headers": header_refs(*ALWAYS, *_EXTRA_HEADERS.get(status, ())),
        "content": {
            PROBLEM_JSON: {
                "schema": {"$ref": "#/components/schemas/Problem"},
                "examples": {problem.code: _example(problem) for problem in problems},
            }
        },
        "x-problem-codes": [problem.code for problem in problems],
    }


def _example(problem: type[Problem]) -> dict[str, Any]:
    return {
        "summary": problem.title.en,
        "value": {
            "type": f"{_EXAMPLE_BASE}/{problem.code}",
            "title": problem.title.id,
            "status": problem.status,
            "detail": problem.title.id,
            "code": problem.code,
            "errors": [_EXAMPLE_FAULT] if problem is kit.Invalid else [],
            "request_id": _EXAMPLE_ID,
        },
    }
