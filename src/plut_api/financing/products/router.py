"""HTTP of financing products: anyone reads what is on offer, banks publish, owners and PLUT's staff match."""

from typing import Annotated, Literal

from fastapi import Body, Depends, Query, Request, Response, Security

from plut_api.actors.problems import ActorNotFound
from plut_api.cooperatives.problems import CooperativeNotFound
from plut_api.financing.products import catalogue, matching, publishing, service
from plut_api.financing.products.catalogue import ProductFilters
from plut_api.financing.products.models import FinancingProduct
from plut_api.financing.products.problems import (
    EditionAlreadyDrafted,
    FinancingProductMoveNotAllowed,
    FinancingProductNotFound,
    PublishedTermsFixed,
)
from plut_api.financing.products.schemas.facts import FactCatalogue
from plut_api.financing.products.schemas.matching import Matches, MatchRequest
from plut_api.financing.products.schemas.products import (
    FinancingProductCreate,
    FinancingProductPage,
    FinancingProductPatch,
    FinancingProductRead,
)
from plut_api.financing.products.schemas.schemes import Schemes
from plut_api.financing.products.shapes import facts_shape, matches_shape, product_shape, schemes_shape
from plut_api.financing.products.states import ProductMove
from plut_api.kit import clock
from plut_api.kit.caller import Caller, MaybeCaller, signed_in
from plut_api.kit.contract import created, documented, etagged
from plut_api.kit.database import Database
from plut_api.kit.etags import IfMatch, put_etag
from plut_api.kit.pages import PageOf
from plut_api.kit.problems import PreconditionFailed, PreconditionRequired
from plut_api.kit.web import Router, cacheable
from plut_api.kit.wire import Day, PathId
from plut_api.programs.router.programs import not_shared

router = Router(tag="financing")

FinancingRead = Annotated[Caller, Security(signed_in, scopes=["financing:read"])]
FinancingOffer = Annotated[Caller, Security(signed_in, scopes=["financing:offer"])]
MergePatch = Annotated[FinancingProductPatch, Body(media_type="application/merge-patch+json")]
Wanted = Annotated[ProductFilters, Depends()]
OnDay = Annotated[Day | None, Query(description="The day asked for; today if left out.", examples=["2026-03-02"])]
OfWhom = Annotated[Literal["business", "cooperative"], Query(description="Of whom.", examples=["business"])]
MOVED = etagged() | documented(
    FinancingProductNotFound, FinancingProductMoveNotAllowed, PreconditionFailed, PreconditionRequired
)


@router.get("/v1/financing/schemes", dependencies=[Depends(cacheable(300))], summary="List schemes")
async def get_financing_schemes(request: Request, on: OnDay = None) -> Schemes:
    """What government schemes, and banks on their own, allow: dated, with source and how sure we are. Public.

    A product of a bank never goes beyond its scheme, on any day that it is valid.
    """
    return schemes_shape(on or clock.today(), request.state.locale)


@router.get("/v1/financing/facts", dependencies=[Depends(cacheable(300))], summary="List facts")
async def get_financing_facts(request: Request, subject: OfWhom = "business") -> FactCatalogue:
    """What conditions may read of a business or a cooperative, and nothing else. Public."""
    return facts_shape(subject, request.state.locale)


@router.get(
    "/v1/financing/products",
    dependencies=[Depends(cacheable(60)), Depends(not_shared)],
    summary="List financing products",
)
async def list_financing_products(
    db: Database, paging: PageOf, caller: MaybeCaller, wanted: Wanted, request: Request
) -> FinancingProductPage:
    """What banks offer today, newest first. Public; a bank that is signed in also finds its own, in every state."""
    page = await paging.fetch(db, catalogue.products(caller, wanted), FinancingProduct.id, descending=True)
    shown = [product_shape(row, request.state.locale) for row in page["data"]]
    return FinancingProductPage(data=shown, next_cursor=page["next_cursor"], total=page["total"])


@router.post(
    "/v1/financing/products",
    status_code=201,
    responses=created() | documented(FinancingProductNotFound),
    summary="Draft a financing product",
)
async def create_financing_product(
    body: FinancingProductCreate, db: Database, caller: FinancingOffer, response: Response, request: Request
) -> FinancingProductRead:
    """Draft a product of one's bank. Nobody else sees it before it is published.

    Everything is held against the contract and the scheme at once: each fault names its field, the limit and where that
    is written. Requirements are conditions of a closed grammar over the facts of `GET /v1/financing/facts`.
    """
    product = await service.draft_product(db, caller, body)
    response.headers["Location"] = f"/v1/financing/products/{product.id}"
    return await _shown(db, caller, product, response, request)


@router.post(
    "/v1/financing/products/match",
    responses=documented(ActorNotFound, CooperativeNotFound),
    summary="Match products with a business or cooperative",
)
async def match_financing_products(
    body: MatchRequest, db: Database, caller: FinancingRead, request: Request
) -> Matches:
    """Which products fit, which nearly do, and what is missing for each, with the next step. Changes nothing.

    For the owners and directors of a business or the managers of a cooperative, and PLUT's staff who serve them. What
    is left out of the wish is taken from the financing plan of the business; what neither says is not judged. By a wish
    for `sharia` or `conventional` only such products are looked at. *Nearly* is: one thing is missing, and it can be
    mended; of an amount or tenor, if it misses the product's range by no more than a dated share. It is no promise of a
    bank.
    """
    wanted, judged = await matching.match(db, caller, body)
    return matches_shape(wanted, judged, request.state.locale)


