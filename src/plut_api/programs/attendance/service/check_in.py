"""Checking in at the door, by the participant: at once, or later with what the phone kept."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from fastapi import Request
from sqlalchemy import and_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors.access import own_person
from plut_api.kit import audit, clock, outbox
from plut_api.kit.caller import Caller
from plut_api.kit.i18n import Text
from plut_api.kit.ids import new_id
from plut_api.kit.problems import Fault, Invalid, fault
from plut_api.kit.rate_limits import Quota, require_quota, too_many, used
from plut_api.programs.access import enrolments_visible_to
from plut_api.programs.attendance.access import require_session
from plut_api.programs.attendance.codes import fits
from plut_api.programs.attendance.hours import Hours, hours_of
from plut_api.programs.attendance.latest import BEFORE, certified, is_later, keep_certificates_out
from plut_api.programs.attendance.models import Attendance, How
from plut_api.programs.attendance.problems import (
    CertificateIssued,
    CheckInClosed,
    CodeWrong,
    NotedAbsent,
    NotEnrolled,
    ParticipantsOnly,
    SessionNotHeld,
)
from plut_api.programs.attendance.schemas import CheckIn
from plut_api.programs.models import Enrolment, EnrolmentState, TrainingSession
from plut_api.programs.problems import EnrolmentNotFound
from plut_api.reference.rules import rule_values

RULES = "attendance."
WRONG_CODES = Quota("check-in-codes", 10, 3600)
"""Wrong codes an hour of one account: of eight digits nobody guesses one so."""
IN_THE_FUTURE = fault(
    "#/at",
    "in_the_future",
    id="Waktu ini belum terjadi; periksa jam perangkat",
    en="This time is still to come; check the clock of the device",
)
_HOURS = Text(
    id="Absen sesi ini dibuka dari {opens} sampai {closes} WITA, dan dapat dikirim sampai {days} hari sesudahnya",
    en="Checking in to this session is possible from {opens} to {closes} WITA, and can be sent for {days} days after",
)


async def check_in(db: AsyncSession, request: Request, caller: Caller, session_id: UUID, given: CheckIn) -> Attendance:
    """Note that a participant came: the caller, or a minor in their care by `enrolment_id`. Doing it again is no fault;
    what a phone kept of a later moment is the later word.

    The code has to be that of `given.at`, or of now. Wrong ones are counted even though the request fails.
    Raises ParticipantsOnly, SessionNotFound, NotEnrolled, EnrolmentNotFound, SessionNotHeld, Invalid
    (`in_the_future`), CheckInClosed, TooManyRequests, CodeWrong, CertificateIssued, NotedAbsent. Emits
    attendance.recorded.
    """
    if not caller.is_person:
        raise ParticipantsOnly()
    session, _ = await require_session(db, caller, session_id)
    enrolment = await _seat(db, caller, session, given.enrolment_id)
    known = await _known(db, session, enrolment)
    now = clock.now()
    at, rules = given.at or now, await rule_values(db, RULES)
    hours = await hours_of(db, session, rules)
    later = given.at is not None and known is not None and _adds(known, session, hours, given.code, at, now, rules)
    if known is not None and known.came and not later:
        return known
    if not session.is_held:
        raise SessionNotHeld()
    _require_open(hours, at, now, rules)
    await _require_code(db, request, caller, session, given.code, at, rules)
    await keep_certificates_out(db, session.program_id)
    if await db.scalar(select(certified(enrolment.id))):
        if known is not None and known.came:
            return known
        raise CertificateIssued()
    return await _note(db, caller, enrolment, session, given, at)


async def _seat(db: AsyncSession, caller: Caller, session: TrainingSession, enrolment_id: UUID | None) -> Enrolment:
    """The seat that checks in. Raises NotEnrolled, EnrolmentNotFound for a named one that is not the caller's."""
    query = select(Enrolment).where(
        Enrolment.program_id == session.program_id,
        Enrolment.state != EnrolmentState.withdrawn,
        enrolments_visible_to(caller),
    )
    if enrolment_id is not None:
        query = query.where(Enrolment.id == enrolment_id)
    else:
        query = query.where(Enrolment.person_id == (await own_person(db, caller)).id)
    enrolment = await db.scalar(query)
    if enrolment is None:
        raise NotEnrolled() if enrolment_id is None else EnrolmentNotFound()
    return enrolment


