"""Papers that anybody can check: their codes, and typesetting by typst, without a network and with its own fonts.

A template is given data as JSON and nothing else: no name and no title in it is read as markup or code.
"""

import asyncio
import base64
import json
import re
import secrets
from collections.abc import Mapping
from importlib.resources import as_file, files

import typst

PDF = "application/pdf"
_CODE_BYTES = 10  # Of chance; sixteen letters and digits in base32 (RFC 4648).
# Digits that the alphabet of codes lacks, as somebody may have read them from paper.
_MISREAD = str.maketrans("018", "OIB")


def new_code() -> str:
    """A code that nobody guesses."""
    return base64.b32encode(secrets.token_bytes(_CODE_BYTES)).decode()


def as_kept(code: str) -> str:
    """A code as it is kept, from however somebody wrote it down: with hyphens, in small letters."""
    return re.sub(r"[\s-]", "", code).upper().translate(_MISREAD)


async def typeset(package: str, name: str, told: Mapping[str, object]) -> bytes:
    """A PDF of `<name>.typ` in a package, which reads its data as the input `<name>`.

    Made in a thread: it takes the processor for some hundredths of a second.
    """
    return await asyncio.to_thread(_compiled, package, name, json.dumps(told))


def _compiled(package: str, name: str, told: str) -> bytes:
    with as_file(files(package) / f"{name}.typ") as template:
        made = typst.compile(
            template,
            root=template.parent,
            ignore_system_fonts=True,
            format="pdf",
            sys_inputs={name: told},
            pdf_standards="a-2b",
        )
    if not isinstance(made, bytes):
        raise TypeError("one document is one file")
    return made
