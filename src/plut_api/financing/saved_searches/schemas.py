"""Saved searches on the wire."""

from typing import Annotated

from pydantic import Field

from plut_api.financing.schemas.ready_filters import ReadyFilters
from plut_api.kit.pages import Page
from plut_api.kit.wire import Count, Id, Instant, Name, Patch, Read, Wire

NotifyFrom = Annotated[
    int | None,
    Field(
        ge=1,
        le=100_000,
        json_schema_extra={"format": "int32"},
        description="Tell the bank (event `ready_list.digest`) once so many new rows fit; null: never.",
        examples=[10],
    ),
]


class SavedSearchCreate(Wire):
    """Filters to keep, and when to tell of new rows."""

    name: Name = Field(description="What the bank calls it; no other of its searches has the name.")
    filters: ReadyFilters = Field(description="The filters, as the list takes them.")
    notify_from: NotifyFrom = None


class SavedSearchPatch(Patch):
    """A change of a saved search; what is absent stays. With other filters, counting begins anew."""

    # A factory, unlike a default, neither admits null nor shows in the contract; `changes()` never reads its value.
    name: Name = Field(default_factory=str)
    filters: ReadyFilters = Field(default_factory=ReadyFilters, description="The filters, all of them.")
    notify_from: NotifyFrom = None


class SavedSearchRead(Read):
    """Filters on the ready list that a bank keeps, and how many new rows fit them."""

    id: Id
    name: Name
    filters: ReadyFilters = Field(description="The filters, as the list takes them.")
    ready_list_href: Annotated[
        str,
        Field(
            max_length=8000,
            pattern=r"^/v1/financing/ready-list[^\s]*$",
            description="The list under these filters.",
            examples=["/v1/financing/ready-list?regency=52.71"],
        ),
    ]
    notify_from: NotifyFrom
    new_rows: Count = Field(
        description="New rows that fit since the last digest, or since it was saved, up to a bound."
    )
    counted_at: Instant = Field(description="When they were counted last.")
    digest_at: Instant | None = Field(description="When the bank was told last.", examples=[None])
    created_at: Instant
    updated_at: Instant


class SavedSearchPage(Page[SavedSearchRead]):
    """One page of saved searches, oldest first."""
