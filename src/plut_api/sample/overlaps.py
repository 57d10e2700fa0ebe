"""Programmes of two organizations that resemble each other, and what the Dinas decided: one of each kind, one open."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.kit import clock
from plut_api.kit.caller import Caller
from plut_api.kit.clock import clock_at
from plut_api.programs.models import Program
from plut_api.programs.overlaps.findings import open_findings
from plut_api.programs.overlaps.models import ResolutionKind as R
from plut_api.programs.overlaps.resolving import resolve_overlap
from plut_api.programs.overlaps.schemas import ResolutionCreate
from plut_api.programs.states import ProgramMove
from plut_api.sample.programs import Plan, approve, days_before, move, organizer_of, plan_of, submit

OTHERS = {
    R.merge: "OPD_PERINDUSTRIAN",
    R.co_host: "OPD_PERDAGANGAN",
    R.differentiate: "OPD_PARIWISATA",
    R.reject: "OPD_PERTANIAN",
    None: "OPD_KELAUTAN",
}
"""Who comes second with the same programme, by what is decided of it; None: nothing yet."""
REASONS = {
    R.merge: "Satu program, dua penyelenggara (contoh).",
    R.co_host: "Kurikulum dipakai bersama (contoh).",
    R.differentiate: "Sasaran dan pengajarnya berbeda (contoh).",
    R.reject: "Sudah ada yang lebih dulu; usulkan di kabupaten lain (contoh).",
}
AHEAD = {R.merge: 40, R.co_host: 55, R.differentiate: 70, R.reject: 85, None: 100}
"""Days from now to the first day of each pair."""


async def resemble(
    db: AsyncSession, dinas: Caller, organizers: Mapping[str, Caller]
) -> tuple[list[tuple[Plan, Program]], str]:
    """Pairs for the months to come. Those that are to be published, and what there is in words."""
    going: list[tuple[Plan, Program]] = []
    for number, (kind, second) in enumerate(OTHERS.items()):
        plan = plan_of(203 + number * 13, clock.today() + timedelta(days=AHEAD[kind]))
        going += await _pair(db, dinas, organizers, plan, second, kind)
    return going, f"{len(OTHERS)} pairs of programmes that resemble each other, 1 to decide"


async def _pair(
    db: AsyncSession, dinas: Caller, organizers: Mapping[str, Caller], plan: Plan, second: str, kind: R | None
) -> list[tuple[Plan, Program]]:
    """Two organizations hand in the same course; who of the two goes on."""
    first = await submit(db, organizer_of(plan, organizers), plan)
    await approve(db, dinas, first)
    later = replace(
        plan,
        course=replace(plan.course, organization=second),
        starts_on=plan.starts_on + timedelta(days=2),
        title=f"Bimtek {plan.course.title.lower()} (contoh {plan.number + 1})",
    )
    other = await submit(db, organizers[second], later)
    if kind is None:
        return [(plan, first)]
    await _decide(db, dinas, other, first.id, kind)
    if kind in (R.merge, R.reject):
        return [(plan, first)]
    await approve(db, dinas, other)
    return [(plan, first), (later, other)]


async def _decide(db: AsyncSession, dinas: Caller, waiting: Program, first_id: UUID, kind: R) -> None:
    with clock_at(days_before(waiting.starts_on, 52)):
        for found in await open_findings(db, waiting.id):
            chosen = kind if found.other_id == first_id else R.differentiate
            given = ResolutionCreate(kind=chosen, reason=REASONS[chosen])
            await resolve_overlap(db, dinas, waiting.id, found.id, given)


async def propose_others(db: AsyncSession, dinas: Caller, organizers: Mapping[str, Caller]) -> str:
    """Programmes that are not held: drafts, handed in, approved, rejected, called off; in words."""
    numbers = iter(range(300, 320))
    day = clock.today() + timedelta(days=75)

    async def handed_in() -> tuple[Plan, Program]:
        plan = plan_of(next(numbers), day)
        return plan, await submit(db, organizer_of(plan, organizers), plan)

    for _ in range(3):
        await handed_in()
    for _ in range(2):
        _, program = await handed_in()
        await approve(db, dinas, program)
        plan, program = await handed_in()
        await move(db, dinas, program, ProgramMove.reject, "Anggaran belum tersedia (contoh).")
        plan, program = await handed_in()
        await move(db, organizer_of(plan, organizers), program, ProgramMove.cancel, "Pengajar pindah tugas (contoh).")
    return "3 programmes handed in, 2 approved, 2 rejected, 2 called off"
