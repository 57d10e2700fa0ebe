"""Identifiers: UUID version 7 (RFC 9562), made by the application so that any PostgreSQL from 16 on will do."""

import os
import struct
import time
from datetime import datetime
from uuid import UUID

_RANDOM_BITS = (1 << 62) - 1


def new_id() -> UUID:
    """A UUIDv7: 48 bits of Unix milliseconds, 12 bits of sub-millisecond time, 62 random bits."""
    millis, rest = divmod(time.time_ns(), 1_000_000)
    fraction = rest * 4096 // 1_000_000
    random = int.from_bytes(os.urandom(8)) & _RANDOM_BITS
    return UUID(int=(millis & 0xFFFF_FFFF_FFFF) << 80 | 0x7 << 76 | fraction << 64 | 0b10 << 62 | random)


def first_id_of(instant: datetime) -> UUID:
    """The smallest UUIDv7 of the millisecond of an instant: ids made from then on are not below it."""
    millis = min(max(int(instant.timestamp() * 1000), 0), 0xFFFF_FFFF_FFFF)
    return UUID(int=millis << 80 | 0x7 << 76 | 0b10 << 62)


def new_ids(count: int) -> list[UUID]:
    """So many UUIDv7 of the present instant, for loads of many rows."""
    head = new_id().int >> 62 << 62
    return [UUID(int=head | random & _RANDOM_BITS) for random in struct.unpack(f">{count}Q", os.urandom(8 * count))]
