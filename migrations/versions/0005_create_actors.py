"""People, businesses, yearly figures and consents."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


class Xid8(sa.types.UserDefinedType):
    """PostgreSQL's 64-bit transaction id."""

    def get_col_spec(self, **_):
        return "xid8"


def upgrade() -> None:
    op.create_table(
        "actors",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("village_code", sa.Text(), nullable=False),
        sa.Column("regency_code", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column(
            "legal_form",
            sa.Enum(
                "individual",
                "cv",
                "firma",
                "pt",
                "pt_individual",
                "cooperative",
                "other",
                name="legal_form",
                native_enum=False,
                create_constraint=True,
                length=None,
            ),
            nullable=False,
        ),
        sa.Column(
            "status",
            sa.Enum(
                "active", "dormant", "closed", name="status", native_enum=False, create_constraint=True, length=None
            ),
            nullable=False,
        ),
        sa.Column("kbli_version", sa.Text(), nullable=True),
        sa.Column("kbli_code", sa.Text(), nullable=True),
        sa.Column("started_on", sa.Date(), nullable=True),
        sa.Column("nib_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("nib_index", sa.LargeBinary(), nullable=True),
        sa.Column("npwp_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("npwp_index", sa.LargeBinary(), nullable=True),
        sa.Column(
            "size_class",
            sa.Enum(
                "micro",
                "small",
                "medium",
                "large",
                name="size_class",
                native_enum=False,
                create_constraint=True,
                length=None,
            ),
            nullable=True,
        ),
        sa.Column("size_basis", sa.Text(), nullable=True),
        sa.Column("registered_by", sa.Uuid(), nullable=True),
        sa.Column("import_id", sa.Uuid(), nullable=True),
        sa.Column("row_key", sa.Text(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("(kbli_code IS NULL) = (kbli_version IS NULL)", name=op.f("ck_actors_kbli_with_version")),
        sa.CheckConstraint("(size_class IS NULL) = (size_basis IS NULL)", name=op.f("ck_actors_size_with_basis")),
        sa.CheckConstraint("regency_code = substr(village_code, 1, 5)", name=op.f("ck_actors_regency_of_village")),
        sa.ForeignKeyConstraint(
            ["kbli_version", "kbli_code"],
            ["kbli.version", "kbli.code"],
            name=op.f("fk_actors_kbli_version_kbli_code_kbli"),
        ),
        sa.ForeignKeyConstraint(["village_code"], ["regions.code"], name=op.f("fk_actors_village_code_regions")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_actors")),
        sa.UniqueConstraint("nib_index", name=op.f("uq_actors_nib_index")),
        sa.UniqueConstraint("row_key", name=op.f("uq_actors_row_key")),
    )
    op.create_index(
        "ix_actors_import_id", "actors", ["import_id"], unique=False, postgresql_where=sa.text("import_id IS NOT NULL")
    )
    op.create_index("ix_actors_list", "actors", ["regency_code", "size_class", "id"], unique=False)
    op.create_index("ix_actors_region_name", "actors", ["village_code", "name"], unique=False)
    op.create_index(
        "ix_actors_village_name_trgm",
        "actors",
        ["village_code", "name"],
        unique=False,
        postgresql_using="gist",
        postgresql_ops={"name": "gist_trgm_ops(siglen=32)"},
    )
    op.create_table(
        "annual_figures",
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("capital_idr", sa.BigInteger(), nullable=True),
        sa.Column("sales_idr", sa.BigInteger(), nullable=True),
        sa.Column("assets_idr", sa.BigInteger(), nullable=True),
        sa.Column("workers_female", sa.Integer(), nullable=True),
        sa.Column("workers_male", sa.Integer(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("import_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("source IN ('owner', 'officer', 'import', 'tax')", name=op.f("ck_annual_figures_source")),
        sa.CheckConstraint(
            "capital_idr >= 0 AND sales_idr >= 0 AND assets_idr >= 0", name=op.f("ck_annual_figures_money_not_negative")
        ),
        sa.CheckConstraint(
            "workers_female >= 0 AND workers_male >= 0", name=op.f("ck_annual_figures_workers_not_negative")
        ),
        sa.CheckConstraint("year BETWEEN 1945 AND 2100", name=op.f("ck_annual_figures_year")),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["actors.id"], name=op.f("fk_annual_figures_actor_id_actors"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_annual_figures")),
    )
    op.create_index("ix_annual_figures_newest", "annual_figures", ["actor_id", "year", "id"], unique=False)
    op.create_table(
        "consents",
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column(
            "purpose",
            sa.Enum("financing", name="purpose", native_enum=False, create_constraint=True, length=None),
            nullable=False,
        ),
        sa.Column("text_version", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("given_by", sa.Uuid(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.Uuid(), nullable=True),
        sa.Column("change_xid", Xid8(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("expires_at > given_at", name=op.f("ck_consents_period")),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["actors.id"], name=op.f("fk_consents_actor_id_actors"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_consents_organization_id_organizations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consents")),
    )
    op.create_index("ix_consents_actor_id", "consents", ["actor_id", "organization_id"], unique=False)
    op.create_index("ix_consents_changes", "consents", ["organization_id", "change_xid", "actor_id"], unique=False)
    op.create_index(
        "uq_consents_one_active",
        "consents",
        ["actor_id", "organization_id", "purpose"],
        unique=True,
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )
    op.create_table(
        "people",
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("full_name", sa.Text(), nullable=False),
        sa.Column("nik_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("nik_index", sa.LargeBinary(), nullable=True),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("phone_index", sa.LargeBinary(), nullable=True),
        sa.Column(
            "sex",
            sa.Enum("female", "male", name="sex", native_enum=False, create_constraint=True, length=None),
            nullable=True,
        ),
        sa.Column("birth_date", sa.Date(), nullable=True),
        sa.Column(
            "marital_status",
            sa.Enum(
                "single",
                "married",
                "divorced",
                "widowed",
                name="marital_status",
                native_enum=False,
                create_constraint=True,
                length=None,
            ),
            nullable=True,
        ),
        sa.Column("disabilities", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("village_code", sa.Text(), nullable=True),
        sa.Column("registered_by", sa.Uuid(), nullable=True),
        sa.Column("identity_verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("identity_verified_by", sa.Uuid(), nullable=True),
        sa.Column("import_id", sa.Uuid(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "(identity_verified_at IS NULL) = (identity_verified_by IS NULL)",
            name=op.f("ck_people_verified_by_someone"),
        ),
        sa.CheckConstraint(
            "identity_verified_at IS NULL OR nik_index IS NOT NULL", name=op.f("ck_people_verified_nik")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_people_account_id_accounts")),
        sa.ForeignKeyConstraint(["village_code"], ["regions.code"], name=op.f("fk_people_village_code_regions")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
        sa.UniqueConstraint("account_id", name=op.f("uq_people_account_id")),
        sa.UniqueConstraint("nik_index", name=op.f("uq_people_nik_index")),
    )
    op.create_index(
        "ix_people_name_trgm",
        "people",
        ["full_name"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"full_name": "gin_trgm_ops"},
    )
    op.create_index("ix_people_phone_index", "people", ["phone_index"], unique=False)
    op.create_index("ix_people_village_name", "people", ["village_code", "full_name"], unique=False)
    op.create_table(
        "ownerships",
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["actors.id"], name=op.f("fk_ownerships_actor_id_actors"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_ownerships_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ownerships")),
        sa.UniqueConstraint("actor_id", "person_id", name=op.f("uq_ownerships_actor_id_person_id")),
    )
    op.create_index(op.f("ix_ownerships_person_id"), "ownerships", ["person_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_ownerships_person_id"), table_name="ownerships")
    op.drop_table("ownerships")
    op.drop_index("ix_people_village_name", table_name="people")
    op.drop_index("ix_people_phone_index", table_name="people")
    op.drop_index(
        "ix_people_name_trgm", table_name="people", postgresql_using="gin", postgresql_ops={"full_name": "gin_trgm_ops"}
    )
    op.drop_table("people")
    op.drop_index("uq_consents_one_active", table_name="consents", postgresql_where=sa.text("withdrawn_at IS NULL"))
    op.drop_index("ix_consents_changes", table_name="consents")
    op.drop_index("ix_consents_actor_id", table_name="consents")
    op.drop_table("consents")
    op.drop_index("ix_annual_figures_newest", table_name="annual_figures")
    op.drop_table("annual_figures")
    op.drop_index("ix_actors_village_name_trgm", table_name="actors", postgresql_using="gist")
    op.drop_index("ix_actors_region_name", table_name="actors")
    op.drop_index("ix_actors_list", table_name="actors")
    op.drop_index("ix_actors_import_id", table_name="actors", postgresql_where=sa.text("import_id IS NOT NULL"))
    op.drop_table("actors")
