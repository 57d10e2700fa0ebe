"""What staff sign in with: TOTP, recovery codes, links for a password; sign-ins that end as a whole."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

RULES = {
    "ck_accounts_staff_sign_in_by_email": "(kind = 'staff') = (email IS NOT NULL)",
    "ck_accounts_passwords_are_of_staff": "password_hash IS NULL OR kind = 'staff'",
}
BY_PASSWORD = "ck_accounts_staff_sign_in_by_password"  # noqa: S105 (a name)
NINETY_DAYS = "now() + interval '90 days'"


def upgrade() -> None:
    _widen_accounts()
    op.add_column(
        "refresh_tokens",
        sa.Column(
            "family_ends_at", sa.DateTime(timezone=True), server_default=sa.text(f"({NINETY_DAYS})"), nullable=False
        ),
    )
    op.add_column(
        "refresh_tokens",
        sa.Column("second_factor", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )
    _add_second_factor()
    _add_password_links()
    _add_revocations()


def downgrade() -> None:
    for table in ("revocations", "password_links", "recovery_codes", "totp_secrets"):
        op.drop_table(table)
    for column in ("second_factor", "family_ends_at"):
        op.drop_column("refresh_tokens", column)
    for name in RULES:
        op.drop_constraint(op.f(name), "accounts", type_="check")
    # Who was invited and has no password yet gets one that fits nothing.
    op.execute("UPDATE accounts SET password_hash = '' WHERE kind = 'staff' AND password_hash IS NULL")
    op.execute(
        f"ALTER TABLE accounts ADD CONSTRAINT {BY_PASSWORD} "
        "CHECK ((kind = 'staff') = (email IS NOT NULL AND password_hash IS NOT NULL)) NOT VALID"
    )
    op.execute(f"ALTER TABLE accounts VALIDATE CONSTRAINT {BY_PASSWORD}")
    op.drop_column("accounts", "email_confirmed_at")


def _widen_accounts() -> None:
    op.add_column("accounts", sa.Column("email_confirmed_at", sa.DateTime(timezone=True), nullable=True))
    op.drop_constraint(op.f(BY_PASSWORD), "accounts", type_="check")
    for name, rule in RULES.items():
        op.execute(f"ALTER TABLE accounts ADD CONSTRAINT {name} CHECK ({rule}) NOT VALID")
        op.execute(f"ALTER TABLE accounts VALIDATE CONSTRAINT {name}")


def _add_second_factor() -> None:
    op.create_table(
        "totp_secrets",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("secret_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_step", sa.BigInteger(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        *_identified("totp_secrets"),
        sa.UniqueConstraint("account_id", name=op.f("uq_totp_secrets_account_id")),
    )
    op.create_table(
        "recovery_codes",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        *_identified("recovery_codes"),
        sa.UniqueConstraint("account_id", "code_hash", name=op.f("uq_recovery_codes_account_id_code_hash")),
    )


def _add_password_links() -> None:
    op.create_table(
        "password_links",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column(
            "purpose",
            sa.Enum("invitation", "reset", name="purpose", native_enum=False, create_constraint=True, length=None),
            nullable=False,
        ),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        *_identified("password_links"),
        sa.UniqueConstraint("token_hash", name=op.f("uq_password_links_token_hash")),
    )
    op.create_index(op.f("ix_password_links_account_id"), "password_links", ["account_id"])


def _add_revocations() -> None:
    op.create_table(
        "revocations",
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revocations")),
    )
    op.create_index(op.f("ix_revocations_created_at"), "revocations", ["created_at"])


def _identified(table: str) -> tuple[sa.schema.SchemaItem, ...]:
    return (
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f(f"fk_{table}_account_id_accounts"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )
