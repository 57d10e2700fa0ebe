"""Products on the wire."""

from typing import Annotated

from pydantic import Field

from plut_api.actors.schemas.status import Code, Label
from plut_api.kit.pages import Page
from plut_api.kit.wire import LINE, Id, Idr, Instant, Name, Note, Patch, Read, Trimmed, Unicode, Wire

MOST_PHOTOS = 10
_ID = "01983b1e-6f1c-7cc0-9d2b-4a5e5c0f7a11"

CategoryCode = Annotated[
    str,
    Field(
        max_length=40,
        pattern=r"^[a-z_]+$",
        description="A code of `GET /v1/product-categories`. Open: expect new values.",
        examples=["coffee_tea"],
    ),
]
Unit = Annotated[
    str,
    Field(min_length=1, max_length=40, pattern=LINE, description="What the price is for.", examples=["250 g"]),
    Trimmed,
    Unicode,
]
Photos = Annotated[
    list[Id],
    Field(
        max_length=MOST_PHOTOS,
        description="Files with photos (`POST /v1/files`), the first one in front; read at `GET /v1/files/{file_id}`.",
        examples=[[_ID]],
    ),
]
Offered = Annotated[bool, Field(description="Whether it can be had now.", examples=[True])]


class ProductCreate(Wire):
    """A product or service."""

    name: Name
    category: CategoryCode
    description: Note | None = Field(default=None, description="What it is.", examples=["Kopi arabika Sembalun."])
    unit: Unit | None = Field(default=None, description="What the price is for.", examples=["250 g"])
    price_idr: Idr | None = Field(default=None, description="Price of a unit.", examples=[45_000])
    is_offered: Offered = True
    photos: Photos = Field(default_factory=list, description="Files with photos, in order.", examples=[[_ID]])


class ProductPatch(Patch):
    """A change of a product; null removes. `photos` replaces all photos."""

    name: Name = Field(default_factory=str)
    category: CategoryCode = Field(default_factory=str)
    description: Note | None = Field(default=None, description="What it is.", examples=["Kopi arabika Sembalun."])
    unit: Unit | None = Field(default=None, description="What the price is for.", examples=["250 g"])
    price_idr: Idr | None = Field(default=None, description="Price of a unit.", examples=[45_000])
    is_offered: Offered = Field(default_factory=bool)
    photos: Photos = Field(default_factory=list, description="Files with photos, in order.", examples=[[_ID]])


class ProductRead(Read):
    """A product or service of a business."""

    id: Id
    actor_id: Id
    name: Name
    category: CategoryCode
    description: Note | None = Field(description="What it is.", examples=["Kopi arabika Sembalun."])
    unit: Unit | None = Field(description="What the price is for.", examples=["250 g"])
    price_idr: Idr | None = Field(description="Price of a unit.", examples=[45_000])
    is_offered: Offered
    photos: Photos
    ended_at: Instant | None = Field(description="When it was removed; null while it is there.", examples=[None])
    created_at: Instant
    updated_at: Instant


class ProductPage(Page[ProductRead]):
    """One page of products, newest first."""


class ProductCategory(Read):
    """A category."""

    code: Code
    label_id: Label = Field(description="In Indonesian.", examples=["Kopi, teh, dan cokelat"])
    label_en: Label = Field(description="In English.", examples=["Coffee, tea and cocoa"])


class ProductCategories(Read):
    """All categories, in the order to show them."""

    data: Annotated[list[ProductCategory], Field(max_length=200, description="The categories.", examples=[[]])]
