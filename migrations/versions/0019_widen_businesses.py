"""Owners with shares, status, products, certificates, channels."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

FORMS = ("individual", "cv", "firma", "pt", "pt_individual", "cooperative", "other")
STATES = ("active", "dormant", "closed")
ROLES = ("owner", "director", "manager")
REASONS = (
    *("season", "capital", "market", "family", "disaster", "premises", "licence", "handed_over", "owner_died"),
    *("insolvent", "trading_again", "by_mistake", "other"),
)
CHANNELS = (
    *("shop", "market", "marketplace", "social", "website", "cooperative_outlet", "modern_retail", "reseller"),
    *("export", "other"),
)
SHARE = {
    "share": "share_percent > 0 AND share_percent <= 100",
    "share_of_an_owner": "share_percent IS NULL OR role = 'owner'",
}
OF_OWNERSHIPS = {"role": "role IN ('owner', 'director', 'manager')", **SHARE, "period": "until >= since"}
OF_ACTORS = {
    "qris_verified_by_someone": "(qris_verified_at IS NULL) = (qris_verified_by IS NULL)",
    "qris_verified_id": "qris_verified_at IS NULL OR qris_nmid IS NOT NULL",
}
LIVING = "superseded_by IS NULL AND ended_at IS NULL"
OF_NO_PRODUCT = "coalesce(product_id, '00000000-0000-0000-0000-000000000000')"


def upgrade() -> None:
    widen_actors()
    widen_ownerships()
    create_offers()
    create_changes()
    create_products()
    create_certifications()
    create_channels()


def downgrade() -> None:
    for table in (
        *(
            "sales_channels",
            "certifications",
            "product_photos",
            "products",
            "legal_form_changes",
            "actor_status_changes",
        ),
        "ownership_offers",
    ):
        op.drop_table(table)
    op.execute("DELETE FROM ownerships WHERE until IS NOT NULL OR role <> 'owner'")
    op.drop_index("ix_ownerships_paper_file_id", table_name="ownerships")
    op.drop_index("ix_ownerships_ended", table_name="ownerships")
    op.drop_index("uq_ownerships_one_living", table_name="ownerships")
    for column in reversed(columns_of_ownerships()):
        op.drop_column("ownerships", column.name)
    op.create_unique_constraint("uq_ownerships_actor_id_person_id", "ownerships", ["actor_id", "person_id"])
    for column in reversed(columns_of_actors()):
        op.drop_column("actors", column.name)


def widen_actors() -> None:
    for column in columns_of_actors():
        op.add_column("actors", column)
    add_rules("actors", OF_ACTORS)


def widen_ownerships() -> None:
    for column in columns_of_ownerships():
        op.add_column("ownerships", column)
    add_rules("ownerships", OF_OWNERSHIPS)
    op.drop_constraint("uq_ownerships_actor_id_person_id", "ownerships")
    op.create_index(
        "uq_ownerships_one_living",
        "ownerships",
        ["actor_id", "person_id"],
        unique=True,
        postgresql_where=sa.text("until IS NULL"),
    )
    op.create_index("ix_ownerships_ended", "ownerships", ["actor_id"], postgresql_where=sa.text("until IS NOT NULL"))
    op.create_index(
        "ix_ownerships_paper_file_id",
        "ownerships",
        ["paper_file_id"],
        postgresql_where=sa.text("paper_file_id IS NOT NULL"),
    )
    op.execute(
        "ALTER TABLE ownerships ADD CONSTRAINT fk_ownerships_paper_file_id_files "
        "FOREIGN KEY (paper_file_id) REFERENCES files (id) NOT VALID"
    )
    op.execute("ALTER TABLE ownerships VALIDATE CONSTRAINT fk_ownerships_paper_file_id_files")


def create_offers() -> None:
    create(
        "ownership_offers",
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("phone_index", sa.LargeBinary(), nullable=False),
        sa.Column("role", enum("role", *ROLES), nullable=False),
        sa.Column("share_percent", sa.Numeric(5, 2), nullable=True),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("offered_by", sa.Uuid(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        *versioned(),
        rules={
            **SHARE,
            "answered_when": "(answered_at IS NULL) = (answer IS NULL)",
            "answer": "answer IN ('accepted', 'declined', 'withdrawn')",
        },
    )
    op.create_index(
        "uq_ownership_offers_one_open",
        "ownership_offers",
        ["actor_id", "phone_index"],
        unique=True,
        postgresql_where=sa.text("answered_at IS NULL"),
    )
    op.create_index("ix_ownership_offers_phone_index", "ownership_offers", ["phone_index"])
    op.create_index("ix_ownership_offers_actor_id", "ownership_offers", ["actor_id", "id"])


def create_changes() -> None:
    for table, before, after, values, reason in (
        ("actor_status_changes", "from_status", "to_status", STATES, True),
        ("legal_form_changes", "from_form", "to_form", FORMS, False),
    ):
        create(
            table,
            sa.Column(before, enum(before, *values), nullable=False),
            sa.Column(after, enum(after, *values), nullable=False),
            sa.Column("changed_on", sa.Date(), nullable=False),
            *((sa.Column("reason_code", enum("reason_code", *REASONS), nullable=False),) if reason else ()),
            sa.Column("changed_by", sa.Uuid(), nullable=False),
            rules={"changes_something": f"{before} <> {after}"},
        )
        op.create_index(f"ix_{table}_actor_id", table, ["actor_id", "id"])


def create_products() -> None:
    create(
        "products",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("unit", sa.Text(), nullable=True),
        sa.Column("price_idr", sa.BigInteger(), nullable=True),
        sa.Column("is_offered", sa.Boolean(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        *versioned(),
        rules={"price_not_negative": "price_idr >= 0"},
    )
    op.create_index("ix_products_actor_id", "products", ["actor_id", "id"])
    op.create_table(
        "product_photos",
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("position BETWEEN 0 AND 9", name=op.f("ck_product_photos_position")),
        sa.ForeignKeyConstraint(
            ["product_id"], ["products.id"], name=op.f("fk_product_photos_product_id_products"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name=op.f("fk_product_photos_file_id_files")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product_photos")),
        sa.UniqueConstraint("product_id", "file_id", name=op.f("uq_product_photos_product_id_file_id")),
    )
    op.create_index("ix_product_photos_file_id", "product_photos", ["file_id"])
    op.create_index("ix_products_living", "products", ["actor_id", "id"], postgresql_where=sa.text("ended_at IS NULL"))


def create_certifications() -> None:
    create(
        "certifications",
        sa.Column("product_id", sa.Uuid(), nullable=True),
        sa.Column("file_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("trademark_class", sa.SmallInteger(), nullable=True),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("verified_by", sa.Uuid(), nullable=True),
        sa.Column("superseded_by", sa.Uuid(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        *versioned(),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_certifications_product_id_products")),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name=op.f("fk_certifications_file_id_files")),
        sa.ForeignKeyConstraint(
            ["superseded_by"],
            ["certifications.id"],
            name=op.f("fk_certifications_superseded_by_certifications"),
            deferrable=True,
            initially="DEFERRED",
        ),
        rules={
            "period": "expires_on >= issued_on",
            "verified_by_someone": "(verified_at IS NULL) = (verified_by IS NULL)",
            "superseded_by_another": "superseded_by <> id",
            "trademark_class": "trademark_class BETWEEN 1 AND 45",
        },
    )
    table, living = "certifications", {"postgresql_where": sa.text(LIVING)}
    op.create_index(
        "uq_certifications_one_living",
        table,
        ["actor_id", "kind", "number", sa.text(OF_NO_PRODUCT)],
        unique=True,
        **living,
    )
    op.create_index("ix_certifications_actor_id", table, ["actor_id", "id"])
    op.create_index(
        "ix_certifications_ends",
        table,
        ["expires_on", "id"],
        postgresql_where=sa.text(f"expires_on IS NOT NULL AND {LIVING}"),
    )
    op.create_index("ix_certifications_file_id", table, ["file_id"], postgresql_where=sa.text("file_id IS NOT NULL"))
    op.create_index(
        "ix_certifications_product_id", table, ["product_id"], postgresql_where=sa.text("product_id IS NOT NULL")
    )


def create_channels() -> None:
    create(
        "sales_channels",
        sa.Column("kind", enum("kind", *CHANNELS), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        *versioned(),
        rules={"period": "until >= since", "url_is_https": "url LIKE 'https://%'"},
    )
    op.create_index("ix_sales_channels_actor_id", "sales_channels", ["actor_id", "id"])


def columns_of_actors() -> tuple[sa.Column, ...]:
    return (
        sa.Column("qris_nmid", sa.Text(), nullable=True),
        sa.Column("qris_verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("qris_verified_by", sa.Uuid(), nullable=True),
    )


def columns_of_ownerships() -> tuple[sa.Column, ...]:
    return (
        sa.Column("role", sa.String(), server_default=sa.text("'owner'"), nullable=False),
        sa.Column("share_percent", sa.Numeric(5, 2), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("paper_file_id", sa.Uuid(), nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
    )


def create(table: str, *parts: sa.Column | sa.Constraint, rules: dict[str, str]) -> None:
    """A table of what belongs to a business."""
    op.create_table(
        table,
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        *parts,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}")) for name, rule in rules.items()),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["actors.id"], name=op.f(f"fk_{table}_actor_id_actors"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )


def versioned() -> tuple[sa.Column, ...]:
    return (
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
    )


def enum(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=None)


def add_rules(table: str, rules: dict[str, str]) -> None:
    for name, rule in rules.items():
        op.execute(f"ALTER TABLE {table} ADD CONSTRAINT ck_{table}_{name} CHECK ({rule}) NOT VALID")
        op.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT ck_{table}_{name}")
