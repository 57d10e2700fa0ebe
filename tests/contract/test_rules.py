"""The rules of the contract bite: a contract broken in one way is reported, each way by name.

A rule whose path matches nothing passes for ever; this finds such a rule.
"""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from plut_api.cli import openapi
from tests.contract.small_app import small_app

Document = dict[str, Any]
FOLDER = Path(__file__).parents[2] / "openapi"
LIST, ONE, SINK = "/v1/boats", "/v1/boats/{boat_id}", "/v1/boats/{boat_id}/sink"


def at(document: Document, *steps: str | int) -> Any:
    node: Any = document
    for step in steps:
        node = node[step]
    return node


def operation(document: Document, path: str = LIST, method: str = "get") -> Any:
    return at(document, "paths", path, method)


def properties(document: Document, schema: str) -> Any:
    return at(document, "components", "schemas", schema, "properties")


def without_parameter(document: Document, path: str, method: str, name: str) -> None:
    kept = [parameter for parameter in operation(document, path, method)["parameters"] if parameter["name"] != name]
    operation(document, path, method)["parameters"] = kept


CAMEL = {"type": "string", "maxLength": 3, "pattern": "^a$", "description": "x"}
BREAKS: dict[str, tuple[str, Callable[[Document], Any]]] = {
    "security is not stated": ("public-operations-say-so", lambda d: operation(d).pop("security")),
    "no scope": ("secured-operations-name-scopes", lambda d: operation(d, ONE).update(security=[{"oauth2": []}])),
    "no 401": ("secured-operations-answer-401-403", lambda d: operation(d, ONE)["responses"].pop("401")),
    "no 403": ("secured-operations-answer-401-403", lambda d: operation(d, ONE)["responses"].pop("403")),
    "no 422": ("input-operations-answer-422", lambda d: operation(d)["responses"].pop("422")),
    "no 429": ("owasp:api4:2023-rate-limit-responses-429", lambda d: operation(d)["responses"].pop("429")),
    "no 500": ("owasp:api8:2023-define-error-responses-500", lambda d: operation(d)["responses"].pop("500")),
    "no 503": ("operations-answer-503", lambda d: operation(d)["responses"].pop("503")),
    "no quota header": (
        "owasp:api4:2023-rate-limit",
        lambda d: operation(d)["responses"]["200"]["headers"].pop("RateLimit"),
    ),
    "method name": ("operation-id-camel-case", lambda d: operation(d).update(operationId="list_boats")),
    "path name": ("paths-kebab-case", lambda d: d["paths"].update({"/v1/BoatList": d["paths"].pop("/problems")})),
    "field name": ("properties-snake-case", lambda d: properties(d, "BoatRead").update(fooBar=CAMEL)),
    "query name": ("query-parameters-snake-case", lambda d: at(operation(d), "parameters", 0).update(name="perPage")),
    "field without words": ("properties-described", lambda d: properties(d, "BoatRead")["name"].pop("description")),
    "schema without words": (
        "schemas-described",
        lambda d: at(d, "components", "schemas", "BoatRead").pop("description"),
    ),
    "parameter without words": (
        "parameters-described",
        lambda d: at(operation(d), "parameters", 0).pop("description"),
    ),
    "no summary": ("operation-summary", lambda d: operation(d).pop("summary")),
    "no tag": ("operation-tags", lambda d: operation(d).pop("tags")),
    "text without limit": (
        "owasp:api4:2023-string-limit",
        lambda d: properties(d, "BoatRead")["name"].pop("maxLength"),
    ),
    "text without form": (
        "owasp:api4:2023-string-restricted",
        lambda d: properties(d, "BoatRead")["name"].pop("pattern"),
    ),
    "number without limit": (
        "owasp:api4:2023-integer-limit",
        lambda d: at(operation(d), "parameters", 0, "schema").pop("maximum"),
    ),
    "list without limit": ("owasp:api4:2023-array-limit", lambda d: properties(d, "BoatPage")["data"].pop("maxItems")),
    "small money": ("money-is-int64", lambda d: properties(d, "BoatRead")["price_idr"].update(format="int32")),
    "plain error": (
        "errors-are-problems",
        lambda d: at(d, "components", "responses", "NotFound").update(content={"application/json": {}}),
    ),
    "error without codes": (
        "problems-name-their-codes",
        lambda d: at(d, "components", "responses", "NotFound").pop("x-problem-codes"),
    ),
    "framework's error": (
        "no-framework-errors",
        lambda d: at(d, "components", "schemas").update(HTTPValidationError={"type": "object", "description": "x"}),
    ),
    "plain patch": (
        "patch-is-merge-patch",
        lambda d: operation(d, ONE, "patch")["requestBody"].update(
            content={"application/json": {"schema": {"$ref": "#/components/schemas/BoatPatch"}}}
        ),
    ),
    "no If-Match": ("changes-need-if-match", lambda d: without_parameter(d, ONE, "patch", "If-Match")),
    "optional If-Match": (
        "changes-need-if-match",
        lambda d: [p.update(required=False) for p in operation(d, ONE, "patch")["parameters"] if p["in"] == "header"],
    ),
    "no 412": ("changes-need-if-match", lambda d: operation(d, ONE, "patch")["responses"].pop("412")),
    "no Idempotency-Key": (
        "secured-posts-take-an-idempotency-key",
        lambda d: without_parameter(d, SINK, "post", "Idempotency-Key"),
    ),
    "no Location": (
        "created-has-location",
        lambda d: operation(d, LIST, "post")["responses"]["201"]["headers"].pop("Location"),
    ),
    "no cursor": ("pages-have-cursor", lambda d: without_parameter(d, LIST, "get", "cursor")),
    "nameless body": (
        "bodies-have-names",
        lambda d: at(operation(d), "responses", "200", "content", "application/json").update(schema={"type": "object"}),
    ),
    "webhook without signature": (
        "webhooks-are-standard",
        lambda d: d.update(webhooks={"boat.sunk": {"post": {"operationId": "onBoatSunk", "parameters": []}}}),
    ),
    "unencrypted server": (
        "owasp:api8:2023-no-server-http",
        lambda d: d["servers"][0].update(url="http://api.example"),
    ),
    "same method name twice": (
        "operation-operationId-unique",
        lambda d: operation(d, LIST, "post").update(operationId="listBoats"),
    ),
    "unknown scheme": ("security-defined", lambda d: operation(d, ONE).update(security=[{"nope": ["a"]}])),
    "reference to nothing": (
        "no-unresolved-refs",
        lambda d: operation(d)["responses"].update({"404": {"$ref": "#/components/responses/Nope"}}),
    ),
    "unused component": (
        "no-unused-components",
        lambda d: at(d, "components", "schemas").update(Orphan={"type": "object", "description": "x"}),
    ),
    "wrong example in a schema": (
        "no-invalid-schema-examples",
        lambda d: properties(d, "BoatRead")["name"].update(examples=[7]),
    ),
    "wrong example in an answer": (
        "no-invalid-media-type-examples",
        lambda d: at(
            d, "components", "responses", "NotFound", "content", "application/problem+json", "examples", "not_found"
        ).update(value={"type": 1}),
    ),
    "unknown tag": ("operation-tag-defined", lambda d: operation(d).update(tags=["ghost"])),
    "parameter not declared": (
        "path-parameters-defined",
        lambda d: without_parameter(d, ONE, "get", "boat_id"),
    ),
    "ambiguous paths": (
        "no-ambiguous-paths",
        lambda d: d["paths"].update({"/v1/{kind}/latest": copy.deepcopy(d["paths"][ONE])}),
    ),
    "required but absent": (
        "no-required-schema-properties-undefined",
        lambda d: at(d, "components", "schemas", "BoatRead", "required").append("ghost"),
    ),
}


