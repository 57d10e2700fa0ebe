"""Machine clients: made for an organization, by a secret or by keys."""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.identity.client_auth import Machine, secret_allowed
from plut_api.identity.client_keys import checked_jwks
from plut_api.identity.employers import known_organization
from plut_api.identity.models import AuthMethod, Client, ClientProfile
from plut_api.identity.policy import client_scopes_allowed
from plut_api.identity.problems import ClientKeysUnusable, ClientNotFound, ScopeNotAllowed, SecretNotAllowed
from plut_api.kit.crypto import secret_hash
from plut_api.kit.i18n import Text
from plut_api.kit.outgoing import OutgoingFailed, checked_url
from plut_api.organizations.models import Organization, OrganizationKind
from plut_api.settings import Settings

_SCOPES_OF = Text(
    id="Klien {code} tidak boleh memiliki: {excess}. Yang boleh: {allowed}",
    en="A client of {code} may not hold: {excess}. It may hold: {allowed}",
)
_ADDRESS = Text(
    id="Alamat JWKS harus https dan tanpa nama pengguna ({reason})",
    en="The address of a JWKS must be https and without a user name ({reason})",
)
_ONE_SOURCE = Text(
    id="Sebutkan satu saja: berkas JWKS atau alamatnya", en="Give one of these: a JWKS file or an address"
)


@dataclass(frozen=True)
class KeySource:
    """Where a client's public keys come from: a JWKS that is stored, or an address that is read when needed."""

    jwks: Any = None
    url: str | None = None


async def create_client(
    db: AsyncSession,
    organization_code: str,
    name: str,
    scopes: Collection[str],
    profile: ClientProfile = ClientProfile.standard,
) -> tuple[Client, str]:
    """A machine client and its secret, which is kept as a hash only.

    Raises OrganizationNotFound, ScopeNotAllowed.
    """
    secret = secrets.token_urlsafe(32)
    client = await _drafted(db, organization_code, name, scopes, profile)
    client.auth_method, client.secret_hash = AuthMethod.secret, secret_hash(secret)
    db.add(client)
    await db.flush()
    return client, secret


async def create_client_with_keys(
    db: AsyncSession,
    settings: Settings,
    organization_code: str,
    name: str,
    scopes: Collection[str],
    source: KeySource,
    profile: ClientProfile = ClientProfile.standard,
) -> Client:
    """A machine client that signs in by keys of its own.

    Raises OrganizationNotFound, ScopeNotAllowed, ClientKeysUnusable.
    """
    client = await _drafted(db, organization_code, name, scopes, profile)
    _give_keys(settings, client, source)
    db.add(client)
    await db.flush()
    return client


async def change_keys(db: AsyncSession, settings: Settings, client_id: UUID, source: KeySource) -> Client:
    """Give a client other keys; if it had a secret, that is gone. Raises ClientNotFound, ClientKeysUnusable."""
    client = await db.get(Client, client_id, with_for_update=True)
    if client is None:
        raise ClientNotFound()
    _give_keys(settings, client, source)
    await db.flush()
    return client


async def require_secret_allowed(db: AsyncSession, settings: Settings, client: Client) -> None:
    """Let nobody hand out a secret that will be refused. Raises SecretNotAllowed."""
    organization = await db.get_one(Organization, client.organization_id)
    if not secret_allowed(settings, Machine(client, organization)):
        raise SecretNotAllowed()


def _give_keys(settings: Settings, client: Client, source: KeySource) -> None:
    if (source.jwks is None) == (source.url is None):
        raise ClientKeysUnusable(detail=_ONE_SOURCE)
    if source.url is not None:
        try:
            checked_url(settings, source.url)
        except OutgoingFailed as failure:
            raise ClientKeysUnusable(detail=_ADDRESS.filled(reason=failure.reason)) from None
    client.jwks = checked_jwks(source.jwks) if source.jwks is not None else None
    client.jwks_url = source.url
    client.auth_method, client.secret_hash = AuthMethod.private_key_jwt, None


async def _drafted(
    db: AsyncSession, organization_code: str, name: str, scopes: Collection[str], profile: ClientProfile
) -> Client:
    """A client that cannot sign in yet. Every client of a bank has the profile `bank`, asked for or not."""
    organization = await known_organization(db, organization_code)
    allowed = client_scopes_allowed(organization.kind)
    excess = sorted(set(scopes) - allowed)
    if excess:
        words = {"code": organization.code, "excess": ", ".join(excess), "allowed": ", ".join(sorted(allowed))}
        raise ScopeNotAllowed(detail=_SCOPES_OF.filled(**words))
    if organization.kind is OrganizationKind.bank:
        profile = ClientProfile.bank
    return Client(organization_id=organization.id, name=name, profile=profile, scopes=sorted(set(scopes)))
