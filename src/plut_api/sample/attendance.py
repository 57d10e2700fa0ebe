"""Who came to invented programmes, what they knew before and after, who completed, who never came."""

import random
from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.facilities.models import Shift
from plut_api.kit import clock
from plut_api.kit.caller import Caller
from plut_api.kit.clock import WITA, clock_at
from plut_api.programs.attendance.models import NoShow, NoShowState, WhichTest
from plut_api.programs.attendance.schemas import AttendanceRow, ScoreRow
from plut_api.programs.attendance.service import appeal, excuse, fade, note_attendance, note_scores, settle, uphold
from plut_api.programs.certificates.models import Certificate, RevokeReason
from plut_api.programs.certificates.service import reissue, revoke
from plut_api.programs.models import Enrolment, Program, TrainingSession
from plut_api.programs.service import transition
from plut_api.programs.states import ProgramMove
from plut_api.sample.accounts import owner_with_account

HOURS = {Shift.morning: 8, Shift.afternoon: 13}


async def hold(
    db: AsyncSession,
    dinas: Caller,
    organizer: Caller,
    program: Program,
    taken: Sequence[Enrolment],
    chance: random.Random,
) -> None:
    """Start a programme, note who came to the sessions that are past, and complete it once it is over."""
    today = clock.today()
    with clock_at(datetime.combine(program.starts_on, time(7), WITA)):
        await transition(db, organizer, program.id, ProgramMove.start)
    query = select(TrainingSession).where(TrainingSession.program_id == program.id, TrainingSession.is_held)
    sessions = (await db.scalars(query.order_by(TrainingSession.held_on, TrainingSession.shift.desc()))).all()
    diligence = {enrolment.id: _diligence(chance) for enrolment in taken}
    for session in sessions:
        if session.held_on < today:
            await _note_who_came(db, dinas, session, diligence, chance)
    if program.has_pre_test:
        await _note_scores(db, dinas, program, diligence, chance, WhichTest.pre)
    if program.ends_on < today:
        if program.has_post_test:
            await _note_scores(db, dinas, program, diligence, chance, WhichTest.post)
        spent = round((program.budget_idr or 0) * chance.uniform(0.8, 1.02) / 1000) * 1000
        with clock_at(datetime.combine(program.ends_on, time(17), WITA)):
            await transition(db, organizer, program.id, ProgramMove.complete, spent_idr=spent)
            await settle(db, program.id)  # As the worker does.


def _diligence(chance: random.Random) -> float:
    """With which probability somebody comes to a session: a few never do, most to nearly all of them."""
    draw = chance.random()
    return 0.0 if draw < 0.06 else 0.4 if draw < 0.12 else 0.97


async def _note_who_came(
    db: AsyncSession,
    caller: Caller,
    session: TrainingSession,
    diligence: Mapping[UUID, float],
    chance: random.Random,
) -> None:
    at = datetime.combine(session.held_on, time(HOURS[session.shift], 40), WITA)
    rows = [
        AttendanceRow(enrolment_id=enrolment_id, came=chance.random() < share, at=at)
        for enrolment_id, share in diligence.items()
    ]
    with clock_at(at + timedelta(hours=3)):
        await note_attendance(db, caller, session.id, rows)


async def _note_scores(
    db: AsyncSession,
    caller: Caller,
    program: Program,
    diligence: Mapping[UUID, float],
    chance: random.Random,
    test: WhichTest,
) -> None:
    lowest, highest = (25, 60) if test is WhichTest.pre else (57, 98)
    rows = [
        ScoreRow(enrolment_id=enrolment_id, test=test, score=chance.randint(lowest, highest))
        for enrolment_id, share in diligence.items()
        if share > 0
    ]
    day = program.starts_on if test is WhichTest.pre else program.ends_on
    with clock_at(datetime.combine(day, time(16), WITA)):
        await note_scores(db, caller, program.id, rows)


async def hear_appeals(db: AsyncSession, dinas: Caller) -> str:
    """Let some who never came appeal: excused, upheld, and one that is still to decide; in words."""
    query = select(NoShow).where(NoShow.state == NoShowState.counts).order_by(NoShow.noted_at.desc(), NoShow.id)
    noted = (await db.scalars(query)).all()
    for number, no_show in enumerate(noted[:6]):
        owner = await owner_with_account(db, person_id=no_show.person_id)
        with clock_at(no_show.noted_at + timedelta(days=2)):
            await appeal(db, owner, no_show.id, "Anak sakit pada hari itu (contoh).")
        if number % 3 == 1:
            with clock_at(no_show.noted_at + timedelta(days=5)):
                await excuse(db, dinas, no_show.id, "Surat dokter dilampirkan (contoh).")
        elif number % 3 == 2:
            with clock_at(no_show.noted_at + timedelta(days=5)):
                await uphold(db, dinas, no_show.id, "Tidak ada kabar sebelumnya (contoh).")
    await fade(db)
    return f"{len(noted)} seats that nobody came for, {min(len(noted), 6)} appeals"


async def take_certificates_back(db: AsyncSession, dinas: Caller) -> str:
    """One certificate is revoked, one issued again in the place of another; how many there are, in words."""
    codes = (await db.scalars(select(Certificate.code).order_by(Certificate.number))).all()
    await revoke(db, dinas, codes[3], RevokeReason.not_earned, "Absensi dipalsukan (contoh).")
    await reissue(db, dinas, codes[7])
    return f"{len(codes):,} certificates, 1 revoked, 1 issued again"
