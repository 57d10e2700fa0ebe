"""What the registry tells of what a business makes, holds and sells at."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select

from plut_api.actors.lists import certification_kinds
from plut_api.actors.models import Certification, Product, SalesChannel
from plut_api.kit.i18n import Text
from plut_api.kit.timeline import Business, Telling, entry, tells

_CERTIFICATES = {kind.code: Text(id=kind.short, en=kind.short) for kind in certification_kinds().values()}
_PRODUCT = "/v1/actors/{actor_id}/products/{row_id}"
_CERTIFICATION = "/v1/actors/{actor_id}/certifications/{row_id}"


@tells(
    "products",
    kinds={
        "product.added": Telling(_PRODUCT, Text(id="Produk {product} dicatat.", en="Its product {product} was added.")),
        "product.ended": Telling(
            _PRODUCT, Text(id="Produk {product} dihapus.", en="Its product {product} was removed.")
        ),
    },
)
def products(actor_id: Business) -> Iterator[Select[Any]]:
    """Products added and removed."""
    here = Product.actor_id == actor_id
    yield entry("product.added", Product.id, Product.created_at, product=Product.name).where(here)
    yield entry("product.ended", Product.id, Product.ended_at, product=Product.name).where(
        here, Product.ended_at.is_not(None)
    )


@tells(
    "certifications",
    kinds={
        "certificate.added": Telling(
            _CERTIFICATION,
            Text(id="Sertifikat {certificate} dicatat.", en="Its certificate {certificate} was recorded."),
            {"certificate": _CERTIFICATES},
        ),
        "certificate.verified": Telling(
            _CERTIFICATION,
            Text(id="Sertifikat {certificate} diperiksa petugas.", en="Its certificate {certificate} was checked."),
            {"certificate": _CERTIFICATES},
        ),
        "certificate.ended": Telling(
            _CERTIFICATION,
            Text(id="Sertifikat {certificate} dihapus.", en="Its certificate {certificate} was removed."),
            {"certificate": _CERTIFICATES},
        ),
    },
)
def certificates(actor_id: Business) -> Iterator[Select[Any]]:
    """Certificates recorded, checked and removed."""
    here, what = Certification.actor_id == actor_id, {"certificate": Certification.kind}
    recorded, checked = Certification.recorded_by, Certification.verified_by
    yield entry("certificate.added", Certification.id, Certification.created_at, by=recorded, **what).where(here)
    yield entry("certificate.verified", Certification.id, Certification.verified_at, by=checked, **what).where(
        here, Certification.verified_at.is_not(None)
    )
    yield entry("certificate.ended", Certification.id, Certification.ended_at, **what).where(
        here, Certification.ended_at.is_not(None)
    )


@tells(
    "sales_channels",
    kinds={
        "channel.added": Telling(
            "/v1/actors/{actor_id}/sales-channels/{row_id}",
            Text(id="Tempat jualan {channel} dicatat.", en="It sells at {channel}, too."),
        )
    },
)
def channels(actor_id: Business) -> Iterator[Select[Any]]:
    """Places where it sells."""
    yield entry(
        "channel.added",
        SalesChannel.id,
        SalesChannel.created_at,
        by=SalesChannel.recorded_by,
        channel=SalesChannel.name,
    ).where(SalesChannel.actor_id == actor_id)