@router.get(
    "/v1/financing/products/{product_id}",
    dependencies=[Depends(cacheable(0)), Depends(not_shared)],
    responses=documented(FinancingProductNotFound),
    summary="Read a financing product",
)
async def get_financing_product(
    product_id: PathId, db: Database, caller: MaybeCaller, response: Response, request: Request
) -> FinancingProductRead:
    """Anyone reads what is on offer; who is signed in also what once was, as it was; its bank its drafts."""
    row = await catalogue.one_product(db, caller, product_id)
    put_etag(response, row)
    return product_shape(row, request.state.locale)


@router.patch(
    "/v1/financing/products/{product_id}",
    responses=documented(FinancingProductNotFound, PublishedTermsFixed),
    summary="Change a draft of a financing product",
)
async def change_financing_product(
    product_id: PathId,
    body: MergePatch,
    db: Database,
    caller: FinancingOffer,
    response: Response,
    request: Request,
    if_match: IfMatch = None,
) -> FinancingProductRead:
    """Change a draft of one's bank. What was published never changes: draft a new edition instead."""
    changes = body.changes()
    return await _shown(
        db, caller, await service.change_product(db, caller, product_id, if_match, changes), response, request
    )


@router.delete(
    "/v1/financing/products/{product_id}",
    status_code=204,
    responses=documented(FinancingProductNotFound, PublishedTermsFixed),
    summary="Delete a draft of a financing product",
)
async def delete_financing_product(
    product_id: PathId, db: Database, caller: FinancingOffer, if_match: IfMatch = None
) -> None:
    """Delete a draft of one's bank. What was published is closed, never deleted."""
    await service.discard_draft(db, caller, product_id, if_match)


@router.post(
    "/v1/financing/products/{product_id}/editions",
    status_code=201,
    responses=created() | documented(FinancingProductNotFound, FinancingProductMoveNotAllowed, EditionAlreadyDrafted),
    summary="Draft a new edition of a financing product",
)
async def create_financing_product_edition(
    product_id: PathId, db: Database, caller: FinancingOffer, response: Response, request: Request
) -> FinancingProductRead:
    """Draft a new edition with the terms of the published one, to change them. Publishing it closes the one before.

    Referrals keep the edition they were made under. The editions of a product share one quota, that of the newest: what
    was approved under any of them counts. For a quota that begins anew, draft a product of its own.
    """
    edition = await service.draft_edition(db, caller, product_id)
    response.headers["Location"] = f"/v1/financing/products/{edition.id}"
    return await _shown(db, caller, edition, response, request)


@router.post("/v1/financing/products/{product_id}/publish", responses=MOVED, summary="Publish a financing product")
async def publish_financing_product(
    product_id: PathId,
    db: Database,
    caller: FinancingOffer,
    response: Response,
    request: Request,
    if_match: IfMatch = None,
) -> FinancingProductRead:
    """Offer a draft to everybody, from its first day to its last. From now on its terms stay. Needs `If-Match`."""
    return await _moved(db, caller, product_id, if_match, ProductMove.publish, response, request)


@router.post("/v1/financing/products/{product_id}/pause", responses=MOVED, summary="Pause a financing product")
async def pause_financing_product(
    product_id: PathId,
    db: Database,
    caller: FinancingOffer,
    response: Response,
    request: Request,
    if_match: IfMatch = None,
) -> FinancingProductRead:
    """Take a product out of the catalogue for a while; what was asked for under it goes on. Needs `If-Match`."""
    return await _moved(db, caller, product_id, if_match, ProductMove.pause, response, request)


@router.post("/v1/financing/products/{product_id}/resume", responses=MOVED, summary="Resume a financing product")
async def resume_financing_product(
    product_id: PathId,
    db: Database,
    caller: FinancingOffer,
    response: Response,
    request: Request,
    if_match: IfMatch = None,
) -> FinancingProductRead:
    """Offer a paused product again, if its scheme still allows it. Needs `If-Match`."""
    return await _moved(db, caller, product_id, if_match, ProductMove.resume, response, request)


@router.post("/v1/financing/products/{product_id}/close", responses=MOVED, summary="Close a financing product")
async def close_financing_product(
    product_id: PathId,
    db: Database,
    caller: FinancingOffer,
    response: Response,
    request: Request,
    if_match: IfMatch = None,
) -> FinancingProductRead:
    """End a product for good; after its last day it ends by itself. Needs `If-Match`."""
    return await _moved(db, caller, product_id, if_match, ProductMove.close, response, request)


async def _moved(
    db: Database,
    caller: Caller,
    product_id: PathId,
    if_match: str | None,
    move: ProductMove,
    response: Response,
    request: Request,
) -> FinancingProductRead:
    product = await publishing.move_product(db, caller, product_id, if_match, move)
    return await _shown(db, caller, product, response, request)


async def _shown(
    db: Database, caller: Caller, product: FinancingProduct, response: Response, request: Request
) -> FinancingProductRead:
    row = await catalogue.own_row(db, caller, product.id)
    put_etag(response, row)
    return product_shape(row, request.state.locale)
