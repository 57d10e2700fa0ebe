"""Results by generation of rules, history, and readiness of cooperatives."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

# What serves so far: the rule set of the results that there are. A new database gets its first one with the rules.
SERVING = """
    INSERT INTO generations (id, subject, rule_set, cause, state, day, total, finished_at)
    SELECT gen_random_uuid(), 'business', max(rule_set), 'first', 'done', current_date, count(*), now()
    FROM readiness HAVING count(*) > 0
"""


def one_of(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=None)


def status(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, one_of(name, "ready", "almost", "building"), nullable=nullable)


def count(name: str) -> sa.Column:
    return sa.Column(name, sa.Integer(), server_default=sa.text("0"), nullable=False)


def born() -> tuple[sa.Column, sa.Column]:
    return (
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
    )


def upgrade() -> None:
    _results()
    _generations()
    _history()
    op.create_table(
        "database_origins",
        sa.Column("system_identifier", sa.Text(), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("system_identifier", name=op.f("pk_database_origins")),
    )
    op.execute("INSERT INTO database_origins (system_identifier) SELECT system_identifier FROM pg_control_system()")
    op.execute(SERVING)


def _results() -> None:
    op.create_table(
        "cooperative_readiness",
        sa.Column("cooperative_id", sa.Uuid(), nullable=False),
        sa.Column("rule_set", sa.Text(), nullable=False),
        status("status"),
        sa.Column("score", sa.SmallInteger(), nullable=False),
        sa.Column("results", postgresql.JSONB(), nullable=False),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_by", sa.Uuid(), nullable=True),
        sa.Column("confirmed_note", sa.Text(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("score BETWEEN 0 AND 100", name=op.f("ck_cooperative_readiness_score")),
        sa.CheckConstraint(
            "(confirmed_at IS NULL) = (confirmed_by IS NULL)",
            name=op.f("ck_cooperative_readiness_confirmed_by_someone"),
        ),
        sa.CheckConstraint(
            "(confirmed_at IS NULL) = (expires_at IS NULL)", name=op.f("ck_cooperative_readiness_confirmed_until")
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id"],
            ["cooperatives.id"],
            name=op.f("fk_cooperative_readiness_cooperative_id_cooperatives"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["rule_set"], ["rule_sets.version"], name=op.f("fk_cooperative_readiness_rule_set_rule_sets")
        ),
        sa.PrimaryKeyConstraint("cooperative_id", name=op.f("pk_cooperative_readiness")),
    )
    op.create_table(
        "readiness_next",
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.Column("generation_id", sa.Uuid(), nullable=False),
        sa.Column("kind_id", sa.Uuid(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("score", sa.SmallInteger(), nullable=False),
        sa.Column("results", postgresql.JSONB(none_as_null=True), nullable=True),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed", postgresql.JSONB(none_as_null=True), nullable=True),
        sa.Column("old_rule_set", sa.Text(), nullable=True),
        sa.Column("old_status", sa.Text(), nullable=True),
        sa.Column("old_score", sa.SmallInteger(), nullable=True),
        sa.PrimaryKeyConstraint("actor_id", name=op.f("pk_readiness_next")),
        prefixes=["UNLOGGED"],
    )
    op.create_table(
        "readiness_kinds",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("generation_id", sa.Uuid(), nullable=False),
        sa.Column("results", postgresql.JSONB(), nullable=False),
        sa.Column("changed", postgresql.JSONB(none_as_null=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_readiness_kinds")),
        prefixes=["UNLOGGED"],
    )
    op.create_index(
        "ix_readiness_expires_at",
        "readiness",
        ["expires_at", "actor_id"],
        postgresql_where=sa.text("expires_at IS NOT NULL"),
    )


def _generations() -> None:
    op.create_table(
        "generations",
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("rule_set", sa.Text(), nullable=False),
        sa.Column("rule_set_before", sa.Text(), nullable=True),
        sa.Column("cause", one_of("cause", "first", "rule_set", "new_day", "recompute"), nullable=False),
        sa.Column("state", one_of("state", "building", "done", "abandoned"), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        *map(count, ("total", "block_count", "blocks_done", "changed", "added", "dropped", "confirmations_ended")),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        *born(),
        sa.CheckConstraint("subject IN ('business', 'cooperative')", name=op.f("ck_generations_subject")),
        sa.CheckConstraint("(state = 'building') = (finished_at IS NULL)", name=op.f("ck_generations_finished")),
        sa.CheckConstraint("blocks_done <= block_count", name=op.f("ck_generations_progress")),
        sa.ForeignKeyConstraint(["rule_set"], ["rule_sets.version"], name=op.f("fk_generations_rule_set_rule_sets")),
        sa.ForeignKeyConstraint(
            ["rule_set_before"], ["rule_sets.version"], name=op.f("fk_generations_rule_set_before_rule_sets")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_generations")),
    )
    op.create_index(
        "uq_generations_one_building",
        "generations",
        ["subject"],
        unique=True,
        postgresql_where=sa.text("state = 'building'"),
    )
    op.create_index(
        "ix_generations_serving",
        "generations",
        ["subject", "finished_at"],
        postgresql_where=sa.text("state = 'done' AND cause IN ('first', 'rule_set')"),
    )
    op.create_table(
        "generation_blocks",
        sa.Column("generation_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("after", sa.Uuid(), nullable=True),
        sa.Column("until", sa.Uuid(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["generation_id"],
            ["generations.id"],
            name=op.f("fk_generation_blocks_generation_id_generations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("generation_id", "number", name=op.f("pk_generation_blocks")),
    )
    op.create_table(
        "rule_set_diffs",
        sa.Column("old", sa.Text(), nullable=False),
        sa.Column("new", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("counts", postgresql.JSONB(none_as_null=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        *born(),
        sa.ForeignKeyConstraint(["old"], ["rule_sets.version"], name=op.f("fk_rule_set_diffs_old_rule_sets")),
        sa.ForeignKeyConstraint(["new"], ["rule_sets.version"], name=op.f("fk_rule_set_diffs_new_rule_sets")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_set_diffs")),
    )
    op.create_index("uq_rule_set_diffs_day", "rule_set_diffs", ["old", "new", "day"], unique=True)


def _history() -> None:
    op.create_table(
        "readiness_changes",
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("cooperative_id", sa.Uuid(), nullable=True),
        sa.Column("rule_set", sa.Text(), nullable=False),
        sa.Column("from_rule_set", sa.Text(), nullable=True),
        status("from_status", nullable=True),
        status("to_status"),
        sa.Column("from_score", sa.SmallInteger(), nullable=True),
        sa.Column("to_score", sa.SmallInteger(), nullable=False),
        sa.Column("rules", postgresql.JSONB(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=True),
        *born(),
        sa.CheckConstraint(
            "(actor_id IS NULL) <> (cooperative_id IS NULL)", name=op.f("ck_readiness_changes_one_subject")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_readiness_changes")),
    )
    for column in ("actor_id", "cooperative_id"):
        op.create_index(
            f"ix_readiness_changes_{column}",
            "readiness_changes",
            [column, "id"],
            postgresql_where=sa.text(f"{column} IS NOT NULL"),
        )
    op.create_table(
        "readiness_due",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("cooperative_id", sa.Uuid(), nullable=True),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("event_name", sa.Text(), nullable=False),
        sa.CheckConstraint("(actor_id IS NULL) <> (cooperative_id IS NULL)", name=op.f("ck_readiness_due_one_subject")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_readiness_due")),
    )


def downgrade() -> None:
    op.drop_index("ix_readiness_expires_at", "readiness")
    for table in (
        *("readiness_due", "readiness_changes", "rule_set_diffs", "generation_blocks", "generations"),
        *("readiness_next", "readiness_kinds", "cooperative_readiness", "database_origins"),
    ):
        op.drop_table(table)
