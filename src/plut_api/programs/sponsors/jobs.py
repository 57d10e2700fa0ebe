"""What the worker tells partners about their commitments, by the clock."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.identity.models import Account
from plut_api.kit import clock, messages
from plut_api.kit.caller import Kind
from plut_api.kit.database import unit_of_work
from plut_api.kit.jobs import jobs, runtime
from plut_api.organizations.agreements.models import Agreement, AgreementState, Commitment
from plut_api.programs.sponsors.progress import BEHIND, progress
from plut_api.reference.rules import rule_value, rule_values

REMINDER = "agreements.reminder_days"


@jobs.periodic(cron="10 1 * * *")  # Soon after nine in the morning in WITA.
@jobs.task(name="programs.remind_of_commitments", queueing_lock="programs.remind_of_commitments")
async def remind_of_commitments(timestamp: int) -> None:
    """Remind partners of commitments that fall due within the dated number of days and are not kept, once each."""
    async with unit_of_work(runtime().sessions) as db:
        await remind(db)


async def remind(db: AsyncSession) -> int:
    """Write the reminders; how many. One that was written for the same day is not written again."""
    rows = await _due(db)
    staff = await _staff_of(db, {row.organization_id for row in rows})
    letters = [
        messages.Letter(account_id, _facts(row), f"{row.id} {row.due_on}")
        for row in rows
        for account_id in staff[row.organization_id]
    ]
    return await messages.send_all(db, template="commitment_due", letters=letters)


def _facts(row: Any) -> dict[str, Any]:
    return {"kind": row.kind.value, "number": row.number, "due_on": row.due_on}


async def _due(db: AsyncSession) -> Sequence[Any]:
    """Commitments of active agreements that are soon due, unless they are known to be kept."""
    today = clock.today()
    last_day = today + timedelta(days=await rule_value(db, REMINDER))
    query = progress(today, (await rule_values(db, "agreements."))[BEHIND]).add_columns(Agreement.number)
    reached = query.selected_columns.achieved_percent
    wanted = query.where(
        Agreement.state == AgreementState.active,
        Commitment.due_on.between(today, last_day),
        (reached.is_(None)) | (reached < 100),
    )
    return (await db.execute(wanted.order_by(Commitment.due_on, Commitment.id))).all()


async def _staff_of(db: AsyncSession, organizations: set[UUID]) -> dict[UUID, list[UUID]]:
    """The accounts of staff who can be told, by organization."""
    found: dict[UUID, list[UUID]] = defaultdict(list)
    query = select(Account.organization_id, Account.id).where(
        Account.organization_id.in_(organizations), Account.kind == Kind.staff, Account.is_active
    )
    for organization_id, account_id in await db.execute(query):
        if organization_id is not None:
            found[organization_id].append(account_id)
    return found
