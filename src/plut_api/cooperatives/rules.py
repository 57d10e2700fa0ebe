"""The rules of the register: what a cooperative's name, numbers and dates must look like.

Names follow the ministry's form `Koperasi Desa|Kelurahan Merah Putih <village>`, with `Kecamatan <district>` behind it
where the name alone is not unique. The programme began with Inpres 9/2025; no deed is older than May 2025.
"""

import re
from datetime import date

from plut_api.cooperatives.models import CooperativeStatus
from plut_api.cooperatives.villages import Village
from plut_api.kit import clock

LEGAL_NUMBER = r"^AHU-[0-9]{7}\.AH\.01\.29\.TAHUN 20[0-9]{2}$"
NIK_KOPERASI = r"^[0-9]{13}$"
MAX_MEMBERS = 100_000
PROGRAMME_BEGAN = date(2025, 5, 1)
STATUS_WORDS = {
    "berbadan hukum": CooperativeStatus.legal,
    "persiapan gerai": CooperativeStatus.preparing,
    "gerai beroperasi": CooperativeStatus.operating,
} | {status.value: status for status in CooperativeStatus}

_NAME = re.compile(r"Koperasi (Desa|Kelurahan) Merah Putih (\S.*)")
_APOSTROPHES = str.maketrans("’‘`´ʼ", "'''''")


def name_faults(name: str, village: Village | None) -> list[str]:
    """What is wrong with a name, as codes of `words.FAULTS`; without a village only its form is judged."""
    match = _NAME.fullmatch(name)
    if match is None:
        return ["name_not_usable"]
    if village is None:
        return []
    faults = []
    if (match[1] == "Kelurahan") != village.urban:
        faults.append("kind_mismatch")
    if _plain(match[2]) not in (_plain(village.name), _plain(f"{village.name} Kecamatan {village.district}")):
        faults.append("name_village_mismatch")
    return faults


def in_programme(day: date) -> bool:
    """Whether a cooperative of the programme can have been founded on this day."""
    return PROGRAMME_BEGAN <= day <= clock.today()


def _plain(name: str) -> str:
    return " ".join(name.translate(_APOSTROPHES).casefold().split())
