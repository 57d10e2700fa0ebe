"""Attendance, scores of tests, no-shows and certificates."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

# What anybody may know of a certificate, whoever asks and behind whichever wall: of the name the first letters only.
VERIFIABLE = r"""
    CREATE VIEW verifiable_certificates AS
    SELECT code, number, issued_at, regexp_replace(person_name, '(\S)\S*', '\1••••', 'g') AS person_name,
        program_title, organizers, starts_on, ends_on, completed_on, sessions_held, sessions_attended, minutes,
        revoked_at, revoke_reason
    FROM certificates
"""

# Facts by which those who wait are ranked and that lie beyond an organizer's wall. Of a disability it tells no more than
# the order does: whether the person has one and the programme is meant for people with one.
WAITING_FACTS = """
    CREATE VIEW waiting_facts AS
    SELECT w.id AS entry_id,
        EXISTS (
            SELECT FROM enrolments e WHERE e.person_id = w.person_id AND e.state = 'completed'
        ) AS completed_before,
        (
            SELECT count(*) FROM no_shows n WHERE n.person_id = w.person_id AND n.state = 'counts'
                AND n.counts_until >= CAST(now() AT TIME ZONE 'Asia/Makassar' AS date)
        ) AS no_shows,
        ('disability' = ANY (p.segments) OR EXISTS (
            SELECT FROM reserved_seats r WHERE r.program_id = p.id AND r.segment = 'disability'
        )) AND EXISTS (
            SELECT FROM person_segments s WHERE s.person_id = w.person_id AND s.segment = 'disability'
                AND s.since <= CAST(now() AT TIME ZONE 'Asia/Makassar' AS date)
                AND (s.until IS NULL OR s.until > CAST(now() AT TIME ZONE 'Asia/Makassar' AS date))
        ) AS meant_by_disability
    FROM waiting_entries w JOIN programs p ON p.id = w.program_id
