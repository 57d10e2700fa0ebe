"""The whole life cycle of referrals: order of banks, clocks, documents asked for."""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

BEFORE = ("draft", "submitted", "received", "in_review", "approved", "rejected", "withdrawn", "disbursed")
STATES = (
    *("draft", "submitted", "received", "in_review", "info_requested", "info_provided", "approved", "rejected"),
    *("withdrawn", "expired", "disbursed", "repaying", "closed"),
)
OPEN = "state IN ('draft', 'submitted', 'received', 'in_review', 'approved')"
ACTIVE = "state IN ('submitted', 'received', 'in_review', 'info_requested', 'info_provided', 'approved')"
PAID_OUT = "state IN ('disbursed', 'repaying', 'closed')"
CHECKS = {
    "approved_tenor": "approved_tenor_months BETWEEN 1 AND 360",
    "approved_rate": "approved_rate_bp BETWEEN 0 AND 100000",
    "rate_of_a_kind": "approved_rate_bp IS NULL OR approved_pricing_kind IS NOT NULL",
    "approval_has_amount": f"(state <> 'approved' AND NOT {PAID_OUT}) OR approved_amount_idr IS NOT NULL",
    "disbursement_has_amount": f"({PAID_OUT}) = (disbursed_amount_idr IS NOT NULL AND disbursed_on IS NOT NULL)",
    "place_in_queue": "(queue_id IS NULL) = (place IS NULL) AND place BETWEEN 1 AND 5",
    "draft_is_not_sent": "state <> 'draft' OR submitted_at IS NULL",
    "acknowledged_whole": (
        "(acknowledged_at IS NULL) = (acknowledged_by IS NULL) AND (acknowledged_at IS NULL) = (data_removed_on IS NULL)"
    ),
}
CHECKS_BEFORE = {
    "approval_has_amount": "state NOT IN ('approved', 'disbursed') OR approved_amount_idr IS NOT NULL",
    "disbursement_has_amount": (
        "(state = 'disbursed') = (disbursed_amount_idr IS NOT NULL AND disbursed_on IS NOT NULL)"
    ),
}
# What was sent before this revision was sent as it was made.
FILL = """
    UPDATE referrals SET state_since = updated_at, submitted_at = CASE WHEN state <> 'draft' THEN created_at END,
        decided_at = (
            SELECT min(t.created_at) FROM referral_transitions t
            WHERE t.referral_id = referrals.id AND t.to_state IN ('approved', 'rejected')
        )
"""


def _columns():
    return (
        sa.Column("scheme", sa.Text(), server_default="commercial", nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=True),
        sa.Column("queue_id", sa.Uuid(), nullable=True),
        sa.Column("place", sa.SmallInteger(), nullable=True),
        sa.Column("state_since", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved_tenor_months", sa.SmallInteger(), nullable=True),
        sa.Column("approved_product_id", sa.Uuid(), nullable=True),
        sa.Column("approved_pricing_kind", sa.Text(), nullable=True),
        sa.Column("approved_rate_bp", sa.Integer(), nullable=True),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_by", sa.Uuid(), nullable=True),
        sa.Column("data_removed_on", sa.Date(), nullable=True),
    )


def _states(name: str, values: tuple[str, ...] = STATES) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=None)


def _widen_states(values: tuple[str, ...]) -> None:
    for table, column in (
        ("referrals", "state"),
        ("referral_transitions", "from_state"),
        ("referral_transitions", "to_state"),
    ):
        listed = ", ".join(f"'{value}'" for value in values)
        op.drop_constraint(op.f(f"ck_{table}_{column}"), table, type_="check")
        op.create_check_constraint(op.f(f"ck_{table}_{column}"), table, f"{column} IN ({listed})")


def _make_tables() -> None:
    op.create_table(
        "referral_breaches",
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column("state", _states("state"), nullable=False),
        sa.Column("side", _states("side", ("applicant", "bank")), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["referral_id"],
            ["referrals.id"],
            name=op.f("fk_referral_breaches_referral_id_referrals"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral_breaches")),
        sa.UniqueConstraint("referral_id", "due_at", name=op.f("uq_referral_breaches_referral_id_due_at")),
    )
    op.create_table(
        "document_requests",
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["referral_id"],
            ["referrals.id"],
            name=op.f("fk_document_requests_referral_id_referrals"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document_requests")),
    )
    op.create_index("ix_document_requests_referral_id", "document_requests", ["referral_id", "id"])
    op.create_table(
        "referral_documents",
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("supplied_by", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["referral_id"],
            ["referrals.id"],
            name=op.f("fk_referral_documents_referral_id_referrals"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["document_requests.id"],
            name=op.f("fk_referral_documents_request_id_document_requests"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name=op.f("fk_referral_documents_file_id_files")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral_documents")),
        sa.UniqueConstraint("referral_id", "file_id", name=op.f("uq_referral_documents_referral_id_file_id")),
    )
    op.create_index("ix_referral_documents_file_id", "referral_documents", ["file_id"])
    op.create_index("ix_referral_documents_request_id", "referral_documents", ["request_id"])


def upgrade() -> None:
    for column in _columns():
        op.add_column("referrals", column)
    for name in ("product_id", "approved_product_id"):
        key = op.f(f"fk_referrals_{name}_financing_products")
        op.create_foreign_key(key, "referrals", "financing_products", [name], ["id"])
        op.create_index(f"ix_referrals_{name}", "referrals", [name])
    for name in CHECKS_BEFORE:
        op.drop_constraint(op.f(f"ck_referrals_{name}"), "referrals", type_="check")
    _widen_states(STATES)
    op.execute(FILL)
    for name, condition in CHECKS.items():
        op.create_check_constraint(op.f(f"ck_referrals_{name}"), "referrals", condition)
    op.drop_index("uq_referrals_one_open", "referrals")
    op.create_index(
        "uq_referrals_one_active", "referrals", ["actor_id", "scheme"], unique=True, postgresql_where=sa.text(ACTIVE)
    )
    op.create_index(
        "uq_referrals_queue_place",
        "referrals",
        ["queue_id", "place"],
        unique=True,
        postgresql_where=sa.text("queue_id IS NOT NULL"),
    )
    op.create_index(
        "ix_referrals_due_at", "referrals", ["due_at", "id"], postgresql_where=sa.text("due_at IS NOT NULL")
    )
    _make_tables()


def downgrade() -> None:
    op.drop_table("referral_documents")
    op.drop_table("document_requests")
    op.drop_table("referral_breaches")
    op.drop_index("ix_referrals_due_at", "referrals")
    op.drop_index("uq_referrals_queue_place", "referrals")
    op.drop_index("uq_referrals_one_active", "referrals")
    op.create_index(
        "uq_referrals_one_open", "referrals", ["actor_id", "bank_id"], unique=True, postgresql_where=sa.text(OPEN)
    )
    for name in CHECKS:
        op.drop_constraint(op.f(f"ck_referrals_{name}"), "referrals", type_="check")
    _widen_states(BEFORE)
    for name, condition in CHECKS_BEFORE.items():
        op.create_check_constraint(op.f(f"ck_referrals_{name}"), "referrals", condition)
    for column in reversed(_columns()):
        op.drop_column("referrals", column.name)
