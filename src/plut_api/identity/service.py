"""Accounts of people and staff."""

import re
import secrets
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.identity.employers import organization_for
from plut_api.identity.models import Account
from plut_api.identity.passwords import hash_password
from plut_api.identity.phones import ACCOUNT_CONTEXT
from plut_api.identity.problems import EmailTaken
from plut_api.identity.schemas import EMAIL, LONGEST_EMAIL
from plut_api.kit import audit
from plut_api.kit.caller import Caller, Kind, Role
from plut_api.kit.crypto import vault
from plut_api.kit.database import refusing
from plut_api.kit.etags import require_match
from plut_api.kit.i18n import Text
from plut_api.kit.ids import new_id
from plut_api.kit.problems import Fault, Invalid, NotFound
from plut_api.organizations.models import Organization

_NO_EMAIL = Text(
    id="Tulis alamat surel, misalnya petugas@contoh.example", en="Write an e-mail address, such as name@contoh.example"
)


class AccountNotFound(NotFound):
    """There is no such account."""

    code = "account_not_found"
    title = Text(id="Akun tidak ditemukan", en="There is no such account")


async def find_or_create_person_account(db: AsyncSession, phone: str) -> Account:
    """The account of a phone (E.164), made on first use; two first uses at once make one."""
    index = vault().blind(ACCOUNT_CONTEXT, phone)
    fresh = insert(Account).values(
        id=new_id(),
        kind=Kind.person,
        role=Role.person,
        phone_sealed=vault().seal(ACCOUNT_CONTEXT, phone),
        phone_index=index,
        language="id",
        is_active=True,
        version=1,
    )
    made = fresh.on_conflict_do_nothing(index_elements=[Account.phone_index]).returning(Account.id)
    audit.record(db, audit.Action.created, "accounts", [await db.scalar(made)], after={"kind": Kind.person.value})
    return (await db.scalars(select(Account).where(Account.phone_index == index))).one()


async def create_staff(
    db: AsyncSession, email: str, role: Role, organization_code: str | None = None, name: str | None = None
) -> tuple[Account, str]:
    """A member of staff and their first password, which is not kept in the clear.

    Without a code the account acts for the only organization that knows the role; the first account of the Dinas makes
    the Dinas itself. Raises OrganizationNotFound, RoleNotAllowed, Invalid (`email_format`), EmailTaken.
    """
    email = checked_email(email)
    organization = await organization_for(db, role, organization_code)
    password = secrets.token_urlsafe(15)
    account = Account(
        kind=Kind.staff,
        role=role,
        organization_id=organization.id,
        name=name,
        email=email,
        password_hash=hash_password(password),
    )
    with refusing({"uq_accounts_email": EmailTaken()}):
        db.add(account)
        await db.flush()
    return account, password


def checked_email(email: str) -> str:
    """An address as it is kept. Raises Invalid (`email_format`)."""
    email = email.strip().lower()
    if len(email) > LONGEST_EMAIL or not re.match(EMAIL, email):
        raise Invalid(detail=_NO_EMAIL, errors=[Fault("#/email", "email_format", _NO_EMAIL)])
    return email


async def account_of(db: AsyncSession, caller: Caller, *, for_update: bool = False) -> Account:
    """The caller's own account. Raises AccountNotFound."""
    account = await db.get(Account, caller.id, with_for_update=for_update or None)
    if account is None or not account.is_active:
        raise AccountNotFound()
    return account


async def change_account(db: AsyncSession, caller: Caller, if_match: str | None, changes: Mapping[str, Any]) -> Account:
    """Change the caller's own account. Raises AccountNotFound, PreconditionRequired, PreconditionFailed."""
    account = await account_of(db, caller, for_update=True)
    require_match(account, if_match)
    for name, value in changes.items():
        setattr(account, name, value)
    account.version += 1
    await db.flush()
    return account


async def organization_of(db: AsyncSession, account: Account) -> Organization | None:
    """The organization that an account acts for."""
    return await db.get(Organization, account.organization_id) if account.organization_id else None
