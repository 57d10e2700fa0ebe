"""Shared shapes of what crosses the wire: strict models and one annotated type per kind of field."""

import re
from datetime import UTC, date, datetime
from typing import Annotated, Any, Self
from uuid import UUID

from fastapi import Path, Query
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, model_validator
from pydantic_core import PydanticCustomError

LINE = r"^[^\x00-\x1f\x7f]*$"
TEXT = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"
ANYTHING = r"^[\s\S]*$"
MAX_IDR = 10**15
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})", re.ASCII)


class Wire(BaseModel):
    """Base of request bodies: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")


class Patch(Wire):
    """Base of JSON Merge Patch bodies (RFC 7396): what is absent stays, null removes; at least one member."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"minProperties": 1})

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        if not self.model_fields_set:
            raise PydanticCustomError("patch_empty", "At least one member is needed")
        return self

    def changes(self) -> dict[str, Any]:
        """The members that were sent, with their new values."""
        return {name: getattr(self, name) for name in self.model_fields_set}


class Read(BaseModel):
    """Base of answers; built straight from table rows."""

    model_config = ConfigDict(from_attributes=True)


def _no_surrogates(value: str) -> str:
    if any("\ud800" <= character <= "\udfff" for character in value):
        raise PydanticCustomError("text_not_unicode", "Text must be valid Unicode")
    return value


def _trimmed(value: Any) -> Any:
    return re.sub(r"\s+", " ", value).strip() if isinstance(value, str) else value


def _stripped(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value


def _rfc3339(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _day_as_written(value: Any) -> Any:
    if isinstance(value, str | int | float) and not _DAY.fullmatch(str(value)):  # Pydantic would read 0 as 1970-01-01.
        raise PydanticCustomError("date_parsing", "A date is written YYYY-MM-DD")
    return value


def _instant_as_written(value: Any) -> Any:
    if isinstance(value, str | int | float) and not _INSTANT.fullmatch(str(value)):
        raise PydanticCustomError("datetime_parsing", "An instant is written as RFC 3339 does, with its offset")
    return value


Unicode = AfterValidator(_no_surrogates)
Trimmed = BeforeValidator(_trimmed)

Id = Annotated[
    UUID,
    Field(
        json_schema_extra={"maxLength": 36},
        description="Identifier (UUID version 7).",
        examples=["01983b1e-6f1c-7cc0-9d2b-4a5e5c0f7a11"],
    ),
]
PathId = Annotated[
    UUID,
    Path(
        json_schema_extra={"maxLength": 36},
        description="Identifier (UUID version 7).",
        examples=["01983b1e-6f1c-7cc0-9d2b-4a5e5c0f7a11"],
    ),
]
Name = Annotated[
    str,
    # The limits stand first: behind a validator they would be enforced, but missing from the contract.
    Field(min_length=1, max_length=200, pattern=LINE, description="Name.", examples=["Kopi Sembalun"]),
    Trimmed,
    Unicode,
]
Note = Annotated[
    str,
    Field(min_length=1, max_length=2000, pattern=TEXT, description="Free text.", examples=["Sudah diperiksa."]),
    BeforeValidator(_stripped),
    Unicode,
]
Idr = Annotated[
    int,
    Field(
        strict=True,
        ge=0,
        le=MAX_IDR,
        json_schema_extra={"format": "int64"},
        description="Whole rupiah.",
        examples=[50_000_000],
    ),
]
Count = Annotated[
    int,
    Field(
        strict=True,
        ge=0,
        le=1_000_000,
        json_schema_extra={"format": "int32"},
        description="A number of things.",
        examples=[3],
    ),
]
Year = Annotated[
    int,
    Field(
        strict=True,
        ge=1945,
        le=2100,
        json_schema_extra={"format": "int32"},
        description="Calendar year.",
        examples=[2025],
    ),
]
Day = Annotated[
    date,
    Field(json_schema_extra={"maxLength": 10}, description="Calendar day (WITA).", examples=["2026-03-02"]),
    BeforeValidator(_day_as_written),
]
Instant = Annotated[
    datetime,
    PlainSerializer(_rfc3339, return_type=str, when_used="json"),
    Field(
        json_schema_extra={"format": "date-time", "maxLength": 40},
        description="Instant, RFC 3339, UTC.",
        examples=["2026-03-02T01:30:00.000000Z"],
    ),
    BeforeValidator(_instant_as_written),
]
RegionCode = Annotated[
    str,
    Field(
        max_length=13,
        pattern=r"^[0-9]{2}(\.[0-9]{2}(\.[0-9]{2}(\.[0-9]{4})?)?)?$",
        description="Kemendagri code of a province, regency or city, district, or village.",
        examples=["52.71.01.1001"],
    ),
]
VillageCode = Annotated[
    str,
    Field(
        max_length=13,
        pattern=r"^[0-9]{2}\.[0-9]{2}\.[0-9]{2}\.[0-9]{4}$",
        description="Kemendagri code of a desa or kelurahan.",
        examples=["52.71.01.1001"],
    ),
]
RegencyCode = Annotated[
    str,
    Field(
        max_length=5,
        pattern=r"^[0-9]{2}\.[0-9]{2}$",
        description="Kemendagri code of a kabupaten or kota.",
        examples=["52.71"],
    ),
]
Search = Annotated[
    str | None,
    Query(
        min_length=2, max_length=100, pattern=LINE, description="Fuzzy text; tolerates misspelling.", examples=["kopi"]
    ),
]
