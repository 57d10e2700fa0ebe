"""Real files, put together byte by byte."""

import struct
import zlib

GPS_MARK = b"Lombok-8.5833S-116.1167E"
"""Stands where a camera would write the place."""


def segment(marker: int, payload: bytes) -> bytes:
    """A segment of a JPEG."""
    return bytes((0xFF, marker)) + (len(payload) + 2).to_bytes(2) + payload


def exif(orientation: int = 6) -> bytes:
    """What a camera writes: which way is up, and where the picture was taken."""
    entries = struct.pack("<HHIHH", 0x0112, 3, 1, orientation, 0) + struct.pack("<HHII", 0x8825, 4, 1, 38)
    tiff = b"II*\x00" + struct.pack("<IH", 8, 2) + entries + b"\x00\x00\x00\x00" + GPS_MARK
    return segment(0xE1, b"Exif\x00\x00" + tiff)


SCAN = segment(0xDA, b"\x01\x01\x00\x00\x3f\x00") + b"\xf8\xff\x00\x1b\xff\xd0\x7e\x42"
"""A scan with a stuffed FF and a restart marker in it."""
TABLES = segment(0xDB, b"\x00" + bytes(range(1, 65))) + segment(0xC4, b"\x00" + bytes(16) + b"\x05")
FRAME = segment(0xC0, b"\x08" + struct.pack(">HH", 16, 24) + b"\x01\x01\x11\x00")
JFIF = segment(0xE0, b"JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00")


def jpeg(*, before: bytes = b"", behind: bytes = b"", scan: bytes = SCAN) -> bytes:
    """A JPEG, with segments in front of its picture and bytes behind its end."""
    return b"\xff\xd8" + JFIF + before + TABLES + FRAME + scan + b"\xff\xd9" + behind


def chunk(name: bytes, content: bytes) -> bytes:
    """A chunk of a PNG."""
    return len(content).to_bytes(4) + name + content + zlib.crc32(name + content).to_bytes(4)


def png(*, before: bytes = b"", behind: bytes = b"", width: int = 2, height: int = 1) -> bytes:
    """A PNG, with chunks in front of its pixels and bytes behind its end."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    pixels = chunk(b"IDAT", zlib.compress(b"\x00" + bytes(6)))
    return b"\x89PNG\r\n\x1a\n" + head + before + pixels + chunk(b"IEND", b"") + behind


def webp() -> bytes:
    """A WebP that says that it has Exif, and has."""
    extended = b"VP8X" + struct.pack("<I", 10) + bytes((0x08, 0, 0, 0)) + bytes((1, 0, 0, 1, 0, 0))
    lossless = b"VP8L" + struct.pack("<I", 5) + b"\x2f\x01\x40\x00\x00" + b"\x00"
    place = b"EXIF" + struct.pack("<I", len(GPS_MARK)) + GPS_MARK
    chunks = extended + lossless + place
    return b"RIFF" + struct.pack("<I", len(chunks) + 4) + b"WEBP" + chunks


def pdf(*, inside: bytes = b"", behind: bytes = b"") -> bytes:
    """A PDF of no pages."""
    body = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\n" + inside
    return body + b"xref\n0 1\ntrailer\n<< /Root 1 0 R >>\nstartxref\n9\n%%EOF\n" + behind


def zip_end() -> bytes:
    """The shortest ZIP archive: nothing but its end."""
    return b"PK\x05\x06" + bytes(18)
