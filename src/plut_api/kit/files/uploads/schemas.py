"""Uploads on the wire: what an upload is, and the headers of the protocol (tus 1.0)."""

import base64
import binascii
from typing import Annotated, Any

from fastapi import Header
from pydantic import Field

from plut_api.kit.contract.declared import Responses
from plut_api.kit.files.schemas import SizeBytes
from plut_api.kit.problems import Invalid, fault
from plut_api.kit.wire import LINE, Id, Instant, Read

VERSION = "1.0.0"
EXTENSIONS = "creation,expiration,termination"
MEDIA_TYPE = "application/offset+octet-stream"
_MOST = 2**40
_INT64 = {"format": "int64"}
_LONGEST_NAME = 255

Resumable = Annotated[
    str | None,
    Header(
        alias="Tus-Resumable",
        max_length=16,
        pattern=r"^[0-9.]+$",
        description=f"Version of the protocol, `{VERSION}`; 412 without it.",
        examples=[VERSION],
    ),
]
Length = Annotated[
    int,
    Header(
        alias="Upload-Length",
        ge=1,
        le=_MOST,
        json_schema_extra=_INT64,
        description="Bytes of the whole file.",
        examples=[3_400_000],
    ),
]
Offset = Annotated[
    int,
    Header(
        alias="Upload-Offset",
        ge=0,
        le=_MOST,
        json_schema_extra=_INT64,
        description="Where the piece begins: how many bytes have come before it.",
        examples=[0],
    ),
]
Metadata = Annotated[
    str | None,
    Header(
        alias="Upload-Metadata",
        max_length=2000,
        pattern=r"^[\x20-\x7e]*$",
        description="Pairs of a key and a Base64 value, separated by commas. `filename` is its name; others count not.",
        examples=["filename bGFiZWwuanBn"],
    ),
]
_TOLD: dict[str, tuple[str, Any, dict[str, Any]]] = {
    "Tus-Resumable": ("Version of the protocol.", VERSION, {"type": "string", "enum": [VERSION]}),
    "Upload-Offset": ("How many bytes have come.", 1_048_576, {"type": "integer", "minimum": 0, "maximum": _MOST}),
    "Upload-Length": ("Bytes of the whole file.", 3_400_000, {"type": "integer", "minimum": 1, "maximum": _MOST}),
    "Upload-Expires": (
        "Until when it can be gone on with.",
        "Mon, 02 Mar 2026 01:30:00 GMT",
        {"type": "string", "maxLength": 40, "pattern": LINE},
    ),
    "Upload-File-Id": (
        "The file that it became, to attach; only once all has come.",
        "01983b1e-6f1c-7cc0-9d2b-4a5e5c0f7a11",
        {"type": "string", "format": "uuid", "maxLength": 36},
    ),
}


class UploadRead(Read):
    """A file that comes in pieces. It goes at `expires_at`; the file that it became stays by the rules of files."""

    id: Id
    name: Annotated[
        str | None, Field(max_length=_LONGEST_NAME, pattern=LINE, description="Its name.", examples=["label.jpg"])
    ]
    length_bytes: SizeBytes = Field(description="Bytes of the whole file.", examples=[3_400_000])
    offset_bytes: Annotated[
        int,
        Field(ge=0, le=_MOST, json_schema_extra=_INT64, description="How many bytes have come.", examples=[1_048_576]),
    ]
    file_id: Id | None = Field(description="The file that it became; null until all has come.", examples=[None])
    expires_at: Instant
    created_at: Instant


def telling(status: int, *names: str) -> Responses:
    """An answer with headers of the protocol, for the contract."""
    described = {}
    for name in names:
        description, example, schema = _TOLD[name]
        whole = schema | _INT64 if schema["type"] == "integer" else schema
        described[name] = {"description": description, "schema": whole, "example": example}
    return {status: {"headers": described}}


def name_in(metadata: str | None) -> str | None:
    """The `filename` that came with an upload. Raises Invalid (`upload_metadata`)."""
    found = None
    for pair in (metadata or "").split(","):
        key, _, value = pair.strip().partition(" ")
        try:
            plain = base64.b64decode(value.strip(), validate=True)
            if key == "filename":
                found = plain.decode("utf-8")
        except (binascii.Error, UnicodeDecodeError):
            raise Invalid(errors=[_MALFORMED]) from None
    seen = "".join(character for character in found or "" if character.isprintable())
    return seen[:_LONGEST_NAME] or None


_MALFORMED = fault(
    "/header/Upload-Metadata",
    "upload_metadata",
    id="Tulis pasangan kunci dan nilai Base64, dipisahkan koma",
    en="Write pairs of a key and a Base64 value, separated by commas",
)
