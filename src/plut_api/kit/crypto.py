"""Encryption of identifiers at rest, blind indexes to find them by, and sealed tokens (cursors).

AES-256-GCM from the `cryptography` library. A stored value is `key id (1 byte) | nonce (12) | ciphertext and tag`; its
context (table and column) is authenticated with it, so a value moved to another column does not open. The blind index
is HMAC-SHA256 under a key of its own, cut to 16 bytes.
"""

import base64
import binascii
import contextlib
import hashlib
import hmac
import json
import os
import secrets
import stat
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from plut_api.settings import Settings, get_settings

_NONCE = 12
_TOKEN_CONTEXT = b"token"


class SealBroken(ValueError):
    """The value was changed, belongs to another context, or was sealed under a key that is no longer held."""


class Vault:
    """Seals and opens values under the newest key; older keys still open what they sealed."""

    def __init__(self, keys: dict[int, bytes], index_key: bytes) -> None:
        if not keys or any(not 0 <= key_id <= 255 for key_id in keys):
            raise ValueError("there is at least one key, and key ids are 0 to 255")
        self._newest = next(iter(keys))
        self._ciphers = {key_id: AESGCM(key) for key_id, key in keys.items()}
        self._index_key = index_key

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
        head = bytes([self._newest])
        bound, encrypt = head + context.encode(), self._ciphers[self._newest].encrypt
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
        head = bytes([self._newest])
        return head + nonce + self._ciphers[self._newest].encrypt(nonce, plain, head + context)

    def _decrypt(self, context: bytes, sealed: bytes) -> bytes:
        if len(sealed) <= 1 + _NONCE or sealed[0] not in self._ciphers:
            raise SealBroken("unknown key")
        try:
            head, nonce = sealed[:1], sealed[1 : 1 + _NONCE]
            return self._ciphers[sealed[0]].decrypt(nonce, sealed[1 + _NONCE :], head + context)
        except InvalidTag:
            raise SealBroken("changed, or of another place") from None


def secret_hash(secret: str) -> bytes:
    """SHA-256 of a long random secret of ours (not of a password), for storage and look-up."""
    return hashlib.sha256(secret.encode()).digest()


@lru_cache
def vault() -> Vault:
    """The vault of this process, by its settings."""
    return open_vault(get_settings())


def open_vault(settings: Settings) -> Vault:
    """A vault with the configured keys, else with keys kept in the data directory, made on first use."""
    if settings.data_keys is not None and settings.index_key is not None:
        entries = (entry.partition(":") for entry in settings.data_keys.get_secret_value().split(","))
        keys = {int(key_id): _key(encoded) for key_id, _, encoded in entries}
        return Vault(keys, _key(settings.index_key.get_secret_value()))
    if settings.mode == "production":
        raise ValueError("PLUT_DATA_KEYS and PLUT_INDEX_KEY must be set in production")
    kept = _kept_keys(settings.data_dir / "keys.json")
    return Vault({1: _key(kept["data"])}, _key(kept["index"]))


def _key(encoded: str) -> bytes:
    key = base64.b64decode(encoded.strip())
    if len(key) != 32:
        raise ValueError("a key is 32 bytes, base64")
    return key


def _kept_keys(path: Path) -> dict[str, str]:
    """The local keys; two processes that start at once agree on those of the first."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = {name: base64.b64encode(os.urandom(32)).decode() for name in ("data", "index")}
        draft = path.with_suffix(f".{secrets.token_hex(8)}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, stat.S_IRUSR | stat.S_IWUSR), "w") as file:
            json.dump(fresh, file)
        with contextlib.suppress(FileExistsError):  # Another process was first; then its keys count.
            os.link(draft, path)
        draft.unlink()
    kept: dict[str, str] = json.loads(path.read_text())
    return kept
