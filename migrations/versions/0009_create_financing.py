"""Rule sets, readiness, the ready list and referrals."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


class Xid8(sa.types.UserDefinedType):
    """PostgreSQL's 64-bit transaction id."""

    def get_col_spec(self, **_):
        return "xid8"


def upgrade() -> None:
    op.create_table(
        "ready_exits",
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.Column("regency_code", sa.Text(), nullable=False),
        sa.Column("size_class", sa.Text(), nullable=False),
        sa.Column("kbli_code", sa.Text(), nullable=False),
        sa.Column(
            "reason",
            sa.Enum(
                "no_longer_ready",
                "expired",
                "changed",
                "erased",
                name="reason",
                native_enum=False,
                create_constraint=True,
                length=None,
            ),
            nullable=False,
        ),
        sa.Column("change_xid", Xid8(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ready_exits")),
    )
    op.create_index("ix_ready_exits_actor_id", "ready_exits", ["actor_id", "change_xid"], unique=False)
    op.create_index("ix_ready_exits_changes", "ready_exits", ["change_xid", "actor_id"], unique=False)
    op.create_table(
        "rule_sets",
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("content_hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_rule_sets")),
    )
    op.create_table(
        "readiness",
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.Column("rule_set", sa.Text(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "ready", "almost", "building", name="status", native_enum=False, create_constraint=True, length=None
            ),
            nullable=False,
        ),
        sa.Column("score", sa.SmallInteger(), nullable=False),
        sa.Column("results", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_by", sa.Uuid(), nullable=True),
        sa.Column("confirmed_note", sa.Text(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(confirmed_at IS NULL) = (confirmed_by IS NULL)", name=op.f("ck_readiness_confirmed_by_someone")
        ),
        sa.CheckConstraint("(confirmed_at IS NULL) = (expires_at IS NULL)", name=op.f("ck_readiness_confirmed_until")),
        sa.CheckConstraint("score BETWEEN 0 AND 100", name=op.f("ck_readiness_score")),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["actors.id"], name=op.f("fk_readiness_actor_id_actors"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["rule_set"], ["rule_sets.version"], name=op.f("fk_readiness_rule_set_rule_sets")),
        sa.PrimaryKeyConstraint("actor_id", name=op.f("pk_readiness")),
    )
    op.create_table(
        "ready_rows",
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.Column("regency_code", sa.Text(), nullable=False),
        sa.Column("size_class", sa.Text(), nullable=False),
        sa.Column("kbli_code", sa.Text(), nullable=False),
        sa.Column("masked", sa.Text(), nullable=False),
        sa.Column("identified", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("change_xid", Xid8(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["actors.id"], name=op.f("fk_ready_rows_actor_id_actors"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("actor_id", name=op.f("pk_ready_rows")),
    )
    op.create_index("ix_ready_rows_changes", "ready_rows", ["change_xid", "actor_id"], unique=False)
    op.create_index("ix_ready_rows_list", "ready_rows", ["regency_code", "size_class", "actor_id"], unique=False)
    op.create_index("ix_ready_rows_kbli_code", "ready_rows", ["kbli_code", "actor_id"], unique=False)
    op.create_table(
        "referrals",
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.Column("bank_id", sa.Uuid(), nullable=False),
        sa.Column("amount_idr", sa.BigInteger(), nullable=False),
        sa.Column("tenor_months", sa.SmallInteger(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "submitted",
                "received",
                "in_review",
                "approved",
                "rejected",
                "withdrawn",
                "disbursed",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=None,
            ),
            nullable=False,
        ),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("approved_amount_idr", sa.BigInteger(), nullable=True),
        sa.Column("disbursed_amount_idr", sa.BigInteger(), nullable=True),
        sa.Column("disbursed_on", sa.Date(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "(state = 'disbursed') = (disbursed_amount_idr IS NOT NULL AND disbursed_on IS NOT NULL)",
            name=op.f("ck_referrals_disbursement_has_amount"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('approved', 'disbursed') OR approved_amount_idr IS NOT NULL",
            name=op.f("ck_referrals_approval_has_amount"),
        ),
        sa.CheckConstraint("amount_idr > 0", name=op.f("ck_referrals_amount")),
        sa.CheckConstraint(
            "approved_amount_idr > 0 AND approved_amount_idr <= amount_idr", name=op.f("ck_referrals_approved_amount")
        ),
        sa.CheckConstraint(
            "disbursed_amount_idr > 0 AND disbursed_amount_idr <= approved_amount_idr",
            name=op.f("ck_referrals_disbursed_amount"),
        ),
        sa.CheckConstraint("tenor_months BETWEEN 1 AND 360", name=op.f("ck_referrals_tenor")),
        sa.ForeignKeyConstraint(["actor_id"], ["actors.id"], name=op.f("fk_referrals_actor_id_actors")),
        sa.ForeignKeyConstraint(["bank_id"], ["organizations.id"], name=op.f("fk_referrals_bank_id_organizations")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referrals")),
    )
    op.create_index("ix_referrals_actor_id", "referrals", ["actor_id", "id"], unique=False)
    op.create_index("ix_referrals_bank_id", "referrals", ["bank_id", "id"], unique=False)
    op.create_index(
        "uq_referrals_one_open",
        "referrals",
        ["actor_id", "bank_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('draft', 'submitted', 'received', 'in_review', 'approved')"),
    )
    op.create_table(
        "referral_transitions",
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column(
            "from_state",
            sa.Enum(
                "draft",
                "submitted",
                "received",
                "in_review",
                "approved",
                "rejected",
                "withdrawn",
                "disbursed",
                name="from_state",
                native_enum=False,
                create_constraint=True,
                length=None,
            ),
            nullable=True,
        ),
        sa.Column(
            "to_state",
            sa.Enum(
                "draft",
                "submitted",
                "received",
                "in_review",
                "approved",
                "rejected",
                "withdrawn",
                "disbursed",
                name="to_state",
                native_enum=False,
                create_constraint=True,
                length=None,
            ),
            nullable=False,
        ),
        sa.Column("caller_id", sa.Uuid(), nullable=False),
        sa.Column("caller_role", sa.Text(), nullable=False),
        sa.Column("reason_code", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["referral_id"],
            ["referrals.id"],
            name=op.f("fk_referral_transitions_referral_id_referrals"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral_transitions")),
    )
    op.create_index("ix_referral_transitions_referral_id", "referral_transitions", ["referral_id", "id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_referral_transitions_referral_id", table_name="referral_transitions")
    op.drop_table("referral_transitions")
    op.drop_index(
        "uq_referrals_one_open",
        table_name="referrals",
        postgresql_where=sa.text("state IN ('draft', 'submitted', 'received', 'in_review', 'approved')"),
    )
    op.drop_index("ix_referrals_bank_id", table_name="referrals")
    op.drop_index("ix_referrals_actor_id", table_name="referrals")
    op.drop_table("referrals")
    op.drop_index("ix_ready_rows_kbli_code", table_name="ready_rows")
    op.drop_index("ix_ready_rows_list", table_name="ready_rows")
    op.drop_index("ix_ready_rows_changes", table_name="ready_rows")
    op.drop_table("ready_rows")
    op.drop_table("readiness")
    op.drop_table("rule_sets")
    op.drop_index("ix_ready_exits_changes", table_name="ready_exits")
    op.drop_index("ix_ready_exits_actor_id", table_name="ready_exits")
    op.drop_table("ready_exits")
