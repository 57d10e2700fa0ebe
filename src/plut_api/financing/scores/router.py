"""HTTP of who sees scores: the Dinas decides, the bank reads."""

from typing import Annotated

from fastapi import Response, Security

from plut_api.financing.scores import service
from plut_api.financing.scores.models import ScoreDisclosure
from plut_api.financing.scores.problems import NotABank, ScoreDisclosureNotFound
from plut_api.financing.scores.schemas import ScoreDisclosureRead, ScoreDisclosureSet
from plut_api.kit.caller import Caller, signed_in
from plut_api.kit.contract import documented, etagged
from plut_api.kit.database import Database
from plut_api.kit.etags import IfMatch, put_etag
from plut_api.kit.web import Router
from plut_api.kit.wire import PathId
from plut_api.organizations.problems import OrganizationNotFound

router = Router(tag="financing")

OrganizationsWrite = Annotated[Caller, Security(signed_in, scopes=["organizations:write"])]
FinancingRead = Annotated[Caller, Security(signed_in, scopes=["financing:read"])]


@router.get(
    "/v1/organizations/{organization_id}/score-disclosure",
    responses=etagged() | documented(ScoreDisclosureNotFound),
    summary="Read whether a bank sees scores",
)
async def get_score_disclosure(
    organization_id: PathId, db: Database, caller: FinancingRead, response: Response
) -> ScoreDisclosureRead:
    """The setting by which a bank sees scores in the ready list. For the Dinas, and for that bank."""
    row = await service.require_disclosure(db, caller, organization_id)
    put_etag(response, row)
    return _shape(row)


@router.put(
    "/v1/organizations/{organization_id}/score-disclosure",
    responses=documented(OrganizationNotFound, NotABank),
    summary="Let a bank see scores",
)
async def set_score_disclosure(
    organization_id: PathId,
    body: ScoreDisclosureSet,
    db: Database,
    caller: OrganizationsWrite,
    response: Response,
    if_match: IfMatch = None,
) -> ScoreDisclosureRead:
    """Let a bank see the score of businesses that consented to it, in a period. The Dinas may.

    The first setting needs no `If-Match`. With every change the bank's sync tokens and cursors end (410), and so they
    do when the period begins and ends: it pulls the list anew, with or without scores.
    """
    row = await service.set_disclosure(db, caller, organization_id, if_match, body)
    put_etag(response, row)
    return _shape(row)


@router.delete(
    "/v1/organizations/{organization_id}/score-disclosure",
    status_code=204,
    responses=documented(ScoreDisclosureNotFound),
    summary="Let a bank see no scores any more",
)
async def delete_score_disclosure(
    organization_id: PathId, db: Database, caller: OrganizationsWrite, if_match: IfMatch = None
) -> None:
    """Take it back, at once. The Dinas may. What was shown so far stands in the log of disclosures."""
    await service.end_disclosure(db, caller, organization_id, if_match)


def _shape(row: ScoreDisclosure) -> ScoreDisclosureRead:
    values = {name: getattr(row, name) for name in ScoreDisclosureRead.model_fields if hasattr(row, name)}
    return ScoreDisclosureRead.model_validate(values | {"bank_id": row.bank_id, "in_force": service.in_force(row)})
