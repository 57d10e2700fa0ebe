"""Two programmes become one: everything that hangs on the one that ends goes along, with a trail."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.kit import clock
from plut_api.kit.caller import Role
from plut_api.kit.ids import new_id
from plut_api.kit.messages.models import Message
from plut_api.kit.outbox import Event
from plut_api.outcomes.models import Dimension, Outcome
from plut_api.programs.attendance.models import Attendance, Score
from plut_api.programs.models import (
    Enrolment,
    EnrolmentState,
    Program,
    ProgramState,
    ReservedSeats,
    Segment,
    Shift,
    TrainingSession,
)
from plut_api.programs.overlaps.moving import MOVES, STAYS
from plut_api.programs.waiting.models import WaitingEntry, WaitingState
from plut_api.settings import Settings
from plut_api.tables import METADATA
from plut_api.worker import work_off
from tests.conftest import Api
from tests.factories import Make
from tests.programs.overlaps.proposing import decided, handed_in, moved


def test_every_column_that_names_a_programme_says_what_a_merge_does_with_it() -> None:
    named = {
        f"{table.name}.{column.name}"
        for table in METADATA.sorted_tables
        for column in table.columns
        for key in column.foreign_keys
        if key.column.table.name == "programs"
    }

    assert named == {*MOVES, *STAYS}


async def test_a_merge_moves_everything_and_leaves_a_trail(
    api: Api, make: Make, sessions: async_sessionmaker[AsyncSession]
) -> None:
    dinas, opd, other = await make.staff(Role.dinas), await make.staff(Role.opd), await make.staff(Role.opd)
    first = await handed_in(api, make, opd, reserved_seats=[{"segment": "women", "seats": 10}])
    for move in ("approve", "publish"):
        await moved(api, dinas, first, move)
    later = clock.today() + timedelta(days=32)
    second = await handed_in(
        api,
        make,
        other,
        title="Kemasan dan label pangan",
        starts_on=later.isoformat(),
        ends_on=(later + timedelta(days=6)).isoformat(),
        seats=20,
        budget_idr=30_000_000,
        regency_codes=["52.02", "52.06"],
        reserved_seats=[{"segment": "women", "seats": 5}, {"segment": "youth", "seats": 5}],
    )
    for program_id in (first, second):
        await make.add(session(program_id, later), session(program_id, later + timedelta(days=1)))

    answer = await decided(api, dinas, second, "merge")

    assert answer.status_code == 200, answer.text
    survivor = (await api.get(f"/v1/programs/{first}")).json()
    assert (survivor["title"], survivor["seats"], survivor["budget_idr"]) == (
        "Kemasan pangan layak jual",
        50,
        80_000_000,
    )
    assert survivor["ends_on"] == (later + timedelta(days=6)).isoformat()
    assert survivor["regency_codes"] == ["52.02", "52.06"]
    assert survivor["host_organization_ids"] == [str(other.organization_id)]
    kept = {row["segment"]: row["seats"] for row in survivor["reserved_seats"]}
    assert kept == {"women": 15, "youth": 5}
    trail = (await api.as_(opd).get(f"/v1/programs/{first}/merges")).json()["data"]
    told = {(row["what"], row["how"]): row["number"] for row in trail[0]["moved"]}
    assert (trail[0]["from_id"], trail[0]["into_id"]) == (second, first)
    assert told["programs", "budget_idr"] == 30_000_000
    assert (told["training_sessions", "moved"], told["training_sessions", "called_off"]) == (2, 2)


async def test_the_address_of_what_ended_leads_to_the_survivor(api: Api, make: Make) -> None:
    dinas = await make.staff(Role.dinas)
    first = await handed_in(api, make)
    for move in ("approve", "publish"):
        await moved(api, dinas, first, move)
    second = await handed_in(api, make)
    await decided(api, dinas, second, "merge")

    for who in (api, api.as_(dinas)):
        answer = await who.get(f"/v1/programs/{second}")
        assert (answer.status_code, answer.headers["Location"]) == (308, f"/v1/programs/{first}")
    listed = await api.as_(dinas).get("/v1/programs", state="cancelled")
    assert [(row["id"], row["merged_into"]) for row in listed.json()["data"]] == [(second, first)]
    assert (await moved(api, dinas, second, "submit")).status_code == 308


async def test_who_has_a_seat_in_both_keeps_one_and_who_waits_keeps_waiting(
    api: Api, make: Make, sessions: async_sessionmaker[AsyncSession], settings: Settings
) -> None:
    dinas = await make.staff(Role.dinas)
    first, second = [await published(make, seats=4) for _ in range(2)]
    in_both, only_second, waits, waits_and_sits = [await make.person() for _ in range(4)]
    await make.enrolment(first, in_both)
    for person in (in_both, only_second):
        await make.enrolment(second, person)
    await make.enrolment(first, waits_and_sits)
    await make.add(entry(second, waits), entry(first, waits), entry(second, waits_and_sits))

    overlap_id = await noted(sessions, second, first)
    answer = await api.as_(dinas).post(
        f"/v1/programs/{second.id}/overlaps/{overlap_id}/resolution",
        kind="merge",
        reason="Satu program.",
        keep=str(first.id),
        seats=3,
    )

    assert answer.status_code == 200, answer.text
    async with sessions() as db:
        seats = (await db.scalars(select(Enrolment).where(Enrolment.program_id == first.id))).all()
        entries = (await db.scalars(select(WaitingEntry).where(WaitingEntry.program_id == first.id))).all()
        survivor, ended = await db.get(Program, first.id), await db.get(Program, second.id)
    assert survivor is not None
    assert ended is not None
    assert sorted((seat.person_id, seat.state) for seat in seats) == sorted(
        [
            (in_both.id, EnrolmentState.enrolled),
            (in_both.id, EnrolmentState.withdrawn),
            (only_second.id, EnrolmentState.enrolled),
            (waits_and_sits.id, EnrolmentState.enrolled),
        ]
    )
    assert (survivor.seats, survivor.seats_taken, survivor.general_taken, ended.seats_taken) == (3, 3, 3, 0)
    assert sorted((one.person_id, one.state) for one in entries) == sorted(
        [
            (waits.id, WaitingState.waiting),
            (waits.id, WaitingState.left),
            (waits_and_sits.id, WaitingState.left),
        ]
    )

    await work_off(settings)
    async with sessions() as db:
        told = (await db.scalars(select(Message.recipient_id).where(Message.template == "program_merged"))).all()
        events = (await db.scalars(select(Event.name).where(Event.name == "program.merged"))).all()
    assert set(told) == {only_second.id, waits.id}
    assert len(events) == 1


async def test_what_was_attended_scored_and_achieved_from_a_seat_given_back_counts_for_the_one_that_is_kept(
    api: Api, make: Make, sessions: async_sessionmaker[AsyncSession], settings: Settings
) -> None:
    dinas, person, now = await make.staff(Role.dinas), await make.person(), clock.now()
    first, second = [await published(make, seats=4) for _ in range(2)]
    kept, gone = await make.enrolment(first, person), await make.enrolment(second, person)
    held = session(str(second.id), clock.today())
    await make.add(held)
    noted_by = {"recorded_at": now, "how": "organizer", "recorded_by": dinas.id}
    await make.add(Attendance(session_id=held.id, enrolment_id=gone.id, came=True, at=now, **noted_by))
    await make.add(Score(enrolment_id=gone.id, test="pre", score=70, noted_at=now, noted_by=dinas.id))
    branding, packaging = await make.outcome(gone, Dimension.branding), await make.outcome(gone, Dimension.packaging)
    await make.outcome(kept, Dimension.packaging)

    overlap_id = await noted(sessions, second, first)
    body: dict[str, Any] = {"kind": "merge", "reason": "Satu program.", "keep": str(first.id)}
    answer = await api.as_(dinas).post(f"/v1/programs/{second.id}/overlaps/{overlap_id}/resolution", **body)
    await work_off(settings)

    assert answer.status_code == 200, answer.text
    async with sessions() as db:
        attended = (await db.scalars(select(Attendance.enrolment_id))).all()
        scored = (await db.scalars(select(Score.enrolment_id))).all()
        achieved = dict((await db.execute(select(Outcome.id, Outcome.enrolment_id))).all())
    assert (attended, scored) == ([kept.id], [kept.id])
    assert (achieved[branding.id], achieved[packaging.id]) == (kept.id, gone.id)


async def test_a_quota_below_the_seats_that_are_taken_is_refused_with_what_would_do(
    api: Api, make: Make, sessions: async_sessionmaker[AsyncSession]
) -> None:
    dinas = await make.staff(Role.dinas)
    first, second = [await published(make, seats=4) for _ in range(2)]
    for program in (first, second):
        await make.enrolment(program)
        await make.add(ReservedSeats(program_id=program.id, segment=Segment.youth, seats=1))
    overlap_id = await noted(sessions, second, first)
    address = f"/v1/programs/{second.id}/overlaps/{overlap_id}/resolution"

    answer = await api.as_(dinas).post(
        address, headers={"Accept-Language": "en"}, kind="merge", reason="Satu.", seats=3
    )

    assert (answer.status_code, answer.json()["errors"][0]["message"]) == (422, "At least 4 seats")
    async with sessions() as db:
        assert (await db.get(Program, second.id)).merged_into is None  # type: ignore[union-attr]


async def test_what_is_further_survives_and_what_is_over_does_not_merge(
    api: Api, make: Make, sessions: async_sessionmaker[AsyncSession]
) -> None:
    dinas = await make.staff(Role.dinas)
    first = await published(make)
    second, third = await handed_in(api, make), await handed_in(api, make, title="Kemasan pangan")
    over = await published(make, state=ProgramState.completed)
    address = f"/v1/programs/{second}/overlaps/{await noted(sessions, second, first)}/resolution"
    given: dict[str, Any] = {"kind": "merge", "reason": "Satu program."}

    behind = await api.as_(dinas).post(address, keep=second, **given)
    stranger = await api.as_(dinas).post(address, keep=third, **given)
    address = f"/v1/programs/{third}/overlaps/{await noted(sessions, third, over)}/resolution"
    ended = await api.as_(dinas).post(address, **given)

    assert (behind.status_code, behind.json()["errors"][0]["code"]) == (422, "other_is_further")
    assert (stranger.status_code, stranger.json()["errors"][0]["code"]) == (422, "not_of_the_two")
    assert (ended.status_code, ended.json()["code"]) == (409, "programs_not_mergeable")


async def published(make: Make, **given: Any) -> Program:
    """The same course, open for enrolment."""
    first = clock.today() + timedelta(days=30)
    values: dict[str, Any] = {
        "title": "Kemasan pangan layak jual",
        "topics": ["product.packaging.labelling"],
        "regency_codes": ["52.02"],
        "starts_on": first,
        "ends_on": first + timedelta(days=4),
    }
    return await make.program(**values | given)


async def noted(sessions: async_sessionmaker[AsyncSession], program: Program | str, other: Program) -> UUID:
    """The finding about two programmes, noted if it was not."""
    from plut_api.programs.overlaps.findings import compare
    from plut_api.programs.overlaps.models import Overlap

    program_id = UUID(program) if isinstance(program, str) else program.id
    async with sessions() as db, db.begin():
        row = await db.get_one(Program, program_id)
        await compare(db, row, takes_over=True)
        pair = select(Overlap.id).where(Overlap.program_id == program_id, Overlap.other_id == other.id)
        found: UUID = (await db.scalars(pair)).one()
    return found


def session(program_id: str, held_on: Any) -> TrainingSession:
    """A session in the morning."""
    return TrainingSession(program_id=UUID(program_id), held_on=held_on, shift=Shift.morning, title="Label")


def entry(program: Program, person: Any) -> WaitingEntry:
    """Somebody waits for a seat."""
    return WaitingEntry(program_id=program.id, person_id=person.id, asked_by=new_id(), created_at=clock.now())
