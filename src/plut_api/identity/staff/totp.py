"""The second factor of staff: codes of an authenticator (TOTP, RFC 6238), recovery codes for when it is lost."""

import hmac
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pyotp
from fastapi import Request
from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.identity.models import Account, RecoveryCode, TotpSecret
from plut_api.identity.passwords import forget_password_try
from plut_api.identity.problems import TotpAlreadySetUp, TotpNotSetUp, WrongTotp
from plut_api.identity.refresh import end_sign_ins
from plut_api.identity.staff.own import counted_own_account, own_staff_account, with_own_password
from plut_api.kit import clock, outbox
from plut_api.kit.caller import Caller
from plut_api.kit.crypto import secret_hash, vault
from plut_api.kit.etags import require_match
from plut_api.settings import Settings

CONTEXT = "totp_secrets.secret"
RECOVERY_CODES = 10
_STEP_SECONDS = 30
_STEPS_OFF = 1
"""How many steps an authenticator's clock may be ahead or behind."""
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: nothing that reads like something else.
_GROUPS, _GROUP = 4, 6  # 24 characters hold 120 bits: a plain hash suffices (ASVS 5.0 V6.5.2).
_LOOKS_LIKE = str.maketrans("OIL", "011")
_CODE = re.compile(r"[0-9]{6}")


@dataclass(frozen=True)
class NewSecret:
    """A secret to put into an authenticator, shown once."""

    row: TotpSecret
    secret: str = field(repr=False)
    uri: str = field(repr=False)


async def begin_set_up(request: Request, db: AsyncSession, caller: Caller, password: str) -> NewSecret:
    """A fresh secret that counts once a code of it is given; an earlier unconfirmed one is replaced.

    Raises StaffOnly, AccountNotFound, NoPassword, WrongPassword, TooManyRequests, TotpAlreadySetUp.
    """
    settings: Settings = request.app.state.settings
    account = await with_own_password(request, db, caller, password)
    row = await _secret_of(db, account)
    if row is not None and row.confirmed_at is not None:
        raise TotpAlreadySetUp()
    secret = pyotp.random_base32()
    if row is None:
        row = TotpSecret(account_id=account.id, secret_sealed=vault().seal(CONTEXT, secret))
        db.add(row)
    else:
        row.secret_sealed, row.last_step, row.version = vault().seal(CONTEXT, secret), None, row.version + 1
    await db.flush()
    issuer = f"PLUT NTB ({urlsplit(settings.public_url).hostname})"
    return NewSecret(row, secret, pyotp.TOTP(secret).provisioning_uri(name=account.email, issuer_name=issuer))


async def confirm_set_up(request: Request, db: AsyncSession, caller: Caller, code: str) -> tuple[TotpSecret, list[str]]:
    """Let the secret count from now on, by a code made from it; the recovery codes, which are not shown again.

    Raises StaffOnly, AccountNotFound, TotpNotSetUp, TotpAlreadySetUp, WrongTotp, TooManyRequests.
    """
    email = (await counted_own_account(request, caller)).email or ""
    account = await own_staff_account(db, caller, for_update=True)
    row = await _secret_of(db, account)
    if row is None:
        raise TotpNotSetUp()
    if row.confirmed_at is not None:
        raise TotpAlreadySetUp()
    if not _accepted(row, code):
        raise WrongTotp()
    await forget_password_try(request, email)
    row.confirmed_at, row.version = clock.now(), row.version + 1
    codes = await _new_recovery_codes(db, account)
    await end_sign_ins(db, account.id, but=caller.sign_in_id)
    await outbox.record(db, "staff.totp_set_up", account.id, by=caller)
    await db.flush()
    return row, codes


async def totp_of(db: AsyncSession, caller: Caller) -> tuple[TotpSecret, int]:
    """What the caller has set up, and how many recovery codes are left. Raises StaffOnly, TotpNotSetUp."""
    account = await own_staff_account(db, caller)
    row = await _secret_of(db, account)
    if row is None:
        raise TotpNotSetUp()
    return row, await recovery_codes_left(db, account)


