"""What happens to objections, as events: ids and codes, no words."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.financing.objections.models import Objection
from plut_api.kit import outbox
from plut_api.kit.caller import Caller


async def tell(db: AsyncSession, event: str, objection: Objection, caller: Caller | None) -> None:
    """Note an event about an objection."""
    await outbox.record(db, event, objection.id, by=caller, **facts_of(objection))


def facts_of(objection: Objection) -> dict[str, Any]:
    """Whose it is and which rule it is about."""
    facts = {"actor_id": objection.actor_id, "cooperative_id": objection.cooperative_id, "rule": objection.rule_code}
    return {name: value for name, value in facts.items() if value is not None}
