"""Public keys of machine clients: registered by value, or read from an address of the client and kept for a while."""

import asyncio
import math
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import structlog

from plut_api.identity.models import Client
from plut_api.identity.problems import ClientKeysUnusable
from plut_api.identity.signatures import PublicKey, SignatureRefused, public_key
from plut_api.kit import outgoing
from plut_api.kit.i18n import Text
from plut_api.kit.outgoing import OutgoingFailed
from plut_api.settings import Settings

log = structlog.get_logger()

MOST_KEYS = 20
_LARGEST_SET = 65_536  # Bytes.
_AGAIN_AFTER = 10.0  # Seconds between two reads of one address, whatever key ids come in.
_GOOD_FOR = 600.0  # Seconds after which keys are read anew.
_KEPT_WHEN_AWAY = 3600.0  # Seconds for which known keys outlive an address that does not answer.
_UNUSABLE = Text(
    id='Berkas kunci harus JWKS berisi kunci publik ({{"keys": [...]}}): RSA minimal 2048 bit, EC P-256 atau Ed25519, '
    "tanpa bagian privat. {reason}",
    en='The keys must be a JWKS of public keys ({{"keys": [...]}}): RSA of 2048 bits or more, EC P-256 or Ed25519, '
    "without private parts. {reason}",
)


@dataclass
class _Kept:
    keys: list[PublicKey] = field(default_factory=list)
    read_at: float = -math.inf
    tried_at: float = -math.inf
    reading: asyncio.Lock = field(default_factory=asyncio.Lock)

    def holds(self, key_id: str | None) -> bool:
        return key_id is None or any(key.kid == key_id for key in self.keys)


class ClientKeys:
    """The keys of clients, as this process last saw them."""

    def __init__(self) -> None:
        self._kept: defaultdict[str, _Kept] = defaultdict(_Kept)

    async def of(self, settings: Settings, client: Client, key_id: str | None) -> list[PublicKey]:
        """Keys that a client may sign with; those at an address are read again when an unknown one is named."""
        if client.jwks_url is None:
            return _usable((client.jwks or {}).get("keys", ()))
        kept = self._kept[client.jwks_url]
        if self._is_due(kept, key_id):
            async with kept.reading:
                if self._is_due(kept, key_id):  # Somebody else may have read while we waited.
                    await self._read(settings, client, kept)
        return kept.keys

    def _is_due(self, kept: _Kept, key_id: str | None) -> bool:
        now = time.monotonic()
        if now - kept.tried_at <= _AGAIN_AFTER:
            return False
        return now - kept.read_at > _GOOD_FOR or not kept.holds(key_id)

    async def _read(self, settings: Settings, client: Client, kept: _Kept) -> None:
        try:
            found = await outgoing.get_json(settings, client.jwks_url or "", limit=_LARGEST_SET)
            keys = found.get("keys") if isinstance(found, dict) else None
            if not isinstance(keys, list):
                raise OutgoingFailed("no_key_set")
        except OutgoingFailed as failure:
            log.warning("client_keys_not_read", client=str(client.id), reason=failure.reason)
            if time.monotonic() - kept.read_at > _KEPT_WHEN_AWAY:
                kept.keys = []
        else:
            kept.keys, kept.read_at = _usable(keys), time.monotonic()
        finally:
            kept.tried_at = time.monotonic()  # Only now, so that whoever comes during the read waits for it.


def chosen(keys: Iterable[PublicKey], key_id: str | None) -> PublicKey:
    """The one key of this id; without an id the only key there is. Raises SignatureRefused."""
    found = [key for key in keys if key_id is None or key.kid == key_id]
    if len(found) != 1:
        raise SignatureRefused("unknown_key")
    return found[0]


def checked_jwks(given: Any) -> dict[str, Any]:
    """A key set to register, of which every key is usable and has an id of its own. Raises ClientKeysUnusable."""
    keys = given.get("keys") if isinstance(given, Mapping) else None
    if not isinstance(keys, list) or not 0 < len(keys) <= MOST_KEYS:
        raise ClientKeysUnusable(detail=_UNUSABLE.filled(reason=""))
    ids = [key.get("kid") for key in keys if isinstance(key, Mapping)]
    if len(keys) > 1 and (None in ids or len(set(map(str, ids))) < len(keys)):
        raise ClientKeysUnusable(detail=_UNUSABLE.filled(reason="(kid)"))
    for key in keys:
        try:
            public_key(key)
        except SignatureRefused as refused:
            raise ClientKeysUnusable(detail=_UNUSABLE.filled(reason=f"({refused})")) from None
    return {"keys": keys}


def _usable(keys: Iterable[Any]) -> list[PublicKey]:
    """Keys for signatures that we believe; a set may hold others, for other uses."""
    found = []
    for key in list(keys)[:MOST_KEYS]:
        try:
            found.append(public_key(key))
        except SignatureRefused:
            continue
    return found
