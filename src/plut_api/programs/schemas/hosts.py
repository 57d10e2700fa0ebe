"""Co-hosts of programmes on the wire."""

from typing import Annotated

from pydantic import Field

from plut_api.kit.pages import Page
from plut_api.kit.wire import Id, Instant, Name, Read, Wire
from plut_api.programs.models import HostState

_ID = "01983b1e-6f1c-7cc0-9d2b-4a5e5c0f7a11"


class HostCreate(Wire):
    """An organization to run a programme together with."""

    organization_id: Id = Field(description="An OPD or the Dinas.", examples=[_ID])


class HostRead(Read):
    """An organization that runs a programme together with its owner, or is invited to."""

    id: Id
    program_id: Id
    organization_id: Id
    organization_name: Name = Field(description="Its name.", examples=["Dinas Perindustrian NTB"])
    state: Annotated[
        HostState,
        Field(description="An invitation counts once it is accepted. Open: expect new values.", examples=["accepted"]),
    ]
    accepted_at: Instant | None = Field(description="When it accepted; null for an invitation.")
    created_at: Instant


class HostPage(Page[HostRead]):
    """One page of co-hosts, in the order they were invited."""
