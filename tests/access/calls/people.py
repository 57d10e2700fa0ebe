"""People and who accompanies them."""

from plut_api.kit.caller import Role
from tests.access.calls.call import Call, etag, is_person, prepared
from tests.access.rows import Side
from tests.access.world import World


@prepared
async def list_people(world: World, side: Side, who: str) -> Call:
    return Call()


@prepared
async def create_person(world: World, side: Side, who: str) -> Call:
    newcomer, phone = await world.newcomer()
    if is_person(who):
        return Call(body={"full_name": "Peserta Baru"}, who=newcomer)
    proof = await world.make.own_code(phone)
    return Call(body={"full_name": "Peserta Baru", "phone": phone, "on_behalf": proof})


@prepared
async def search_people(world: World, side: Side, who: str) -> Call:
    return Call(body={"nik": side.markers["nik"]})


@prepared
async def get_person(world: World, side: Side, who: str) -> Call:
    return Call(path={"person_id": side.person.id}, about=side.person.id)


@prepared
async def change_person(world: World, side: Side, who: str) -> Call:
    return Call(
        path={"person_id": side.person.id},
        body={"village_code": "52.71.01.1004"},
        headers=await etag(world, side.person),
        about=side.person.id,
    )


@prepared
async def verify_identity(world: World, side: Side, who: str) -> Call:
    return Call(path={"person_id": side.person.id}, about=side.person.id)


@prepared
async def list_person_assignments(world: World, side: Side, who: str) -> Call:
    return Call(path={"person_id": side.person.id}, about=side.person.id)


@prepared
async def create_assignment(world: World, side: Side, who: str) -> Call:
    consultant = await world.make.staff(Role.consultant, world.dinas_organization)
    return Call(path={"person_id": side.person.id}, body={"consultant_id": str(consultant.id)}, about=side.person.id)


@prepared
async def list_assignments(world: World, side: Side, who: str) -> Call:
    return Call(query={"limit": 200})


@prepared
async def create_assignments(world: World, side: Side, who: str) -> Call:
    consultant = await world.make.staff(Role.consultant, world.dinas_organization)
    pair = {"consultant_id": str(consultant.id), "person_id": str(side.person.id)}
    return Call(body={"assignments": [pair]})


@prepared
async def get_assignment(world: World, side: Side, who: str) -> Call:
    return Call(path={"assignment_id": side.id("assignment")}, about=side.id("assignment"))


@prepared
async def end_assignment(world: World, side: Side, who: str) -> Call:
    consultant = await world.make.staff(Role.consultant, world.dinas_organization)
    assignment = await world.make.assignment(consultant, side.person)
    return Call(path={"assignment_id": assignment.id}, headers=await etag(world, assignment), about=assignment.id)
