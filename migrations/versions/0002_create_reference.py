"""Regions, KBLI, holidays and dated rule values."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "holidays",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("national", "joint_leave", name="kind", native_enum=False, create_constraint=True, length=None),
            nullable=False,
        ),
        sa.Column("name_id", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("estimated", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("day", "kind", name=op.f("pk_holidays")),
    )
    op.create_table(
        "kbli",
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column(
            "level",
            sa.Enum(
                "section",
                "division",
                "group",
                "class",
                "subclass",
                name="level",
                native_enum=False,
                create_constraint=True,
                length=None,
            ),
            nullable=False,
        ),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("parent_code", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("version", "code", name=op.f("pk_kbli")),
    )
    op.create_index("ix_kbli_parent", "kbli", ["version", "parent_code"], unique=False)
    op.create_index(
        "ix_kbli_title_trgm",
        "kbli",
        ["title"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"title": "gin_trgm_ops"},
    )
    op.create_table(
        "regions",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column(
            "level",
            sa.Enum(
                "province",
                "regency",
                "city",
                "district",
                "village",
                "urban_village",
                name="level",
                native_enum=False,
                create_constraint=True,
                length=None,
            ),
            nullable=False,
        ),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("parent_code", sa.Text(), nullable=True),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("retired_on", sa.Date(), nullable=True),
        sa.Column("successor_code", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(retired_on IS NULL) = (successor_code IS NULL)", name=op.f("ck_regions_retired_with_successor")
        ),
        sa.ForeignKeyConstraint(["parent_code"], ["regions.code"], name=op.f("fk_regions_parent_code_regions")),
        sa.ForeignKeyConstraint(["successor_code"], ["regions.code"], name=op.f("fk_regions_successor_code_regions")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_regions")),
    )
    op.create_index(
        "ix_regions_name_trgm",
        "regions",
        ["name"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"name": "gin_trgm_ops"},
    )
    op.create_index(op.f("ix_regions_parent_code"), "regions", ["parent_code"], unique=False)
    op.create_table(
        "rule_values",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("value", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.CheckConstraint("status IN ('C', 'R', 'V')", name=op.f("ck_rule_values_status")),
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name=op.f("ck_rule_values_period")),
        sa.PrimaryKeyConstraint("code", "valid_from", name=op.f("pk_rule_values")),
    )


def downgrade() -> None:
    op.drop_table("rule_values")
    op.drop_index(op.f("ix_regions_parent_code"), table_name="regions")
    op.drop_index(
        "ix_regions_name_trgm", table_name="regions", postgresql_using="gin", postgresql_ops={"name": "gin_trgm_ops"}
    )
    op.drop_table("regions")
    op.drop_index(
        "ix_kbli_title_trgm", table_name="kbli", postgresql_using="gin", postgresql_ops={"title": "gin_trgm_ops"}
    )
    op.drop_index("ix_kbli_parent", table_name="kbli")
    op.drop_table("kbli")
    op.drop_table("holidays")
