"""Secrets do not show where objects are printed, and pages of other origins come in by setting only."""

import base64
import dataclasses
import importlib
import pkgutil
from collections.abc import Iterator

import pytest
from pydantic import BaseModel, SecretStr
from structlog.testing import capture_logs

import plut_api
from plut_api.app import create_app
from plut_api.settings import Settings
from tests.conftest import Api
from tests.factories import Make

ORIGIN = "https://app.example"
SECRETS = frozenset(
    {
        *("password", "old_password", "new_password", "secret", "client_secret", "client_assertion", "assertion"),
        *("token", "access_token", "refresh_token", "totp", "otpauth_uri", "recovery_codes", "tokens"),
    }
)
CODES_THAT_SIGN = frozenset({"TokenForm", "ErasureConfirm", "TotpConfirmation", "InvitationAcceptance"})
KEYS = frozenset({"DataKey", "Ring"})


def classes() -> Iterator[type]:
    """Every class of the product."""
    for found in pkgutil.walk_packages(plut_api.__path__, "plut_api."):
        if found.name.endswith("__main__"):
            continue
        module = importlib.import_module(found.name)
        for value in vars(module).values():
            if isinstance(value, type) and value.__module__ == found.name:
                yield value


def is_secret(owner: type, name: str) -> bool:
    return (
        name in SECRETS
        or (name == "code" and owner.__name__ in CODES_THAT_SIGN)
        or (owner.__name__ in KEYS and name in {"key", "data", "index"})
    )


def test_no_field_that_is_a_secret_shows_when_its_object_is_printed() -> None:
    shown = []
    looked_at = 0
    for owner in classes():
        if dataclasses.is_dataclass(owner):
            fields = {field.name: field.repr for field in dataclasses.fields(owner)}
        elif issubclass(owner, BaseModel) and not issubclass(owner, Settings):
            fields = {name: field.repr for name, field in owner.model_fields.items()}
        else:
            continue
        for name, in_repr in fields.items():
            if is_secret(owner, name):
                looked_at += 1
                if in_repr:
                    shown.append(f"{owner.__module__}.{owner.__name__}.{name}")

    assert looked_at > 20
    assert sorted(shown) == []


def test_settings_that_are_secrets_are_typed_so() -> None:
    secret = [name for name, field in Settings.model_fields.items() if "SecretStr" in str(field.annotation)]
    told = Settings(**{name: SecretStr("rahasia-sekali") for name in secret})  # type: ignore[arg-type]

    assert {"master_key", "data_keys", "index_key", "sms_gateway_token", "smtp_url", "database_url"} <= set(secret)
    for text in (repr(told), str(told), f"{told!r:.5000}", told.model_dump_json(), str(told.model_dump(mode="json"))):
        assert "rahasia-sekali" not in text


async def test_a_failure_in_the_middle_tells_no_secret_to_the_log(workshop: Api, make: Make) -> None:
    with capture_logs() as logs:
        answer = await workshop.request(
            "POST",
            "/oauth/token",
            data={"grant_type": "urn:plut:grant:password", "email": "baiq@plut.example", "password": "rahasia-sekali"},
        )
        await workshop.get("/v1/workshop/lost-connection", headers={"Authorization": "Bearer rahasia-sekali"})

    assert answer.status_code == 400
    assert "rahasia-sekali" not in str(logs) + answer.text
    assert "baiq@plut.example" not in str(logs) + answer.text


@pytest.fixture
def cross_origin(settings: Settings, sessions: object) -> Api:
    """An installation that lets pages of one origin in."""
    return Api(create_app(settings.model_copy(update={"cors_origins": (ORIGIN,)})))


def preflight(origin: str) -> dict[str, str]:
    return {
        "Origin": origin,
        "Access-Control-Request-Method": "PATCH",
        "Access-Control-Request-Headers": "authorization, if-match",
    }


async def test_no_page_of_another_origin_is_let_in_by_default(api: Api) -> None:
    asked = await api.request("OPTIONS", "/v1/regions", headers=preflight(ORIGIN), checked=False)
    read = await api.get("/v1/regions", headers={"Origin": ORIGIN}, limit=1)

    assert asked.status_code == 405
    assert [name for answer in (asked, read) for name in answer.headers if name.startswith("access-control")] == []


