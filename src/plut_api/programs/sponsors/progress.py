"""What became of commitments, computed from programmes by one statement; nothing of it is ever typed in.

- Seats: who sits in a sponsored programme that is open, running or over counts for its sponsors in the order in which
  they came, each up to the seats that it pays for. So nobody counts twice, and no more than there are people.
- Rupiah: what was promised to programmes that are open or running, and as paid out what went to completed ones.
- Offtake: not known, since no deliveries are recorded.

A commitment is behind when the share of its time that has passed is more than the share that was achieved, by at least
the rule value `agreements.behind_percent`. Its time runs from the first day of the agreement to the day it is due.

People are counted in the view `program_seats`, which names nobody: behind a wall enrolments of others are not seen.
"""

from datetime import date
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Date,
    Integer,
    Numeric,
    Select,
    Subquery,
    Uuid,
    and_,
    case,
    cast,
    column,
    func,
    lateral,
    literal,
    null,
    select,
    table,
    true,
)
from sqlalchemy import Text as TextType

from plut_api.organizations.agreements.models import Agreement, AgreementState, Commitment, CommitmentKind
from plut_api.programs.models import Program, ProgramState
from plut_api.programs.sponsors.models import ProgramSponsor

BEHIND = "agreements.behind_percent"
_SEATS = table("program_seats", column("program_id", Uuid), column("state", TextType))
_HELD = (ProgramState.published, ProgramState.running, ProgramState.completed)
_COMING = (ProgramState.published, ProgramState.running)


def _shares() -> Subquery:
    """Every sponsor with the people who count for it: who sits there, and who completed the programme."""
    row = ProgramSponsor
    earlier = func.sum(row.seats).over(partition_by=row.program_id, order_by=row.id, rows=(None, -1))
    placed = select(row.program_id, row.commitment_id, row.seats, row.amount_idr, earlier.label("earlier")).subquery()
    completed = func.count().filter(_SEATS.c.state == "completed")
    people = lateral(
        select(func.count().label("enrolled"), completed.label("completed")).where(
            _SEATS.c.program_id == placed.c.program_id, placed.c.seats.is_not(None)
        )
    )
    before = func.coalesce(placed.c.earlier, 0)
    return (
        select(
            placed.c.commitment_id,
            Program.state,
            func.coalesce(placed.c.seats, placed.c.amount_idr).label("share"),
            placed.c.seats,
            func.greatest(0, func.least(placed.c.seats, people.c.enrolled - before)).label("enrolled"),
            func.greatest(0, func.least(placed.c.seats, people.c.completed - before)).label("completed"),
        )
        .join_from(placed, Program, Program.id == placed.c.program_id)
        .join(people, true())
        .subquery("shares")
    )


def _sums() -> Subquery:
    """What became of each commitment that sponsors programmes."""
    share = _shares()
    held, coming = share.c.state.in_(_HELD), share.c.state.in_(_COMING)
    paid = share.c.state == ProgramState.completed
    return (
        select(
            share.c.commitment_id,
            func.sum(share.c.share).filter(share.c.state != ProgramState.cancelled).label("planned"),
            func.sum(share.c.share).filter(coming).label("promised"),
            func.sum(share.c.enrolled).filter(held).label("enrolled"),
            func.sum(share.c.completed).filter(held).label("completed"),
            func.sum(share.c.share).filter(paid).label("paid_out"),
        )
        .group_by(share.c.commitment_id)
        .subquery("sums")
    )


def progress(today: date, behind_percent: int) -> Select[Any]:
    """Commitments with what became of them, as flat rows; the conditions on rows are the asker's to add.

    Leans on ix_program_sponsors_commitment_id and ix_enrolments_program_id.
    """
    sums, row = _sums(), Commitment
    target = func.coalesce(row.seats, row.amount_idr, row.quantity)
    seats, known = row.kind == CommitmentKind.seats, row.kind != CommitmentKind.offtake

    def number(value: Any) -> Any:
        return case((known, cast(func.coalesce(value, 0), BigInteger)), else_=cast(null(), BigInteger))

    achieved = number(case((seats, sums.c.enrolled), else_=sums.c.paid_out))
    percent = cast(func.least(100, func.floor(cast(achieved, Numeric) * 100 / target)), Integer)
    share = case((known, percent), else_=cast(null(), Integer))  # LEAST and GREATEST pass over nulls.
    elapsed = _elapsed_percent(today)
    late = and_(Agreement.state == AgreementState.active, elapsed - share > behind_percent)
    return (
        select(
            *(getattr(row, name) for name in _COLUMNS),
            Agreement.organization_id,
            cast(target, BigInteger).label("target"),
            number(sums.c.planned).label("planned"),
            number(sums.c.promised).label("promised"),
            achieved.label("achieved"),
            case((seats, number(sums.c.completed))).label("completed"),
            case((known, func.greatest(0, cast(target, BigInteger) - number(sums.c.planned)))).label("left"),
            elapsed.label("elapsed_percent"),
            share.label("achieved_percent"),
            case((known, late), else_=cast(null(), Boolean)).label("is_behind"),
        )
        .join_from(row, Agreement, Agreement.id == row.agreement_id)
        .outerjoin(sums, sums.c.commitment_id == row.id)
    )


def _elapsed_percent(today: date) -> Any:
    """The share of a commitment's time that has passed, 0 to 100; before its agreement holds nothing has."""
    days = func.greatest(1, Commitment.due_on - Agreement.starts_on)
    passed = cast(literal(today, Date) - Agreement.starts_on, Integer)
    share = cast(func.greatest(0, func.least(100, cast(passed, BigInteger) * 100 / cast(days, BigInteger))), Integer)
    over = literal(today, Date) >= Commitment.due_on
    return case((Agreement.state == AgreementState.draft, 0), (over, 100), else_=share)


_COLUMNS = ("id", "agreement_id", "kind", "seats", "amount_idr", "quantity", "unit", "product", "due_on", "note")
