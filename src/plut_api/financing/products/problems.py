"""What can stand in the way of products of banks."""

from plut_api.kit.i18n import Text
from plut_api.kit.problems import Conflict, NotFound


class FinancingProductNotFound(NotFound):
    """There is no such product, or none that the caller may see or change."""

    code = "financing_product_not_found"
    title = Text(id="Produk pembiayaan tidak ditemukan", en="There is no such financing product")


class FinancingProductMoveNotAllowed(Conflict):
    """The product's state does not allow this; `allowed_moves` lists what can be done with it now."""

    code = "financing_product_move_not_allowed"
    title = Text(id="Langkah ini tidak mungkin dari status sekarang", en="This move is not possible from this state")


class PublishedTermsFixed(Conflict):
    """What was published does not change. Draft a new edition, and publish it in the place of this one, or close it."""

    code = "published_terms_fixed"
    title = Text(
        id="Ketentuan yang sudah terbit tidak dapat diubah; buat edisi baru atau tutup produk ini",
        en="Published terms do not change; draft a new edition, or close this product",
    )


class EditionAlreadyDrafted(Conflict):
    """A new edition of this product is drafted already; change that one, or delete it."""

    code = "edition_already_drafted"
    title = Text(id="Edisi baru produk ini sudah dirancang", en="A new edition of this product is drafted already")


class ProductNotOffered(Conflict):
    """The product is not on offer: `reason` says whether it is not open, not valid today, or its quota is used up."""

    code = "product_not_offered"
    title = Text(id="Produk ini sedang tidak ditawarkan", en="This product is not on offer")


class ProductQuotaExhausted(Conflict):
    """What is left of the product's quota is not enough for this amount; the bank can raise it by a new edition."""

    code = "product_quota_exhausted"
    title = Text(
        id="Sisa kuota produk ini tidak cukup untuk jumlah tersebut",
        en="What is left of this product's quota is not enough for this amount",
    )
