"""The address of a programme that ended in another leads there, for whoever may read the other: anybody, if it is
public.
"""

from uuid import UUID

from sqlalchemy import Uuid, bindparam, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.kit.caller import Caller
from plut_api.kit.survivors import Survivors, survivors_of
from plut_api.programs.access import programs_visible_to
from plut_api.programs.models import Program

_LAST = text(
    """
    WITH RECURSIVE chain AS (
        SELECT merged_into, 1 AS step FROM programs WHERE id = :id AND merged_into IS NOT NULL
        UNION ALL
        SELECT p.merged_into, c.step + 1 FROM chain c JOIN programs p ON p.id = c.merged_into
        WHERE p.merged_into IS NOT NULL
    )
    SELECT merged_into FROM chain ORDER BY step DESC LIMIT 1
    """
).bindparams(bindparam("id", type_=Uuid))


async def last_survivor(db: AsyncSession, old_id: UUID) -> UUID | None:
    """The programme in which a merged one goes on, at the end of the chain; None if it was not merged."""
    found: UUID | None = await db.scalar(_LAST, {"id": old_id})
    return found


async def may_read(db: AsyncSession, caller: Caller | None, program_id: UUID) -> bool:
    """Whether a caller, or anybody, may read a programme."""
    query = select(Program.id).where(Program.id == program_id, programs_visible_to(caller))
    return await db.scalar(query) is not None


survivors_of("program_id", Survivors(last_survivor, may_read, public=True))
