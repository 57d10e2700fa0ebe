"""HTTP of where a business sells."""

from typing import Annotated

from fastapi import Body, Query, Response

from plut_api.actors.business_problems import ChannelNotFound
from plut_api.actors.models import SalesChannel
from plut_api.actors.problems import ActorNotFound
from plut_api.actors.router.businesses import ActorsRead, ActorsWrite
from plut_api.actors.schemas.channels import ChannelCreate, ChannelPage, ChannelPatch, ChannelRead
from plut_api.actors.service import channels
from plut_api.kit.contract import created, documented
from plut_api.kit.database import Database
from plut_api.kit.etags import IfMatch, put_etag
from plut_api.kit.pages import PageOf
from plut_api.kit.web import Router
from plut_api.kit.wire import PathId

router = Router(tag="actors")

MergePatch = Annotated[ChannelPatch, Body(media_type="application/merge-patch+json")]
Active = Annotated[bool | None, Query(description="Only where it sells now, or only where it did.", examples=[True])]
ONE = (ActorNotFound, ChannelNotFound)


@router.get("/v1/actors/{actor_id}/sales-channels", responses=documented(ActorNotFound), summary="List sales channels")
async def list_sales_channels(
    actor_id: PathId, db: Database, caller: ActorsRead, paging: PageOf, active: Active = None
) -> ChannelPage:
    """Where a business sells and sold, newest first. For its owners and directors, and PLUT's staff."""
    query = channels.wanted(await channels.channels_of(db, caller, actor_id), active)
    rows = await paging.fetch(db, query, SalesChannel.id, descending=True)
    return ChannelPage.model_validate(rows, from_attributes=True)


@router.post(
    "/v1/actors/{actor_id}/sales-channels",
    status_code=201,
    responses=created() | documented(ActorNotFound),
    summary="Add a sales channel",
)
async def create_sales_channel(
    actor_id: PathId, body: ChannelCreate, db: Database, caller: ActorsWrite, response: Response
) -> ChannelRead:
    """Register where a business sells."""
    channel = await channels.add_channel(db, caller, actor_id, body)
    put_etag(response, channel)
    response.headers["Location"] = f"/v1/actors/{actor_id}/sales-channels/{channel.id}"
    return ChannelRead.model_validate(channel)


@router.get(
    "/v1/actors/{actor_id}/sales-channels/{channel_id}",
    responses=documented(*ONE),
    summary="Read a sales channel",
)
async def get_sales_channel(
    actor_id: PathId, channel_id: PathId, db: Database, caller: ActorsRead, response: Response
) -> ChannelRead:
    """Read a sales channel, also one that has ended."""
    channel = await channels.one_channel(db, caller, actor_id, channel_id)
    put_etag(response, channel)
    return ChannelRead.model_validate(channel)


@router.patch(
    "/v1/actors/{actor_id}/sales-channels/{channel_id}",
    responses=documented(*ONE),
    summary="Change a sales channel",
)
async def change_sales_channel(
    actor_id: PathId,
    channel_id: PathId,
    body: MergePatch,
    db: Database,
    caller: ActorsWrite,
    response: Response,
    if_match: IfMatch = None,
) -> ChannelRead:
    """Change a sales channel; `until` ends it, null opens it again."""
    channel = await channels.change_channel(db, caller, actor_id, channel_id, if_match, body.changes())
    put_etag(response, channel)
    return ChannelRead.model_validate(channel)


@router.delete(
    "/v1/actors/{actor_id}/sales-channels/{channel_id}",
    status_code=204,
    responses=documented(*ONE),
    summary="End a sales channel",
)
async def end_sales_channel(
    actor_id: PathId, channel_id: PathId, db: Database, caller: ActorsWrite, if_match: IfMatch = None
) -> None:
    """Say that a business no longer sells there. It stays on file, with today as its last day."""
    await channels.end_channel(db, caller, actor_id, channel_id, if_match)
