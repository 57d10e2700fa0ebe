"""Messages, deliveries, preferences."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

CHANNELS = ("sms", "whatsapp", "email")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    create_messages()
    create_deliveries()
    create_spending()
    create_preferences()


def downgrade() -> None:
    for table in ("message_preferences", "message_spending", "message_deliveries", "messages"):
        op.drop_table(table)


def create_messages() -> None:
    op.create_table(
        "messages",
        sa.Column("recipient_id", sa.Uuid(), nullable=True),
        sa.Column("address_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("kind", enum("kind", "code", "decision", "offer", "reminder"), nullable=False),
        sa.Column("template", sa.Text(), nullable=False),
        sa.Column("facts_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("state", enum("state", "waiting", "sent", "delivered", "failed", "inbox"), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("channel", enum("channel", *CHANNELS), nullable=True),
        sa.Column("tried", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("attempts", sa.SmallInteger(), nullable=False),
        sa.Column("first_tried_at", INSTANT, nullable=True),
        sa.Column("not_before", INSTANT, nullable=False),
        sa.Column("shown_from", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=True),
        sa.Column("leased_until", INSTANT, nullable=True),
        sa.Column("dedupe_key", sa.Text(), nullable=True),
        sa.Column("read_at", INSTANT, nullable=True),
        sa.Column("ended_at", INSTANT, nullable=True),
        *identified(),
        sa.CheckConstraint("num_nonnulls(recipient_id, address_sealed) <= 1", name=op.f("ck_messages_one_recipient")),
        sa.CheckConstraint(
            "dedupe_key IS NULL OR recipient_id IS NOT NULL", name=op.f("ck_messages_deduplicated_by_recipient")
        ),
        sa.CheckConstraint("(state = 'waiting') = (ended_at IS NULL)", name=op.f("ck_messages_ended_when")),
        sa.CheckConstraint("kind <> 'code' OR expires_at IS NOT NULL", name=op.f("ck_messages_codes_expire")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
    )
    op.create_index(
        "ix_messages_due", "messages", ["channel", "kind", "not_before"], postgresql_where=sa.text("state = 'waiting'")
    )
    op.create_index(
        "ix_messages_unplanned",
        "messages",
        ["kind", "not_before"],
        postgresql_where=sa.text("state = 'waiting' AND channel IS NULL"),
    )
    op.create_index("ix_messages_recipient_id", "messages", ["recipient_id", "id"])
    op.create_index("ix_messages_state", "messages", ["state", "id"])
    op.create_index(
        "uq_messages_dedupe_key",
        "messages",
        ["recipient_id", "template", "dedupe_key"],
        unique=True,
        postgresql_where=sa.text("dedupe_key IS NOT NULL"),
    )


def create_deliveries() -> None:
    table = "message_deliveries"
    outcomes = ("started", "sent", "refused", "failed", "unknown", "delivered", "undelivered")
    op.create_table(
        table,
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("channel", enum("channel", *CHANNELS), nullable=False),
        sa.Column("attempt", sa.SmallInteger(), nullable=False),
        sa.Column("outcome", enum("outcome", *outcomes), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("gateway_id", sa.Text(), nullable=True),
        sa.Column("address_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("address_index", sa.LargeBinary(), nullable=False),
        sa.Column("cost_idr", sa.BigInteger(), nullable=False),
        sa.Column("from_reserve", sa.Boolean(), nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        *identified(),
        sa.CheckConstraint("(outcome = 'started') = (ended_at IS NULL)", name=op.f("ck_message_deliveries_ended_when")),
        sa.ForeignKeyConstraint(
            ["message_id"],
            ["messages.id"],
            name=op.f("fk_message_deliveries_message_id_messages"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_deliveries")),
    )
    op.create_index("ix_message_deliveries_message_id", table, ["message_id", "id"])
    op.create_index(
        "ix_message_deliveries_gateway_id",
        table,
        ["gateway_id"],
        postgresql_where=sa.text("gateway_id IS NOT NULL"),
    )
    op.create_index("ix_message_deliveries_address_index", table, ["address_index"])


def create_spending() -> None:
    amounts = ("ordinary_idr", "reserve_idr", "sms_idr", "whatsapp_idr", "email_idr")
    op.create_table(
        "message_spending",
        sa.Column("day", sa.Date(), nullable=False),
        *(sa.Column(name, sa.BigInteger(), server_default=sa.text("0"), nullable=False) for name in amounts),
        sa.Column("cap_idr", sa.BigInteger(), nullable=False),
        sa.Column("reserve_cap_idr", sa.BigInteger(), nullable=False),
        sa.Column("cap_reached_at", INSTANT, nullable=True),
        sa.Column("reserve_reached_at", INSTANT, nullable=True),
        sa.CheckConstraint("ordinary_idr >= 0 AND reserve_idr >= 0", name=op.f("ck_message_spending_not_negative")),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_message_spending")),
    )


def create_preferences() -> None:
    table = "message_preferences"
    op.create_table(
        table,
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("language", enum("language", "id", "en"), nullable=False),
        sa.Column("channels", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("has_smartphone", sa.Boolean(), nullable=False),
        sa.Column("quiet_from", sa.Time(), nullable=True),
        sa.Column("quiet_to", sa.Time(), nullable=True),
        sa.Column("muted_kinds", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("email_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("email_confirmed_at", INSTANT, nullable=True),
        sa.Column("updated_at", INSTANT, server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        *identified(),
        sa.CheckConstraint("num_nonnulls(account_id, person_id) >= 1", name=op.f("ck_message_preferences_of_somebody")),
        sa.CheckConstraint(
            "(quiet_from IS NULL) = (quiet_to IS NULL)", name=op.f("ck_message_preferences_whole_quiet_hours")
        ),
        sa.CheckConstraint(
            "email_confirmed_at IS NULL OR email_sealed IS NOT NULL",
            name=op.f("ck_message_preferences_confirmed_email"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["accounts.id"],
            name=op.f("fk_message_preferences_account_id_accounts"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_preferences")),
        sa.UniqueConstraint("account_id", name=op.f("uq_message_preferences_account_id")),
        sa.UniqueConstraint("person_id", name=op.f("uq_message_preferences_person_id")),
    )


def identified() -> tuple[sa.Column, ...]:
    return (
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", INSTANT, server_default=sa.text("now()"), nullable=False),
    )


def enum(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=None)
