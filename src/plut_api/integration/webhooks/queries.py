"""Reads of webhook endpoints and of what was sent to them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.integration.problems import NoOrganization
from plut_api.integration.webhooks.models import (
    DeliveryKind,
    DeliveryState,
    WebhookAttempt,
    WebhookDelivery,
    WebhookEndpoint,
)
from plut_api.integration.webhooks.schemas import AttemptRead, WebhookDeliveryRead
from plut_api.kit.caller import Caller
from plut_api.kit.outbox import Event
from plut_api.kit.pages import Paging

_TOLD_TRIES = 50
_WITH_NAME: tuple[Any, ...] = (WebhookDelivery, Event.name)


async def page_of_endpoints(db: AsyncSession, paging: Paging, caller: Caller) -> dict[str, Any]:
    """The endpoints of the caller's organization. Raises NoOrganization, InvalidCursor."""
    if caller.organization_id is None:
        raise NoOrganization()
    query = select(WebhookEndpoint).where(WebhookEndpoint.organization_id == caller.organization_id)
    return await paging.fetch(db, query, WebhookEndpoint.id)


async def page_of_deliveries(
    db: AsyncSession, paging: Paging, endpoint: WebhookEndpoint, states: Sequence[DeliveryState] | None
) -> dict[str, Any]:
    """What was sent to an endpoint, newest first, with its tries. Leans on ix_webhook_deliveries_endpoint_id."""
    query = (
        select(*_WITH_NAME)
        .outerjoin(Event, Event.id == WebhookDelivery.event_id)
        .where(WebhookDelivery.endpoint_id == endpoint.id)
    )
    if states:
        query = query.where(WebhookDelivery.state.in_(states))
    page = await paging.fetch(db, query, WebhookDelivery.place, descending=True)
    tries = await _tries(db, [row.WebhookDelivery.id for row in page["data"]])
    rows = [shape(row.WebhookDelivery, row.name, tries.get(row.WebhookDelivery.id, [])) for row in page["data"]]
    return page | {"data": rows}


async def _tries(db: AsyncSession, deliveries: Sequence[UUID]) -> dict[UUID, list[WebhookAttempt]]:
    found: dict[UUID, list[WebhookAttempt]] = {}
    query = select(WebhookAttempt).where(WebhookAttempt.delivery_id.in_(deliveries)).order_by(WebhookAttempt.id.desc())
    for one in await db.scalars(query):
        found.setdefault(one.delivery_id, []).append(one)
    return found


def shape(delivery: WebhookDelivery, name: str | None, tries: Sequence[WebhookAttempt]) -> WebhookDeliveryRead:
    """A delivery on the wire; what tells of no event is named after its kind."""
    own = "endpoint.test" if delivery.kind is DeliveryKind.test else "endpoint.verification"
    return WebhookDeliveryRead(
        id=delivery.id,
        kind=delivery.kind,
        event_id=delivery.event_id,
        type=name or own,
        state=delivery.state,
        not_before=delivery.not_before,
        ended_at=delivery.ended_at,
        created_at=delivery.created_at,
        tries=[AttemptRead.model_validate(one) for one in tries[:_TOLD_TRIES]],
    )
