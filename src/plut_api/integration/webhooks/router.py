"""HTTP of webhook endpoints."""

from typing import Annotated

from fastapi import Body, Query, Request, Response, Security

from plut_api.integration.problems import NoOrganization
from plut_api.integration.webhooks import queries, service
from plut_api.integration.webhooks.models import DeliveryState, WebhookEndpoint
from plut_api.integration.webhooks.problems import (
    TooManyWebhookEndpoints,
    WebhookEndpointNotActive,
    WebhookEndpointNotFound,
    WebhookEndpointTaken,
    WebhookEndpointVerified,
)
from plut_api.integration.webhooks.schemas import (
    Replay,
    Replayed,
    WebhookDeliveryPage,
    WebhookDeliveryRead,
    WebhookEndpointCreate,
    WebhookEndpointMade,
    WebhookEndpointPage,
    WebhookEndpointPatch,
    WebhookEndpointRead,
)
from plut_api.kit.caller import Caller, signed_in
from plut_api.kit.contract import created, documented, etagged
from plut_api.kit.database import Database
from plut_api.kit.etags import IfMatch, put_etag
from plut_api.kit.pages import PageOf
from plut_api.kit.web import Router
from plut_api.kit.wire import PathId

router = Router(tag="integration")

EventsRead = Annotated[Caller, Security(signed_in, scopes=["events:read"])]
EventsWrite = Annotated[Caller, Security(signed_in, scopes=["events:write"])]
MergePatch = Annotated[WebhookEndpointPatch, Body(media_type="application/merge-patch+json")]
States = Annotated[list[DeliveryState] | None, Query(max_length=5, description="Only in these states.")]


@router.post(
    "/v1/webhook-endpoints",
    status_code=201,
    responses=created() | documented(NoOrganization, TooManyWebhookEndpoints, WebhookEndpointTaken),
    summary="Register a webhook endpoint",
)
async def create_webhook_endpoint(
    request: Request, body: WebhookEndpointCreate, db: Database, caller: EventsWrite, response: Response
) -> WebhookEndpointMade:
    """Register an address of the caller's organization. The secret is shown in this answer only.

    The address has to prove itself: it is sent `endpoint.verification` and answers with 2xx and a body that holds
    `data.challenge`. Then it is `active` and receives what happens from then on.
    """
    endpoint, secret = await service.register_endpoint(db, request.app.state.settings, caller, body)
    put_etag(response, endpoint)
    response.headers["Location"] = f"/v1/webhook-endpoints/{endpoint.id}"
    return _made(endpoint, secret)


@router.get("/v1/webhook-endpoints", responses=documented(NoOrganization), summary="List webhook endpoints")
async def list_webhook_endpoints(db: Database, caller: EventsRead, paging: PageOf) -> WebhookEndpointPage:
    """The endpoints of the caller's organization, oldest first."""
    page = await queries.page_of_endpoints(db, paging, caller)
    return WebhookEndpointPage.model_validate(page, from_attributes=True)


@router.get(
    "/v1/webhook-endpoints/{endpoint_id}",
    responses=documented(WebhookEndpointNotFound),
    summary="Read a webhook endpoint",
)
async def get_webhook_endpoint(
    endpoint_id: PathId, db: Database, caller: EventsRead, response: Response
) -> WebhookEndpointRead:
    """One endpoint; `failing_since` tells since when nothing has got through."""
    endpoint = await service.require_endpoint(db, caller, endpoint_id)
    put_etag(response, endpoint)
    return WebhookEndpointRead.model_validate(endpoint)


@router.patch(
    "/v1/webhook-endpoints/{endpoint_id}",
    responses=documented(WebhookEndpointNotFound, WebhookEndpointTaken),
    summary="Change a webhook endpoint",
)
async def change_webhook_endpoint(
    request: Request,
    endpoint_id: PathId,
    body: MergePatch,
    db: Database,
    caller: EventsWrite,
    response: Response,
    if_match: IfMatch = None,
) -> WebhookEndpointRead:
    """Change an endpoint. At a new address it has to prove itself again; what waits is sent there then."""
    settings = request.app.state.settings
    endpoint = await service.change_endpoint(db, settings, caller, endpoint_id, if_match, body.changes())
    put_etag(response, endpoint)
    return WebhookEndpointRead.model_validate(endpoint)


