"""Phone numbers: Indonesian mobile numbers in the ways people write them, kept as E.164."""

import re
from typing import Annotated

import phonenumbers
from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from plut_api.kit.i18n import Text

ACCOUNT_CONTEXT = "accounts.phone"
_MOBILE = re.compile(r"^\+628[0-9]{8,11}$")
_AS_USUAL = re.compile(r"^(?:\+62|62|0)(8[0-9]{8,11})$")
_WRONG = Text(
    id="Tulis nomor ponsel Indonesia, misalnya 0812 3456 7890",
    en="Write an Indonesian mobile number, such as 0812 3456 7890",
)


def normalise_phone(written: str) -> str:
    """E.164 of an Indonesian mobile number (`+628` and 8 to 11 digits), written with 0, 62 or +62, blanks or hyphens.

    Raises ValueError. Source of the length: domain practice, to be verified.
    """
    digits = re.sub(r"[\s().-]", "", written)
    if usual := _AS_USUAL.match(digits):
        return f"+62{usual[1]}"
    try:
        number = phonenumbers.parse(digits, "ID")
    except phonenumbers.NumberParseException:
        raise ValueError("not a phone number") from None
    normal = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    if not _MOBILE.match(normal):
        raise ValueError("not an Indonesian mobile number")
    return normal


def masked_phone(phone: str) -> str:
    """A number that only its owner recognises: `+62812••••••90`."""
    return f"{phone[:6]}{'•' * (len(phone) - 8)}{phone[-2:]}"


def _validated(value: str) -> str:
    try:
        return normalise_phone(value)
    except ValueError:
        raise PydanticCustomError("phone_format", "Not an Indonesian mobile number", {"words": _WRONG}) from None


Phone = Annotated[
    str,
    Field(
        min_length=9,
        max_length=24,
        pattern=r"^[+0-9(][0-9 ().-]*$",
        description="Indonesian mobile number; `08…`, `62…` and `+62…` are understood and kept as E.164.",
        examples=["+6281234567890"],
    ),
    AfterValidator(_validated),
]
PhoneRead = Annotated[
    str,
    Field(
        max_length=24,
        pattern=r"^\+62[0-9•]+$",
        description="Mobile number, E.164; partly masked for those who need not know it.",
        examples=["+6281234567890"],
    ),
]
