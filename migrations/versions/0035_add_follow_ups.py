"""Follow-ups: what is left of training months after it was completed."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def one_of(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=None)


def upgrade() -> None:
    op.create_table(
        "follow_ups",
        sa.Column("enrolment_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=True),
        sa.Column("months", sa.SmallInteger(), nullable=False),
        sa.Column("state", one_of("state", "open", "answered", "missed"), nullable=False),
        sa.Column("questions_version", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("call_from", sa.Date(), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=False),
        sa.Column("reminders", sa.SmallInteger(), nullable=False),
        sa.Column("next_reminder_on", sa.Date(), nullable=True),
        sa.Column("business", one_of("business", "running", "paused", "closed"), nullable=True),
        sa.Column("sales", one_of("sales", "more", "same", "less"), nullable=True),
        sa.Column("uses", postgresql.JSONB(none_as_null=True), nullable=True),
        sa.Column("channel", one_of("channel", "app", "phone", "visit"), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("corrected_by", sa.Uuid(), nullable=True),
        sa.Column("corrected_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("correction_reason", sa.Text(), nullable=True),
        sa.Column("first_answer", postgresql.JSONB(none_as_null=True), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("months BETWEEN 0 AND 120", name=op.f("ck_follow_ups_months")),
        sa.CheckConstraint("closes_on >= asked_on AND call_from >= asked_on", name=op.f("ck_follow_ups_term")),
        sa.CheckConstraint("reminders >= 0", name=op.f("ck_follow_ups_reminders")),
        sa.CheckConstraint(
            "(state = 'answered') = (answered_at IS NOT NULL) AND (answered_at IS NULL) = (answered_by IS NULL) "
            "AND (answered_at IS NULL) = (channel IS NULL) AND (answered_at IS NULL) = (business IS NULL) "
            "AND (answered_at IS NULL) = (uses IS NULL)",
            name=op.f("ck_follow_ups_answered_whole"),
        ),
        sa.CheckConstraint(
            "sales IS NOT NULL OR business IS NULL OR business = 'closed'", name=op.f("ck_follow_ups_sales_of_living")
        ),
        sa.CheckConstraint(
            "(corrected_at IS NULL) = (corrected_by IS NULL) AND (corrected_at IS NULL) = (correction_reason IS NULL) "
            "AND (corrected_at IS NULL) = (first_answer IS NULL)",
            name=op.f("ck_follow_ups_corrected_with_reason"),
        ),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolments.id"], name=op.f("fk_follow_ups_enrolment_id_enrolments"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow_ups")),
        sa.UniqueConstraint("enrolment_id", "number", name=op.f("uq_follow_ups_enrolment_id_number")),
    )
    op.create_index("ix_follow_ups_due_on", "follow_ups", ["due_on", "id"])
    op.create_index("ix_follow_ups_open", "follow_ups", ["closes_on", "id"], postgresql_where=sa.text("state = 'open'"))
    op.create_index(
        "ix_follow_ups_reminders",
        "follow_ups",
        ["next_reminder_on", "id"],
        postgresql_where=sa.text("state = 'open' AND next_reminder_on IS NOT NULL"),
    )
    op.create_index(
        "ix_follow_ups_closed",
        "follow_ups",
        ["enrolment_id", "answered_at"],
        postgresql_where=sa.text("business = 'closed'"),
    )
    op.create_index(
        "ix_enrolments_completed_at",
        "enrolments",
        ["completed_at", "id"],
        postgresql_where=sa.text("completed_at IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_enrolments_completed_at", "enrolments")
    op.drop_table("follow_ups")
