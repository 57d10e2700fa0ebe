"""The feed of events by organization, webhook endpoints and what was sent to them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
PENDING = sa.text("state = 'pending'")


def upgrade() -> None:
    create_feed()
    create_endpoints()
    create_deliveries()
    create_attempts()


def downgrade() -> None:
    for table in ("webhook_attempts", "webhook_deliveries", "webhook_endpoints", "feed_entries"):
        op.drop_table(table)


def create_feed() -> None:
    op.create_table(
        "feed_entries",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_feed_entries_organization_id_organizations")
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.id"], name=op.f("fk_feed_entries_event_id_events"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("organization_id", "position", name=op.f("pk_feed_entries")),
    )
    op.create_index(op.f("ix_feed_entries_event_id"), "feed_entries", ["event_id"])


def create_endpoints() -> None:
    op.create_table(
        "webhook_endpoints",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("event_types", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("state", enum("state", "unverified", "active", "disabled"), nullable=False),
        sa.Column("disabled_reason", sa.Text(), nullable=True),
        sa.Column("challenge", sa.Text(), nullable=False),
        sa.Column("secret_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("former_secret_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("former_until", INSTANT, nullable=True),
        sa.Column("private_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("public_key", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("failing_since", INSTANT, nullable=True),
        sa.Column("rests_until", INSTANT, server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", INSTANT, server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        *identified(),
        sa.CheckConstraint(
            "(state = 'disabled') = (disabled_reason IS NOT NULL)", name=op.f("ck_webhook_endpoints_disabled_why")
        ),
        sa.CheckConstraint(
            "(former_secret_sealed IS NULL) = (former_until IS NULL)", name=op.f("ck_webhook_endpoints_former_until")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_webhook_endpoints_organization_id_organizations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_endpoints")),
        sa.UniqueConstraint("organization_id", "url", name=op.f("uq_webhook_endpoints_organization_id_url")),
    )


def create_deliveries() -> None:
    op.create_table(
        "webhook_deliveries",
        sa.Column("place", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("endpoint_id", sa.Uuid(), nullable=False),
        sa.Column("kind", enum("kind", "event", "replay", "test", "verification"), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=True),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("state", enum("state", "pending", "delivered", "failed"), nullable=False),
        sa.Column("attempts", sa.SmallInteger(), nullable=False),
        sa.Column("not_before", INSTANT, server_default=sa.text("now()"), nullable=False),
        sa.Column("leased_until", INSTANT, nullable=True),
        sa.Column("first_tried_at", INSTANT, nullable=True),
        sa.Column("ended_at", INSTANT, nullable=True),
        *identified(),
        sa.CheckConstraint("(state = 'pending') = (ended_at IS NULL)", name=op.f("ck_webhook_deliveries_ended_when")),
        sa.CheckConstraint(
            "(event_id IS NULL) = (kind IN ('test', 'verification'))", name=op.f("ck_webhook_deliveries_of_an_event")
        ),
        sa.ForeignKeyConstraint(
            ["endpoint_id"],
            ["webhook_endpoints.id"],
            name=op.f("fk_webhook_deliveries_endpoint_id_webhook_endpoints"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.id"], name=op.f("fk_webhook_deliveries_event_id_events"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_deliveries")),
    )
    table = "webhook_deliveries"
    op.create_index(op.f("ix_webhook_deliveries_event_id"), table, ["event_id"])
    op.create_index("ix_webhook_deliveries_endpoint_id", table, ["endpoint_id", "place"])
    op.create_index("ix_webhook_deliveries_pending", table, ["endpoint_id", "place"], postgresql_where=PENDING)
    op.create_index(
        "ix_webhook_deliveries_subject", table, ["endpoint_id", "subject_id", "place"], postgresql_where=PENDING
    )
    op.create_index(
        "ix_webhook_deliveries_leased",
        table,
        ["endpoint_id", "leased_until"],
        postgresql_where=sa.text("leased_until IS NOT NULL"),
    )
    op.create_index(
        "uq_webhook_deliveries_once",
        table,
        ["endpoint_id", "event_id"],
        unique=True,
        postgresql_where=sa.text("kind = 'event'"),
    )


def create_attempts() -> None:
    op.create_table(
        "webhook_attempts",
        sa.Column("delivery_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.SmallInteger(), nullable=True),
        sa.Column("fault", sa.Text(), nullable=True),
        sa.Column("milliseconds", sa.BigInteger(), nullable=False),
        *identified(),
        sa.ForeignKeyConstraint(
            ["delivery_id"],
            ["webhook_deliveries.id"],
            name=op.f("fk_webhook_attempts_delivery_id_webhook_deliveries"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_attempts")),
    )
    op.create_index("ix_webhook_attempts_delivery_id", "webhook_attempts", ["delivery_id", "id"])


def identified() -> tuple[sa.Column, ...]:
    return (
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", INSTANT, server_default=sa.text("now()"), nullable=False),
    )


def enum(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=None)
