"""HTTP of codes that people read out to officers, and of taking a record over."""

from typing import Annotated

from fastapi import BackgroundTasks, Request, Response, Security

from plut_api.actors.masking import masked_name, view_of
from plut_api.actors.models import Person
from plut_api.actors.people_problems import HasAccount, RecordNotFound, RecordTaken, TakeoverPaused
from plut_api.actors.problems import AlreadyRegistered, PeopleOnly, PersonNotFound, StaffOnly
from plut_api.actors.router.people import PeopleWrite, shown
from plut_api.actors.schemas.people import PersonRead
from plut_api.actors.schemas.proofs import PersonCodeRequest
from plut_api.actors.schemas.takeovers import RecordPage, TakeoverCodeRead, TakeoverCreate
from plut_api.actors.service import takeovers
from plut_api.actors.service.proofs import ask_code
from plut_api.identity.gateway import require_gateway
from plut_api.identity.messages.codes import send_code
from plut_api.identity.problems import ResendTooSoon
from plut_api.identity.schemas import CodeSent
from plut_api.identity.service import AccountNotFound
from plut_api.kit.caller import Caller, signed_in
from plut_api.kit.contract import documented
from plut_api.kit.database import Database
from plut_api.kit.messages import Address
from plut_api.kit.pages import PageOf
from plut_api.kit.web import Router
from plut_api.kit.wire import PathId

router = Router(tag="actors")

MeRead = Annotated[Caller, Security(signed_in, scopes=["me:read"])]
MeWrite = Annotated[Caller, Security(signed_in, scopes=["me:write"])]


@router.post(
    "/v1/people/codes",
    status_code=202,
    responses=documented(StaffOnly, ResendTooSoon),
    summary="Send a code to somebody at the counter",
)
async def create_person_code(
    body: PersonCodeRequest,
    request: Request,
    response: Response,
    db: Database,
    caller: PeopleWrite,
    after: BackgroundTasks,
) -> CodeSent:
    """Send a six-digit code to the phone of somebody whom an officer registers, or gives another number.

    The person reads it out; it is good for a few minutes and five tries, for this purpose and this phone alone. The
    answer is the same whether or not anybody is known by the number. `Location` is where the code is taken.
    """
    settings = request.app.state.settings
    require_gateway(settings)
    template, code = await ask_code(request, db, caller, body)
    await send_code(request, db, after, to=Address.phone(body.phone), template=template, code=code)
    response.headers["Location"] = "/v1/people"
    return CodeSent(expires_in=settings.otp_seconds)


@router.get("/v1/me/records", responses=documented(PeopleOnly, AccountNotFound), summary="Find records of oneself")
async def list_my_records(db: Database, caller: MeRead, paging: PageOf) -> RecordPage:
    """Records that somebody else made with the phone that the caller signed in by, and that nobody has taken over yet.

    Masked: enough to recognise oneself. `POST /v1/me/takeover` makes one the caller's own.
    """
    rows = await paging.fetch(db, await takeovers.records_waiting_for(db, caller), Person.id)
    data = [
        {
            "id": row.id,
            "full_name": masked_name(row.full_name),
            "village_code": row.village_code,
            "registered_at": row.created_at,
            "phone_is_proven": row.phone_is_proven,
        }
        for row in rows["data"]
    ]
    return RecordPage.model_validate(rows | {"data": data})


@router.post(
    "/v1/me/takeover",
    responses=documented(PeopleOnly, AccountNotFound, AlreadyRegistered, RecordNotFound, RecordTaken, TakeoverPaused),
    summary="Take over one's own record",
)
async def take_over_record(
    body: TakeoverCreate, db: Database, caller: MeWrite, request: Request, response: Response
) -> PersonRead:
    """Make a record that somebody else registered one's own; seats, businesses and consents in it stay as they are.

    By `record_id` alone where a code proved the phone that the caller signed in by; by `record_id` and the NIK on file
    where the phone is the same but not proven; else by a `code` from PLUT. What does not fit is answered like what is
    not there, and five wrong tries end it for a day. Who is registered already asks PLUT to merge both records.
    """
    person = await takeovers.take_over(db, request.app.state.sessions, caller, body)
    return await shown(db, caller, request, response, person)


@router.post(
    "/v1/people/{person_id}/takeover-codes",
    status_code=201,
    responses=documented(PersonNotFound, HasAccount, StaffOnly),
    summary="Make a code to take a record over",
)
async def create_takeover_code(
    person_id: PathId, db: Database, caller: PeopleWrite, response: Response
) -> TakeoverCodeRead:
    """A code with which a person takes their record over from whatever phone they sign in by. PLUT's staff may.

    It is shown this once, for the person alone, and holds for 30 days (a dated rule value); a newer one replaces it.
    """
    made, person, code = await takeovers.make_code(db, caller, person_id)
    response.headers["Location"] = f"/v1/people/{person.id}"
    return TakeoverCodeRead(
        id=made.id,
        person_id=person.id,
        code=code,
        full_name=view_of(caller).name(person.full_name),
        expires_at=made.expires_at,
    )
