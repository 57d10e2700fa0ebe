"""HTTP of what a business makes or does."""

from typing import Annotated

from fastapi import Body, Depends, Query, Response

from plut_api.actors.business_problems import ProductNotFound, ProductRemoved
from plut_api.actors.lists import product_categories
from plut_api.actors.models import Product
from plut_api.actors.problems import ActorNotFound
from plut_api.actors.router.businesses import ActorsRead, ActorsWrite
from plut_api.actors.schemas.products import (
    CategoryCode,
    ProductCategories,
    ProductCategory,
    ProductCreate,
    ProductPage,
    ProductPatch,
    ProductRead,
)
from plut_api.actors.service import products
from plut_api.kit.contract import created, documented
from plut_api.kit.database import Database
from plut_api.kit.etags import IfMatch, put_etag
from plut_api.kit.pages import PageOf
from plut_api.kit.web import Router, cacheable
from plut_api.kit.wire import PathId

router = Router(tag="actors")

MergePatch = Annotated[ProductPatch, Body(media_type="application/merge-patch+json")]
Categories = Annotated[list[CategoryCode] | None, Query(max_length=50, description="Only of these categories.")]
Offered = Annotated[bool | None, Query(description="Only what can be had now, or only what cannot.", examples=[True])]
Ended = Annotated[bool, Query(description="Also what was removed.", examples=[True])]


@router.get("/v1/product-categories", dependencies=[Depends(cacheable(300))], summary="List product categories")
async def get_product_categories() -> ProductCategories:
    """Categories of products: the closed list, in both languages."""
    return ProductCategories(
        data=[
            ProductCategory(code=each.code, label_id=each.label.id, label_en=each.label.en)
            for each in product_categories().values()
        ]
    )


@router.get("/v1/actors/{actor_id}/products", responses=documented(ActorNotFound), summary="List products")
async def list_products(
    actor_id: PathId,
    db: Database,
    caller: ActorsRead,
    paging: PageOf,
    category: Categories = None,
    offered: Offered = None,
    include_ended: Ended = False,
) -> ProductPage:
    """What a business makes or does, newest first. For its owners and directors, and PLUT's staff."""
    query = await products.products_of(db, caller, actor_id)
    found = products.wanted(query, category, offered, ended=include_ended)
    rows = await paging.fetch(db, found, Product.id, descending=True)
    return ProductPage(**rows | {"data": await products.shown(db, rows["data"])})


@router.post(
    "/v1/actors/{actor_id}/products",
    status_code=201,
    responses=created() | documented(ActorNotFound),
    summary="Add a product",
)
async def create_product(
    actor_id: PathId, body: ProductCreate, db: Database, caller: ActorsWrite, response: Response
) -> ProductRead:
    """Register a product or service, with up to ten photos that the caller uploaded before."""
    product = await products.add_product(db, caller, actor_id, body)
    put_etag(response, product)
    response.headers["Location"] = f"/v1/actors/{actor_id}/products/{product.id}"
    return (await products.shown(db, [product]))[0]


@router.get(
    "/v1/actors/{actor_id}/products/{product_id}",
    responses=documented(ActorNotFound, ProductNotFound),
    summary="Read a product",
)
async def get_product(
    actor_id: PathId, product_id: PathId, db: Database, caller: ActorsRead, response: Response
) -> ProductRead:
    """Read a product, also one that was removed."""
    product = await products.one_product(db, caller, actor_id, product_id)
    put_etag(response, product)
    return (await products.shown(db, [product]))[0]


@router.patch(
    "/v1/actors/{actor_id}/products/{product_id}",
    responses=documented(ActorNotFound, ProductNotFound, ProductRemoved),
    summary="Change a product",
)
async def change_product(
    actor_id: PathId,
    product_id: PathId,
    body: MergePatch,
    db: Database,
    caller: ActorsWrite,
    response: Response,
    if_match: IfMatch = None,
) -> ProductRead:
    """Change a product. `photos` replaces all of them; those that it has can stay, whoever uploaded them."""
    product = await products.change_product(db, caller, actor_id, product_id, if_match, body.changes())
    put_etag(response, product)
    return (await products.shown(db, [product]))[0]


@router.delete(
    "/v1/actors/{actor_id}/products/{product_id}",
    status_code=204,
    responses=documented(ActorNotFound, ProductNotFound, ProductRemoved),
    summary="Remove a product",
)
async def remove_product(
    actor_id: PathId, product_id: PathId, db: Database, caller: ActorsWrite, if_match: IfMatch = None
) -> None:
    """Take a product off. It stays on file as ended."""
    await products.remove_product(db, caller, actor_id, product_id, if_match)
