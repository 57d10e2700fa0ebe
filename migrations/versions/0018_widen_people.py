"""Registration on behalf, guardians, segments, change of phone."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

PAPER = "(proof = 'signed_paper') = (paper_reference IS NOT NULL AND paper_file_id IS NOT NULL)"
TABLES = (
    *("remote_areas", "person_segments", "guardianships", "takeover_tries", "takeover_codes", "phone_changes"),
    "registrations",
)

# Since when is not known of what was told before: it counts from the day of registration.
DISABILITIES = """
    INSERT INTO person_segments (id, person_id, segment, since, source, version)
    SELECT gen_random_uuid(), p.id, 'disability', (p.created_at AT TIME ZONE 'Asia/Makassar')::date,
        CASE WHEN p.import_id IS NOT NULL THEN 'import' WHEN p.registered_by IS NULL THEN 'self' ELSE 'officer' END, 1
    FROM people p WHERE cardinality(p.disabilities) > 0
"""


def upgrade() -> None:
    create_registrations()
    create_phone_changes()
    create_takeovers()
    create_guardianships()
    create_segments()
    op.execute(DISABILITIES)
    op.create_table(
        "remote_areas",
        sa.Column("region_code", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.CheckConstraint("status IN ('C', 'R', 'V')", name=op.f("ck_remote_areas_status")),
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name=op.f("ck_remote_areas_period")),
        sa.PrimaryKeyConstraint("region_code", "valid_from", name=op.f("pk_remote_areas")),
    )


def create_registrations() -> None:
    op.create_table(
        "registrations",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("registered_by", sa.Uuid(), nullable=False),
        sa.Column("proof", proof(), nullable=False),
        sa.Column("phone_index", sa.LargeBinary(), nullable=True),
        sa.Column("paper_reference", sa.Text(), nullable=True),
        sa.Column("paper_file_id", sa.Uuid(), nullable=True),
        *identified(),
        sa.CheckConstraint(PAPER, name=op.f("ck_registrations_paper_is_on_file")),
        sa.CheckConstraint(
            "proof <> 'own_code' OR phone_index IS NOT NULL", name=op.f("ck_registrations_code_went_to_a_phone")
        ),
        refers("registrations", "person_id", "people"),
        refers("registrations", "paper_file_id", "files"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registrations")),
    )
    op.create_index("ix_registrations_person_id", "registrations", ["person_id"])


def create_phone_changes() -> None:
    op.create_table(
        "phone_changes",
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("phone_index", sa.LargeBinary(), nullable=False),
        sa.Column("proof", proof(), nullable=False),
        sa.Column("paper_reference", sa.Text(), nullable=True),
        sa.Column("paper_file_id", sa.Uuid(), nullable=True),
        sa.Column("changed_by", sa.Uuid(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        *identified(),
        sa.CheckConstraint(PAPER, name=op.f("ck_phone_changes_paper_is_on_file")),
        sa.CheckConstraint("proof <> 'import'", name=op.f("ck_phone_changes_proof_is_ones_own")),
        sa.CheckConstraint("num_nonnulls(account_id, person_id) > 0", name=op.f("ck_phone_changes_of_somebody")),
        sa.CheckConstraint(
            "(done_at IS NULL) = (phone_sealed IS NOT NULL)", name=op.f("ck_phone_changes_number_while_it_waits")
        ),
        sa.CheckConstraint(
            "done_at IS NOT NULL OR account_id IS NOT NULL", name=op.f("ck_phone_changes_account_waits")
        ),
        refers("phone_changes", "account_id", "accounts", ondelete="CASCADE"),
        refers("phone_changes", "person_id", "people"),
        refers("phone_changes", "paper_file_id", "files"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phone_changes")),
    )
    for column in ("person_id", "account_id"):
        op.create_index(f"ix_phone_changes_{column}", "phone_changes", [column])
    op.create_index(
        "uq_phone_changes_one_waiting",
        "phone_changes",
        ["account_id"],
        unique=True,
        postgresql_where=sa.text("done_at IS NULL"),
    )


def create_takeovers() -> None:
    op.create_table(
        "takeover_codes",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        *identified(),
        sa.CheckConstraint("used_at IS NULL OR ended_at IS NULL", name=op.f("ck_takeover_codes_used_or_ended")),
        refers("takeover_codes", "person_id", "people"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_takeover_codes")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_takeover_codes_code_hash")),
    )
    op.create_index("ix_takeover_codes_person_id", "takeover_codes", ["person_id"])
    op.create_index(
        "uq_takeover_codes_one_living",
        "takeover_codes",
        ["person_id"],
        unique=True,
        postgresql_where=sa.text("used_at IS NULL AND ended_at IS NULL"),
    )
    op.create_table(
        "takeover_tries",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        *identified(),
        refers("takeover_tries", "account_id", "accounts", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_takeover_tries")),
    )
    op.create_index("ix_takeover_tries_account_id", "takeover_tries", ["account_id", "created_at"])


def create_guardianships() -> None:
    relations = ("mother", "father", "grandparent", "sibling", "relative", "appointed", "other")
    op.create_table(
        "guardianships",
        sa.Column("ward_id", sa.Uuid(), nullable=False),
        sa.Column("guardian_id", sa.Uuid(), nullable=False),
        sa.Column("relation", enum("relation", *relations), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("proof_file_id", sa.Uuid(), nullable=True),
        *versioned(),
        sa.CheckConstraint("ward_id <> guardian_id", name=op.f("ck_guardianships_not_oneself")),
        sa.CheckConstraint("until >= since", name=op.f("ck_guardianships_period")),
        sa.CheckConstraint("(until IS NULL) = (ended_by IS NULL)", name=op.f("ck_guardianships_ended_by_someone")),
        refers("guardianships", "ward_id", "people"),
        refers("guardianships", "guardian_id", "people"),
        refers("guardianships", "proof_file_id", "files"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guardianships")),
    )
    op.create_index("ix_guardianships_ward_id", "guardianships", ["ward_id", "id"])
    op.create_index("ix_guardianships_guardian_id", "guardianships", ["guardian_id"])
    op.create_index(
        "uq_guardianships_one_active",
        "guardianships",
        ["ward_id", "guardian_id"],
        unique=True,
        postgresql_where=sa.text("until IS NULL"),
    )


def create_segments() -> None:
    op.create_table(
        "person_segments",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column(
            "segment", enum("segment", "women", "mothers", "youth", "disability", "remote_village"), nullable=False
        ),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("source", enum("source", "self", "officer", "import", "law"), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        *versioned(),
        sa.CheckConstraint("until >= since", name=op.f("ck_person_segments_period")),
        sa.CheckConstraint("until IS NOT NULL OR ended_by IS NULL", name=op.f("ck_person_segments_ended_when")),
        refers("person_segments", "person_id", "people"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_segments")),
    )
    op.create_index("ix_person_segments_person_id", "person_segments", ["person_id", "segment"])
    op.create_index(
        "uq_person_segments_one_active",
        "person_segments",
        ["person_id", "segment"],
        unique=True,
        postgresql_where=sa.text("until IS NULL"),
    )


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)


def identified() -> tuple[sa.Column, ...]:
    return (
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
    )


def versioned() -> tuple[sa.Column, ...]:
    return (
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        *identified(),
    )


def refers(table: str, column: str, other: str, ondelete: str | None = None) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}"), ondelete=ondelete
    )


def enum(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=None)


def proof() -> sa.Enum:
    return enum("proof", "own_code", "signed_paper", "import")
