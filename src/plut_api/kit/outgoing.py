"""The one way out of the house to addresses that others chose: keys of clients, outside issuers, webhooks.

A name is resolved once, every address it has is checked, and the connection goes to a checked address, so a name that
answers differently a moment later gains nothing (OWASP API7:2023). No redirect is followed, no proxy of the
environment is used, answers are cut off at a size and a time. Failures say which rule stopped them, never what was
read.
"""

import asyncio
import ipaddress
import json
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import httpx

from plut_api.settings import Settings

LONGEST_URL = 500
LARGEST_ANSWER = 262_144  # Bytes.
SECONDS = 10.0
LOOK_UP_SECONDS = 2.0
_CONNECT_SECONDS = 5.0
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class OutgoingFailed(Exception):
    """A call outside was refused or failed.

    `reason` is one of: malformed, not_https, unknown_host, address_refused, redirect, status, too_large, encoded,
    timeout, unreachable, not_json.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Reply:
    """What came back, whatever its status; redirects are replies like any other."""

    status: int
    headers: Mapping[str, str]
    body: bytes


async def call(
    settings: Settings,
    method: str,
    url: str,
    *,
    content: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    limit: int = LARGEST_ANSWER,
    seconds: float = SECONDS,
) -> Reply:
    """One request to an address that an outsider chose. Raises OutgoingFailed.

    `limit` is in bytes, `seconds` bounds the whole exchange, look-up of the name included.
    """
    target = checked_url(settings, url)
    try:
        async with asyncio.timeout(seconds):
            address = await _address_of(settings, target)
            return await _exchange(method, target, address, content, dict(headers or {}), limit)
    except (TimeoutError, httpx.TimeoutException):
        raise OutgoingFailed("timeout") from None
    except (httpx.HTTPError, httpx.InvalidURL, ssl.SSLError, OSError):
        raise OutgoingFailed("unreachable") from None


async def fetch(settings: Settings, url: str, *, limit: int = LARGEST_ANSWER) -> bytes:
    """The body of a 200 answer to GET. Raises OutgoingFailed."""
    reply = await call(settings, "GET", url, headers={"Accept": "application/json"}, limit=limit)
    if reply.status in range(300, 400):
        raise OutgoingFailed("redirect")
    if reply.status != 200:
        raise OutgoingFailed("status")
    return reply.body


async def get_json(settings: Settings, url: str, *, limit: int = LARGEST_ANSWER) -> Any:
    """The JSON document at an address. Raises OutgoingFailed."""
    try:
        return json.loads(await fetch(settings, url, limit=limit))
    except (ValueError, RecursionError):
        raise OutgoingFailed("not_json") from None


async def check_address(settings: Settings, url: str, *, seconds: float = LOOK_UP_SECONDS) -> None:
    """Whether an address may be called by all that its name leads to now. Raises OutgoingFailed where it must not.

    A name that nobody knows yet, or not in time, may be known later: each call looks it up anew and checks again.
    """
    target = checked_url(settings, url)
    try:
        async with asyncio.timeout(seconds):
            await _address_of(settings, target)
    except TimeoutError:
        return
    except OutgoingFailed as failed:
        if failed.reason != "unknown_host":
            raise


def checked_url(settings: Settings, url: str) -> httpx.URL:
    """An address of the form that may be called: https, a host, no user, no fragment. Raises OutgoingFailed."""
    try:
        target = httpx.URL(url)
    except (httpx.InvalidURL, ValueError):
        raise OutgoingFailed("malformed") from None
    if len(url) > LONGEST_URL or not target.host or target.userinfo or target.fragment:
        raise OutgoingFailed("malformed")
    if target.scheme != "https" and not (target.scheme == "http" and _loopback_allowed(settings)):
        raise OutgoingFailed("not_https")
    return target


def is_public(address: Address) -> bool:
    """Whether an address is one of the open internet, also behind the ways of writing IPv4 inside IPv6."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
        if inner is not None:
            return is_public(inner)
        if address.teredo is not None or address.is_site_local:
            return False
    return address.is_global and not (
        address.is_private
        or address.is_loopback
        or address.is_link_local
        or address.is_multicast
        or address.is_reserved
        or address.is_unspecified
    )


def _loopback_allowed(settings: Settings) -> bool:
    return settings.outgoing_to_loopback and settings.mode == "sandbox"


async def _address_of(settings: Settings, target: httpx.URL) -> Address:
    """The address to connect to. One bad address among many spoils the name: the next look-up may choose it."""
    host, port = target.raw_host.decode("ascii"), target.port or (443 if target.scheme == "https" else 80)
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        addresses = [ipaddress.ip_address(entry[4][0]) for entry in found]
    except (OSError, ValueError, UnicodeError):
        raise OutgoingFailed("unknown_host") from None
    if not addresses:
        raise OutgoingFailed("unknown_host")
    if _loopback_allowed(settings) and all(address.is_loopback for address in addresses):
        return addresses[0]
    if target.scheme != "https":
        raise OutgoingFailed("not_https")
    if not all(is_public(address) for address in addresses):
        raise OutgoingFailed("address_refused")
    return addresses[0]


async def _exchange(
    method: str, target: httpx.URL, address: Address, content: bytes | None, headers: dict[str, str], limit: int
) -> Reply:
    """Ask the checked address; TLS still proves the name, by SNI and the certificate."""
    headers |= {"Host": target.netloc.decode("ascii"), "Accept-Encoding": "identity", "User-Agent": "plut-api"}
    timeout = httpx.Timeout(SECONDS, connect=_CONNECT_SECONDS)
    client = httpx.AsyncClient(verify=_tls(), trust_env=False, follow_redirects=False, timeout=timeout)
    async with client:
        request = client.build_request(
            method,
            target.copy_with(host=str(address)),
            content=content,
            headers=headers,
            extensions={"sni_hostname": target.raw_host.decode("ascii")},
        )
        answer = await client.send(request, stream=True)
        try:
            return Reply(answer.status_code, answer.headers, await _body(answer, limit))
        finally:
            await answer.aclose()


async def _body(answer: httpx.Response, limit: int) -> bytes:
    """The body as sent; what was packed in spite of the request could unpack to any size, so it is refused."""
    if answer.headers.get("content-encoding", "identity").lower() != "identity":
        raise OutgoingFailed("encoded")
    body = bytearray()
    async for chunk in answer.aiter_raw():
        body += chunk
        if len(body) > limit:
            raise OutgoingFailed("too_large")
    return bytes(body)


@lru_cache
def _tls() -> ssl.SSLContext:
    """One context for all calls; reading the certificates takes longer than a call. Honours SSL_CERT_FILE."""
    context = httpx.create_ssl_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


__all__ = [
    "Address",
    "OutgoingFailed",
    "Reply",
    "call",
    "check_address",
    "checked_url",
    "fetch",
    "get_json",
    "is_public",
]
