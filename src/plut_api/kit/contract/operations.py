"""One operation made complete: its parameters, its error answers, its headers, its links."""

import re
from collections import defaultdict
from http import HTTPStatus
from typing import Any

from plut_api.kit.contract.declared import CODES, moved
from plut_api.kit.contract.headers import ALWAYS, IDEMPOTENCY_KEY, IF_MATCH, IF_NONE_MATCH, header_refs
from plut_api.kit.contract.refusals import ProblemAnswers, expected, goes_by_offset
from plut_api.kit.contract.schemas import without_null
from plut_api.kit.problems import CATALOGUE
from plut_api.kit.survivors import can_be_merged

_CHANGES = ("put", "patch", "delete")
_OPERATION = ("tags", "summary", "description", "operationId", "security", "parameters", "requestBody", "responses")
_LAST_PARAMETER = re.compile(r"^(?P<collection>.+)/\{(?P<name>[a-z_]+)\}(?:/[a-z-]+)?$")


def finish_operation(path: str, method: str, item: dict[str, Any], refusals: ProblemAnswers, *, cached: bool) -> None:
    """Add to an operation what its method, its path, its input and its neighbours imply."""
    operation = item[method]
    operation.setdefault("security", [])  # Said aloud: an empty list means that anybody may call this.
    for requirement in operation["security"]:
        for scopes in requirement.values():
            scopes.sort()
    _summarise(operation)
    _finish_parameters(method, operation)
    if can_be_merged(path, by_anybody=not operation["security"]):
        operation["responses"] |= {str(status): answer for status, answer in moved().items()}
    _finish_answers(method, item, cached)
    _add_refusals(path, method, operation, refusals)
    item[method] = _in_order(operation, _OPERATION)


def _in_order(node: dict[str, Any], first: tuple[str, ...]) -> dict[str, Any]:
    return {key: node[key] for key in (*first, *(key for key in node if key not in first)) if key in node}


def _summarise(operation: dict[str, Any]) -> None:
    """The first sentence of the description, unless the route chose a summary of its own."""
    made_from_name = re.sub(r"[^a-z0-9]", "", operation.get("summary", "").lower())
    description = operation.get("description", "")
    if description and made_from_name == operation["operationId"].lower():
        sentence = re.split(r"(?<=[.;:])\s", re.sub(r"\s+", " ", description), maxsplit=1)[0]
        operation["summary"] = sentence.rstrip(".;:")[:120]


def _finish_parameters(method: str, operation: dict[str, Any]) -> None:
    parameters = operation.setdefault("parameters", [])
    for parameter in parameters:
        schema = parameter["schema"] = without_null(parameter.get("schema", {}))
        if parameter.get("description") == schema.get("description"):
            schema.pop("description", None)
        if "examples" in schema:
            example = schema.pop("examples")[0]
            many = schema.get("type") == "array" and not isinstance(example, list)
            parameter.setdefault("example", [example] if many else example)
    if method in _CHANGES and not goes_by_offset(operation):
        _put_parameter(parameters, IF_MATCH)  # Optional in code, so that its absence is a 428.
    if method == "post" and operation["security"]:
        _put_parameter(parameters, IDEMPOTENCY_KEY)
    if not parameters:
        del operation["parameters"]


def _put_parameter(parameters: list[dict[str, Any]], parameter: dict[str, Any]) -> None:
    same = (other for other in parameters if other["in"] == "header" and other["name"] == parameter["name"])
    if (known := next(same, None)) is not None:
        known["required"] = parameter["required"]
    else:
        parameters.append(dict(parameter))


def _finish_answers(method: str, item: dict[str, Any], cached: bool) -> None:
    operation = item[method]
    answers = operation["responses"]
    # The framework's own 422, and bare references, give way to what `expected` finds.
    for status in [s for s, answer in answers.items() if "$ref" in answer or "HTTPValidationError" in str(answer)]:
        del answers[status]
    names = {parameter["name"] for parameter in operation.get("parameters", ())}
    versioned = any(other in item for other in _CHANGES)
    for status, answer in answers.items():
        if CODES in answer:
            continue
        if answer["description"] == "Successful Response":
            answer["description"] = HTTPStatus(int(status)).phrase
        headers = answer.setdefault("headers", {})
        headers.update(header_refs(*ALWAYS))
        if status in ("201", "202"):
            headers.update(header_refs("Location"))
        if status == "200" and (cached or (versioned and method in ("get", "put", "patch"))):
            headers.update(header_refs("ETag"))
        if status == "200" and "cursor" in names:
            headers.update(header_refs("Link"))
        if method == "post" and operation["security"]:
            headers.update(header_refs("Idempotency-Replayed"))
        answer["headers"] = {name: headers[name] for name in sorted(headers)}
        answers[status] = _in_order(answer, ("description", "headers", "content"))
    if method == "get" and "ETag" in answers.get("200", {}).get("headers", {}):
        _put_parameter(operation.setdefault("parameters", []), IF_NONE_MATCH)
        unchanged = header_refs(*ALWAYS, "ETag")
        answers["304"] = {"description": "The copy named in `If-None-Match` is still right.", "headers": unchanged}


def _add_refusals(path: str, method: str, operation: dict[str, Any], refusals: ProblemAnswers) -> None:
    codes: dict[int, set[str]] = defaultdict(set)
    answers = operation["responses"]
    for status in [status for status, answer in answers.items() if CODES in answer]:
        for code in answers.pop(status)[CODES]:
            codes[CATALOGUE[code].status].add(code)
    for problem in expected(path, method, operation):
        codes[problem.status].add(problem.code)
    for number, of_status in codes.items():
        answers[str(number)] = refusals.answer(of_status)
    operation["responses"] = {status: answers[status] for status in sorted(answers)}


def link_operations(document: dict[str, Any]) -> None:
    """Link each 201 to the operations on what it made: its id and ETag are what they ask for (OpenAPI Link Objects)."""
    on_items: dict[str, list[tuple[str, dict[str, Any]]]] = defaultdict(list)
    for path, item in document["paths"].items():
        match = _LAST_PARAMETER.match(path)
        if match and path.count("{") == 1:
            for operation in item.values():
                on_items[match["collection"]].append((match["name"], operation))
    for path, item in document["paths"].items():
        created = item.get("post", {}).get("responses", {}).get("201")
        if created is None or not _has_id(document, created):
            continue
        collection = path if path in on_items else f"/v1/{path.rsplit('/', 1)[-1]}"
        links = created.setdefault("links", {})
        for name, operation in on_items.get(collection, ()):
            links.setdefault(operation["operationId"], _link(name, operation, created))
        if not links:
            del created["links"]


def _link(name: str, operation: dict[str, Any], created: dict[str, Any]) -> dict[str, Any]:
    parameters = {name: "$response.body#/id"}
    asked = {parameter["name"] for parameter in operation.get("parameters", ())}
    if "If-Match" in asked and "ETag" in created["headers"]:
        parameters["If-Match"] = "$response.header.ETag"
    return {"operationId": operation["operationId"], "parameters": parameters}


def _has_id(document: dict[str, Any], answer: dict[str, Any]) -> bool:
    reference = answer.get("content", {}).get("application/json", {}).get("schema", {}).get("$ref", "")
    schemas = document["components"]["schemas"]
    # Generic models are renamed only when the components are assembled; an `id` never hides in one of those.
    return "id" in schemas.get(reference.rsplit("/", 1)[-1], {}).get("properties", {})
