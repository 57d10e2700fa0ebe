"""What a business prepares for a bank: plan, declarations, books, accounts."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
PRINCIPLES = ("conventional", "sharia", "any")
COVERAGES = ("full", "half")
PROOFS = ("qris", "marketplace", "receipts", "cooperative_delivery")
HOLDERS = ("owner", "business")


def one_of(name: str, values: tuple[str, ...]) -> sa.Enum:
    """Text that is one of these, by a CHECK."""
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=None)


def identified(table: str) -> tuple[sa.schema.SchemaItem, ...]:
    """What every table of papers has."""
    return (
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", INSTANT, server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        to(table, "actor_id", "actors", ondelete="CASCADE"),
    )


def versioned(table: str) -> tuple[sa.schema.SchemaItem, ...]:
    """What one has whose rows people change."""
    return (
        *identified(table),
        sa.Column("updated_at", INSTANT, server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
    )


def to(table: str, column: str, other: str, *, ondelete: str | None = None) -> sa.ForeignKeyConstraint:
    """A foreign key."""
    name = op.f(f"fk_{table}_{column}_{other}")
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=name, ondelete=ondelete)


def check(table: str, name: str, condition: str) -> sa.CheckConstraint:
    """A named CHECK."""
    return sa.CheckConstraint(condition, name=op.f(f"ck_{table}_{name}"))


def upgrade() -> None:
    create_plans()
    create_declarations()
    create_book_months()
    create_accounts()
    op.execute("SELECT guard_references()")  # No row names what was merged into another.


def downgrade() -> None:
    for table in ("bank_accounts", "book_months", "credit_declarations", "financing_plans"):
        op.drop_table(table)


def create_plans() -> None:
    table = "financing_plans"
    op.create_table(
        table,
        sa.Column("amount_idr", sa.BigInteger(), nullable=False),
        sa.Column("tenor_months", sa.SmallInteger(), nullable=False),
        sa.Column("principle", one_of("principle", PRINCIPLES), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("items", postgresql.JSONB(), nullable=False),
        sa.Column("items_total_idr", sa.BigInteger(), nullable=True),
        sa.Column("scheme", sa.Text(), nullable=True),
        sa.Column("product_id", sa.Uuid(), nullable=True),
        *versioned(table),
        check(table, "amount", "amount_idr > 0"),
        check(table, "tenor", "tenor_months BETWEEN 1 AND 360"),
        check(table, "items_sum_up", "items_total_idr = amount_idr"),
        check(table, "total_of_items", "(items_total_idr IS NULL) = (items = '[]'::jsonb)"),
        to(table, "product_id", "financing_products"),
        sa.UniqueConstraint("actor_id", name=op.f("uq_financing_plans_actor_id")),
    )
    op.create_index(
        "ix_financing_plans_product_id", table, ["product_id"], postgresql_where=sa.text("product_id IS NOT NULL")
    )


def create_declarations() -> None:
    table = "credit_declarations"
    op.create_table(
        table,
        sa.Column("declared_on", sa.Date(), nullable=False),
        sa.Column("has_arrears", sa.Boolean(), nullable=False),
        sa.Column("has_barred_credit", sa.Boolean(), nullable=False),
        sa.Column("has_excluded_occupation", sa.Boolean(), nullable=False),
        sa.Column("bank_id", sa.Uuid(), nullable=True),
        sa.Column("bank_answered_on", sa.Date(), nullable=True),
        sa.Column("bank_found_clear", sa.Boolean(), nullable=True),
        *identified(table),
        check(table, "answer_of_a_bank", "num_nonnulls(bank_id, bank_answered_on, bank_found_clear) IN (0, 3)"),
        to(table, "bank_id", "organizations"),
    )
    op.create_index("ix_credit_declarations_newest", table, ["actor_id", "declared_on", "id"])
    op.create_index(
        "ix_credit_declarations_bank_id", table, ["bank_id"], postgresql_where=sa.text("bank_id IS NOT NULL")
    )


def create_book_months() -> None:
    table = "book_months"
    op.create_table(
        table,
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("coverage", one_of("coverage", COVERAGES), nullable=False),
        sa.Column("sales_idr", sa.BigInteger(), nullable=False),
        sa.Column("expenses_idr", sa.BigInteger(), nullable=False),
        sa.Column("proof", one_of("proof", PROOFS), nullable=True),
        sa.Column("file_id", sa.Uuid(), nullable=True),
        sa.Column("revises_id", sa.Uuid(), nullable=True),
        sa.Column("superseded_at", INSTANT, nullable=True),
        *identified(table),
        check(table, "first_day", "extract(day FROM month) = 1"),
        check(table, "money_not_negative", "sales_idr >= 0 AND expenses_idr >= 0"),
        check(table, "file_is_proof", "file_id IS NULL OR proof IS NOT NULL"),
        check(table, "revises_another", "revises_id <> id"),
        to(table, "file_id", "files"),
        to(table, "revises_id", "book_months", ondelete="SET NULL"),
    )
    op.create_index(
        "uq_book_months_one_standing",
        table,
        ["actor_id", "month"],
        unique=True,
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.create_index("ix_book_months_actor_id", table, ["actor_id", "month", "id"])
    for column in ("file_id", "revises_id"):
        present = sa.text(f"{column} IS NOT NULL")
        op.create_index(f"ix_book_months_{column}", table, [column], postgresql_where=present)


def create_accounts() -> None:
    table = "bank_accounts"
    op.create_table(
        table,
        sa.Column("bank_name", sa.Text(), nullable=False),
        sa.Column("number_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("number_index", sa.LargeBinary(), nullable=False),
        sa.Column("number_ending", sa.Text(), nullable=False),
        sa.Column("holder", one_of("holder", HOLDERS), nullable=False),
        sa.Column("nmid", sa.Text(), nullable=True),
        sa.Column("ended_at", INSTANT, nullable=True),
        *versioned(table),
        check(table, "nmid", "nmid ~ '^ID[0-9]{8,17}$'"),
    )
    op.create_index(
        "uq_bank_accounts_one_number",
        table,
        ["actor_id", "number_index"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index("ix_bank_accounts_actor_id", table, ["actor_id", "id"])
