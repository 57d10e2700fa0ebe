"""What every operation gets without saying so."""

from typing import Any

import pytest
import yaml

from plut_api.kit.contract import allowed_methods, as_yaml
from plut_api.kit.contract.document import require_one_meaning
from tests.contract.small_app import small_app


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return small_app().openapi()


def names(operation: dict[str, Any]) -> dict[str, bool]:
    return {parameter["name"]: parameter["required"] for parameter in operation["parameters"]}


def test_a_public_list_says_that_it_is_public_and_pages_by_link(document: dict[str, Any]) -> None:
    operation = document["paths"]["/v1/boats"]["get"]

    assert operation["security"] == []
    assert {"ETag", "Link", "X-Request-Id"} <= operation["responses"]["200"]["headers"].keys()
    assert {"304", "400", "406", "422", "429", "500", "503"} <= operation["responses"].keys()
    assert "403" not in operation["responses"]


def test_a_creation_takes_an_idempotency_key_and_links_to_what_it_made(document: dict[str, Any]) -> None:
    operation = document["paths"]["/v1/boats"]["post"]

    assert names(operation) == {"Idempotency-Key": False}
    assert {"ETag", "Location"} <= operation["responses"]["201"]["headers"].keys()
    assert operation["responses"]["201"]["links"]["changeBoat"]["parameters"] == {
        "boat_id": "$response.body#/id",
        "If-Match": "$response.header.ETag",
    }


def test_a_change_needs_if_match(document: dict[str, Any]) -> None:
    operation = document["paths"]["/v1/boats/{boat_id}"]["patch"]

    assert names(operation) == {"boat_id": True, "If-Match": True}
    assert {"401", "403", "404", "412", "415", "422", "428"} <= operation["responses"].keys()


def test_an_operation_lists_its_own_codes_beside_those_of_its_kind(document: dict[str, Any]) -> None:
    conflict = document["paths"]["/v1/boats"]["post"]["responses"]["409"]

    assert conflict["x-problem-codes"] == ["boat_sunk", "idempotency_in_progress"]
    assert "`boat_sunk`: The boat lies on the ground of the sea; raise it first." in conflict["description"]
    assert conflict["content"]["application/problem+json"]["examples"]["boat_sunk"]["value"]["status"] == 409


def test_a_parameter_cannot_be_null(document: dict[str, Any]) -> None:
    assert "null" not in str([item["get"].get("parameters") for item in document["paths"].values() if "get" in item])


def test_nothing_of_the_framework_is_left(document: dict[str, Any]) -> None:
    text = as_yaml(document)

    assert "ValidationError" not in text
    assert "Successful Response" not in text
    assert not [name for name, schema in document["components"]["schemas"].items() if "title" in schema]


def test_yaml_gives_back_the_same_document(document: dict[str, Any]) -> None:
    assert yaml.safe_load(as_yaml(document)) == document


@pytest.mark.parametrize(
    "text",
    [
        "0899",  # a number in YAML 1.2, text in YAML 1.1
        "1e3",
        "0220103123456",
        "2026-03-02",
        "12:30:00",
        "no",
        "null",
        "~",
        ".5",
        "two\nlines",
    ],
)
def test_text_that_looks_like_something_else_is_quoted(text: str) -> None:
    written = as_yaml({"example": text}).removeprefix("example: ")

    assert written[0] in "'\"|"
    assert yaml.safe_load(as_yaml({"example": text})) == {"example": text}


def test_allow_names_every_method_of_a_path() -> None:
    app = small_app()

    assert allowed_methods(app, "/v1/boats/7") == ["GET", "HEAD", "PATCH"]
    assert allowed_methods(app, "/v1/nowhere") == []


def test_two_schemas_of_one_name_are_refused_and_one_that_is_read_in_two_ways_is_not() -> None:
    boat: dict[str, Any] = {"properties": {"name": {}}}

    require_one_meaning({"Boat": boat}, {"Boat": boat | {"description": "A boat."}, "Crew": {}})
    with pytest.raises(ValueError, match="called Boat"):
        require_one_meaning({"Boat": boat}, {"Boat": {"properties": {"depth": {}}}})
