"""Tells each step in words, with the call behind it, and stops at the first answer that is not the expected one."""

import time
from typing import Any

import httpx
from rich.console import Console

from plut_api.kit.ids import new_id

_PATIENCE = 60.0
"""Seconds: what the worker does takes long on a busy machine."""


class StoryBroken(AssertionError):
    """An answer was not what the story needs."""


class Narrator:
    """An HTTP client that says what it does."""

    def __init__(self, url: str, console: Console) -> None:
        self._client = httpx.Client(base_url=url, timeout=60, headers={"Accept-Language": "en"})
        self._console = console
        self._url = url

    def chapter(self, title: str) -> None:
        """Begin a chapter."""
        self._console.print(f"\n[bold cyan]{title}[/]", soft_wrap=True)

    def say(self, words: str) -> None:
        """Tell something that was found."""
        self._console.print(f"    [dim]→[/] {words}", highlight=False, soft_wrap=True)

    def call(
        self,
        words: str,
        method: str,
        path: str,
        *,
        token: str | None = None,
        expect: int = 200,
        quiet: bool = False,
        **options: Any,
    ) -> httpx.Response:
        """Make a call, tell it, and require its status. Raises StoryBroken."""
        headers = dict(options.pop("headers", {}))
        if token:
            headers["Authorization"] = f"Bearer {token}"
        if method == "POST" and token:
            headers.setdefault("Idempotency-Key", str(new_id()))
        answer = self._client.request(method, path, headers=headers, **options)
        if not quiet:
            self._console.print(f"  {words}", highlight=False, soft_wrap=True)
            shown = answer.request.url.raw_path.decode()
            shown = shown if len(shown) < 90 else f"{shown[:87]}…"
            self._console.print(
                f"    [green]{method} {shown}[/] [bold]{answer.status_code}[/]", highlight=False, soft_wrap=True
            )
        if answer.status_code != expect:
            raise StoryBroken(f"{method} {path} gave {answer.status_code}, not {expect}: {answer.text[:600]}")
        return answer

    def wait_for(self, path: str, token: str | None, **wanted: Any) -> dict[str, Any]:
        """Ask again until the members have the wanted values; a minute at most. Raises StoryBroken."""
        deadline = time.monotonic() + _PATIENCE
        while time.monotonic() < deadline:
            body: dict[str, Any] = self.call("", "GET", path, token=token, quiet=True).json()
            if all(body[name] == value for name, value in wanted.items()):
                return body
            time.sleep(0.2)
        raise StoryBroken(f"{path} never had {wanted}")


def require(holds: bool, words: str) -> None:
    """Stop the story unless something holds. Raises StoryBroken."""
    if not holds:
        raise StoryBroken(words)
