"""What every exchange has: a request id, a trace, compression, safe headers, and one log line without personal data."""

import gzip
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from structlog.testing import capture_logs

from plut_api.kit.caller import Role
from plut_api.settings import Settings
from tests.conftest import Api
from tests.factories import Make
from tests.kit.workshop import workshop_app


async def test_every_answer_has_an_id_of_its_own_which_its_problem_repeats(workshop: Api) -> None:
    answers = [
        await workshop.get("/v1/regions", limit=1),
        await workshop.get("/v1/regions/99"),
        await workshop.get("/nowhere"),
        await workshop.get("/v1/workshop/lost-connection"),
        await workshop.request("HEAD", "/livez"),
    ]

    ids = [answer.headers["x-request-id"] for answer in answers]
    assert len(set(ids)) == len(ids)
    for answer in answers[1:4]:
        assert answer.json()["request_id"] == answer.headers["x-request-id"]


async def test_an_id_that_the_client_made_up_is_not_taken_over(workshop: Api) -> None:
    answer = await workshop.get("/livez", headers={"X-Request-Id": "forged\tline"})

    assert "forged" not in answer.headers["x-request-id"]


@pytest.mark.parametrize(
    ("sent", "logged"),
    [
        ("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "4bf92f3577b34da6a3ce929d0e0e4736"),
        ("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7", None),
        ("garbage", None),
    ],
)
async def test_the_trace_of_the_client_is_found_in_the_log(workshop: Api, sent: str, logged: str | None) -> None:
    with capture_logs() as logs:
        answer = await workshop.get("/livez", headers={"traceparent": sent})

    (line,) = [entry for entry in logs if entry["event"] == "request"]
    assert (line["trace_id"], line["request_id"]) == (logged, answer.headers["x-request-id"])


async def test_a_request_is_logged_by_route_and_caller_without_what_it_said(workshop: Api, make: Make) -> None:
    staff = await make.staff(Role.dinas)
    caller = workshop.as_(staff)
    token = await caller.token()
    secrets = ("Nurhayati", "5271014506900001", "081234567890", token, "kunci-rahasia")

    with capture_logs() as logs:
        await caller.post(
            "/v1/workshop/effects", headers={"Idempotency-Key": "kunci-rahasia"}, name="Baiq Nurhayati 5271014506900001"
        )
        await caller.post("/v1/workshop/effects", name="Baiq Nurhayati", telephone="081234567890")
        await workshop.get("/v1/organizations", q="Nurhayati 5271014506900001")
        await workshop.request("GET", "/v1/Nurhayati/5271014506900001")
        await workshop.get("/v1/workshop/database-error", value="5271014506900001")

    assert not [secret for secret in secrets if secret in str(logs)]
    requests = [entry for entry in logs if entry["event"] == "request"]
    assert [(line["method"], line["route"], line["status"]) for line in requests] == [
        ("POST", "/v1/workshop/effects", 200),
        ("POST", "/v1/workshop/effects", 422),
        ("GET", "/v1/organizations", 200),
        ("GET", "unknown", 404),
        ("GET", "/v1/workshop/database-error", 500),
    ]
    assert requests[0]["caller"] == str(staff.id)


async def test_answers_cannot_be_framed_sniffed_or_kept(workshop: Api) -> None:
    headers = (await workshop.get("/livez")).headers

    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] == "no-store"
    assert "strict-transport-security" not in headers


async def raw(app: FastAPI, path: str, accept: str) -> tuple[httpx.Response, bytes]:
    """An answer and its body as it travelled."""
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client:
        request = client.build_request("GET", path, headers={"Accept-Encoding": accept})
        answer = await client.send(request, stream=True)
        body = b"".join([chunk async for chunk in answer.aiter_raw()])
        await answer.aclose()
        return answer, body


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [("gzip", "gzip"), ("br", "br"), ("zstd", "zstd"), ("gzip, deflate, br, zstd", "zstd"), ("br, gzip", "br")],
)
async def test_a_body_over_a_kibibyte_travels_compressed(
    workshop_application: FastAPI, workshop: Api, accept: str, chosen: str
) -> None:
    answer, body = await raw(workshop_application, "/v1/workshop/large?size=5000", accept)

    assert answer.headers["content-encoding"] == chosen
    assert "accept-encoding" in answer.headers["vary"].lower()
    assert len(body) < 500
    assert chosen != "gzip" or gzip.decompress(body) == b'"' + b"a" * 5000 + b'"'


@pytest.mark.parametrize(("size", "accept"), [(1000, "gzip"), (5000, "identity"), (5000, "")])
async def test_a_small_body_and_one_for_a_plain_client_travel_as_they_are(
    workshop_application: FastAPI, workshop: Api, size: int, accept: str
) -> None:
    answer, body = await raw(workshop_application, f"/v1/workshop/large?size={size}", accept)

    assert "content-encoding" not in answer.headers
    assert len(body) == size + 2


async def test_no_browser_page_may_call_unless_its_origin_is_allowed(
    workshop: Api, app: FastAPI, settings: Settings
) -> None:
    origin: dict[str, Any] = {"Origin": "https://plut.example"}
    opened = Api(workshop_app(settings.model_copy(update={"cors_origins": ("https://plut.example",)})))

    closed_answer = await workshop.get("/livez", headers=origin)
    open_answer = await opened.get("/livez", headers=origin)
    foreign = await opened.get("/livez", headers={"Origin": "https://other.example"})

    assert "access-control-allow-origin" not in closed_answer.headers
    assert open_answer.headers["access-control-allow-origin"] == "https://plut.example"
    assert "access-control-allow-origin" not in foreign.headers
