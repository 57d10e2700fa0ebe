"""What messages hold of a person, and how they go with them."""

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.identity.messages.models import MessagePreference
from plut_api.kit import audit
from plut_api.kit.caller import Caller
from plut_api.kit.crypto import vault
from plut_api.kit.i18n import Text
from plut_api.kit.messages.attempts import LOGGED_ADDRESS
from plut_api.kit.messages.models import Kind, Message, MessageDelivery
from plut_api.kit.privacy import Erased, Row, Subject, erasing, personal_data, rows_of


@personal_data(
    "messages",
    "messages",
    about=Text(id="Pesan kepada Anda dalam tiga bulan terakhir.", en="Messages to you in the past three months."),
    of_accounts=True,
)
async def held_messages(db: AsyncSession, subject: Subject) -> list[Row]:
    """Messages with what they said; of codes nothing is kept."""
    return await rows_of(db, Message, _to(subject) & (Message.kind != Kind.code), subject)


@personal_data(
    "message_deliveries",
    "message_deliveries",
    about=Text(id="Kapan dan ke mana pesan itu dikirim.", en="When and where these messages were sent."),
    of_accounts=True,
)
async def held_deliveries(db: AsyncSession, subject: Subject) -> list[Row]:
    """Every attempt to deliver them, with the address."""
    own = select(Message.id).where(_to(subject), Message.kind != Kind.code)
    return await rows_of(db, MessageDelivery, MessageDelivery.message_id.in_(own), subject)


@personal_data(
    "message_preferences",
    "message_preferences",
    about=Text(id="Cara Anda ingin dihubungi.", en="How you want to be told."),
    of_accounts=True,
)
async def held_preferences(db: AsyncSession, subject: Subject) -> list[Row]:
    """Their wishes."""
    return await rows_of(db, MessagePreference, _of(subject), subject)


@erasing(order=85)
async def erase_messages(db: AsyncSession, caller: Caller, subject: Subject) -> Erased:
    """Remove what was said to them, codes to their phone as well, the log of it, and how they wanted to be told."""
    doomed = _to(subject)
    if subject.phone is not None:
        index = vault().blind(LOGGED_ADDRESS, subject.phone)
        doomed |= Message.id.in_(select(MessageDelivery.message_id).where(MessageDelivery.address_index == index))
    quietly = {"synchronize_session": False}
    messages = await db.scalars(delete(Message).where(doomed).returning(Message.id).execution_options(**quietly))
    gone = delete(MessagePreference).where(_of(subject)).returning(MessagePreference.id)
    wishes = (await db.scalars(gone.execution_options(**quietly))).all()
    audit.record(db, audit.Action.deleted, "message_preferences", wishes, after={"erased": True})
    return Erased("messages", deleted=len(messages.all()) + len(wishes))


def _to(subject: Subject) -> ColumnElement[bool]:
    ids = [each for each in (subject.account_id, subject.person_id) if each is not None]
    return Message.recipient_id.in_(ids)


def _of(subject: Subject) -> ColumnElement[bool]:
    of_account = MessagePreference.account_id == subject.account_id
    return of_account if subject.person_id is None else of_account | (MessagePreference.person_id == subject.person_id)
