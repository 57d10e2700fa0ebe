"""How somebody wants to be told: read and changed by themself, or by an officer who serves them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.identity.codes import make_code, use_code
from plut_api.identity.messages.directory import EMAIL_CONTEXT, default_channels, quiet_hours, wishes_of
from plut_api.identity.messages.models import MessagePreference
from plut_api.identity.messages.people import PersonContact, person_of
from plut_api.identity.messages.problems import HALF_QUIET, OF_STAFF, EmailCodeRefused, NoEmailToConfirm, always_sent
from plut_api.identity.models import Account, Language
from plut_api.identity.service import account_of
from plut_api.kit import clock
from plut_api.kit.caller import Caller, Kind
from plut_api.kit.crypto import vault
from plut_api.kit.etags import require_match
from plut_api.kit.ids import new_id
from plut_api.kit.mail import require_mail
from plut_api.kit.messages.models import URGENT
from plut_api.kit.problems import Fault, Invalid
from plut_api.kit.rate_limits import Quota, take, too_many
from plut_api.settings import Settings

EMAIL_CODES = Quota("email-codes", 30, 3600)
"""Codes to e-mail addresses that one caller may have sent in an hour."""


@dataclass
class Whose:
    """Whose wishes they are: an account, a person, or both in one."""

    account: Account | None
    person: PersonContact | None
    wishes: MessagePreference | None

    @property
    def version(self) -> int:
        """Rises with every change of the wishes, and of the account that holds the language."""
        return (self.wishes.version if self.wishes else 0) + (self.account.version if self.account else 0)

    @property
    def is_staff(self) -> bool:
        """Whether they are staff, whose address the Dinas keeps."""
        return self.account is not None and self.account.kind is Kind.staff


@dataclass(frozen=True)
class Preferences:
    """The wishes as they hold, defaults filled in."""

    language: str
    channels: list[str]
    has_smartphone: bool
    quiet_from: time
    quiet_to: time
    muted_kinds: list[str]
    email: str | None = field(repr=False)
    email_confirmed: bool


async def whose_own(db: AsyncSession, caller: Caller, *, for_update: bool = False) -> Whose:
    """The caller's own. Raises AccountNotFound."""
    account = await account_of(db, caller, for_update=for_update)
    person = await person_of(db, account.id)
    return Whose(account, person, await wishes_of(db, account, person, for_update=for_update))


async def whose_person(db: AsyncSession, person: PersonContact, *, for_update: bool = False) -> Whose:
    """Those of a person, who is locked by the caller where they are to be changed."""
    account = (
        await db.get(Account, person.account_id, with_for_update=for_update or None)
        if person.account_id is not None
        else None
    )
    return Whose(account, person, await wishes_of(db, account, person, for_update=for_update))


async def shown(db: AsyncSession, whose: Whose) -> Preferences:
    """The wishes with what holds by default."""
    account, wishes = whose.account, whose.wishes
    begins, ends = await quiet_hours(db, wishes)
    spoken = account.language if account is not None else wishes.language if wishes is not None else Language.indonesian
    email = account.email if account is not None and whose.is_staff else _email(wishes)
    return Preferences(
        language=spoken,
        channels=list(wishes.channels) if wishes is not None else [way.value for way in default_channels(account)],
        has_smartphone=wishes.has_smartphone if wishes is not None else True,
        quiet_from=begins,
        quiet_to=ends,
        muted_kinds=list(wishes.muted_kinds) if wishes is not None else [],
        email=email,
        email_confirmed=whose.is_staff or (wishes is not None and wishes.email_confirmed_at is not None),
    )


async def change(
    db: AsyncSession, settings: Settings, whose: Whose, if_match: str | None, changes: Mapping[str, Any], *, by: UUID
) -> str | None:
    """Change wishes; the code that is to go to an e-mail address that was given and not confirmed yet, if one was.

    Raises PreconditionRequired, PreconditionFailed, Invalid (`always_sent`, `quiet_hours_incomplete`, `email_of_staff`)
    with all faults at once, ResendTooSoon, TooManyRequests (`by` had codes sent to many addresses), ServiceUnavailable.
    """
    require_match(whose, if_match)
    wishes = whose.wishes or _fresh(whose)
    _require_sound(whose, wishes, changes)
    if whose.wishes is None:
        whose.wishes = wishes
        db.add(wishes)
    else:
        wishes.version += 1
    if whose.account is not None:
        wishes.account_id = whose.account.id
    if whose.person is not None:
        wishes.person_id = whose.person.person_id
    _take_over(whose, wishes, changes)
    await db.flush()
    if changes.get("email") is None or wishes.email_confirmed_at is not None:
        return None
    require_mail(settings)
    if await take(db, EMAIL_CODES, str(by)) > EMAIL_CODES.calls:
        raise too_many(EMAIL_CODES)
    return await make_code(db, settings, _addressed(wishes))


async def confirm_email(db: AsyncSession, sessions: async_sessionmaker[AsyncSession], whose: Whose, code: str) -> None:
    """Let an e-mail address be used from now on, by the code that went there.

    Raises NoEmailToConfirm, EmailCodeRefused.
    """
    wishes = whose.wishes
    if wishes is None or wishes.email_sealed is None or wishes.email_confirmed_at is not None:
        raise NoEmailToConfirm()
    if not await use_code(sessions, _addressed(wishes), code):
        raise EmailCodeRefused()
    wishes.email_confirmed_at = clock.now()
    wishes.version += 1
    await db.flush()


def _fresh(whose: Whose) -> MessagePreference:
    return MessagePreference(
        id=new_id(),
        channels=[way.value for way in default_channels(whose.account)],
        language=Language.indonesian,
        has_smartphone=True,
        muted_kinds=[],
        version=1,
    )


def _require_sound(whose: Whose, wishes: MessagePreference, changes: Mapping[str, Any]) -> None:
    faults: list[Fault] = [
        always_sent(number) for number, kind in enumerate(changes.get("muted_kinds") or []) if kind in URGENT
    ]
    begins = changes.get("quiet_from", wishes.quiet_from)
    ends = changes.get("quiet_to", wishes.quiet_to)
    if (begins is None) != (ends is None):
        faults.append(HALF_QUIET)
    if "email" in changes and whose.is_staff:
        faults.append(OF_STAFF)
    if faults:
        raise Invalid(errors=faults)


def _take_over(whose: Whose, wishes: MessagePreference, changes: Mapping[str, Any]) -> None:
    for name, value in changes.items():
        if name == "email":
            _take_email(wishes, value)
        elif name == "language" and whose.account is not None:
            if whose.account.language != value:
                whose.account.language = value
                whose.account.version += 1
        else:
            setattr(wishes, name, [str(item) for item in value] if isinstance(value, list) else value)


def _take_email(wishes: MessagePreference, email: str | None) -> None:
    """Another address has to be confirmed anew; the same one stays as it is."""
    if email is not None and email == _email(wishes):
        return
    wishes.email_sealed = vault().seal(EMAIL_CONTEXT, email) if email is not None else None
    wishes.email_confirmed_at = None


def _email(wishes: MessagePreference | None) -> str | None:
    sealed = wishes.email_sealed if wishes is not None else None
    return vault().open(EMAIL_CONTEXT, sealed) if sealed is not None else None


def _addressed(wishes: MessagePreference) -> str:
    """A name of its own for these codes, by whose wishes and by the address: another's code confirms nothing."""
    return f"email:{wishes.id}:{_email(wishes)}"
