"""What people ask about their own data, and the audit log."""

from plut_api.actors.privacy.models import RequestKind, RequestState
from plut_api.identity.codes import make_code
from plut_api.kit.database import unit_of_work
from tests.access.calls.call import Call, is_person, prepared
from tests.access.rows import Side
from tests.access.world import NOTED, World
from tests.factories import caller_for


@prepared
async def get_my_data(world: World, side: Side, who: str) -> Call:
    return Call()


@prepared
async def list_my_data_requests(world: World, side: Side, who: str) -> Call:
    return Call()


@prepared
async def create_data_request(world: World, side: Side, who: str) -> Call:
    return Call(body={"kind": "rectification", "text": "NIK saya keliru."})


@prepared
async def get_my_data_request(world: World, side: Side, who: str) -> Call:
    return Call(path={"request_id": side.id("data_request")}, about=side.id("data_request"))


@prepared
async def list_my_disclosures(world: World, side: Side, who: str) -> Call:
    return Call()


@prepared
async def request_erasure(world: World, side: Side, who: str) -> Call:
    newcomer, _ = await world.newcomer()
    return Call(who=newcomer if is_person(who) else None)


@prepared
async def confirm_erasure(world: World, side: Side, who: str) -> Call:
    if not is_person(who):
        return Call(body={"code": "123456"})
    phone = f"+62855{side.name == 'own':d}{abs(hash(who)) % 10**7:07d}"
    person = await world.make.person(phone=phone)
    await world.data_request(person, kind=RequestKind.erasure, state=RequestState.awaiting_code)
    async with unit_of_work(world.sessions) as db:
        code = await make_code(db, world.app.state.settings, f"erasure:{phone}")
    return Call(body={"code": code}, who=caller_for(person))


@prepared
async def list_data_requests(world: World, side: Side, who: str) -> Call:
    return Call(query={"limit": 200})


@prepared
async def get_data_request(world: World, side: Side, who: str) -> Call:
    return Call(path={"request_id": side.id("data_request")}, about=side.id("data_request"))


@prepared
async def move_data_request(world: World, side: Side, who: str) -> Call:
    request = await world.data_request(side.person)
    return Call(path={"request_id": request.id}, body={"to": "in_progress"}, about=request.id)


@prepared
async def list_audit_entries(world: World, side: Side, who: str) -> Call:
    return Call(query={"operation": NOTED})
