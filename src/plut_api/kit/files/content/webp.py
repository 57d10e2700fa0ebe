"""WebP (RFC 9649): its chunks, without Exif and XMP."""

import struct

from plut_api.kit.files.content.parts import BrokenFile, Kept, require_size

_KEPT = frozenset({b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP"})
_PICTURES = frozenset({b"VP8 ", b"VP8L", b"ANMF"})
_TELLS_OF_EXIF_AND_XMP = 0x08 | 0x04


def without_metadata(data: bytes) -> Kept:
    """The picture with its colour profile; without Exif, XMP and what is unknown. Raises BrokenFile."""
    end = 8 + int.from_bytes(data[4:8], "little")
    if end > len(data) or end < 12:
        raise BrokenFile("file_damaged")
    chunks, left_out = bytearray(), bytearray()
    at = 12
    names: list[bytes] = []
    while at < end:
        name, content, after = _chunk(data, at, end)
        if not names:
            _require_size(name, content)
        if name == b"VP8X":
            content = bytes((content[0] & ~_TELLS_OF_EXIF_AND_XMP,)) + content[1:]
        if name in _KEPT:
            chunks += name + len(content).to_bytes(4, "little") + content + b"\x00" * (len(content) % 2)
        else:
            left_out += content
        names.append(name)
        at = after
    if not _PICTURES.intersection(names):
        raise BrokenFile("file_damaged")
    head = b"RIFF" + (len(chunks) + 4).to_bytes(4, "little") + b"WEBP"
    return Kept(head + bytes(chunks), bytes(left_out) + data[end:])


def _chunk(data: bytes, at: int, end: int) -> tuple[bytes, bytes, int]:
    """The name and the content of the chunk at a place, and where the next begins. Raises BrokenFile."""
    length = int.from_bytes(data[at + 4 : at + 8], "little")
    if at + 8 + length > end:
        raise BrokenFile("file_damaged")
    return data[at : at + 4], data[at + 8 : at + 8 + length], at + 8 + length + length % 2


def _require_size(name: bytes, content: bytes) -> None:
    """Hold the size of the picture to the limits, by the first chunk, which is one of three. Raises BrokenFile."""
    if len(content) < 10:
        raise BrokenFile("file_damaged")
    if name == b"VP8X":
        width, height = int.from_bytes(content[4:7], "little") + 1, int.from_bytes(content[7:10], "little") + 1
    elif name == b"VP8L" and content[0] == 0x2F:
        bits = int.from_bytes(content[1:5], "little")
        width, height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    elif name == b"VP8 " and content[3:6] == b"\x9d\x01\x2a":
        width, height = (size & 0x3FFF for size in struct.unpack_from("<HH", content, 6))
    else:
        raise BrokenFile("file_damaged")
    require_size(width, height)
