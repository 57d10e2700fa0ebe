"""The written contract is the one that the server keeps, and it is valid OpenAPI 3.1."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from plut_api.cli import openapi
from plut_api.kit.problems import CATALOGUE

FOLDER = Path(__file__).parents[2] / "openapi"


@pytest.fixture(scope="module")
def exported() -> dict[str, str]:
    return openapi.exported()


@pytest.mark.parametrize("name", [openapi.CONTRACT, openapi.PROBLEMS])
def test_the_written_file_equals_the_code_byte_for_byte(name: str, exported: dict[str, str]) -> None:
    written = (FOLDER / name).read_bytes()

    assert written == exported[name].encode(), "run `plut openapi export` and review the difference"


def test_the_contract_is_valid_openapi_31() -> None:
    assert openapi.validated(FOLDER / openapi.CONTRACT) == ""


def test_every_code_that_an_operation_names_is_in_the_catalogue(exported: dict[str, str]) -> None:
    catalogue = yaml.safe_load(exported[openapi.PROBLEMS])["problems"]

    named = codes_in(yaml.safe_load(exported[openapi.CONTRACT]))

    assert named
    assert named <= catalogue.keys() <= CATALOGUE.keys()


def codes_in(node: Any) -> set[str]:
    if isinstance(node, list):
        return set().union(*map(codes_in, node)) if node else set()
    if not isinstance(node, dict):
        return set()
    return set(node.get("x-problem-codes", ())).union(*map(codes_in, node.values()))
