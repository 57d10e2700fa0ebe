"""The ready list as a bank may read it; privileges and row security follow each migration (plut_api/walls)."""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

ASKING = "(SELECT nullif(current_setting('plut.organization', true), '')::uuid)"
LIVE = f"""c.actor_id = r.actor_id AND c.purpose = 'financing' AND c.withdrawn_at IS NULL AND c.expires_at > now()
            AND c.organization_id = {ASKING}"""

# The identified document of a business is there only while the bank that asks has a live consent; without a bank in
# `plut.organization` there is none. Views read with the rights of their owner: banks need none on the tables.
# A page looks up a few businesses one by one; the whole list is joined, a quarter faster.
# uq_consents_one_active keeps it to one consent a business.
VIEWS = (
    f"""
    CREATE VIEW ready_list AS
    SELECT r.actor_id, r.regency_code, r.size_class, r.kbli_code, r.masked,
        CASE WHEN (SELECT true FROM consents c WHERE {LIVE} LIMIT 1) THEN r.identified END AS identified,
        r.expires_at, r.change_xid
    FROM ready_rows r
    """,
    f"""
    CREATE VIEW ready_list_whole AS
    SELECT r.actor_id, r.regency_code, r.size_class, r.kbli_code, r.masked,
        CASE WHEN c.id IS NOT NULL THEN r.identified END AS identified, r.expires_at, r.change_xid
    FROM ready_rows r LEFT JOIN consents c ON {LIVE}
    """,
)


def upgrade() -> None:
    for view in VIEWS:
        op.execute(view)


def downgrade() -> None:
    op.execute("DROP VIEW ready_list_whole, ready_list")
