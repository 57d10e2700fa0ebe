"""Contracts (akad) as data: by which principle, how the price is called, which terms each of them has."""

from collections.abc import Mapping
from dataclasses import dataclass

from plut_api.financing.products.models import Contract, PricingKind, Principle
from plut_api.kit.i18n import Text

TERMS = (
    *("rate_bp", "bank_nisbah_bp", "bank_share_bp", "projected_profit_bp", "admin_fee_idr"),
    *("asset_label_id", "asset_label_en"),
)
"""The terms that hang on the contract."""

_ASSET = ("asset_label_id", "asset_label_en")


@dataclass(frozen=True)
class ContractTerms:
    """What a contract is called, the kinds of price it may have, the terms it needs, and those it may have besides."""

    label: Text
    principle: Principle
    pricing: tuple[PricingKind, ...]
    needs: tuple[str, ...]
    may: tuple[str, ...] = ()


def _sharia(name: str, pricing: PricingKind, *needs: str, may: tuple[str, ...] = ()) -> ContractTerms:
    return ContractTerms(Text(id=name, en=name), Principle.sharia, (pricing,), needs, may)


CONTRACTS: Mapping[Contract, ContractTerms] = {
    Contract.credit: ContractTerms(
        Text(id="Kredit", en="Credit"),
        Principle.conventional,
        (PricingKind.interest, PricingKind.none),
        (),
        ("rate_bp", "admin_fee_idr"),
    ),
    Contract.murabahah: _sharia("Murabahah", PricingKind.margin, "rate_bp"),
    Contract.salam: _sharia("Salam", PricingKind.margin, "rate_bp"),
    Contract.istishna: _sharia("Istishna", PricingKind.margin, "rate_bp"),
    Contract.mudharabah: _sharia("Mudharabah", PricingKind.nisbah, "bank_nisbah_bp", "projected_profit_bp"),
    Contract.musyarakah: _sharia(
        "Musyarakah", PricingKind.nisbah, "bank_nisbah_bp", "bank_share_bp", "projected_profit_bp"
    ),
    Contract.ijarah: _sharia("Ijarah", PricingKind.ujrah, "rate_bp", *_ASSET),
    Contract.imbt: _sharia("Ijarah muntahiyah bit tamlik", PricingKind.ujrah, "rate_bp", *_ASSET),
    Contract.qardh: _sharia("Qardh", PricingKind.none, "admin_fee_idr"),
    Contract.rahn: _sharia("Rahn", PricingKind.ujrah, "rate_bp", *_ASSET, may=("admin_fee_idr",)),
}
"""Murabahah, salam and istishna sell at cost and margin; mudharabah and musyarakah share profit by nisbah (fatwa DSN
07/2000 asks for a projection), ijarah lets an asset for ujrah, rahn keeps a pledge for ujrah, qardh may charge its
administration and nothing else."""

_PRICE: Mapping[PricingKind, Text] = {
    PricingKind.interest: Text(id="Bunga {rate} % per tahun", en="Interest {rate} % a year"),
    PricingKind.margin: Text(id="Margin setara {rate} % per tahun", en="Margin equal to {rate} % a year"),
    PricingKind.ujrah: Text(id="Ujrah setara {rate} % per tahun", en="Ujrah equal to {rate} % a year"),
    PricingKind.nisbah: Text(
        id="Nisbah bank {bank} : nasabah {customer}", en="Nisbah of profit: bank {bank}, customer {customer}"
    ),
    PricingKind.none: Text(id="Tanpa imbal hasil bagi bank", en="No return for the bank"),
}


def price_words(pricing: PricingKind, rate_bp: int | None, bank_nisbah_bp: int | None) -> Text:
    """The price in words; those of a sharia product never speak of interest."""
    bank = bank_nisbah_bp or 0
    customer = 10_000 - bank
    return _PRICE[pricing].filled(rate=percent(rate_bp or 0), bank=percent(bank), customer=percent(customer))


def percent(basis_points: int) -> str:
    """Basis points as a percentage without needless zeros: 625 is `6.25`, 600 is `6`."""
    whole, rest = divmod(basis_points, 100)
    return f"{whole}.{rest:02d}".rstrip("0").rstrip(".") if rest else str(whole)


def yearly_return_bp(
    pricing: PricingKind, rate_bp: int | None, bank_nisbah_bp: int | None, projected_profit_bp: int | None
) -> int:
    """What the bank takes a year, in basis points of the amount, so that it can be held against a scheme's ceiling.

    Of a share in profit it is the bank's part of the projected profit, rounded up.
    """
    if pricing is PricingKind.nisbah:
        return -(-(bank_nisbah_bp or 0) * (projected_profit_bp or 0) // 10_000)
    return rate_bp or 0
