"""Trainers as rows of their own, nowhere twice at a time; sessions with a room and a version."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

SHIFTS = "shift IN ('morning', 'afternoon')"
SHIFT = sa.Enum("morning", "afternoon", name="shift", native_enum=False, create_constraint=False, length=None)
WHEN = ["held_on", "shift", "is_held"]
# Two who shared a name were told apart by nothing; one row stands for both.
MOVE_ACCOUNTS = """
    INSERT INTO trainers (id, name, account_id, organization_id, is_active, version)
    SELECT gen_random_uuid(), coalesce(max(s.trainer), max(a.name), '-'), a.id, min(CAST(a.organization_id AS text))::uuid,
        true, 1
    FROM training_sessions s JOIN accounts a ON a.id = s.trainer_id GROUP BY a.id
"""
MOVE_NAMES = """
    INSERT INTO trainers (id, name, is_active, version)
    SELECT gen_random_uuid(), s.trainer, true, 1
    FROM training_sessions s WHERE s.trainer_id IS NULL AND s.trainer <> '' GROUP BY s.trainer
"""
# Who was written down in two places at once stays in the one that was written first.
MOVE_SESSIONS = """
    INSERT INTO session_trainers (id, session_id, trainer_id, held_on, shift, is_held)
    SELECT gen_random_uuid(), s.id, t.id, s.held_on, s.shift, s.is_held
    FROM training_sessions s
    JOIN trainers t ON t.account_id = s.trainer_id
        OR s.trainer_id IS NULL AND t.account_id IS NULL AND t.name = s.trainer
    ORDER BY s.id ON CONFLICT DO NOTHING
"""
MOVE_BACK = """
    UPDATE training_sessions s SET trainer = t.name, trainer_id = t.account_id
    FROM session_trainers st JOIN trainers t ON t.id = st.trainer_id
    WHERE st.session_id = s.id
        AND NOT EXISTS (SELECT FROM session_trainers o WHERE o.session_id = s.id AND o.id < st.id)
"""


def upgrade() -> None:
    widen_sessions()
    create_trainers()
    create_session_trainers()
    for statement in (MOVE_ACCOUNTS, MOVE_NAMES, MOVE_SESSIONS):
        op.execute(statement)
    op.drop_constraint(op.f("fk_training_sessions_trainer_id_accounts"), "training_sessions", type_="foreignkey")
    op.drop_column("training_sessions", "trainer_id")
    op.drop_column("training_sessions", "trainer")


def downgrade() -> None:
    op.add_column("training_sessions", sa.Column("trainer", sa.Text(), nullable=True))
    op.add_column("training_sessions", sa.Column("trainer_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_training_sessions_trainer_id_accounts"), "training_sessions", "accounts", ["trainer_id"], ["id"]
    )
    op.execute(MOVE_BACK)
    op.drop_table("session_trainers")
    op.drop_table("trainers")
    op.drop_index("ix_training_sessions_room_id", table_name="training_sessions")
    op.drop_constraint("uq_training_sessions_when", "training_sessions")
    for column in ("is_held", "room_id", "version", "updated_at"):
        op.drop_column("training_sessions", column)


def widen_sessions() -> None:
    op.add_column(
        "training_sessions",
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
    )
    op.add_column("training_sessions", sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False))
    op.alter_column("training_sessions", "version", server_default=None)
    op.add_column("training_sessions", sa.Column("room_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(op.f("fk_training_sessions_room_id_rooms"), "training_sessions", "rooms", ["room_id"], ["id"])
    op.execute(
        "UPDATE training_sessions s SET room_id = b.room_id FROM bookings b "
        "WHERE b.id = s.booking_id AND b.state IN ('requested', 'waiting', 'approved', 'no_show')"
    )
    op.create_index(
        "ix_training_sessions_room_id",
        "training_sessions",
        ["room_id", "held_on"],
        postgresql_where=sa.text("room_id IS NOT NULL"),
    )
    op.add_column(
        "training_sessions",
        sa.Column("is_held", sa.Boolean(), sa.Computed("cancelled_at IS NULL", persisted=True), nullable=False),
    )
    op.create_unique_constraint("uq_training_sessions_when", "training_sessions", ["id", *WHEN])


def create_trainers() -> None:
    op.create_table(
        "trainers",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("organization_id", sa.Uuid(), nullable=True),
        sa.Column("about", sa.Text(), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("length(name) > 0", name=op.f("ck_trainers_name")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_trainers_account_id_accounts")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_trainers_organization_id_organizations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trainers")),
        sa.UniqueConstraint("account_id", name=op.f("uq_trainers_account_id")),
    )
    op.create_index("ix_trainers_name", "trainers", ["name", "id"])
    op.create_index(op.f("ix_trainers_organization_id"), "trainers", ["organization_id"])


def create_session_trainers() -> None:
    op.create_table(
        "session_trainers",
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("trainer_id", sa.Uuid(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("shift", SHIFT, nullable=False),
        sa.Column("is_held", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(SHIFTS, name=op.f("ck_session_trainers_shift")),
        sa.ForeignKeyConstraint(
            ["session_id", *WHEN],
            [f"training_sessions.{name}" for name in ("id", *WHEN)],
            name="fk_session_trainers_session",
            ondelete="CASCADE",
            onupdate="CASCADE",
        ),
        sa.ForeignKeyConstraint(["trainer_id"], ["trainers.id"], name=op.f("fk_session_trainers_trainer_id_trainers")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session_trainers")),
        sa.UniqueConstraint("session_id", "trainer_id", name=op.f("uq_session_trainers_session_id_trainer_id")),
    )
    op.create_index(
        "uq_session_trainers_one_place",
        "session_trainers",
        ["trainer_id", "held_on", "shift"],
        unique=True,
        postgresql_where=sa.text("is_held"),
    )
