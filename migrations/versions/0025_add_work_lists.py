"""What work lists and search lean on."""

from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

INDEXES = {
    "ix_actors_name_trgm": "actors USING gin (name gin_trgm_ops)",
    "ix_actors_npwp_index": "actors (npwp_index) WHERE npwp_index IS NOT NULL",
    "ix_people_registered": "people (created_at, id) WHERE erased_at IS NULL AND merged_into IS NULL",
}


def upgrade() -> None:
    for name, words in INDEXES.items():
        with op.get_context().autocommit_block():  # A concurrent build cannot run inside a transaction.
            op.execute("SET lock_timeout = 0; SET statement_timeout = 0")
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
            op.execute(f"CREATE INDEX CONCURRENTLY {name} ON {words}")
            op.execute("RESET lock_timeout; RESET statement_timeout")


def downgrade() -> None:
    for name in reversed(INDEXES):
        op.execute(f"DROP INDEX {name}")
