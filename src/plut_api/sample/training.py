"""Two years of invented programmes with participants, finishers and proven outcomes."""

import random
from datetime import date, datetime, time, timedelta

from sqlalchemy import func, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors import identifiers
from plut_api.actors.models import Actor, Ownership, ProofKind, owns
from plut_api.actors.schemas.people import PersonCreate
from plut_api.actors.service import register_on_behalf, verify_identity
from plut_api.actors.service.proofs import Proof, proven
from plut_api.kit import clock
from plut_api.kit.caller import Caller
from plut_api.kit.clock import WITA, clock_at
from plut_api.outcomes.models import Dimension
from plut_api.outcomes.schemas import EvidenceCreate, EvidenceVerify
from plut_api.outcomes.service import set_baseline, set_target, submit_evidence, verify_evidence
from plut_api.programs.models import Enrolment, Program, Segment, Topic
from plut_api.programs.schemas.programs import ProgramCreate
from plut_api.programs.service import complete_enrolment, enrol, propose, transition
from plut_api.programs.states import ProgramMove
from plut_api.sample.accompanying import consultants_in
from plut_api.sample.records import Inventor
from plut_api.sample.words import POPULATION

PROGRAMS = 40
PARTICIPANTS = 15
TITLES = {
    Topic.packaging: ("Kemasan pangan layak jual", Dimension.packaging),
    Topic.product_quality: ("Mutu produk olahan rumah tangga", Dimension.product),
    Topic.branding: ("Merek dan label usaha kecil", Dimension.branding),
    Topic.digital_market_literacy: ("Berjualan di pasar digital", Dimension.market),
    Topic.financial_literacy: ("Literasi keuangan usaha mikro", Dimension.finance),
    Topic.bookkeeping: ("Pembukuan sederhana harian", Dimension.finance),
}


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


async def hold_programs(
    db: AsyncSession, dinas: Caller, officers: dict[str, Caller], consultants: list[Caller], chance: random.Random
) -> str:
    """Programmes from two years ago to two months ahead; what was held, in words."""
    organizers = [dinas, *officers.values()]
    finished = 0
    for number in range(PROGRAMS):
        starts_on = clock.today() - timedelta(days=700 - number * 19)
        organizer = organizers[number % len(organizers)]
        program = await _published(db, dinas, organizer, starts_on, number)
        pair = consultants_in(program.regency_codes[0], consultants)
        enrolments = await _enrolled(db, program, pair[0], chance)
        finished += await _held(db, program, organizer, enrolments, pair, chance)
    return f"{PROGRAMS} programmes, {finished:,} participants who finished"


async def _published(db: AsyncSession, dinas: Caller, organizer: Caller, starts_on: date, number: int) -> Program:
    topic = list(TITLES)[number % len(TITLES)]
    regency = list(POPULATION)[number % len(POPULATION)]
    given = ProgramCreate(
        title=f"{TITLES[topic][0]} (contoh {number + 1})",
        aim="Peserta pulang dengan satu hasil yang dapat dibuktikan. Data contoh.",
        topic=topic,
        segments=[Segment.women] if number % 3 else [Segment.youth],
        regency_codes=[regency],
        starts_on=starts_on,
        ends_on=starts_on + timedelta(days=4),
        seats=20,
        budget_idr=25_000_000 + number * 500_000,
    )
    program = await propose(db, organizer, given)
    for caller, move in ((organizer, "submit"), (dinas, "approve"), (organizer, "publish")):
        await transition(db, caller, program.id, ProgramMove(move))
    return program


async def _enrolled(db: AsyncSession, program: Program, consultant: Caller, chance: random.Random) -> list[Enrolment]:
    """Owners of the programme's regency take seats with their businesses."""
    owners = (
        select(Ownership.person_id, Ownership.actor_id)
        .join(Actor, Actor.id == Ownership.actor_id)
        .where(owns(), Actor.regency_code == program.regency_codes[0], Actor.nib_index.is_not(None))
        .order_by(func.md5(func.concat(Ownership.actor_id, literal(program.title))))
        .limit(PARTICIPANTS)
    )
    rows = (await db.execute(owners)).all()
    chosen = chance.sample(rows, k=min(len(rows), chance.randint(10, PARTICIPANTS)))
    return [await enrol(db, consultant, program.id, row.person_id, row.actor_id) for row in chosen]


async def _held(
    db: AsyncSession,
    program: Program,
    organizer: Caller,
    enrolments: list[Enrolment],
    consultants: tuple[Caller, Caller],
    chance: random.Random,
) -> int:
    """Start and complete what lies in the past, with finishers and outcomes; how many finished."""
    today = clock.today()
    if program.starts_on > today:
        return 0
    await transition(db, organizer, program.id, ProgramMove.start)
    if program.ends_on >= today:
        return 0
    finishers = [enrolment for enrolment in enrolments if chance.random() < 0.85]
    with clock_at(datetime.combine(program.ends_on, time(17), WITA)):
        for enrolment in finishers:
            await complete_enrolment(db, consultants[0], enrolment.id)
            if chance.random() < 0.6:
                await _prove(db, program, enrolment, consultants, chance)
        await transition(db, organizer, program.id, ProgramMove.complete)
    return len(finishers)


async def _prove(
    db: AsyncSession, program: Program, enrolment: Enrolment, consultants: tuple[Caller, Caller], chance: random.Random
) -> None:
    """Baseline, target, evidence by one consultant, verified by another; identity looked at on the way."""
    dimension = TITLES[program.topic][1]
    helper, verifier = consultants
    before = chance.choice((0, 1, 1))
    outcome = await set_baseline(db, helper, enrolment.id, dimension, '"0"', before)
    await set_target(db, helper, enrolment.id, dimension, f'"{outcome.version}"', before + chance.choice((1, 2)))
    given = EvidenceCreate(claimed_level=before + 1, note="Bukti contoh.", file_reference=f"contoh/{enrolment.id}.jpg")
    evidence = await submit_evidence(db, helper, enrolment.id, dimension, given)
    await verify_evidence(db, verifier, evidence.id, EvidenceVerify(level=before + chance.choice((1, 1, 2))))
    await verify_identity(db, helper, enrolment.person_id)
