"""Encryption of identifiers at rest, blind indexes to find them by, and sealed tokens (cursors).

AES-256-GCM from the `cryptography` library, under data keys that a master key wraps (kit/keyring.py). A stored value is
`key id (1 byte) | nonce (12) | ciphertext and tag`; its context (table and column) is authenticated with it, so a value
moved to another column does not open. The blind index is HMAC-SHA256 under a key of its own, cut to 16 bytes.
"""

import base64
import binascii
import hashlib
import hmac
import json
import os
import time
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import structlog
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from plut_api.kit.keyring import KeyFile, KeyringBroken, decoded_key, local_master
from plut_api.settings import Settings, get_settings

log = structlog.get_logger()

_NONCE = 12
_TOKEN_CONTEXT = b"token"
_LOOK_AGAIN_AFTER = 5.0  # Seconds.
_LOOK_AT_MOST_EVERY = 0.1  # Seconds.


class SealBroken(ValueError):
    """The value was changed, belongs to another context, or was sealed under a key that is no longer held."""


class Vault:
    """Seals and opens values under the newest key; older keys still open what they sealed.

    With a key file it notices by itself that a key was added: an unknown key is looked up at once, and which one seals
    is asked again every few seconds.
    """

    def __init__(self, keys: dict[int, bytes], index_key: bytes, file: KeyFile | None = None) -> None:
        self._index_key = index_key
        self._file = file
        self._ciphers: dict[int, AESGCM] = {}
        self._newest = -1
        self._looked_at = time.monotonic()
        self._hold(keys)

    @property
    def sealing_key_id(self) -> int:
        """The id of the key that seals now; the first byte of every value sealed now."""
        if self._file is not None and time.monotonic() - self._looked_at > _LOOK_AGAIN_AFTER:
            self._look_again()
        return self._newest

    def seal(self, context: str, plain: str) -> bytes:
        """Encrypt one value for one place, named by its context (`people.nik`)."""
        return self._encrypt(context.encode(), plain.encode())

    def open(self, context: str, sealed: bytes) -> str:
        """The plain value. Raises SealBroken."""
        return self._decrypt(context.encode(), sealed).decode()

    def blind(self, context: str, plain: str) -> bytes:
        """16 bytes that are equal exactly for equal values of one context; they say nothing else about the value."""
        return hmac.digest(self._index_key, f"{context}\0{plain}".encode(), "sha256")[:16]

    def seal_bytes(self, context: str, plain: bytes) -> bytes:
        """Encrypt a whole file for one place."""
        return self._encrypt(context.encode(), plain)

    def open_bytes(self, context: str, sealed: bytes) -> bytes:
        """The plain file. Raises SealBroken."""
        return self._decrypt(context.encode(), sealed)

    def seal_all(self, context: str, plain: Sequence[str | None]) -> list[bytes | None]:
        """What `seal` gives for each value, absent ones left absent: for loads of many rows."""
        key_id = self.sealing_key_id
        head, encrypt = bytes([key_id]), self._ciphers[key_id].encrypt
        bound = head + context.encode()
        random = os.urandom(_NONCE * len(plain))
        nonces = (random[at : at + _NONCE] for at in range(0, len(random), _NONCE))
        return [
            None if value is None else head + nonce + encrypt(nonce, value.encode(), bound)
            for value, nonce in zip(plain, nonces, strict=True)
        ]

    def blind_all(self, context: str, plain: Sequence[str | None]) -> list[bytes | None]:
        """What `blind` gives for each value, absent ones left absent: for loads of many rows."""
        key, prefix, digest = self._index_key, f"{context}\0".encode(), hmac.digest
        return [None if value is None else digest(key, prefix + value.encode(), "sha256")[:16] for value in plain]

    def seal_token(self, claims: dict[str, Any]) -> str:
        """An opaque URL-safe string that only this service can read and nobody can change; equal for equal claims.

        Its nonce is a keyed hash of the claims, so that the same page has the same cursor, and so the same ETag.
        """
        packed = json.dumps(claims, separators=(",", ":")).encode()
        nonce = hmac.digest(self._index_key, b"nonce\0" + packed, "sha256")[:_NONCE]
        return base64.urlsafe_b64encode(self._encrypt(_TOKEN_CONTEXT, packed, nonce)).rstrip(b"=").decode()

    def open_token(self, token: str) -> dict[str, Any]:
        """The claims of `seal_token`. Raises SealBroken."""
        try:
            sealed = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            raise SealBroken("not a token") from None
        if base64.urlsafe_b64encode(sealed).rstrip(b"=").decode() != token:
            raise SealBroken("not a token in its one spelling")
        claims: dict[str, Any] = json.loads(self._decrypt(_TOKEN_CONTEXT, sealed))
        return claims

    def _encrypt(self, context: bytes, plain: bytes, nonce: bytes | None = None) -> bytes:
        nonce = nonce or os.urandom(_NONCE)
        key_id = self.sealing_key_id
        head = bytes([key_id])
        return head + nonce + self._ciphers[key_id].encrypt(nonce, plain, head + context)

    def _decrypt(self, context: bytes, sealed: bytes) -> bytes:
        if len(sealed) <= 1 + _NONCE or not self._holds(sealed[0]):
            raise SealBroken("unknown key")
        try:
            head, nonce = sealed[:1], sealed[1 : 1 + _NONCE]
            return self._ciphers[sealed[0]].decrypt(nonce, sealed[1 + _NONCE :], head + context)
        except InvalidTag:
            raise SealBroken("changed, or of another place") from None

    def _holds(self, key_id: int) -> bool:
        """Whether a key is known, after one more look at the file; strangers' bytes cause no more than ten a second."""
        if key_id in self._ciphers:
            return True
        if self._file is None or time.monotonic() - self._looked_at < _LOOK_AT_MOST_EVERY:
            return False
        self._look_again()
        return key_id in self._ciphers

    def _look_again(self) -> None:
        """Take up what the file has now. One that is broken for the moment changes nothing."""
        self._looked_at = time.monotonic()
        if self._file is not None:
            try:
                self._hold(self._file.ring().in_order(time.time()))
            except KeyringBroken as error:
                log.error("key_file_not_read", error=str(error))

    def _hold(self, keys: dict[int, bytes]) -> None:
        if not keys or any(not 0 <= key_id <= 255 for key_id in keys):
            raise ValueError("there is at least one key, and key ids are 0 to 255")
        self._ciphers = {key_id: self._ciphers.get(key_id) or AESGCM(key) for key_id, key in keys.items()}
        self._newest = next(iter(keys))


def secret_hash(secret: str) -> bytes:
    """SHA-256 of a long random secret of ours (not of a password), for storage and look-up."""
    return hashlib.sha256(secret.encode()).digest()


@lru_cache
def vault() -> Vault:
    """The vault of this process, by its settings."""
    return open_vault(get_settings())


def open_vault(settings: Settings) -> Vault:
    """A vault with the keys of the settings or of the key file; a sandbox makes the file on first use.

    Raises ValueError: in production without keys, or with keys of another form.
    """
    if settings.data_keys is not None and settings.index_key is not None:
        entries = (entry.partition(":") for entry in settings.data_keys.get_secret_value().split(","))
        keys = {int(key_id): decoded_key(encoded) for key_id, _, encoded in entries}
        return Vault(keys, decoded_key(settings.index_key.get_secret_value()))
    file = key_file(settings)
    if settings.mode == "sandbox" and not file.path.exists():
        file.make()
    ring = file.ring()
    return Vault(ring.in_order(time.time()), ring.index, file)


def key_file(settings: Settings) -> KeyFile:
    """The key file of the settings, there or not yet. Raises ValueError in production without a master key."""
    path = settings.key_file or settings.data_dir / "keys.json"
    if settings.master_key is not None:
        return KeyFile(path, [decoded_key(key) for key in settings.master_key.get_secret_value().split(",")])
    if settings.mode == "production":
        raise ValueError("PLUT_MASTER_KEY, or PLUT_DATA_KEYS and PLUT_INDEX_KEY, must be set in production")
    return KeyFile(path, [local_master(settings.data_dir / "master.key")])
