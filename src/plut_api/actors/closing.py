"""What higher rooms have to do with a business that pauses, closes or trades again; this room knows none of them.

A hook runs in the transaction of the change, after it is written and while the business is locked: it ends what cannot
go on, or names what stands in the way, which undoes the change.
"""

from collections.abc import Awaitable, Callable

from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors.models import Actor
from plut_api.kit.caller import Caller
from plut_api.kit.privacy import Obstacle

StatusHook = Callable[[AsyncSession, Caller, Actor], Awaitable[list[Obstacle]]]
_HOOKS: list[StatusHook] = []


def on_status(hook: StatusHook) -> StatusHook:
    """Register what a room does when the status of a business has changed."""
    _HOOKS.append(hook)
    return hook


async def follow_status(db: AsyncSession, caller: Caller, actor: Actor) -> list[Obstacle]:
    """Run every room's hook; all that stands in the way."""
    return [found for hook in _HOOKS for found in await hook(db, caller, actor)]