async def recovery_codes_left(db: AsyncSession, account: Account) -> int:
    """How many recovery codes can still be used."""
    left = (RecoveryCode.account_id == account.id, RecoveryCode.used_at.is_(None))
    return await db.scalar(select(func.count()).select_from(RecoveryCode).where(*left)) or 0


async def remove_own_totp(request: Request, db: AsyncSession, caller: Caller, if_match: str | None, code: str) -> None:
    """Remove the second factor, by a code of it or a recovery code; other sign-ins end.

    Raises StaffOnly, AccountNotFound, TotpNotSetUp, WrongTotp, TooManyRequests, PreconditionRequired,
    PreconditionFailed.
    """
    email = (await counted_own_account(request, caller)).email or ""
    account = await own_staff_account(db, caller, for_update=True)
    row = await _secret_of(db, account)
    if row is None:
        raise TotpNotSetUp()
    require_match(row, if_match)
    if row.confirmed_at is not None and not await _fits(db, row, code):
        raise WrongTotp()
    await forget_password_try(request, email)
    await remove_totp(db, caller, account)
    await end_sign_ins(db, account.id, but=caller.sign_in_id)


async def remove_totp(db: AsyncSession, caller: Caller | None, account: Account) -> None:
    """Remove the second factor of a locked account. Raises TotpNotSetUp."""
    row = await _secret_of(db, account)
    if row is None:
        raise TotpNotSetUp()
    await db.delete(row)
    await db.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account.id))
    await outbox.record(db, "staff.totp_removed", account.id, by=caller)
    await db.flush()


async def has_totp(db: AsyncSession, account: Account) -> bool:
    """Whether an account signs in with a second factor."""
    row = await _secret_of(db, account)
    return row is not None and row.confirmed_at is not None


async def second_factor_fits(db: AsyncSession, account: Account, given: str) -> bool:
    """Whether this is the present code, not used before, or an unused recovery code; then it is used up.

    The account's row is locked.
    """
    row = await _secret_of(db, account)
    return row is not None and row.confirmed_at is not None and await _fits(db, row, given)


async def _fits(db: AsyncSession, row: TotpSecret, given: str) -> bool:
    if _CODE.fullmatch(given.replace(" ", "")):
        return _accepted(row, given)
    return await _use_recovery_code(db, row, given)


def _accepted(row: TotpSecret, given: str) -> bool:
    """Whether a code is that of now or a step beside, and newer than the last one accepted, which it then is."""
    code = given.replace(" ", "")
    totp = pyotp.TOTP(vault().open(CONTEXT, row.secret_sealed))
    now = int(clock.now().timestamp()) // _STEP_SECONDS
    steps: Sequence[int] = range(now - _STEPS_OFF, now + _STEPS_OFF + 1)
    found = [step for step in steps if hmac.compare_digest(totp.generate_otp(step).encode(), code.encode())]
    fresh = [step for step in found if row.last_step is None or step > row.last_step]
    if not fresh:
        return False
    row.last_step = fresh[0]
    return True


async def _use_recovery_code(db: AsyncSession, row: TotpSecret, given: str) -> bool:
    bare = re.sub(r"[\s-]", "", given).upper().translate(_LOOKS_LIKE)
    unused = (RecoveryCode.account_id == row.account_id, RecoveryCode.used_at.is_(None))
    kept = await db.scalar(select(RecoveryCode).where(*unused, RecoveryCode.code_hash == secret_hash(bare)))
    if kept is None:
        return False
    kept.used_at = clock.now()
    row.version += 1  # How many are left is part of what its ETag names.
    return True


async def _new_recovery_codes(db: AsyncSession, account: Account) -> list[str]:
    await db.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account.id))
    codes = ["".join(secrets.choice(_ALPHABET) for _ in range(_GROUPS * _GROUP)) for _ in range(RECOVERY_CODES)]
    db.add_all(RecoveryCode(account_id=account.id, code_hash=secret_hash(code)) for code in codes)
    return ["-".join(code[at : at + _GROUP] for at in range(0, len(code), _GROUP)) for code in codes]


async def _secret_of(db: AsyncSession, account: Account) -> TotpSecret | None:
    found: TotpSecret | None = await db.scalar(select(TotpSecret).where(TotpSecret.account_id == account.id))
    return found
