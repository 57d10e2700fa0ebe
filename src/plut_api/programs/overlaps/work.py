"""What waits for the Dinas about programmes that resemble each other."""

from typing import Any

from sqlalchemy import Select

from plut_api.kit.caller import Role
from plut_api.kit.i18n import Text
from plut_api.kit.work_lists import Asked, offers, task
from plut_api.programs.models import Program, ProgramState
from plut_api.programs.overlaps.findings import COMPARED
from plut_api.programs.overlaps.models import Overlap, OverlapState, Verdict


@offers(
    "overlap.open",
    to=[Role.dinas],
    title=Text(id="Program tumpang tindih menunggu keputusan", en="Overlapping programmes waiting for a decision"),
    sentence=Text(
        id="Putuskan usulan yang {score} persen mirip dengan program lain.",
        en="Decide a proposal that resembles another programme by {score} percent.",
    ),
    href="/v1/programs/{program_id}/overlaps",
    within="work.overlap_open.days",
)
def open_overlaps(_: Asked) -> Select[Any]:
    """Findings at or over the line, of proposals that cannot be approved before. Leans on ix_overlaps_open."""
    other = Program.__table__.alias("other")
    found = task(Overlap.id, Overlap.noted_at, program_id=Overlap.program_id, score=Overlap.score)
    found = found.join_from(Overlap, Program, Program.id == Overlap.program_id)
    return found.join(other, other.c.id == Overlap.other_id).where(
        Overlap.state == OverlapState.open,
        Overlap.verdict == Verdict.block,
        Program.state == ProgramState.submitted,
        other.c.state.in_(COMPARED),
    )
