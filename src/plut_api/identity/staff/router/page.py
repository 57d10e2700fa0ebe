"""The page that links in mails lead to, where nobody has set one of a front end (`PLUT_PASSWORD_PAGE`)."""

from functools import cache
from pathlib import Path

from fastapi import Response

from plut_api.kit.problems import NotFound
from plut_api.kit.web import Router

_FOLDER = Path(__file__).parent.parent / "page"
_FILES = {"page.css": "text/css", "page.js": "text/javascript"}
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)

router = Router(tag="identity", include_in_schema=False)


@router.get("/password")
async def password_page() -> Response:
    """Asks for a password and sends it with the token of the link, which never leaves the browser otherwise."""
    return Response(_content("page.html"), media_type="text/html", headers={"Content-Security-Policy": _POLICY})


@router.get("/password/{name}")
async def password_page_file(name: str) -> Response:
    """The page's script and style. Raises NotFound."""
    if name not in _FILES:
        raise NotFound
    return Response(_content(name), media_type=_FILES[name])


@cache
def _content(name: str) -> bytes:
    return (_FOLDER / name).read_bytes()
