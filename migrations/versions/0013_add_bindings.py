"""Who may act for whom: consultants' assignments, managers of cooperatives and their invitations, contact data."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

BOARD = ("chair", "deputy", "secretary", "treasurer", "member")


def upgrade() -> None:
    for name, kind in (("address", sa.Text()), ("phone_sealed", sa.LargeBinary()), ("email", sa.Text())):
        op.add_column("cooperatives", sa.Column(name, kind, nullable=True))
    _add_assignments()
    _add_managers()
    _add_invitations()


def downgrade() -> None:
    for table in ("cooperative_invitations", "cooperative_managers", "assignments"):
        op.drop_table(table)
    for name in ("email", "phone_sealed", "address"):
        op.drop_column("cooperatives", name)


def _add_assignments() -> None:
    op.create_table(
        "assignments",
        sa.Column("consultant_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        *_period(),
        sa.Column("assigned_by", sa.Uuid(), nullable=False),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        *_versioned(),
        sa.CheckConstraint("until >= since", name=op.f("ck_assignments_period")),
        sa.CheckConstraint("(until IS NULL) = (ended_by IS NULL)", name=op.f("ck_assignments_ended_by_someone")),
        sa.ForeignKeyConstraint(["consultant_id"], ["accounts.id"], name=op.f("fk_assignments_consultant_id_accounts")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_assignments_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignments")),
    )
    op.create_index(
        "uq_assignments_one_active",
        "assignments",
        ["consultant_id", "person_id"],
        unique=True,
        postgresql_where=sa.text("until IS NULL"),
    )
    op.create_index("ix_assignments_person_id", "assignments", ["person_id", "id"])
    op.create_index("ix_assignments_consultant_id", "assignments", ["consultant_id", "id"])


def _add_managers() -> None:
    table = "cooperative_managers"
    op.create_table(
        table,
        sa.Column("cooperative_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        _role_in_board(),
        *_period(),
        sa.Column("invited_by", sa.Uuid(), nullable=False),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        *_versioned(),
        sa.CheckConstraint("until >= since", name=op.f(f"ck_{table}_period")),
        sa.CheckConstraint("(until IS NULL) = (ended_by IS NULL)", name=op.f(f"ck_{table}_ended_by_someone")),
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["cooperatives.id"], name=op.f(f"fk_{table}_cooperative_id_cooperatives")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f(f"fk_{table}_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )
    op.create_index(
        f"uq_{table}_one_active",
        table,
        ["cooperative_id", "person_id"],
        unique=True,
        postgresql_where=sa.text("until IS NULL"),
    )
    op.create_index(f"ix_{table}_cooperative_id", table, ["cooperative_id", "id"])
    op.create_index(f"ix_{table}_person_id", table, ["person_id"])


def _add_invitations() -> None:
    table = "cooperative_invitations"
    op.create_table(
        table,
        sa.Column("cooperative_id", sa.Uuid(), nullable=False),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("phone_index", sa.LargeBinary(), nullable=False),
        _role_in_board(),
        sa.Column("code_hash", sa.LargeBinary(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("invited_by", sa.Uuid(), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        *_versioned(),
        sa.CheckConstraint("accepted_at IS NULL OR withdrawn_at IS NULL", name=op.f(f"ck_{table}_ended_once")),
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["cooperatives.id"], name=op.f(f"fk_{table}_cooperative_id_cooperatives")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )
    op.create_index(
        f"uq_{table}_one_open",
        table,
        ["cooperative_id", "phone_index"],
        unique=True,
        postgresql_where=sa.text("accepted_at IS NULL AND withdrawn_at IS NULL"),
    )
    op.create_index(f"ix_{table}_cooperative_id", table, ["cooperative_id", "id"])
    op.create_index(f"ix_{table}_phone_index", table, ["phone_index", "id"])


def _role_in_board() -> sa.Column[str]:
    kind = sa.Enum(*BOARD, name="role_in_board", native_enum=False, create_constraint=True, length=None)
    return sa.Column("role_in_board", kind, nullable=False)


def _period() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("since", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
    )


def _versioned() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
    )
