"""`Idempotency-Key` on every POST: the effect and the stored answer are committed together, so a retry acts once.

The key is claimed by a transaction-level advisory lock, so a crash leaves nothing behind and a second request with the
same key learns that the first is still running.
"""

import hashlib
import re
from datetime import datetime, timedelta
from uuid import UUID

from fastapi import Request, Response
from sqlalchemy import LargeBinary, SmallInteger, delete, func, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from plut_api.kit import clock
from plut_api.kit.caller import Caller, Kind
from plut_api.kit.crypto import SealBroken, vault
from plut_api.kit.database import Model
from plut_api.kit.problems import (
    IdempotencyInProgress,
    IdempotencyKeyRequired,
    IdempotencyKeyReused,
    Invalid,
    fault,
)

KEPT = timedelta(hours=24)
_FORM = re.compile(r'^"?([A-Za-z0-9_.:-]{8,128})"?$')  # A structured-field string, or the bare key.
_BOUNDARY = re.compile(r'boundary="?([^";]+)')
_CONTEXT = "idempotent_answers.body"
_STORED_HEADERS = ("content-type", "location", "etag", "link")


class IdempotentAnswer(Model):
    """The answer to a caller's first request with a key, for 24 hours; its body, which may name people, is sealed."""

    __tablename__ = "idempotent_answers"
    caller_id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary)
    status: Mapped[int] = mapped_column(SmallInteger)
    headers: Mapped[dict[str, str]] = mapped_column(JSONB)
    body: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now(), index=True)


def key_of(request: Request, caller: Caller) -> str | None:
    """The request's key, if it has one. Raises IdempotencyKeyRequired (machines), Invalid (not a key)."""
    sent = request.headers.get("idempotency-key")
    if sent is None:
        if caller.kind is Kind.client:
            raise IdempotencyKeyRequired()
        return None
    match = _FORM.match(sent)
    if match is None:
        raise Invalid(
            errors=[
                fault(
                    "/header/Idempotency-Key",
                    "idempotency_key_format",
                    id="Pakai 8 sampai 128 huruf, angka, titik, titik dua, garis bawah atau tanda hubung",
                    en="Use 8 to 128 letters, digits, dots, colons, underscores or hyphens",
                )
            ]
        )
    return match[1]


async def fingerprint_of(request: Request) -> bytes:
    """What a retry must have in common with the first request: method, address, content type and body.

    A client makes up the boundary of a multipart body anew each time; it does not count.
    """
    digest = hashlib.sha256(f"{request.method} {request.url.path}?{request.url.query}\0".encode())
    kind, _, parameters = request.headers.get("content-type", "").partition(";")
    boundary = _BOUNDARY.search(parameters)
    body = await request.body()
    digest.update(kind.encode() + b"\0")
    digest.update(body.replace(b"--" + boundary[1].encode(), b"--") if boundary else body)
    return digest.digest()


async def claim(db: AsyncSession, caller: Caller, key: str, fingerprint: bytes) -> Response | None:
    """The stored answer if this key was used before, else None and the key is ours until the transaction ends.

    Raises IdempotencyInProgress, IdempotencyKeyReused.
    """
    lock = int.from_bytes(hashlib.sha256(f"{caller.id}\0{key}".encode()).digest()[:8], signed=True)
    if not await db.scalar(select(func.pg_try_advisory_xact_lock(lock))):
        raise IdempotencyInProgress(headers={"Retry-After": "1"})
    stored = await db.scalar(
        select(IdempotentAnswer).where(
            IdempotentAnswer.caller_id == caller.id,
            IdempotentAnswer.key == key,
            IdempotentAnswer.created_at > clock.now() - KEPT,
        )
    )
    if stored is None:
        return None
    if stored.fingerprint != fingerprint:
        raise IdempotencyKeyReused()
    try:
        body = vault().open_bytes(_CONTEXT, stored.body)
    except SealBroken:  # Its data key is gone; what was answered cannot be said again.
        raise IdempotencyKeyReused() from None
    return Response(body, stored.status, stored.headers | {"Idempotency-Replayed": "true"})


async def keep(db: AsyncSession, caller: Caller, key: str, fingerprint: bytes, answer: Response) -> None:
    """Store an answer beside its effect, replacing one that has expired."""
    await db.execute(
        delete(IdempotentAnswer).where(IdempotentAnswer.caller_id == caller.id, IdempotentAnswer.key == key)
    )
    headers = {name: answer.headers[name] for name in _STORED_HEADERS if name in answer.headers}
    db.add(
        IdempotentAnswer(
            caller_id=caller.id,
            key=key,
            fingerprint=fingerprint,
            status=answer.status_code,
            headers=headers,
            body=vault().seal_bytes(_CONTEXT, bytes(answer.body)),
        )
    )
    await db.flush()
