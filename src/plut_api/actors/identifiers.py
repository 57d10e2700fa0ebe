"""Official numbers of people and businesses: their form, what a NIK says about its holder, and how they are kept."""

import re
from datetime import date
from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from plut_api.actors.models import Sex
from plut_api.kit.crypto import vault
from plut_api.kit.i18n import Text
from plut_api.kit.problems import Fault, fault

NIK = "people.nik"
PHONE = "people.phone"
NIB = "actors.nib"
NPWP = "actors.npwp"
_WOMEN_ADD_TO_DAY = 40
_OLD_NPWP = Text(
    id="NPWP 15 angka berakhir 31 Desember 2024; pakai yang 16 angka (orang pribadi: NIK)",
    en="The 15-digit NPWP ended on 31 December 2024; use the 16-digit one (for a person: the NIK)",
)
_NIK_FORM = Text(id="NIK terdiri atas 16 angka sesuai KTP", en="A NIK has 16 digits, as on the identity card")


_NIK = re.compile(r"[0-9]{6}(?:[04][1-9]|[1256][0-9]|[37][01])(?:0[1-9]|1[0-2])[0-9]{2}(?!0000)[0-9]{4}")


def has_nik_form(digits: str) -> bool:
    """Whether a text is built like a NIK: region, day 1 to 31 (women 41 to 71), month, year, serial from 0001."""
    return _NIK.fullmatch(digits) is not None


def _nik(value: str) -> str:
    if not has_nik_form(value):
        raise PydanticCustomError("nik_format", "Not a NIK", {"words": _NIK_FORM})
    return value


def _npwp(value: str) -> str:
    digits = re.sub(r"[.\s-]", "", value)
    if len(digits) == 15:
        raise PydanticCustomError("npwp_old_form", "The 15-digit form ended", {"words": _OLD_NPWP})
    return digits


Nik = Annotated[
    str,
    Field(
        max_length=16,
        pattern=r"^[0-9]{16}$",
        description="Nomor Induk Kependudukan, 16 digits: region, birth date (women: day + 40), serial.",
        examples=["5271015705900003"],
    ),
    AfterValidator(_nik),
]
NikRead = Annotated[
    str,
    Field(
        max_length=16,
        pattern=r"^[0-9•]{16}$",
        description="Nomor Induk Kependudukan; masked in lists.",
        examples=["527101••••••0003"],
    ),
]
Nib = Annotated[
    str,
    Field(
        max_length=13,
        pattern=r"^[0-9]{13}$",
        description="Nomor Induk Berusaha (business identity number), 13 digits.",
        examples=["0220103123456"],
    ),
]
Npwp = Annotated[
    str,
    Field(
        max_length=22,
        pattern=r"^[0-9](?:[. -]?[0-9]){14,15}$",
        description="Nomor Pokok Wajib Pajak (tax number), 16 digits; a resident person's is the NIK.",
        examples=["5271015705900003"],
    ),
    AfterValidator(_npwp),
]
NpwpRead = Annotated[
    str,
    Field(
        max_length=16,
        pattern=r"^[0-9•]{16}$",
        description="Tax number; masked in lists.",
        examples=["5271015705900003"],
    ),
]


def seal(context: str, plain: str | None) -> bytes | None:
    """The encrypted form of a number, for its `_sealed` column."""
    return vault().seal(context, plain) if plain else None


def unseal(context: str, sealed: bytes | None) -> str | None:
    """The number in the clear."""
    return vault().open(context, sealed) if sealed else None


def blind(context: str, plain: str | None) -> bytes | None:
    """The blind index of a number, for its `_index` column and for look-ups."""
    return vault().blind(context, plain) if plain else None


def nik_warnings(nik: str, birth_date: date | None, sex: Sex | None, village_code: str | None) -> list[Fault]:
    """Where a NIK disagrees with other facts. Never a reason to refuse: a NIK stays when a birth date is corrected,
    and names the region of first registration (practice of the population offices).
    """
    found = []
    day, is_woman = int(nik[6:8]) % _WOMEN_ADD_TO_DAY, int(nik[6:8]) > _WOMEN_ADD_TO_DAY
    if birth_date is not None and (day, nik[8:12]) != (birth_date.day, f"{birth_date:%m%y}"):
        found.append(
            fault(
                "#/birth_date",
                "nik_birth_date_differs",
                id="Tanggal lahir berbeda dari yang tersirat pada NIK",
                en="The birth date differs from the one that the NIK implies",
            )
        )
    if sex is not None and is_woman != (sex is Sex.female):
        found.append(
            fault(
                "#/sex",
                "nik_sex_differs",
                id="Jenis kelamin berbeda dari yang tersirat pada NIK",
                en="The sex differs from the one that the NIK implies",
            )
        )
    if village_code is not None and nik[:6] != village_code[:8].replace(".", ""):
        found.append(
            fault(
                "#/village_code",
                "nik_region_differs",
                id="NIK terdaftar pertama kali di kecamatan lain",
                en="The NIK was first registered in another district",
            )
        )
    return found
