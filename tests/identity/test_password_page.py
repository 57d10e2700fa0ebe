"""The page of links in mails: all of it from here, nothing from another origin, and in one piece."""

import re

from tests.conftest import Api


async def test_the_page_and_what_it_loads_come_from_here_under_a_closed_policy(api: Api) -> None:
    page = await api.request("GET", "/password", checked=False)
    parts = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    answers = {part: await api.request("GET", f"/{part}", checked=False) for part in parts}

    assert page.headers["content-type"].startswith("text/html")
    assert page.headers["content-security-policy"].startswith("default-src 'none'; script-src 'self'")
    assert page.headers["referrer-policy"] == "no-referrer"
    assert parts == ["password/page.css", "password/page.js"]
    assert {part: answer.status_code for part, answer in answers.items()} == dict.fromkeys(parts, 200)
    assert "oauth/passwords" in answers["password/page.js"].text
    assert not re.search(r"https?://|<script>|style=", page.text)


async def test_nothing_else_of_the_folder_is_served(api: Api) -> None:
    for name in ("page.html", "..%2Frouter%2Fpage.py", "other"):
        assert (await api.request("GET", f"/password/{name}", checked=False)).status_code == 404
