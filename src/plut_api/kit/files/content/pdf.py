"""PDF (ISO 32000): kept as it is, if it looks whole and does nothing by itself."""

import re

from plut_api.kit.files.content.parts import BrokenFile, Kept

_HEAD = re.compile(rb"%PDF-[12]\.[0-9][\s%]")
_END_WITHIN = 1024
# Both are names that only programmes in a PDF bear; in compressed parts they cannot be seen.
_ACTS = re.compile(rb"/(JavaScript|Launch)\b")


def checked(data: bytes) -> Kept:
    """The document, word for word. Raises BrokenFile: cut off, or with scripts and commands."""
    if not _HEAD.match(data) or b"%%EOF" not in data[-_END_WITHIN:] or b"startxref" not in data:
        raise BrokenFile("file_damaged")
    if _ACTS.search(data):
        raise BrokenFile("file_with_programs")
    return Kept(data)
