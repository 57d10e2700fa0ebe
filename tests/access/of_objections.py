"""Objections to results of readiness that the populated world is made of, and those that single calls use up."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from plut_api.financing.objections.models import REASON, Objection
from plut_api.kit import clock
from plut_api.kit.crypto import vault
from plut_api.kit.database import Model
from tests.access.rows import Rows, Side


async def objection(
    world: Rows, side: Side, actor_id: UUID | None = None, cooperative_id: UUID | None = None, **given: Any
) -> Objection:
    """Somebody objects to what a rule found of a business or a cooperative."""
    values = {"rule_code": "U-G03" if actor_id else "C-G01", "due_at": clock.now() + timedelta(hours=72)} | given
    row: Objection = await world.add(
        Objection(
            actor_id=actor_id,
            cooperative_id=cooperative_id,
            rule_set="umkm-v0",
            result="fail",
            reason_sealed=vault().seal(REASON, "NIB sudah terbit."),
            made_by=(side.person if actor_id else side.keeper).account_id,
            **values,
        )
    )
    return row


async def rows_of_objections(world: Rows, side: Side) -> dict[str, Model]:
    """The objections of a side: one of its business, one of its cooperative."""
    return {
        "objection": await objection(world, side, side.actor.id),
        "cooperative_objection": await objection(world, side, cooperative_id=side.cooperative.id),
    }
