"""PNG (ISO/IEC 15948): its chunks, without those that tell of anything but the picture."""

import struct
import zlib

from plut_api.kit.files.content.parts import BrokenFile, Kept, require_size

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_KEPT = frozenset({b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT", b"bKGD"})
_REST = 12  # Bytes of a chunk beside its content: length, name, checksum.


def without_metadata(data: bytes) -> Kept:
    """The picture with what its colours need; without texts, times, places and small copies. Raises BrokenFile."""
    content, left_out = bytearray(SIGNATURE), bytearray()
    at = len(SIGNATURE)
    names: list[bytes] = []
    while not names or names[-1] != b"IEND":
        chunk = _chunk(data, at)
        name = chunk[4:8]
        if not names:
            _require_head(chunk)
        if name in _KEPT:
            content += chunk
        elif name[0] & 0x20:  # A small letter: the picture does not need it.
            left_out += chunk
        else:
            raise BrokenFile("file_damaged")
        names.append(name)
        at += len(chunk)
    if b"IDAT" not in names or names.count(b"IHDR") > 1:
        raise BrokenFile("file_damaged")
    return Kept(bytes(content), bytes(left_out + data[at:]))


def _chunk(data: bytes, at: int) -> bytes:
    """The whole chunk at a place, whose checksum is right. Raises BrokenFile."""
    length = int.from_bytes(data[at : at + 4])
    chunk = data[at : at + length + _REST]
    if len(chunk) < length + _REST or zlib.crc32(chunk[4:-4]) != int.from_bytes(chunk[-4:]):
        raise BrokenFile("file_damaged")
    return chunk


def _require_head(chunk: bytes) -> None:
    if chunk[4:8] != b"IHDR" or len(chunk) != 13 + _REST:
        raise BrokenFile("file_damaged")
    width, height = struct.unpack_from(">II", chunk, 8)
    require_size(width, height)
