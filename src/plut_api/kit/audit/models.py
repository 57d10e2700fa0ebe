"""Tables of the audit log: its entries, and the seals that chain them. All three are only ever added to."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, LargeBinary, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Uuid

from plut_api.kit.database import Model, Xid8


class Action(StrEnum):
    """What an entry tells of."""

    created = "created"
    changed = "changed"
    deleted = "deleted"
    read = "read"
    refused = "refused"
    signed_in = "signed_in"
    sign_in_failed = "sign_in_failed"


class AuditEntry(Model):
    """Who did what to which objects, when and from where (UU 27/2022 art. 31).

    `about_ids` are the people, businesses, cooperatives and accounts that the objects hang on. `before` and `after`
    have the columns that changed; personal ones as keyed hashes, secrets not at all. `xid` is the transaction that
    wrote the entry, by which the sealer knows what it has not sealed yet.
    """

    __tablename__ = "audit_entries"
    __table_args__ = (
        Index(
            "ix_audit_entries_objects",
            "object_ids",
            "about_ids",
            postgresql_using="gin",
            postgresql_with={"gin_pending_list_limit": 65_536},  # KiB; sorting in is left to autovacuum.
        ),
        Index("ix_audit_entries_caller_id", "caller_id", "id"),
        Index("ix_audit_entries_operation", "operation", "id"),
        Index("ix_audit_entries_action", "action", "id"),
        Index("ix_audit_entries_xid", "xid"),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True)
    occurred_at: Mapped[datetime]
    caller_id: Mapped[UUID | None]
    caller_kind: Mapped[str]
    role: Mapped[str | None]
    organization_id: Mapped[UUID | None]
    on_behalf_of: Mapped[UUID | None]
    operation: Mapped[str]
    action: Mapped[str]
    object_kind: Mapped[str | None]
    object_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    about_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    before: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    after: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    request_id: Mapped[UUID | None]
    network: Mapped[str | None]
    address_hash: Mapped[str | None]
    import_id: Mapped[UUID | None]
    xid: Mapped[int] = mapped_column(Xid8(), server_default=text("pg_current_xact_id()"))


class AuditSeal(Model):
    """One link of the chain: a digest over the digest before it and over the entries that committed since.

    Entries of transactions below `horizon` are under this seal or an earlier one.
    """

    __tablename__ = "audit_seals"
    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    count: Mapped[int] = mapped_column(Integer)
    previous_digest: Mapped[bytes] = mapped_column(LargeBinary)
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    horizon: Mapped[int] = mapped_column(Xid8())
    sealed_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))


class AuditLink(Model):
    """Where an entry stands under its seal, and its digest. An entry that goes leaves this behind, so it is missed."""

    __tablename__ = "audit_links"
    __table_args__ = (Index("uq_audit_links_entry_id", "entry_id", unique=True),)
    seal_number: Mapped[int] = mapped_column(ForeignKey(AuditSeal.number), primary_key=True, autoincrement=False)
    position: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    entry_id: Mapped[UUID]
    digest: Mapped[bytes] = mapped_column(LargeBinary)
