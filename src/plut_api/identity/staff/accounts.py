"""Accounts of staff, as the Dinas keeps them. No other organization has an administrator of its own."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Select, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.identity.employers import ROLES_OF_KIND, organization_for
from plut_api.identity.models import Account, TotpSecret
from plut_api.identity.problems import (
    EmailTaken,
    InactiveStaff,
    LastOfficer,
    OwnSecondFactor,
    RoleNotAllowed,
    StaffNotFound,
)
from plut_api.identity.refresh import end_sign_ins
from plut_api.identity.revocations import revoke_access
from plut_api.identity.service import checked_email
from plut_api.identity.staff.links import forget_links, invite
from plut_api.identity.staff.totp import remove_totp
from plut_api.kit import outbox
from plut_api.kit.caller import Caller, Kind, Role
from plut_api.kit.database import refusing
from plut_api.kit.etags import require_match
from plut_api.organizations.models import Organization
from plut_api.settings import Settings

Row = tuple[Account, Organization, bool]
_CHANGES_LOCK = 5_201_947


def staff_accounts(
    roles: Collection[Role] | None = None, organizations: Collection[str] | None = None, active: bool | None = None
) -> Select[Any]:
    """Accounts, the organizations they act for, and whether a second factor is set up."""
    second_factor = exists().where(TotpSecret.account_id == Account.id, TotpSecret.confirmed_at.is_not(None))
    query: Any = select(Account, Organization, second_factor.label("has_totp"))
    query = query.join(Organization, Organization.id == Account.organization_id).where(Account.kind == Kind.staff)
    if roles:
        query = query.where(Account.role.in_(roles))
    if organizations:
        query = query.where(Organization.code.in_(organizations))
    if active is not None:
        query = query.where(Account.is_active == active)
    found: Select[Any] = query
    return found


async def staff_member(db: AsyncSession, account_id: UUID) -> Row:
    """One of them. Raises StaffNotFound."""
    found = (await db.execute(staff_accounts().where(Account.id == account_id))).one_or_none()
    if found is None:
        raise StaffNotFound()
    account, organization, second_factor = found
    return account, organization, second_factor


async def staff_by_email(db: AsyncSession, email: str) -> Account:
    """The member of staff with this address. Raises StaffNotFound."""
    query = select(Account).where(Account.kind == Kind.staff, Account.email == email.strip().lower())
    account: Account | None = await db.scalar(query)
    if account is None:
        raise StaffNotFound()
    return account


async def invite_staff(
    db: AsyncSession,
    caller: Caller | None,
    *,
    email: str,
    role: Role,
    name: str | None = None,
    organization_code: str | None = None,
) -> Account:
    """An account without a password, and a mail with a link to choose one.

    Raises OrganizationNotFound, RoleNotAllowed, Invalid (`email_format`), EmailTaken. Emits staff.invited.
    """
    email = checked_email(email)
    organization = await organization_for(db, role, organization_code)
    account = Account(kind=Kind.staff, role=role, organization_id=organization.id, name=name, email=email)
    with refusing({"uq_accounts_email": EmailTaken()}):
        db.add(account)
        await db.flush()
    await invite(db, account)
    await outbox.record(db, "staff.invited", account.id, by=caller, role=role.value, organization_id=organization.id)
    return account


async def invite_again(db: AsyncSession, caller: Caller, account_id: UUID) -> None:
    """Send another link, which replaces the one before. Raises StaffNotFound, InactiveStaff."""
    account = await _locked(db, account_id)
    if not account.is_active:
        raise InactiveStaff()
    await invite(db, account)
    await outbox.record(db, "staff.invited_again", account.id, by=caller)


async def change_staff(
    db: AsyncSession,
    settings: Settings,
    caller: Caller,
    account_id: UUID,
    if_match: str | None,
    changes: Mapping[str, Any],
) -> Account:
    """Change name or role, or switch an account off or on; a new role or a switch ends every sign-in.

    Raises StaffNotFound, RoleNotAllowed, LastOfficer, PreconditionRequired, PreconditionFailed. Emits staff.changed.
    """
    # Of two officers who switch each other off at once, the second finds nobody left.
    await db.execute(select(func.pg_advisory_xact_lock(_CHANGES_LOCK)))
    account = await _locked(db, account_id)
    require_match(account, if_match)
    role = Role(changes.get("role", account.role))
    is_active = changes.get("is_active", account.is_active)
    if role is not account.role:
        await _require_known_role(db, account, role)
    if _lets_others_in(account) and not (is_active and role is Role.dinas):
        await _require_another_officer(db, settings, account)
    ends = (role, is_active) != (account.role, account.is_active)
    account.role, account.is_active = role, is_active
    account.name = changes.get("name", account.name)
    account.version += 1
    if ends:
        await _end_access(db, account)
    if not is_active:
        await forget_links(db, account)
    await outbox.record(db, "staff.changed", account.id, by=caller, role=role.value, is_active=is_active)
    await db.flush()
    return account


async def reset_totp(db: AsyncSession, caller: Caller | None, account_id: UUID) -> Account:
    """Remove the second factor of somebody who lost it; every sign-in ends.

    Raises StaffNotFound, OwnSecondFactor (a stolen session must not), TotpNotSetUp.
    """
    account = await _locked(db, account_id)
    if caller is not None and caller.id == account.id:
        raise OwnSecondFactor()
    await remove_totp(db, caller, account)
    account.version += 1
    await _end_access(db, account)
    await db.flush()
    return account


def _lets_others_in(account: Account) -> bool:
    return account.role is Role.dinas and account.is_active


async def _locked(db: AsyncSession, account_id: UUID) -> Account:
    query = select(Account).where(Account.id == account_id, Account.kind == Kind.staff)
    account = await db.scalar(query.with_for_update())
    if account is None:
        raise StaffNotFound()
    return account


async def _require_known_role(db: AsyncSession, account: Account, role: Role) -> None:
    organization = await db.get_one(Organization, account.organization_id)
    if role not in ROLES_OF_KIND[organization.kind]:
        raise RoleNotAllowed()


async def _require_another_officer(db: AsyncSession, settings: Settings, account: Account) -> None:
    """Raises LastOfficer."""
    others = select(Account.id).where(Account.role == Role.dinas, Account.is_active, Account.id != account.id)
    if settings.oidc_issuer is None:  # Who never chose a password cannot sign in.
        others = others.where(Account.password_hash.is_not(None))
    if await db.scalar(others.limit(1)) is None:
        raise LastOfficer()


async def _end_access(db: AsyncSession, account: Account) -> None:
    await end_sign_ins(db, account.id)
    revoke_access(db, account.id)
