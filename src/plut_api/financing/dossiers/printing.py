"""Dossiers as PDF, by typst, without a network: its own fonts, one template, data that is text and nothing else."""

import asyncio
import json
from importlib.resources import as_file, files
from typing import Any

import typst

from plut_api.financing.dossiers.service import Opened
from plut_api.kit import clock
from plut_api.programs.attendance.codes import qr_svg

PDF = "application/pdf"


async def as_pdf(opened: Opened, public_url: str) -> bytes:
    """A dossier as PDF, made in a thread. The same dossier gives the same pages, whenever it is printed."""
    return await asyncio.to_thread(_compiled, json.dumps(told(opened, public_url)))


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


def _compiled(dossier: str) -> bytes:
    with as_file(files("plut_api.financing.dossiers") / "dossier.typ") as template:
        made = typst.compile(
            template,
            root=template.parent,
            ignore_system_fonts=True,
            format="pdf",
            sys_inputs={"dossier": dossier},
            pdf_standards="a-2b",
        )
    if not isinstance(made, bytes):
        raise TypeError("one document is one file")
    return made
