"""Strong ETags and conditional changes (RFC 9110 section 13)."""

from typing import Annotated, Protocol

from fastapi import Header, Response

from plut_api.kit.problems import PreconditionFailed, PreconditionRequired

IfMatch = Annotated[
    str | None,
    Header(
        alias="If-Match",
        max_length=80,
        pattern=r'^"[\x21\x23-\x7e]*"$',
        description="ETag of the version that was read; 428 without it, 412 when it is stale.",
        examples=['"3"'],
    ),
]


class HasVersion(Protocol):
    """A row that counts its changes."""

    @property
    def version(self) -> int: ...


def etag_of(row: HasVersion) -> str:
    """The strong ETag of a row's present version."""
    return f'"{row.version}"'


def put_etag(response: Response, row: HasVersion) -> None:
    """Name the version that an answer shows."""
    response.headers["ETag"] = etag_of(row)


def require_match(row: HasVersion, if_match: str | None) -> None:
    """Let a change through only for the version it was made from.

    Raises PreconditionRequired without `If-Match`, PreconditionFailed when the row has moved on.
    """
    if if_match is None:
        raise PreconditionRequired()
    if if_match != etag_of(row):
        raise PreconditionFailed(headers={"ETag": etag_of(row)})
