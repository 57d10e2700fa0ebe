"""What is said of commitments, in both languages."""

from typing import Any

from plut_api.kit.i18n import Locale, Text
from plut_api.kit.problems import Fault, fault
from plut_api.organizations.agreements.models import CommitmentKind

KINDS = {
    CommitmentKind.seats: Text(id="kursi pelatihan", en="training seats"),
    CommitmentKind.rupiah: Text(id="dana", en="money"),
    CommitmentKind.offtake: Text(id="pembelian produk", en="buying products"),
}
_SENTENCES = {
    CommitmentKind.seats: Text(
        id="{achieved} dari {target} kursi terisi, {completed} peserta selesai.",
        en="{achieved} of {target} seats are taken, {completed} participants completed.",
    ),
    CommitmentKind.rupiah: Text(
        id="Rp{achieved} dari Rp{target} tersalur lewat program yang selesai; Rp{promised} untuk yang berjalan.",
        en="Rp{achieved} of Rp{target} went to completed programmes; Rp{promised} is for open and running ones.",
    ),
    CommitmentKind.offtake: Text(
        id="Belum dihitung: capaian {target} {unit} dihitung setelah pengiriman dicatat.",
        en="Not counted yet: of {target} {unit} it is counted once deliveries are recorded.",
    ),
}
COMMITMENT_UNKNOWN = fault(
    "#/commitment_id",
    "commitment_unknown",
    id="Tidak ada komitmen ini; cari di /v1/commitments",
    en="There is no such commitment; look in /v1/commitments",
)
OFFTAKE_SPONSORS_NOTHING = fault(
    "#/commitment_id",
    "commitment_of_offtake",
    id="Komitmen membeli produk tidak mensponsori program",
    en="A commitment to buy products sponsors no programme",
)
LEFT = Text(id="Sisa yang dapat dipakai: {left}", en="What is left: {left}")


def missing(name: str) -> Fault:
    """A member that the kind of the commitment needs."""
    return fault(f"#/{name}", "missing", id="Diperlukan untuk jenis komitmen ini", en="Needed for this kind")


def stranger(name: str) -> Fault:
    """A member that the kind of the commitment does not have."""
    return fault(f"#/{name}", "not_of_this_kind", id="Bukan isian untuk jenis ini", en="Not of this kind")


def sentence(row: Any, locale: Locale) -> str:
    """How a commitment stands, in one sentence."""
    facts = {name: _grouped(getattr(row, name), locale) for name in ("achieved", "target", "completed", "promised")}
    return _SENTENCES[row.kind].in_locale(locale, **facts, unit=row.unit or "")


def _grouped(number: int | None, locale: Locale) -> str:
    written = f"{number or 0:,}"
    return written if locale == "en" else written.replace(",", ".")
