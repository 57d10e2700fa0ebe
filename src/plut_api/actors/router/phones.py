"""HTTP of changing phones."""

from fastapi import BackgroundTasks, Request, Response

from plut_api.actors.people_problems import IdentityNotVerified, PhoneChangeNotAsked, PhoneTaken
from plut_api.actors.problems import CodeRefused, PeopleOnly, PersonNotFound, StaffOnly
from plut_api.actors.router.people import PeopleWrite, shown
from plut_api.actors.router.takeovers import MeWrite
from plut_api.actors.schemas.people import PersonRead
from plut_api.actors.schemas.takeovers import PersonPhoneChange, PhoneConfirm, PhoneRequest
from plut_api.actors.service import people_phones
from plut_api.identity.codes import require_code_quota
from plut_api.identity.gateway import require_gateway
from plut_api.identity.messages.codes import send_code
from plut_api.identity.problems import ResendTooSoon
from plut_api.identity.purpose_codes import TEMPLATES, CodePurpose
from plut_api.identity.schemas import CodeSent
from plut_api.identity.service import AccountNotFound
from plut_api.kit.contract import documented
from plut_api.kit.database import Database
from plut_api.kit.messages import Address
from plut_api.kit.web import Router
from plut_api.kit.wire import PathId

router = Router(tag="actors")


@router.post(
    "/v1/me/phone",
    status_code=202,
    responses=documented(PeopleOnly, AccountNotFound, ResendTooSoon),
    summary="Ask for another phone",
)
async def request_phone_change(
    body: PhoneRequest, request: Request, response: Response, db: Database, caller: MeWrite, after: BackgroundTasks
) -> CodeSent:
    """Send a code to the number that one wants to sign in by from now on; nothing changes before it comes back.

    The answer is the same whether or not another account has the number. Asking again replaces what was asked before.
    """
    settings = request.app.state.settings
    require_gateway(settings)
    await require_code_quota(request)
    code = await people_phones.ask_phone_change(db, settings, caller, body.phone)
    to, template = Address.phone(body.phone), TEMPLATES[CodePurpose.own_phone]
    await send_code(request, db, after, to=to, template=template, code=code, language=request.state.locale)
    response.headers["Location"] = "/v1/me/phone/confirm"
    return CodeSent(expires_in=settings.otp_seconds)


@router.post(
    "/v1/me/phone/confirm",
    status_code=204,
    responses=documented(PeopleOnly, AccountNotFound, PhoneChangeNotAsked, CodeRefused, PhoneTaken),
    summary="Confirm another phone",
)
async def confirm_phone_change(body: PhoneConfirm, request: Request, db: Database, caller: MeWrite) -> None:
    """Change the phone of the own account and of the own record, by the code that went to the new number.

    Sign-ins of other devices end, and the old number is told. Whether another account has the number shows only now.
    """
    await people_phones.confirm_phone_change(db, request.app.state.sessions, caller, body.code)


@router.post(
    "/v1/people/{person_id}/phone",
    responses=documented(PersonNotFound, StaffOnly, IdentityNotVerified, CodeRefused, PhoneTaken),
    summary="Change somebody's phone",
)
async def change_person_phone(
    person_id: PathId,
    body: PersonPhoneChange,
    request: Request,
    response: Response,
    db: Database,
    caller: PeopleWrite,
) -> PersonRead:
    """Give a person who lost their phone another number, and the account that they sign in by with it.

    For PLUT's staff, once the identity was verified; by a code that the person reads out from the new phone
    (`POST /v1/people/codes` with purpose `phone_change`), or a signed paper. All their sign-ins end, and the old number
    is told.
    """
    sessions = request.app.state.sessions
    person = await people_phones.change_phone_of(db, sessions, caller, person_id, body.phone, body.on_behalf)
    return await shown(db, caller, request, response, person)
