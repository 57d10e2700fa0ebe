"""Filters of the ready list on the wire: in the address of the list, and in a saved search."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from plut_api.financing.ready_list import Filters
from plut_api.kit.pages import CURSOR, DEFAULT_LIMIT, MAX_LIMIT
from plut_api.kit.wire import Wire

_ID = "01983b1e-6f1c-7cc0-9d2b-4a5e5c0f7a11"
_INT32: JsonDict = {"format": "int32"}
Band = Literal["to_10m", "to_100m", "to_500m", "over_500m"]
Segment = Literal["women", "youth"]
RegencyCode = Annotated[str, Field(max_length=5, pattern=r"^[0-9]{2}\.[0-9]{2}$")]
KbliCode = Annotated[str, Field(max_length=5, pattern=r"^[0-9]{5}$")]
Sector = Annotated[str, Field(max_length=1, pattern=r"^[A-V]$")]
ProductId = Annotated[UUID, Field(json_schema_extra={"maxLength": 36})]


def _level(dimension: str) -> Any:
    words = f"Only with at least this level of {dimension} proven."
    return Field(default=None, ge=1, le=4, json_schema_extra=_INT32, description=words, examples=[2])


class ReadyFilters(Wire):
    """What a bank narrows the ready list to: OR within a filter, AND between filters."""

    regency: list[RegencyCode] = Field(
        default=[], max_length=20, description="Only of these kabupaten or kota.", examples=[["52.71"]]
    )
    size_class: list[Literal["micro", "small", "medium", "large"]] = Field(
        default=[], max_length=4, description="Only these size classes.", examples=[["micro"]]
    )
    kbli: list[KbliCode] = Field(
        default=[],
        max_length=50,
        description="Only with these main activities (KBLI subclass).",
        examples=[["10794"]],
    )
    sector: list[Sector] = Field(
        default=[], max_length=22, description="Only in these sectors (KBLI section, a letter).", examples=[["C"]]
    )
    amount_band: list[Band] = Field(
        default=[],
        max_length=4,
        description=(
            "Only those who plan to ask for so much: up to 10, 100 or 500 million rupiah, the bound itself included, "
            "or more. Open: expect new values."
        ),
        examples=[["to_100m"]],
    )
    product_level: int | None = _level("products")
    packaging_level: int | None = _level("packaging")
    branding_level: int | None = _level("branding")
    market_level: int | None = _level("access to markets")
    finance_level: int | None = _level("finance")
    segment: list[Segment] = Field(
        default=[],
        max_length=2,
        description=(
            "Only if an owner is in one of these segments on that day. Only identified rows meet it. Open: expect new "
            "values."
        ),
        examples=[["women"]],
    )
    fits: list[ProductId] = Field(
        default=[],
        max_length=20,
        description="Only if one of these products, of the bank's own, fits. Only identified rows meet it.",
        examples=[[_ID]],
    )
    score_from: int | None = Field(
        default=None,
        ge=0,
        le=100,
        json_schema_extra=_INT32,
        description="Only from this score on. For banks that see scores; only identified rows meet it.",
        examples=[60],
    )

    def filters(self) -> Filters:
        """The same for the statements of the list."""
        given: dict[str, Any] = {name: getattr(self, name) for name in ReadyFilters.model_fields}
        narrowed: dict[str, Any] = {n: tuple(v) if isinstance(v, list) else v for n, v in given.items()}
        return Filters(**narrowed)


FILTERS = frozenset(ReadyFilters.model_fields)


class ReadyListAsked(ReadyFilters):
    """The whole query of the list. Parameters that it does not know are passed over, as everywhere."""

    model_config = ConfigDict(extra="ignore")

    sort: Literal["id", "-confirmed_at", "expires_at"] = Field(
        default="id",
        description=(
            "`id`, in no order that means anything; `-confirmed_at`, the newest confirmation first; `expires_at`, what "
            "runs out next first. Changes and streams come in their own order."
        ),
        examples=["id"],
    )
    limit: int = Field(
        default=DEFAULT_LIMIT, ge=1, le=MAX_LIMIT, json_schema_extra=_INT32, description="Rows a page.", examples=[50]
    )
    cursor: str | None = Field(
        default=None, max_length=2000, pattern=CURSOR, description="Opaque; the `next_cursor` of the page before."
    )
    changed_since: str | None = Field(
        default=None,
        max_length=8000,
        pattern=CURSOR,
        description="A `sync_token`: answer only what changed since.",
    )
    after: UUID | None = Field(
        default=None,
        json_schema_extra={"maxLength": 36},
        description="Go on with a stream that was broken off: the `id` of its last whole line. Needs `resume`.",
        examples=[_ID],
    )
    resume: str | None = Field(
        default=None,
        max_length=8000,
        pattern=CURSOR,
        description="The `Sync-Token` of the answer that was broken off. Needs `after`.",
    )
