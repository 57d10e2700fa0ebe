"""The headers that answers and requests carry, described once."""

from typing import Any

_LINE: dict[str, Any] = {"type": "string", "pattern": r"^[^\x00-\x1f\x7f]*$"}


def _header(description: str, example: Any, *, required: bool = False, **schema: Any) -> dict[str, Any]:
    described: dict[str, Any] = {"description": description, "schema": schema, "example": example}
    if "type" not in schema:
        described["schema"] = _LINE | schema
    return {"required": True} | described if required else described


HEADERS: dict[str, dict[str, Any]] = {
    "ETag": _header(
        "Strong validator of this representation; send it back as `If-Match` or `If-None-Match`.",
        '"3"',
        required=True,
        type="string",
        maxLength=80,
        pattern=r'^"[\x21\x23-\x7e]*"$',
    ),
    "Idempotency-Replayed": _header(
        "`true` when this is the stored answer to an earlier request with the same key.",
        "true",
        type="string",
        enum=["true"],
    ),
    "Link": _header(
        'RFC 8288: `rel="next"` is the next page; absent on the last one.',
        '</v1/programs?cursor=abc>; rel="next"',
        maxLength=8000,
    ),
    "Location": _header(
        "Where the resource is.",
        "/v1/programs/01983b1e-6f1c-7cc0-9d2b-4a5e5c0f7a11",
        required=True,
        type="string",
        format="uri-reference",
        maxLength=2000,
    ),
    "RateLimit": _header(
        "What is left of the quota that counted the call, one for each class of operations (`read`, `write`, `export`, "
        "`check`, `sign-in`), and the seconds until it is full again (draft-ietf-httpapi-ratelimit-headers).",
        '"read";r=998;t=41',
        maxLength=200,
    ),
    "RateLimit-Policy": _header(
        "The quota and its window in seconds (draft-ietf-httpapi-ratelimit-headers).",
        '"read";q=1200;w=60',
        maxLength=200,
    ),
    "Retry-After": _header(
        "Seconds to wait before the next try.",
        30,
        required=True,
        type="integer",
        format="int32",
        minimum=0,
        maximum=86400,
    ),
    "WWW-Authenticate": _header(
        "How to sign in (RFC 6750).", 'Bearer error="invalid_token"', required=True, maxLength=500
    ),
    "X-Request-Id": _header(
        "Identifies this exchange in the logs; quote it to support.",
        "01983b1e-6f1c-7cc0-9d2b-4a5e5c0f7a11",
        required=True,
        type="string",
        maxLength=64,
        pattern=r"^[A-Za-z0-9-]+$",
    ),
}
ALWAYS = ("RateLimit", "RateLimit-Policy", "X-Request-Id")

IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": (
        "Makes a retry safe: the same key with the same request gives the stored answer for 24 hours. "
        "Required for machine clients. Quotes around it are accepted."
    ),
    "schema": {"type": "string", "minLength": 8, "maxLength": 130, "pattern": r'^"?[A-Za-z0-9_.:-]{8,128}"?$'},
    "example": "01983b1e-6f1c-7cc0-9d2b-4a5e5c0f7a11",
}
IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "required": True,
    "description": "ETag of the version that was read; 428 without it, 412 when it is stale.",
    "schema": {"type": "string", "maxLength": 80, "pattern": r'^"[\x21\x23-\x7e]*"$'},
    "example": '"3"',
}
IF_NONE_MATCH = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "description": "ETag of the copy that is held; the answer is 304 while it is still right.",
    "schema": {"type": "string", "maxLength": 2000, "pattern": r"^[^\x00]*$"},  # What is no ETag matches none.
    "example": '"3"',
}


def header_refs(*names: str) -> dict[str, Any]:
    """Response headers by reference to the shared components."""
    return {name: {"$ref": f"#/components/headers/{name}"} for name in sorted(set(names))}
