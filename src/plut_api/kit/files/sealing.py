"""A file under a key of its own: AES-256-GCM in segments, so that it can be opened while it streams.

The nonce of a segment is its number and whether it is the last, so that none can be left out, repeated or cut off; the
key seals nothing else. The id of the file is authenticated with each segment.
"""

from collections.abc import AsyncIterator, Iterator
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from plut_api.kit.crypto import SealBroken

SEGMENT = 262_144
"""Plain bytes in a segment."""
_TAG = 16
_SEALED = SEGMENT + _TAG


def new_key() -> bytes:
    """A key for one file."""
    return AESGCM.generate_key(256)


def sealed(key: bytes, file_id: UUID, plain: bytes) -> bytes:
    """The whole file, sealed."""
    return b"".join(_sealed_segments(AESGCM(key), file_id, plain))


async def opened(key: bytes, file_id: UUID, sealed_parts: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The plain segments, each checked before it is handed on. Raises SealBroken."""
    cipher, number = AESGCM(key), 0
    waiting = bytearray()
    async for part in sealed_parts:
        waiting += part
        while len(waiting) > _SEALED:  # More than one is there, so this is not the last.
            yield _open(cipher, file_id, number, bytes(waiting[:_SEALED]), last=False)
            del waiting[:_SEALED]
            number += 1
    yield _open(cipher, file_id, number, bytes(waiting), last=True)


def _sealed_segments(cipher: AESGCM, file_id: UUID, plain: bytes) -> Iterator[bytes]:
    count = max(-(-len(plain) // SEGMENT), 1)
    for number in range(count):
        segment = plain[number * SEGMENT : (number + 1) * SEGMENT]
        yield cipher.encrypt(_nonce(number, last=number == count - 1), segment, file_id.bytes)


def _open(cipher: AESGCM, file_id: UUID, number: int, segment: bytes, *, last: bool) -> bytes:
    try:
        return cipher.decrypt(_nonce(number, last=last), segment, file_id.bytes)
    except (InvalidTag, ValueError):
        raise SealBroken("the stored file was changed") from None


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11) + bytes((last,))
