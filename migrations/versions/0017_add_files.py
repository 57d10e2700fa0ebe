"""Files that people and staff hand in."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "files",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("uploaded_by", sa.Uuid(), nullable=False),
        sa.Column("key_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("stored_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("attached_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "media_type IN ('image/jpeg', 'image/png', 'image/webp', 'application/pdf')",
            name=op.f("ck_files_media_type"),
        ),
        sa.CheckConstraint("size_bytes > 0", name=op.f("ck_files_not_empty")),
        sa.CheckConstraint("octet_length(sha256) = 32", name=op.f("ck_files_sha256")),
        sa.CheckConstraint("(key_sealed IS NULL) = (erased_at IS NOT NULL)", name=op.f("ck_files_erased_without_key")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_files")),
    )
    op.create_index(
        "uq_files_once",
        "files",
        ["uploaded_by", "sha256"],
        unique=True,
        postgresql_where=sa.text("erased_at IS NULL"),
    )
    op.create_index("ix_files_unattached", "files", ["stored_at"], postgresql_where=sa.text("attached_at IS NULL"))
    op.add_column("consents", sa.Column("paper_file_id", sa.Uuid(), nullable=True))
    op.execute(
        "ALTER TABLE consents ADD CONSTRAINT fk_consents_paper_file_id_files "
        "FOREIGN KEY (paper_file_id) REFERENCES files (id) NOT VALID"
    )
    op.execute("ALTER TABLE consents VALIDATE CONSTRAINT fk_consents_paper_file_id_files")
    op.create_index(
        "ix_consents_paper_file_id",
        "consents",
        ["paper_file_id"],
        postgresql_where=sa.text("paper_file_id IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_consents_paper_file_id", table_name="consents")
    op.drop_column("consents", "paper_file_id")
    op.drop_table("files")
