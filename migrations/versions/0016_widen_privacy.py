"""Consent subjects, disclosures, requests about one's own data."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

CATEGORIES = (
    "'{business_name,owner_name,village,business_activity,size_class,yearly_figures,training_outcomes,readiness_gates}'"
)
RULES = {
    "ck_consents_subject_kind": "subject_kind IN ('actor', 'cooperative')",
    "ck_consents_one_subject": (
        "CASE subject_kind WHEN 'actor' THEN actor_id IS NOT NULL AND cooperative_id IS NULL AND "
        "purpose = 'financing' ELSE actor_id IS NULL AND cooperative_id IS NOT NULL AND "
        "purpose = 'cooperative_financing' END"
    ),
    "ck_consents_names_data": "cardinality(data_categories) > 0",
    "ck_consents_paper_is_on_file": (
        "(channel = 'paper') = (paper_reference IS NOT NULL AND paper_hash IS NOT NULL "
        "AND recorded_by IS NOT NULL AND signed_by IS NOT NULL)"
    ),
    "ck_consents_given_or_signed": "(channel = 'paper') = (given_by IS NULL)",
    "ck_consents_confirmed_by_someone": "(confirmed_at IS NULL) = (confirmed_by IS NULL)",
    "ck_consents_second_officer_is_another": "confirmed_by <> given_by",
}
PURPOSES = "purpose IN ('financing', 'cooperative_financing')"

# The application's role lacks the right anyway; this also holds for an installation with a single role.
GUARD = """
    CREATE FUNCTION refuse_change_of_disclosure() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'DELETE' AND OLD.disclosed_at < now() - interval '5 years' THEN
            RETURN OLD;
        END IF;
        RAISE EXCEPTION 'disclosures are only added to' USING ERRCODE = 'insufficient_privilege';
    END $$
"""


def upgrade() -> None:
    for table in ("people", "actors"):
        op.add_column(table, sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))
    widen_consents()
    create_disclosures()
    create_data_requests()


def widen_consents() -> None:
    for column in columns():
        op.add_column("consents", column)
    op.alter_column("consents", "actor_id", existing_type=sa.Uuid(), nullable=True)
    op.alter_column("consents", "given_by", existing_type=sa.Uuid(), nullable=True)
    replace_rule("ck_consents_purpose", PURPOSES)
    for name, rule in RULES.items():
        add_rule(name, rule)
    op.execute(
        "ALTER TABLE consents ADD CONSTRAINT fk_consents_signed_by_people "
        "FOREIGN KEY (signed_by) REFERENCES people (id) NOT VALID"
    )
    op.execute("ALTER TABLE consents VALIDATE CONSTRAINT fk_consents_signed_by_people")
    op.create_index(
        "uq_consents_one_active_of_cooperative",
        "consents",
        ["cooperative_id", "organization_id", "purpose"],
        unique=True,
        postgresql_where=sa.text("withdrawn_at IS NULL AND cooperative_id IS NOT NULL"),
    )


def create_disclosures() -> None:
    op.create_table(
        "disclosures",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "disclosed_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("caller_id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=True),
        sa.Column("operation", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("fields", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=True),
        sa.Column("actor_ids", postgresql.ARRAY(sa.Uuid()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("person_ids", postgresql.ARRAY(sa.Uuid()), server_default=sa.text("'{}'"), nullable=False),
        sa.CheckConstraint(
            "cardinality(actor_ids) + cardinality(person_ids) > 0", name=op.f("ck_disclosures_names_somebody")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disclosures")),
    )
    for column in ("actor_ids", "person_ids"):
        op.create_index(
            f"ix_disclosures_{column}",
            "disclosures",
            [column],
            postgresql_using="gin",
            postgresql_with={"gin_pending_list_limit": 65536},
        )
    for column in ("caller_id", "organization_id"):
        op.create_index(f"ix_disclosures_{column}", "disclosures", [column, "disclosed_at"])
    op.execute(
        "ALTER TABLE disclosures SET (autovacuum_vacuum_insert_threshold = 100, "
        "autovacuum_vacuum_insert_scale_factor = 0)"
    )
    op.execute(GUARD)
    op.execute(
        "CREATE TRIGGER only_added_to BEFORE UPDATE OR DELETE ON disclosures "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change_of_disclosure()"
    )


def create_data_requests() -> None:
    op.create_table(
        "data_requests",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("kind", enum("kind", "rectification", "objection", "restriction", "erasure"), nullable=False),
        sa.Column("state", enum("state", "awaiting_code", "open", "in_progress", "done", "refused"), nullable=False),
        sa.Column("text_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("answer_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("report", postgresql.JSONB(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "(state IN ('done', 'refused')) = (decided_at IS NOT NULL)", name=op.f("ck_data_requests_decided_when")
        ),
        sa.CheckConstraint(
            "state <> 'awaiting_code' OR kind = 'erasure'", name=op.f("ck_data_requests_only_erasure_awaits_code")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_requests")),
    )
    op.create_index("ix_data_requests_account_id", "data_requests", ["account_id", "id"])
    op.create_index(
        "ix_data_requests_due",
        "data_requests",
        ["due_at"],
        postgresql_where=sa.text("state IN ('open', 'in_progress')"),
    )
    op.create_index(
        "uq_data_requests_one_erasure",
        "data_requests",
        ["account_id"],
        unique=True,
        postgresql_where=sa.text("state = 'awaiting_code'"),
    )


def downgrade() -> None:
    op.drop_table("data_requests")
    op.drop_table("disclosures")
    op.execute("DROP FUNCTION refuse_change_of_disclosure()")
    op.execute("DELETE FROM consents WHERE subject_kind <> 'actor' OR given_by IS NULL")
    op.drop_index("uq_consents_one_active_of_cooperative", table_name="consents")
    for name in reversed(RULES):
        op.execute(f"ALTER TABLE consents DROP CONSTRAINT {name}")
    replace_rule("ck_consents_purpose", "purpose IN ('financing')")
    op.alter_column("consents", "given_by", existing_type=sa.Uuid(), nullable=False)
    op.alter_column("consents", "actor_id", existing_type=sa.Uuid(), nullable=False)
    for column in reversed(columns()):
        op.drop_column("consents", column.name)
    for table in ("actors", "people"):
        op.drop_column(table, "erased_at")


def columns() -> tuple[sa.Column, ...]:
    return (
        sa.Column("subject_kind", sa.String(), server_default=sa.text("'actor'"), nullable=False),
        sa.Column("cooperative_id", sa.Uuid(), nullable=True),
        sa.Column("data_categories", postgresql.ARRAY(sa.Text()), server_default=sa.text(CATEGORIES), nullable=False),
        sa.Column("signed_by", sa.Uuid(), nullable=True),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("paper_reference", sa.Text(), nullable=True),
        sa.Column("paper_hash", sa.LargeBinary(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_by", sa.Uuid(), nullable=True),
    )


def enum(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=None)


def replace_rule(name: str, rule: str) -> None:
    op.execute(f"ALTER TABLE consents DROP CONSTRAINT {name}")
    add_rule(name, rule)


def add_rule(name: str, rule: str) -> None:
    op.execute(f"ALTER TABLE consents ADD CONSTRAINT {name} CHECK ({rule}) NOT VALID")
    op.execute(f"ALTER TABLE consents VALIDATE CONSTRAINT {name}")
