"""JPEG (ITU-T T.81): its segments, without those that tell of anything but the picture."""

import re
import struct

from plut_api.kit.files.content.parts import BrokenFile, Kept, require_size

_END, _SCAN, _LONE = 0xD9, 0xDA, 0x01
_APP0, _APP1, _APP2, _APP14, _COMMENT = 0xE0, 0xE1, 0xE2, 0xEE, 0xFE
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_TABLES = (frozenset(range(0xC0, 0xD0)) - {0xC8}) | {0xDB, 0xDC, 0xDD, 0xDE, 0xDF}
# In a scan FF is followed by 00, or by a restart marker; FF FF is filling.
_NEXT_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
_ORIENTATION = 0x0112
_EXIF = b"Exif\x00\x00"
_NO_SMALL_COPY = b"\x00\x00"


def without_metadata(data: bytes) -> Kept:
    """The picture with its colour profile, and which way is up; without all else (Exif, GPS, XMP, IPTC, comments).

    Raises BrokenFile.
    """
    head, body, left_out = bytearray(b"\xff\xd8"), bytearray(), bytearray()
    at, framed, turned = 2, False, 0
    while True:
        marker, at = _marker(data, at)
        if marker == _END:
            break
        payload, at = _payload(data, at)
        if marker in _FRAMES:
            _require_size(payload)
            framed = True
        if marker == _APP0 and payload.startswith(b"JFIF\x00") and len(payload) >= 14:
            head += _segment(marker, payload[:12] + _NO_SMALL_COPY)
            left_out += payload[14:]
        elif _makes_the_picture(marker, payload):
            body += _segment(marker, payload)
        else:
            turned = turned or (_turned(payload) if marker == _APP1 else 0)
            left_out += payload
        if marker == _SCAN:
            end = _end_of_scan(data, at)
            body += data[at:end]
            at = end
    if not framed or b"\xff\xda" not in body:
        raise BrokenFile("file_damaged")
    left_out += data[at:]
    return Kept(bytes(head + _which_way_is_up(turned) + body + b"\xff\xd9"), bytes(left_out))


def _marker(data: bytes, at: int) -> tuple[int, int]:
    """The marker at a place, and what comes behind it. Raises BrokenFile."""
    if data[at : at + 1] != b"\xff":
        raise BrokenFile("file_damaged")
    while data[at : at + 1] == b"\xff":
        at += 1
    if at >= len(data) or data[at] in (0x00, _LONE) or 0xD0 <= data[at] <= 0xD8:
        raise BrokenFile("file_damaged")
    return data[at], at + 1


def _payload(data: bytes, at: int) -> tuple[bytes, int]:
    length = int.from_bytes(data[at : at + 2])
    end = at + length
    if length < 2 or end > len(data):
        raise BrokenFile("file_damaged")
    return data[at + 2 : end], end


def _segment(marker: int, payload: bytes) -> bytes:
    return bytes((0xFF, marker)) + (len(payload) + 2).to_bytes(2) + payload


def _makes_the_picture(marker: int, payload: bytes) -> bool:
    if marker == _APP2:
        return payload.startswith(b"ICC_PROFILE\x00")
    if marker == _APP14:
        return payload.startswith(b"Adobe")  # How its colours are to be turned.
    return marker in _TABLES or marker == _SCAN


def _end_of_scan(data: bytes, at: int) -> int:
    found = _NEXT_MARKER.search(data, at)
    if found is None:
        raise BrokenFile("file_damaged")
    return found.start()


def _require_size(frame: bytes) -> None:
    if len(frame) < 6:
        raise BrokenFile("file_damaged")
    height, width = struct.unpack_from(">HH", frame, 1)
    require_size(width, height)


def _turned(payload: bytes) -> int:
    """The orientation (2 to 8) that a camera noted; 0 if the picture is upright or it says nothing that can be read."""
    tiff = payload.removeprefix(_EXIF)
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None or tiff is payload or len(tiff) < 8:
        return 0
    first = struct.unpack_from(f"{order}I", tiff, 4)[0]
    count = struct.unpack_from(f"{order}H", tiff, first)[0] if first + 2 <= len(tiff) else 0
    for entry in range(first + 2, first + 2 + 12 * count, 12):
        if entry + 12 > len(tiff):
            break
        tag, kind, _, value = struct.unpack_from(f"{order}HHIH", tiff, entry)
        if tag == _ORIENTATION and kind == 3 and 2 <= value <= 8:
            return int(value)
    return 0


def _which_way_is_up(turned: int) -> bytes:
    """An Exif segment with the orientation alone: without it a photo that was taken upright would lie on its side."""
    if not turned:
        return b""
    tiff = b"MM\x00*" + struct.pack(">IHHHIHHI", 8, 1, _ORIENTATION, 3, 1, turned, 0, 0)
    return _segment(_APP1, _EXIF + tiff)
