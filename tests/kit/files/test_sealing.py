"""A file under its own key: opened while it streams, and never with a part missing."""

from collections.abc import AsyncIterator
from uuid import UUID

import pytest

from plut_api.kit.crypto import SealBroken
from plut_api.kit.files.sealing import SEGMENT, new_key, opened, sealed
from plut_api.kit.ids import new_id

SEALED = SEGMENT + 16


async def _parts(data: bytes, size: int) -> AsyncIterator[bytes]:
    for at in range(0, len(data), size):
        yield data[at : at + size]


async def _opened(key: bytes, file_id: UUID, data: bytes, size: int = 100_000) -> bytes:
    return b"".join([part async for part in opened(key, file_id, _parts(data, size))])


@pytest.mark.parametrize("length", [1, SEGMENT - 1, SEGMENT, SEGMENT + 1, 3 * SEGMENT])
async def test_what_is_sealed_opens_again_however_it_is_read(length: int) -> None:
    key, file_id, plain = new_key(), new_id(), bytes(i % 251 for i in range(length))
    data = sealed(key, file_id, plain)

    assert plain[:64] not in data or length < 8
    assert [await _opened(key, file_id, data, size) for size in (1000, SEALED, len(data))] == [plain] * 3


async def test_a_part_that_is_missing_moved_or_of_another_file_is_noticed() -> None:
    key, file_id = new_key(), new_id()
    data = sealed(key, file_id, bytes(2 * SEGMENT + 5))
    first, second, rest = data[:SEALED], data[SEALED : 2 * SEALED], data[2 * SEALED :]
    changed = bytes((first[0] ^ 1,)) + first[1:]

    for broken in (first + second, second + first + rest, first + rest, changed + second + rest, data + b"x", b""):
        with pytest.raises(SealBroken):
            await _opened(key, file_id, broken)
    for other_key, other_id in ((new_key(), file_id), (key, new_id())):
        with pytest.raises(SealBroken):
            await _opened(other_key, other_id, data)
