"""The key ring: data keys and the index key, each wrapped by a master key, in one file (envelope encryption).

Values are sealed under data keys. The file is worth nothing without the master key, which lives elsewhere (a setting,
from a secret store); nothing of either is in the database. A data key is added by a command, and every process that
has the file takes it up by itself: it opens at once, and seals from the moment that the file says.
"""

import base64
import binascii
import contextlib
import json
import os
import secrets
import stat
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import structlog
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

log = structlog.get_logger()

KEY_BYTES = 32
MOST_KEYS = 256
_NONCE = 12
_INDEX = "index"


class KeyringBroken(ValueError):
    """The key file cannot be read, or none of the master keys opens it."""


@dataclass(frozen=True)
class DataKey:
    """A key that values are sealed under from a moment on (seconds since 1970); it opens what it sealed at any time."""

    id: int
    key: bytes = field(repr=False)
    seals_from: float


@dataclass(frozen=True)
class Ring:
    """Every key in the clear, as a process holds them."""

    data: tuple[DataKey, ...] = field(repr=False)
    index: bytes = field(repr=False)

    def in_order(self, now: float) -> dict[int, bytes]:
        """Data keys by id; the one that seals now comes first, those that do not yet seal last."""
        begun = sorted((key for key in self.data if key.seals_from <= now), key=lambda key: key.seals_from)
        waiting = [key for key in self.data if key.seals_from > now]
        return {key.id: key.key for key in [*reversed(begun), *waiting]}


class KeyFile:
    """A ring's file, and the master keys that may have wrapped it, newest first."""

    def __init__(self, path: Path, masters: Sequence[bytes]) -> None:
        self.path = path
        self._masters = [AESGCM(key) for key in masters]
        self._seen: tuple[int, int, int] | None = None
        self._ring: Ring | None = None

    def ring(self) -> Ring:
        """The ring as the file has it now; a file that did not change is not read again. Raises KeyringBroken."""
        try:
            found = self.path.stat()
            mark = found.st_mtime_ns, found.st_ino, found.st_size
            if self._ring is None or mark != self._seen:
                self._ring, self._seen = self._read(), mark
        except OSError as error:
            raise KeyringBroken(
                f"the key file {self.path} cannot be read ({error.strerror}); `plut keys new-data-key` makes one"
            ) from None
        return self._ring

    def make(self) -> None:
        """Make a first ring, unless another process is faster; then its ring counts."""
        first = DataKey(1, os.urandom(KEY_BYTES), 0)
        create(self.path, self._written(Ring((first,), os.urandom(KEY_BYTES))))

    def add(self, lead_seconds: float) -> DataKey:
        """Add a data key that seals after so many seconds, when every process has the file. Raises KeyringBroken."""
        ring = self.ring()
        key_id = max(key.id for key in ring.data) + 1
        if key_id >= MOST_KEYS:
            raise KeyringBroken(f"there are no more than {MOST_KEYS} data keys in the life of an installation")
        added = DataKey(key_id, os.urandom(KEY_BYTES), time.time() + lead_seconds)
        self._write(replace(ring, data=(*ring.data, added)))
        return added

    def drop(self, key_id: int) -> None:
        """Forget a data key. What is still sealed under it will never be opened again. Raises KeyringBroken."""
        ring = self.ring()
        if next(iter(ring.in_order(time.time()))) == key_id or key_id not in {key.id for key in ring.data}:
            raise KeyringBroken(f"the data key {key_id} is unknown, or seals at present")
        self._write(replace(ring, data=tuple(key for key in ring.data if key.id != key_id)))

    def rewrap(self) -> None:
        """Wrap every key by the newest master key; older master keys are needed no longer. Raises KeyringBroken."""
        self._write(self.ring())

    def _read(self) -> Ring:
        try:
            kept = json.loads(self.path.read_text(encoding="utf-8"))
            data = tuple(
                DataKey(int(entry["id"]), self._unwrapped(_name(entry["id"]), entry["key"]), float(entry["seals_from"]))
                for entry in kept["data"]
            )
            ring = Ring(data, self._unwrapped(_INDEX, kept["index"]))
        except (ValueError, TypeError, KeyError) as error:
            raise KeyringBroken(f"the key file {self.path} is no key ring: {error}") from None
        if not data or len({key.id for key in data}) < len(data):
            raise KeyringBroken(f"the key file {self.path} holds no key, or one twice")
        return ring

    def _write(self, ring: Ring) -> None:
        draft = _draft(self.path, self._written(ring))
        draft.replace(self.path)
        self._seen = None

    def _written(self, ring: Ring) -> str:
        data = [
            {"id": key.id, "key": self._wrapped(_name(key.id), key.key), "seals_from": key.seals_from}
            for key in ring.data
        ]
        return json.dumps({"data": data, "index": self._wrapped(_INDEX, ring.index)}, indent=1)

    def _wrapped(self, name: str, key: bytes) -> str:
        nonce = os.urandom(_NONCE)
        return base64.b64encode(nonce + self._masters[0].encrypt(nonce, key, name.encode())).decode()

    def _unwrapped(self, name: str, wrapped: str) -> bytes:
        sealed = base64.b64decode(wrapped, validate=True)
        for master in self._masters:
            with contextlib.suppress(InvalidTag):
                return master.decrypt(sealed[:_NONCE], sealed[_NONCE:], name.encode())
        raise KeyringBroken(f"no master key opens {name}; is PLUT_MASTER_KEY the one that it was wrapped by?")


def local_master(path: Path) -> bytes:
    """The master key of a sandbox, kept beside the ring; made on first use, with a warning."""
    if not path.exists():
        create(path, base64.b64encode(os.urandom(KEY_BYTES)).decode())
        log.warning("local_keys_made", folder=str(path.parent), remedy="for real data set PLUT_MASTER_KEY")
    return decoded_key(path.read_text(encoding="utf-8"))


def decoded_key(encoded: str) -> bytes:
    """A key of 32 bytes from base64. Raises ValueError."""
    try:
        key = base64.b64decode(encoded.strip(), validate=True)
    except binascii.Error:
        key = b""
    if len(key) != KEY_BYTES:
        raise ValueError("a key is 32 bytes, base64")
    return key


def create(path: Path, text: str) -> None:
    """Write a file for the owner alone, whole or not at all; one that another process made first stays."""
    draft = _draft(path, text)
    with contextlib.suppress(FileExistsError):
        os.link(draft, path)
    draft.unlink()


def _draft(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(f".{secrets.token_hex(8)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, stat.S_IRUSR | stat.S_IWUSR), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    return draft


def _name(key_id: Any) -> str:
    return f"data.{int(key_id)}"


__all__ = ["DataKey", "KeyFile", "KeyringBroken", "Ring", "create", "decoded_key", "local_master"]
