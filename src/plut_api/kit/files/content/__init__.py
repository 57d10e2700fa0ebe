"""What a file is, by its content, and the bytes of it that are kept.

Pictures are put together anew from the parts that make the picture: what cameras and programmes write beside the
pixels (where it was taken, by whom, a small copy) is left out, and so is whatever was hung on behind. Pixels are not
touched. A PDF is kept as it is.
"""

from collections.abc import Callable
from dataclasses import dataclass

from plut_api.kit.files.content import jpeg, pdf, png, webp
from plut_api.kit.files.content.parts import BrokenFile, Kept, UnknownFile, refuse_more_than_it_seems

__all__ = ["BrokenFile", "TakenIn", "UnknownFile", "take_in"]

_READERS: tuple[tuple[str, Callable[[bytes], bool], Callable[[bytes], Kept]], ...] = (
    ("image/jpeg", lambda data: data.startswith(b"\xff\xd8\xff"), jpeg.without_metadata),
    ("image/png", lambda data: data.startswith(png.SIGNATURE), png.without_metadata),
    ("image/webp", lambda data: data[:4] == b"RIFF" and data[8:12] == b"WEBP", webp.without_metadata),
    ("application/pdf", lambda data: data.startswith(b"%PDF-"), pdf.checked),
)


@dataclass(frozen=True)
class TakenIn:
    """The kind of a file, and the bytes to keep."""

    media_type: str
    content: bytes


def take_in(data: bytes) -> TakenIn:
    """What is kept of a file. Raises UnknownFile (no kind of ours), BrokenFile (damaged, or more than it seems)."""
    for media_type, is_of_it, read in _READERS:
        if is_of_it(data):
            kept = read(data)
            refuse_more_than_it_seems(kept)
            return TakenIn(media_type, kept.content)
    raise UnknownFile
