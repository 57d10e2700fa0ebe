"""Evidence by files, links and rows of this system; how levels moved; files handed in piece by piece."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

STATES = ("submitted", "verified", "rejected", "withdrawn", "revoked", "ended")
REPLACED = ("level_when_verified", "decided_when")
CHECKS = {
    "level_when_verified": "verified_level IS NULL OR state IN ('verified', 'revoked', 'ended')",
    "decided_when": "(state IN ('submitted', 'withdrawn')) = (decided_at IS NULL)",
    "ended_when": "(state IN ('withdrawn', 'revoked', 'ended')) = (ended_at IS NOT NULL)",
    "revocation_has_reason": "state <> 'revoked' OR end_reason IS NOT NULL",
    "fact_is_a_row": "(fact_table IS NULL) = (fact_id IS NULL)",
    "submitted_by_somebody": "(fact_id IS NULL) = (submitted_by IS NOT NULL)",
    "fact_decides": "fact_id IS NULL OR decided_by IS NULL AND state IN ('verified', 'revoked', 'ended')",
}
FORMERLY = {
    "level_when_verified": "verified_level IS NULL OR state = 'verified'",
    "decided_when": "(state = 'submitted') = (decided_at IS NULL)",
}


def upgrade() -> None:
    op.add_column("outcomes", sa.Column("target_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("outcomes", sa.Column("target_by", sa.Uuid(), nullable=True))
    _widen_evidence()
    _add_evidence_files()
    _add_outcome_levels()
    _add_system_facts()
    _add_uploads()
    op.execute("SELECT guard_references()")


def _widen_evidence() -> None:
    op.add_column("evidence", sa.Column("kind", sa.Text(), nullable=False, server_default="photo"))
    op.alter_column("evidence", "kind", server_default=None)
    op.alter_column("evidence", "file_reference", new_column_name="legacy_reference", nullable=True)
    op.alter_column("evidence", "submitted_by", nullable=True)
    for name in ("url", "fact_table", "end_reason"):
        op.add_column("evidence", sa.Column(name, sa.Text(), nullable=True))
    for name in ("fact_id", "ended_by"):
        op.add_column("evidence", sa.Column(name, sa.Uuid(), nullable=True))
    op.add_column("evidence", sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True))
    op.drop_constraint(op.f("ck_evidence_state"), "evidence", type_="check")
    listed = ", ".join(f"'{state}'" for state in STATES)
    op.create_check_constraint(op.f("ck_evidence_state"), "evidence", f"state IN ({listed})")
    for name in REPLACED:
        op.drop_constraint(op.f(f"ck_evidence_{name}"), "evidence", type_="check")
    for name, sql in CHECKS.items():
        op.create_check_constraint(op.f(f"ck_evidence_{name}"), "evidence", sql)
    op.create_index(
        "uq_evidence_one_fact",
        "evidence",
        ["outcome_id", "fact_table", "fact_id"],
        unique=True,
        postgresql_where=sa.text("fact_id IS NOT NULL"),
    )


def _add_evidence_files() -> None:
    op.create_table(
        "evidence_files",
        sa.Column("evidence_id", sa.Uuid(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["evidence_id"], ["evidence.id"], name=op.f("fk_evidence_files_evidence_id_evidence"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name=op.f("fk_evidence_files_file_id_files")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_files")),
        sa.UniqueConstraint("evidence_id", "file_id", name=op.f("uq_evidence_files_evidence_id_file_id")),
    )
    op.create_index("ix_evidence_files_file_id", "evidence_files", ["file_id"])
    op.create_index("ix_files_sha256", "files", ["sha256"])


def _add_outcome_levels() -> None:
    op.create_table(
        "outcome_levels",
        sa.Column("outcome_id", sa.Uuid(), nullable=False),
        sa.Column("before_level", sa.SmallInteger(), nullable=True),
        sa.Column("level", sa.SmallInteger(), nullable=True),
        sa.Column(
            "cause",
            sa.Enum(
                "evidence",
                "system_fact",
                "follow_up",
                name="cause",
                native_enum=False,
                create_constraint=True,
                length=None,
            ),
            nullable=False,
        ),
        sa.Column("evidence_id", sa.Uuid(), nullable=True),
        sa.Column("follow_up_id", sa.Uuid(), nullable=True),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("rubric_version", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("level BETWEEN 0 AND 4", name=op.f("ck_outcome_levels_level")),
        sa.CheckConstraint("before_level BETWEEN 0 AND 4", name=op.f("ck_outcome_levels_before_level")),
        sa.CheckConstraint("level IS DISTINCT FROM before_level", name=op.f("ck_outcome_levels_moved")),
        sa.CheckConstraint(
            "follow_up_id IS NULL OR cause = 'follow_up'", name=op.f("ck_outcome_levels_follow_up_is_the_cause")
        ),
        sa.ForeignKeyConstraint(
            ["outcome_id"], ["outcomes.id"], name=op.f("fk_outcome_levels_outcome_id_outcomes"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["evidence_id"], ["evidence.id"], name=op.f("fk_outcome_levels_evidence_id_evidence"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outcome_levels")),
    )
    op.create_index("ix_outcome_levels_outcome_id", "outcome_levels", ["outcome_id", "id"])
    op.create_index(
        "ix_outcome_levels_evidence_id",
        "outcome_levels",
        ["evidence_id"],
        postgresql_where=sa.text("evidence_id IS NOT NULL"),
    )
    # What was reached by now was verified; which evidence it was is the highest that was found.
    op.execute(
        """
        INSERT INTO outcome_levels
            (id, outcome_id, before_level, level, cause, evidence_id, by_id, rubric_version, created_at)
        SELECT gen_random_uuid(), o.id, NULL, o.reached_level, 'evidence', e.id, e.decided_by, o.rubric_version,
            o.reached_at
        FROM outcomes o
        LEFT JOIN LATERAL (
            SELECT id, decided_by FROM evidence
            WHERE outcome_id = o.id AND state = 'verified' AND verified_level = o.reached_level
            ORDER BY decided_at LIMIT 1
        ) e ON true
        WHERE o.reached_level IS NOT NULL
        """
    )


def _add_system_facts() -> None:
    op.create_table(
        "system_facts",
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.Column("fact_table", sa.Text(), nullable=False),
        sa.Column("fact_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["actors.id"], name=op.f("fk_system_facts_actor_id_actors")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_system_facts")),
        sa.UniqueConstraint("fact_table", "fact_id", name=op.f("uq_system_facts_fact_table_fact_id")),
    )
    op.create_index("ix_system_facts_actor_id", "system_facts", ["actor_id"])
    op.create_index(
        "ix_system_facts_until",
        "system_facts",
        ["until"],
        postgresql_where=sa.text("until IS NOT NULL AND ended_at IS NULL"),
    )


def _add_uploads() -> None:
    op.create_table(
        "uploads",
        sa.Column("uploaded_by", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("length_bytes", sa.BigInteger(), nullable=False),
        sa.Column("offset_bytes", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("part_ids", postgresql.ARRAY(sa.Uuid()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("key_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("length_bytes > 0", name=op.f("ck_uploads_not_empty")),
        sa.CheckConstraint("offset_bytes BETWEEN 0 AND length_bytes", name=op.f("ck_uploads_offset")),
        sa.CheckConstraint(
            "(key_sealed IS NULL) = (offset_bytes = length_bytes)", name=op.f("ck_uploads_key_until_whole")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_uploads")),
    )
    op.create_index("ix_uploads_uploaded_by", "uploads", ["uploaded_by", "id"])
    op.create_index("ix_uploads_expires_at", "uploads", ["expires_at"])


def downgrade() -> None:
    for table in ("uploads", "system_facts", "outcome_levels", "evidence_files"):
        op.drop_table(table)
    op.drop_index("ix_files_sha256", table_name="files")
    _narrow_evidence()
    op.drop_column("outcomes", "target_by")
    op.drop_column("outcomes", "target_at")


def _narrow_evidence() -> None:
    # What speaks for itself, and what was withdrawn, was not known before.
    op.execute("DELETE FROM evidence WHERE fact_id IS NOT NULL OR state IN ('withdrawn', 'revoked', 'ended')")
    op.execute("UPDATE evidence SET legacy_reference = coalesce(legacy_reference, url, '-')")
    op.drop_index("uq_evidence_one_fact", table_name="evidence")
    for name in CHECKS:
        op.drop_constraint(op.f(f"ck_evidence_{name}"), "evidence", type_="check")
    for name, sql in FORMERLY.items():
        op.create_check_constraint(op.f(f"ck_evidence_{name}"), "evidence", sql)
    op.drop_constraint(op.f("ck_evidence_state"), "evidence", type_="check")
    op.create_check_constraint(op.f("ck_evidence_state"), "evidence", "state IN ('submitted', 'verified', 'rejected')")
    for name in ("kind", "url", "fact_table", "fact_id", "ended_by", "ended_at", "end_reason"):
        op.drop_column("evidence", name)
    op.alter_column("evidence", "submitted_by", nullable=False)
    op.alter_column("evidence", "legacy_reference", new_column_name="file_reference", nullable=False)
