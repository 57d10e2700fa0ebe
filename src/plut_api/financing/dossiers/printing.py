"""Dossiers as PDF, by typst, without a network: its own fonts, one template, data that is text and nothing else."""

from typing import Any

from plut_api.financing.dossiers.service import Opened
from plut_api.kit import clock
from plut_api.kit.papers import typeset
from plut_api.programs.attendance.codes import qr_svg


async def as_pdf(opened: Opened, public_url: str) -> bytes:
    """A dossier as PDF. The same dossier gives the same pages, whenever it is printed."""
    return await typeset("plut_api.financing.dossiers", "dossier", told(opened, public_url))


def address_of(code: str, public_url: str) -> str:
    """Where anybody can check a dossier."""
    return f"{public_url.rstrip('/')}/v1/dossiers/{code}"


def told(opened: Opened, public_url: str) -> dict[str, Any]:
    """What the template prints: the dossier as it was sent."""
    address, day = address_of(opened.row.code, public_url), opened.row.frozen_at.astimezone(clock.WITA)
    return {
        "code": opened.row.code,
        "address": address,
        "qr": qr_svg(address, scale=4).decode(),
        "frozen": [day.year, day.month, day.day],
        "frozen_at": f"{day:%d-%m-%Y %H:%M} WITA",
        "sha256": opened.row.content_sha256.hex(),
        "content": opened.content.model_dump(mode="json"),
    }
