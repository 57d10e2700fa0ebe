"""Objections of owners to a result of readiness."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
OPEN = sa.text("state = 'open'")
TABLE = "readiness_objections"


def upgrade() -> None:
    create_objections()
    op.create_index(f"uq_{TABLE}_actor", TABLE, ["actor_id", "rule_code"], unique=True, postgresql_where=OPEN)
    op.create_index(
        f"uq_{TABLE}_cooperative", TABLE, ["cooperative_id", "rule_code"], unique=True, postgresql_where=OPEN
    )
    op.create_index(f"ix_{TABLE}_actor_id", TABLE, ["actor_id", "id"])
    op.create_index(f"ix_{TABLE}_cooperative_id", TABLE, ["cooperative_id", "id"])
    op.create_index(f"ix_{TABLE}_due", TABLE, ["due_at"], postgresql_where=OPEN)
    op.create_index(
        f"ix_{TABLE}_to_correct",
        TABLE,
        ["ended_at"],
        postgresql_where=sa.text("state = 'upheld' AND corrected_at IS NULL"),
    )
    op.create_table(
        "objection_files",
        sa.Column("objection_id", sa.Uuid(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        *identified(),
        sa.ForeignKeyConstraint(
            ["objection_id"],
            [f"{TABLE}.id"],
            name=op.f("fk_objection_files_objection_id_readiness_objections"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name=op.f("fk_objection_files_file_id_files")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objection_files")),
        sa.UniqueConstraint("objection_id", "file_id", name=op.f("uq_objection_files_objection_id_file_id")),
    )
    op.create_index("ix_objection_files_file_id", "objection_files", ["file_id"])
    op.execute("SELECT guard_references()")  # No row names what was merged into another.


def downgrade() -> None:
    op.drop_table("objection_files")
    op.drop_table(TABLE)


def create_objections() -> None:
    states = ("open", "upheld", "dismissed", "withdrawn")
    op.create_table(
        TABLE,
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("cooperative_id", sa.Uuid(), nullable=True),
        sa.Column("rule_set", sa.Text(), nullable=False),
        sa.Column("rule_code", sa.Text(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("reason_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("word_of", postgresql.ARRAY(sa.Uuid()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column(
            "state",
            sa.Enum(*states, name="state", native_enum=False, create_constraint=True, length=None),
            nullable=False,
        ),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("late_at", INSTANT, nullable=True),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("answer_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("fact", sa.Text(), nullable=True),
        sa.Column("corrected_at", INSTANT, nullable=True),
        sa.Column("corrected_by", sa.Uuid(), nullable=True),
        sa.Column("updated_at", INSTANT, server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        *identified(),
        ruled("num_nonnulls(actor_id, cooperative_id) = 1", "one_subject"),
        ruled("(state = 'open') = (ended_at IS NULL)", "ended_when"),
        ruled("(state IN ('upheld', 'dismissed')) = (answered_by IS NOT NULL)", "answered_by_someone"),
        ruled("(state = 'upheld') = (fact IS NOT NULL)", "fact_to_correct"),
        ruled("corrected_at IS NULL OR state = 'upheld'", "corrected_what"),
        ruled("answered_by IS NULL OR NOT answered_by = ANY (word_of)", "answered_by_another"),
        sa.ForeignKeyConstraint(["actor_id"], ["actors.id"], name=op.f(f"fk_{TABLE}_actor_id_actors")),
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["cooperatives.id"], name=op.f(f"fk_{TABLE}_cooperative_id_cooperatives")
        ),
        sa.ForeignKeyConstraint(["rule_set"], ["rule_sets.version"], name=op.f(f"fk_{TABLE}_rule_set_rule_sets")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TABLE}")),
    )


def ruled(sql: str, name: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(sql, name=op.f(f"ck_{TABLE}_{name}"))


def identified() -> tuple[sa.Column, ...]:
    return (
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", INSTANT, server_default=sa.text("now()"), nullable=False),
    )
