"""Registering by a code, taking records over, changing phones, guardians, segments."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete

from plut_api.actors import identifiers
from plut_api.actors.models import (
    Guardianship,
    Person,
    PersonSegment,
    PhoneChange,
    ProofKind,
    Relation,
    SegmentKind,
    SegmentSource,
    TakeoverCode,
)
from plut_api.actors.service.people_phones import CONTEXT
from plut_api.actors.service.takeovers import CODE
from plut_api.identity.purpose_codes import CodePurpose
from plut_api.kit import clock
from plut_api.kit.crypto import vault
from plut_api.kit.database import unit_of_work
from plut_api.kit.ids import new_id
from tests.access.calls.call import Call, is_person, prepared
from tests.access.rows import Side
from tests.access.world import World

BORN_YESTERDAY = timedelta(days=1)


async def record(world: World, side: Side, **given: Any) -> Person:
    """A person without an account, whom the side's consultant accompanies."""
    values = {"full_name": "Inaq Tanpa Akun", "registered_by": world.dinas.id} | given
    made: Person = await world.add(Person(id=new_id(), disabilities=[], **values))
    await world.make.assignment(side.consultant, made)
    return made


async def ward_of(world: World, side: Side, *, is_guarded: bool = True) -> tuple[Person, UUID]:
    """A minor in the care of the side's person, and the id of the guardianship."""
    ward = await record(world, side, birth_date=clock.today() - BORN_YESTERDAY)
    if not is_guarded:
        return ward, new_id()
    care = Guardianship(
        ward_id=ward.id,
        guardian_id=side.person.id,
        relation=Relation.mother,
        since=date(2020, 1, 1),
        recorded_by=world.dinas.id,
    )
    return ward, (await world.add(care)).id


@prepared
async def create_person_code(world: World, side: Side, who: str) -> Call:
    _, phone = await world.newcomer()
    return Call(body={"phone": phone, "purpose": "registration"})


@prepared
async def list_my_records(world: World, side: Side, who: str) -> Call:
    caller, phone = await world.newcomer()
    index = identifiers.blind(identifiers.PHONE, phone)
    await record(world, side, full_name=side.markers["name"], phone_index=index)
    return Call(who=caller if is_person(who) else None)


@prepared
async def take_over_record(world: World, side: Side, who: str) -> Call:
    caller, _ = await world.newcomer()
    waiting, code = await record(world, side, full_name=side.markers["name"]), f"AKSES9{await _number(world)}"
    kept = {"code_hash": vault().blind(CODE, code), "expires_at": clock.now() + timedelta(days=1)}
    await world.add(TakeoverCode(person_id=waiting.id, made_by=world.dinas.id, **kept))
    return Call(body={"code": code}, who=caller if is_person(who) else None)


@prepared
async def create_takeover_code(world: World, side: Side, who: str) -> Call:
    waiting = await record(world, side)
    return Call(path={"person_id": waiting.id}, about=waiting.id)


@prepared
async def request_phone_change(world: World, side: Side, who: str) -> Call:
    _, phone = await world.newcomer()
    return Call(body={"phone": phone})


@prepared
async def confirm_phone_change(world: World, side: Side, who: str) -> Call:
    caller, old = await world.newcomer()
    phone = old.replace("+62877", "+62878")
    waiting = PhoneChange(
        account_id=caller.id,
        phone_sealed=vault().seal(CONTEXT, phone),
        phone_index=identifiers.blind(identifiers.PHONE, phone),
        proof=ProofKind.own_code,
        changed_by=caller.id,
    )
    await world.add(waiting)
    proof = await world.make.own_code(phone, CodePurpose.own_phone)
    return Call(body={"code": proof["code"]}, who=caller if is_person(who) else None)


@prepared
async def change_person_phone(world: World, side: Side, who: str) -> Call:
    nik = f"52710112019{await _number(world):0>5}"
    verified = await record(
        world,
        side,
        nik_sealed=identifiers.seal(identifiers.NIK, nik),
        nik_index=identifiers.blind(identifiers.NIK, nik),
        identity_verified_at=clock.now(),
        identity_verified_by=world.dinas.id,
    )
    _, phone = await world.newcomer()
    phone = phone.replace("+62877", "+62879")
    proof = await world.make.own_code(phone, CodePurpose.phone_change)
    return Call(path={"person_id": verified.id}, body={"phone": phone, "on_behalf": proof}, about=verified.id)


@prepared
async def create_guardian(world: World, side: Side, who: str) -> Call:
    ward, _ = await ward_of(world, side, is_guarded=False)
    body = {"guardian_id": str(side.person.id), "relation": "mother"}
    return Call(path={"person_id": ward.id}, body=body, about=ward.id)


@prepared
async def list_guardians(world: World, side: Side, who: str) -> Call:
    ward, _ = await ward_of(world, side)
    return Call(path={"person_id": ward.id}, about=ward.id)


@prepared
async def end_guardianship(world: World, side: Side, who: str) -> Call:
    ward, care_id = await ward_of(world, side)
    return Call(path={"person_id": ward.id, "guardianship_id": care_id}, about=ward.id)


@prepared
async def get_person_segments(world: World, side: Side, who: str) -> Call:
    return Call(path={"person_id": side.person.id}, about=side.person.id)


@prepared
async def declare_segment(world: World, side: Side, who: str) -> Call:
    await _no_mother(world, side)
    return Call(path={"person_id": side.person.id}, body={"segment": "mothers"}, about=side.person.id)


@prepared
async def end_segment(world: World, side: Side, who: str) -> Call:
    await _no_mother(world, side)
    mother = PersonSegment(
        person_id=side.person.id, segment=SegmentKind.mothers, since=date(2020, 1, 1), source=SegmentSource.self_
    )
    period = await world.add(mother)
    return Call(path={"person_id": side.person.id, "segment_id": period.id}, body={}, about=side.person.id)


async def _no_mother(world: World, side: Side) -> None:
    of_side = PersonSegment.person_id == side.person.id, PersonSegment.segment == SegmentKind.mothers
    async with unit_of_work(world.sessions) as db:
        await db.execute(delete(PersonSegment).where(*of_side))


async def _number(world: World) -> str:
    """Four digits that no other call has."""
    _, phone = await world.newcomer()
    return phone[-4:]
