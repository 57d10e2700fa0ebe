"""HTTP of consultations: asked for, listed, read."""

from typing import Annotated, Any

from fastapi import Body, Query, Response, Security

from plut_api.actors.access import require_actor
from plut_api.actors.problems import ActorNotFound, PersonNotFound, RegisterFirst
from plut_api.consulting import queries, service
from plut_api.consulting.access import require_consultation
from plut_api.consulting.models import Consultation, ConsultationState, ConsultationTransition, ConsultingField
from plut_api.consulting.problems import ConsultationNotChangeable, ConsultationNotFound
from plut_api.consulting.queries import Wanted, shown
from plut_api.consulting.schemas import (
    ConsultationCreate,
    ConsultationPage,
    ConsultationPatch,
    ConsultationRead,
    ConsultationTransitionPage,
)
from plut_api.kit.caller import Caller, signed_in
from plut_api.kit.contract import created, documented
from plut_api.kit.database import Database
from plut_api.kit.etags import IfMatch, put_etag
from plut_api.kit.pages import PageOf, Paging
from plut_api.kit.web import Router
from plut_api.kit.wire import Day, Id, PathId

router = Router(tag="consulting")

ConsultationsRead = Annotated[Caller, Security(signed_in, scopes=["consultations:read"])]
ConsultationsWrite = Annotated[Caller, Security(signed_in, scopes=["consultations:write"])]
Change = Annotated[ConsultationPatch, Body(media_type="application/merge-patch+json")]
States = Annotated[list[ConsultationState] | None, Query(max_length=5, description="Only in these states.")]
Fields = Annotated[list[ConsultingField] | None, Query(max_length=5, description="Only in these fields.")]
Consultants = Annotated[list[Id] | None, Query(max_length=50, description="Only of these consultants.")]
People = Annotated[list[Id] | None, Query(max_length=50, description="Only of these clients.")]
Since = Annotated[Day | None, Query(description="Only with an appointment from this day on.")]
Until = Annotated[Day | None, Query(description="Only with an appointment up to this day.")]


@router.post(
    "/v1/consultations",
    status_code=201,
    responses=created() | documented(PersonNotFound, RegisterFirst),
    summary="Ask for a consultation",
)
async def create_consultation(
    body: ConsultationCreate, db: Database, caller: ConsultationsWrite, response: Response
) -> ConsultationRead:
    """Ask for a consultation or a mentoring visit: for oneself, or for PLUT's staff on behalf of a client.

    It goes to a consultant who accompanies the client; where nobody does, it waits until the Dinas names one.
    """
    consultation = await service.request_consultation(db, caller, body)
    response.headers["Location"] = f"/v1/consultations/{consultation.id}"
    return await told(db, caller, response, consultation)


@router.get("/v1/consultations", summary="List consultations")
async def list_consultations(
    db: Database,
    caller: ConsultationsRead,
    paging: PageOf,
    state: States = None,
    field: Fields = None,
    consultant: Consultants = None,
    person: People = None,
    since: Since = None,
    until: Until = None,
) -> ConsultationPage:
    """Consultations within the caller's rows, newest first: one's own, of people assigned to a consultant, all for the
    Dinas.
    """
    wanted = Wanted(state, field, consultant, person, since, until)
    return await _page(db, caller, paging, queries.consultations(caller, wanted))


@router.get("/v1/me/consultations", summary="List one's own consultations")
async def list_my_consultations(db: Database, caller: ConsultationsRead, paging: PageOf) -> ConsultationPage:
    """The caller's own consultations, newest first, with what was advised and agreed."""
    return await _page(db, caller, paging, queries.own_consultations(caller))


@router.get(
    "/v1/actors/{actor_id}/consultations",
    responses=documented(ActorNotFound),
    summary="List the consultations for a business",
)
async def list_actor_consultations(
    actor_id: PathId, db: Database, caller: ConsultationsRead, paging: PageOf
) -> ConsultationPage:
    """Consultations for a business, newest first; of several owners each finds their own."""
    actor = await require_actor(db, caller, actor_id)
    return await _page(db, caller, paging, queries.of_actor(caller, actor.id))


@router.get(
    "/v1/consultations/{consultation_id}", responses=documented(ConsultationNotFound), summary="Read a consultation"
)
async def get_consultation(
    consultation_id: PathId, db: Database, caller: ConsultationsRead, response: Response
) -> ConsultationRead:
    """One consultation within the caller's rows, with what client and consultant share. Private notes are not in it."""
    consultation = await require_consultation(db, caller, consultation_id)
    return await told(db, caller, response, consultation)


@router.patch(
    "/v1/consultations/{consultation_id}",
    responses=documented(ConsultationNotFound, ConsultationNotChangeable),
    summary="Correct a consultation",
)
async def change_consultation(
    consultation_id: PathId,
    body: Change,
    db: Database,
    caller: ConsultationsWrite,
    response: Response,
    if_match: IfMatch = None,
) -> ConsultationRead:
    """Correct what was asked for while it is open: the client, its consultant, the Dinas. Once it was held its
    consultant corrects what they recorded.
    """
    changed = await service.change_consultation(db, caller, consultation_id, if_match, body.changes())
    return await told(db, caller, response, changed)


@router.get(
    "/v1/consultations/{consultation_id}/transitions",
    responses=documented(ConsultationNotFound),
    summary="List the moves of a consultation",
)
async def list_consultation_transitions(
    consultation_id: PathId, db: Database, caller: ConsultationsRead, paging: PageOf
) -> ConsultationTransitionPage:
    """Every move of a consultation, oldest first: who, when, why."""
    consultation = await require_consultation(db, caller, consultation_id)
    rows = await paging.fetch(db, queries.moves_of(consultation), ConsultationTransition.id)
    data = [queries.transition_shape(row) for row in rows["data"]]
    return ConsultationTransitionPage.model_validate(rows | {"data": data})


async def told(db: Database, caller: Caller, response: Response, consultation: Consultation) -> ConsultationRead:
    """A consultation on the wire, with its version."""
    put_etag(response, consultation)
    return (await shown(db, caller, [consultation]))[0]


async def _page(db: Database, caller: Caller, paging: Paging, query: Any) -> ConsultationPage:
    rows = await paging.fetch(db, query, Consultation.id, descending=True)
    return ConsultationPage.model_validate(rows | {"data": await shown(db, caller, rows["data"])})
