"""Signatures that clients make: which algorithms and keys are believed (FAPI 2.0 section 5.4, RFC 8725).

PS256, ES256 and EdDSA with Ed25519; RSA from 2048 bits. The key is one that we already know or that is bound to the
token; nothing in a header leads to another one.
"""

import json
import math
from collections.abc import Mapping
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError, UnsupportedAlgorithmError
from joserfc.jwk import ECKey, OKPKey, RSAKey
from joserfc.jws import JWSRegistry, extract_compact

ALGORITHMS = ("PS256", "ES256", "EdDSA", "Ed25519")
AHEAD_SECONDS = 10
"""How far another clock may run ahead of ours (FAPI 2.0 section 5.3.2.1)."""
LONGEST_JTI = 200
_PRIVATE = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
_RSA_BITS = range(2048, 8193)
_LARGEST_EXPONENT = 2**32  # A huge exponent costs the verifier, not the signer.
_BROKEN = (JoseError, ValueError, TypeError, AttributeError, KeyError, RecursionError)

PublicKey = ECKey | OKPKey | RSAKey


class SignatureRefused(ValueError):
    """A signed statement or a key is not believed. The reason is for the log and for tests, not for the caller."""


class _Registry(JWSRegistry):
    """The allow-list, with room for an RSA key in a header."""

    max_header_length = 4096
    max_payload_length = 8192
    max_signature_length = 2048

    def get_alg(self, name: str) -> Any:
        if name not in ALGORITHMS:
            raise UnsupportedAlgorithmError(f"Algorithm of '{name}' is not allowed")
        return self.algorithms[name]


_REGISTRY = _Registry()


def unverified(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Header and claims of a signed token as they stand, before anything in it is believed. Raises SignatureRefused."""
    try:
        parts = extract_compact(token.encode(), registry=_REGISTRY)
        header, claims = parts.headers(), json.loads(parts.payload)
    except _BROKEN:
        raise SignatureRefused("malformed") from None
    if not isinstance(header, dict) or not isinstance(claims, dict):
        raise SignatureRefused("malformed")
    return header, claims


def verified(token: str, key: PublicKey) -> dict[str, Any]:
    """The claims of a token that this key signed with an allowed algorithm. Raises SignatureRefused."""
    try:
        return dict(jwt.decode(token, key, registry=_REGISTRY).claims)
    except _BROKEN:
        raise SignatureRefused("signature") from None


def public_key(jwk: Mapping[str, Any]) -> PublicKey:
    """A public key that may be believed: not private, not symmetric, large enough. Raises SignatureRefused."""
    if not isinstance(jwk, Mapping) or _PRIVATE & jwk.keys():
        raise SignatureRefused("private_key")
    try:
        key = _imported(dict(jwk))
        key.check_use("sig")
    except SignatureRefused:
        raise
    except _BROKEN:
        raise SignatureRefused("unusable_key") from None
    return key


def instant(claims: Mapping[str, Any], name: str) -> float | None:
    """A moment among the claims, in seconds since 1970; None if it is not given. Raises SignatureRefused."""
    value = claims.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise SignatureRefused(name)
    return float(value)


def once_only(claims: Mapping[str, Any]) -> str:
    """The `jti`, by which a repetition is known. Raises SignatureRefused."""
    jti = claims.get("jti")
    if not isinstance(jti, str) or not 0 < len(jti) <= LONGEST_JTI:
        raise SignatureRefused("jti")
    return jti


def _imported(jwk: dict[str, Any]) -> PublicKey:
    match jwk.get("kty"), jwk.get("crv"):
        case "EC", "P-256":
            return ECKey.import_key(jwk)
        case "OKP", "Ed25519":
            return OKPKey.import_key(jwk)
        case "RSA", _ if len(str(jwk.get("n"))) * 6 >= _RSA_BITS.start:
            key = RSAKey.import_key(jwk)
            numbers = key.public_key.public_numbers()
            if numbers.n.bit_length() in _RSA_BITS and numbers.e < _LARGEST_EXPONENT:
                return key
            raise SignatureRefused("rsa_size")
    raise SignatureRefused("key_type")
