"""Programmes, seats and outcomes."""

from datetime import timedelta
from typing import Any

from plut_api.kit import clock
from plut_api.outcomes.models import Dimension
from plut_api.programs.models import Enrolment, Program, ProgramState
from tests.access.calls.call import Call, etag, is_person, prepared
from tests.access.rows import Side
from tests.access.world import World

S = ProgramState
REASON = {"reason": "Sesuai rapat koordinasi."}


async def _moved(world: World, side: Side, state: ProgramState) -> Call:
    program = await world.make.program(side.opd, state=state)
    return Call(path={"program_id": program.id}, body=dict(REASON), about=program.id)


@prepared
async def list_programs(world: World, side: Side, who: str) -> Call:
    return Call(query={"limit": 200})


@prepared
async def create_program(world: World, side: Side, who: str) -> Call:
    first = clock.today() + timedelta(days=30)
    body: dict[str, Any] = {
        "title": "Kemasan yang laku",
        "aim": "Peserta mampu mengemas.",
        "topics": ["product.packaging"],
    }
    body |= {"starts_on": first.isoformat(), "ends_on": first.isoformat(), "seats": 20}
    return Call(body=body | ({} if who.startswith("opd") else {"organization_id": str(side.opd.id)}))


@prepared
async def get_program(world: World, side: Side, who: str) -> Call:
    return Call(path={"program_id": side.id("draft_program")}, about=side.id("draft_program"))


@prepared
async def change_program(world: World, side: Side, who: str) -> Call:
    program = side.rows["draft_program"]
    return Call(
        path={"program_id": side.id("draft_program")},
        body={"seats": 25},
        headers=await etag(world, program),
        about=side.id("draft_program"),
    )


@prepared
async def submit_program(world: World, side: Side, who: str) -> Call:
    return await _moved(world, side, S.draft)


@prepared
async def approve_program(world: World, side: Side, who: str) -> Call:
    return await _moved(world, side, S.submitted)


@prepared
async def reject_program(world: World, side: Side, who: str) -> Call:
    return await _moved(world, side, S.submitted)


@prepared
async def publish_program(world: World, side: Side, who: str) -> Call:
    return await _moved(world, side, S.approved)


@prepared
async def start_program(world: World, side: Side, who: str) -> Call:
    return await _moved(world, side, S.published)


@prepared
async def cancel_program(world: World, side: Side, who: str) -> Call:
    return await _moved(world, side, S.published)


@prepared
async def complete_program(world: World, side: Side, who: str) -> Call:
    return await _moved(world, side, S.running)


@prepared
async def list_program_transitions(world: World, side: Side, who: str) -> Call:
    return Call(path={"program_id": side.id("program")}, about=side.id("program"))


@prepared
async def list_sessions(world: World, side: Side, who: str) -> Call:
    return Call(path={"program_id": side.id("program")}, about=side.id("program"))


@prepared
async def create_session(world: World, side: Side, who: str) -> Call:
    sunday = clock.today() + timedelta(days=6 - clock.today().weekday() + 7)
    days = {"starts_on": sunday, "ends_on": sunday + timedelta(days=12)}
    program = await world.make.program(side.opd, **days)
    async with world.sessions() as db:
        day = await _working_day(db, sunday)
    body = {"held_on": day, "shift": "morning", "title": "Hari pertama"}
    return Call(path={"program_id": program.id}, body=body, about=program.id)


@prepared
async def list_program_enrolments(world: World, side: Side, who: str) -> Call:
    return Call(path={"program_id": side.id("program")}, about=side.id("program"))


@prepared
async def create_enrolment(world: World, side: Side, who: str) -> Call:
    program = await world.make.program()
    if is_person(who):
        return Call(path={"program_id": program.id}, body={})
    return Call(path={"program_id": program.id}, body={"person_id": str(side.person.id)}, about=side.person.id)


@prepared
async def list_enrolments(world: World, side: Side, who: str) -> Call:
    return Call(query={"limit": 200})


@prepared
async def get_enrolment(world: World, side: Side, who: str) -> Call:
    return Call(path={"enrolment_id": side.id("enrolment")}, about=side.id("enrolment"))


