"""Products on the wire."""

from typing import Annotated

from pydantic import Field

from plut_api.financing.products.models import (
    BorrowerKind,
    Collateral,
    Contract,
    PricingKind,
    Principle,
    Purpose,
)
from plut_api.financing.products.schemas.fields import (
    Akad,
    Amount,
    Borrower,
    ByPrinciple,
    Description,
    Fee,
    KindOfScheme,
    Label,
    MoneyFor,
    Months,
    Places,
    Pricing,
    Profit,
    Rate,
    Regencies,
    SchemeCode,
    Security,
    Share,
    State,
    Title,
    Told,
)
from plut_api.financing.products.schemas.requirements import ProductRequirement
from plut_api.kit import clock
from plut_api.kit.pages import Page
from plut_api.kit.wire import MAX_IDR, Day, Id, Instant, Name, Patch, Read, Wire

_RATE = "Of `interest`, `margin` and `ujrah`."
_NISBAH = "The bank's part of the profit; of mudharabah and musyarakah."
_SHARE = "The bank's part of the capital; of musyarakah."
_PROFIT = "Of mudharabah and musyarakah: profit of a year that is expected, basis points of the amount."
_FEE = "Cost of administration; all that qardh may charge."
_ASSET = "What is leased or pledged; of ijarah, imbt and rahn."
_FROM = "Additional collateral is asked for amounts above this; of `additional`."
_QUOTA_IDR = "What all approvals together may reach; null: no limit."
_QUOTA_COUNT = "How many can be approved; null: no limit."
Requirements = Annotated[
    list[ProductRequirement],
    Field(
        max_length=30,
        description="What it asks beyond its scheme, whose own requirements always hold as well.",
        examples=[[]],
    ),
]
Left = Annotated[
    int | None,
    Field(
        ge=0,
        le=MAX_IDR,
        json_schema_extra={"format": "int64"},
        description="What is left of the quota; null without one, and for whom it does not concern.",
        examples=[750_000_000],
    ),
]


class FinancingProductCreate(Wire):
    """A product to draft. Which terms it has follows from its contract; its scheme says how far they go."""

    title_id: Title = Field(description="In Indonesian.")
    title_en: Title = Field(description="In English.")
    description_id: Description = Field(description="In Indonesian.")
    description_en: Description = Field(description="In English.")
    scheme: SchemeCode
    borrower_kind: Borrower
    principle: ByPrinciple
    contract: Akad
    pricing_kind: Pricing
    rate_bp: Rate | None = Field(default=None, description=_RATE, examples=[600])
    bank_nisbah_bp: Share | None = Field(default=None, description=_NISBAH, examples=[None])
    bank_share_bp: Share | None = Field(default=None, description=_SHARE, examples=[None])
    projected_profit_bp: Profit | None = Field(default=None, description=_PROFIT, examples=[None])
    admin_fee_idr: Fee | None = Field(default=None, description=_FEE, examples=[None])
    asset_label_id: Label | None = Field(default=None, description=_ASSET, examples=[None])
    asset_label_en: Label | None = Field(default=None, description=_ASSET, examples=[None])
    purpose: MoneyFor = Purpose.both
    min_amount_idr: Amount
    max_amount_idr: Amount
    min_tenor_months: Months
    max_tenor_months: Months
    collateral: Security
    collateral_from_idr: Fee | None = Field(default=None, description=_FROM, examples=[None])
    requirements: Requirements = Field(default_factory=list)
    regency_codes: Regencies = Field(default_factory=list)
    quota_idr: Amount | None = Field(default=None, description=_QUOTA_IDR, examples=[5_000_000_000])
    quota_count: Places | None = Field(default=None, description=_QUOTA_COUNT, examples=[200])
    valid_from: Day
    valid_until: Day


