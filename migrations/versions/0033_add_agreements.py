"""Agreements with partners, their commitments and sponsors of programmes; consultations and what follows them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

AGREEMENT_STATES = ("draft", "active", "ended", "terminated")
COMMITMENTS = ("seats", "rupiah", "offtake")
FIELDS = ("institution", "human_resources", "production", "finance", "marketing")
CHANNELS = ("visit", "office", "phone", "video")
CONSULTATION_STATES = ("requested", "scheduled", "held", "no_show", "cancelled")
RESULTS = ("solved", "continuing", "referred", "unsolved")
SHIFTS = ("morning", "afternoon")

# Who sits in which programme, as states without any name: partners count by it what became of their commitments.
PROGRAM_SEATS = "CREATE VIEW program_seats AS SELECT program_id, state FROM enrolments WHERE state <> 'withdrawn'"


def one_of(name: str, values: tuple[str, ...]) -> sa.Enum:
    """Text that is one of these, by a CHECK."""
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=None)


def identified(table: str) -> tuple[sa.schema.SchemaItem, ...]:
    """What every table has."""
    return (
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )


def versioned(table: str) -> tuple[sa.schema.SchemaItem, ...]:
    """What a table has whose rows people change."""
    return (
        *identified(table),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
    )


def to(table: str, column: str, other: str, *, owned: bool = False) -> sa.ForeignKeyConstraint:
    """A foreign key; rows go with the row that owns them."""
    name = op.f(f"fk_{table}_{column}_{other}")
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=name, ondelete="CASCADE" if owned else None)


def check(table: str, name: str, condition: str) -> sa.CheckConstraint:
    """A named CHECK."""
    return sa.CheckConstraint(condition, name=op.f(f"ck_{table}_{name}"))


def upgrade() -> None:
    create_agreements()
    create_commitments()
    create_sponsors()
    create_consultations()
    create_what_follows()
    op.execute(PROGRAM_SEATS)
    op.execute("SELECT guard_references()")  # No row names what was merged into another.


def downgrade() -> None:
    op.execute("DROP VIEW program_seats")
    for table in ("consultation_files", "consultation_notes", "agreed_actions", "consultation_transitions"):
        op.drop_table(table)
    for table in ("consultations", "program_sponsors", "commitments", "agreement_transitions", "agreements"):
        op.drop_table(table)


def create_agreements() -> None:
    op.create_table(
        "agreements",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=True),
        sa.Column("paper_file_id", sa.Uuid(), nullable=True),
        sa.Column("state", one_of("state", AGREEMENT_STATES), nullable=False),
        sa.Column("drafted_by", sa.Uuid(), nullable=False),
        *versioned("agreements"),
        check("agreements", "period", "ends_on >= starts_on"),
        check("agreements", "signed_when_active", "state = 'draft' OR state = 'terminated' OR signed_on IS NOT NULL"),
        to("agreements", "organization_id", "organizations"),
        to("agreements", "paper_file_id", "files"),
        sa.UniqueConstraint("number", name=op.f("uq_agreements_number")),
    )
    op.create_index("ix_agreements_organization_id", "agreements", ["organization_id", "id"])
    op.create_index("ix_agreements_state", "agreements", ["state", "ends_on"])
    op.create_index(
        "ix_agreements_paper_file_id",
        "agreements",
        ["paper_file_id"],
        postgresql_where=sa.text("paper_file_id IS NOT NULL"),
    )
    op.create_table(
        "agreement_transitions",
        sa.Column("agreement_id", sa.Uuid(), nullable=False),
        sa.Column("from_state", one_of("from_state", AGREEMENT_STATES), nullable=False),
        sa.Column("to_state", one_of("to_state", AGREEMENT_STATES), nullable=False),
        sa.Column("caller_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        *identified("agreement_transitions"),
        to("agreement_transitions", "agreement_id", "agreements", owned=True),
    )
    op.create_index("ix_agreement_transitions_agreement_id", "agreement_transitions", ["agreement_id", "id"])


def create_commitments() -> None:
    op.create_table(
        "commitments",
        sa.Column("agreement_id", sa.Uuid(), nullable=False),
        sa.Column("kind", one_of("kind", COMMITMENTS), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=True),
        sa.Column("amount_idr", sa.BigInteger(), nullable=True),
        sa.Column("quantity", sa.Integer(), nullable=True),
        sa.Column("unit", sa.Text(), nullable=True),
        sa.Column("product", sa.Text(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        *versioned("commitments"),
        check("commitments", "seats_of_its_kind", "(kind = 'seats') = (seats IS NOT NULL)"),
        check("commitments", "amount_of_its_kind", "(kind = 'rupiah') = (amount_idr IS NOT NULL)"),
        check("commitments", "offtake_of_its_kind", "(kind = 'offtake') = (num_nonnulls(quantity, unit, product) = 3)"),
        check("commitments", "offtake_whole", "kind = 'offtake' OR num_nonnulls(quantity, unit, product) = 0"),
        check("commitments", "something", "seats > 0 AND amount_idr > 0 AND quantity > 0"),
        to("commitments", "agreement_id", "agreements", owned=True),
    )
    op.create_index("ix_commitments_agreement_id", "commitments", ["agreement_id", "id"])
    op.create_index("ix_commitments_due_on", "commitments", ["due_on", "id"])


def create_sponsors() -> None:
    op.create_table(
        "program_sponsors",
        sa.Column("program_id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("commitment_id", sa.Uuid(), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=True),
        sa.Column("amount_idr", sa.BigInteger(), nullable=True),
        sa.Column("added_by", sa.Uuid(), nullable=False),
        *identified("program_sponsors"),
        check("program_sponsors", "seats_or_amount", "num_nonnulls(seats, amount_idr) = 1"),
        check("program_sponsors", "something", "seats > 0 AND amount_idr > 0"),
        to("program_sponsors", "program_id", "programs", owned=True),
        to("program_sponsors", "organization_id", "organizations"),
        to("program_sponsors", "commitment_id", "commitments"),
        sa.UniqueConstraint("program_id", "commitment_id", name=op.f("uq_program_sponsors_program_id_commitment_id")),
    )
    op.create_index("ix_program_sponsors_commitment_id", "program_sponsors", ["commitment_id", "id"])
    op.create_index("ix_program_sponsors_organization_id", "program_sponsors", ["organization_id", "id"])


def create_consultations() -> None:
    table = "consultations"
    op.create_table(
        table,
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("field", one_of("field", FIELDS), nullable=False),
        sa.Column("channel", one_of("channel", CHANNELS), nullable=False),
        sa.Column("problem_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("wished_days", postgresql.ARRAY(sa.Date()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("requested_by", sa.Uuid(), nullable=False),
        sa.Column("consultant_id", sa.Uuid(), nullable=True),
        sa.Column("state", one_of("state", CONSULTATION_STATES), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=True),
        sa.Column("shift", one_of("shift", SHIFTS), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("place_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("room_id", sa.Uuid(), nullable=True),
        sa.Column("booking_id", sa.Uuid(), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("advice_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("result", one_of("result", RESULTS), nullable=True),
        sa.Column("next_visit_on", sa.Date(), nullable=True),
        sa.Column("held_by", sa.Uuid(), nullable=True),
        *versioned(table),
        postgresql.ExcludeConstraint(
            (sa.column("consultant_id"), "="),
            (sa.text("tstzrange(starts_at, ends_at)"), "&&"),
            where=sa.text("state = 'scheduled'"),
            using="gist",
            name="ex_consultations_one_place_at_a_time",
        ),
        check(table, "period", "ends_at > starts_at"),
        check(table, "appointment_whole", "num_nulls(on_date, starts_at, ends_at) IN (0, 3)"),
        check(table, "appointed", "state NOT IN ('scheduled', 'held', 'no_show') OR starts_at IS NOT NULL"),
        check(table, "with_somebody", "state NOT IN ('scheduled', 'held', 'no_show') OR consultant_id IS NOT NULL"),
        check(table, "recorded_when_held", "(state = 'held') = (minutes IS NOT NULL)"),
        check(table, "minutes", "minutes BETWEEN 1 AND 1440"),
        check(table, "wished_days", "cardinality(wished_days) <= 5"),
        to(table, "person_id", "people"),
        to(table, "actor_id", "actors"),
        to(table, "consultant_id", "accounts"),
        to(table, "room_id", "rooms"),
        to(table, "booking_id", "bookings"),
    )
    op.create_index("ix_consultations_person_id", table, ["person_id", "id"])
    op.create_index("ix_consultations_actor_id", table, ["actor_id", "id"])
    op.create_index("ix_consultations_consultant_id", table, ["consultant_id", "on_date"])
    op.create_index("ix_consultations_on_date", table, ["on_date", "consultant_id"])
    open_ones = sa.text("state IN ('requested', 'scheduled')")
    op.create_index("ix_consultations_open", table, ["id"], postgresql_where=open_ones)


def create_what_follows() -> None:
    op.create_table(
        "consultation_transitions",
        sa.Column("consultation_id", sa.Uuid(), nullable=False),
        sa.Column("from_state", one_of("from_state", CONSULTATION_STATES), nullable=True),
        sa.Column("to_state", one_of("to_state", CONSULTATION_STATES), nullable=False),
        sa.Column("caller_id", sa.Uuid(), nullable=True),
        sa.Column("reason_sealed", sa.LargeBinary(), nullable=True),
        *identified("consultation_transitions"),
        to("consultation_transitions", "consultation_id", "consultations", owned=True),
    )
    op.create_table(
        "agreed_actions",
        sa.Column("consultation_id", sa.Uuid(), nullable=False),
        sa.Column("what_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by", sa.Uuid(), nullable=True),
        *versioned("agreed_actions"),
        check("agreed_actions", "done_by_someone", "(done_at IS NULL) = (done_by IS NULL)"),
        to("agreed_actions", "consultation_id", "consultations", owned=True),
    )
    op.create_table(
        "consultation_notes",
        sa.Column("consultation_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("text_sealed", sa.LargeBinary(), nullable=False),
        *identified("consultation_notes"),
        to("consultation_notes", "consultation_id", "consultations", owned=True),
        to("consultation_notes", "author_id", "accounts"),
    )
    op.create_table(
        "consultation_files",
        sa.Column("consultation_id", sa.Uuid(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("added_by", sa.Uuid(), nullable=False),
        *identified("consultation_files"),
        to("consultation_files", "consultation_id", "consultations", owned=True),
        to("consultation_files", "file_id", "files"),
        sa.UniqueConstraint("consultation_id", "file_id", name=op.f("uq_consultation_files_consultation_id_file_id")),
    )
    for table in ("consultation_transitions", "agreed_actions", "consultation_notes"):
        op.create_index(f"ix_{table}_consultation_id", table, ["consultation_id", "id"])
    op.create_index("ix_consultation_files_file_id", "consultation_files", ["file_id"])
    op.create_index(
        "ix_agreed_actions_open", "agreed_actions", ["due_on", "id"], postgresql_where=sa.text("done_at IS NULL")
    )
