"""Levels of verification, what counts of a business's figures, its size by both criteria, size history."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

SIZES = ("micro", "small", "medium", "large")
SOURCES = "source IN ('owner', 'officer', 'import', 'tax', 'exchange')"

# What size classes, readiness and the ready list read. Whoever reads a view has to have the right to its table.
COUNTING = """
    CREATE VIEW counting_figures WITH (security_invoker = true) AS
    SELECT DISTINCT ON (actor_id, year) id, actor_id, year, capital_idr, sales_idr, assets_idr, workers_female,
        workers_male, workers_disability, source, verification, created_at
    FROM annual_figures
    ORDER BY actor_id, year DESC, array_position(ARRAY['declared', 'document_seen', 'verified'], verification) DESC,
        id DESC
"""
DECIDING = """
    CREATE VIEW deciding_figures WITH (security_invoker = true) AS
    SELECT DISTINCT ON (actor_id) id, actor_id, year, capital_idr, sales_idr, assets_idr, workers_female, workers_male,
        workers_disability, source, verification, created_at,
        first_value(capital_idr) OVER with_capital AS known_capital_idr,
        first_value(CASE WHEN capital_idr IS NOT NULL THEN id END) OVER with_capital AS capital_figure_id
    FROM counting_figures
    WINDOW with_capital AS (PARTITION BY actor_id ORDER BY capital_idr IS NULL, year DESC)
    ORDER BY actor_id, sales_idr IS NULL, sales_idr IS NULL AND capital_idr IS NULL, year DESC
"""
# The application's role may change less anyway; this also holds for an installation with a single role, and for owners.
GUARD = """
    CREATE FUNCTION refuse_change_of_figures() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        movable text[] := ARRAY['actor_id', 'file_id'];
    BEGIN
        IF TG_OP = 'DELETE' THEN
            IF NOT EXISTS (SELECT FROM actors a WHERE a.id = OLD.actor_id AND a.erased_at IS NULL) THEN
                RETURN OLD;
            END IF;
        ELSIF to_jsonb(OLD) - movable = to_jsonb(NEW) - movable
            AND coalesce(to_jsonb(NEW) ->> 'file_id', to_jsonb(OLD) ->> 'file_id')
                IS NOT DISTINCT FROM to_jsonb(OLD) ->> 'file_id' THEN
            RETURN NEW;
        END IF;
        RAISE EXCEPTION 'figures and sizes of a business are only added to' USING ERRCODE = 'insufficient_privilege';
    END $$
"""
GUARDED = ("annual_figures", "size_changes")


def upgrade() -> None:
    widen_figures()
    op.execute(COUNTING)
    op.execute(DECIDING)
    for column in ("size_by_sales", "size_by_capital"):
        op.add_column("actors", sa.Column(column, sa.String(), nullable=True))
        add_rule("actors", f"ck_actors_{column}", f"{column} IN {SIZES}")
    create_size_changes()
    create_size_laws()
    op.execute(GUARD)
    for table in GUARDED:
        op.execute(
            f"CREATE TRIGGER only_added_to BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change_of_figures()"
        )


def widen_figures() -> None:
    op.add_column("annual_figures", sa.Column("workers_disability", sa.Integer(), nullable=True))
    op.add_column(
        "annual_figures",
        sa.Column("verification", sa.String(), server_default=sa.text("'declared'"), nullable=False),
    )
    op.add_column("annual_figures", sa.Column("of_figure_id", sa.Uuid(), nullable=True))
    op.add_column("annual_figures", sa.Column("file_id", sa.Uuid(), nullable=True))
    op.execute("ALTER TABLE annual_figures DROP CONSTRAINT ck_annual_figures_source")
    add_rule("annual_figures", "ck_annual_figures_source", SOURCES)
    add_rule("annual_figures", "ck_annual_figures_disabled_not_negative", "workers_disability >= 0")
    add_rule(
        "annual_figures", "ck_annual_figures_verification", "verification IN ('declared', 'document_seen', 'verified')"
    )
    add_rule(
        "annual_figures",
        "ck_annual_figures_verifies_another",
        "of_figure_id IS NULL OR of_figure_id <> id AND verification <> 'declared'",
    )
    add_key("annual_figures", "of_figure_id", "annual_figures")
    add_key("annual_figures", "file_id", "files")
    for column in ("of_figure_id", "file_id"):
        op.create_index(
            f"ix_annual_figures_{column}",
            "annual_figures",
            [column],
            postgresql_where=sa.text(f"{column} IS NOT NULL"),
        )


def create_size_changes() -> None:
    op.create_table(
        "size_changes",
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        *(sa.Column(name, size(name), nullable=True) for name in ("from_class", "to_class", "by_sales", "by_capital")),
        sa.Column("basis", sa.Text(), nullable=True),
        sa.Column("cause", enum("cause", "figures", "correction", "law", "import", "merge"), nullable=False),
        sa.Column("figure_id", sa.Uuid(), nullable=True),
        sa.Column("capital_figure_id", sa.Uuid(), nullable=True),
        sa.Column("rule_source", sa.Text(), nullable=True),
        sa.Column("rule_valid_from", sa.Date(), nullable=True),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("from_class IS DISTINCT FROM to_class", name=op.f("ck_size_changes_changes_something")),
        sa.CheckConstraint(
            "(to_class IS NULL) = (basis IS NULL) AND (to_class IS NULL) = (rule_source IS NULL) "
            "AND (to_class IS NULL) = (rule_valid_from IS NULL) AND (to_class IS NULL) = (figure_id IS NULL)",
            name=op.f("ck_size_changes_class_with_grounds"),
        ),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["actors.id"], name=op.f("fk_size_changes_actor_id_actors"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_size_changes")),
    )
    op.create_index("ix_size_changes_actor_id", "size_changes", ["actor_id", "id"])


def create_size_laws() -> None:
    op.create_table(
        "size_laws",
        sa.Column("bounds", postgresql.JSONB(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("reached", sa.Uuid(), nullable=True),
        sa.Column("seen_count", sa.Integer(), nullable=False),
        sa.Column("changed_count", sa.Integer(), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_size_laws")),
    )


def downgrade() -> None:
    op.drop_table("size_laws")
    op.drop_table("size_changes")
    op.execute("DROP TRIGGER only_added_to ON annual_figures")
    op.execute("DROP FUNCTION refuse_change_of_figures()")
    for column in ("size_by_capital", "size_by_sales"):
        op.drop_column("actors", column)
    op.execute("DROP VIEW deciding_figures, counting_figures")
    op.execute("DELETE FROM annual_figures WHERE source = 'exchange'")
    op.execute("ALTER TABLE annual_figures DROP CONSTRAINT ck_annual_figures_source")
    add_rule("annual_figures", "ck_annual_figures_source", "source IN ('owner', 'officer', 'import', 'tax')")
    for column in ("file_id", "of_figure_id", "verification", "workers_disability"):
        op.drop_column("annual_figures", column)


def enum(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=None)


def size(name: str) -> sa.Enum:
    return enum(name, *SIZES)


def add_rule(table: str, name: str, rule: str) -> None:
    op.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} CHECK ({rule}) NOT VALID")
    op.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT {name}")


def add_key(table: str, column: str, target: str) -> None:
    name = f"fk_{table}_{column}_{target}"
    op.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY ({column}) REFERENCES {target} (id) NOT VALID")
    op.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT {name}")
