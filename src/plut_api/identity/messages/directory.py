"""The directory that delivery asks: accounts and people, how they want to be told, and the house's terms."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.identity.messages.models import MessagePreference
from plut_api.identity.messages.people import PersonContact, person_of
from plut_api.identity.models import Account
from plut_api.identity.phones import ACCOUNT_CONTEXT
from plut_api.kit.caller import Kind as AccountKind
from plut_api.kit.crypto import vault
from plut_api.kit.i18n import Locale
from plut_api.kit.messages import Address, Channel, Kind
from plut_api.kit.messages.directory import Recipient, Terms, register_directory
from plut_api.reference.rules import rule_values

EMAIL_CONTEXT = "message_preferences.email"
RULES = "messages."
OF_PEOPLE = (Channel.sms, Channel.email)
OF_STAFF = (Channel.email,)
"""The channels of who has not chosen any."""
BY_PHONE = frozenset({Channel.sms, Channel.whatsapp})


@dataclass(frozen=True)
class _Known:
    account: Account | None
    person: PersonContact | None
    wishes: MessagePreference | None


class HouseDirectory:
    """Answers by the tables of this room, and by what a higher room tells of people."""

    async def recipient(self, db: AsyncSession, to: UUID) -> Recipient | None:
        """Who has this id: an account that is active, or a person."""
        account = await db.get(Account, to)
        person = await person_of(db, to)
        if account is None and person is not None and person.account_id is not None:
            account = await db.get(Account, person.account_id)
        if (account is None and person is None) or (account is not None and not account.is_active):
            return None
        known = _Known(account, person, await wishes_of(db, account, person))
        return await _recipient(db, known, _phone(known), _email(known))

    async def holder(self, db: AsyncSession, address: Address) -> Recipient:
        """Whoever holds an address; it is the only one of theirs that is used."""
        by_email = address.channel is Channel.email
        found: ColumnElement[bool] = (
            Account.email == address.value
            if by_email
            else Account.phone_index == vault().blind(ACCOUNT_CONTEXT, address.value)
        )
        account = await db.scalar(select(Account).where(found, Account.is_active))
        person = await person_of(db, account.id) if account is not None else None
        known = _Known(account, person, await wishes_of(db, account, person))
        phone, email = (None, address.value) if by_email else (address.value, None)
        return await _recipient(db, known, phone, email)

    async def terms(self, db: AsyncSession) -> Terms:
        """What the rule values of today say."""
        values = await rule_values(db, RULES)
        return Terms(
            costs_idr={
                Channel.sms: values["messages.sms_part_idr"],
                Channel.whatsapp: values["messages.whatsapp_idr"],
                Channel.email: values["messages.email_idr"],
            },
            tried_for=timedelta(hours=values["messages.tried_hours"]),
        )


async def wishes_of(
    db: AsyncSession, account: Account | None, person: PersonContact | None, *, for_update: bool = False
) -> MessagePreference | None:
    """What somebody chose; the row of the account comes first, if there is one for each."""
    conditions = []
    if account is not None:
        conditions.append(MessagePreference.account_id == account.id)
    if person is not None:
        conditions.append(MessagePreference.person_id == person.person_id)
    for condition in conditions:
        query = select(MessagePreference).where(condition)
        found: MessagePreference | None = await db.scalar(query.with_for_update() if for_update else query)
        if found is not None:
            return found
    return None


def default_channels(account: Account | None) -> tuple[Channel, ...]:
    """The channels of who has not chosen any."""
    return OF_STAFF if account is not None and account.kind is AccountKind.staff else OF_PEOPLE


async def quiet_hours(db: AsyncSession, wishes: MessagePreference | None) -> tuple[time, time]:
    """When somebody is not to be disturbed (WITA): as they said, or as the house does by default."""
    if wishes is not None and wishes.quiet_from is not None and wishes.quiet_to is not None:
        return wishes.quiet_from, wishes.quiet_to
    values = await rule_values(db, "messages.quiet_")
    return _time(values["messages.quiet_from_minutes"]), _time(values["messages.quiet_to_minutes"])


async def _recipient(db: AsyncSession, known: _Known, phone: str | None, email: str | None) -> Recipient:
    wishes = known.wishes
    chosen = [Channel(name) for name in wishes.channels] if wishes is not None else default_channels(known.account)
    if wishes is not None and not wishes.has_smartphone:
        chosen = [Channel.sms]
    possible: Mapping[Channel, str | None] = {Channel.sms: phone, Channel.whatsapp: phone, Channel.email: email}
    addresses = {channel: address for channel in chosen if (address := possible[channel]) is not None}
    if not addresses:  # Better told in another way than not at all.
        addresses = {way: at for way in (Channel.sms, Channel.email) if (at := possible[way]) is not None}
    return Recipient(
        language=_language(known),
        addresses=addresses,
        quiet=await quiet_hours(db, wishes),
        muted=frozenset(Kind(name) for name in wishes.muted_kinds) if wishes is not None else frozenset(),
    )


def _language(known: _Known) -> Locale:
    spoken = known.account.language if known.account is not None else known.wishes and known.wishes.language
    return "en" if spoken == "en" else "id"


def _phone(known: _Known) -> str | None:
    if known.account is not None and known.account.phone_sealed is not None:
        return vault().open(ACCOUNT_CONTEXT, known.account.phone_sealed)
    return known.person.phone if known.person is not None else None


def _email(known: _Known) -> str | None:
    if known.account is not None and known.account.kind is AccountKind.staff:
        return known.account.email
    wishes = known.wishes
    if wishes is None or wishes.email_sealed is None or wishes.email_confirmed_at is None:
        return None
    return vault().open(EMAIL_CONTEXT, wishes.email_sealed)


def _time(minutes: int) -> time:
    return time(minutes // 60, minutes % 60)


register_directory(HouseDirectory())
