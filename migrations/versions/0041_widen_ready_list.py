"""Filter columns of the ready list, saved searches, who may see scores."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

BANDS = ("to_10m", "to_100m", "to_500m", "over_500m")
LEVELS = ("product_level", "packaging_level", "branding_level", "market_level", "finance_level")
INDEXES = {
    "ix_ready_rows_kbli_section": ["kbli_section", "actor_id"],
    "ix_ready_rows_confirmed_at": ["confirmed_at", "actor_id"],
    "ix_ready_rows_expires_at": ["expires_at", "actor_id"],
    "ix_ready_rows_any_changes": ["any_change_xid", "actor_id"],
}

ASKING = "(SELECT nullif(current_setting('plut.organization', true), '')::uuid)"
LIVE = f"""c.actor_id = r.actor_id AND c.purpose = 'financing' AND c.withdrawn_at IS NULL AND c.expires_at > now()
            AND c.organization_id = {ASKING}"""
SEES_SCORES = f"""(SELECT true FROM score_disclosures d WHERE d.bank_id = {ASKING}
            AND (now() AT TIME ZONE 'Asia/Makassar')::date >= d.valid_from
            AND (now() AT TIME ZONE 'Asia/Makassar')::date <= coalesce(d.valid_until, 'infinity'))"""
IDENTIFIED = f"""CASE WHEN {SEES_SCORES} THEN '"score":' || coalesce(r.score::text, 'null') || ',' || r.identified
            ELSE r.identified END"""
# Of a masked row these are what its document shows.
SHOWN = f"""r.actor_id, r.regency_code, r.size_class, r.kbli_code, r.kbli_section, r.amount_band,
        {", ".join(f"r.{level}" for level in LEVELS)}, r.masked"""
STAMPS = "r.confirmed_at, r.expires_at, r.change_xid, r.any_change_xid, r.listed_xid"

# The identified document of a business is there only while the bank that asks has a live consent; without a bank in
# `plut.organization` there is none. The score stands in front of it while a setting lets that bank see scores.
# Views read with the rights of their owner: banks need none on the tables.
# A page looks up a few businesses one by one; the whole list is joined, a quarter faster, and only it says what of the
# owner, of products and of the score a filter may ask: of identified rows alone.
# uq_consents_one_active keeps it to one consent a business.
VIEWS = (
    f"""
    CREATE VIEW ready_list AS
    SELECT {SHOWN},
        CASE WHEN (SELECT true FROM consents c WHERE {LIVE} LIMIT 1) THEN {IDENTIFIED} END AS identified, {STAMPS}
    FROM ready_rows r
    """,
    f"""
    CREATE VIEW ready_list_whole AS
    SELECT {SHOWN}, CASE WHEN c.id IS NOT NULL THEN {IDENTIFIED} END AS identified, c.id AS consent_id,
        c.change_xid AS consent_xid, CASE WHEN c.id IS NOT NULL THEN r.segments END AS segments,
        CASE WHEN c.id IS NOT NULL THEN r.fits END AS fits,
        CASE WHEN c.id IS NOT NULL AND {SEES_SCORES} THEN r.score END AS score, {STAMPS}
    FROM ready_rows r LEFT JOIN consents c ON {LIVE}
    """,
)
BEFORE = (
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


class Xid8(sa.types.UserDefinedType):
    """PostgreSQL's 64-bit transaction id."""

    def get_col_spec(self, **_):
        return "xid8"


