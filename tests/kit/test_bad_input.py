"""Whatever is sent, the answer is a typed problem that names every fault, and nothing is half done."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.conftest import Api

ECHO = "/v1/workshop/echo"
JSON = {"Content-Type": "application/json"}


async def send(workshop: Api, content: bytes | AsyncIterator[bytes], **headers: str) -> Any:
    return await workshop.request("POST", ECHO, content=content, headers=JSON | headers)


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b'{"name": }',
        b"name=Kopi",
        b'{"name": "Kopi"} trailing',
        b"[" * 100_00,  # Deeper than a parser can go.
        b'{"name": "Kopi", "count": ' + b"9" * 5000 + b"}",  # Longer than a number can be.
        b'\xff\xfe{"name": "Kopi"}',  # Not UTF-8.
    ],
)
async def test_what_is_no_json_is_a_400(workshop: Api, body: bytes) -> None:
    answer = await send(workshop, body)

    assert answer.status_code == 400
    assert answer.json()["code"] in {"malformed_json", "bad_request"}


@pytest.mark.parametrize("body", [b'{"a":' * 900 + b"1" + b"}" * 900, b"[]", b'"Kopi"', b"7", b"null", b""])
async def test_json_of_another_shape_is_a_422(workshop: Api, body: bytes) -> None:
    answer = await send(workshop, body)

    assert answer.status_code == 422
    assert answer.json()["errors"]


async def test_every_fault_is_named_at_once_by_its_pointer(workshop: Api) -> None:
    answer = await workshop.post(
        ECHO,
        count="3",
        price_idr=-1,
        day="2026-02-30",
        colour="red",
        parts=[{"name": "a", "count": 1}, {"count": 1.5, "a/b~c": 1}],
    )

    assert answer.status_code == 422
    assert {(fault["pointer"], fault["code"]) for fault in answer.json()["errors"]} == {
        ("#/name", "missing"),
        ("#/count", "int_type"),
        ("#/price_idr", "greater_than_equal"),
        ("#/day", "date_from_datetime_parsing"),
        ("#/colour", "extra_forbidden"),
        ("#/parts/1/name", "missing"),
        ("#/parts/1/count", "int_type"),
        ("#/parts/1/a~1b~0c", "extra_forbidden"),
    }


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "Ko\x00pi"),
        ("name", "\ud800"),  # Half of a pair.
        ("note", "Baik\x00"),
        ("note", "Baik \udfff"),
        ("name", "   "),
        ("name", "K" * 201),
        ("count", True),
        ("count", 10**30),
        ("count", float("inf")),
        ("count", float("nan")),
        ("price_idr", 10**15 + 1),
        ("price_idr", 2.0),
        ("day", 20260302),
        ("day", "2026-03-02T00:00:00"),
        ("parts", {"0": {"name": "a", "count": 1}}),
        ("parts", [{"name": "a", "count": 1}] * 11),
    ],
)
async def test_a_value_that_cannot_be_is_refused_where_it_stands(workshop: Api, field: str, value: Any) -> None:
    body = {"name": "Kopi"} | {field: value}

    answer = await send(workshop, json.dumps(body).encode())

    assert answer.status_code == 422, answer.text
    assert {fault["pointer"] for fault in answer.json()["errors"]} == {f"#/{field}"}


async def test_a_query_value_that_cannot_be_is_refused_where_it_stands(workshop: Api) -> None:
    for path, pointer in (
        ("/v1/regions?q=%00%00", "/query/q"),
        ("/v1/regions?q=a", "/query/q"),
        ("/v1/regions?level=planet", "/query/level/0"),
        ("/v1/organizations/not-a-uuid", "/path/organization_id"),
        ("/v1/holidays?year=" + "9" * 5000, "/query/year"),
        ("/v1/holidays?from=yesterday", "/query/from"),
    ):
        answer = await workshop.request("GET", path)
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer), path


async def test_white_space_in_a_name_is_put_in_order(workshop: Api) -> None:
    answer = await workshop.post(ECHO, name="  Kopi \t Sembalun ")

    assert answer.json()["name"] == "Kopi Sembalun"


async def test_a_declared_length_over_the_limit_is_refused_unread(workshop: Api) -> None:
    read = []

    async def body() -> AsyncIterator[bytes]:
        read.append(True)
        yield b" " * 20_001

    answer = await send(workshop, body(), **{"Content-Length": "20001"})

    assert (answer.status_code, answer.json()["code"]) == (413, "payload_too_large")
    assert not read


async def test_a_streamed_body_is_refused_as_soon_as_it_is_over_the_limit(workshop: Api) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while True:
            sent += 1000
            yield b" " * 1000

    answer = await send(workshop, endless())

    assert (answer.status_code, answer.json()["code"]) == (413, "payload_too_large")
    assert sent == 21_000


@pytest.mark.parametrize("kind", ["text/plain", "application/xml", "application/x-www-form-urlencoded", "garbage"])
async def test_another_content_type_is_a_415(workshop: Api, kind: str) -> None:
    answer = await send(workshop, b'{"name": "Kopi"}', **{"Content-Type": kind})

    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")


@pytest.mark.parametrize("kind", ["application/json; charset=utf-8", "application/json", "APPLICATION/JSON"])
async def test_json_by_any_of_its_names_is_read(workshop: Api, kind: str) -> None:
    answer = await send(workshop, b'{"name": "Kopi"}', **{"Content-Type": kind})

    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/v1/regions", "GET, HEAD"),
        ("PUT", ECHO, "PATCH, POST"),
        ("DELETE", "/v1/organizations", "GET, HEAD, POST"),
        ("GET", ECHO, "PATCH, POST"),
    ],
)
async def test_a_method_that_an_address_lacks_is_a_405_with_those_it_has(
    workshop: Api, method: str, path: str, allowed: str
) -> None:
    answer = await workshop.request(method, path)

    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")
    assert answer.headers["allow"] == allowed


@pytest.mark.parametrize(
    "path", ["/", "/v1", "/v1/regions/", "/v2/regions", "/v1/%00", "/../etc/passwd", "/v1//regions"]
)
async def test_an_unknown_address_is_a_404_problem(workshop: Api, path: str) -> None:
    answer = await workshop.request("GET", path)

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_a_patch_names_at_least_one_field_and_no_null_where_none_can_be(workshop: Api) -> None:
    # The route exists to read a body; it holds nothing that could have an ETag.
    empty = await workshop.request("PATCH", ECHO, json={}, checked=False)
    null = await workshop.request("PATCH", ECHO, json={"name": None}, checked=False)
    good = await workshop.request("PATCH", ECHO, json={"name": "Kopi"}, checked=False)

    assert [fault["code"] for fault in empty.json()["errors"]] == ["patch_empty"]
    assert [fault["code"] for fault in null.json()["errors"]] == ["string_type"]
    assert good.json() == {"name": "Kopi"}
