"""The whole life cycle of referrals: order of banks, clocks, documents asked for."""

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
