"""What crosses the wire of the organizations room."""

from typing import Annotated

from pydantic import Field

from plut_api.kit.pages import Page
from plut_api.kit.wire import Id, Instant, Name, Patch, Read, Wire
from plut_api.organizations.models import OrganizationKind

OrganizationCode = Annotated[
    str,
    Field(
        max_length=32,
        pattern=r"^[A-Z][A-Z0-9_]{1,31}$",
        description="Short code: capital letters, digits, underscores. Unique, never changes.",
        examples=["BANK_NTB_SYARIAH"],
    ),
]
Kind = Annotated[
    OrganizationKind,
    Field(
        description="What it is to PLUT: the Dinas itself, another regional office (`opd`), a bank, OJK, a private "
        "partner or a university. Open: expect new values.",
        examples=["bank"],
    ),
]
IsSharia = Annotated[
    bool, Field(strict=True, description="Whether it is a bank that works by sharia principles.", examples=[True])
]
IsActive = Annotated[
    bool, Field(strict=True, description="Whether it still takes part; nothing is ever deleted.", examples=[True])
]


class OrganizationCreate(Wire):
    """An organization to register."""

    code: OrganizationCode
    name: Name
    kind: Kind
    is_sharia: IsSharia = False


class OrganizationPatch(Patch):
    """A change of an organization; what is absent stays. Its code and kind never change."""

    # A factory, unlike a default, neither admits null nor shows in the contract; `changes()` never reads its value.
    name: Name = Field(default_factory=str)
    is_sharia: IsSharia = Field(default_factory=bool)
    is_active: IsActive = Field(default_factory=bool)


class OrganizationRead(Read):
    """An organization that staff and machine clients act for."""

    id: Id
    code: OrganizationCode
    name: Name
    kind: Kind
    is_sharia: IsSharia
    is_active: IsActive
    created_at: Instant
    updated_at: Instant


class OrganizationPage(Page[OrganizationRead]):
    """One page of organizations."""
