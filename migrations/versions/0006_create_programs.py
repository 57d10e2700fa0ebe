"""Programmes, sessions and enrolments."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "programs",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("aim", sa.Text(), nullable=False),
        sa.Column(
            "topic",
            sa.Enum(
                "product_quality",
                "packaging",
                "branding",
                "digital_market_literacy",
                "financial_literacy",
                "bookkeeping",
                "legality",
                "production",
                "entrepreneurship",
                "cooperative_governance",
                name="topic",
                native_enum=False,
                create_constraint=True,
                length=None,
            ),
            nullable=False,
        ),
        sa.Column("segments", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("regency_codes", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("seats_taken", sa.Integer(), nullable=False),
        sa.Column("budget_idr", sa.BigInteger(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "submitted",
                "approved",
                "rejected",
                "published",
                "running",
                "completed",
                "cancelled",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=None,
            ),
            nullable=False,
        ),
        sa.Column("proposed_by", sa.Uuid(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("budget_idr >= 0", name=op.f("ck_programs_budget_not_negative")),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_programs_period")),
        sa.CheckConstraint("seats BETWEEN 1 AND 10000", name=op.f("ck_programs_seats")),
        sa.CheckConstraint("seats_taken BETWEEN 0 AND seats", name=op.f("ck_programs_seats_not_oversold")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_programs_organization_id_organizations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programs")),
    )
    op.create_index("ix_programs_list", "programs", ["state", "starts_on", "id"], unique=False)
    op.create_index("ix_programs_organization_id", "programs", ["organization_id", "id"], unique=False)
    op.create_index(
        "ix_programs_title_trgm",
        "programs",
        ["title"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"title": "gin_trgm_ops"},
    )
    op.create_table(
        "program_transitions",
        sa.Column("program_id", sa.Uuid(), nullable=False),
        sa.Column(
            "from_state",
            sa.Enum(
                "draft",
                "submitted",
                "approved",
                "rejected",
                "published",
                "running",
                "completed",
                "cancelled",
                name="from_state",
                native_enum=False,
                create_constraint=True,
                length=None,
            ),
            nullable=False,
        ),
        sa.Column(
            "to_state",
            sa.Enum(
                "draft",
                "submitted",
                "approved",
                "rejected",
                "published",
                "running",
                "completed",
                "cancelled",
                name="to_state",
                native_enum=False,
                create_constraint=True,
                length=None,
            ),
            nullable=False,
        ),
        sa.Column("caller_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["program_id"], ["programs.id"], name=op.f("fk_program_transitions_program_id_programs"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_program_transitions")),
    )
    op.create_index("ix_program_transitions_program_id", "program_transitions", ["program_id", "id"], unique=False)
    op.create_table(
        "training_sessions",
        sa.Column("program_id", sa.Uuid(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column(
            "shift",
            sa.Enum("morning", "afternoon", name="shift", native_enum=False, create_constraint=True, length=None),
            nullable=False,
        ),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=True),
        sa.Column("trainer", sa.Text(), nullable=True),
        sa.Column("trainer_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["program_id"], ["programs.id"], name=op.f("fk_training_sessions_program_id_programs"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["trainer_id"], ["accounts.id"], name=op.f("fk_training_sessions_trainer_id_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_sessions")),
        sa.UniqueConstraint(
            "program_id", "held_on", "shift", name=op.f("uq_training_sessions_program_id_held_on_shift")
        ),
    )
    op.create_table(
        "enrolments",
        sa.Column("program_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "enrolled",
                "completed",
                "withdrawn",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=None,
            ),
            nullable=False,
        ),
        sa.Column("enrolled_by", sa.Uuid(), nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "(state = 'completed') = (completed_at IS NOT NULL)", name=op.f("ck_enrolments_completed_when")
        ),
        sa.ForeignKeyConstraint(["actor_id"], ["actors.id"], name=op.f("fk_enrolments_actor_id_actors")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_enrolments_person_id_people")),
        sa.ForeignKeyConstraint(["program_id"], ["programs.id"], name=op.f("fk_enrolments_program_id_programs")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrolments")),
    )
    op.create_index("ix_enrolments_actor_id", "enrolments", ["actor_id"], unique=False)
    op.create_index("ix_enrolments_person_id", "enrolments", ["person_id", "id"], unique=False)
    op.create_index("ix_enrolments_program_id", "enrolments", ["program_id", "id"], unique=False)
    op.create_index(
        "uq_enrolments_one_seat",
        "enrolments",
        ["program_id", "person_id"],
        unique=True,
        postgresql_where=sa.text("state <> 'withdrawn'"),
    )


def downgrade() -> None:
    op.drop_index("uq_enrolments_one_seat", table_name="enrolments", postgresql_where=sa.text("state <> 'withdrawn'"))
    op.drop_index("ix_enrolments_program_id", table_name="enrolments")
    op.drop_index("ix_enrolments_person_id", table_name="enrolments")
    op.drop_index("ix_enrolments_actor_id", table_name="enrolments")
    op.drop_table("enrolments")
    op.drop_table("training_sessions")
    op.drop_index("ix_program_transitions_program_id", table_name="program_transitions")
    op.drop_table("program_transitions")
    op.drop_index(
        "ix_programs_title_trgm",
        table_name="programs",
        postgresql_using="gin",
        postgresql_ops={"title": "gin_trgm_ops"},
    )
    op.drop_index("ix_programs_organization_id", table_name="programs")
    op.drop_index("ix_programs_list", table_name="programs")
    op.drop_table("programs")
