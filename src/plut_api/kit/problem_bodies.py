"""Problems on the wire (RFC 9457)."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Line = r"^[^\x00]*$"


class FaultBody(BaseModel):
    """One thing wrong with a request."""

    model_config = ConfigDict(title="Fault")
    pointer: Annotated[
        str,
        Field(
            max_length=500,
            pattern=r"^[#/].*",
            description="JSON pointer (RFC 6901): `#/nib` in the body, `/query/limit` elsewhere.",
            examples=["#/nib"],
        ),
    ]
    code: Annotated[
        str, Field(max_length=64, pattern=r"^[a-z0-9_]+$", description="Stable code.", examples=["nib_format"])
    ]
    message: Annotated[
        str, Field(max_length=500, pattern=Line, description="What to do about it.", examples=["NIB harus 13 angka"])
    ]


class ProblemBody(BaseModel):
    """RFC 9457 problem details; every error of this API has this shape, some add members of their own."""

    model_config = ConfigDict(title="Problem", extra="allow")
    type: Annotated[
        str,
        Field(
            max_length=300,
            pattern=r"^https?://.*",
            description="URI that names and documents the kind of problem.",
            examples=["https://api.plut.example/problems/not_found"],
        ),
    ]
    title: Annotated[
        str, Field(max_length=200, pattern=Line, description="The kind of problem.", examples=["Data tidak ditemukan"])
    ]
    status: Annotated[
        int,
        Field(
            ge=400, le=599, json_schema_extra={"format": "int32"}, description="HTTP status, repeated.", examples=[404]
        ),
    ]
    detail: Annotated[
        str,
        Field(
            max_length=1000, pattern=Line, description="What happened this time.", examples=["Usaha tidak ditemukan"]
        ),
    ]
    code: Annotated[
        str,
        Field(
            max_length=64,
            pattern=r"^[a-z0-9_]+$",
            description="Stable code from the catalogue at `/problems`.",
            examples=["not_found"],
        ),
    ]
    errors: Annotated[
        list[FaultBody],
        Field(max_length=100, description="Every fault at once, where values are wrong.", examples=[[]]),
    ]
    request_id: Annotated[
        str,
        Field(
            max_length=64,
            pattern=r"^[A-Za-z0-9-]+$",
            description="Quote this to support.",
            examples=["01983b1e-6f1c-7cc0-9d2b-4a5e5c0f7a11"],
        ),
    ]
