"""Scores of the tests before and after a programme."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, literal_column, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.kit import audit, clock, outbox
from plut_api.kit.caller import Caller
from plut_api.kit.etags import require_match
from plut_api.kit.ids import new_id
from plut_api.programs.access import require_enrolment
from plut_api.programs.attendance.access import require_noted, require_noting
from plut_api.programs.attendance.models import Score, WhichTest
from plut_api.programs.attendance.problems import CertificateIssued, NoSuchTest
from plut_api.programs.attendance.schemas import ScoreRow
from plut_api.programs.attendance.service.batches import NOT_A_PARTICIPANT, Participant, Verdict, participants
from plut_api.programs.certificates.queries import has_valid_one
from plut_api.programs.models import EnrolmentState, Program
from plut_api.programs.problems import EnrolmentNotOpen

_MARK = "(test_scores.xmax = 0)"


async def read_score(db: AsyncSession, caller: Caller, enrolment_id: UUID, test: WhichTest) -> Score:
    """A score, blank (version 0) while there is none. Raises EnrolmentNotFound."""
    enrolment = await require_enrolment(db, caller, enrolment_id)
    return await _score(db, enrolment.id, test) or _blank(enrolment.id, test)


async def note_score(
    db: AsyncSession, caller: Caller, enrolment_id: UUID, test: WhichTest, if_match: str | None, points: int
) -> Score:
    """Note what a participant reached in a test of the programme.

    Raises EnrolmentNotFound, OrganizerOnly, EnrolmentNotOpen, NoSuchTest, PreconditionRequired, PreconditionFailed,
    CertificateIssued. Emits scores.recorded.
    """
    program, enrolment = await require_noted(db, caller, enrolment_id)
    if enrolment.state is EnrolmentState.withdrawn:
        raise EnrolmentNotOpen()
    if not _plans(program, test):
        raise NoSuchTest()
    score = await _score(db, enrolment.id, test) or _blank(enrolment.id, test)
    require_match(score, if_match)
    if await has_valid_one(db, enrolment.id):
        raise CertificateIssued()
    score.score, score.noted_at, score.noted_by = points, clock.now(), caller.id
    score.version += 1
    db.add(score)
    await db.flush()
    await db.refresh(score)
    await outbox.record(db, "scores.recorded", program.id, by=caller, program_id=program.id, rows=1)
    return score


async def note_scores(db: AsyncSession, caller: Caller, program_id: UUID, rows: Sequence[ScoreRow]) -> list[Verdict]:
    """Note scores of many participants, a verdict for each row; of two for one test the later row counts.

    Raises ProgramNotFound, OrganizerOnly. Emits scores.recorded.
    """
    program = await require_noting(db, caller, program_id)
    await db.execute(select(Program.id).where(Program.id == program.id).with_for_update(read=True))
    people = await participants(db, caller, program.id, [row.enrolment_id for row in rows])
    refused = {at: found for at, row in enumerate(rows) if (found := _refusal(program, people, row)) is not None}
    latest = {(row.enrolment_id, row.test): at for at, row in enumerate(rows) if at not in refused}
    written = await _write(db, caller, [rows[at] for at in latest.values()])
    for is_new, action in ((True, audit.Action.created), (False, audit.Action.changed)):
        ids = {key[0] for key, new in written.items() if new is is_new}
        about = [people[enrolment_id].person_id for enrolment_id in ids]
        audit.record(db, action, "enrolments", ids, about=about, after={"scores": "noted" if is_new else "corrected"})
    if written:
        facts = {"program_id": program.id, "rows": len(written)}
        await outbox.record(db, "scores.recorded", program.id, by=caller, **facts)
    kept = set(latest.values())
    return [refused.get(at) or _verdict(row, at in kept, written) for at, row in enumerate(rows)]


def _refusal(program: Program, people: Mapping[UUID, Participant], row: ScoreRow) -> Verdict | None:
    person = people.get(row.enrolment_id)
    if person is None:
        return Verdict("refused", "not_enrolled", NOT_A_PARTICIPANT)
    if not _plans(program, row.test):
        return Verdict("refused", NoSuchTest.code, NoSuchTest.title)
    if person.certified:
        return Verdict("refused", CertificateIssued.code, CertificateIssued.title)
    return None


async def _write(db: AsyncSession, caller: Caller, rows: Sequence[ScoreRow]) -> dict[tuple[UUID, WhichTest], bool]:
    """Write scores by one statement; of what changed anything whether it is new."""
    if not rows:
        return {}
    values = [
        {
            "id": new_id(),
            "enrolment_id": row.enrolment_id,
            "test": row.test,
            "score": row.score,
            "noted_at": clock.now(),
            "noted_by": caller.id,
            "version": 1,
        }
        for row in sorted(rows, key=lambda row: (row.enrolment_id, row.test))
    ]
    fresh = insert(Score).values(values)
    changed = {name: fresh.excluded[name] for name in ("score", "noted_at", "noted_by")}
    statement: Any = fresh.on_conflict_do_update(
        index_elements=[Score.enrolment_id, Score.test],
        set_=changed | {"version": Score.version + 1, "updated_at": func.now()},
        where=Score.score != fresh.excluded.score,
    ).returning(Score.enrolment_id, Score.test, literal_column(_MARK).label("is_new"))
    return {(row.enrolment_id, row.test): row.is_new for row in await db.execute(statement)}


def _verdict(row: ScoreRow, is_latest: bool, written: Mapping[tuple[UUID, WhichTest], bool]) -> Verdict:
    if not is_latest:
        return Verdict("outdated")
    is_new = written.get((row.enrolment_id, row.test))
    return Verdict("unchanged" if is_new is None else "recorded" if is_new else "corrected")


def _plans(program: Program, test: WhichTest) -> bool:
    return program.has_pre_test if test is WhichTest.pre else program.has_post_test


async def _score(db: AsyncSession, enrolment_id: UUID, test: WhichTest) -> Score | None:
    return await db.scalar(select(Score).where(Score.enrolment_id == enrolment_id, Score.test == test))


def _blank(enrolment_id: UUID, test: WhichTest) -> Score:
    """No score yet: not stored, of version 0, so that its ETag is `"0"`."""
    return Score(id=new_id(), enrolment_id=enrolment_id, test=test, version=0)
