"""Tables of messages: what is to be said to whom, every attempt to say it, and what a day of messages cost."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, ForeignKey, Index, LargeBinary, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from plut_api.kit.database import Identified, Model, check, enum_column


class Kind(StrEnum):
    """Why a message is sent, which decides when it goes, what pays for it, and whether it can be switched off."""

    code = "code"
    decision = "decision"
    offer = "offer"
    reminder = "reminder"


URGENT = frozenset({Kind.code, Kind.decision})
"""They wait for no morning, cannot be switched off, and have a reserve of their own once the day's money is spent."""


class Channel(StrEnum):
    """Ways out of the house; the inbox, where everything but codes lies too, is none of them."""

    sms = "sms"
    whatsapp = "whatsapp"
    email = "email"


class MessageState(StrEnum):
    """Where a message stands. `inbox` is one that left by no channel: switched off, or nobody to reach."""

    waiting = "waiting"
    sent = "sent"
    delivered = "delivered"
    failed = "failed"
    inbox = "inbox"


class Outcome(StrEnum):
    """What became of an attempt. `unknown` is one that ended without an answer: it may have arrived."""

    started = "started"
    sent = "sent"
    refused = "refused"
    failed = "failed"
    unknown = "unknown"
    delivered = "delivered"
    undelivered = "undelivered"


class Message(Identified, Model):
    """Something to be said to somebody: an account or person by its id, or whoever holds an address.

    The text is made from template and facts where it is sent or read. Of a code the facts go once it has left.
    """

    __tablename__ = "messages"
    __table_args__ = (
        Index("ix_messages_due", "channel", "kind", "not_before", postgresql_where=text("state = 'waiting'")),
        Index(
            "ix_messages_unplanned",
            "kind",
            "not_before",
            postgresql_where=text("state = 'waiting' AND channel IS NULL"),
        ),
        Index("ix_messages_recipient_id", "recipient_id", "id"),
        Index("ix_messages_state", "state", "id"),
        Index(
            "uq_messages_dedupe_key",
            "recipient_id",
            "template",
            "dedupe_key",
            unique=True,
            postgresql_where=text("dedupe_key IS NOT NULL"),
        ),
        check("num_nonnulls(recipient_id, address_sealed) <= 1", "one_recipient"),
        check("dedupe_key IS NULL OR recipient_id IS NOT NULL", "deduplicated_by_recipient"),
        check("(state = 'waiting') = (ended_at IS NULL)", "ended_when"),
        check("kind <> 'code' OR expires_at IS NOT NULL", "codes_expire"),
    )
    recipient_id: Mapped[UUID | None]
    address_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    kind: Mapped[Kind] = mapped_column(enum_column(Kind, "kind"))
    template: Mapped[str]
    facts_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    language: Mapped[str | None]  # Null: that of the recipient.
    state: Mapped[MessageState] = mapped_column(enum_column(MessageState, "state"), default=MessageState.waiting)
    reason: Mapped[str | None]  # Why it waits, or failed: a word, never a text or an address.
    channel: Mapped[Channel | None] = mapped_column(
        enum_column(Channel, "channel")
    )  # The one to try; null: not yet said.
    tried: Mapped[list[str]] = mapped_column(server_default=text("'{}'"))  # Channels that failed for good.
    attempts: Mapped[int] = mapped_column(SmallInteger, default=0)  # By the present channel.
    first_tried_at: Mapped[datetime | None]  # By the present channel.
    not_before: Mapped[datetime]  # Of the next step.
    shown_from: Mapped[datetime]  # When it comes into the inbox.
    expires_at: Mapped[datetime | None]  # Of no use to anybody from then on.
    leased_until: Mapped[datetime | None]  # Somebody is at it; after that time they are taken for dead.
    dedupe_key: Mapped[str | None]
    read_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class MessageDelivery(Identified, Model):
    """One attempt to hand a message to a gateway: the log of deliveries, without any text."""

    __tablename__ = "message_deliveries"
    __table_args__ = (
        Index("ix_message_deliveries_message_id", "message_id", "id"),
        Index("ix_message_deliveries_gateway_id", "gateway_id", postgresql_where=text("gateway_id IS NOT NULL")),
        Index("ix_message_deliveries_address_index", "address_index"),
        check("(outcome = 'started') = (ended_at IS NULL)", "ended_when"),
    )
    message_id: Mapped[UUID] = mapped_column(ForeignKey(Message.id, ondelete="CASCADE"))
    channel: Mapped[Channel] = mapped_column(enum_column(Channel, "channel"))
    attempt: Mapped[int] = mapped_column(SmallInteger)
    outcome: Mapped[Outcome] = mapped_column(enum_column(Outcome, "outcome"), default=Outcome.started)
    reason: Mapped[str | None]
    gateway_id: Mapped[str | None]
    address_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    address_index: Mapped[bytes] = mapped_column(LargeBinary)
    cost_idr: Mapped[int] = mapped_column(BigInteger)
    from_reserve: Mapped[bool] = mapped_column(Boolean, default=False)
    ended_at: Mapped[datetime | None]


class MessageSpending(Model):
    """What the messages of one day (WITA) cost, in whole rupiah: from the day's money, and from the reserve."""

    __tablename__ = "message_spending"
    __table_args__ = (check("ordinary_idr >= 0 AND reserve_idr >= 0", "not_negative"),)
    day: Mapped[date] = mapped_column(primary_key=True)
    ordinary_idr: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    reserve_idr: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    sms_idr: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    whatsapp_idr: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    email_idr: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    cap_idr: Mapped[int] = mapped_column(BigInteger)  # Both as set when the day began.
    reserve_cap_idr: Mapped[int] = mapped_column(BigInteger)
    cap_reached_at: Mapped[datetime | None]  # When the first message had to wait for the next day.
    reserve_reached_at: Mapped[datetime | None]
