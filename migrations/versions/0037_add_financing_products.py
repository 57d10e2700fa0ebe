"""Products of banks, with their requirements."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

TABLE = "financing_products"
INSTANT = sa.DateTime(timezone=True)
STATES = ("draft", "published", "paused", "closed")
PRINCIPLES = ("conventional", "sharia")
CONTRACTS = (
    *("credit", "murabahah", "mudharabah", "musyarakah", "ijarah", "imbt", "qardh", "rahn", "salam", "istishna"),
)
PRICING = ("interest", "margin", "nisbah", "ujrah", "none")
PURPOSES = ("working_capital", "investment", "both")
COLLATERAL = ("none", "business", "additional")
BORROWERS = ("business", "cooperative", "state_company")

# What was published binds the bank, and referrals point at it: besides its state nothing of it ever changes.
GUARD = """
    CREATE FUNCTION guard_published_terms() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        moves CONSTANT text[] := ARRAY['state', 'published_at', 'closed_at', 'updated_at', 'version'];
    BEGIN
        IF OLD.published_at IS NOT NULL AND (
            to_jsonb(NEW) - moves <> to_jsonb(OLD) - moves OR NEW.published_at IS DISTINCT FROM OLD.published_at
        ) THEN
            RAISE EXCEPTION 'terms of a published product do not change' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NEW;
    END $$
"""
GUARDED = f"""
    CREATE TRIGGER guard_published_terms BEFORE UPDATE ON {TABLE}
    FOR EACH ROW EXECUTE FUNCTION guard_published_terms()
