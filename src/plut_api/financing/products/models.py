"""Tables of products and their quotas. No person can be told from these."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, SmallInteger, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from plut_api.kit.database import Identified, Model, Versioned, check, enum_column
from plut_api.organizations.models import Organization


class ProductState(StrEnum):
    """Where a product stands; `products/states.py` says which moves are legal."""

    draft = "draft"
    published = "published"
    paused = "paused"
    closed = "closed"


class Principle(StrEnum):
    """By which principle a bank finances."""

    conventional = "conventional"
    sharia = "sharia"


class Contract(StrEnum):
    """The contract (akad) behind a product; `products/contracts.py` says which terms each has."""

    credit = "credit"
    murabahah = "murabahah"
    mudharabah = "mudharabah"
    musyarakah = "musyarakah"
    ijarah = "ijarah"
    imbt = "imbt"
    qardh = "qardh"
    rahn = "rahn"
    salam = "salam"
    istishna = "istishna"


class PricingKind(StrEnum):
    """What the price is called: only conventional credit bears interest."""

    interest = "interest"
    margin = "margin"
    nisbah = "nisbah"
    ujrah = "ujrah"
    none = "none"


class Purpose(StrEnum):
    """What the money may be used for."""

    working_capital = "working_capital"
    investment = "investment"
    both = "both"


class Collateral(StrEnum):
    """What secures it: nothing, the business that is financed, or more than that from an amount on."""

    none = "none"
    business = "business"
    additional = "additional"


class BorrowerKind(StrEnum):
    """Who signs the debt."""

    business = "business"
    cooperative = "cooperative"
    state_company = "state_company"


class ProductQuota(Identified, Model):
    """What the editions of a product may give away together, and what was taken of it by approvals.

    The row is the lock under which approvals queue; its CHECKs hold whatever the code does.
    """

    __tablename__ = "product_quotas"
    __table_args__ = (
        check("quota_idr > 0", "quota_idr"),
        check("quota_count > 0", "quota_count"),
        check("taken_idr >= 0 AND taken_count >= 0", "taken"),
        check("taken_idr <= quota_idr", "idr_not_exceeded"),
        check("taken_count <= quota_count", "count_not_exceeded"),
    )
    bank_id: Mapped[UUID] = mapped_column(ForeignKey(Organization.id))
    quota_idr: Mapped[int | None] = mapped_column(BigInteger)
    quota_count: Mapped[int | None] = mapped_column(Integer)
    taken_idr: Mapped[int] = mapped_column(BigInteger, default=0)
    taken_count: Mapped[int] = mapped_column(Integer, default=0)


class FinancingProduct(Versioned, Model):
    """One edition of a product of a bank. What was published never changes (a trigger sees to it, migration 0037).

    Editions of one product share `line_id`, which is the id of their quota. Rates are basis points a year.
    """

    __tablename__ = "financing_products"
    __table_args__ = (
        UniqueConstraint("line_id", "edition"),
        Index("uq_financing_products_one_draft", "line_id", unique=True, postgresql_where=text("state = 'draft'")),
        Index(
            "uq_financing_products_one_open",
            "line_id",
            unique=True,
            postgresql_where=text("state IN ('published', 'paused')"),
        ),
        Index("ix_financing_products_bank_id", "bank_id", "id"),
        Index("ix_financing_products_published", "id", postgresql_where=text("state = 'published'")),
        check("edition >= 1", "edition"),
        check("min_amount_idr > 0 AND min_amount_idr <= max_amount_idr", "amounts"),
        check("min_tenor_months > 0 AND min_tenor_months <= max_tenor_months AND max_tenor_months <= 360", "tenors"),
        check("valid_from <= valid_until", "period"),
        check("quota_idr > 0", "quota_idr"),
        check("quota_count > 0", "quota_count"),
        check("(principle = 'conventional') = (contract = 'credit')", "contract_of_principle"),
        check("pricing_kind <> 'interest' OR principle = 'conventional'", "no_interest_in_sharia"),
        check("(rate_bp IS NOT NULL) = (pricing_kind IN ('interest', 'margin', 'ujrah'))", "rate_of_its_kind"),
        check("rate_bp BETWEEN 0 AND 10000", "rate"),
        check("(bank_nisbah_bp IS NOT NULL) = (pricing_kind = 'nisbah')", "nisbah_of_its_kind"),
        check("bank_nisbah_bp BETWEEN 1 AND 9999", "nisbah"),
        check("bank_share_bp IS NULL OR contract = 'musyarakah'", "share_of_musyarakah"),
        check("bank_share_bp BETWEEN 1 AND 9999", "share"),
        check("projected_profit_bp BETWEEN 0 AND 100000", "projected_profit"),
        check("admin_fee_idr >= 0", "admin_fee"),
        check("(collateral = 'additional') = (collateral_from_idr IS NOT NULL)", "collateral_from"),
        check("(state = 'draft') = (published_at IS NULL)", "published_once"),
        check("(state = 'closed') = (closed_at IS NOT NULL)", "closed_when"),
    )
    bank_id: Mapped[UUID] = mapped_column(ForeignKey(Organization.id))
    line_id: Mapped[UUID] = mapped_column(ForeignKey(ProductQuota.id))
    edition: Mapped[int] = mapped_column(Integer, default=1)
    title_id: Mapped[str]
    title_en: Mapped[str]
    description_id: Mapped[str]
    description_en: Mapped[str]
    scheme: Mapped[str]
    borrower_kind: Mapped[BorrowerKind] = mapped_column(enum_column(BorrowerKind, "borrower_kind"))
    principle: Mapped[Principle] = mapped_column(enum_column(Principle, "principle"))
    contract: Mapped[Contract] = mapped_column(enum_column(Contract, "contract"))
    pricing_kind: Mapped[PricingKind] = mapped_column(enum_column(PricingKind, "pricing_kind"))
    rate_bp: Mapped[int | None] = mapped_column(Integer)
    bank_nisbah_bp: Mapped[int | None] = mapped_column(Integer)
    bank_share_bp: Mapped[int | None] = mapped_column(Integer)
    projected_profit_bp: Mapped[int | None] = mapped_column(Integer)
    admin_fee_idr: Mapped[int | None] = mapped_column(BigInteger)
    asset_label_id: Mapped[str | None]  # What is leased or pledged (ijarah, IMBT, rahn), in Indonesian.
    asset_label_en: Mapped[str | None]
    purpose: Mapped[Purpose] = mapped_column(enum_column(Purpose, "purpose"))
    min_amount_idr: Mapped[int] = mapped_column(BigInteger)
    max_amount_idr: Mapped[int] = mapped_column(BigInteger)
    min_tenor_months: Mapped[int] = mapped_column(SmallInteger)
    max_tenor_months: Mapped[int] = mapped_column(SmallInteger)
    collateral: Mapped[Collateral] = mapped_column(enum_column(Collateral, "collateral"))
    collateral_from_idr: Mapped[int | None] = mapped_column(BigInteger)
    requirements: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list)
    regency_codes: Mapped[list[str]]
    quota_idr: Mapped[int | None] = mapped_column(BigInteger)
    quota_count: Mapped[int | None] = mapped_column(Integer)
    valid_from: Mapped[date]
    valid_until: Mapped[date]
    state: Mapped[ProductState] = mapped_column(enum_column(ProductState, "state"), default=ProductState.draft)
    published_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    drafted_by: Mapped[UUID]
