"""Signatures of Standard Webhooks 1.0.0: `v1` (HMAC-SHA256) and `v1a` (Ed25519) over `id.timestamp.body`."""

import base64
import hashlib
import hmac
import secrets

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

SECRET_PREFIX, PUBLIC_PREFIX = "whsec_", "whpk_"
_SECRET_BYTES = 32


def new_secret() -> str:
    """A secret as its receiver keeps it."""
    return SECRET_PREFIX + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def new_pair() -> tuple[bytes, str]:
    """A key pair: the private half raw, the public half as its receiver keeps it."""
    private = Ed25519PrivateKey.generate()
    public = base64.b64encode(private.public_key().public_bytes_raw()).decode()
    return private.private_bytes_raw(), PUBLIC_PREFIX + public


def signatures(webhook_id: str, timestamp: int, body: bytes, private: bytes, *shared: str) -> str:
    """The value of `webhook-signature`: one `v1` for each secret in force, and one `v1a`."""
    signed = f"{webhook_id}.{timestamp}.".encode() + body
    found = [f"v1,{_hmac(secret, signed)}" for secret in shared]
    own = Ed25519PrivateKey.from_private_bytes(private).sign(signed)
    return " ".join([*found, f"v1a,{base64.b64encode(own).decode()}"])


def _hmac(secret: str, signed: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(SECRET_PREFIX))
    return base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