async def _known(db: AsyncSession, session: TrainingSession, enrolment: Enrolment) -> Attendance | None:
    query = select(Attendance).where(Attendance.session_id == session.id, Attendance.enrolment_id == enrolment.id)
    return await db.scalar(query.execution_options(populate_existing=True))


def _require_open(hours: Hours, at: datetime, now: datetime, rules: Mapping[str, int]) -> None:
    """Let through what was seen in the hours of the session, and sent in time. Raises Invalid, CheckInClosed."""
    if is_future(at, now, rules):
        raise Invalid(errors=[IN_THE_FUTURE])
    if _is_open(hours, at, now, rules):
        return
    days = rules["attendance.offline_days"]
    opens, closes = (f"{one.astimezone(clock.WITA):%Y-%m-%d %H:%M}" for one in (hours.opens_at, hours.closes_at))
    raise CheckInClosed(detail=_HOURS.filled(opens=opens, closes=closes, days=str(days)))


def _is_open(hours: Hours, at: datetime, now: datetime, rules: Mapping[str, int]) -> bool:
    days = timedelta(days=rules["attendance.offline_days"])
    return hours.opens_at <= at <= hours.closes_at and now <= hours.closes_at + days


def _adds(
    known: Attendance,
    session: TrainingSession,
    hours: Hours,
    code: str,
    at: datetime,
    now: datetime,
    rules: Mapping[str, int],
) -> bool:
    """Whether checking in again says something: that the participant was there still, at a later moment."""
    sound = _is_open(hours, at, now, rules) and not is_future(at, now, rules)
    return at > known.at and session.is_held and sound and fits(session.id, code, at, rules)


def is_future(at: datetime, now: datetime, rules: Mapping[str, int]) -> bool:
    """Whether a device tells of a time still to come, by more than clocks may go wrong."""
    return at > now + timedelta(seconds=rules["attendance.clock_seconds"])


async def _require_code(
    db: AsyncSession,
    request: Request,
    caller: Caller,
    session: TrainingSession,
    code: str,
    at: datetime,
    rules: Mapping[str, int],
) -> None:
    """Let the right code through, as long as there were few wrong ones. Raises TooManyRequests, CodeWrong."""
    if await used(db, WRONG_CODES, str(caller.id)) >= WRONG_CODES.calls:
        raise too_many(WRONG_CODES)
    if fits(session.id, code, at, rules):
        return
    await db.rollback()  # Nothing was written. Who waits for a second connection must not hold a first one.
    await require_quota(request, WRONG_CODES, str(caller.id))
    raise CodeWrong(errors=[Fault("#/code", CodeWrong.code, CodeWrong.title)])


async def _note(
    db: AsyncSession, caller: Caller, enrolment: Enrolment, session: TrainingSession, given: CheckIn, at: datetime
) -> Attendance:
    """One row, whoever else writes it at the same moment; of many at once the first stands. Raises NotedAbsent."""
    how = How.qr if given.scanned else How.code
    fresh = insert(Attendance).values(
        id=new_id(),
        session_id=session.id,
        enrolment_id=enrolment.id,
        came=True,
        at=at,
        recorded_at=clock.now(),
        how=how,
        recorded_by=caller.id,
    )
    written = await db.execute(
        fresh.on_conflict_do_update(
            index_elements=[Attendance.session_id, Attendance.enrolment_id],
            set_={name: fresh.excluded[name] for name in ("came", "at", "recorded_at", "how", "recorded_by")},
            where=is_later(fresh) if given.at is not None else and_(is_later(fresh), ~Attendance.came),
        ).returning(Attendance.id, BEFORE)
    )
    row = written.one_or_none()
    known = await _known(db, session, enrolment)
    if known is None or not known.came:
        raise NotedAbsent()
    if row is not None and not row.before:
        about, told = [enrolment.person_id, enrolment.actor_id], {"came": True, "how": how.value}
        audit.record(db, audit.Action.created, "attendances", [row.id], about=about, after=told)
        facts = {"program_id": enrolment.program_id, "enrolment_id": enrolment.id}
        await outbox.record(db, "attendance.recorded", session.id, by=caller, **facts)
    return known
