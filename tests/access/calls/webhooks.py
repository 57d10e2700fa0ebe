"""The stream of events, and webhook endpoints of a bank."""

import itertools

from plut_api.integration.webhooks.models import PRIVATE, SECRET, EndpointState, WebhookEndpoint
from plut_api.integration.webhooks.signing import new_pair, new_secret
from plut_api.kit import clock
from plut_api.kit.crypto import vault
from tests.access.calls.call import Call, etag, prepared
from tests.access.rows import Side
from tests.access.world import World

_NUMBERS = itertools.count(1)


async def _endpoint(world: World, side: Side, state: EndpointState = EndpointState.active) -> WebhookEndpoint:
    private, public = new_pair()
    row = WebhookEndpoint(
        organization_id=side.bank.id,
        url=f"https://hooks{next(_NUMBERS)}.bank.example/plut",
        state=state,
        challenge="tantangan",
        secret_sealed=vault().seal(SECRET, new_secret()),
        private_sealed=vault().seal_bytes(PRIVATE, private),
        public_key=public,
        made_by=side.teller.id,
    )
    endpoint: WebhookEndpoint = await world.add(row)
    return endpoint


def _about(endpoint: WebhookEndpoint) -> Call:
    return Call(path={"endpoint_id": endpoint.id}, about=endpoint.id)


@prepared
async def get_event_types(world: World, side: Side, who: str) -> Call:
    return Call()


@prepared
async def get_events(world: World, side: Side, who: str) -> Call:
    return Call()


@prepared
async def create_webhook_endpoint(world: World, side: Side, who: str) -> Call:
    return Call(body={"url": f"https://hooks{next(_NUMBERS)}.contoh.example/plut"})


@prepared
async def list_webhook_endpoints(world: World, side: Side, who: str) -> Call:
    return Call()


@prepared
async def get_webhook_endpoint(world: World, side: Side, who: str) -> Call:
    return _about(await _endpoint(world, side))


@prepared
async def change_webhook_endpoint(world: World, side: Side, who: str) -> Call:
    endpoint = await _endpoint(world, side)
    call = _about(endpoint)
    call.body, call.headers = {"description": "Inti perbankan"}, await etag(world, endpoint)
    return call


@prepared
async def delete_webhook_endpoint(world: World, side: Side, who: str) -> Call:
    endpoint = await _endpoint(world, side)
    call = _about(endpoint)
    call.headers = await etag(world, endpoint)
    return call


@prepared
async def verify_webhook_endpoint(world: World, side: Side, who: str) -> Call:
    return _about(await _endpoint(world, side, EndpointState.unverified))


@prepared
async def rotate_webhook_secret(world: World, side: Side, who: str) -> Call:
    return _about(await _endpoint(world, side))


@prepared
async def test_webhook_endpoint(world: World, side: Side, who: str) -> Call:
    return _about(await _endpoint(world, side))


@prepared
async def replay_webhook_events(world: World, side: Side, who: str) -> Call:
    now = clock.now()
    body = {"since": now.replace(year=now.year - 1).isoformat(), "until": now.isoformat()}
    call = _about(await _endpoint(world, side))
    call.body = body
    return call


@prepared
async def list_webhook_deliveries(world: World, side: Side, who: str) -> Call:
    return _about(await _endpoint(world, side))
