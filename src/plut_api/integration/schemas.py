"""What crosses the wire of the integration room."""

from typing import Annotated

from pydantic import Field

from plut_api.integration.models import ImportKind, ImportMode, ImportState, Severity
from plut_api.kit.pages import Page
from plut_api.kit.wire import LINE, Id, Instant, Read

Kind = Annotated[ImportKind, Field(description="What the file holds. Open: expect new values.", examples=["actors"])]
Mode = Annotated[ImportMode, Field(description="`validate` only says what would happen.", examples=["commit"])]
State = Annotated[ImportState, Field(description="Where it stands. Open: expect new values.", examples=["done"])]
RowCount = Annotated[
    int | None,
    Field(
        ge=0,
        le=2**31 - 1,
        json_schema_extra={"format": "int32"},
        description="Rows; null until the file was worked through.",
        examples=[1166],
    ),
]
Code = Annotated[
    str, Field(max_length=64, pattern=r"^[a-z0-9_]+$", description="Stable code.", examples=["village_code_format"])
]
Words = Annotated[
    str, Field(max_length=500, pattern=r"^[^\x00]*$", description="What to do about it.", examples=["Isi kode desa"])
]


class ImportFailure(Read):
    """Why a file could not be read as a whole. Nothing of it was loaded."""

    code: Code
    message: Words
    line: Annotated[
        int | None,
        Field(ge=1, le=2**31 - 1, json_schema_extra={"format": "int32"}, description="Line.", examples=[17]),
    ]
    columns: Annotated[
        str | None, Field(max_length=1000, pattern=r"^[^\x00]*$", description="Columns.", examples=["village_code"])
    ]


class ImportRead(Read):
    """An import: poll it until it is `done` or `failed`."""

    id: Id
    kind: Kind
    mode: Mode
    state: State
    file_name: Annotated[str, Field(max_length=255, pattern=LINE, description="Name given.", examples=["umkm.csv"])]
    row_count: RowCount
    created_count: RowCount
    updated_count: RowCount
    unchanged_count: RowCount
    refused_count: RowCount
    warning_count: RowCount
    failure: ImportFailure | None = Field(description="Why it failed; null unless it did.", examples=[None])
    created_at: Instant
    started_at: Instant | None = Field(description="When work began.", examples=[None])
    finished_at: Instant | None = Field(description="When it ended.", examples=[None])


class ImportPage(Page[ImportRead]):
    """One page of imports, newest first."""


class ImportFaultRead(Read):
    """One thing wrong in a row (`error`: the row was not loaded), or normalised (`warning`: it was)."""

    line: Annotated[
        int,
        Field(
            ge=1, le=2**31 - 1, json_schema_extra={"format": "int32"}, description="Line of the file.", examples=[17]
        ),
    ]
    column: Annotated[
        str | None,
        Field(max_length=255, pattern=LINE, description="Column; null: the whole row.", examples=["village_code"]),
    ]
    code: Code
    severity: Annotated[Severity, Field(description="Error or warning.", examples=["error"])]
    message: Words
    value: Annotated[
        str | None,
        Field(
            max_length=255,
            pattern=r"^[^\x00]*$",
            description="The cell, shortened; hidden where it is personal data.",
            examples=["52-71"],
        ),
    ]


class ImportFaultPage(Page[ImportFaultRead]):
    """One page of faults, by line."""