@prepared
async def change_enrolment(world: World, side: Side, who: str) -> Call:
    enrolment, _ = await _fresh(world, side)
    body = {"actor_id": str(side.actor.id)}
    return Call(
        path={"enrolment_id": enrolment.id}, body=body, headers=await etag(world, enrolment), about=enrolment.id
    )


@prepared
async def withdraw_enrolment(world: World, side: Side, who: str) -> Call:
    enrolment, _ = await _fresh(world, side)
    return Call(path={"enrolment_id": enrolment.id}, about=enrolment.id)


@prepared
async def complete_enrolment(world: World, side: Side, who: str) -> Call:
    enrolment, _ = await _fresh(world, side, state=S.running)
    return Call(path={"enrolment_id": enrolment.id}, about=enrolment.id)


@prepared
async def get_outcomes(world: World, side: Side, who: str) -> Call:
    return Call(path={"enrolment_id": side.id("enrolment")}, about=side.id("enrolment"))


@prepared
async def get_outcome(world: World, side: Side, who: str) -> Call:
    return Call(path={"enrolment_id": side.id("enrolment"), "dimension": "packaging"}, about=side.id("enrolment"))


@prepared
async def list_outcome_evidence(world: World, side: Side, who: str) -> Call:
    return Call(path={"enrolment_id": side.id("enrolment"), "dimension": "packaging"}, about=side.id("enrolment"))


@prepared
async def set_outcome_baseline(world: World, side: Side, who: str) -> Call:
    return await _assessed(world, side, 1, version="0")


@prepared
async def set_outcome_target(world: World, side: Side, who: str) -> Call:
    return await _assessed(world, side, 3, baseline_level=1)


@prepared
async def submit_evidence(world: World, side: Side, who: str) -> Call:
    enrolment, _ = await _fresh(world, side)
    url = "https://toko.contoh.example/kopi"
    body = {"kind": "listing_url", "claimed_level": 4, "note": "Terjual di gerai.", "url": url}
    return Call(path={"enrolment_id": enrolment.id, "dimension": "packaging"}, body=body, about=enrolment.id)


@prepared
async def list_evidence(world: World, side: Side, who: str) -> Call:
    return Call(query={"limit": 200})


@prepared
async def get_evidence(world: World, side: Side, who: str) -> Call:
    return Call(path={"evidence_id": side.id("evidence")}, about=side.id("evidence"))


@prepared
async def verify_evidence(world: World, side: Side, who: str) -> Call:
    evidence = await _submitted(world, side)
    return Call(path={"evidence_id": evidence.id}, body={"level": 2}, about=evidence.id)


@prepared
async def reject_evidence(world: World, side: Side, who: str) -> Call:
    evidence = await _submitted(world, side)
    body = {"reason": "Tidak terbaca.", "next_step": "Foto ulang."}
    return Call(path={"evidence_id": evidence.id}, body=body, about=evidence.id)


async def _fresh(world: World, side: Side, state: ProgramState = S.published) -> tuple[Enrolment, Program]:
    program = await world.make.program(side.opd, state=state)
    return await world.make.enrolment(program, side.person), program


async def _assessed(world: World, side: Side, level: int, version: str = "1", **outcome: Any) -> Call:
    enrolment, _ = await _fresh(world, side)
    if outcome:
        await world.make.outcome(enrolment, Dimension.branding, **outcome)
    path = {"enrolment_id": enrolment.id, "dimension": "branding"}
    return Call(path=path, body={"level": level}, headers={"If-Match": f'"{version}"'}, about=enrolment.id)


async def _submitted(world: World, side: Side) -> Any:
    enrolment, _ = await _fresh(world, side)
    return await world.make.evidence(await world.make.outcome(enrolment, baseline_level=1))


async def _working_day(db: Any, first: Any) -> str:
    from plut_api.reference.models import Holiday, HolidayKind

    for number in range(12):
        day = first + timedelta(days=number)
        if await db.get(Holiday, (day, HolidayKind.national)) is None:
            return str(day.isoformat())
    raise AssertionError("twelve holidays in a row")
