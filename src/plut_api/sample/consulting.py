"""Two years of consultations and mentoring visits with their records, some to come, some that wait."""

import random
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, null, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors.models import Actor, Assignment, Ownership, Person, owns
from plut_api.consulting.models import AgreedAction, ConsultationResult, ConsultingChannel, ConsultingField
from plut_api.consulting.schemas import ActionCreate, Appointment, ConsultationCreate, Record
from plut_api.consulting.service import cancel, hold, note_no_show, request_consultation, schedule, tick
from plut_api.kit import clock
from plut_api.kit.caller import Caller
from plut_api.kit.clock import WITA, clock_at
from plut_api.sample.accompanying import consultants_in

PAST, COMING, ASKED, WAITING = 90, 6, 4, 4
"""Those that are over, with an appointment, asked for, and without a consultant."""
FIELDS, CHANNELS, RESULTS = tuple(ConsultingField), tuple(ConsultingChannel), tuple(ConsultationResult)
PROBLEMS = (
    "Keripik cepat melempem (contoh).",
    "Bingung menghitung harga pokok (contoh).",
    "Toko daring sepi pembeli (contoh).",
    "Karyawan sering berganti (contoh).",
    "Belum punya akta koperasi (contoh).",
)
_AGED = (
    text(
        """
        UPDATE consultations SET created_at = least(now(), (on_date - 9) + interval '2 hours')
        WHERE on_date IS NOT NULL
        """
    ),
    text(
        """
        UPDATE consultation_transitions t SET created_at = least(now(), (c.on_date - CASE t.to_state
            WHEN 'scheduled' THEN 7 WHEN 'cancelled' THEN 2 ELSE 0 END) + interval '3 hours')
        FROM consultations c WHERE c.id = t.consultation_id AND c.on_date IS NOT NULL
        """
    ),
)


async def consult(db: AsyncSession, dinas: Caller, consultants: Sequence[Caller], chance: random.Random) -> str:
    """What clients asked and what was advised; how much of it, in words."""
    clients = await _clients(db, PAST + COMING + ASKED)
    for number, client in enumerate(clients[:PAST]):
        day = clock.today() - timedelta(days=8 + (PAST - number) * 7)
        await _over(db, consultants, client, number, day, chance)
    for number, client in enumerate(clients[PAST:]):
        consultant, _ = consultants_in(client.regency_code, consultants)
        asked = await request_consultation(db, consultant, _wish(client, number))
        if number < COMING:
            on_date = clock.today() + timedelta(days=3 + 2 * number)
            await schedule(db, consultant, asked.id, Appointment(on_date=on_date, starts=f"{9 + number:02d}:00"))
    waiting = await _unaccompanied(db, WAITING)
    for number, client in enumerate(waiting):
        await request_consultation(db, dinas, _wish(client, number))
    for statement in _AGED:
        await db.execute(statement)
    open_ones = await db.scalar(select(func.count()).where(AgreedAction.done_at.is_(None)))
    return f"{PAST} consultations that are over, {COMING} to come, {len(waiting)} that wait, {open_ones} actions to do"


async def _over(
    db: AsyncSession,
    consultants: Sequence[Caller],
    client: Row[Any],
    number: int,
    day: date,
    chance: random.Random,
) -> None:
    """One that was: held and recorded, or nobody came, or it was called off."""
    consultant, _ = consultants_in(client.regency_code, consultants)
    with clock_at(_at(day - timedelta(days=9), 10)):
        asked = await request_consultation(db, consultant, _wish(client, number))
        given = Appointment(on_date=day, starts=f"{8 + number % 8:02d}:30", planned_minutes=45 + number % 3 * 15)
        await schedule(db, consultant, asked.id, given)
        if number % 12 == 9:
            await cancel(db, consultant, asked.id, "Klien sakit (contoh).")
            return
    with clock_at(_at(day, 17)):
        if number % 12 == 5:
            await note_no_show(db, consultant, asked.id, "Klien tidak di rumah (contoh).")
            return
        await hold(db, consultant, asked.id, _record(number, day, chance))
    if number % 3:
        await _tick(db, consultant, asked.id, day)


def _record(number: int, day: date, chance: random.Random) -> Record:
    return Record(
        minutes=chance.choice((40, 60, 75, 90)),
        advice="Catat dulu satu bulan, lalu ubah satu hal saja (contoh).",
        result=RESULTS[number % len(RESULTS)],
        actions=[
            ActionCreate(what="Uji simpan tiga kemasan (contoh).", due_on=day + timedelta(days=21)),
            ActionCreate(what="Isi buku kas setiap malam (contoh).", due_on=day + timedelta(days=35)),
        ][: 1 + number % 2],
        next_visit_on=day + timedelta(days=30) if number % 4 == 0 else None,
        private_note="Perlu waktu lebih lama (contoh)." if number % 5 == 0 else None,
    )


async def _tick(db: AsyncSession, consultant: Caller, consultation_id: UUID, day: date) -> None:
    """What was agreed is done some weeks later, if they have passed."""
    if day > clock.today() - timedelta(days=28):
        return
    query = select(AgreedAction.id).where(AgreedAction.consultation_id == consultation_id)
    with clock_at(_at(day + timedelta(days=20), 15)):
        for action_id in await db.scalars(query):
            await tick(db, consultant, action_id)


def _wish(client: Row[Any], number: int) -> ConsultationCreate:
    return ConsultationCreate(
        person_id=client.person_id,
        actor_id=client.actor_id,
        field=FIELDS[number % len(FIELDS)],
        channel=CHANNELS[number % len(CHANNELS)],
        problem=PROBLEMS[number % len(PROBLEMS)],
    )


async def _clients(db: AsyncSession, most: int) -> Sequence[Row[Any]]:
    """Owners who are accompanied, each with their business."""
    query: Any = select(Ownership.person_id, Ownership.actor_id, Actor.regency_code)
    query = query.join(Actor, Actor.id == Ownership.actor_id).where(owns(), Actor.nib_index.is_not(None))
    return (await db.execute(query.order_by(func.md5(Actor.row_key)).limit(most))).all()


async def _unaccompanied(db: AsyncSession, most: int) -> Sequence[Row[Any]]:
    """People whom no consultant accompanies."""
    nobody = ~select(Assignment.id).where(Assignment.person_id == Person.id).exists()
    query: Any = select(Person.id.label("person_id"), null().label("actor_id"))
    return (await db.execute(query.where(nobody).order_by(Person.id).limit(most))).all()


def _at(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), WITA)