@pytest.fixture(scope="module")
def reported(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """Rule names reported for each broken contract, and under "" for the whole one."""
    folder = tmp_path_factory.mktemp("broken")
    whole = small_app().openapi()
    (folder / "0.json").write_text(json.dumps(whole))
    for number, (_, breaks) in enumerate(BREAKS.values(), start=1):
        document = copy.deepcopy(whole)
        breaks(document)
        (folder / f"{number}.json").write_text(json.dumps(document))
    found: dict[str, set[str]] = {str(number): set() for number in range(len(BREAKS) + 1)}
    tools = openapi.install_tools(FOLDER)
    files = sorted(str(path) for path in folder.iterdir())
    for file, rules in [*spectral(tools, files), *redocly(tools, files)]:
        found[Path(file).stem] |= rules
    return dict(zip(["", *BREAKS], (found[str(number)] for number in range(len(BREAKS) + 1)), strict=True))


def spectral(tools: Path, files: list[str]) -> list[tuple[str, set[str]]]:
    rules = str(tools / "spectral.yaml")
    done = openapi.run_tool(tools, "spectral", "lint", "-q", "-f", "json", "-F", "hint", "-r", rules, *files)
    return [(finding["source"], {finding["code"]}) for finding in json.loads(done.stdout)]


def redocly(tools: Path, files: list[str]) -> list[tuple[str, set[str]]]:
    """Redocly prints one report after the other, in the order of the files."""
    rules = str(tools / "redocly.yaml")
    rest = openapi.run_tool(tools, "redocly", "lint", "--config", rules, "--format=json", *files).stdout.strip()
    reports = []
    while rest:
        report, end = json.JSONDecoder().raw_decode(rest)
        reports.append({finding["ruleId"] for finding in report["problems"]})
        rest = rest[end:].strip()
    return list(zip(files, reports, strict=True))


def test_the_whole_contract_is_not_reported(reported: dict[str, set[str]]) -> None:
    assert reported[""] == set()


@pytest.mark.parametrize("way", BREAKS)
def test_a_contract_broken_this_way_is_reported(way: str, reported: dict[str, set[str]]) -> None:
    assert BREAKS[way][0] in reported[way]
