"""What the worker reminds clients of, by the clock."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors.models import Person
from plut_api.consulting.models import AgreedAction, Consultation
from plut_api.kit import clock, messages
from plut_api.kit.database import unit_of_work
from plut_api.kit.jobs import jobs, runtime
from plut_api.reference.rules import rule_value

BLOCK = 1000
REMINDER = "consulting.reminder_days"


@jobs.periodic(cron="20 1 * * *")  # Soon after nine in the morning in WITA.
@jobs.task(name="consulting.remind_of_actions", queueing_lock="consulting.remind_of_actions")
async def remind_of_actions(timestamp: int) -> None:
    """Remind clients of what was agreed and is not done once its day has passed, once each."""
    async with unit_of_work(runtime().sessions) as db:
        await remind(db)


async def remind(db: AsyncSession) -> int:
    """Write the reminders of actions that became overdue of late; how many. Older ones were reminded of before."""
    today = clock.today()
    oldest = today - timedelta(days=await rule_value(db, REMINDER))
    query = (
        select(AgreedAction.id, AgreedAction.due_on, Consultation.person_id)
        .join(Consultation, Consultation.id == AgreedAction.consultation_id)
        .join(Person, Person.id == Consultation.person_id)
        .where(
            AgreedAction.done_at.is_(None),
            AgreedAction.due_on >= oldest,
            AgreedAction.due_on < today,
            Person.erased_at.is_(None),
        )
    )
    rows = (await db.execute(query.order_by(AgreedAction.id))).all()
    written = 0
    for first in range(0, len(rows), BLOCK):
        letters = [
            messages.Letter(row.person_id, {"due_on": row.due_on}, str(row.id)) for row in rows[first : first + BLOCK]
        ]
        written += await messages.send_all(db, template="agreed_action_due", letters=letters)
    return written
