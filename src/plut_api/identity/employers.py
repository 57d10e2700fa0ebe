"""Which organization a member of staff or a machine acts for, by its code or by the role alone."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.identity.policy import ORGANIZATION_ROLE
from plut_api.identity.problems import RoleNotAllowed
from plut_api.kit.caller import Role
from plut_api.kit.i18n import Text
from plut_api.organizations.models import Organization, OrganizationKind
from plut_api.organizations.problems import OrganizationNotFound
from plut_api.organizations.schemas import OrganizationCreate
from plut_api.organizations.service import register_organization

ROLES_OF_KIND = {kind: {role} for kind, role in ORGANIZATION_ROLE.items()}
ROLES_OF_KIND[OrganizationKind.dinas] = {Role.dinas, Role.consultant}
DINAS = OrganizationCreate(
    code="DINAS", name="Dinas Koperasi, Usaha Kecil dan Menengah Provinsi NTB", kind=OrganizationKind.dinas
)
_LISTED = 20
_UNKNOWN = Text(id="Tidak ada organisasi {code}. {known}", en="There is no organization {code}. {known}")
_WHICH = Text(id="Sebutkan organisasi untuk peran {role}. {known}", en="Name the organization of this {role}. {known}")
_ROLES_OF = Text(
    id="Organisasi {code} hanya mengenal peran: {roles}", en="Organization {code} knows only the roles: {roles}"
)


async def known_organization(db: AsyncSession, code: str) -> Organization:
    """The organization of a code. Raises OrganizationNotFound, which lists some that there are."""
    found = await db.scalar(select(Organization).where(Organization.code == code))
    if found is None:
        raise OrganizationNotFound(
            detail=_UNKNOWN.filled(code=code, known=_listed(await _codes(db, tuple(OrganizationKind))))
        )
    return found


async def organization_for(db: AsyncSession, role: Role, code: str | None) -> Organization:
    """The organization that staff of a role act for; without a code the only one there is.

    Where nobody has registered the Dinas yet, its first member of staff does. Raises OrganizationNotFound,
    RoleNotAllowed.
    """
    if code is not None:
        organization = await known_organization(db, code)
        roles = ROLES_OF_KIND[organization.kind]
        if role not in roles:
            raise RoleNotAllowed(detail=_ROLES_OF.filled(code=code, roles=", ".join(sorted(roles))))
        return organization
    kinds = [kind for kind, roles in ROLES_OF_KIND.items() if role in roles]
    codes = await _codes(db, kinds)
    if len(codes) == 1:
        return await known_organization(db, codes[0])
    if not codes and OrganizationKind.dinas in kinds:
        return await register_organization(db, None, DINAS)
    raise OrganizationNotFound(detail=_WHICH.filled(role=role, known=_listed(codes)))


async def _codes(db: AsyncSession, kinds: Collection[OrganizationKind]) -> list[str]:
    query = select(Organization.code).where(Organization.kind.in_(kinds), Organization.is_active)
    return list(await db.scalars(query.order_by(Organization.code).limit(_LISTED)))


def _listed(codes: list[str]) -> str:
    return f"({', '.join(codes)})" if codes else "(–)"
