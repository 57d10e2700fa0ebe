"""Village cooperatives."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "cooperatives",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("village_code", sa.Text(), nullable=False),
        sa.Column("regency_code", sa.Text(), nullable=False),
        sa.Column("legal_number", sa.Text(), nullable=False),
        sa.Column("established_on", sa.Date(), nullable=False),
        sa.Column("nik_koperasi", sa.Text(), nullable=True),
        sa.Column("member_count", sa.Integer(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "legal", "preparing", "operating", name="status", native_enum=False, create_constraint=True, length=None
            ),
            nullable=False,
        ),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("import_id", sa.Uuid(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("member_count >= 1", name=op.f("ck_cooperatives_members")),
        sa.CheckConstraint(
            "regency_code = substr(village_code, 1, 5)", name=op.f("ck_cooperatives_regency_of_village")
        ),
        sa.ForeignKeyConstraint(["village_code"], ["regions.code"], name=op.f("fk_cooperatives_village_code_regions")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cooperatives")),
        sa.UniqueConstraint("legal_number", name=op.f("uq_cooperatives_legal_number")),
        sa.UniqueConstraint("nik_koperasi", name=op.f("uq_cooperatives_nik_koperasi")),
        sa.UniqueConstraint("village_code", name=op.f("uq_cooperatives_village_code")),
    )
    op.create_index("ix_cooperatives_list", "cooperatives", ["regency_code", "id"], unique=False)
    op.create_index(
        "ix_cooperatives_name_trgm",
        "cooperatives",
        ["name"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"name": "gin_trgm_ops"},
    )


def downgrade() -> None:
    op.drop_index(
        "ix_cooperatives_name_trgm",
        table_name="cooperatives",
        postgresql_using="gin",
        postgresql_ops={"name": "gin_trgm_ops"},
    )
    op.drop_index("ix_cooperatives_list", table_name="cooperatives")
    op.drop_table("cooperatives")
