"""The waiting list: general and reserved seats counted apart, repeats, and who waits."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

SEGMENTS = ("women", "mothers", "youth", "disability", "remote_village")
STATES = ("waiting", "offered", "accepted", "declined", "expired", "left", "closed")
OPEN = "state IN ('waiting', 'offered')"
COUNTERS = {
    "general_not_oversold": "general_taken BETWEEN 0 AND seats - seats_reserved",
    "reserved_not_oversold": "seats_taken - general_taken BETWEEN 0 AND seats_reserved",
}
CHECKS = {
    "state": f"state IN {STATES}",
    "reserved_for": f"reserved_for IN {SEGMENTS}",
    "offer": "(offered_at IS NULL) = (offer_expires_at IS NULL)",
    "offered_when": "state NOT IN ('offered', 'accepted', 'declined', 'expired') OR offered_at IS NOT NULL",
    "offered_what": "reserved_for IS NULL OR offered_at IS NOT NULL",
    "accepted_what": "state = 'accepted' OR enrolment_id IS NULL",
    "ended_when": f"({OPEN}) = (ended_at IS NULL)",
}


def one_of(name: str, *values: str) -> sa.Enum:
    """Text that is one of these; the constraint comes beside it."""
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=False, length=None)


def upgrade() -> None:
    op.add_column("programs", sa.Column("general_taken", sa.Integer(), nullable=True))
    op.execute("UPDATE programs SET general_taken = seats_taken")
    op.alter_column("programs", "general_taken", nullable=False)
    for name, condition in COUNTERS.items():
        op.create_check_constraint(op.f(f"ck_programs_{name}"), "programs", condition)
    widen_enrolments()
    create_waiting_entries()
    op.execute("SELECT guard_references()")


def downgrade() -> None:
    op.drop_table("waiting_entries")
    op.drop_index("ix_enrolments_repeats_id", table_name="enrolments")
    op.drop_column("enrolments", "waiver_reason")
    op.drop_column("enrolments", "repeats_id")
    for name in COUNTERS:
        op.drop_constraint(op.f(f"ck_programs_{name}"), "programs")
    op.drop_column("programs", "general_taken")


def widen_enrolments() -> None:
    op.add_column("enrolments", sa.Column("repeats_id", sa.Uuid(), nullable=True))
    op.add_column("enrolments", sa.Column("waiver_reason", sa.Text(), nullable=True))
    op.create_foreign_key(
        op.f("fk_enrolments_repeats_id_enrolments"),
        "enrolments",
        "enrolments",
        ["repeats_id"],
        ["id"],
        ondelete="SET NULL",
    )
    op.create_check_constraint(op.f("ck_enrolments_repeats_another"), "enrolments", "repeats_id <> id")
    op.create_index(
        "ix_enrolments_repeats_id", "enrolments", ["repeats_id"], postgresql_where=sa.text("repeats_id IS NOT NULL")
    )


def create_waiting_entries() -> None:
    op.create_table(
        "waiting_entries",
        sa.Column("program_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("state", one_of("state", *STATES), nullable=False),
        sa.Column("reserved_for", one_of("reserved_for", *SEGMENTS), nullable=True),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("waiver_reason", sa.Text(), nullable=True),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("offer_expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("enrolment_id", sa.Uuid(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        *(sa.CheckConstraint(sql, name=op.f(f"ck_waiting_entries_{name}")) for name, sql in CHECKS.items()),
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_waiting_entries_{column}_{table}"))
            for column, table in (
                ("program_id", "programs"),
                ("person_id", "people"),
                ("actor_id", "actors"),
                ("enrolment_id", "enrolments"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiting_entries")),
    )
    op.create_index(
        "uq_waiting_entries_one_open",
        "waiting_entries",
        ["program_id", "person_id"],
        unique=True,
        postgresql_where=sa.text(OPEN),
    )
    op.create_index("ix_waiting_entries_program_id", "waiting_entries", ["program_id", "id"])
    op.create_index("ix_waiting_entries_person_id", "waiting_entries", ["person_id", "id"])
    op.create_index("ix_waiting_entries_actor_id", "waiting_entries", ["actor_id"])
    op.create_index("ix_waiting_entries_enrolment_id", "waiting_entries", ["enrolment_id"])
    op.create_index(
        "ix_waiting_entries_due",
        "waiting_entries",
        ["offer_expires_at"],
        postgresql_where=sa.text("state = 'offered'"),
    )
