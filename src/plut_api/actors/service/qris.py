"""The QRIS id of a business: printed on its counter, entered by whoever acts for it, verified by scanning.

Documents of issuers disagree on its length, so a scan by PLUT's staff decides whether it is the right one.
"""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors.access import require_actor, require_staff
from plut_api.actors.business_problems import QrisDiffers, QrisMissing
from plut_api.actors.models import Actor
from plut_api.kit import clock, outbox
from plut_api.kit.caller import Caller


def set_qris(actor: Actor, nmid: str | None) -> None:
    """Enter a QRIS id; another one than before is unverified."""
    if nmid != actor.qris_nmid:
        actor.qris_nmid = nmid
        actor.qris_verified_at = actor.qris_verified_by = None


async def verify_qris(db: AsyncSession, caller: Caller, actor_id: UUID, scanned: str) -> Actor:
    """Note that staff scanned the code on the counter, and that it is the one on file.

    Raises StaffOnly, ActorNotFound, QrisMissing, QrisDiffers. Emits actor.changed.
    """
    require_staff(caller)
    actor = await require_actor(db, caller, actor_id, for_update=True)
    if actor.qris_nmid is None:
        raise QrisMissing()
    if actor.qris_nmid != scanned:
        raise QrisDiffers()
    actor.qris_verified_at, actor.qris_verified_by = clock.now(), caller.id
    actor.version += 1
    await db.flush()
    await db.refresh(actor)
    await outbox.record(db, "actor.changed", actor.id, by=caller, actor_id=actor.id)
    return actor
