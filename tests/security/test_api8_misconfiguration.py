"""API8:2023 Security misconfiguration: safe as it comes, silent about itself, closed to foreign pages."""

import re
from asyncio import gather
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr

from plut_api.app import create_app
from plut_api.cli.serve import make_server
from plut_api.settings import Settings
from tests.conftest import Api
from tests.factories import Make

EVERYWHERE = ("/livez", "/v1/regions", "/v1/me", "/v1/people/x", "/nowhere", "/docs", "/openapi.json", "/problems")
HERE = "http://127.0.0.1:8000"
FOREIGN = "https://jahat.example"


@pytest.mark.parametrize("path", EVERYWHERE)
async def test_every_answer_carries_what_browsers_need_to_be_careful(api: Api, path: str) -> None:
    headers = (await api.request("GET", path, checked=False)).headers

    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "unsafe-inline" not in headers["content-security-policy"].partition("style-src")[0]
    assert headers.keys() & {"server", "x-powered-by"} == set()


async def test_production_tells_browsers_to_stay_with_https(settings: Settings) -> None:
    app = create_app(settings.model_copy(update={"mode": "production"}))
    answer = await _asked(app, "/livez")

    assert "max-age=" in answer.headers["strict-transport-security"]


async def test_what_is_personal_is_never_kept_by_a_cache(api: Api, make: Make) -> None:
    person = await make.person()

    answers = [await api.as_(person).get(path) for path in ("/v1/me", f"/v1/people/{person.id}", "/v1/actors")]

    assert {answer.headers["cache-control"] for answer in answers} == {"no-store"}


async def test_pages_of_another_origin_are_let_in_only_by_setting(settings: Settings, api: Api) -> None:
    asking = {"Origin": FOREIGN, "Access-Control-Request-Method": "GET"}
    closed = await api.request("OPTIONS", "/v1/me", headers=asking, checked=False)
    plain = await api.request("GET", "/v1/regions", headers={"Origin": FOREIGN})
    opened = create_app(settings.model_copy(update={"cors_origins": ("https://mitra.example",)}))
    foreign = await _asked(opened, "/v1/regions", Origin=FOREIGN)
    friend = await _asked(opened, "/v1/regions", Origin="https://mitra.example")

    assert "access-control-allow-origin" not in closed.headers
    assert "access-control-allow-origin" not in plain.headers
    assert "access-control-allow-origin" not in foreign.headers
    assert friend.headers["access-control-allow-origin"] == "https://mitra.example"
    assert "access-control-allow-credentials" not in friend.headers
    assert Settings.model_fields["cors_origins"].default == ()


async def test_a_database_that_is_away_is_told_without_where_it_was(settings: Settings) -> None:
    lost = settings.model_copy(update={"database_url": SecretStr("postgresql://plut:rahasia@127.0.0.1:9/plut")})
    answer = await _asked(create_app(lost), "/v1/organizations")

    assert answer.status_code == 503
    assert not re.search(r"Traceback|rahasia|127\.0\.0\.1:9/|asyncpg|sqlalchemy|File \"", answer.text)


@pytest.mark.parametrize(
    "path", ["/v1/people/%00", "/v1/people/../../etc/passwd", "/v1/kbli/2025/'%20OR%201=1--", "/v1/regions?q=%27;--"]
)
async def test_odd_addresses_are_answered_without_a_word_of_the_inside(api: Api, path: str) -> None:
    answer = await api.request("GET", path, checked=False)

    assert answer.status_code < 500
    assert not re.search(r"Traceback|psycopg|asyncpg|sqlalchemy|site-packages|SELECT ", answer.text)


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "TRACK", "DEBUG"])
async def test_methods_that_mirror_or_tunnel_are_refused(api: Api, method: str) -> None:
    answer = await api.request(method, "/v1/regions", checked=False)

    assert answer.status_code == 405


async def test_an_address_that_redirects_stays_at_home(api: Api) -> None:
    answers = await gather(
        *(api.request("GET", path, checked=False) for path in ("/v1/regions/", "//jahat.example/", "/v1/regions//"))
    )

    for answer in answers:
        target = answer.headers.get("location", HERE)
        assert target.startswith((HERE, "/v1/"))


def test_the_server_does_not_introduce_itself_keeps_idle_connections_briefly_and_believes_no_proxy(
    settings: Settings,
) -> None:
    config = make_server(settings).config

    assert config.server_header is False
    assert config.timeout_keep_alive <= 120
    assert config.proxy_headers is bool(settings.trusted_proxies) is False


def test_secrets_do_not_show_when_settings_are_printed() -> None:
    secret = "sangat-rahasia-sekali"
    settings = Settings(data_dir=Path("x"), database_url=SecretStr(secret), master_key=SecretStr(secret))
    named = [
        name for name in Settings.model_fields if name.endswith(("_key", "_keys", "_token", "_password", "_secret"))
    ]

    assert secret not in f"{settings!r}{settings}{settings.model_dump()}"
    assert named
    assert all("SecretStr" in str(Settings.model_fields[name].annotation) for name in named)


async def _asked(app: FastAPI, path: str, **headers: str) -> httpx.Response:
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url=HERE) as client:
        answer = await client.get(path, headers=headers)
    await app.state.engine.dispose()
    return answer
