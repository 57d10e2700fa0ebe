"""Frozen dossiers of referrals."""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

# What anybody may know of a dossier, whoever asks and behind whichever wall.
VERIFIABLE = """
    CREATE VIEW verifiable_dossiers AS
    SELECT d.code, d.frozen_at, encode(d.content_sha256, 'hex') AS content_sha256,
        nullif(d.business_masked, '') AS business, o.name AS bank,
        CASE WHEN d.content_sealed IS NULL THEN 'erased'
            WHEN r.state IN ('rejected', 'withdrawn', 'expired', 'closed') THEN 'ended' ELSE 'with_bank' END AS state
    FROM dossiers d JOIN referrals r ON r.id = d.referral_id JOIN organizations o ON o.id = r.bank_id
"""


def upgrade() -> None:
    op.create_table(
        "dossiers",
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("business_masked", sa.Text(), nullable=False),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("content_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("present_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("compared_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("octet_length(content_sha256) = 32", name=op.f("ck_dossiers_sha256")),
        sa.CheckConstraint(
            "content_sealed IS NOT NULL OR present_sealed IS NULL", name=op.f("ck_dossiers_present_of_what_is_kept")
        ),
        sa.ForeignKeyConstraint(
            ["referral_id"], ["referrals.id"], name=op.f("fk_dossiers_referral_id_referrals"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dossiers")),
        sa.UniqueConstraint("code", name=op.f("uq_dossiers_code")),
        sa.UniqueConstraint("referral_id", name=op.f("uq_dossiers_referral_id")),
    )
    op.execute(VERIFIABLE)


def downgrade() -> None:
    op.execute("DROP VIEW verifiable_dossiers")
    op.drop_table("dossiers")
