"""Tables of webhook endpoints and of what was sent to them."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from plut_api.kit.database import Identified, Model, Versioned, check, enum_column
from plut_api.kit.outbox import Event
from plut_api.organizations.models import Organization

SECRET = "webhook_endpoints.secret"  # noqa: S105 (the name of a column)
FORMER = "webhook_endpoints.former_secret"
PRIVATE = "webhook_endpoints.private"


class EndpointState(StrEnum):
    """Whether an endpoint receives: neither before it proved whose it is, nor after it failed for long."""

    unverified = "unverified"
    active = "active"
    disabled = "disabled"


class DeliveryKind(StrEnum):
    """Why something is sent."""

    event = "event"
    replay = "replay"
    test = "test"
    verification = "verification"


class DeliveryState(StrEnum):
    """What became of it."""

    pending = "pending"
    delivered = "delivered"
    failed = "failed"


class WebhookEndpoint(Versioned, Model):
    """An address of an organization that events are sent to. Secrets are sealed and shown once."""

    __tablename__ = "webhook_endpoints"
    __table_args__ = (
        UniqueConstraint("organization_id", "url"),
        check("(state = 'disabled') = (disabled_reason IS NOT NULL)", "disabled_why"),
        check("(former_secret_sealed IS NULL) = (former_until IS NULL)", "former_until"),
    )
    organization_id: Mapped[UUID] = mapped_column(ForeignKey(Organization.id))
    url: Mapped[str]
    description: Mapped[str | None]
    event_types: Mapped[list[str]] = mapped_column(server_default=text("'{}'"))  # Empty: all that concern it.
    state: Mapped[EndpointState] = mapped_column(enum_column(EndpointState, "state"), default=EndpointState.unverified)
    disabled_reason: Mapped[str | None]
    challenge: Mapped[str]
    secret_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    former_secret_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    former_until: Mapped[datetime | None]
    private_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    public_key: Mapped[str]
    made_by: Mapped[UUID]
    failures: Mapped[int] = mapped_column(Integer, default=0)  # In a row.
    failing_since: Mapped[datetime | None]
    rests_until: Mapped[datetime] = mapped_column(server_default=func.now())


class WebhookDelivery(Identified, Model):
    """One event for one endpoint. `event_id` and `subject_id` are what the body names; a test names itself."""

    __tablename__ = "webhook_deliveries"
    __table_args__ = (
        Index(
            "uq_webhook_deliveries_once",
            "endpoint_id",
            "event_id",
            unique=True,
            postgresql_where=text("kind = 'event'"),
        ),
        Index("ix_webhook_deliveries_pending", "endpoint_id", "place", postgresql_where=text("state = 'pending'")),
        Index(
            "ix_webhook_deliveries_subject",
            "endpoint_id",
            "subject_id",
            "place",
            postgresql_where=text("state = 'pending'"),
        ),
        Index(
            "ix_webhook_deliveries_leased",
            "endpoint_id",
            "leased_until",
            postgresql_where=text("leased_until IS NOT NULL"),
        ),
        Index("ix_webhook_deliveries_endpoint_id", "endpoint_id", "place"),
        check("(state = 'pending') = (ended_at IS NULL)", "ended_when"),
        check("(event_id IS NULL) = (kind IN ('test', 'verification'))", "of_an_event"),
    )
    place: Mapped[int] = mapped_column(BigInteger, Identity(always=True))  # In the order of the events.
    endpoint_id: Mapped[UUID] = mapped_column(ForeignKey(WebhookEndpoint.id, ondelete="CASCADE"))
    kind: Mapped[DeliveryKind] = mapped_column(enum_column(DeliveryKind, "kind"), default=DeliveryKind.event)
    event_id: Mapped[UUID | None] = mapped_column(ForeignKey(Event.id, ondelete="CASCADE"), index=True)
    subject_id: Mapped[UUID]
    state: Mapped[DeliveryState] = mapped_column(enum_column(DeliveryState, "state"), default=DeliveryState.pending)
    attempts: Mapped[int] = mapped_column(SmallInteger, default=0)
    not_before: Mapped[datetime] = mapped_column(server_default=func.now())
    leased_until: Mapped[datetime | None]
    first_tried_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class WebhookAttempt(Identified, Model):
    """One try: what came back, or why nothing did. `milliseconds` from the look-up of the name to the last byte."""

    __tablename__ = "webhook_attempts"
    __table_args__ = (Index("ix_webhook_attempts_delivery_id", "delivery_id", "id"),)
    delivery_id: Mapped[UUID] = mapped_column(ForeignKey(WebhookDelivery.id, ondelete="CASCADE"))
    status: Mapped[int | None] = mapped_column(SmallInteger)
    fault: Mapped[str | None]
    milliseconds: Mapped[int] = mapped_column(BigInteger)
