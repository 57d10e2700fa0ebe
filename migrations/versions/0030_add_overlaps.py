"""What resembles what among programmes, what was decided about it, and programmes that became one."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

WORDS = "ix_programs_overlap_words"
VERDICTS = ("block", "warn")
STATES = ("open", "resolved", "past")
KINDS = ("merge", "co_host", "differentiate", "reject")
SCORES = ("score", "raw_score", "topic", "kbli", "region", "period", "audience", "text")


def one_of(name: str, *values: str) -> sa.Enum:
    """Text that is one of these; the constraint comes beside it."""
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=False, length=None)


def upgrade() -> None:
    op.add_column("programs", sa.Column("overlap_words", sa.Text(), server_default=sa.text("''"), nullable=False))
    op.create_index(
        WORDS,
        "programs",
        ["overlap_words"],
        postgresql_using="gin",
        postgresql_ops={"overlap_words": "gin_trgm_ops"},
    )
    create_overlaps()
    create_merges()


def downgrade() -> None:
    op.drop_table("program_merges")
    op.drop_table("overlaps")
    op.drop_index(WORDS, table_name="programs")
    op.drop_column("programs", "overlap_words")


def create_overlaps() -> None:
    op.create_table(
        "overlaps",
        sa.Column("program_id", sa.Uuid(), nullable=False),
        sa.Column("other_id", sa.Uuid(), nullable=False),
        *(sa.Column(name, sa.SmallInteger(), nullable=False) for name in SCORES),
        sa.Column("guards", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("verdict", one_of("verdict", *VERDICTS), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", one_of("state", *STATES), nullable=False),
        sa.Column("resolution", one_of("resolution", *KINDS), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("resolved_by", sa.Uuid(), nullable=True),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_score", sa.SmallInteger(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("program_id <> other_id", name=op.f("ck_overlaps_another")),
        sa.CheckConstraint("score BETWEEN 0 AND 100 AND raw_score BETWEEN 0 AND 100", name=op.f("ck_overlaps_score")),
        sa.CheckConstraint("(state = 'resolved') = (resolution IS NOT NULL)", name=op.f("ck_overlaps_resolved_how")),
        sa.CheckConstraint(
            "num_nulls(resolution, reason, resolved_by, resolved_at, decided_score) IN (0, 5)",
            name=op.f("ck_overlaps_resolved_by_whom"),
        ),
        sa.CheckConstraint(f"verdict IN {VERDICTS}", name=op.f("ck_overlaps_verdict")),
        sa.CheckConstraint(f"state IN {STATES}", name=op.f("ck_overlaps_state")),
        sa.CheckConstraint(f"resolution IN {KINDS}", name=op.f("ck_overlaps_resolution")),
        *(
            sa.ForeignKeyConstraint(
                [name], ["programs.id"], name=op.f(f"fk_overlaps_{name}_programs"), ondelete="CASCADE"
            )
            for name in ("program_id", "other_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_overlaps")),
    )
    pair = [sa.text("least(program_id, other_id)"), sa.text("greatest(program_id, other_id)")]
    op.create_index("uq_overlaps_pair", "overlaps", pair, unique=True)
    op.create_index("ix_overlaps_program_id", "overlaps", ["program_id", "id"])
    op.create_index("ix_overlaps_other_id", "overlaps", ["other_id", "id"])
    waiting = sa.text("state = 'open' AND verdict = 'block'")
    op.create_index("ix_overlaps_open", "overlaps", ["noted_at", "id"], postgresql_where=waiting)


def create_merges() -> None:
    op.create_table(
        "program_merges",
        sa.Column("from_id", sa.Uuid(), nullable=False),
        sa.Column("into_id", sa.Uuid(), nullable=False),
        sa.Column("merged_by", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("moved", postgresql.JSONB(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        *(
            sa.ForeignKeyConstraint([name], ["programs.id"], name=op.f(f"fk_program_merges_{name}_programs"))
            for name in ("from_id", "into_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_program_merges")),
    )
    op.create_index("ix_program_merges_into_id", "program_merges", ["into_id", "id"])
    op.create_index("uq_program_merges_from_id", "program_merges", ["from_id"], unique=True)