class FinancingProductPatch(Patch):
    """A change of a draft; what is absent stays."""

    # A factory, unlike a default, neither admits null nor shows in the contract; `changes()` never reads its value.
    title_id: Title = Field(default_factory=str)
    title_en: Title = Field(default_factory=str)
    description_id: Description = Field(default_factory=str)
    description_en: Description = Field(default_factory=str)
    scheme: SchemeCode = Field(default_factory=str)
    borrower_kind: Borrower = Field(default_factory=lambda: BorrowerKind.business)
    principle: ByPrinciple = Field(default_factory=lambda: Principle.conventional)
    contract: Akad = Field(default_factory=lambda: Contract.credit)
    pricing_kind: Pricing = Field(default_factory=lambda: PricingKind.none)
    rate_bp: Rate | None = Field(default=None, description=_RATE, examples=[600])
    bank_nisbah_bp: Share | None = Field(default=None, description=_NISBAH, examples=[None])
    bank_share_bp: Share | None = Field(default=None, description=_SHARE, examples=[None])
    projected_profit_bp: Profit | None = Field(default=None, description=_PROFIT, examples=[None])
    admin_fee_idr: Fee | None = Field(default=None, description=_FEE, examples=[None])
    asset_label_id: Label | None = Field(default=None, description=_ASSET, examples=[None])
    asset_label_en: Label | None = Field(default=None, description=_ASSET, examples=[None])
    purpose: MoneyFor = Field(default_factory=lambda: Purpose.both)
    min_amount_idr: Amount = Field(default_factory=int)
    max_amount_idr: Amount = Field(default_factory=int)
    min_tenor_months: Months = Field(default_factory=int)
    max_tenor_months: Months = Field(default_factory=int)
    collateral: Security = Field(default_factory=lambda: Collateral.none)
    collateral_from_idr: Fee | None = Field(default=None, description=_FROM, examples=[None])
    requirements: Requirements = Field(default_factory=list)
    regency_codes: Regencies = Field(default_factory=list)
    quota_idr: Amount | None = Field(default=None, description=_QUOTA_IDR, examples=[5_000_000_000])
    quota_count: Places | None = Field(default=None, description=_QUOTA_COUNT, examples=[200])
    valid_from: Day = Field(default_factory=clock.today)
    valid_until: Day = Field(default_factory=clock.today)


class FinancingProductRead(Read):
    """A product of a bank, one edition of it. What was published never changes."""

    id: Id
    line_id: Id = Field(description="The same for all editions of one product; they share its quota.")
    edition: Annotated[
        int, Field(ge=1, le=10_000, json_schema_extra={"format": "int32"}, description="Counts up.", examples=[1])
    ]
    bank_id: Id = Field(description="The bank that offers it.")
    bank_name: Name = Field(description="Its name.", examples=["Bank Contoh Syariah"])
    title_id: Title = Field(description="In Indonesian.")
    title_en: Title = Field(description="In English.")
    description_id: Description = Field(description="In Indonesian.")
    description_en: Description = Field(description="In English.")
    kind: KindOfScheme
    scheme: SchemeCode
    borrower_kind: Borrower
    principle: ByPrinciple
    contract: Akad
    pricing_kind: Pricing
    price: Told = Field(description="The price in words, in the language asked for.", examples=["Bunga 6 % per tahun"])
    rate_bp: Rate | None = Field(description=_RATE, examples=[600])
    bank_nisbah_bp: Share | None = Field(description=_NISBAH, examples=[None])
    bank_share_bp: Share | None = Field(description=_SHARE, examples=[None])
    projected_profit_bp: Profit | None = Field(description=_PROFIT, examples=[None])
    admin_fee_idr: Fee | None = Field(description=_FEE, examples=[None])
    asset_label_id: Label | None = Field(description=_ASSET, examples=[None])
    asset_label_en: Label | None = Field(description=_ASSET, examples=[None])
    purpose: MoneyFor
    min_amount_idr: Amount
    max_amount_idr: Amount
    min_tenor_months: Months
    max_tenor_months: Months
    collateral: Security
    collateral_from_idr: Fee | None = Field(description=_FROM, examples=[None])
    requirements: Requirements
    regency_codes: Regencies
    quota_idr: Amount | None = Field(description=_QUOTA_IDR, examples=[5_000_000_000])
    quota_count: Places | None = Field(description=_QUOTA_COUNT, examples=[200])
    left_idr: Left
    left_count: Left
    on_offer: bool = Field(description="Published, valid today, and its quota not used up.", examples=[True])
    valid_from: Day
    valid_until: Day
    state: State
    published_at: Instant | None = Field(description="When it was published.", examples=["2026-03-02T01:30:00.000000Z"])
    closed_at: Instant | None = Field(description="When it was closed.", examples=[None])
    created_at: Instant
    updated_at: Instant


class FinancingProductPage(Page[FinancingProductRead]):
    """One page of products, newest first."""
