"""Merges of people and of businesses, and what each of them moved."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

MERGED = ("people", "actors")
REASONS = ("no_longer_ready", "expired", "changed", "erased")

# Whoever refers to a record while it is being merged waits for its row (the foreign key sees to that), and then finds
# it merged. One statement's rows are looked at together, so that loads of many rows pay once.
REFUSE = """
    CREATE FUNCTION refuse_merged() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
    DECLARE
        refers boolean;
    BEGIN
        IF TG_LEVEL = 'ROW' THEN
            EXECUTE format('SELECT EXISTS (SELECT FROM %I WHERE id = ($1).%I AND merged_into IS NOT NULL)',
                TG_ARGV[1], TG_ARGV[0]) INTO refers USING NEW;
        ELSE
            EXECUTE format('SELECT EXISTS (SELECT FROM %I m WHERE m.merged_into IS NOT NULL AND m.id IN '
                '(SELECT %I FROM fresh))', TG_ARGV[1], TG_ARGV[0]) INTO refers;
        END IF;
        IF refers THEN
            RAISE EXCEPTION 'the row names a merged record'
                USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'refers_to_merged';
        END IF;
        RETURN NULL;
    END $$
"""
# Guards every column of the schema that a foreign key ties to people or businesses, apart from their own; a revision
# that adds such a column calls it again.
GUARD = """
    CREATE FUNCTION guard_references() RETURNS void LANGUAGE plpgsql AS $$
    DECLARE
        found record;
    BEGIN
        FOR found IN
            SELECT c.conrelid::regclass::text AS referring, a.attname AS named, c.confrelid::regclass::text AS referred
            FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
            WHERE c.contype = 'f' AND c.connamespace = current_schema()::regnamespace AND cardinality(c.conkey) = 1
                AND c.confrelid IN ('people'::regclass, 'actors'::regclass) AND a.attname <> 'merged_into'
        LOOP
            EXECUTE format('CREATE OR REPLACE TRIGGER %I AFTER INSERT ON %s REFERENCING NEW TABLE AS fresh '
                'FOR EACH STATEMENT EXECUTE FUNCTION refuse_merged(%L, %L)',
                'refuse_merged_' || found.named, found.referring, found.named, found.referred);
            EXECUTE format('CREATE OR REPLACE TRIGGER %I AFTER UPDATE OF %I ON %s FOR EACH ROW '
                'WHEN (OLD.%I IS DISTINCT FROM NEW.%I) EXECUTE FUNCTION refuse_merged(%L, %L)',
                'refuse_merged_new_' || found.named, found.named, found.referring, found.named, found.named,
                found.named, found.referred);
        END LOOP;
    END $$
"""


def upgrade() -> None:
    for table in MERGED:
        add_survivor(table)
    create_merges()
    create_moves()
    add_further_phones()
    op.add_column("consents", sa.Column("copy_of", sa.Uuid(), nullable=True))
    replace_reasons(*REASONS, "merged")
    op.execute(REFUSE)
    op.execute(GUARD)
    op.execute("SELECT guard_references()")


def add_survivor(table: str) -> None:
    op.add_column(table, sa.Column("merged_into", sa.Uuid(), nullable=True))
    op.add_column(table, sa.Column("merged_at", sa.DateTime(timezone=True), nullable=True))
    add_rule(table, f"fk_{table}_merged_into_{table}", f"FOREIGN KEY (merged_into) REFERENCES {table} (id)")
    add_rule(
        table,
        f"ck_{table}_merged_into_another",
        "CHECK ((merged_into IS NULL) = (merged_at IS NULL) AND merged_into <> id)",
    )
    op.create_index(
        f"ix_{table}_merged_into", table, ["merged_into"], postgresql_where=sa.text("merged_into IS NOT NULL")
    )


def add_further_phones() -> None:
    op.add_column("accounts", sa.Column("merged_into", sa.Uuid(), nullable=True))
    add_rule("accounts", "fk_accounts_merged_into_accounts", "FOREIGN KEY (merged_into) REFERENCES accounts (id)")
    add_rule("accounts", "ck_accounts_merged_ones_are_off", "CHECK (merged_into IS NULL OR NOT is_active)")
    op.create_index(
        "ix_accounts_merged_into", "accounts", ["merged_into"], postgresql_where=sa.text("merged_into IS NOT NULL")
    )


def create_merges() -> None:
    op.create_table(
        "merges",
        sa.Column("kind", enum("kind", "people", "actors", "accounts"), nullable=False),
        sa.Column("survivor_id", sa.Uuid(), nullable=False),
        sa.Column("merged_id", sa.Uuid(), nullable=False),
        sa.Column("merged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("merged_by", sa.Uuid(), nullable=False),
        sa.Column("undo_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("kind <> 'accounts'", name=op.f("ck_merges_of_people_or_actors")),
        sa.CheckConstraint("survivor_id <> merged_id", name=op.f("ck_merges_two_records")),
        sa.CheckConstraint("(undone_at IS NULL) = (undone_by IS NULL)", name=op.f("ck_merges_undone_by_someone")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merges")),
    )
    op.create_index("ix_merges_survivor_id", "merges", ["survivor_id", "id"])
    op.create_index(
        "uq_merges_one_standing", "merges", ["merged_id"], unique=True, postgresql_where=sa.text("undone_at IS NULL")
    )


def create_moves() -> None:
    op.create_table(
        "merge_moves",
        sa.Column("merge_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("table_name", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=True),
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.Column("rows_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["merge_id"], ["merges.id"], name=op.f("fk_merge_moves_merge_id_merges"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merge_moves")),
        sa.UniqueConstraint("merge_id", "position", name=op.f("uq_merge_moves_merge_id_position")),
    )


def downgrade() -> None:
    op.execute("DROP FUNCTION guard_references()")
    op.execute("DROP FUNCTION refuse_merged() CASCADE")
    op.execute("DELETE FROM ready_exits WHERE reason = 'merged'")
    replace_reasons(*REASONS)
    op.drop_column("consents", "copy_of")
    op.drop_index("ix_accounts_merged_into", table_name="accounts")
    op.execute("ALTER TABLE accounts DROP CONSTRAINT ck_accounts_merged_ones_are_off")
    op.drop_column("accounts", "merged_into")
    op.drop_table("merge_moves")
    op.drop_table("merges")
    for table in reversed(MERGED):
        op.drop_index(f"ix_{table}_merged_into", table_name=table)
        op.execute(f"ALTER TABLE {table} DROP CONSTRAINT ck_{table}_merged_into_another")
        op.drop_column(table, "merged_at")
        op.drop_column(table, "merged_into")


def replace_reasons(*reasons: str) -> None:
    allowed = ", ".join(f"'{reason}'" for reason in reasons)
    op.execute("ALTER TABLE ready_exits DROP CONSTRAINT ck_ready_exits_reason")
    add_rule("ready_exits", "ck_ready_exits_reason", f"CHECK (reason IN ({allowed}))")


def enum(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=None)


def add_rule(table: str, name: str, rule: str) -> None:
    op.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {rule} NOT VALID")
    op.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT {name}")
