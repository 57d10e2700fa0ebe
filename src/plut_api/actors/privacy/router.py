"""HTTP of what a person can ask about their own data, and of the Dinas, which answers."""

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

from fastapi import BackgroundTasks, Query, Request, Response, Security

from plut_api.actors.access import require_actor
from plut_api.actors.merging.survivors import all_ids
from plut_api.actors.privacy import erasure, requests
from plut_api.actors.privacy.held import ids_of, own_ids, registered_subject, subject_of
from plut_api.actors.privacy.models import DataRequest, Disclosure, RequestState
from plut_api.actors.privacy.schemas import (
    DataRequestCreate,
    DataRequestMove,
    DataRequestPage,
    DataRequestRead,
    DisclosurePage,
    DisclosureRead,
    ErasureConfirm,
    MyData,
    SectionRead,
)
from plut_api.actors.problems import (
    ActorNotFound,
    CodeRefused,
    DataRequestNotFound,
    ErasureBlocked,
    ErasureNotAsked,
    PeopleOnly,
    RegisterFirst,
    RequestMoveNotAllowed,
)
from plut_api.actors.router.businesses import ActorsRead
from plut_api.actors.service.disclosures import disclosures_of_actor, disclosures_of_person
from plut_api.identity.gateway import require_gateway
from plut_api.identity.messages.codes import send_code
from plut_api.identity.problems import ResendTooSoon
from plut_api.identity.service import AccountNotFound
from plut_api.kit import clock
from plut_api.kit.caller import Caller, signed_in
from plut_api.kit.contract import created, documented, etagged
from plut_api.kit.database import Database
from plut_api.kit.etags import IfMatch, put_etag
from plut_api.kit.merging import Of
from plut_api.kit.messages import Address
from plut_api.kit.pages import PageOf
from plut_api.kit.privacy import held
from plut_api.kit.problems import PreconditionFailed
from plut_api.kit.web import Router
from plut_api.kit.wire import PathId

router = Router(tag="privacy")

MeRead = Annotated[Caller, Security(signed_in, scopes=["me:read"])]
MeWrite = Annotated[Caller, Security(signed_in, scopes=["me:write"])]
PrivacyRead = Annotated[Caller, Security(signed_in, scopes=["privacy:read"])]
PrivacyWrite = Annotated[Caller, Security(signed_in, scopes=["privacy:write"])]
States = Annotated[list[RequestState] | None, Query(max_length=5, description="Only in these states.")]
Overdue = Annotated[bool | None, Query(description="Only those that wait past their time, or only the others.")]


@router.get("/v1/actors/{actor_id}/disclosures", responses=documented(ActorNotFound), summary="See who saw a business")
async def list_disclosures(actor_id: PathId, db: Database, caller: ActorsRead, paging: PageOf) -> DisclosurePage:
    """Who outside PLUT was shown this business so that it can be told, what, why and when; newest first.

    For its owners and PLUT's staff. Each entry is one served page or block, however many businesses it held.
    """
    actor = await require_actor(db, caller, actor_id)
    ids = await all_ids(db, Of.actors, [actor.id])
    return _disclosure_page(await paging.fetch(db, disclosures_of_actor(ids), Disclosure.id, descending=True), ids)


@router.get("/v1/me/disclosures", responses=documented(RegisterFirst), summary="See who saw oneself")
async def list_my_disclosures(db: Database, caller: MeRead, paging: PageOf) -> DisclosurePage:
    """Who outside PLUT was shown oneself or a business of one's own, what, why and when; newest first."""
    subject = await registered_subject(db, caller)
    ids, actor_ids = await ids_of(db, subject)
    query = disclosures_of_person(ids, actor_ids)
    return _disclosure_page(await paging.fetch(db, query, Disclosure.id, descending=True), actor_ids)


@router.get("/v1/me/data", summary="Get everything held of oneself")
async def get_my_data(db: Database, caller: MeRead, request: Request) -> MyData:
    """Everything that is held of the caller, in machine-readable sections (UU 27/2022 art. 6, 13, 32).

    Of others (co-owners, staff) it tells only that they are others.
    """
    subject = await subject_of(db, caller)
    sections = [
        SectionRead(name=section.name, about=section.about.in_locale(request.state.locale), rows=rows)
        for section, rows in await held(db, subject)
    ]
    return MyData(account_id=caller.id, made_at=clock.now(), sections=sections)


@router.post("/v1/me/data-requests", status_code=201, responses=created(), summary="Ask about one's own data")
async def create_data_request(
    body: DataRequestCreate, db: Database, caller: MeWrite, response: Response
) -> DataRequestRead:
    """Ask for the correction of what one cannot change oneself, object to a use, or ask to have it limited.

    The Dinas answers within 3 × 24 hours.
    """
    asked = await requests.ask(db, caller, body)
    response.headers["Location"] = f"/v1/me/data-requests/{asked.id}"
    return _shown(response, asked)


