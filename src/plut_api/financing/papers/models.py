"""Tables of what a business prepares for a bank: what it wants money for, what it declares, its books, its accounts.

All of it is personal finance (UU 27/2022 art. 4). Amounts and answers stay plain, since readiness is judged by them in
SQL; numbers of accounts are sealed.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, SmallInteger, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from plut_api.actors.models import Actor
from plut_api.kit.database import Identified, Model, Versioned, check, enum_column
from plut_api.kit.files.models import FileRow
from plut_api.organizations.models import Organization


class Principle(StrEnum):
    """By which principle somebody wishes to be financed."""

    conventional = "conventional"
    sharia = "sharia"
    any = "any"


class FinancingPlan(Versioned, Model):
    """What a business wants money for. One of a business; a new wish replaces the old one.

    `items` are objects with `name` and `amount_idr`; `items_total_idr` is their sum, which is the amount, or null while
    there are none.
    """

    __tablename__ = "financing_plans"
    __table_args__ = (
        UniqueConstraint("actor_id"),
        Index("ix_financing_plans_product_id", "product_id", postgresql_where=text("product_id IS NOT NULL")),
        check("amount_idr > 0", "amount"),
        check("tenor_months BETWEEN 1 AND 360", "tenor"),
        check("items_total_idr = amount_idr", "items_sum_up"),
        check("(items_total_idr IS NULL) = (items = '[]'::jsonb)", "total_of_items"),
    )
    actor_id: Mapped[UUID] = mapped_column(ForeignKey(Actor.id, ondelete="CASCADE"))
    amount_idr: Mapped[int] = mapped_column(BigInteger)
    tenor_months: Mapped[int] = mapped_column(SmallInteger)
    principle: Mapped[Principle] = mapped_column(enum_column(Principle, "principle"), default=Principle.any)
    purpose: Mapped[str]
    items: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    items_total_idr: Mapped[int | None] = mapped_column(BigInteger)
    scheme: Mapped[str | None]  # A code of `products/schemes.yaml`.
    product_id: Mapped[UUID | None] = mapped_column(ForeignKey("financing_products.id"))
    recorded_by: Mapped[UUID]


class CreditDeclaration(Identified, Model):
    """What an owner declared of running credit on a day; the newest counts. Never a SLIK report, nor anything from one.

    `bank_*` is a bank's yes or no to the same question, where one was asked.
    """

    __tablename__ = "credit_declarations"
    __table_args__ = (
        Index("ix_credit_declarations_newest", "actor_id", "declared_on", "id"),
        Index("ix_credit_declarations_bank_id", "bank_id", postgresql_where=text("bank_id IS NOT NULL")),
        check("num_nonnulls(bank_id, bank_answered_on, bank_found_clear) IN (0, 3)", "answer_of_a_bank"),
    )
    actor_id: Mapped[UUID] = mapped_column(ForeignKey(Actor.id, ondelete="CASCADE"))
    declared_on: Mapped[date]
    has_arrears: Mapped[bool]
    has_barred_credit: Mapped[bool]
    has_excluded_occupation: Mapped[bool]  # Active in the civil service, the armed forces or the police.
    bank_id: Mapped[UUID | None] = mapped_column(ForeignKey(Organization.id))
    bank_answered_on: Mapped[date | None]
    bank_found_clear: Mapped[bool | None]
    recorded_by: Mapped[UUID]


class Coverage(StrEnum):
    """How much of a month its entries cover."""

    full = "full"
    half = "half"


class SalesProof(StrEnum):
    """What sales of a month are proven by. Open."""

    qris = "qris"
    marketplace = "marketplace"
    receipts = "receipts"
    cooperative_delivery = "cooperative_delivery"


class BookMonth(Identified, Model):
    """What came in and went out in a month (`month` is its first day). A revision is a new row; the old one stays."""

    __tablename__ = "book_months"
    __table_args__ = (
        Index(
            "uq_book_months_one_standing",
            "actor_id",
            "month",
            unique=True,
            postgresql_where=text("superseded_at IS NULL"),
        ),
        Index("ix_book_months_actor_id", "actor_id", "month", "id"),
        Index("ix_book_months_file_id", "file_id", postgresql_where=text("file_id IS NOT NULL")),
        Index("ix_book_months_revises_id", "revises_id", postgresql_where=text("revises_id IS NOT NULL")),
        check("extract(day FROM month) = 1", "first_day"),
        check("sales_idr >= 0 AND expenses_idr >= 0", "money_not_negative"),
        check("file_id IS NULL OR proof IS NOT NULL", "file_is_proof"),
        check("revises_id <> id", "revises_another"),
    )
    actor_id: Mapped[UUID] = mapped_column(ForeignKey(Actor.id, ondelete="CASCADE"))
    month: Mapped[date]
    coverage: Mapped[Coverage] = mapped_column(enum_column(Coverage, "coverage"))
    sales_idr: Mapped[int] = mapped_column(BigInteger)
    expenses_idr: Mapped[int] = mapped_column(BigInteger)
    proof: Mapped[SalesProof | None] = mapped_column(enum_column(SalesProof, "proof"))
    file_id: Mapped[UUID | None] = mapped_column(ForeignKey(FileRow.id))
    revises_id: Mapped[UUID | None] = mapped_column(ForeignKey("book_months.id", ondelete="SET NULL"))
    superseded_at: Mapped[datetime | None]
    recorded_by: Mapped[UUID]


class Holder(StrEnum):
    """In whose name an account is."""

    owner = "owner"
    business = "business"


class BankAccount(Versioned, Model):
    """An account that a business uses. Of its number only the last digits are shown; one that was closed stays."""

    __tablename__ = "bank_accounts"
    __table_args__ = (
        Index(
            "uq_bank_accounts_one_number",
            "actor_id",
            "number_index",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("ix_bank_accounts_actor_id", "actor_id", "id"),
        check("nmid ~ '^ID[0-9]{8,17}$'", "nmid"),
    )
    actor_id: Mapped[UUID] = mapped_column(ForeignKey(Actor.id, ondelete="CASCADE"))
    bank_name: Mapped[str]
    number_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    number_index: Mapped[bytes] = mapped_column(LargeBinary)
    number_ending: Mapped[str]
    holder: Mapped[Holder] = mapped_column(enum_column(Holder, "holder"))
    nmid: Mapped[str | None]
    ended_at: Mapped[datetime | None]
    recorded_by: Mapped[UUID]
