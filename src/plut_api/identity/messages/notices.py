"""What the worker tells staff about messages themselves."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.identity.models import Account
from plut_api.kit import messages
from plut_api.kit.caller import Kind, Role
from plut_api.kit.messages.spending import CAP_REACHED, RESERVE_REACHED
from plut_api.kit.outbox import Event, on


@on(CAP_REACHED, RESERVE_REACHED)
async def tell_the_dinas(db: AsyncSession, event: Event) -> None:
    """Tell the Dinas that a day's money for messages, or the reserve for codes and decisions, is spent."""
    staff = await db.scalars(
        select(Account.id).where(Account.kind == Kind.staff, Account.role == Role.dinas, Account.is_active)
    )
    facts = {"day": date.fromisoformat(event.facts["day"]), "cap_idr": event.facts["cap_idr"]}
    template = "spending_cap" if event.name == CAP_REACHED else "spending_reserve"
    letters = [messages.Letter(account_id, facts, str(event.id)) for account_id in staff]
    await messages.send_all(db, template=template, letters=letters)
