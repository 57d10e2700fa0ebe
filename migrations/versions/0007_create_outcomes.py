"""Outcomes and evidence."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "outcomes",
        sa.Column("enrolment_id", sa.Uuid(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column(
            "dimension",
            sa.Enum(
                "product",
                "packaging",
                "branding",
                "market",
                "finance",
                name="dimension",
                native_enum=False,
                create_constraint=True,
                length=None,
            ),
            nullable=False,
        ),
        sa.Column("rubric_version", sa.Text(), nullable=False),
        sa.Column("baseline_level", sa.SmallInteger(), nullable=True),
        sa.Column("baseline_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("baseline_by", sa.Uuid(), nullable=True),
        sa.Column("target_level", sa.SmallInteger(), nullable=True),
        sa.Column("reached_level", sa.SmallInteger(), nullable=True),
        sa.Column("reached_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("(reached_level IS NULL) = (reached_at IS NULL)", name=op.f("ck_outcomes_reached_when")),
        sa.CheckConstraint("baseline_level BETWEEN 0 AND 4", name=op.f("ck_outcomes_baseline_level")),
        sa.CheckConstraint("reached_level BETWEEN 0 AND 4", name=op.f("ck_outcomes_reached_level")),
        sa.CheckConstraint(
            "target_level BETWEEN 1 AND 4 AND target_level > baseline_level", name=op.f("ck_outcomes_target_level")
        ),
        sa.ForeignKeyConstraint(["actor_id"], ["actors.id"], name=op.f("fk_outcomes_actor_id_actors")),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolments.id"], name=op.f("fk_outcomes_enrolment_id_enrolments"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outcomes")),
        sa.UniqueConstraint("enrolment_id", "dimension", name=op.f("uq_outcomes_enrolment_id_dimension")),
    )
    op.create_index("ix_outcomes_actor_id", "outcomes", ["actor_id", "dimension"], unique=False)
    op.create_table(
        "evidence",
        sa.Column("outcome_id", sa.Uuid(), nullable=False),
        sa.Column("claimed_level", sa.SmallInteger(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("file_reference", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "submitted",
                "verified",
                "rejected",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=None,
            ),
            nullable=False,
        ),
        sa.Column("submitted_by", sa.Uuid(), nullable=False),
        sa.Column("verified_level", sa.SmallInteger(), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("next_step", sa.Text(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("(state = 'submitted') = (decided_at IS NULL)", name=op.f("ck_evidence_decided_when")),
        sa.CheckConstraint("state <> 'rejected' OR reason IS NOT NULL", name=op.f("ck_evidence_rejection_has_reason")),
        sa.CheckConstraint("claimed_level BETWEEN 1 AND 4", name=op.f("ck_evidence_claimed_level")),
        sa.CheckConstraint("verified_level BETWEEN 1 AND 4", name=op.f("ck_evidence_verified_level")),
        sa.CheckConstraint(
            "verified_level IS NULL OR state = 'verified'", name=op.f("ck_evidence_level_when_verified")
        ),
        sa.CheckConstraint(
            "decided_by IS NULL OR decided_by <> submitted_by", name=op.f("ck_evidence_verifier_is_another")
        ),
        sa.ForeignKeyConstraint(
            ["outcome_id"], ["outcomes.id"], name=op.f("fk_evidence_outcome_id_outcomes"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
    )
    op.create_index("ix_evidence_outcome_id", "evidence", ["outcome_id", "id"], unique=False)
    op.create_index(
        "ix_evidence_waiting", "evidence", ["id"], unique=False, postgresql_where=sa.text("state = 'submitted'")
    )


def downgrade() -> None:
    op.drop_index("ix_evidence_waiting", table_name="evidence", postgresql_where=sa.text("state = 'submitted'"))
    op.drop_index("ix_evidence_outcome_id", table_name="evidence")
    op.drop_table("evidence")
    op.drop_index("ix_outcomes_actor_id", table_name="outcomes")
    op.drop_table("outcomes")
