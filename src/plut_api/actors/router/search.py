"""HTTP of searching people and businesses at once, and of exact look-ups of businesses."""

from typing import Annotated

from fastapi import Security

from plut_api.actors.access import require_staff
from plut_api.actors.masking import view_of
from plut_api.actors.problems import StaffOnly
from plut_api.actors.router.businesses import ActorsRead
from plut_api.actors.schemas.search import ActorMatches, ActorSearch, Findings, RegistrySearch
from plut_api.actors.service import searching
from plut_api.actors.service.lookups import find_actors
from plut_api.actors.shapes import actor_shape
from plut_api.kit import audit
from plut_api.kit.caller import Caller, signed_in
from plut_api.kit.contract import documented
from plut_api.kit.database import Database
from plut_api.kit.web import Router

router = Router(tag="actors")

BothRead = Annotated[Caller, Security(signed_in, scopes=["people:read", "actors:read"])]


@router.post("/v1/actors/search", responses=documented())
async def search_actors(body: ActorSearch, db: Database, caller: ActorsRead) -> ActorMatches:
    """Look businesses up by exact NIB, NPWP, or NIK or phone of an owner, within the caller's rows. Changes nothing."""
    view = view_of(caller)
    return ActorMatches(data=[actor_shape(actor, view) for actor in await find_actors(db, caller, body)])


@router.post("/v1/search", responses=documented(StaffOnly))
async def search_registry(body: RegistrySearch, db: Database, caller: BothRead) -> Findings:
    """Find people and businesses by whatever is known: a name, a village, or one number. Best first, with why.

    For PLUT's staff, each in their own rows: a consultant among the people assigned to them and what those own, the
    Dinas among all. A name may stand together with its village (`kopi sembalun`); misspelt names are found where few
    hold the words. Numbers (phone, NIK, NIB, NPWP) are looked up exactly. Changes nothing.
    """
    require_staff(caller)
    hits, more = await searching.search_registry(db, caller, body.q, body.kinds, body.limit)
    audit.looked_up(db, "people", [hit.id for hit in hits], {"found": len(hits)})
    return Findings(data=await searching.told_of(db, hits), more=more)
