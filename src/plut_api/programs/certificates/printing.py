"""Certificates as PDF, by typst, without a network: its own fonts, one template, data that is text and nothing else."""

from datetime import date

from plut_api.kit import clock
from plut_api.kit.i18n import Locale, Text
from plut_api.kit.papers import typeset
from plut_api.programs.attendance.codes import qr_svg
from plut_api.programs.certificates.models import Certificate

_MONTHS = {
    "id": (
        *("Januari", "Februari", "Maret", "April", "Mei", "Juni"),
        *("Juli", "Agustus", "September", "Oktober", "November", "Desember"),
    ),
    "en": (
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    ),
}
_PERIOD = Text(id="{first} sampai {last}", en="from {first} to {last}")
_ONE_DAY = Text(id="pada {first}", en="on {first}")
_EFFORT = Text(
    id="dengan kehadiran {attended} dari {held} sesi ({hours} jam)",
    en="having attended {attended} of {held} sessions ({hours} hours)",
)
_ISSUED = Text(id="Diterbitkan {day}", en="Issued on {day}")


async def as_pdf(certificate: Certificate, public_url: str) -> bytes:
    """A certificate as PDF."""
    return await typeset("plut_api.programs.certificates", "certificate", told(certificate, public_url))


def address_of(code: str, public_url: str) -> str:
    """Where anybody can check a certificate."""
    return f"{public_url.rstrip('/')}/v1/certificates/{code}"


def told(certificate: Certificate, public_url: str) -> dict[str, object]:
    """What the template prints."""
    address, day = address_of(certificate.code, public_url), _issued_on(certificate)
    return {
        "issued": [day.year, day.month, day.day],
        "number": certificate.number,
        "person_name": certificate.person_name,
        "program_title": certificate.program_title,
        "organizers": certificate.organizers,
        "address": address,
        "qr": qr_svg(address, scale=4).decode(),
        **_both("period", _PERIOD if certificate.ends_on > certificate.starts_on else _ONE_DAY, certificate),
        **(_both("effort", _EFFORT, certificate) if certificate.sessions_held else {"effort_id": "", "effort_en": ""}),
        **_both("issued", _ISSUED, certificate),
    }


def hours_of(minutes: int) -> int:
    """Whole hours, as they are told."""
    return round(minutes / 60)


def _both(name: str, words: Text, certificate: Certificate) -> dict[str, str]:
    return {f"{name}_{locale}": words.in_locale(locale, **_values(certificate, locale)) for locale in ("id", "en")}


def _values(certificate: Certificate, locale: Locale) -> dict[str, object]:
    return {
        "first": _spelled(certificate.starts_on, locale),
        "last": _spelled(certificate.ends_on, locale),
        "day": _spelled(_issued_on(certificate), locale),
        "attended": certificate.sessions_attended,
        "held": certificate.sessions_held,
        "hours": hours_of(certificate.minutes),
    }


def _issued_on(certificate: Certificate) -> date:
    return certificate.issued_at.astimezone(clock.WITA).date()


def _spelled(day: date, locale: Locale) -> str:
    return f"{day.day} {_MONTHS[locale][day.month - 1]} {day.year}"
