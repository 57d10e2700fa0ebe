"""Managers, invitations and contact data of a cooperative on the wire."""

import re
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from plut_api.actors.schemas.actors import Address
from plut_api.cooperatives.models import BoardRole
from plut_api.cooperatives.schemas.registry import CooperativeName
from plut_api.identity.phones import Phone, PhoneRead
from plut_api.identity.schemas import EMAIL, LONGEST_EMAIL
from plut_api.kit.pages import Page
from plut_api.kit.wire import Id, Instant, Name, Patch, Read, Wire

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 10
_ID = "01983b1e-6f1c-7cc0-9d2b-4a5e5c0f7a11"


def _plain(value: Any) -> Any:
    return re.sub(r"[\s-]", "", value).upper() if isinstance(value, str) else value


Role = Annotated[
    BoardRole,
    Field(
        description="Office on the board: `chair`, `deputy`, `secretary`, `treasurer` or `member`. Open.",
        examples=["chair"],
    ),
]
Code = Annotated[
    str,
    Field(
        max_length=20,
        pattern=rf"^[{ALPHABET}]{{{CODE_LENGTH}}}$",
        description="The code that came by SMS; blanks, hyphens and small letters are understood.",
        examples=["K7QF3MWP2A"],
        repr=False,
    ),
    BeforeValidator(_plain),
]
Email = Annotated[
    str, Field(max_length=LONGEST_EMAIL, pattern=EMAIL, description="E-mail address.", examples=["kdmp@contoh.example"])
]


class ManagerRead(Read):
    """A person who keeps the affairs of a cooperative (pengurus)."""

    id: Id
    cooperative_id: Id
    person_id: Id
    full_name: Name = Field(description="Name of the person.", examples=["Baiq Contoh"])
    phone: PhoneRead | None = Field(description="Phone; whole only for the Dinas.", examples=["+62812••••••90"])
    role_in_board: Role
    since: Instant
    until: Instant | None = Field(description="When the person left; null while in office.", examples=[None])


class ManagerPage(Page[ManagerRead]):
    """One page of managers, newest first."""


class InvitationCreate(Wire):
    """Whom to invite, and to which office."""

    phone: Phone
    role_in_board: Role


class InvitationState(StrEnum):
    """What became of an invitation."""

    open = "open"
    accepted = "accepted"
    withdrawn = "withdrawn"
    expired = "expired"


State = Annotated[
    InvitationState,
    Field(description="`open`, `accepted`, `withdrawn` (also by a newer one) or `expired`. Open.", examples=["open"]),
]


class InvitationRead(Read):
    """An invitation, as the Dinas sees it. The code is with the invited alone."""

    id: Id
    cooperative_id: Id
    phone: PhoneRead
    role_in_board: Role
    state: State
    expires_at: Instant
    invited_by: Id = Field(description="The account or machine that invited.", examples=[_ID])
    created_at: Instant


class InvitationPage(Page[InvitationRead]):
    """One page of invitations, newest first."""


class MyInvitationRead(Read):
    """An open invitation to the phone that the caller signed in by."""

    id: Id
    cooperative_id: Id
    cooperative_name: CooperativeName
    role_in_board: Role
    expires_at: Instant


class MyInvitationPage(Page[MyInvitationRead]):
    """One page of open invitations, newest first."""


class InvitationAcceptance(Wire):
    """The proof that the invitation arrived."""

    code: Code


class ContactRead(Read):
    """How a cooperative is reached; for its managers and the Dinas, not public."""

    cooperative_id: Id
    address: Address | None = Field(description="Street or hamlet.", examples=["Dusun Karang Baru"])
    phone: PhoneRead | None = Field(description="Phone of the cooperative.", examples=["+6281234567890"])
    email: Email | None = Field(description="E-mail address.", examples=["kdmp@contoh.example"])
    updated_at: Instant


class ContactPatch(Patch):
    """A change of contact data; null removes."""

    address: Address | None = Field(default=None, description="Street or hamlet.", examples=["Dusun Karang Baru"])
    phone: Phone | None = Field(default=None, description="Phone of the cooperative.", examples=["+6281234567890"])
    email: Email | None = Field(default=None, description="E-mail address.", examples=["kdmp@contoh.example"])
