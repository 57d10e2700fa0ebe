"""Co-hosts of programmes: invited until they accept."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

ACCEPTED = "ck_program_hosts_accepted_by_somebody"


def upgrade() -> None:
    op.add_column("program_hosts", sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("program_hosts", sa.Column("accepted_by", sa.Uuid(), nullable=True))
    op.create_check_constraint(op.f(ACCEPTED), "program_hosts", "(accepted_at IS NULL) = (accepted_by IS NULL)")


def downgrade() -> None:
    op.drop_constraint(op.f(ACCEPTED), "program_hosts")
    op.drop_column("program_hosts", "accepted_by")
    op.drop_column("program_hosts", "accepted_at")