"""


def one_of(name: str, values: tuple[str, ...]) -> sa.Enum:
    """Text that is one of these, by a CHECK."""
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=None)


def check(table: str, name: str, condition: str) -> sa.CheckConstraint:
    """A named CHECK."""
    return sa.CheckConstraint(condition, name=op.f(f"ck_{table}_{name}"))


def upgrade() -> None:
    create_quotas()
    create_products()
    op.execute(GUARD)
    op.execute(GUARDED)


def downgrade() -> None:
    op.drop_table(TABLE)
    op.execute("DROP FUNCTION guard_published_terms()")
    op.drop_table("product_quotas")


def create_quotas() -> None:
    table = "product_quotas"
    op.create_table(
        table,
        sa.Column("bank_id", sa.Uuid(), nullable=False),
        sa.Column("quota_idr", sa.BigInteger(), nullable=True),
        sa.Column("quota_count", sa.Integer(), nullable=True),
        sa.Column("taken_idr", sa.BigInteger(), nullable=False),
        sa.Column("taken_count", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", INSTANT, server_default=sa.text("now()"), nullable=False),
        check(table, "quota_idr", "quota_idr > 0"),
        check(table, "quota_count", "quota_count > 0"),
        check(table, "taken", "taken_idr >= 0 AND taken_count >= 0"),
        check(table, "idr_not_exceeded", "taken_idr <= quota_idr"),
        check(table, "count_not_exceeded", "taken_count <= quota_count"),
        sa.ForeignKeyConstraint(
            ["bank_id"], ["organizations.id"], name=op.f("fk_product_quotas_bank_id_organizations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product_quotas")),
    )


def create_products() -> None:
    op.create_table(
        TABLE,
        *whose(),
        *words(),
        *terms(),
        *life(),
        *checks(),
        sa.ForeignKeyConstraint(
            ["bank_id"], ["organizations.id"], name=op.f("fk_financing_products_bank_id_organizations")
        ),
        sa.ForeignKeyConstraint(
            ["line_id"], ["product_quotas.id"], name=op.f("fk_financing_products_line_id_product_quotas")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_financing_products")),
        sa.UniqueConstraint("line_id", "edition", name=op.f("uq_financing_products_line_id_edition")),
    )
    op.create_index("ix_financing_products_bank_id", TABLE, ["bank_id", "id"])
    published = sa.text("state = 'published'")
    op.create_index("ix_financing_products_published", TABLE, ["id"], postgresql_where=published)
    draft, live = sa.text("state = 'draft'"), sa.text("state IN ('published', 'paused')")
    op.create_index("uq_financing_products_one_draft", TABLE, ["line_id"], unique=True, postgresql_where=draft)
    op.create_index("uq_financing_products_one_open", TABLE, ["line_id"], unique=True, postgresql_where=live)


def whose() -> tuple[sa.Column[sa.types.TypeEngine], ...]:  # type: ignore[type-arg]
    """Of which bank, and which edition of which product."""
    return (
        sa.Column("bank_id", sa.Uuid(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
    )


def words() -> tuple[sa.Column[str], ...]:
    """What it is called, in both languages."""
    names = ("title_id", "title_en", "description_id", "description_en")
    return tuple(sa.Column(name, sa.Text(), nullable=False) for name in names)


def terms() -> tuple[sa.schema.SchemaItem, ...]:
    """The terms."""
    return (
        sa.Column("scheme", sa.Text(), nullable=False),
        sa.Column("borrower_kind", one_of("borrower_kind", BORROWERS), nullable=False),
        sa.Column("principle", one_of("principle", PRINCIPLES), nullable=False),
        sa.Column("contract", one_of("contract", CONTRACTS), nullable=False),
        sa.Column("pricing_kind", one_of("pricing_kind", PRICING), nullable=False),
        sa.Column("rate_bp", sa.Integer(), nullable=True),
        sa.Column("bank_nisbah_bp", sa.Integer(), nullable=True),
        sa.Column("bank_share_bp", sa.Integer(), nullable=True),
        sa.Column("projected_profit_bp", sa.Integer(), nullable=True),
        sa.Column("admin_fee_idr", sa.BigInteger(), nullable=True),
        sa.Column("asset_label_id", sa.Text(), nullable=True),
        sa.Column("asset_label_en", sa.Text(), nullable=True),
        sa.Column("purpose", one_of("purpose", PURPOSES), nullable=False),
        sa.Column("min_amount_idr", sa.BigInteger(), nullable=False),
        sa.Column("max_amount_idr", sa.BigInteger(), nullable=False),
        sa.Column("min_tenor_months", sa.SmallInteger(), nullable=False),
        sa.Column("max_tenor_months", sa.SmallInteger(), nullable=False),
        sa.Column("collateral", one_of("collateral", COLLATERAL), nullable=False),
        sa.Column("collateral_from_idr", sa.BigInteger(), nullable=True),
        sa.Column("requirements", postgresql.JSONB(), nullable=False),
        sa.Column("regency_codes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("quota_idr", sa.BigInteger(), nullable=True),
        sa.Column("quota_count", sa.Integer(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
    )


def life() -> tuple[sa.schema.SchemaItem, ...]:
    """Where it stands."""
    return (
        sa.Column("state", one_of("state", STATES), nullable=False),
        sa.Column("published_at", INSTANT, nullable=True),
        sa.Column("closed_at", INSTANT, nullable=True),
        sa.Column("drafted_by", sa.Uuid(), nullable=False),
        sa.Column("updated_at", INSTANT, server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", INSTANT, server_default=sa.text("now()"), nullable=False),
    )


def checks() -> tuple[sa.CheckConstraint, ...]:
    """What holds whatever the code does."""
    tenors = "min_tenor_months > 0 AND min_tenor_months <= max_tenor_months AND max_tenor_months <= 360"
    rules = {
        "edition": "edition >= 1",
        "amounts": "min_amount_idr > 0 AND min_amount_idr <= max_amount_idr",
        "tenors": tenors,
        "period": "valid_from <= valid_until",
        "quota_idr": "quota_idr > 0",
        "quota_count": "quota_count > 0",
        "contract_of_principle": "(principle = 'conventional') = (contract = 'credit')",
        "no_interest_in_sharia": "pricing_kind <> 'interest' OR principle = 'conventional'",
        "rate_of_its_kind": "(rate_bp IS NOT NULL) = (pricing_kind IN ('interest', 'margin', 'ujrah'))",
        "rate": "rate_bp BETWEEN 0 AND 10000",
        "nisbah_of_its_kind": "(bank_nisbah_bp IS NOT NULL) = (pricing_kind = 'nisbah')",
        "nisbah": "bank_nisbah_bp BETWEEN 1 AND 9999",
        "share_of_musyarakah": "bank_share_bp IS NULL OR contract = 'musyarakah'",
        "share": "bank_share_bp BETWEEN 1 AND 9999",
        "projected_profit": "projected_profit_bp BETWEEN 0 AND 100000",
        "admin_fee": "admin_fee_idr >= 0",
        "collateral_from": "(collateral = 'additional') = (collateral_from_idr IS NOT NULL)",
        "published_once": "(state = 'draft') = (published_at IS NULL)",
        "closed_when": "(state = 'closed') = (closed_at IS NOT NULL)",
    }
    return tuple(check(TABLE, name, condition) for name, condition in rules.items())
