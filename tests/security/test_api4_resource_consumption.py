"""API4:2023 Unrestricted resource consumption: every list, text, body, file and caller has a limit."""

import json
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from plut_api.app import create_app
from plut_api.kit.caller import Role
from plut_api.kit.pages import MAX_LIMIT
from plut_api.settings import Settings
from tests.access.matrix import matrix
from tests.access.running import Operation, Operations, prepared_for
from tests.access.world import World
from tests.conftest import Api
from tests.factories import Make


async def test_every_list_has_pages_of_a_bounded_length(operations: Operations) -> None:
    lists = {name: operation for name, operation in operations.items() if name.startswith("list")}
    limits = {name: _parameter(operation, "limit") for name, operation in lists.items()}

    assert len(lists) >= 25
    assert {name for name, limit in limits.items() if limit is None} == set()
    assert {limit["schema"]["maximum"] for limit in limits.values() if limit} == {MAX_LIMIT}


@pytest.mark.parametrize("limit", [0, -1, MAX_LIMIT + 1, 10**12, "all"])
async def test_no_list_gives_more_than_a_page_to_anybody(world: World, operations: Operations, limit: Any) -> None:
    answers = {}
    for name, operation in operations.items():
        if _parameter(operation, "limit") is not None:
            api, call = await prepared_for(world, operation, _somebody(name))
            answers[name] = await api.request("GET", operation.path.format(**call.path), params={"limit": limit})

    assert Counter(answer.status_code for answer in answers.values()) == {422: len(answers)}


async def test_a_page_is_no_longer_than_asked_for_and_says_where_the_next_begins(world: World) -> None:
    answer = await world.api.as_(world.dinas).get("/v1/people", limit=1)

    assert len(answer.json()["data"]) == 1
    assert answer.json()["next_cursor"] is not None


async def test_every_text_number_and_list_that_is_sent_has_a_bound_in_the_contract(app: FastAPI) -> None:
    document = app.openapi()
    sent = {
        reference.rpartition("/")[2]
        for item in document["paths"].values()
        for described in item.values()
        for content in described.get("requestBody", {}).get("content", {}).values()
        if (reference := content["schema"].get("$ref"))
    }
    faults = [f"{name}{at}" for name in sent for at in _unbounded(document, document["components"]["schemas"][name])]

    assert len(sent) >= 30
    assert faults == []


@pytest.mark.parametrize("path", ["/v1/people", "/v1/programs", "/oauth/otp", "/oauth/token", "/v1/imports"])
async def test_a_body_over_the_limit_is_refused_before_it_is_read(api: Api, make: Make, path: str) -> None:
    read = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        while True:
            read += 65_536
            yield b" " * 65_536

    staff = api.as_(await make.staff(Role.dinas))
    answer = await staff.request("POST", path, content=endless(), headers={"Content-Type": "application/json"})

    assert answer.status_code in (413, 415)
    assert read <= 2 * 1_048_576


async def test_a_file_over_the_limit_is_refused_by_its_length(api: Api, make: Make) -> None:
    staff = api.as_(await make.staff(Role.dinas))
    headers = {"Content-Type": "multipart/form-data; boundary=x", "Content-Length": str(200 * 1_048_576)}

    answer = await staff.request("POST", "/v1/imports?kind=actors", content=b"", headers=headers)

    assert answer.status_code == 413


@pytest.mark.parametrize(
    "body",
    ["[" * 20_000 + "]" * 20_000, '{"a":' * 20_000 + "1" + "}" * 20_000, "9" * 20_000],
    ids=["lists", "maps", "9s"],
)
async def test_json_that_is_deep_or_long_of_number_is_a_fault_of_the_sender(api: Api, body: str) -> None:
    answer = await api.request("POST", "/oauth/otp", content=body, headers={"Content-Type": "application/json"})

    assert answer.status_code in (400, 422)


async def test_a_caller_who_asks_too_often_is_told_when_to_come_back(settings: Settings, api: Api) -> None:
    hasty = create_app(settings.model_copy(update={"rate_limit_per_minute": 5}))
    transport = httpx.ASGITransport(app=hasty, client=("198.51.100.7", 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client:
        answers = [await client.get("/v1/regions/52.71") for _ in range(12)]
    await hasty.state.engine.dispose()

    refused = [answer for answer in answers if answer.status_code == 429]
    assert 5 <= len(refused) <= 7
    assert all(0 < int(answer.headers["retry-after"]) <= 60 for answer in refused)
    assert all(answer.json()["code"] for answer in refused)


def test_the_limits_of_uploads_and_bodies_are_settings() -> None:
    fields = Settings.model_fields

    assert {"body_limit_bytes", "upload_limit_bytes", "rate_limit_per_minute", "otp_per_phone_per_hour"} <= set(fields)
    assert json.dumps(fields["body_limit_bytes"].default) == "1048576"


def _somebody(name: str) -> Any:
    return next(cell for cell in matrix().cells[name].values() if cell.succeeds)


def _parameter(operation: Operation, name: str) -> Mapping[str, Any] | None:
    found = [p for p in operation.described.get("parameters", []) if p.get("name") == name]
    return found[0] if found else None


def _unbounded(
    document: Mapping[str, Any], schema: Mapping[str, Any], at: str = "", within: frozenset[str] = frozenset()
) -> Iterator[str]:
    """Where a schema admits something without a bound. One that holds itself (a condition) is looked at once."""
    if (name := schema.get("$ref", "").rpartition("/")[2]) in within:
        return
    if name:
        schema, within = document["components"]["schemas"][name], within | {name}
    for part in [*schema.get("anyOf", []), *schema.get("oneOf", []), *schema.get("allOf", [])]:
        yield from _unbounded(document, part, at, within)
    if schema.get("type") == "string" and not {"maxLength", "enum", "const", "format"} & schema.keys():
        yield at
    if schema.get("type") in ("integer", "number") and not {"maximum"} <= schema.keys():
        yield at
    if schema.get("type") == "array":
        if "maxItems" not in schema:
            yield at
        yield from _unbounded(document, schema.get("items", {}), f"{at}[]", within)
    for member, part in schema.get("properties", {}).items():
        yield from _unbounded(document, part, f"{at}.{member}", within)
