"""Organizations that run a programme together: invited by its owner, or named by the Dinas."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, case, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.kit import clock, outbox
from plut_api.kit.caller import Caller, Role
from plut_api.kit.database import refusing
from plut_api.kit.ids import new_id
from plut_api.kit.pages import Paging
from plut_api.kit.problems import Invalid, fault
from plut_api.organizations.models import Organization, OrganizationKind
from plut_api.programs.access import require_owner, require_program
from plut_api.programs.models import HostState, Program, ProgramHost
from plut_api.programs.problems import (
    AlreadyHost,
    HostNotFound,
    InvitationAnswered,
    InvitedOnly,
    OrganizerOnly,
    ProgramOver,
)
from plut_api.programs.states import SESSIONS_WELCOME

_RUN_PROGRAMMES = (OrganizationKind.opd, OrganizationKind.dinas)
_CANNOT_HOST = fault(
    "#/organization_id",
    "cannot_host",
    id="Hanya OPD atau Dinas yang aktif dapat ikut menyelenggarakan; cari di /v1/organizations",
    en="Only an active OPD or the Dinas can co-host; look in /v1/organizations",
)
_OWNER_ALREADY = fault(
    "#/organization_id",
    "owner_already",
    id="Organisasi ini sudah pemilik program",
    en="This organization owns the programme already",
)


async def invite_host(db: AsyncSession, caller: Caller, program_id: UUID, organization_id: UUID) -> ProgramHost:
    """Invite an organization to run a programme together; the Dinas names it without asking.

    Raises ProgramNotFound, OrganizerOnly, ProgramOver, AlreadyHost, Invalid (`cannot_host`, `owner_already`). Emits
    program.host_invited or program.host_added.
    """
    program = await _living(db, caller, program_id)
    require_owner(caller, program)
    if organization_id == program.organization_id:
        raise Invalid(errors=[_OWNER_ALREADY])
    query = select(Organization.id).where(Organization.id == organization_id, Organization.is_active)
    if await db.scalar(query.where(Organization.kind.in_(_RUN_PROGRAMMES))) is None:
        raise Invalid(errors=[_CANNOT_HOST])
    host = ProgramHost(id=new_id(), program_id=program.id, organization_id=organization_id, added_by=caller.id)
    if caller.role is Role.dinas:
        host.accepted_at, host.accepted_by = clock.now(), caller.id
    with refusing({"uq_program_hosts_program_id_organization_id": AlreadyHost()}):
        db.add(host)
        await db.flush()
    await db.refresh(host)
    event = "program.host_invited" if host.state is HostState.invited else "program.host_added"
    await _changed(db, caller, program, host, event)
    return host


async def accept_host(db: AsyncSession, caller: Caller, program_id: UUID, organization_id: UUID) -> ProgramHost:
    """Accept an invitation: by the organization that was invited, or by the Dinas for it.

    Raises ProgramNotFound, HostNotFound, InvitedOnly, InvitationAnswered, ProgramOver. Emits program.host_added.
    """
    program = await _living(db, caller, program_id)
    host = await _host(db, caller, program, organization_id)
    if caller.role is not Role.dinas and caller.organization_id != organization_id:
        raise InvitedOnly()
    if host.state is not HostState.invited:
        raise InvitationAnswered()
    host.accepted_at, host.accepted_by = clock.now(), caller.id
    await db.flush()
    await db.refresh(host)
    await _changed(db, caller, program, host, "program.host_added")
    return host


async def remove_host(db: AsyncSession, caller: Caller, program_id: UUID, organization_id: UUID) -> None:
    """End a co-host's part, withdraw an invitation or decline it: by the owner, that organization, or the Dinas.

    Raises ProgramNotFound, HostNotFound, OrganizerOnly, ProgramOver. Emits program.host_removed.
    """
    program = await _living(db, caller, program_id)
    host = await _host(db, caller, program, organization_id)
    if caller.organization_id != organization_id:
        require_owner(caller, program)
    await db.delete(host)
    await db.flush()
    await _changed(db, caller, program, host, "program.host_removed")


async def _living(db: AsyncSession, caller: Caller, program_id: UUID) -> Program:
    """The programme, locked, while it still goes on. Raises ProgramNotFound, OrganizerOnly, ProgramOver."""
    program = await require_program(db, caller, program_id, for_update=True)
    if caller.role not in (Role.dinas, Role.opd):
        raise OrganizerOnly()
    if program.state not in SESSIONS_WELCOME:
        raise ProgramOver()
    return program


def hosts_visible_to(caller: Caller, program: Program) -> ColumnElement[bool]:
    """The condition on `program_hosts`: those that accepted for anyone who sees the programme.

    An open invitation is for those who run the programme, who is invited, and the Dinas.
    """
    runs = caller.organization_id in (program.organization_id, *program.host_organization_ids)
    if caller.role is Role.dinas or (caller.role is Role.opd and runs):
        return true()
    return or_(ProgramHost.accepted_at.is_not(None), ProgramHost.organization_id == caller.organization_id)


async def _host(db: AsyncSession, caller: Caller, program: Program, organization_id: UUID) -> ProgramHost:
    """Raises HostNotFound."""
    query = select(ProgramHost).where(
        ProgramHost.program_id == program.id,
        ProgramHost.organization_id == organization_id,
        hosts_visible_to(caller, program),
    )
    host = await db.scalar(query.execution_options(populate_existing=True))
    if host is None:
        raise HostNotFound()
    return host


async def _changed(db: AsyncSession, caller: Caller, program: Program, host: ProgramHost, event: str) -> None:
    """A programme shows its hosts, so its version moves with them."""
    program.version += 1
    await db.flush()
    facts = {"program_id": program.id, "organization_id": host.organization_id}
    await outbox.record(db, event, program.id, by=caller, **facts)


def _shown() -> Select[Any]:
    """Co-hosts with the names of their organizations, as flat rows."""
    query = select(
        *(getattr(ProgramHost, name) for name in ("id", "program_id", "organization_id", "accepted_at", "created_at")),
        case((ProgramHost.accepted_at.is_(None), HostState.invited), else_=HostState.accepted).label("state"),
        Organization.name.label("organization_name"),
    )
    return query.join(Organization, Organization.id == ProgramHost.organization_id)


async def one_host(db: AsyncSession, host: ProgramHost) -> Row[Any]:
    """A co-host as a list shows it."""
    row: Row[Any] = (await db.execute(_shown().where(ProgramHost.id == host.id))).one()
    return row


async def page_of_hosts(db: AsyncSession, paging: Paging, caller: Caller, program_id: UUID) -> dict[str, Any]:
    """The co-hosts of a programme that a caller may know of. Raises ProgramNotFound, InvalidCursor."""
    program = await require_program(db, caller, program_id)
    query = _shown().where(ProgramHost.program_id == program.id, hosts_visible_to(caller, program))
    return await paging.fetch(db, query, ProgramHost.id)
