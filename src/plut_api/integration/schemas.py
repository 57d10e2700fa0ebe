"""What crosses the wire of the integration room."""

from typing import Annotated

from pydantic import Field

from plut_api.integration.mappings.schemas import SOURCE
from plut_api.integration.models import DifferenceAction, ImportKind, ImportMode, ImportState, OnConflict, Severity
from plut_api.kit.pages import Page
from plut_api.kit.wire import LINE, Day, Id, Instant, Read

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


FieldCount = Annotated[
    int | None,
    Field(
        ge=0,
        le=2**31 - 1,
        json_schema_extra={"format": "int32"},
        description="Fields of known records; null until the file was worked through.",
        examples=[12],
    ),
]
FileLine = Annotated[
    int,
    Field(ge=1, le=2**31 - 1, json_schema_extra={"format": "int32"}, description="Line of the file.", examples=[17]),
]


class HeaderSuggestion(Read):
    """A header of the file that is not known, and which of our columns it may mean."""

    header: Annotated[str, Field(max_length=100, pattern=LINE, description="As it is compared.", examples=["omzet"])]
    columns: Annotated[
        list[Annotated[str, Field(max_length=40, pattern=r"^[a-z_]+$", examples=["sales_idr"])]],
        Field(max_length=3, description="The likeliest first."),
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
    suggestions: Annotated[
        list[HeaderSuggestion],
        Field(max_length=100, description="What unknown headers may mean; save it at `/v1/import-mappings`."),
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
    filled_count: FieldCount
    overwritten_count: FieldCount
    kept_count: FieldCount
    on_conflict: Annotated[
        OnConflict, Field(description="What rows do to known records. Open: expect new values.", examples=["update"])
    ]
    source: Annotated[
        str | None, Field(max_length=40, pattern=SOURCE, description="Whose file it is.", examples=["bps_2026"])
    ]
    as_of: Day | None = Field(description="The day that the file tells of.", examples=["2026-06-30"])
    commit_until: Instant | None = Field(
        description="Of a file that was only tried: until when it can be committed as reported.", examples=[None]
    )
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


class ImportDifferenceRead(Read):
    """One field in which a row of the file and the register differ, and what becomes of it."""

    line: FileLine
    actor_id: Id | None = Field(description="The business; null: it comes with this row.", examples=[None])
    business: Annotated[str, Field(max_length=200, pattern=LINE, description="Its name.", examples=["Kopi Sembalun"])]
    field: Annotated[
        str,
        Field(
            max_length=64,
            pattern=r"^[a-z0-9_.]+$",
            description="Field; `figures.<year>.<name>` of yearly figures; `business`: the whole row is new.",
            examples=["address"],
        ),
    ]
    before: Annotated[
        str | None,
        Field(max_length=255, pattern=r"^[^\x00]*$", description="As known; masked where personal.", examples=[None]),
    ]
    after: Annotated[
        str | None,
        Field(max_length=255, pattern=r"^[^\x00]*$", description="As in the file; masked alike.", examples=["10794"]),
    ]
    action: Annotated[
        DifferenceAction,
        Field(
            description="`fill`, `update` and `add` are done, `keep` leaves the register as it is. Open.",
            examples=["fill"],
        ),
    ]
    reason: Annotated[
        str | None,
        Field(
            max_length=40,
            pattern=r"^[a-z_]+$",
            description="Why it is kept: `verified`, `told_by_owner`, `signs_in` (the phone is that of an account), "
            "`known_before` (figures that a later report corrected), `told_twice` (another row says otherwise), "
            "`changed_on_both_sides`; null: the file may only fill. Open: expect new values.",
            examples=["verified"],
        ),
    ]


class ImportDifferencePage(Page[ImportDifferenceRead]):
    """One page of differences, by line."""
