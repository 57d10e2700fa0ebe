"""What the two banks of the sample offer: products on offer, one that is only drafted, one that is paused."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.financing.products.models import FinancingProduct
from plut_api.financing.products.publishing import move_product
from plut_api.financing.products.schemas.products import FinancingProductCreate
from plut_api.financing.products.schemes import schemes_on
from plut_api.financing.products.service import draft_product
from plut_api.financing.products.states import ProductMove
from plut_api.kit import clock
from plut_api.kit.caller import Caller
from plut_api.kit.clock import clock_at
from plut_api.sample.programs import days_before

FIRST_DAY, LAST_DAY = 400, 200
"""Days since products began, unless their scheme began later, and days until they end."""
_KUR: dict[str, Any] = {
    "principle": "conventional",
    "contract": "credit",
    "pricing_kind": "interest",
    "rate_bp": 600,
    "collateral": "business",
}
_OWN: dict[str, Any] = {
    "scheme": "commercial",
    "min_amount_idr": 5_000_000,
    "max_amount_idr": 250_000_000,
    "collateral": "business",
}
_LICENCE = {
    "code": "business_licence",
    "words": {"id": "Usaha memiliki NIB (contoh)", "en": "The business has a NIB (example)"},
    "condition": {"fact": "has_nib", "is": True},
}
_MURABAHAH = {"principle": "sharia", "contract": "murabahah", "pricing_kind": "margin", "rate_bp": 1_000}
PRODUCTS: tuple[tuple[str, str, str, tuple[ProductMove, ...], dict[str, Any]], ...] = (
    (
        "BANK_SASAMBO",
        "KUR Mikro Sasambo",
        "KUR Micro Sasambo",
        (ProductMove.publish,),
        _KUR
        | {"scheme": "kur_mikro", "min_amount_idr": 10_000_001, "max_amount_idr": 100_000_000}
        | {"quota_idr": 5_000_000_000, "quota_count": 150},
    ),
    (
        "BANK_SASAMBO",
        "KUR Super Mikro Sasambo",
        "KUR Super Micro Sasambo",
        (ProductMove.publish,),
        _KUR | {"scheme": "kur_super_mikro", "min_amount_idr": 1_000_000, "max_amount_idr": 10_000_000},
    ),
    (
        "BANK_SASAMBO",
        "Kredit Usaha Sasambo",
        "Sasambo Business Credit",
        (ProductMove.publish,),
        _KUR | _OWN | {"rate_bp": 1_100, "requirements": [_LICENCE]},
    ),
    ("BANK_SASAMBO", "Kredit Musim Panen", "Harvest Credit", (), _KUR | _OWN | {"rate_bp": 1_200}),
    (
        "BANK_RINJANI_SYARIAH",
        "Murabahah Usaha Rinjani",
        "Rinjani Business Murabahah",
        (ProductMove.publish,),
        _MURABAHAH | _OWN | {"requirements": [_LICENCE]},
    ),
    (
        "BANK_RINJANI_SYARIAH",
        "Murabahah Koperasi Desa",
        "Village Cooperative Murabahah",
        (ProductMove.publish,),
        _MURABAHAH | _OWN | {"borrower_kind": "cooperative", "max_tenor_months": 60},
    ),
    (
        "BANK_RINJANI_SYARIAH",
        "Qardh Modal Awal",
        "Starting Capital Qardh",
        (ProductMove.publish, ProductMove.pause),
        {"principle": "sharia", "contract": "qardh", "pricing_kind": "none", "admin_fee_idr": 50_000}
        | _OWN
        | {"min_amount_idr": 1_000_000, "max_amount_idr": 10_000_000},
    ),
)
"""Bank, title in both languages, what became of the draft, terms."""
BUSINESS_CREDIT, MURABAHAH, KUR = "Kredit Usaha Sasambo", "Murabahah Usaha Rinjani", "KUR Mikro Sasambo"


async def offer(db: AsyncSession, bankers: Mapping[str, Caller]) -> tuple[dict[str, FinancingProduct], str]:
    """Draft and publish the products of the banks, by their officers; by title, and how many there are, in words."""
    offered = {}
    for bank, title_id, title_en, moves, terms in PRODUCTS:
        offered[title_id] = await _offer(db, bankers[bank], (title_id, title_en), moves, terms)
    return offered, f"{len(offered)} products of {len(bankers)} banks"


async def _offer(
    db: AsyncSession,
    banker: Caller,
    titles: tuple[str, str],
    moves: tuple[ProductMove, ...],
    terms: Mapping[str, Any],
) -> FinancingProduct:
    begun = schemes_on(clock.today())[terms["scheme"]].valid_from
    since = max(clock.today() - timedelta(days=FIRST_DAY), begun)
    words = {
        **dict(zip(("title_id", "title_en"), (f"{titles[0]} (contoh)", f"{titles[1]} (example)"), strict=True)),
        "description_id": "Produk contoh, bukan tawaran bank mana pun.",
        "description_en": "An example, which no bank offers.",
    }
    given: dict[str, Any] = {
        "borrower_kind": "business",
        "min_tenor_months": 6,
        "max_tenor_months": 36,
        "valid_from": since,
        "valid_until": clock.today() + timedelta(days=LAST_DAY),
    }
    with clock_at(days_before(since, 0)):
        product = await draft_product(db, banker, FinancingProductCreate.model_validate(given | words | dict(terms)))
        for move in moves:
            product = await move_product(db, banker, product.id, f'"{product.version}"', move)
    return product
