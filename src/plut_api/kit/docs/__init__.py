"""The documentation page: Swagger UI from files of this machine, nothing from another origin."""

from functools import cache
from importlib.resources import files
from pathlib import Path

import orjson
from fastapi import Request, Response

from plut_api.kit.problems import NotFound
from plut_api.kit.web import Router

CONTENT_SECURITY_POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
_OWN = Path(__file__).parent
_SWAGGER_UI = files("fastapi_offline") / "static"
_FILES = {
    "start.css": (_OWN, "text/css"),
    "start.js": (_OWN, "text/javascript"),
    "swagger-ui.css": (_SWAGGER_UI, "text/css"),
    "swagger-ui-bundle.js": (_SWAGGER_UI, "text/javascript"),
    "favicon.png": (_SWAGGER_UI, "image/png"),
}
_CACHED = "public, max-age=300"
_ISOLATED = {"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin"}

router = Router(tag="docs", include_in_schema=False)


@router.get("/docs")
async def docs() -> Response:
    """The page; its script reads `/openapi.json`."""
    headers = {"Content-Security-Policy": CONTENT_SECURITY_POLICY, "Cache-Control": _CACHED, **_ISOLATED}
    return Response((_OWN / "page.html").read_bytes(), media_type="text/html", headers=headers)


@router.get("/docs/{name}")
async def docs_file(name: str) -> Response:
    """The page's scripts, styles and icon. Raises NotFound."""
    if name not in _FILES:
        raise NotFound
    return Response(_content(name), media_type=_FILES[name][1], headers={"Cache-Control": _CACHED, **_ISOLATED})


@router.get("/openapi.json")
async def openapi_json(request: Request) -> Response:
    """The contract as JSON; its server is this one, all else equals the released file."""
    state = request.app.state
    if not hasattr(state, "openapi_json"):
        here = {"url": state.settings.public_url, "description": "This server.", "x-internal": False}
        state.openapi_json = orjson.dumps(request.app.openapi() | {"servers": [here]})
    return Response(state.openapi_json, media_type="application/json", headers={"Cache-Control": _CACHED})


@cache
def _content(name: str) -> bytes:
    folder, _ = _FILES[name]
    return (folder / name).read_bytes()
