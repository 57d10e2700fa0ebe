"""Uploads of who came, from the door: many rows by few statements, and what became of each.

The latest word counts, by the clock of the device that it was said at; of two at one moment the one that says so-and-so
came. So an upload can be sent again, in any order
with others, by any number of devices at once, and the outcome is the same.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import product
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.kit import audit, clock, outbox
from plut_api.kit.caller import Caller
from plut_api.kit.i18n import Text
from plut_api.kit.ids import new_id
from plut_api.programs.attendance.access import noted_by, require_door, require_noting
from plut_api.programs.attendance.codes import fits
from plut_api.programs.attendance.latest import BEFORE, certified, is_later, keep_certificates_out
from plut_api.programs.attendance.models import Attendance, How
from plut_api.programs.attendance.problems import CertificateIssued, CodeWrong, SessionNotHeld
from plut_api.programs.attendance.schemas import AttendanceRow
from plut_api.programs.attendance.service.check_in import IN_THE_FUTURE, RULES, is_future
from plut_api.programs.models import Enrolment, EnrolmentState, TrainingSession
from plut_api.reference.rules import rule_values

NOT_A_PARTICIPANT = Text(
    id="Bukan peserta program ini, atau sudah mengundurkan diri",
    en="Not a participant of this programme, or gave the seat back",
)


@dataclass(frozen=True)
class Verdict:
    """What became of one row."""

    result: str
    code: str | None = None
    message: Text | None = None


@dataclass(frozen=True)
class Written:
    """A row that was written: its id, what it said before (None: it is new), what it says."""

    id: UUID
    before: bool | None
    came: bool

    @property
    def is_new(self) -> bool:
        """Whether nothing was noted before."""
        return self.before is None

    @property
    def changed(self) -> bool:
        """Whether it says something else than before; a later word to the same effect does not."""
        return self.before is not self.came


@dataclass(frozen=True)
class Participant:
    """An enrolment that rows may be about, and whether a certificate tells of it already."""

    person_id: UUID
    certified: bool


async def note_attendance(
    db: AsyncSession, caller: Caller, session_id: UUID, rows: Sequence[AttendanceRow]
) -> list[Verdict]:
    """Note who came to a session, a verdict for each row; one that is refused does not keep the others out.

    Raises SessionNotFound, DoorOnly, OrganizerOnly, SessionNotHeld. Emits attendance.recorded.
    """
    session, program = await require_door(db, caller, session_id)
    await require_noting(db, caller, program.id)
    if not session.is_held:
        raise SessionNotHeld()
    await keep_certificates_out(db, program.id)
    people = await participants(db, caller, program.id, [row.enrolment_id for row in rows])
    refused = await _refused(db, session, people, rows)
    latest = _latest(rows, refused)
    written = await _write(db, caller, session, [rows[at] for at in latest])
    await _tell(db, caller, session, people, written)
    stands = await _standing(db, session, [row.enrolment_id for row in rows])
    return [
        refused.get(at) or _verdict(row, at in latest, written.get(row.enrolment_id), stands.get(row.enrolment_id))
        for at, row in enumerate(rows)
    ]


async def participants(
    db: AsyncSession, caller: Caller, program_id: UUID, ids: Sequence[UUID]
) -> dict[UUID, Participant]:
    """Those of the enrolments that take part in a programme and that the caller may note something of."""
    query = select(Enrolment.id, Enrolment.person_id, certified(Enrolment.id).label("certified")).where(
        Enrolment.id.in_(set(ids)),
        Enrolment.program_id == program_id,
        Enrolment.state != EnrolmentState.withdrawn,
        noted_by(caller, program_id),
    )
    return {row.id: Participant(row.person_id, row.certified) for row in await db.execute(query)}


async def _refused(
    db: AsyncSession,
    session: TrainingSession,
    people: Mapping[UUID, Participant],
    rows: Sequence[AttendanceRow],
) -> dict[int, Verdict]:
    now, rules = clock.now(), await rule_values(db, RULES)
    found: dict[int, Verdict] = {}
    for at, row in enumerate(rows):
        person = people.get(row.enrolment_id)
        if person is None:
            found[at] = Verdict("refused", "not_enrolled", NOT_A_PARTICIPANT)
        elif person.certified:
            found[at] = Verdict("refused", CertificateIssued.code, CertificateIssued.title)
        elif is_future(row.at, now, rules):
            found[at] = Verdict("refused", IN_THE_FUTURE.code, IN_THE_FUTURE.message)
        elif row.code is not None and not fits(session.id, row.code, row.at, rules):
            found[at] = Verdict("refused", CodeWrong.code, CodeWrong.title)
    return found


def _latest(rows: Sequence[AttendanceRow], refused: Mapping[int, Verdict]) -> set[int]:
    """The positions of the latest word about each participant."""
    latest: dict[UUID, int] = {}
    for at, row in enumerate(rows):
        if at not in refused:
            known = latest.get(row.enrolment_id)
            if known is None or (row.at, row.came) > (rows[known].at, rows[known].came):
                latest[row.enrolment_id] = at
    return set(latest.values())


async def _write(
    db: AsyncSession, caller: Caller, session: TrainingSession, rows: Sequence[AttendanceRow]
) -> dict[UUID, Written]:
    """Write rows by one statement, in the order of enrolments; those that say something new, by enrolment."""
    if not rows:
        return {}
    how = How.batch if len(rows) > 1 else How.organizer
    values = [
        {
            "id": new_id(),
            "session_id": session.id,
            "enrolment_id": row.enrolment_id,
            "came": row.came,
            "at": row.at,
            "recorded_at": clock.now(),
            "how": How.code if row.code is not None else how,
            "recorded_by": caller.id,
            "client_ref": row.client_ref,
        }
        for row in sorted(rows, key=lambda row: row.enrolment_id)
    ]
    fresh = insert(Attendance).values(values)
    changed = ("came", "at", "recorded_at", "how", "recorded_by", "client_ref")
    statement: Any = fresh.on_conflict_do_update(
        index_elements=[Attendance.session_id, Attendance.enrolment_id],
        set_={name: fresh.excluded[name] for name in changed},
        where=is_later(fresh),
    ).returning(Attendance.enrolment_id, Attendance.id, BEFORE, Attendance.came)
    written = {row.enrolment_id: Written(row.id, row.before, row.came) for row in await db.execute(statement)}
    return {enrolment_id: row for enrolment_id, row in written.items() if row.changed}


async def _tell(
    db: AsyncSession,
    caller: Caller,
    session: TrainingSession,
    people: Mapping[UUID, Participant],
    written: Mapping[UUID, Written],
) -> None:
    for is_new, came in product((True, False), (True, False)):
        rows = {key: row.id for key, row in written.items() if (row.is_new, row.came) == (is_new, came)}
        action = audit.Action.created if is_new else audit.Action.changed
        before = None if is_new else {"came": not came}
        about = [people[enrolment_id].person_id for enrolment_id in rows]
        audit.record(db, action, "attendances", rows.values(), about=about, before=before, after={"came": came})
    if written:
        facts = {"program_id": session.program_id, "rows": len(written)}
        await outbox.record(db, "attendance.recorded", session.id, by=caller, **facts)


async def _standing(
    db: AsyncSession, session: TrainingSession, ids: Sequence[UUID]
) -> dict[UUID, tuple[bool, datetime]]:
    query = select(Attendance.enrolment_id, Attendance.came, Attendance.at).where(
        Attendance.session_id == session.id, Attendance.enrolment_id.in_(set(ids))
    )
    rows: Any = await db.execute(query)
    return {row.enrolment_id: (row.came, row.at) for row in rows}


def _verdict(
    row: AttendanceRow, is_latest: bool, written: Written | None, stands: tuple[bool, datetime] | None
) -> Verdict:
    """What became of a row that was not refused, by what stands now."""
    if is_latest and written is not None:
        return Verdict("recorded" if written.is_new else "corrected")
    return Verdict("unchanged" if stands is not None and stands[0] is row.came else "outdated")
