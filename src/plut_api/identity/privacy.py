"""What this room holds of a person, and how it lets go of them."""

from typing import Any

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.identity.models import Account, OneTimeCode, RefreshToken
from plut_api.identity.phones import ACCOUNT_CONTEXT
from plut_api.identity.revocations import revoke_access
from plut_api.kit import audit
from plut_api.kit.caller import Caller
from plut_api.kit.crypto import vault
from plut_api.kit.i18n import Text
from plut_api.kit.idempotency import IdempotentAnswer
from plut_api.kit.privacy import Erased, Row, Subject, erasing, holds_nothing_to_tell, personal_data, rows_of

holds_nothing_to_tell("one_time_codes", "hashes by the blind index of a phone, gone within an hour")
holds_nothing_to_tell("idempotent_answers", "answers that the caller got, word for word, gone within a day")
holds_nothing_to_tell("totp_secrets", "of staff, never of people")
holds_nothing_to_tell("recovery_codes", "of staff, never of people")
holds_nothing_to_tell("password_links", "of staff, never of people")
holds_nothing_to_tell("revocations", "which sign-ins ended before their time, gone within hours")
holds_nothing_to_tell("events", "ids, codes and numbers of what the other sections tell in full")


@personal_data(
    "account",
    "accounts",
    about=Text(id="Akun yang Anda pakai untuk masuk.", en="The account that you sign in with."),
    of_accounts=True,
)
async def held_account(db: AsyncSession, subject: Subject) -> list[Row]:
    """The account itself, and those of records that were merged into the person's, which are switched off."""
    own = (Account.id == subject.account_id) | (Account.merged_into == subject.account_id)
    return await rows_of(db, Account, own, subject)


@personal_data(
    "sign_ins",
    "refresh_tokens",
    about=Text(
        id="Kapan Anda masuk atau memperbarui sesi, sejauh masih tersimpan.",
        en="When you signed in or renewed a session, as far as it is still kept.",
    ),
    of_accounts=True,
)
async def held_sign_ins(db: AsyncSession, subject: Subject) -> list[Row]:
    """Refresh tokens by their times, without the tokens."""
    return await rows_of(db, RefreshToken, RefreshToken.account_id == subject.account_id, subject)


@erasing(order=90)
async def close_account(db: AsyncSession, caller: Caller, subject: Subject) -> Erased:
    """End every session, forget codes and stored answers, and remove the account, so that the phone is free again."""
    revoke_access(db, subject.account_id)
    # Not the answer to this very request, which comes after.
    answers = delete(IdempotentAnswer).where(IdempotentAnswer.caller_id == subject.account_id)
    statements: list[Any] = [answers, delete(RefreshToken).where(RefreshToken.account_id == subject.account_id)]
    if subject.phone is not None:
        index = vault().blind(ACCOUNT_CONTEXT, subject.phone)
        statements.append(delete(OneTimeCode).where(OneTimeCode.phone_index == index))
    statements.append(delete(Account).where(Account.merged_into == subject.account_id))
    statements.append(delete(Account).where(Account.id == subject.account_id))
    audit.record(db, audit.Action.deleted, "accounts", [subject.account_id], about=[subject.person_id])
    revoke_access(db, subject.account_id)
    deleted = 0
    for statement in statements:
        result: Any = await db.execute(statement.execution_options(synchronize_session=False))
        deleted += int(result.rowcount)
    return Erased("account", deleted=deleted)
