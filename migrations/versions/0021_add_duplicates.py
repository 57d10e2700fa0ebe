"""Names without titles, to be compared by; pairs that may be the same, and what was decided."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

# Indexes hold its results: whoever changes its words has to build them anew.
PLAIN_NAME = r"""
    CREATE FUNCTION plain_name(name text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN
    regexp_replace(
        btrim(regexp_replace(lower(name), '[^[:alnum:]]+', ' ', 'g')),
        '^((bpk|bapak|pak|ibu|bu|sdr|sdri|saudara|saudari|tn|ny|nn|h|hj|haji|hajah|ud|cv|pt|pd|fa) )+|( (ud|cv|pt|pd|fa))+$',
        '', 'g'
    )
"""
INDEXES = {
    "ix_actors_village_name_trgm": "actors USING gist (village_code, plain_name(name) gist_trgm_ops(siglen=32))",
    "ix_people_village_name_trgm": "people USING gist (village_code, plain_name(full_name) gist_trgm_ops(siglen=32))",
    "ix_people_birth_date_name": "people (birth_date, reverse(plain_name(full_name)))",
}
FORMER = "actors USING gist (village_code, name gist_trgm_ops(siglen=32))"


def upgrade() -> None:
    op.execute(PLAIN_NAME)
    create_pairs()
    create_sweeps()
    for name, words in INDEXES.items():
        build(name, words)


def create_pairs() -> None:
    op.create_table(
        "duplicate_pairs",
        sa.Column("kind", enum("kind", "person", "actor"), nullable=False),
        sa.Column("a_id", sa.Uuid(), nullable=False),
        sa.Column("b_id", sa.Uuid(), nullable=False),
        sa.Column("reasons", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("sureness", sa.Double(), nullable=False),
        sa.Column("found_by", enum("found_by", "entry", "import", "sweep"), nullable=False),
        sa.Column("state", enum("state", "open", "not_the_same", "merged", "gone"), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("a_id < b_id", name=op.f("ck_duplicate_pairs_in_order")),
        sa.CheckConstraint("cardinality(reasons) > 0", name=op.f("ck_duplicate_pairs_for_a_reason")),
        sa.CheckConstraint("sureness BETWEEN 0 AND 1", name=op.f("ck_duplicate_pairs_sureness")),
        sa.CheckConstraint("(decided_at IS NULL) = (decided_by IS NULL)", name=op.f("ck_duplicate_pairs_decided")),
        sa.CheckConstraint(
            "CASE state WHEN 'open' THEN decided_at IS NULL WHEN 'gone' THEN true ELSE decided_at IS NOT NULL END",
            name=op.f("ck_duplicate_pairs_decided_by_someone"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duplicate_pairs")),
        sa.UniqueConstraint("kind", "a_id", "b_id", name=op.f("uq_duplicate_pairs_kind_a_id_b_id")),
    )
    op.create_index("ix_duplicate_pairs_list", "duplicate_pairs", ["state", "sureness", "id"])
    op.create_index("ix_duplicate_pairs_b_id", "duplicate_pairs", ["kind", "b_id"])


def create_sweeps() -> None:
    op.create_table(
        "duplicate_sweeps",
        sa.Column("kind", enum("kind", "person", "actor"), nullable=False),
        sa.Column("district_code", sa.Text(), nullable=False),
        sa.Column("swept_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("pair_count", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("kind", "district_code", name=op.f("pk_duplicate_sweeps")),
    )


def downgrade() -> None:
    for name in reversed(INDEXES):
        with op.get_context().autocommit_block():
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
    op.drop_table("duplicate_sweeps")
    op.drop_table("duplicate_pairs")
    op.execute("DROP FUNCTION plain_name(text)")
    build("ix_actors_village_name_trgm", FORMER)


def build(name: str, words: str) -> None:
    with op.get_context().autocommit_block():  # A concurrent build cannot run inside a transaction.
        op.execute("SET lock_timeout = 0; SET statement_timeout = 0")
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
        op.execute(f"CREATE INDEX CONCURRENTLY {name} ON {words}")
        op.execute("RESET lock_timeout; RESET statement_timeout")


def enum(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=None)