@router.delete(
    "/v1/webhook-endpoints/{endpoint_id}",
    status_code=204,
    responses=documented(WebhookEndpointNotFound),
    summary="Remove a webhook endpoint",
)
async def delete_webhook_endpoint(
    endpoint_id: PathId, db: Database, caller: EventsWrite, if_match: IfMatch = None
) -> None:
    """Remove an endpoint with its log; what waits for it is not sent."""
    await service.remove_endpoint(db, caller, endpoint_id, if_match)


@router.post(
    "/v1/webhook-endpoints/{endpoint_id}/verify",
    responses=etagged() | documented(WebhookEndpointNotFound, WebhookEndpointVerified),
    summary="Verify a webhook endpoint again",
)
async def verify_webhook_endpoint(
    endpoint_id: PathId, db: Database, caller: EventsWrite, response: Response
) -> WebhookEndpointRead:
    """Ask an endpoint to prove itself that did not yet, or that was disabled; what waits for it is sent after that."""
    endpoint = await service.ask_to_verify(db, caller, endpoint_id)
    put_etag(response, endpoint)
    return WebhookEndpointRead.model_validate(endpoint)


@router.post(
    "/v1/webhook-endpoints/{endpoint_id}/rotate-secret",
    responses=etagged() | documented(WebhookEndpointNotFound),
    summary="Rotate the secret of a webhook endpoint",
)
async def rotate_webhook_secret(
    endpoint_id: PathId, db: Database, caller: EventsWrite, response: Response
) -> WebhookEndpointMade:
    """A new secret, shown in this answer only. For 24 hours the former one signs as well, so none is refused."""
    endpoint, secret = await service.rotate_secret(db, caller, endpoint_id)
    put_etag(response, endpoint)
    return _made(endpoint, secret)


@router.post(
    "/v1/webhook-endpoints/{endpoint_id}/test",
    status_code=202,
    responses=documented(WebhookEndpointNotFound, WebhookEndpointNotActive),
    summary="Send a test event",
)
async def test_webhook_endpoint(
    endpoint_id: PathId, db: Database, caller: EventsWrite, response: Response
) -> WebhookDeliveryRead:
    """Send `endpoint.test`, signed like any other; see what came of it in the deliveries (`Location`)."""
    response.headers["Location"] = f"/v1/webhook-endpoints/{endpoint_id}/deliveries"
    return queries.shape(await service.send_test(db, caller, endpoint_id), None, [])


@router.post(
    "/v1/webhook-endpoints/{endpoint_id}/replay",
    status_code=202,
    responses=documented(WebhookEndpointNotFound, WebhookEndpointNotActive),
    summary="Send events again",
)
async def replay_webhook_events(
    endpoint_id: PathId, body: Replay, db: Database, caller: EventsWrite, response: Response
) -> Replayed:
    """Send again what happened in a time range, in order and under the same `webhook-id`s; see the deliveries."""
    response.headers["Location"] = f"/v1/webhook-endpoints/{endpoint_id}/deliveries"
    return Replayed(count=await service.replay(db, caller, endpoint_id, body.since, body.until))


@router.get(
    "/v1/webhook-endpoints/{endpoint_id}/deliveries",
    responses=documented(WebhookEndpointNotFound),
    summary="List what was sent to a webhook endpoint",
)
async def list_webhook_deliveries(
    endpoint_id: PathId, db: Database, caller: EventsRead, paging: PageOf, state: States = None
) -> WebhookDeliveryPage:
    """What was sent and what waits, newest first, with every try. Kept for thirty days after it ended."""
    endpoint = await service.require_endpoint(db, caller, endpoint_id)
    return WebhookDeliveryPage(**await queries.page_of_deliveries(db, paging, endpoint, state))


def _made(endpoint: WebhookEndpoint, secret: str) -> WebhookEndpointMade:
    read = WebhookEndpointRead.model_validate(endpoint)
    return WebhookEndpointMade(**read.model_dump(), secret=secret)