@router.get("/v1/me/data-requests", summary="List one's own requests")
async def list_my_data_requests(db: Database, caller: MeRead, paging: PageOf) -> DataRequestPage:
    """One's own requests, newest first."""
    return _page(await paging.fetch(db, requests.own_requests(caller), DataRequest.id, descending=True))


@router.get(
    "/v1/me/data-requests/{request_id}",
    responses=etagged() | documented(DataRequestNotFound),
    summary="Read one's own request",
)
async def get_my_data_request(request_id: PathId, db: Database, caller: MeRead, response: Response) -> DataRequestRead:
    """One request: where it stands, by when it is to be answered, and the answer."""
    return _shown(response, await requests.own_request(db, caller, request_id))


@router.post(
    "/v1/me/erasure",
    status_code=202,
    responses=documented(AccountNotFound, PeopleOnly, ErasureBlocked, ResendTooSoon),
    summary="Ask to be erased",
)
async def request_erasure(
    request: Request, response: Response, db: Database, caller: MeWrite, after: BackgroundTasks
) -> DataRequestRead:
    """Ask to have account and data erased. A code is sent to the phone; nothing happens until it comes back.

    Not possible while a bank has approved a request for financing and has not paid yet.
    """
    settings = request.app.state.settings
    require_gateway(settings)
    asked, phone, code = await erasure.ask_erasure(db, settings, caller)
    to = Address.phone(phone)
    await send_code(request, db, after, to=to, template="erasure_code", code=code, language=request.state.locale)
    response.headers["Location"] = f"/v1/me/data-requests/{asked.id}"
    return requests.request_shape(asked)


@router.post(
    "/v1/me/erasure/confirm",
    responses=documented(AccountNotFound, PeopleOnly, ErasureNotAsked, ErasureBlocked, CodeRefused),
    summary="Confirm being erased",
)
async def confirm_erasure(body: ErasureConfirm, request: Request, db: Database, caller: MeWrite) -> DataRequestRead:
    """Erase account and data at once, by the code that came to the phone. This cannot be undone.

    Consents end first, and banks get tombstones; open requests for financing are withdrawn, seats given back, sessions
    ended, and the phone is free for a new account. The answer's `report` says what was erased, and what a law keeps
    without a name, and until when (UU 27/2022 art. 8, 43-44).
    """
    return requests.request_shape(await erasure.confirm_erasure(db, caller, body.code, request))


@router.get("/v1/data-requests", summary="List people's requests about their data")
async def list_data_requests(
    db: Database, caller: PrivacyRead, paging: PageOf, state: States = None, overdue: Overdue = None
) -> DataRequestPage:
    """Requests of people about their own data with their clocks, the most urgent first. For the Dinas."""
    query = requests.all_requests(caller, state or [], overdue)
    return _page(await paging.fetch(db, query, DataRequest.due_at, DataRequest.id))


@router.get(
    "/v1/data-requests/{request_id}",
    responses=etagged() | documented(DataRequestNotFound),
    summary="Read a request about data",
)
async def get_data_request(
    request_id: PathId, db: Database, caller: PrivacyRead, response: Response
) -> DataRequestRead:
    """One request. For the Dinas."""
    return _shown(response, await requests.any_request(db, caller, request_id))


@router.post(
    "/v1/data-requests/{request_id}/transitions",
    responses=etagged() | documented(DataRequestNotFound, RequestMoveNotAllowed, PreconditionFailed),
    summary="Move a request about data",
)
async def move_data_request(
    request_id: PathId,
    body: DataRequestMove,
    db: Database,
    caller: PrivacyWrite,
    response: Response,
    if_match: IfMatch = None,
) -> DataRequestRead:
    """Take a request up (`in_progress`), or end it (`done`, `refused`) with an answer to the person. For the Dinas.

    An illegal move is a 409 whose `allowed_moves` lists those that are possible. `If-Match` is heeded if sent. Erasure
    is the person's own to confirm.
    """
    return _shown(response, await requests.move(db, caller, request_id, if_match, body))


def _shown(response: Response, asked: DataRequest) -> DataRequestRead:
    put_etag(response, asked)
    return requests.request_shape(asked)


def _page(rows: dict[str, Any]) -> DataRequestPage:
    return DataRequestPage(**rows | {"data": [requests.request_shape(row) for row in rows["data"]]})


def _disclosure_page(rows: dict[str, Any], own: Sequence[UUID]) -> DisclosurePage:
    data = [
        DisclosureRead(
            **{name: getattr(row, name) for name in ("id", "disclosed_at", "organization_id", "operation", "purpose")},
            organization_name=organization_name,
            fields=row.fields,
            actor_ids=own_ids(row.actor_ids, own),
        )
        for row, organization_name in (entry[:2] for entry in rows["data"])
    ]
    return DisclosurePage(**rows | {"data": data})
