"""HTTP of contact data."""

from typing import Annotated

from fastapi import Body, Response, Security

from plut_api.cooperatives.access import require_kept
from plut_api.cooperatives.problems import CooperativeNotFound
from plut_api.cooperatives.schemas.boards import ContactPatch, ContactRead
from plut_api.cooperatives.service import boards
from plut_api.cooperatives.shapes import contact_shape
from plut_api.kit.caller import Caller, signed_in
from plut_api.kit.contract import documented
from plut_api.kit.database import Database
from plut_api.kit.etags import IfMatch, put_etag
from plut_api.kit.web import Router
from plut_api.kit.wire import PathId

router = Router(tag="cooperatives")

CooperativesManage = Annotated[Caller, Security(signed_in, scopes=["cooperatives:manage"])]
MergePatch = Annotated[ContactPatch, Body(media_type="application/merge-patch+json")]


@router.get(
    "/v1/cooperatives/{cooperative_id}/contact",
    responses=documented(CooperativeNotFound),
    summary="Read how a cooperative is reached",
)
async def get_cooperative_contact(
    cooperative_id: PathId, db: Database, caller: CooperativesManage, response: Response
) -> ContactRead:
    """Address, phone and e-mail, which are not public. For the managers of the cooperative and the Dinas.

    The ETag is that of the cooperative.
    """
    cooperative = await require_kept(db, caller, cooperative_id)
    put_etag(response, cooperative)
    return contact_shape(cooperative)


@router.patch(
    "/v1/cooperatives/{cooperative_id}/contact",
    responses=documented(CooperativeNotFound),
    summary="Change how a cooperative is reached",
)
async def change_cooperative_contact(
    cooperative_id: PathId,
    body: MergePatch,
    db: Database,
    caller: CooperativesManage,
    response: Response,
    if_match: IfMatch = None,
) -> ContactRead:
    """Change address, phone and e-mail. Managers of the cooperative may, and the Dinas.

    Name, legal number, members and status are for the Dinas to change.
    """
    cooperative = await boards.change_contact(db, caller, cooperative_id, if_match, body.changes())
    put_etag(response, cooperative)
    return contact_shape(cooperative)
