"""Two years of invented programmes, and four months ahead: how they are planned, proposed and moved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.kit import clock
from plut_api.kit.caller import Caller
from plut_api.kit.clock import WITA, clock_at
from plut_api.programs.models import FundSource, Program, ProgramLevel, Segment
from plut_api.programs.overlaps.findings import open_findings
from plut_api.programs.overlaps.models import ResolutionKind
from plut_api.programs.overlaps.resolving import resolve_overlap
from plut_api.programs.overlaps.schemas import ResolutionCreate
from plut_api.programs.schemas.details import ReservedSeatsGiven
from plut_api.programs.schemas.programs import ProgramCreate
from plut_api.programs.service import propose, transition
from plut_api.programs.states import ProgramMove as M
from plut_api.sample.courses import COURSES, Course
from plut_api.sample.words import POPULATION

HELD = 42
"""Programmes that are over."""
EVERY = 16
"""Days from the first day of one to that of the next."""
LASTS = 5
BEFORE: Mapping[M, int] = {M.submit: 60, M.approve: 50, M.publish: 45}
"""How many days before the first day a programme is moved."""
FUNDS = tuple(FundSource)
DIFFERENT = "Wilayah, jadwal dan tingkatnya berbeda (contoh)."
_AGED = (
    text(
        """
        UPDATE program_transitions t SET created_at = least(now(), CASE t.to_state
            WHEN 'submitted' THEN p.starts_on - 60 WHEN 'rejected' THEN p.starts_on - 52
            WHEN 'approved' THEN p.starts_on - 50 WHEN 'published' THEN p.starts_on - 45
            WHEN 'cancelled' THEN p.starts_on - 20 WHEN 'running' THEN p.starts_on
            ELSE p.ends_on END + interval '2 hours')
        FROM programs p WHERE p.id = t.program_id
        """
    ),
    text("UPDATE programs SET created_at = least(now(), starts_on - 75 + interval '1 hour')"),
    text(
        """
        UPDATE enrolments e SET created_at = least(now(), p.starts_on - 20 + interval '2 hours')
        FROM programs p WHERE p.id = e.program_id
        """
    ),
)


@dataclass(frozen=True)
class Plan:
    """An invented programme before it is proposed."""

    number: int
    course: Course
    starts_on: date
    regency: str
    level: ProgramLevel = ProgramLevel.basic
    builds_on: UUID | None = None
    seats: int = 20
    title: str | None = None

    @property
    def ends_on(self) -> date:
        """The last day."""
        return self.starts_on + timedelta(days=LASTS)


def plans_held() -> list[Plan]:
    """Those that are over, the oldest first: every organization, topic and regency comes again and again."""
    first = clock.today() - timedelta(days=EVERY * HELD + LASTS + 6)
    return [plan_of(number, first + timedelta(days=EVERY * number)) for number in range(HELD)]


def plan_of(number: int, starts_on: date, **more: object) -> Plan:
    """The programme of a number, on a day."""
    course = COURSES[number % len(COURSES)]
    regency = list(POPULATION)[(number * 3 + number // len(COURSES)) % len(POPULATION)]
    return Plan(number, course, starts_on, regency, **more)  # type: ignore[arg-type]


def organizer_of(plan: Plan, organizers: Mapping[str, Caller]) -> Caller:
    """Who runs it."""
    return organizers[plan.course.organization]


async def draft(db: AsyncSession, organizer: Caller, plan: Plan) -> Program:
    """Propose a programme, two months before it begins or today."""
    with clock_at(days_before(plan.starts_on, 65)):
        return await propose(db, organizer, _content(plan))


async def submit(db: AsyncSession, organizer: Caller, plan: Plan) -> Program:
    """Propose a programme and hand it in."""
    program = await draft(db, organizer, plan)
    return await move(db, organizer, program, M.submit)


async def publish(db: AsyncSession, dinas: Caller, organizer: Caller, program: Program) -> Program:
    """Have a programme that was handed in approved, whatever it resembles, and published."""
    await approve(db, dinas, program)
    return await move(db, organizer, program, M.publish)


async def approve(db: AsyncSession, dinas: Caller, program: Program) -> Program:
    """Decide what it resembles as different enough, and approve."""
    with clock_at(days_before(program.starts_on, BEFORE[M.approve])):
        for found in await open_findings(db, program.id):
            given = ResolutionCreate(kind=ResolutionKind.differentiate, reason=DIFFERENT)
            await resolve_overlap(db, dinas, program.id, found.id, given)
        return await transition(db, dinas, program.id, M.approve)


async def move(db: AsyncSession, caller: Caller, program: Program, step: M, reason: str | None = None) -> Program:
    """Move a programme on, on the day on which that is usually done."""
    with clock_at(days_before(program.starts_on, BEFORE.get(step, 0))):
        return await transition(db, caller, program.id, step, reason)


def days_before(day: date, days: int, hour: int = 9) -> datetime:
    """An instant so many days before a day, or now if that is still to come."""
    return min(datetime.combine(day - timedelta(days=days), time(hour), WITA), clock.now())


async def set_back(db: AsyncSession) -> None:
    """Give what came to be within this load the days on which it would have come to be."""
    for statement in _AGED:
        await db.execute(statement)


def _content(plan: Plan) -> ProgramCreate:
    number, course = plan.number, plan.course
    fund = FUNDS[number % len(FUNDS)]
    tested = number % 3 == 0
    return ProgramCreate(
        title=plan.title or f"{course.title} (contoh {number + 1})",
        aim=f"{course.aim} Data contoh.",
        topics=[course.topic],
        level=plan.level,
        prerequisite_id=plan.builds_on,
        kbli_codes=list(course.kbli_codes),
        segments=[Segment(segment) for segment in course.segments],
        regency_codes=[plan.regency],
        starts_on=plan.starts_on,
        ends_on=plan.ends_on,
        seats=plan.seats,
        reserved_seats=_reserved(plan),
        budget_idr=18_000_000 + number % 12 * 2_500_000,
        fund_source=fund,
        required_documents=["nib"] if fund is FundSource.dak_nonfisik else [],
        has_pre_test=tested,
        has_post_test=tested,
        attendance_percent=65,
    )


def _reserved(plan: Plan) -> Sequence[ReservedSeatsGiven]:
    if plan.number % 2 or plan.seats < 12:
        return []
    return [
        ReservedSeatsGiven(segment=Segment.mothers, seats=4),
        ReservedSeatsGiven(segment=Segment.youth, seats=3),
    ]
