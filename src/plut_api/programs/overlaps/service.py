"""What happens about overlaps when a programme is submitted, changed or approved.

Two programmes that resemble each other are one finding, and it waits with the one that was handed in later: who came
first is not held up by who came second. So of any number that are handed in at the same moment one is free, and the
others wait for the Dinas to decide.
"""

from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.kit import outbox
from plut_api.kit.caller import Caller
from plut_api.programs.models import Program
from plut_api.programs.overlaps.findings import compare, open_findings
from plut_api.programs.overlaps.models import Overlap
from plut_api.programs.overlaps.problems import OverlapUnresolved

_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('programs.calendar', 0))")


async def lock_calendar(db: AsyncSession) -> None:
    """Wait for one's turn at the one calendar of all organizations; held to the end of the transaction.

    Whoever submits, approves or merges programmes takes it before locking any row of them, so that two of the same
    content see each other.
    """
    await db.execute(_LOCK)


async def note_overlaps(db: AsyncSession, program: Program, *, by: Caller | None = None) -> None:
    """Compare a programme that was just submitted with all others, and keep what resembles it as its findings.

    The calendar is locked. Emits program.overlap_found for each finding that is new.
    """
    await _tell(db, await compare(db, program, takes_over=True), by)


async def note_change(db: AsyncSession, program: Program, *, by: Caller | None = None) -> None:
    """Compare a submitted programme anew, after its content was changed. The calendar is locked.

    What it resembled before stays with whom it waited for. Emits program.overlap_found.
    """
    await _tell(db, await compare(db, program), by)


async def require_resolved(db: AsyncSession, program: Program) -> None:
    """Let a programme pass whose findings at or over the line are all decided. The calendar is locked.

    Findings are kept in step by whatever changes them, so nothing is compared here: a refusal would not be able to keep
    what it names. Raises OverlapUnresolved, which names each open finding.
    """
    waiting = await open_findings(db, program.id)
    if waiting:
        raise OverlapUnresolved(extra={"open_overlaps": [str(row.id) for row in waiting]})


async def _tell(db: AsyncSession, found: Sequence[Overlap], by: Caller | None) -> None:
    told = [
        (
            row.program_id,
            {"overlap_id": row.id, "other_id": row.other_id, "score": row.score, "verdict": row.verdict.value},
        )
        for row in found
    ]
    await outbox.record_all(db, "program.overlap_found", told, by=by)
