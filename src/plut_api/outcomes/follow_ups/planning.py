"""Asking: which follow-ups fall due, who is reminded, and which are missed. Each step is one statement a block.

A follow-up is asked from its day on, or later where nobody could ask in time, up to `follow_up.late_days` after it;
what is older than that is never asked, and stays unknown.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Self
from uuid import UUID

from sqlalchemy import Date, Integer, String, Uuid, bindparam, select, text, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors.models import Person
from plut_api.kit import audit, clock, messages
from plut_api.kit.ids import new_ids
from plut_api.outcomes.follow_ups.models import FollowUp, FollowUpState
from plut_api.outcomes.follow_ups.questions import IN_FORCE
from plut_api.programs.models import Enrolment, EnrolmentState, Program
from plut_api.reference.rules import rule_values

BLOCK = 1000
"""Follow-ups that one transaction opens, reminds of, or closes."""
FIRST, AGAIN = "follow_up_due", "follow_up_again"
"""The templates of the first reminder, and of those after it."""

# The months of each number, and no wider a stretch of enrolments than could fall due, by the index; the exact day is
# that of the calendar, so that three months after 30 November is the last day of February.
_OPEN = text(
    """
    WITH planned AS (
        SELECT * FROM unnest(CAST(:numbers AS int[]), CAST(:months AS int[])) AS p (number, months)
    ), due AS (
        SELECT e.id AS enrolment_id, p.number, p.months,
            CAST(CAST(e.completed_at AT TIME ZONE 'Asia/Makassar' AS date) + make_interval(months => p.months) AS date)
                AS due_on
        FROM planned p JOIN enrolments e ON e.state = 'completed'
            AND e.completed_at < CAST(:today AS date) + 5 - make_interval(months => p.months)
            AND e.completed_at >= CAST(:earliest AS date) - 5 - make_interval(months => p.months)
        JOIN people ON people.id = e.person_id AND people.erased_at IS NULL AND people.merged_into IS NULL
        WHERE NOT EXISTS (SELECT FROM follow_ups f WHERE f.enrolment_id = e.id AND f.number = p.number)
    ), block AS (
        SELECT *, row_number() OVER (ORDER BY due_on, enrolment_id) AS place FROM due
        WHERE due_on BETWEEN :earliest AND :today ORDER BY due_on, enrolment_id LIMIT :most
    )
    INSERT INTO follow_ups (id, enrolment_id, number, months, state, questions_version, due_on, asked_on, call_from,
        closes_on, reminders, next_reminder_on, created_at, updated_at, version)
    SELECT fresh.id, enrolment_id, number, months, 'open', :questions, due_on, :today, :call_from, :closes_on, 0,
        :remind_on, now(), now(), 1
    FROM block JOIN unnest(CAST(:ids AS uuid[])) WITH ORDINALITY AS fresh (id, place) USING (place)
    ON CONFLICT DO NOTHING
    RETURNING id, (SELECT e.person_id FROM enrolments e WHERE e.id = follow_ups.enrolment_id) AS person_id
    """
).bindparams(
    *(bindparam(name, type_=ARRAY(Integer)) for name in ("numbers", "months")),
    *(bindparam(name, type_=Date) for name in ("today", "earliest", "call_from", "closes_on", "remind_on")),
    bindparam("ids", type_=ARRAY(Uuid)),
    bindparam("questions", type_=String),
    bindparam("most", type_=Integer),
)


@dataclass(frozen=True)
class Terms:
    """The dated rule values of follow-ups: months after completion, days of reminders and of the other terms."""

    months: Sequence[int]
    reminder_days: Sequence[int]
    call_days: int
    answer_days: int
    late_days: int

    @classmethod
    async def of_today(cls, db: AsyncSession) -> Self:
        """Those in force. Raises LookupError: without its terms nobody is asked."""
        found = await rule_values(db, "follow_up.")
        return cls(
            months=_numbered(found, "follow_up.months."),
            reminder_days=_numbered(found, "follow_up.reminder_days."),
            call_days=found["follow_up.call_days"],
            answer_days=found["follow_up.answer_days"],
            late_days=found["follow_up.late_days"],
        )

    def reminder_after(self, sent: int, today: date) -> date | None:
        """The day of the next reminder once so many were sent, the last of them today; None after the last.

        The pause between two stays as it is meant also where the first of them was late.
        """
        if sent >= len(self.reminder_days):
            return None
        return today + timedelta(days=self.reminder_days[sent] - self.reminder_days[sent - 1])


def _numbered(found: dict[str, int], prefix: str) -> list[int]:
    values = {int(code.removeprefix(prefix)): value for code, value in found.items() if code.startswith(prefix)}
    if not values:
        raise LookupError(f"no rule value {prefix!r} holds today")
    return [value for _, value in sorted(values.items())]


async def open_some(db: AsyncSession) -> int:
    """Open a block of follow-ups that have fallen due; how many there were. Repeating it opens none twice.

    Leans on ix_enrolments_completed_at and uq_follow_ups_enrolment_id_number.
    """
    terms, today = await Terms.of_today(db), clock.today()
    given = {
        "numbers": list(range(1, len(terms.months) + 1)),
        "months": list(terms.months),
        "today": today,
        "earliest": today - timedelta(days=terms.late_days),
        "ids": new_ids(BLOCK),
        "questions": IN_FORCE,
        "call_from": today + timedelta(days=terms.call_days),
        "closes_on": today + timedelta(days=terms.answer_days),
        "remind_on": today + timedelta(days=terms.reminder_days[0]),
        "most": BLOCK,
    }
    opened = (await db.execute(_OPEN, given)).all()
    about = [row.person_id for row in opened]
    audit.record(db, audit.Action.created, "follow_ups", [row.id for row in opened], about=about)
    return len(opened)


async def remind_some(db: AsyncSession) -> int:
    """Remind a block of participants whose day it is; how many there were. Nobody gets two reminders of a follow-up
    in one run. Leans on ix_follow_ups_reminders.
    """
    terms, today = await Terms.of_today(db), clock.today()
    rows = await _to_remind(db, today)
    for template, some in (
        (FIRST, [row for row in rows if row.reminders == 0]),
        (AGAIN, [row for row in rows if row.reminders > 0]),
    ):
        letters = [
            messages.Letter(
                row.person_id,
                {"program": row.title, "months": row.months, "closes_on": row.closes_on},
                f"{row.id}:{row.reminders + 1}",
            )
            for row in some
        ]
        await messages.send_all(db, template=template, letters=letters, kind=messages.Kind.reminder)
    await _note_reminded(db, terms, rows, today)
    return len(rows)


async def miss_some(db: AsyncSession) -> int:
    """Close a block of follow-ups whose last day has passed without an answer; how many there were.

    Leans on ix_follow_ups_open.
    """
    over = (
        select(FollowUp.id)
        .where(FollowUp.state == FollowUpState.open, FollowUp.closes_on < clock.today())
        .order_by(FollowUp.closes_on, FollowUp.id)
        .limit(BLOCK)
        .with_for_update(skip_locked=True)
    )
    missed = (
        update(FollowUp)
        .where(FollowUp.id.in_(over))
        .values(state=FollowUpState.missed, next_reminder_on=None, version=FollowUp.version + 1)
    )
    ids = (await db.scalars(missed.returning(FollowUp.id).execution_options(synchronize_session=False))).all()
    audit.record(db, audit.Action.changed, "follow_ups", ids, after={"state": FollowUpState.missed.value})
    return len(ids)


async def _to_remind(db: AsyncSession, today: date) -> Sequence[Any]:
    query = (
        select(FollowUp.id, FollowUp.reminders, FollowUp.months, FollowUp.closes_on, Enrolment.person_id, Program.title)
        .join(Enrolment, Enrolment.id == FollowUp.enrolment_id)
        .join(Program, Program.id == Enrolment.program_id)
        .join(Person, Person.id == Enrolment.person_id)
        .where(
            FollowUp.state == FollowUpState.open,
            FollowUp.next_reminder_on <= today,
            FollowUp.closes_on >= today,
            Enrolment.state == EnrolmentState.completed,
            Person.erased_at.is_(None),
            Person.merged_into.is_(None),
        )
        .order_by(FollowUp.next_reminder_on, FollowUp.id)
        .limit(BLOCK)
        .with_for_update(of=FollowUp, skip_locked=True)
    )
    return (await db.execute(query)).all()


async def _note_reminded(db: AsyncSession, terms: Terms, rows: Sequence[Any], today: date) -> None:
    """Count the reminders and set the day of the next, by one statement."""
    ids: list[UUID] = [row.id for row in rows]
    if not ids:
        return
    statement = text(
        """
        UPDATE follow_ups f SET reminders = f.reminders + 1, next_reminder_on = d.next_on
        FROM unnest(CAST(:ids AS uuid[]), CAST(:days AS date[])) AS d (id, next_on) WHERE f.id = d.id
        """
    ).bindparams(bindparam("ids", type_=ARRAY(Uuid)), bindparam("days", type_=ARRAY(Date)))
    days = [terms.reminder_after(row.reminders + 1, today) for row in rows]
    await db.execute(statement, {"ids": ids, "days": days})
    audit.record(
        db, audit.Action.changed, "follow_ups", ids, about=[row.person_id for row in rows], after={"reminded": True}
    )
