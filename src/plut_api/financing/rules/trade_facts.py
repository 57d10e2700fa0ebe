"""Facts of a business from its licences and from where it sells."""

from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

import yaml
from pydantic import Field
from sqlalchemy import Date, Integer, case, cast, func, literal, not_, or_, select, true
from sqlalchemy.dialects.postgresql import ARRAY, array
from sqlalchemy.types import Text

from plut_api.actors.models import Actor, Certification, ChannelKind, SalesChannel
from plut_api.financing.rules.facts import TODAY, Fact, links, months_since
from plut_api.financing.rules.wording import Part
from plut_api.kit import i18n

SKU = "sku"
SITES = (ChannelKind.shop, ChannelKind.market)


class CertificateNeed(Part):
    """From a day on, businesses of a line (`kbli`: how the code begins) need one of these kinds of certificates."""

    kbli: str = Field(pattern=r"^[0-9]{2,5}$")
    kinds: tuple[str, ...] = Field(min_length=1)
    valid_from: date
    source: str
    status: str = Field(pattern=r"^[CRV]$")


@cache
def certificate_needs() -> tuple[CertificateNeed, ...]:
    """Every need that ships with the product, checked."""
    text = (files("plut_api.financing") / "papers" / "certificate_needs.yaml").read_text(encoding="utf-8")
    return tuple(CertificateNeed.model_validate(row) for row in yaml.safe_load(text))


_today = cast(TODAY, Date)
_compared = Certification.verified_at.is_not(None)
_is_sku = Certification.kind == SKU
certificates = (
    select(
        func.array_agg(Certification.kind).filter(_compared, not_(_is_sku)).label("kinds"),
        func.max(Certification.issued_on).filter(_compared, _is_sku).label("sku_on"),
        func.max(Certification.verified_at).label("verified_at"),
        links("certifications", Certification.id, _compared & not_(_is_sku)).label("links"),
        links("certifications", Certification.id, _compared & _is_sku).label("sku_links"),
    )
    .where(
        Certification.actor_id == Actor.id,
        Certification.superseded_by.is_(None),
        Certification.ended_at.is_(None),
        func.coalesce(Certification.expires_on, _today) >= _today,
    )
    .lateral("certificates")
)
channels = (
    select(
        func.count(SalesChannel.id).label("open"),
        func.min(SalesChannel.since).filter(SalesChannel.kind.in_(SITES)).label("site_since"),
        func.max(SalesChannel.updated_at).label("updated_at"),
        links("sales_channels", SalesChannel.id, true()).label("links"),
        links("sales_channels", SalesChannel.id, SalesChannel.kind.in_(SITES)).label("sites"),
    )
    .where(SalesChannel.actor_id == Actor.id, or_(SalesChannel.until.is_(None), SalesChannel.until >= _today))
    .lateral("channels")
)


def _missing() -> Any:
    """SQL of how many needs of a business are not met; null while its line is unknown."""
    held = func.coalesce(certificates.c.kinds, cast(literal("{}"), ARRAY(Text)))
    missing: Any = literal(0)
    for need in certificate_needs():
        concerned = Actor.kbli_code.startswith(need.kbli) & (_today >= need.valid_from)
        met = cast(held, ARRAY(Text)).overlap(cast(array(need.kinds), ARRAY(Text)))
        missing = missing + case((concerned & not_(met), 1), else_=0)
    return case((Actor.kbli_code.is_not(None), cast(missing, Integer)))


FACTS: dict[str, Fact] = {
    "has_npwp": Fact(Actor.npwp_index.is_not(None), "yes_no", i18n.Text(id="NPWP tercatat", en="an NPWP is on file")),
    "sku_months": Fact(
        months_since(certificates.c.sku_on),
        "number",
        i18n.Text(
            id="bulan penuh sejak SKU yang sudah dicocokkan terbit",
            en="whole months since the issue of a business letter (SKU) that staff compared",
        ),
        certificates.c.verified_at,
        certificates.c.sku_links,
    ),
    "certificates_missing": Fact(
        _missing(),
        "number",
        i18n.Text(
            id="sertifikat wajib menurut bidang usaha yang belum ada, belum dicocokkan, atau lewat waktu",
            en="certificates that the line of business requires and that are missing, not compared, or expired",
        ),
        certificates.c.verified_at,
        certificates.c.links,
    ),
    "active_channels": Fact(
        channels.c.open,
        "number",
        i18n.Text(id="tempat berjualan yang masih berjalan", en="places where it sells now"),
        channels.c.updated_at,
        channels.c.links,
    ),
    "site_months": Fact(
        months_since(channels.c.site_since),
        "number",
        i18n.Text(
            id="bulan penuh di tempat usaha (toko atau pasar) yang sekarang",
            en="whole months at the present shop or market stall",
        ),
        channels.c.updated_at,
        channels.c.sites,
    ),
    "legal_form": Fact(
        cast(Actor.legal_form, Text), "text", i18n.Text(id="bentuk badan usaha", en="legal form of the business")
    ),
    "size_class": Fact(
        cast(Actor.size_class, Text),
        "text",
        i18n.Text(id="skala usaha: micro, small, medium, large", en="size class: micro, small, medium, large"),
    ),
    "regency_code": Fact(Actor.regency_code, "text", i18n.Text(id="kode kabupaten/kota", en="code of the regency")),
}
SOURCES = (certificates, channels)
