"""Officers, meetings, outlets, figures, papers, proposals and declarations of cooperatives."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "cooperative_officers",
        sa.Column(
            "organ",
            sa.Enum("board", "supervisors", name="organ", native_enum=False, create_constraint=True, length=None),
            nullable=False,
        ),
        sa.Column(
            "post",
            sa.Enum(
                "chair",
                "deputy_business",
                "deputy_members",
                "secretary",
                "treasurer",
                "member",
                name="post",
                native_enum=False,
                create_constraint=True,
                length=None,
            ),
            nullable=False,
        ),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("full_name", sa.Text(), nullable=True),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("has_kin", sa.Boolean(), nullable=True),
        sa.Column(
            "village_office",
            sa.Enum(
                "none", "head", "other", name="village_office", native_enum=False, create_constraint=True, length=None
            ),
            nullable=True,
        ),
        sa.Column("file_id", sa.Uuid(), nullable=True),
        sa.Column("cooperative_id", sa.Uuid(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("verified_by", sa.Uuid(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("cooperative_id"), "="),
            (sa.column("organ"), "="),
            (sa.column("post"), "="),
            (sa.text("daterange(since, until, '[]')"), "&&"),
            where=sa.text("post <> 'member'"),
            using="gist",
            name="ex_cooperative_officers_one_per_post",
        ),
        sa.CheckConstraint(
            "organ = 'board' OR post IN ('chair', 'member')", name=op.f("ck_cooperative_officers_post_of_organ")
        ),
        sa.CheckConstraint(
            "(verified_at IS NULL) = (verified_by IS NULL)", name=op.f("ck_cooperative_officers_verified_by_someone")
        ),
        sa.CheckConstraint(
            "num_nonnulls(person_id, full_name) = 1", name=op.f("ck_cooperative_officers_person_or_name")
        ),
        sa.CheckConstraint("until >= since", name=op.f("ck_cooperative_officers_period")),
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["cooperatives.id"], name=op.f("fk_cooperative_officers_cooperative_id_cooperatives")
        ),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name=op.f("fk_cooperative_officers_file_id_files")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_cooperative_officers_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cooperative_officers")),
    )
    op.create_index(
        "ix_cooperative_officers_cooperative_id", "cooperative_officers", ["cooperative_id", "id"], unique=False
    )
    op.create_index("ix_cooperative_officers_person_id", "cooperative_officers", ["person_id"], unique=False)
    op.create_table(
        "cooperative_meetings",
        sa.Column(
            "kind",
            sa.Enum(
                "founding",
                "annual",
                "approval",
                "board",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=None,
            ),
            nullable=False,
        ),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("book_year", sa.SmallInteger(), nullable=True),
        sa.Column("bank_id", sa.Uuid(), nullable=True),
        sa.Column(
            "decision",
            sa.Enum("approved", "refused", name="decision", native_enum=False, create_constraint=True, length=None),
            nullable=False,
        ),
        sa.Column("village_head_agrees", sa.Boolean(), nullable=True),
        sa.Column("summary", sa.Text(), nullable=True),
        sa.Column("file_id", sa.Uuid(), nullable=True),
        sa.Column("cooperative_id", sa.Uuid(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("verified_by", sa.Uuid(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "(kind = 'annual') = (book_year IS NOT NULL)", name=op.f("ck_cooperative_meetings_year_of_annual")
        ),
        sa.CheckConstraint(
            "(kind = 'approval') = (village_head_agrees IS NOT NULL)",
            name=op.f("ck_cooperative_meetings_village_of_approval"),
        ),
        sa.CheckConstraint(
            "(kind = 'board') = (bank_id IS NOT NULL)", name=op.f("ck_cooperative_meetings_bank_of_board")
        ),
        sa.CheckConstraint(
            "(verified_at IS NULL) = (verified_by IS NULL)", name=op.f("ck_cooperative_meetings_verified_by_someone")
        ),
        sa.CheckConstraint(
            "extract(year FROM held_on) > book_year", name=op.f("ck_cooperative_meetings_after_the_year")
        ),
        sa.ForeignKeyConstraint(
            ["bank_id"], ["organizations.id"], name=op.f("fk_cooperative_meetings_bank_id_organizations")
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["cooperatives.id"], name=op.f("fk_cooperative_meetings_cooperative_id_cooperatives")
        ),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name=op.f("fk_cooperative_meetings_file_id_files")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cooperative_meetings")),
    )
    op.create_index(
        "ix_cooperative_meetings_cooperative_id", "cooperative_meetings", ["cooperative_id", "id"], unique=False
    )
    op.create_index(
        "uq_cooperative_meetings_one_a_year",
        "cooperative_meetings",
        ["cooperative_id", "book_year"],
        unique=True,
        postgresql_where=sa.text("kind = 'annual'"),
    )
    op.create_table(
        "cooperative_outlets",
        sa.Column(
            "kind",
            sa.Enum(
                "kantor",
                "sembako",
                "simpan_pinjam",
                "klinik",
                "apotek",
                "gudang_cold_storage",
                "logistik",
                "other",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=None,
            ),
            nullable=False,
        ),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column(
            "premises",
            sa.Enum(
                "owned", "borrowed", "leased", name="premises", native_enum=False, create_constraint=True, length=None
            ),
            nullable=True,
        ),
        sa.Column("premises_until", sa.Date(), nullable=True),
        sa.Column("file_id", sa.Uuid(), nullable=True),
        sa.Column("cooperative_id", sa.Uuid(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("verified_by", sa.Uuid(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "(verified_at IS NULL) = (verified_by IS NULL)", name=op.f("ck_cooperative_outlets_verified_by_someone")
        ),
        sa.CheckConstraint("closed_on >= opened_on", name=op.f("ck_cooperative_outlets_period")),
        sa.CheckConstraint(
            "closed_on IS NULL OR opened_on IS NOT NULL", name=op.f("ck_cooperative_outlets_closed_what_opened")
        ),
        sa.CheckConstraint(
            "file_id IS NULL OR premises IS NOT NULL", name=op.f("ck_cooperative_outlets_paper_of_premises")
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["cooperatives.id"], name=op.f("fk_cooperative_outlets_cooperative_id_cooperatives")
        ),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name=op.f("fk_cooperative_outlets_file_id_files")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cooperative_outlets")),
    )
    op.create_index(
        "ix_cooperative_outlets_cooperative_id", "cooperative_outlets", ["cooperative_id", "id"], unique=False
    )
    op.create_table(
        "cooperative_figures",
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("sales_idr", sa.BigInteger(), nullable=False),
        sa.Column("expenses_idr", sa.BigInteger(), nullable=False),
        sa.Column("members", sa.Integer(), nullable=False),
        sa.Column("members_paid", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=True),
        sa.Column("cooperative_id", sa.Uuid(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("verified_by", sa.Uuid(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "(verified_at IS NULL) = (verified_by IS NULL)", name=op.f("ck_cooperative_figures_verified_by_someone")
        ),
        sa.CheckConstraint("extract(day FROM month) = 1", name=op.f("ck_cooperative_figures_first_of_month")),
        sa.CheckConstraint("members_paid BETWEEN 0 AND members", name=op.f("ck_cooperative_figures_members_paid")),
        sa.CheckConstraint("sales_idr >= 0 AND expenses_idr >= 0", name=op.f("ck_cooperative_figures_amounts")),
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["cooperatives.id"], name=op.f("fk_cooperative_figures_cooperative_id_cooperatives")
        ),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name=op.f("fk_cooperative_figures_file_id_files")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cooperative_figures")),
        sa.UniqueConstraint("cooperative_id", "month", name=op.f("uq_cooperative_figures_cooperative_id_month")),
    )
    op.create_table(
        "cooperative_papers",
        sa.Column(
            "kind",
            sa.Enum(
                "legal_decision",
                "nik_koperasi",
                "nib",
                "npwp",
                "account",
                "supply_agreement",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=None,
            ),
            nullable=False,
        ),
        sa.Column("number_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("number_index", sa.LargeBinary(), nullable=True),
        sa.Column("number_seen", sa.Text(), nullable=True),
        sa.Column("in_own_name", sa.Boolean(), nullable=False),
        sa.Column("bank_name", sa.Text(), nullable=True),
        sa.Column("partner", sa.Text(), nullable=True),
        sa.Column("dated_on", sa.Date(), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("file_id", sa.Uuid(), nullable=True),
        sa.Column("cooperative_id", sa.Uuid(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("verified_by", sa.Uuid(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "(kind = 'account') = (bank_name IS NOT NULL)", name=op.f("ck_cooperative_papers_bank_of_account")
        ),
        sa.CheckConstraint(
            "(kind = 'supply_agreement') = (partner IS NOT NULL)",
            name=op.f("ck_cooperative_papers_partner_of_agreement"),
        ),
        sa.CheckConstraint(
            "(kind IN ('nib', 'npwp', 'account')) = (number_sealed IS NOT NULL)",
            name=op.f("ck_cooperative_papers_number_of_its_kind"),
        ),
        sa.CheckConstraint(
            "(number_sealed IS NULL) = (number_index IS NULL)", name=op.f("ck_cooperative_papers_number_indexed")
        ),
        sa.CheckConstraint(
            "(verified_at IS NULL) = (verified_by IS NULL)", name=op.f("ck_cooperative_papers_verified_by_someone")
        ),
        sa.CheckConstraint("until >= dated_on", name=op.f("ck_cooperative_papers_period")),
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["cooperatives.id"], name=op.f("fk_cooperative_papers_cooperative_id_cooperatives")
        ),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name=op.f("fk_cooperative_papers_file_id_files")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cooperative_papers")),
    )
    op.create_index(
        "ix_cooperative_papers_cooperative_id", "cooperative_papers", ["cooperative_id", "id"], unique=False
    )
    op.create_index(
        "uq_cooperative_papers_number",
        "cooperative_papers",
        ["kind", "number_index"],
        unique=True,
        postgresql_where=sa.text("kind IN ('nib', 'npwp')"),
    )
    op.create_index(
        "uq_cooperative_papers_one_of_a_kind",
        "cooperative_papers",
        ["cooperative_id", "kind"],
        unique=True,
        postgresql_where=sa.text("kind NOT IN ('account', 'supply_agreement')"),
    )
    op.create_table(
        "cooperative_proposals",
        sa.Column("scheme", sa.Text(), nullable=True),
        sa.Column("capex_idr", sa.BigInteger(), nullable=False),
        sa.Column("opex_idr", sa.BigInteger(), nullable=False),
        sa.Column("tenor_months", sa.SmallInteger(), nullable=False),
        sa.Column("stage_names", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("stage_amounts_idr", sa.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("repayment_sources", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("yearly_income_idr", sa.BigInteger(), nullable=False),
        sa.Column("yearly_instalments_idr", sa.BigInteger(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=True),
        sa.Column("cooperative_id", sa.Uuid(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("verified_by", sa.Uuid(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "(verified_at IS NULL) = (verified_by IS NULL)", name=op.f("ck_cooperative_proposals_verified_by_someone")
        ),
        sa.CheckConstraint(
            "capex_idr >= 0 AND opex_idr >= 0 AND capex_idr + opex_idr > 0",
            name=op.f("ck_cooperative_proposals_amounts"),
        ),
        sa.CheckConstraint(
            "cardinality(stage_names) = cardinality(stage_amounts_idr)", name=op.f("ck_cooperative_proposals_stages")
        ),
        sa.CheckConstraint(
            "yearly_income_idr >= 0 AND yearly_instalments_idr > 0", name=op.f("ck_cooperative_proposals_cover")
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["cooperatives.id"], name=op.f("fk_cooperative_proposals_cooperative_id_cooperatives")
        ),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name=op.f("fk_cooperative_proposals_file_id_files")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cooperative_proposals")),
    )
    op.create_index(
        "ix_cooperative_proposals_cooperative_id", "cooperative_proposals", ["cooperative_id", "id"], unique=False
    )
    op.create_table(
        "cooperative_credit_declarations",
        sa.Column("cooperative_id", sa.Uuid(), nullable=False),
        sa.Column("declared_on", sa.Date(), nullable=False),
        sa.Column("has_arrears", sa.Boolean(), nullable=False),
        sa.Column("chair_has_arrears", sa.Boolean(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=True),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["cooperative_id"],
            ["cooperatives.id"],
            name=op.f("fk_cooperative_credit_declarations_cooperative_id_cooperatives"),
        ),
        sa.ForeignKeyConstraint(
            ["file_id"], ["files.id"], name=op.f("fk_cooperative_credit_declarations_file_id_files")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cooperative_credit_declarations")),
    )
    op.create_index(
        "ix_cooperative_credit_declarations_cooperative_id",
        "cooperative_credit_declarations",
        ["cooperative_id", "declared_on", "id"],
        unique=False,
    )
    op.create_table(
        "cooperative_revisions",
        sa.Column("cooperative_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("row_id", sa.Uuid(), nullable=False),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.Column("before_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["cooperatives.id"], name=op.f("fk_cooperative_revisions_cooperative_id_cooperatives")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cooperative_revisions")),
        sa.UniqueConstraint("row_id", "row_version", name=op.f("uq_cooperative_revisions_row_id_row_version")),
    )
    op.create_index(
        "ix_cooperative_revisions_cooperative_id", "cooperative_revisions", ["cooperative_id", "id"], unique=False
    )


def downgrade() -> None:
    op.drop_table("cooperative_revisions")
    op.drop_table("cooperative_credit_declarations")
    op.drop_table("cooperative_proposals")
    op.drop_table("cooperative_papers")
    op.drop_table("cooperative_figures")
    op.drop_table("cooperative_outlets")
    op.drop_table("cooperative_meetings")
    op.drop_table("cooperative_officers")
