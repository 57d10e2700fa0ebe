"""How many people can take part: seats, and those of them that are kept for segments."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.kit import outbox
from plut_api.kit.caller import Caller
from plut_api.kit.i18n import Text
from plut_api.kit.problems import Fault, Invalid, fault
from plut_api.programs.access import require_hand, require_program
from plut_api.programs.models import Program, ReservedSeats, Segment
from plut_api.programs.problems import ProgramNotChangeable, QuotaBelowEnrolments
from plut_api.programs.schemas.details import QuotaChange, ReservedSeatsGiven
from plut_api.programs.states import CHANGEABLE, QUOTA_OPEN

_OVER_QUOTA = fault(
    "#/reserved_seats",
    "reserved_over_quota",
    id="Jumlah kursi khusus melebihi jumlah kursi program",
    en="More seats are reserved than the programme has",
)
_LEAST = Text(
    id="Sudah ada yang memegang atau dijanjikan kursi: paling sedikit {least} kursi",
    en="Seats are taken or promised already: it takes at least {least} seats",
)


def reserved_faults(seats: int, reserved: Sequence[ReservedSeatsGiven]) -> list[Fault]:
    """What is wrong with reserved seats: a segment named twice, or more seats than there are."""
    named = [row.segment for row in reserved]
    faults = [_twice(at) for at, segment in enumerate(named) if segment in named[:at]]
    return faults + ([_OVER_QUOTA] if sum(row.seats for row in reserved) > seats else [])


def _twice(at: int) -> Fault:
    return fault(
        f"#/reserved_seats/{at}/segment",
        "segment_named_twice",
        id="Segmen ini sudah disebut; gabungkan kursinya",
        en="This segment is named already; add its seats there",
    )


async def change_quota(db: AsyncSession, caller: Caller, program_id: UUID, given: QuotaChange) -> Program:
    """Raise or lower the seats of a programme; until it ends its organizer may, and the Dinas.

    While the Dinas reviews a proposal only the Dinas may. Raises ProgramNotFound, OrganizerOnly, ProgramNotChangeable,
    QuotaBelowEnrolments, Invalid (`reserved_over_quota`, `segment_named_twice`). Emits program.quota_changed.
    """
    program = await require_program(db, caller, program_id, for_update=True)
    hand = require_hand(caller, program)
    if program.state not in CHANGEABLE[hand] | QUOTA_OPEN:
        raise ProgramNotChangeable()
    former = program.seats
    await set_quota(db, program, given.seats, given.reserved_seats)
    program.version += 1
    await db.flush()
    await db.refresh(program)
    facts = {"program_id": program.id, "organization_id": program.organization_id}
    await outbox.record(
        db, "program.quota_changed", program.id, by=caller, **facts, seats=program.seats, former_seats=former
    )
    return program


async def set_quota(
    db: AsyncSession, program: Program, seats: int, reserved: Sequence[ReservedSeatsGiven] | None
) -> None:
    """Set the seats of a locked programme and those of its segments (None: as before).

    Raises QuotaBelowEnrolments, Invalid (`reserved_over_quota`, `segment_named_twice`).
    """
    query = select(ReservedSeats).where(ReservedSeats.program_id == program.id).order_by(ReservedSeats.id)
    rows = {row.segment: row for row in await db.scalars(query.execution_options(populate_existing=True))}
    if reserved is None:
        reserved = [ReservedSeatsGiven(segment=row.segment, seats=row.seats) for row in rows.values()]
    faults = reserved_faults(seats, reserved)
    if faults:
        raise Invalid(errors=faults)
    wanted = {row.segment: row.seats for row in reserved}
    _require_room(program, seats, wanted, rows)
    program.seats, program.seats_reserved = seats, sum(wanted.values())
    for segment, row in rows.items():
        if segment not in wanted:
            await db.delete(row)
    for segment, count in wanted.items():
        if segment in rows:
            rows[segment].seats = count
        else:
            db.add(ReservedSeats(program_id=program.id, segment=segment, seats=count))


def _require_room(
    program: Program, seats: int, wanted: Mapping[Segment, int], rows: Mapping[Segment, ReservedSeats]
) -> None:
    """Who has a seat keeps it: those taken for a segment within its seats, the others beside all that is reserved."""
    faults = [
        _below_taken(segment, row.seats_taken)
        for segment, row in rows.items()
        if row.seats_taken > wanted.get(segment, 0)
    ]
    taken_by_anyone = program.seats_taken - sum(row.seats_taken for row in rows.values())
    kept = sum(max(wanted.get(segment, 0), row.seats_taken) for segment, row in rows.items())
    kept += sum(count for segment, count in wanted.items() if segment not in rows)
    least = taken_by_anyone + kept
    if faults or seats < least:
        raise QuotaBelowEnrolments(detail=_LEAST.filled(least=least), errors=faults, extra={"least_seats": least})


def _below_taken(segment: Segment, taken: int) -> Fault:
    return fault(
        "#/reserved_seats",
        "reserved_below_taken",
        id=f"Kursi untuk {segment.value} sudah dipakai {taken}; tidak dapat kurang dari itu",
        en=f"{taken} of the seats for {segment.value} are taken; there cannot be fewer",
    )
