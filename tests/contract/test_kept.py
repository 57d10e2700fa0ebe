"""The check that holds every answer against the contract finds what breaks it."""

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from plut_api.kit.contract import answer_faults
from tests.contract.small_app import KNOWN, small_app

DOCUMENT = small_app().openapi()
HEADERS = {"content-type": "application/json", "x-request-id": "1", "etag": '"1"'}
BOAT = {"id": str(KNOWN), "name": "Perahu", "price_idr": 5, "built_at": "2026-03-02T01:30:00Z"}
PROBLEM = {
    "type": "https://api.plut.example/problems/boat_sunk",
    "title": "Perahu sudah tenggelam",
    "status": 409,
    "detail": "Perahu sudah tenggelam",
    "code": "boat_sunk",
    "errors": [],
    "request_id": "1",
}


def faults(status: int, body: Any, headers: dict[str, str], method: str = "GET", path: str = "") -> list[str]:
    answer = httpx.Response(status, headers=headers, content=json.dumps(body).encode() if body is not None else b"")
    return answer_faults(DOCUMENT, method, path or f"/v1/boats/{KNOWN}", answer)


def test_an_answer_as_documented_has_no_fault() -> None:
    assert faults(200, BOAT, HEADERS) == []


def test_a_problem_as_documented_has_no_fault() -> None:
    headers = HEADERS | {"content-type": "application/problem+json"}

    assert faults(409, PROBLEM, headers, "POST", f"/v1/boats/{KNOWN}/sink") == []


@pytest.mark.parametrize(
    ("status", "body", "headers", "said"),
    [
        (202, BOAT, HEADERS, "status 202 is not documented"),
        (200, BOAT, HEADERS | {"content-type": "text/plain"}, "media type text/plain is not documented"),
        (200, BOAT, {k: v for k, v in HEADERS.items() if k != "etag"}, "header ETag is missing"),
        (200, BOAT, HEADERS | {"etag": "1"}, "header ETag has another form"),
        (200, BOAT | {"price_idr": -1}, HEADERS, "body at price_idr"),
        (200, BOAT | {"id": "7"}, HEADERS, "body at id"),
        (200, {k: v for k, v in BOAT.items() if k != "name"}, HEADERS, '"name" is a required property'),
        (304, BOAT, HEADERS, "bytes where none is documented"),
    ],
)
def test_an_answer_that_breaks_the_contract_is_told(status: int, body: Any, headers: dict[str, str], said: str) -> None:
    assert any(said in fault for fault in faults(status, body, headers))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda problem: problem | {"code": "program_full"}, "code program_full is not documented for 409"),
        (lambda problem: problem | {"status": "409"}, "body at status"),
        (lambda problem: {k: v for k, v in problem.items() if k != "request_id"}, '"request_id" is a required'),
    ],
)
def test_a_problem_that_breaks_the_contract_is_told(
    change: Callable[[dict[str, Any]], dict[str, Any]], said: str
) -> None:
    headers = HEADERS | {"content-type": "application/problem+json"}

    found = faults(409, change(PROBLEM), headers, "POST", f"/v1/boats/{KNOWN}/sink")

    assert any(said in fault for fault in found)


def test_an_address_outside_the_contract_may_only_refuse() -> None:
    assert faults(200, BOAT, HEADERS, path="/v1/ghosts") == ["200 from an operation that the contract does not have"]


def test_a_405_names_the_methods_there_are() -> None:
    found = faults(405, PROBLEM, HEADERS, "PUT")

    assert found == ["405 without Allow"]
