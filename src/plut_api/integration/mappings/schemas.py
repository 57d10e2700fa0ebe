"""What crosses the wire of saved mappings."""

from typing import Annotated

from pydantic import Field

from plut_api.integration.models import ImportKind
from plut_api.kit.pages import Page
from plut_api.kit.wire import LINE, Instant, Read, Wire

SOURCE = r"^[a-z0-9][a-z0-9_-]{0,39}$"
Source = Annotated[
    str, Field(max_length=40, pattern=SOURCE, description="Short name of the source.", examples=["bps_2026"])
]
Column = Annotated[
    str,
    Field(max_length=40, pattern=r"^[a-z_]+$", description="A column of files of this kind.", examples=["owner_sex"]),
]
Header = Annotated[
    str,
    Field(
        min_length=1,
        max_length=100,
        pattern=LINE,
        description="What the source calls it; case and outer blanks do not matter.",
        examples=["Jenis Kelamin"],
    ),
]
Cell = Annotated[
    str,
    Field(min_length=1, max_length=200, pattern=LINE, description="As it would stand in a cell.", examples=["female"]),
]
Word = Annotated[
    str,
    Field(
        min_length=1,
        max_length=200,
        pattern=LINE,
        description="The source's word; case and surplus blanks do not matter.",
        examples=["Wanita"],
    ),
]
Kind = Annotated[
    ImportKind, Field(description="The kind of files it is for. Open: expect new values.", examples=["actors"])
]


class NamedColumn(Wire):
    """A column of the source that is one of ours."""

    header: Header
    column: Column


class FixedValue(Wire):
    """What a column holds where the file leaves it empty, or has no such column."""

    column: Column
    value: Cell


class Translation(Wire):
    """A word of the source, and our value for it."""

    column: Column
    word: Word
    value: Cell


Columns = Annotated[list[NamedColumn], Field(max_length=100, description="The source's columns.")]
Fixed = Annotated[list[FixedValue], Field(max_length=50, description="Fixed values.")]
Translations = Annotated[list[Translation], Field(max_length=500, description="The source's words.")]


class ImportMappingPut(Wire):
    """How files of a source are read."""

    kind: Kind
    columns: Columns
    fixed: Fixed = Field(default_factory=list)
    translations: Translations = Field(default_factory=list)


class ImportMappingRead(Read):
    """How files of a source are read."""

    source: Source
    kind: Kind
    columns: Columns
    fixed: Fixed
    translations: Translations
    updated_at: Instant


class ImportMappingPage(Page[ImportMappingRead]):
    """One page of mappings, by source."""
