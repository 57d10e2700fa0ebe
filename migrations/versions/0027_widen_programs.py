"""Programmes with a controlled list of topics, levels, hosts, reserved seats, funds and tests."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

SEGMENTS = ("women", "mothers", "youth", "disability", "remote_village")
FUNDS = ("apbd", "apbn", "dak_nonfisik", "village_fund", "csr", "partner", "self_funded")
LEVELS = ("basic", "intermediate", "advanced")
STATES = ("enrolled", "completed", "incomplete", "withdrawn")
TOPICS = {
    "product_quality": "product.quality",
    "packaging": "product.packaging",
    "branding": "product.branding",
    "digital_market_literacy": "market.digital_literacy",
    "financial_literacy": "finance.literacy",
    "bookkeeping": "finance.literacy.bookkeeping",
    "legality": "legality.permits",
    "production": "product.production",
    "entrepreneurship": "product.entrepreneurship",
    "cooperative_governance": "cooperative.governance",
}


def one_of(name: str, *values: str) -> sa.Enum:
    """Text that is one of these; the constraint comes beside it."""
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=False, length=None)


COLUMNS = (
    sa.Column("topics", postgresql.ARRAY(sa.Text()), nullable=True),
    sa.Column("level", one_of("level", *LEVELS), server_default="basic", nullable=False),
    sa.Column("prerequisite_id", sa.Uuid(), nullable=True),
    sa.Column("district_codes", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
    sa.Column("kbli_version", sa.Text(), nullable=True),
    sa.Column("kbli_codes", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
    sa.Column("seats_reserved", sa.Integer(), server_default=sa.text("0"), nullable=False),
    sa.Column("fund_source", one_of("fund_source", *FUNDS), server_default="apbd", nullable=False),
    sa.Column("required_documents", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
    sa.Column("has_pre_test", sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.Column("has_post_test", sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.Column("pass_mark", sa.SmallInteger(), nullable=True),
    sa.Column("attendance_percent", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
    sa.Column("spent_idr", sa.BigInteger(), nullable=True),
    sa.Column("merged_into", sa.Uuid(), nullable=True),
)
CHECKS = {
    "seats_reserved": "seats_reserved BETWEEN 0 AND seats",
    "spent_not_negative": "spent_idr >= 0",
    "topics": "cardinality(topics) BETWEEN 1 AND 5",
    "attendance_percent": "attendance_percent BETWEEN 0 AND 100",
    "pass_mark": "pass_mark BETWEEN 0 AND 100 AND (pass_mark IS NULL OR has_post_test)",
    "another": "merged_into <> id AND prerequisite_id <> id",
    "level": f"level IN {LEVELS}",
    "fund_source": f"fund_source IN {FUNDS}",
}
ONE_AT_A_TIME = "uq_training_sessions_one_at_a_time"


def upgrade() -> None:
    for column in COLUMNS:
        op.add_column("programs", column)
    for old, new in TOPICS.items():
        op.execute(f"UPDATE programs SET topics = ARRAY['{new}'] WHERE topic = '{old}'")
    op.alter_column("programs", "topics", nullable=False)
    for column in ("level", "seats_reserved", "fund_source", "attendance_percent"):
        op.alter_column("programs", column, server_default=None)
    op.drop_column("programs", "topic")
    for name, condition in CHECKS.items():
        op.create_check_constraint(op.f(f"ck_programs_{name}"), "programs", condition)
    for column in ("prerequisite_id", "merged_into"):
        op.create_foreign_key(op.f(f"fk_programs_{column}_programs"), "programs", "programs", [column], ["id"])
    op.create_index("ix_programs_starts_on", "programs", ["starts_on", "id"])
    op.create_index("ix_programs_topics", "programs", ["topics"], postgresql_using="gin")
    create_hosts()
    create_reserved_seats()
    widen_sessions()
    widen_enrolments()


def downgrade() -> None:
    op.drop_constraint(op.f("ck_enrolments_state"), "enrolments")
    op.execute("UPDATE enrolments SET state = 'enrolled' WHERE state = 'incomplete'")
    op.create_check_constraint(
        op.f("ck_enrolments_state"), "enrolments", "state IN ('enrolled', 'completed', 'withdrawn')"
    )
    op.drop_column("enrolments", "reserved_for")
    op.drop_index("ix_training_sessions_held_on", table_name="training_sessions")
    op.drop_index(ONE_AT_A_TIME, table_name="training_sessions")
    op.execute("DELETE FROM training_sessions WHERE cancelled_at IS NOT NULL")
    op.drop_column("training_sessions", "cancel_reason")
    op.drop_column("training_sessions", "cancelled_at")
    op.create_unique_constraint(
        "uq_training_sessions_program_id_held_on_shift", "training_sessions", ["program_id", "held_on", "shift"]
    )
    op.drop_table("reserved_seats")
    op.drop_table("program_hosts")
    op.drop_index("ix_programs_starts_on", table_name="programs")
    op.add_column("programs", sa.Column("topic", sa.Text(), server_default="entrepreneurship", nullable=False))
    for old, new in TOPICS.items():
        op.execute(f"UPDATE programs SET topic = '{old}' WHERE topics[1] = '{new}'")
    op.alter_column("programs", "topic", server_default=None)
    op.create_check_constraint(op.f("ck_programs_topic"), "programs", f"topic IN {tuple(TOPICS)}")
    for column in COLUMNS:
        op.drop_column("programs", column.name)


def create_hosts() -> None:
    op.create_table(
        "program_hosts",
        sa.Column("program_id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("added_by", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["program_id"], ["programs.id"], name=op.f("fk_program_hosts_program_id_programs"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_program_hosts_organization_id_organizations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_program_hosts")),
        sa.UniqueConstraint("program_id", "organization_id", name=op.f("uq_program_hosts_program_id_organization_id")),
    )
    op.create_index(op.f("ix_program_hosts_organization_id"), "program_hosts", ["organization_id"])


def create_reserved_seats() -> None:
    op.create_table(
        "reserved_seats",
        sa.Column("program_id", sa.Uuid(), nullable=False),
        sa.Column("segment", one_of("segment", *SEGMENTS), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("seats_taken", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(f"segment IN {SEGMENTS}", name=op.f("ck_reserved_seats_segment")),
        sa.CheckConstraint("seats > 0", name=op.f("ck_reserved_seats_seats")),
        sa.CheckConstraint("seats_taken BETWEEN 0 AND seats", name=op.f("ck_reserved_seats_not_oversold")),
        sa.ForeignKeyConstraint(
            ["program_id"], ["programs.id"], name=op.f("fk_reserved_seats_program_id_programs"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reserved_seats")),
        sa.UniqueConstraint("program_id", "segment", name=op.f("uq_reserved_seats_program_id_segment")),
    )


def widen_sessions() -> None:
    op.add_column("training_sessions", sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("training_sessions", sa.Column("cancel_reason", sa.Text(), nullable=True))
    op.create_check_constraint(
        op.f("ck_training_sessions_cancelled_why"),
        "training_sessions",
        "(cancelled_at IS NULL) = (cancel_reason IS NULL)",
    )
    op.drop_constraint("uq_training_sessions_program_id_held_on_shift", "training_sessions")
    op.create_index(
        ONE_AT_A_TIME,
        "training_sessions",
        ["program_id", "held_on", "shift"],
        unique=True,
        postgresql_where=sa.text("cancelled_at IS NULL"),
    )
    op.create_index("ix_training_sessions_held_on", "training_sessions", ["held_on", "id"])


def widen_enrolments() -> None:
    op.add_column("enrolments", sa.Column("reserved_for", one_of("reserved_for", *SEGMENTS), nullable=True))
    op.create_check_constraint(op.f("ck_enrolments_reserved_for"), "enrolments", f"reserved_for IN {SEGMENTS}")
    op.drop_constraint(op.f("ck_enrolments_state"), "enrolments")
    op.create_check_constraint(op.f("ck_enrolments_state"), "enrolments", f"state IN {STATES}")
