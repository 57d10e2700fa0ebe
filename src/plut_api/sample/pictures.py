"""Invented pictures: plain PNG files, each of other bytes."""

import struct
import zlib
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.kit.caller import Caller
from plut_api.kit.files.service import take_file
from plut_api.kit.files.store import file_store
from plut_api.settings import get_settings


async def keep_picture(db: AsyncSession, caller: Caller, name: str, number: int) -> UUID:
    """Keep the picture of a number as a file that the caller handed in; its id."""
    settings = get_settings()
    content = picture(UUID(int=number))
    return (await take_file(db, file_store(settings), caller, name, content, settings.file_limit_bytes)).id


def picture(seed: UUID, side: int = 16) -> bytes:
    """A small PNG whose pixels come from a seed, so that no two are the same file."""
    head = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    row = b"\x00" + seed.bytes[:side].ljust(side, b"\x7f")
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        _chunk(name, content)
        for name, content in ((b"IHDR", head), (b"IDAT", zlib.compress(row * side)), (b"IEND", b""))
    )


def _chunk(name: bytes, content: bytes) -> bytes:
    return len(content).to_bytes(4) + name + content + zlib.crc32(name + content).to_bytes(4)
