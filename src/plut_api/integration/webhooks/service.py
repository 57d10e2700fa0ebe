"""What may happen to webhook endpoints: made, proven, changed, switched off and on, tested, replayed."""

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.integration.events.catalogue import CATALOGUE
from plut_api.integration.problems import NoOrganization
from plut_api.integration.webhooks.models import (
    FORMER,
    PRIVATE,
    SECRET,
    DeliveryKind,
    DeliveryState,
    EndpointState,
    WebhookDelivery,
    WebhookEndpoint,
)
from plut_api.integration.webhooks.problems import (
    TooManyWebhookEndpoints,
    WebhookEndpointNotActive,
    WebhookEndpointNotFound,
    WebhookEndpointTaken,
    WebhookEndpointVerified,
)
from plut_api.integration.webhooks.schemas import WebhookEndpointCreate
from plut_api.integration.webhooks.signing import new_pair, new_secret
from plut_api.kit import audit, clock, outbox
from plut_api.kit.caller import Caller
from plut_api.kit.crypto import vault
from plut_api.kit.database import refusing
from plut_api.kit.etags import require_match
from plut_api.kit.ids import new_id
from plut_api.kit.outgoing import OutgoingFailed, check_address
from plut_api.kit.problems import Fault, Invalid, fault
from plut_api.settings import Settings

MOST = 20
OVERLAP = timedelta(hours=24)
"""How long a former secret still signs."""
_TAKEN = {"uq_webhook_endpoints_organization_id_url": WebhookEndpointTaken()}
_NOT_CALLABLE = fault(
    "#/url",
    "url_refused",
    id="Alamat harus https di internet terbuka, tanpa nama pengguna dan tanpa fragmen",
    en="The address must be https on the open internet, without a user and without a fragment",
)
_REPLAY = text("""
    INSERT INTO webhook_deliveries (id, endpoint_id, kind, event_id, subject_id, state, attempts)
    SELECT gen_random_uuid(), :endpoint, 'replay', e.id, e.subject_id, 'pending', 0
    FROM feed_entries f JOIN events e ON e.id = f.event_id
    WHERE f.organization_id = :organization AND e.occurred_at >= :since AND e.occurred_at < :until
        AND e.name = ANY(:types) ORDER BY f.position
""")
_ENDS_BEFORE = fault("#/until", "ends_before_it_starts", id="Akhir sebelum awal", en="The end is before the beginning")


async def register_endpoint(
    db: AsyncSession, settings: Settings, caller: Caller, given: WebhookEndpointCreate
) -> tuple[WebhookEndpoint, str]:
    """An endpoint and its secret, which nobody can read later. It is asked to prove itself at once.

    Raises NoOrganization, Invalid (`url_refused`, `event_type_unknown`), TooManyWebhookEndpoints, WebhookEndpointTaken.
    """
    if caller.organization_id is None:
        raise NoOrganization()
    faults = await _url_faults(settings, given.url) + _type_faults(given.event_types)
    if faults:
        raise Invalid(errors=faults)
    own = select(func.count()).where(WebhookEndpoint.organization_id == caller.organization_id)
    if (await db.scalar(own) or 0) >= MOST:
        raise TooManyWebhookEndpoints()
    secret, (private, public) = new_secret(), new_pair()
    endpoint = WebhookEndpoint(
        id=new_id(),
        organization_id=caller.organization_id,
        challenge=secrets.token_urlsafe(24),
        secret_sealed=vault().seal(SECRET, secret),
        private_sealed=vault().seal_bytes(PRIVATE, private),
        public_key=public,
        made_by=caller.id,
        **given.model_dump(),
    )
    with refusing(_TAKEN):
        db.add(endpoint)
        await db.flush()
    await _send(db, endpoint, DeliveryKind.verification)
    await _tell(db, "webhook_endpoint.registered", endpoint, caller)
    return endpoint, secret


async def require_endpoint(
    db: AsyncSession, caller: Caller, endpoint_id: UUID, *, for_update: bool = False
) -> WebhookEndpoint:
    """An endpoint of the caller's organization. Raises WebhookEndpointNotFound."""
    query = select(WebhookEndpoint).where(
        WebhookEndpoint.id == endpoint_id, WebhookEndpoint.organization_id == caller.organization_id
    )
    query = query.execution_options(populate_existing=True)
    endpoint = await db.scalar(query.with_for_update() if for_update else query)
    if endpoint is None:
        raise WebhookEndpointNotFound()
    return endpoint


async def change_endpoint(
    db: AsyncSession,
    settings: Settings,
    caller: Caller,
    endpoint_id: UUID,
    if_match: str | None,
    changes: Mapping[str, Any],
) -> WebhookEndpoint:
    """Change an endpoint; at a new address it has to prove itself again.

    Raises WebhookEndpointNotFound, PreconditionRequired, PreconditionFailed, Invalid, WebhookEndpointTaken.
    """
    endpoint = await require_endpoint(db, caller, endpoint_id, for_update=True)
    require_match(endpoint, if_match)
    moves = changes.get("url", endpoint.url) != endpoint.url
    faults = await _url_faults(settings, changes["url"]) if moves else []
    faults += _type_faults(changes.get("event_types", []))
    if faults:
        raise Invalid(errors=faults)
    with refusing(_TAKEN):
        for name, value in changes.items():
            setattr(endpoint, name, value)
        if moves:
            _doubt(endpoint)
        await _kept(db, endpoint)
    if moves:
        await _send(db, endpoint, DeliveryKind.verification)
    return endpoint