"""


def upgrade() -> None:
    create_attendances()
    create_scores()
    create_waivers()
    create_no_shows()
    create_certificates()
    op.execute(VERIFIABLE)
    op.execute(WAITING_FACTS)


def downgrade() -> None:
    op.execute("DROP VIEW waiting_facts")
    op.execute("DROP VIEW verifiable_certificates")
    for table in (
        *("certificate_counters", "certificates", "no_shows"),
        *("completion_waivers", "test_scores", "attendances"),
    ):
        op.drop_table(table)


def enum(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=None)


def instant(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def identified() -> tuple[sa.Column, sa.Column]:
    return (
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
    )


def versioned() -> tuple[sa.Column, sa.Column]:
    return (
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
    )


def create_attendances() -> None:
    op.create_table(
        "attendances",
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("enrolment_id", sa.Uuid(), nullable=False),
        sa.Column("came", sa.Boolean(), nullable=False),
        instant("at"),
        instant("recorded_at"),
        sa.Column("how", enum("how", "code", "qr", "organizer", "batch"), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("client_ref", sa.Text(), nullable=True),
        *identified(),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolments.id"], name=op.f("fk_attendances_enrolment_id_enrolments")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["training_sessions.id"], name=op.f("fk_attendances_session_id_training_sessions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendances")),
        sa.UniqueConstraint("session_id", "enrolment_id", name=op.f("uq_attendances_session_id_enrolment_id")),
    )
    op.create_index("ix_attendances_enrolment_id", "attendances", ["enrolment_id"])


def create_scores() -> None:
    op.create_table(
        "test_scores",
        sa.Column("enrolment_id", sa.Uuid(), nullable=False),
        sa.Column("test", enum("test", "pre", "post"), nullable=False),
        sa.Column("score", sa.SmallInteger(), nullable=False),
        instant("noted_at"),
        sa.Column("noted_by", sa.Uuid(), nullable=False),
        *versioned(),
        *identified(),
        sa.CheckConstraint("score BETWEEN 0 AND 100", name=op.f("ck_test_scores_score")),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolments.id"], name=op.f("fk_test_scores_enrolment_id_enrolments")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_test_scores")),
        sa.UniqueConstraint("enrolment_id", "test", name=op.f("uq_test_scores_enrolment_id_test")),
    )


def create_waivers() -> None:
    op.create_table(
        "completion_waivers",
        sa.Column("enrolment_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("attended_percent", sa.SmallInteger(), nullable=True),
        sa.Column("post_score", sa.SmallInteger(), nullable=True),
        sa.Column("waived_by", sa.Uuid(), nullable=False),
        *identified(),
        sa.CheckConstraint("attended_percent BETWEEN 0 AND 100", name=op.f("ck_completion_waivers_attended_percent")),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolments.id"], name=op.f("fk_completion_waivers_enrolment_id_enrolments")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_completion_waivers")),
        sa.UniqueConstraint("enrolment_id", name=op.f("uq_completion_waivers_enrolment_id")),
    )


def create_no_shows() -> None:
    op.create_table(
        "no_shows",
        sa.Column("enrolment_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("program_id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=True),
        sa.Column("state", enum("state", "counts", "appealed", "excused", "faded"), nullable=False),
        instant("noted_at"),
        sa.Column("counts_until", sa.Date(), nullable=False),
        sa.Column("appeal_until", sa.Date(), nullable=False),
        instant("appealed_at", nullable=True),
        sa.Column("appeal_sealed", sa.LargeBinary(), nullable=True),
        instant("decided_at", nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("answer_sealed", sa.LargeBinary(), nullable=True),
        *versioned(),
        *identified(),
        sa.CheckConstraint("(appealed_at IS NULL) = (appeal_sealed IS NULL)", name=op.f("ck_no_shows_appealed_why")),
        sa.CheckConstraint("state <> 'appealed' OR appealed_at IS NOT NULL", name=op.f("ck_no_shows_appealed_once")),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolments.id"], name=op.f("fk_no_shows_enrolment_id_enrolments")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_no_shows_person_id_people")),
        sa.ForeignKeyConstraint(["program_id"], ["programs.id"], name=op.f("fk_no_shows_program_id_programs")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["training_sessions.id"], name=op.f("fk_no_shows_session_id_training_sessions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_no_shows")),
        sa.UniqueConstraint("enrolment_id", name=op.f("uq_no_shows_enrolment_id")),
    )
    op.create_index("ix_no_shows_person_id", "no_shows", ["person_id", "id"])
    op.create_index("ix_no_shows_program_id", "no_shows", ["program_id", "id"])
    op.create_index(
        "ix_no_shows_appealed", "no_shows", ["appealed_at", "id"], postgresql_where=sa.text("state = 'appealed'")
    )
    op.create_index("ix_no_shows_counting", "no_shows", ["counts_until"], postgresql_where=sa.text("state = 'counts'"))


def create_certificates() -> None:
    op.create_table(
        "certificates",
        sa.Column("enrolment_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        instant("issued_at"),
        sa.Column("issued_by", sa.Uuid(), nullable=True),
        sa.Column("person_name", sa.Text(), nullable=True),
        sa.Column("program_title", sa.Text(), nullable=False),
        sa.Column("organizers", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("completed_on", sa.Date(), nullable=False),
        sa.Column("sessions_held", sa.SmallInteger(), nullable=False),
        sa.Column("sessions_attended", sa.SmallInteger(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("post_score", sa.SmallInteger(), nullable=True),
        sa.Column("replaces_id", sa.Uuid(), nullable=True),
        instant("revoked_at", nullable=True),
        sa.Column("revoked_by", sa.Uuid(), nullable=True),
        sa.Column(
            "revoke_reason",
            enum("revoke_reason", "wrong_person", "wrong_details", "not_earned", "replaced", "other"),
            nullable=True,
        ),
        sa.Column("revoke_note", sa.Text(), nullable=True),
        *versioned(),
        *identified(),
        sa.CheckConstraint("serial > 0", name=op.f("ck_certificates_serial")),
        sa.CheckConstraint("(revoked_at IS NULL) = (revoke_reason IS NULL)", name=op.f("ck_certificates_revoked_why")),
        sa.CheckConstraint("sessions_attended BETWEEN 0 AND sessions_held", name=op.f("ck_certificates_sessions")),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolments.id"], name=op.f("fk_certificates_enrolment_id_enrolments")
        ),
        sa.ForeignKeyConstraint(
            ["replaces_id"], ["certificates.id"], name=op.f("fk_certificates_replaces_id_certificates")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificates")),
        sa.UniqueConstraint("year", "serial", name=op.f("uq_certificates_year_serial")),
        sa.UniqueConstraint("number", name=op.f("uq_certificates_number")),
        sa.UniqueConstraint("code", name=op.f("uq_certificates_code")),
    )
    op.create_index("ix_certificates_enrolment_id", "certificates", ["enrolment_id", "id"])
    op.create_index(
        "uq_certificates_one_valid",
        "certificates",
        ["enrolment_id"],
        unique=True,
        postgresql_where=sa.text("revoked_at IS NULL"),
    )
    op.create_table(
        "certificate_counters",
        sa.Column("year", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.CheckConstraint("last >= 0", name=op.f("ck_certificate_counters_last")),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_certificate_counters")),
    )
