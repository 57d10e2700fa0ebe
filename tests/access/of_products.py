"""What each side's bank offers: a product on offer, and a draft."""

from plut_api.financing.products.models import ProductState
from plut_api.kit.database import Model
from tests.access.rows import Rows, Side
from tests.financing.products.offering import product_row


async def rows_of_products(rows: Rows, side: Side) -> dict[str, Model]:
    """Both sides have one of each."""
    return {
        "financing_product": await product_row(rows.make, side.bank),
        "draft_financing_product": await product_row(rows.make, side.bank, state=ProductState.draft),
    }
