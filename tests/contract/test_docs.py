"""The documentation page needs nothing from another origin."""

import re
from html.parser import HTMLParser

import httpx
import pytest

from plut_api.kit.docs import CONTENT_SECURITY_POLICY
from tests.contract.small_app import small_app


class Page(HTMLParser):
    """Collects what a page refers to, and what it carries inside itself."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.references: list[str] = []
        self.inside: list[str] = []
        self._tag = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._tag = tag
        self.references += [value or "" for name, value in attrs if name in ("src", "href", "action", "data")]
        self.inside += [name for name, _ in attrs if name == "style" or name.startswith("on")]

    def handle_endtag(self, tag: str) -> None:
        self._tag = ""

    def handle_data(self, data: str) -> None:
        if self._tag in ("script", "style") and data.strip():
            self.inside.append(data)


async def get(path: str, **headers: str) -> httpx.Response:
    transport = httpx.ASGITransport(app=small_app())
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client:
        return await client.get(path, headers=headers)


async def test_the_page_refers_only_to_files_of_its_own_server_that_exist() -> None:
    page = Page((await get("/docs")).text)

    assert len(page.references) >= 5
    for reference in page.references:
        assert not re.match(r"^([a-z]+:|//)", reference)
        assert (await get(f"/{reference}")).status_code == 200


async def test_the_page_may_load_nothing_else_and_has_no_inline_script_or_style() -> None:
    answer = await get("/docs")

    assert answer.headers["content-security-policy"] == CONTENT_SECURITY_POLICY
    assert "'unsafe" not in CONTENT_SECURITY_POLICY
    assert "http" not in CONTENT_SECURITY_POLICY
    assert Page(answer.text).inside == []


@pytest.mark.parametrize("name", ["start.css", "swagger-ui.css"])
async def test_the_styles_load_nothing_from_another_origin(name: str) -> None:
    style = (await get(f"/docs/{name}")).text

    assert "@import" not in style
    assert not re.findall(r"url\(\s*['\"]?(?:https?:)?//", style)


async def test_the_script_neither_names_another_origin_nor_asks_an_outside_validator() -> None:
    script = (await get("/docs/start.js")).text

    assert "//" not in re.sub(r"^\s*// .*$", "", script, flags=re.MULTILINE)
    assert "validatorUrl: null" in script


async def test_the_contract_served_is_the_contract_with_this_server_named() -> None:
    app = small_app()

    served = (await get("/openapi.json")).json()

    assert served["servers"][0]["url"] == app.state.settings.public_url
    assert served | {"servers": None} == app.openapi() | {"servers": None}


async def test_what_was_fetched_once_is_not_sent_again() -> None:
    first = await get("/openapi.json")

    assert (await get("/openapi.json", **{"If-None-Match": first.headers["etag"]})).status_code == 304


async def test_no_other_file_of_the_package_is_served() -> None:
    assert (await get("/docs/redoc.standalone.js")).status_code == 404
    assert (await get("/docs/..%2F__init__.py")).status_code == 404


async def test_the_type_of_a_problem_leads_to_what_it_means() -> None:
    answer = await get("/problems/not_found", **{"Accept-Language": "en"})

    assert answer.json()["status"] == 404
    assert answer.json()["title"] == {"id": "Data tidak ditemukan", "en": "Not found"}
    assert (await get("/problems/no_such_code")).status_code == 404


async def test_the_catalogue_lists_every_kind() -> None:
    kinds = (await get("/problems")).json()["data"]

    assert [kind["code"] for kind in kinds] == sorted(kind["code"] for kind in kinds)
    assert {"not_found", "too_many_requests", "internal_error"} <= {kind["code"] for kind in kinds}
