"""Trainers on the wire."""

from pydantic import Field

from plut_api.kit.pages import Page
from plut_api.kit.wire import Id, Instant, Name, Note, Patch, Read, Wire

_ID = "01983b1e-6f1c-7cc0-9d2b-4a5e5c0f7a11"
_ABOUT = "What they teach, and where they come from."
_FIELD = "Pengemasan pangan; dosen Universitas Contoh."


class TrainerCreate(Wire):
    """A trainer to note: staff by their account, or an expert from outside."""

    name: Name = Field(description="Name, as the public reads it beside sessions.", examples=["Lalu Contoh"])
    account_id: Id | None = Field(
        default=None, description="The account of a member of staff; left out: an expert from outside.", examples=[_ID]
    )
    organization_id: Id | None = Field(
        default=None,
        description="The organization that keeps this entry: an OPD's own; the Dinas may name any.",
        examples=[_ID],
    )
    about: Note | None = Field(default=None, description=_ABOUT, examples=[_FIELD])


class TrainerPatch(Patch):
    """A change of a trainer; what is absent stays."""

    name: Name = Field(default_factory=str)
    about: Note | None = Field(default=None, description=f"{_ABOUT} Null removes.", examples=[_FIELD])
    is_active: bool = Field(default_factory=bool, description="Whether new sessions can name them.", examples=[True])


class TrainerRead(Read):
    """Somebody who teaches."""

    id: Id
    name: Name = Field(description="Name, as the public reads it beside sessions.", examples=["Lalu Contoh"])
    account_id: Id | None = Field(description="The account of a member of staff; null: from outside.", examples=[_ID])
    organization_id: Id | None = Field(description="The organization that keeps this entry.", examples=[_ID])
    about: Note | None = Field(description=_ABOUT, examples=[_FIELD])
    is_active: bool = Field(description="Whether new sessions can name them.", examples=[True])
    created_at: Instant
    updated_at: Instant


class TrainerPage(Page[TrainerRead]):
    """One page of trainers, by name."""