async def test_pages_of_a_named_origin_are_let_in_and_may_read_what_they_need(cross_origin: Api) -> None:
    asked = await cross_origin.request("OPTIONS", "/v1/actors/1", headers=preflight(ORIGIN), checked=False)
    read = await cross_origin.get("/v1/regions", headers={"Origin": ORIGIN}, limit=1)
    other = await cross_origin.request(
        "OPTIONS", "/v1/actors/1", headers=preflight("https://elsewhere.example"), checked=False
    )

    assert asked.status_code == 200
    assert asked.headers["access-control-allow-origin"] == read.headers["access-control-allow-origin"] == ORIGIN
    assert "PATCH" in asked.headers["access-control-allow-methods"]
    assert "if-match" in asked.headers["access-control-allow-headers"].lower()
    assert "access-control-allow-credentials" not in asked.headers
    exposed = {name.strip().lower() for name in read.headers["access-control-expose-headers"].split(",")}
    assert {"etag", "link", "location", "retry-after", "x-request-id", "ratelimit", "sync-token"} <= exposed
    assert other.status_code == 400
    assert "access-control-allow-origin" not in other.headers


async def test_a_page_of_a_named_origin_can_read_why_it_was_refused(settings: Settings, sessions: object) -> None:
    strict = settings.model_copy(update={"cors_origins": (ORIGIN,), "rate_limit_per_minute": 1})
    api = Api(create_app(strict))

    answers = [await api.get("/v1/regions", headers={"Origin": ORIGIN}, limit=1) for _ in range(3)]

    assert answers[-1].status_code == 429
    assert answers[-1].headers["access-control-allow-origin"] == ORIGIN


@pytest.mark.parametrize("path", ["/docs", "/docs/swagger-ui.css", "/openapi.json", "/v1/regions", "/nowhere"])
async def test_pages_and_problems_alike_are_neither_framed_nor_sniffed(api: Api, path: str) -> None:
    answer = await api.request("GET", path, checked=False)

    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers.get("cross-origin-opener-policy") == ("same-origin" if "/docs" in path else None)


async def test_only_where_files_are_taken_may_a_body_be_as_large_as_one(settings: Settings, sessions: object) -> None:
    api = Api(create_app(settings.model_copy(update={"body_limit_bytes": 1024})))
    form = {"grant_type": (None, "urn:plut:grant:otp"), "phone": ("file.txt", b"8" * 5000)}

    elsewhere = await api.request("POST", "/oauth/token", files=form)
    import_ = await api.request("POST", "/v1/imports", files=form, params={"kind": "actors"})

    assert (elsewhere.status_code, elsewhere.json()["code"]) == (413, "payload_too_large")
    assert import_.status_code == 401


def packed(part: bytes) -> str:
    """A part of a token."""
    return base64.urlsafe_b64encode(part).rstrip(b"=").decode()


HEAD = packed(b'{"alg":"ES256","typ":"at+jwt","kid":"a"}')
BOTTOMLESS = {
    "a head that is too deep": packed(b"[" * 2900) + ".e30.AAAA",
    "a head of objects that is too deep": packed(b'{"a":' * 580) + ".e30.AAAA",
    "claims that are too deep": f"{HEAD}.{packed(b'[' * 2700)}.AAAA",
    "claims that are too deep, and a signature": f"{HEAD}.{packed(b'[' * 2700)}.{packed(bytes(64))}",
    "a number that is too long": packed(b"9" * 2900) + ".e30.AAAA",
    "a kid that is a number too long": packed(b'{"alg":"ES256","kid":' + b"9" * 2800 + b"}") + ".e30.AAAA",
    "text that is not UTF-8": packed(b"\xff\xfe" * 100) + ".e30.AAAA",
    "dots": "." * 3000,
}


@pytest.mark.parametrize("token", BOTTOMLESS.values(), ids=BOTTOMLESS.keys())
async def test_a_token_that_trips_a_parser_is_a_token_that_does_not_work(api: Api, token: str) -> None:
    by_key = {
        "grant_type": "client_credentials",
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": token,
    }

    answers = [
        await api.get("/v1/me", headers={"Authorization": f"Bearer {token}"}),
        await api.get("/v1/me", headers={"Authorization": f"DPoP {token}", "DPoP": token}),
        await api.request("POST", "/oauth/token", data=by_key),
        await api.request("POST", "/oauth/token", data=by_key, headers={"DPoP": token}),
        await api.request("POST", "/oauth/revoke", data={"token": token[:200]}),
    ]

    assert [answer.status_code for answer in answers[:2]] == [401, 401]
    assert all(answer.status_code in (200, 400, 401) for answer in answers[2:]), [a.text for a in answers]
