"""Signing keys for access tokens: ES256 pairs, made on first use, published as a JWKS (RFC 7517)."""

import json
from datetime import timedelta
from typing import Any

from joserfc.jwk import ECKey, KeySet
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.identity.models import SigningKey
from plut_api.kit.crypto import vault
from plut_api.kit.ids import new_id

ALGORITHM = "ES256"
CONTEXT = "signing_keys.private"
_FIRST_KEY_LOCK = 5_201_946


async def newest_key(db: AsyncSession) -> ECKey:
    """The key that signs now, read anew each time, so that every process signs by a new key at once.

    The first call of an installation makes it.
    """
    stored = await _signing(db)
    if stored is None:
        await db.execute(select(func.pg_advisory_xact_lock(_FIRST_KEY_LOCK)))
        stored = await _signing(db) or await add_key(db)
    return ECKey.import_key(json.loads(vault().open(CONTEXT, stored.private_sealed)))


async def add_key(db: AsyncSession, lead: timedelta = timedelta(0)) -> SigningKey:
    """Make a key that signs from now on, or from a while later; older ones still verify until they are retired.

    It is published at once, so that verifiers of other houses that keep our keys for a while know it when it signs.
    """
    key_id = new_id()
    key = ECKey.generate_key("P-256", {"kid": str(key_id), "use": "sig", "alg": ALGORITHM}, private=True)
    row = SigningKey(
        id=key_id,
        private_sealed=vault().seal(CONTEXT, json.dumps(key.as_dict(private=True))),
        public_jwk=key.as_dict(private=False),
        signs_from=(await db.scalars(select(func.now()))).one() + lead,
    )
    db.add(row)
    await db.flush()
    return row


async def public_keys(db: AsyncSession) -> list[dict[str, Any]]:
    """Every key that still verifies, newest first, public halves only."""
    rows = await db.scalars(select(SigningKey).where(SigningKey.retired_at.is_(None)).order_by(SigningKey.id.desc()))
    return [row.public_jwk for row in rows]


async def verifying_keys(db: AsyncSession) -> KeySet:
    """The same keys, ready to verify with."""
    return KeySet([ECKey.import_key(jwk) for jwk in await public_keys(db)])


async def _signing(db: AsyncSession) -> SigningKey | None:
    begun = (SigningKey.retired_at.is_(None), SigningKey.signs_from <= func.now())
    query = select(SigningKey).where(*begun).order_by(SigningKey.signs_from.desc(), SigningKey.id.desc()).limit(1)
    return await db.scalar(query)
