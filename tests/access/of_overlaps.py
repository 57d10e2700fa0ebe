"""What resembles a programme of a side, and what was merged into it."""

from plut_api.kit import clock
from plut_api.kit.database import Model
from plut_api.kit.ids import new_id
from plut_api.programs.models import Program, ProgramState
from plut_api.programs.overlaps.models import Overlap, ProgramMerge, Verdict
from tests.access.rows import Rows, Side


async def rows_of_overlaps(rows: Rows, side: Side) -> dict[str, Model]:
    """A finding of the side's programme, and a programme that ended in it."""
    program = side.rows["program"]
    assert isinstance(program, Program)
    ended = await rows.make.program(state=ProgramState.cancelled, merged_into=program.id)
    merge = ProgramMerge(
        from_id=ended.id, into_id=program.id, merged_by=new_id(), reason="Satu program.", moved={"enrolments": {}}
    )
    return {
        "overlap": await rows.add(finding(program, await rows.make.program(state=ProgramState.submitted))),
        "program_merge": await rows.add(merge),
    }


def finding(program: Program, other: Program) -> Overlap:
    """A programme that waits for a decision, because it resembles another."""
    parts = dict.fromkeys(("topic", "kbli", "region", "period", "audience", "text"), 90)
    return Overlap(
        program_id=program.id,
        other_id=other.id,
        score=90,
        raw_score=90,
        guards=[],
        verdict=Verdict.block,
        noted_at=clock.now(),
        **parts,
    )