def upgrade() -> None:
    op.execute("DROP VIEW ready_list_whole, ready_list")
    for table in ("ready_rows", "ready_exits"):
        add_filters(table)
    op.add_column("ready_exits", sa.Column("quiet", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.execute(
        "ALTER TABLE ready_exits ADD CONSTRAINT ck_ready_exits_quiet_changes "
        "CHECK (NOT quiet OR reason = 'changed') NOT VALID"
    )
    op.execute("ALTER TABLE ready_exits VALIDATE CONSTRAINT ck_ready_exits_quiet_changes")
    # Both documents stay in the row, plain: a page reads two hundred of them.
    op.execute("ALTER TABLE ready_rows SET (toast_tuple_target = 8160)")
    add_stamps()
    create_score_disclosures()
    create_saved_searches()
    for view in VIEWS:
        op.execute(view)


def downgrade() -> None:
    op.execute("DROP VIEW ready_list_whole, ready_list")
    op.drop_table("saved_searches")
    op.drop_table("score_disclosures")
    for index in INDEXES:
        op.drop_index(index, table_name="ready_rows")
    for column in ("listed_xid", "any_change_xid", "confirmed_at"):
        op.drop_column("ready_rows", column)
    op.execute("ALTER TABLE ready_rows RESET (toast_tuple_target)")
    op.drop_column("ready_exits", "quiet")
    for table in ("ready_exits", "ready_rows"):
        for column in ("score", "fits", "segments", *LEVELS, "amount_band", "kbli_section"):
            op.drop_column(table, column)
    for view in BEFORE:
        op.execute(view)


def add_filters(table: str) -> None:
    band = sa.Enum(*BANDS, name="amount_band", native_enum=False, create_constraint=False, length=None)
    none = sa.text("'{}'")
    op.add_column(table, sa.Column("kbli_section", sa.Text(), nullable=True))
    op.add_column(table, sa.Column("amount_band", band, nullable=True))
    listed = ", ".join(f"'{one}'" for one in BANDS)
    name = f"ck_{table}_amount_band"
    op.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} CHECK (amount_band IN ({listed})) NOT VALID")
    op.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT {name}")
    for level in LEVELS:
        op.add_column(table, sa.Column(level, sa.SmallInteger(), nullable=True))
    op.add_column(table, sa.Column("segments", postgresql.ARRAY(sa.Text()), server_default=none, nullable=False))
    op.add_column(table, sa.Column("fits", postgresql.ARRAY(sa.Uuid()), server_default=none, nullable=False))
    op.add_column(table, sa.Column("score", sa.SmallInteger(), nullable=True))


def add_stamps() -> None:
    this_one = sa.text("pg_current_xact_id()")
    op.add_column("ready_rows", sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True))
    for stamp in ("any_change_xid", "listed_xid"):
        op.add_column("ready_rows", sa.Column(stamp, Xid8(), server_default=this_one, nullable=False))
    op.execute(
        "UPDATE ready_rows SET confirmed_at = coalesce(r.confirmed_at, ready_rows.expires_at) FROM readiness r "
        "WHERE r.actor_id = ready_rows.actor_id"
    )
    op.execute("DELETE FROM ready_rows WHERE confirmed_at IS NULL")
    op.alter_column("ready_rows", "confirmed_at", nullable=False)
    for name, columns in INDEXES.items():
        op.create_index(name, "ready_rows", columns)


def versioned(table: str) -> tuple[sa.schema.SchemaItem, ...]:
    """What a table has whose rows people change."""
    return (
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )


def of_bank(table: str) -> tuple[sa.schema.SchemaItem, ...]:
    """A bank's own."""
    name = op.f(f"fk_{table}_bank_id_organizations")
    return (
        sa.Column("bank_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["bank_id"], ["organizations.id"], name=name),
    )


def create_score_disclosures() -> None:
    op.create_table(
        "score_disclosures",
        *of_bank("score_disclosures"),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=False),
        *versioned("score_disclosures"),
        sa.CheckConstraint("valid_until >= valid_from", name=op.f("ck_score_disclosures_period")),
        sa.UniqueConstraint("bank_id", name=op.f("uq_score_disclosures_bank_id")),
    )


def create_saved_searches() -> None:
    op.create_table(
        "saved_searches",
        *of_bank("saved_searches"),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("filters", postgresql.JSONB(), nullable=False),
        sa.Column("notify_from", sa.Integer(), nullable=True),
        sa.Column("saved_by", sa.Uuid(), nullable=False),
        sa.Column("seen_snapshot", sa.Text(), nullable=False),
        sa.Column("seen_cluster", sa.Text(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("new_rows", sa.Integer(), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("digest_at", sa.DateTime(timezone=True), nullable=True),
        *versioned("saved_searches"),
        sa.CheckConstraint("notify_from > 0", name=op.f("ck_saved_searches_notify_from")),
        sa.CheckConstraint("new_rows >= 0", name=op.f("ck_saved_searches_new_rows")),
        sa.UniqueConstraint("bank_id", "name", name=op.f("uq_saved_searches_bank_id_name")),
    )
    op.create_index("ix_saved_searches_bank_id", "saved_searches", ["bank_id", "id"])
    op.create_index("ix_saved_searches_counted_at", "saved_searches", ["counted_at", "id"])
