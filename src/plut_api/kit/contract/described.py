"""What the contract says about the product as a whole."""

from importlib import import_module
from typing import Any

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

from plut_api import __version__
from plut_api.kit.contract.declared import operation_id
from plut_api.settings import Settings

DESCRIPTION = """\
PLUT (Pusat Layanan Usaha Terpadu) is the integrated business service centre of Nusa Tenggara Barat. This API carries
its work: the registry of people, businesses (UMKM) and village cooperatives, training and its outcomes, and the way to
a bank.

- **Sign-in.** `POST /oauth/token` (OAuth 2.0). Operations without a security requirement are public.
- **Rows.** `x-rows` of an operation names the roles that may call it and whose rows each reaches: its `own`, those of
  people `assigned` to it, of its `own_organization`, `all`. What is not theirs is not found (404). A machine acts in
  the role of its organization.
- **Lists** are keyset pages: `limit`, `cursor`, `next_cursor`, and `Link: rel="next"`.
- **Changes** of one resource need `If-Match` with the `ETag` that was read.
- **Retries.** Every POST by a signed-in caller takes an `Idempotency-Key`.
- **Errors** are problems (RFC 9457) with a stable `code`; `/problems` explains each. `Accept-Language` (`id`, the
  default, or `en`) chooses the language of their words.
- **Growth.** Enums are open: expect new values in answers, and new fields. What is there stays.
- **Values.** Money is whole rupiah (`…_idr`), instants are RFC 3339 in UTC, days are days in WITA.
"""


def describe(settings: Settings) -> dict[str, Any]:
    """Arguments of `FastAPI(…)`. The contract is the same for every operator, so no setting enters its text."""
    return {
        "title": "PLUT API",
        "version": __version__,
        "summary": "Training, outcomes, cooperatives and bank financing for the small businesses of NTB.",
        "description": DESCRIPTION,
        "contact": {"name": "PLUT NTB", "url": "https://api.plut.example/docs"},
        "license_info": {"name": "Apache License 2.0", "identifier": "Apache-2.0"},
        "servers": [{"url": "https://api.plut.example", "description": "Production.", "x-internal": False}],
        "generate_unique_id_function": operation_id,
        "openapi_url": None,
        "docs_url": None,
        "redoc_url": None,
        "redirect_slashes": False,
        "debug": False,
    }


def tags_of(app: FastAPI) -> list[dict[str, str]]:
    """The tags in use, in the order of the routers; a room's docstring describes it, in kit the module's does."""
    described: dict[str, str] = {}
    for context in iter_route_contexts(app.routes):
        endpoint = getattr(context, "endpoint", None)
        if endpoint is None or not getattr(context, "include_in_schema", False):
            continue
        for tag in getattr(context, "tags", None) or ():
            described.setdefault(str(tag), _words(endpoint.__module__))
    return [{"name": name, "description": words} for name, words in described.items()]


def _words(module: str) -> str:
    room, _, _ = module.rpartition(".")
    source = import_module(module if room.endswith((".kit", ".contract")) or not room else room)
    return (source.__doc__ or module).strip().partition("\n\n")[0].replace("\n", " ")
