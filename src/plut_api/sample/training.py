"""Two years of invented programmes from plan to certificate, those that run, and those to come."""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors import identifiers
from plut_api.actors.models import ProofKind
from plut_api.actors.schemas.people import PersonCreate
from plut_api.actors.service import register_on_behalf
from plut_api.actors.service.proofs import Proof, proven
from plut_api.facilities.models import Room
from plut_api.kit import clock
from plut_api.kit.caller import Caller
from plut_api.kit.clock import clock_at
from plut_api.organizations.agreements.models import Commitment
from plut_api.programs.models import Program, ProgramLevel, ProgramState, Trainer
from plut_api.programs.service import accept_host, invite_host
from plut_api.programs.states import ProgramMove
from plut_api.sample import enrolling, overlaps
from plut_api.sample.attendance import hear_appeals, hold, take_certificates_back
from plut_api.sample.courses import COURSES
from plut_api.sample.partners import sponsor_one
from plut_api.sample.programs import (
    Plan,
    approve,
    days_before,
    draft,
    move,
    organizer_of,
    plan_of,
    plans_held,
    publish,
    set_back,
    submit,
)
from plut_api.sample.records import Inventor
from plut_api.sample.sessions import note_trainers, schedule

RUNNING = (-3, -2, -1)
"""Days from now to the first day of those that run."""
TO_COME = (12, 22, 31, 115)
"""The same of those that are published, beside the pairs that resemble each other."""
FULL = 18
"""The same of the one with a waiting list."""
NEXT = {ProgramLevel.basic: ProgramLevel.intermediate, ProgramLevel.intermediate: ProgramLevel.advanced}


@dataclass
class Stage:
    """Who and what the programmes are held with."""

    dinas: Caller
    organizers: Mapping[str, Caller]
    rooms: Sequence[Room]
    commitments: Sequence[Commitment]
    chance: random.Random
    trainers: Mapping[str, Sequence[Trainer]] = field(default_factory=dict)
    held: dict[int, Program] = field(default_factory=dict)


async def register_people(db: AsyncSession, caller: Caller, inventor: Inventor, count: int) -> None:
    """People without a business, registered at PLUT's counter by the code that went to their phone."""
    for _ in range(count):
        invented = inventor.person()
        given = PersonCreate.model_validate(
            {
                "full_name": invented.name,
                "sex": invented.sex,
                "birth_date": invented.born,
                "phone": invented.phone,
                "village_code": invented.village_code,
            }
        )
        proof = Proof(ProofKind.own_code, identifiers.blind(identifiers.PHONE, invented.phone))
        await register_on_behalf(db, caller, given, proven(proof))


async def hold_programs(db: AsyncSession, stage: Stage, say: Callable[[str], None]) -> None:
    """All of it, in the order of time, told line by line."""
    two_years_ago = clock.today() - timedelta(days=740)
    say(await enrolling.declare_segments(db, stage.dinas, two_years_ago))
    stage.trainers = await note_trainers(db, stage.dinas, stage.organizers)
    sessions = participants = 0
    for plan in plans_held():
        met, taken = await _held(db, stage, _ladder(stage, plan))
        sessions, participants = sessions + met, participants + taken
    say(f"{len(stage.held)} programmes that are over, {sessions} sessions, {participants:,} participants")
    say(await hear_appeals(db, stage.dinas))
    say(await take_certificates_back(db, stage.dinas))
    for number, days in enumerate(RUNNING):
        await _held(db, stage, plan_of(100 + number, clock.today() + timedelta(days=days)))
    going, words = await overlaps.resemble(db, stage.dinas, stage.organizers)
    say(words)
    for number, days in enumerate(TO_COME):
        plan = plan_of(110 + number * 7, clock.today() + timedelta(days=days))
        going.append((plan, await submit(db, organizer_of(plan, stage.organizers), plan)))
    for plan, program in going:
        await _announced(db, stage, plan, program)
    say(f"{len(RUNNING)} programmes that run, {len(going) + 1} that are published")
    say(await _full(db, stage))
    say(await overlaps.propose_others(db, stage.dinas, stage.organizers))
    await set_back(db)


def _ladder(stage: Stage, plan: Plan) -> Plan:
    """Some programmes build upon what the same organization taught in the same regency the year before."""
    former = stage.held.get(plan.number - len(COURSES))
    if former is None or plan.number % 4 != 1 or former.level not in NEXT:
        return plan
    title = f"{plan.course.title} tingkat lanjut (contoh {plan.number + 1})"
    regency = former.regency_codes[0]
    return replace(plan, level=NEXT[former.level], builds_on=former.id, regency=regency, title=title)


async def _held(db: AsyncSession, stage: Stage, plan: Plan) -> tuple[int, int]:
    """A programme from plan to certificate, as far as its days have passed; its sessions and participants."""
    organizer = organizer_of(plan, stage.organizers)
    program = await submit(db, organizer, plan)
    await _run_together(db, stage, plan, program)
    await publish(db, stage.dinas, organizer, program)
    met = await schedule(db, organizer, program, plan, stage.rooms, stage.trainers)
    if plan.number % 3 == 1:
        await sponsor_one(db, stage.dinas, program, stage.commitments, plan.number)
    if plan.builds_on is not None:
        people = await enrolling.who_completed(db, plan.builds_on)
    else:
        people = await enrolling.owners_in(db, program, 24)
    taken = await enrolling.fill(db, stage.dinas, program, people, stage.chance.randint(8, 12))
    if plan.number % 5 == 0:
        taken = await enrolling.give_back(db, stage.dinas, program, taken)
    await hold(db, stage.dinas, organizer, program, taken, stage.chance)
    stage.held[plan.number] = program
    return met, len(taken)


async def _run_together(db: AsyncSession, stage: Stage, plan: Plan, program: Program) -> None:
    """Every seventh programme has a co-host, who was invited and accepted."""
    if plan.number % 7 != 3:
        return
    others = [code for code in stage.organizers if code != plan.course.organization]
    other = stage.organizers[others[plan.number % len(others)]]
    owner = organizer_of(plan, stage.organizers)
    if other.organization_id is None:
        raise LookupError("officers of the sample belong to organizations")
    with clock_at(days_before(program.starts_on, 58)):
        host = await invite_host(db, owner, program.id, other.organization_id)
        if host.accepted_at is None:
            await accept_host(db, other, program.id, other.organization_id)


async def _announced(db: AsyncSession, stage: Stage, plan: Plan, program: Program) -> None:
    """A programme to come: published, with its sessions and the first participants."""
    organizer = organizer_of(plan, stage.organizers)
    if program.state is ProgramState.submitted:
        await approve(db, stage.dinas, program)
    await move(db, organizer, program, ProgramMove.publish)
    await schedule(db, organizer, program, plan, stage.rooms, stage.trainers)
    people = await enrolling.owners_in(db, program, 24)
    await enrolling.fill(db, stage.dinas, program, people, stage.chance.randint(4, 9))


async def _full(db: AsyncSession, stage: Stage) -> str:
    plan = plan_of(161, clock.today() + timedelta(days=FULL), seats=8)
    organizer = organizer_of(plan, stage.organizers)
    program = await submit(db, organizer, plan)
    await publish(db, stage.dinas, organizer, program)
    await schedule(db, organizer, program, plan, stage.rooms, stage.trainers)
    for number in range(3):
        later = plan_of(170 + number, clock.today() + timedelta(days=95))
        await draft(db, organizer_of(later, stage.organizers), later)
    return await enrolling.let_wait(db, stage.dinas, program, stage.chance)
