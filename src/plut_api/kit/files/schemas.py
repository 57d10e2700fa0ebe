"""Files on the wire."""

from typing import Annotated

from pydantic import Field

from plut_api.kit.wire import LINE, Id, Instant, Read

MediaType = Annotated[
    str,
    Field(
        max_length=64,
        pattern=r"^[a-z]+/[a-z0-9.+-]+$",
        description="What it is by its content: `image/jpeg`, `image/png`, `image/webp`, `application/pdf`.",
        examples=["image/jpeg"],
    ),
]
FileName = Annotated[
    str,
    Field(
        min_length=1,
        max_length=160,
        pattern=LINE,
        description="Its name without folders, with the ending of its kind.",
        examples=["label-kopi.jpg"],
    ),
]
Sha256 = Annotated[
    str,
    Field(
        min_length=64,
        max_length=64,
        pattern=r"^[0-9a-f]{64}$",
        description="SHA-256 of the bytes as kept; of a picture that is without what the camera wrote beside it.",
        examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"],
    ),
]
SizeBytes = Annotated[
    int,
    Field(ge=1, le=2**40, json_schema_extra={"format": "int64"}, description="Bytes as kept.", examples=[182_044]),
]


class FileRead(Read):
    """A file that was handed in. It goes after a day unless something is attached to it by its id."""

    id: Id
    name: FileName
    media_type: MediaType
    size_bytes: SizeBytes
    sha256: Sha256
    stored_at: Instant
