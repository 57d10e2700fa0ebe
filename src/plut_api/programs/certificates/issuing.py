"""Issuing certificates: numbers without a gap, codes that nobody guesses, and what each tells of its participant."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, case, func, insert, select, true
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from plut_api.actors.models import Person
from plut_api.kit import audit, clock, outbox
from plut_api.kit.caller import Caller
from plut_api.kit.ids import new_id
from plut_api.kit.papers import new_code
from plut_api.organizations.models import Organization
from plut_api.programs.attendance.hours import SHIFTS, minutes_of
from plut_api.programs.attendance.models import Attendance, Score, WhichTest
from plut_api.programs.attendance.queries import counted_sessions
from plut_api.programs.certificates.models import Certificate, CertificateCounter
from plut_api.programs.models import Enrolment, EnrolmentState, Program, ProgramHost, TrainingSession
from plut_api.reference.rules import rule_values

SERIES = "PLUT-NTB"
BLOCK = 500


async def issue(
    db: AsyncSession, caller: Caller | None, which: ColumnElement[bool], *, replaces: Certificate | None = None
) -> list[UUID]:
    """Issue a certificate for each completed enrolment of a condition that never had one, or in the place of one.

    The ids of the new ones. The counter of the year is locked until the transaction ends, so take it last: who issues
    at the same time waits, and what is undone leaves no gap. Emits certificate.issued.
    """
    rows = (await db.execute(await _told(db, which, again=replaces is not None))).mappings().all()
    issued: list[UUID] = []
    for start in range(0, len(rows), BLOCK):
        block = rows[start : start + BLOCK]
        year = clock.today().year
        first = await _numbers(db, year, len(block))
        values = [
            _values(row, year, first + at, caller, replaces.id if replaces is not None else None)
            for at, row in enumerate(block)
        ]
        await db.execute(insert(Certificate), values)
        ids = [value["id"] for value in values]
        about = [one for row in block for one in (row["person_id"], row["actor_id"])]
        audit.record(db, audit.Action.created, "certificates", ids, about=about)
        await outbox.record_all(db, "certificate.issued", _events(block, ids), by=caller)
        issued += ids
    return issued


async def _numbers(db: AsyncSession, year: int, count: int) -> int:
    """The first of so many numbers in a row that nobody else has."""
    fresh = upsert(CertificateCounter).values(year=year, last=count)
    statement = fresh.on_conflict_do_update(
        index_elements=[CertificateCounter.year], set_={"last": CertificateCounter.last + count}
    ).returning(CertificateCounter.last)
    return (await db.scalar(statement) or 0) - count + 1


async def _told(db: AsyncSession, which: ColumnElement[bool], *, again: bool) -> Select[Any]:
    """What certificates tell, a row for each enrolment in the order of their ids."""
    today, shifts = clock.today(), await rule_values(db, SHIFTS)
    had_one = select(Certificate.id).where(Certificate.enrolment_id == Enrolment.id).correlate(Enrolment).exists()
    owner, session = aliased(Organization), aliased(TrainingSession)
    counts = counted_sessions(today, session)
    held = select(func.count()).select_from(session).where(session.program_id == Program.id, counts)
    attended = (
        select(func.count().label("sessions"), func.coalesce(func.sum(minutes_of(session, shifts)), 0).label("minutes"))
        .select_from(Attendance)
        .join(session, session.id == Attendance.session_id)
        .where(Attendance.enrolment_id == Enrolment.id, Attendance.came, counts)
        .correlate(Enrolment, Program)
        .lateral("attended")
    )
    post = select(Score.score).where(Score.enrolment_id == Enrolment.id, Score.test == WhichTest.post)
    query = (
        select(
            Enrolment.id.label("enrolment_id"),
            Enrolment.program_id,
            Enrolment.person_id,
            Enrolment.actor_id,
            case((Person.erased_at.is_(None), Person.full_name)).label("person_name"),
            Program.title.label("program_title"),
            func.array_prepend(owner.name, _hosts()).label("organizers"),
            Program.starts_on,
            Program.ends_on,
            Enrolment.completed_at,
            held.correlate(Program).scalar_subquery().label("sessions_held"),
            attended.c.sessions.label("sessions_attended"),
            attended.c.minutes,
            post.correlate(Enrolment).scalar_subquery().label("post_score"),
        )
        .join(Program, Program.id == Enrolment.program_id)
        .join(owner, owner.id == Program.organization_id)
        .join(Person, Person.id == Enrolment.person_id)
        .join(attended, true())
        .where(which, Enrolment.state == EnrolmentState.completed)
        .order_by(Enrolment.id)
    )
    return query if again else query.where(~had_one)


def _hosts() -> ColumnElement[list[str]]:
    """The names of a programme's co-hosts."""
    host = aliased(Organization)
    names = select(func.array_agg(aggregate_order_by(host.name, ProgramHost.id))).join(
        ProgramHost, ProgramHost.organization_id == host.id
    )
    names = names.where(ProgramHost.program_id == Program.id, ProgramHost.accepted_at.is_not(None))
    return names.correlate(Program).scalar_subquery()


def _values(row: Any, year: int, serial: int, caller: Caller | None, replaces_id: UUID | None) -> dict[str, Any]:
    told = {name: row[name] for name in row if name not in ("program_id", "person_id", "actor_id", "completed_at")}
    return told | {
        "id": new_id(),
        "year": year,
        "serial": serial,
        "number": f"{SERIES}/{year}/{serial:06d}",
        "code": new_code(),
        "issued_at": clock.now(),
        "issued_by": caller.id if caller is not None else None,
        "completed_on": row["completed_at"].astimezone(clock.WITA).date(),
        "replaces_id": replaces_id,
        "version": 1,
    }


def _events(rows: Any, ids: list[UUID]) -> list[tuple[UUID, dict[str, Any]]]:
    names = ("enrolment_id", "program_id", "person_id", "actor_id")
    return [(one, {name: row[name] for name in names}) for one, row in zip(ids, rows, strict=True)]
