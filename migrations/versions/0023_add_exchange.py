"""Ways to load, reports of differences, saved mappings, ids in other systems."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

KINDS = ("cooperatives", "actors", "exchange")
OF_IMPORTS = {
    "ck_imports_kind": f"kind IN {KINDS}",
    "ck_imports_on_conflict": "on_conflict IN ('skip', 'fill_empty', 'update')",
}


def upgrade() -> None:
    widen_imports()
    create_differences()
    create_mappings()
    create_outside_ids()
    op.execute("SELECT guard_references()")  # No row names what was merged into another.


def widen_imports() -> None:
    for column in columns_of_imports():
        op.add_column("imports", column)
    op.execute("ALTER TABLE imports DROP CONSTRAINT ck_imports_kind")
    for name, rule in OF_IMPORTS.items():
        add_rule("imports", name, rule)


def create_differences() -> None:
    op.create_table(
        "import_differences",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("business", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("after", sa.Text(), nullable=True),
        sa.Column("action", enum("action", "fill", "update", "keep", "add"), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("seen_version", sa.Integer(), nullable=True),
        sa.Column("nib_index", sa.LargeBinary(), nullable=True),
        sa.Column("row_key", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["import_id"], ["imports.id"], name=op.f("fk_import_differences_import_id_imports"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_differences")),
    )
    op.create_index("ix_import_differences_import_id", "import_differences", ["import_id", "line", "id"])


def create_mappings() -> None:
    op.create_table(
        "import_mappings",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("kind", enum("kind", *KINDS), nullable=False),
        sa.Column("definition", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_mappings")),
        sa.UniqueConstraint("organization_id", "source", name=op.f("uq_import_mappings_organization_id_source")),
    )


def create_outside_ids() -> None:
    op.create_table(
        "outside_ids",
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("outside_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("import_id", sa.Uuid(), nullable=True),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("kind IN ('actor', 'person')", name=op.f("ck_outside_ids_kind")),
        sa.CheckConstraint("(kind = 'actor') = (actor_id IS NOT NULL)", name=op.f("ck_outside_ids_of_an_actor")),
        sa.CheckConstraint("(kind = 'person') = (person_id IS NOT NULL)", name=op.f("ck_outside_ids_of_a_person")),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["actors.id"], name=op.f("fk_outside_ids_actor_id_actors"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_outside_ids_person_id_people"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outside_ids")),
        sa.UniqueConstraint("system", "kind", "outside_id", name=op.f("uq_outside_ids_system_kind_outside_id")),
    )
    for column in ("actor_id", "person_id"):
        op.create_index(f"ix_outside_ids_{column}", "outside_ids", [column])
        op.create_index(
            f"uq_outside_ids_{column}",
            "outside_ids",
            [column, "system"],
            unique=True,
            postgresql_where=sa.text(f"superseded_at IS NULL AND {column} IS NOT NULL"),
        )


def downgrade() -> None:
    for table in ("outside_ids", "import_mappings", "import_differences"):
        op.drop_table(table)
    for name in reversed(OF_IMPORTS):
        op.execute(f"ALTER TABLE imports DROP CONSTRAINT {name}")
    op.execute("DELETE FROM imports WHERE kind = 'exchange'")
    add_rule("imports", "ck_imports_kind", "kind IN ('cooperatives', 'actors')")
    for column in reversed(columns_of_imports()):
        op.drop_column("imports", column.name)


def columns_of_imports() -> tuple[sa.Column, ...]:
    return (
        sa.Column("on_conflict", sa.String(), server_default=sa.text("'fill_empty'"), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("as_of", sa.Date(), nullable=True),
        sa.Column("mapping", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("filled_count", sa.Integer(), nullable=True),
        sa.Column("overwritten_count", sa.Integer(), nullable=True),
        sa.Column("kept_count", sa.Integer(), nullable=True),
        sa.Column("report_digest", sa.LargeBinary(), nullable=True),
        sa.Column("commit_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("committed_by", sa.Uuid(), nullable=True),
    )


def enum(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=None)


def add_rule(table: str, name: str, rule: str) -> None:
    op.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} CHECK ({rule}) NOT VALID")
    op.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT {name}")
