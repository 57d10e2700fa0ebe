"""Which waiting entries a caller reaches. Applied in the query, so unknown and not-yours look alike."""

from uuid import UUID

from sqlalchemy import ColumnElement, false, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors.access import assigned_to
from plut_api.actors.minors import acted_for_by
from plut_api.kit.caller import Caller, Role
from plut_api.programs.access import hosts
from plut_api.programs.models import Program
from plut_api.programs.waiting.models import WaitingEntry
from plut_api.programs.waiting.problems import WaitingEntryNotFound


def waiting_visible_to(caller: Caller) -> ColumnElement[bool]:
    """The condition on `waiting_entries`: a person's own and those of minors in their care, of people assigned to a
    consultant, in programmes that an OPD runs or co-hosts. The Dinas reaches all.
    """
    if caller.role is Role.dinas:
        return true()
    if caller.role is Role.consultant:
        return assigned_to(caller.id, WaitingEntry.person_id)
    if caller.is_person:
        return WaitingEntry.person_id.in_(acted_for_by(caller.id))
    if caller.role is Role.opd:
        return WaitingEntry.program_id.in_(select(Program.id).where(hosts(caller.organization_id)))
    return false()


async def require_entry(db: AsyncSession, caller: Caller, entry_id: UUID, *, for_update: bool = False) -> WaitingEntry:
    """A waiting entry within the caller's rows. Raises WaitingEntryNotFound."""
    query = select(WaitingEntry).where(WaitingEntry.id == entry_id, waiting_visible_to(caller))
    query = query.execution_options(populate_existing=True)
    entry = await db.scalar(query.with_for_update(key_share=True) if for_update else query)
    if entry is None:
        raise WaitingEntryNotFound()
    return entry
