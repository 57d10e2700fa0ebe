"""Machine clients by key: authentication method, keys, proofs used once; signing keys published before they sign."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("clients", sa.Column("profile", sa.String(), server_default="standard", nullable=False))
    op.add_column("clients", sa.Column("auth_method", sa.String(), server_default="secret", nullable=False))
    op.add_column("clients", sa.Column("jwks", postgresql.JSONB(), nullable=True))
    op.add_column("clients", sa.Column("jwks_url", sa.Text(), nullable=True))
    op.alter_column("clients", "secret_hash", existing_type=sa.LargeBinary(), nullable=True)
    for name, rule in _RULES.items():
        op.execute(f"ALTER TABLE clients ADD CONSTRAINT {name} CHECK ({rule}) NOT VALID")
        op.execute(f"ALTER TABLE clients VALIDATE CONSTRAINT {name}")
    op.execute(
        "UPDATE clients SET profile = 'bank' FROM organizations o WHERE o.id = organization_id AND o.kind = 'bank'"
    )
    op.add_column(
        "signing_keys",
        sa.Column("signs_from", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
    )
    op.create_table(
        "used_once",
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_used_once")),
    )
    op.create_index(op.f("ix_used_once_expires_at"), "used_once", ["expires_at"])


def downgrade() -> None:
    op.drop_table("used_once")
    op.drop_column("signing_keys", "signs_from")
    for name in reversed(_RULES):
        op.drop_constraint(op.f(name), "clients", type_="check")
    # A client without a secret could not sign in any more; a hash of nothing keeps it out for good.
    op.execute("UPDATE clients SET secret_hash = '' WHERE secret_hash IS NULL")
    op.alter_column("clients", "secret_hash", existing_type=sa.LargeBinary(), nullable=False)
    for name in ("jwks_url", "jwks", "auth_method", "profile"):
        op.drop_column("clients", name)


_RULES = {
    "ck_clients_profile": "profile IN ('standard', 'bank')",
    "ck_clients_auth_method": "auth_method IN ('secret', 'private_key_jwt')",
    "ck_clients_secret_where_it_signs_in": "(auth_method = 'secret') = (secret_hash IS NOT NULL)",
    "ck_clients_keys_by_value_or_url_where_they_sign_in": (
        "(auth_method = 'private_key_jwt') = (num_nonnulls(jwks, jwks_url) = 1)"
    ),
}
