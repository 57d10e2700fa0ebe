"""What may happen to organizations. Scopes are the router's to check; only the Dinas holds the one for changes."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.kit import outbox
from plut_api.kit.caller import Caller
from plut_api.kit.database import refusing
from plut_api.kit.etags import require_match
from plut_api.kit.ids import new_id
from plut_api.kit.problems import Invalid, fault
from plut_api.kit.search import Ordered, alike, distance
from plut_api.organizations.models import Organization, OrganizationKind
from plut_api.organizations.problems import OrganizationCodeTaken, OrganizationNotFound
from plut_api.organizations.schemas import OrganizationCreate

_NOT_A_BANK = fault(
    "#/is_sharia", "only_banks_are_sharia", id="Hanya bank yang dapat bersifat syariah", en="Only a bank can be sharia"
)


def organizations(*, kinds: Sequence[OrganizationKind] | None, text: str | None, include_inactive: bool) -> Ordered:
    """Organizations by code, or the likest names first."""
    query = select(Organization)
    if kinds:
        query = query.where(Organization.kind.in_(kinds))
    if not include_inactive:
        query = query.where(Organization.is_active)
    if text is None:
        return Ordered(query, (Organization.code,))
    found = query.where(alike(Organization.name, text) | (Organization.code == text.upper()))
    return Ordered(found, (distance(Organization.name, text), Organization.code), fuzzy=True)


async def organization_by_id(db: AsyncSession, organization_id: UUID, *, for_update: bool = False) -> Organization:
    """An organization by its id. Raises OrganizationNotFound."""
    found = await db.get(Organization, organization_id, with_for_update=for_update or None)
    if found is None:
        raise OrganizationNotFound()
    return found


async def organization_by_code(db: AsyncSession, code: str) -> Organization:
    """An organization by its code. Raises OrganizationNotFound."""
    found = await db.scalar(select(Organization).where(Organization.code == code))
    if found is None:
        raise OrganizationNotFound()
    return found


async def register_organization(db: AsyncSession, caller: Caller | None, given: OrganizationCreate) -> Organization:
    """Register an organization; no caller means a command of the operator.

    Raises Invalid (`only_banks_are_sharia`), OrganizationCodeTaken. Emits organization.registered.
    """
    _require_bank_if_sharia(given.kind, given.is_sharia)
    organization = Organization(id=new_id(), **given.model_dump())
    with refusing({"uq_organizations_code": OrganizationCodeTaken()}):
        db.add(organization)
        await db.flush()
    await db.refresh(organization)
    await outbox.record(db, "organization.registered", organization.id, by=caller, kind=organization.kind)
    return organization


async def change_organization(
    db: AsyncSession, caller: Caller, organization_id: UUID, if_match: str | None, changes: dict[str, Any]
) -> Organization:
    """Change an organization.

    Raises OrganizationNotFound, PreconditionRequired, PreconditionFailed, Invalid. Emits organization.changed.
    """
    organization = await organization_by_id(db, organization_id, for_update=True)
    require_match(organization, if_match)
    _require_bank_if_sharia(organization.kind, changes.get("is_sharia", False))
    for name, value in changes.items():
        setattr(organization, name, value)
    organization.version += 1
    await db.flush()
    await db.refresh(organization)
    await outbox.record(db, "organization.changed", organization.id, by=caller, is_active=organization.is_active)
    return organization


def _require_bank_if_sharia(kind: OrganizationKind, is_sharia: bool) -> None:
    if is_sharia and kind is not OrganizationKind.bank:
        raise Invalid(errors=[_NOT_A_BANK])