async def remove_endpoint(db: AsyncSession, caller: Caller, endpoint_id: UUID, if_match: str | None) -> None:
    """Forget an endpoint and what was sent to it. Raises WebhookEndpointNotFound, PreconditionRequired/Failed."""
    endpoint = await require_endpoint(db, caller, endpoint_id, for_update=True)
    require_match(endpoint, if_match)
    await _tell(db, "webhook_endpoint.removed", endpoint, caller)
    await db.delete(endpoint)
    await db.flush()


async def ask_to_verify(db: AsyncSession, caller: Caller, endpoint_id: UUID) -> WebhookEndpoint:
    """Ask an endpoint once more to prove itself. Raises WebhookEndpointNotFound, WebhookEndpointVerified."""
    endpoint = await require_endpoint(db, caller, endpoint_id, for_update=True)
    if endpoint.state is EndpointState.active:
        raise WebhookEndpointVerified()
    _doubt(endpoint)
    await _kept(db, endpoint)
    await _send(db, endpoint, DeliveryKind.verification)
    return endpoint


async def rotate_secret(db: AsyncSession, caller: Caller, endpoint_id: UUID) -> tuple[WebhookEndpoint, str]:
    """A new secret; the former one signs beside it for a day. Raises WebhookEndpointNotFound."""
    endpoint = await require_endpoint(db, caller, endpoint_id, for_update=True)
    secret, former = new_secret(), vault().open(SECRET, endpoint.secret_sealed)
    endpoint.former_secret_sealed = vault().seal(FORMER, former)
    endpoint.former_until = clock.now() + OVERLAP
    endpoint.secret_sealed = vault().seal(SECRET, secret)
    await _kept(db, endpoint)
    await _tell(db, "webhook_endpoint.secret_rotated", endpoint, caller)
    return endpoint, secret


async def send_test(db: AsyncSession, caller: Caller, endpoint_id: UUID) -> WebhookDelivery:
    """Send an event that says nothing. Raises WebhookEndpointNotFound, WebhookEndpointNotActive."""
    return await _send(db, await _active(db, caller, endpoint_id), DeliveryKind.test)


async def replay(db: AsyncSession, caller: Caller, endpoint_id: UUID, since: datetime, until: datetime) -> int:
    """Send again the events of a time range that concern the endpoint, in order, under their ids; how many.

    Raises WebhookEndpointNotFound, WebhookEndpointNotActive, Invalid (`ends_before_it_starts`).
    """
    if until <= since:
        raise Invalid(errors=[_ENDS_BEFORE])
    endpoint = await _active(db, caller, endpoint_id)
    given = {
        "endpoint": endpoint.id,
        "organization": endpoint.organization_id,
        "since": since,
        "until": until,
        "types": endpoint.event_types or list(CATALOGUE),
    }
    result: Any = await db.execute(_REPLAY, given)
    count = int(result.rowcount)
    if count:
        audit.record(db, audit.Action.changed, "webhook_endpoints", [endpoint.id], after={"replayed": str(count)})
    return count


async def _active(db: AsyncSession, caller: Caller, endpoint_id: UUID) -> WebhookEndpoint:
    endpoint = await require_endpoint(db, caller, endpoint_id)
    if endpoint.state is not EndpointState.active:
        raise WebhookEndpointNotActive()
    return endpoint


async def _send(db: AsyncSession, endpoint: WebhookEndpoint, kind: DeliveryKind) -> WebhookDelivery:
    """Queue something that tells of no event. A verification puts those asked for before out of the way."""
    if kind is DeliveryKind.verification:
        asked = update(WebhookDelivery).where(
            WebhookDelivery.endpoint_id == endpoint.id,
            WebhookDelivery.kind == kind,
            WebhookDelivery.state == DeliveryState.pending,
        )
        await db.execute(asked.values(state=DeliveryState.failed, ended_at=clock.now()))
    delivery = WebhookDelivery(id=new_id(), endpoint_id=endpoint.id, kind=kind, subject_id=endpoint.id)
    db.add(delivery)
    await db.flush()
    await db.refresh(delivery)
    return delivery


def _doubt(endpoint: WebhookEndpoint) -> None:
    endpoint.state, endpoint.disabled_reason = EndpointState.unverified, None
    endpoint.challenge = secrets.token_urlsafe(24)
    endpoint.failures, endpoint.failing_since, endpoint.rests_until = 0, None, clock.now()


async def _kept(db: AsyncSession, endpoint: WebhookEndpoint) -> None:
    endpoint.version += 1
    await db.flush()
    await db.refresh(endpoint)


async def _url_faults(settings: Settings, url: str) -> list[Fault]:
    try:
        await check_address(settings, url)
    except OutgoingFailed:
        return [_NOT_CALLABLE]
    return []


def _type_faults(types: list[str]) -> list[Fault]:
    return [_type_unknown(at) for at, name in enumerate(types) if name not in CATALOGUE]


def _type_unknown(at: int) -> Fault:
    return fault(
        f"#/event_types/{at}",
        "event_type_unknown",
        id="Bukan jenis peristiwa; cari di /v1/event-types",
        en="Not a type of event; look in /v1/event-types",
    )


async def _tell(db: AsyncSession, event: str, endpoint: WebhookEndpoint, caller: Caller) -> None:
    await outbox.record(db, event, endpoint.id, by=caller, organization_id=endpoint.organization_id)
