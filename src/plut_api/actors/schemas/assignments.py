"""Assignments on the wire."""

from typing import Annotated

from pydantic import Field

from plut_api.kit.pages import Page
from plut_api.kit.wire import LINE, Id, Instant, Read, Wire

MOST_AT_ONCE = 200
_ID = "01983b1e-6f1c-7cc0-9d2b-4a5e5c0f7a11"
ConsultantId = Annotated[Id, Field(description="Account of the consultant.", examples=[_ID])]


class AssignmentCreate(Wire):
    """The consultant who is to accompany a person."""

    consultant_id: ConsultantId


class AssignmentPair(Wire):
    """A consultant and a person to accompany."""

    consultant_id: ConsultantId
    person_id: Id


class AssignmentBatch(Wire):
    """Many assignments to make at once: all of them, or none."""

    assignments: Annotated[
        list[AssignmentPair],
        Field(
            min_length=1,
            max_length=MOST_AT_ONCE,
            description="Who accompanies whom; each pair once.",
            examples=[[{"consultant_id": _ID, "person_id": _ID}]],
        ),
    ]


class AssignmentRead(Read):
    """A consultant accompanies a person, and so sees and does for them what they would themself."""

    id: Id
    consultant_id: ConsultantId
    consultant_name: (
        Annotated[str, Field(max_length=200, pattern=LINE, description="Name.", examples=["Petugas Contoh"])] | None
    ) = Field(description="Name of the consultant, if the account has one.", examples=["Petugas Contoh"])
    person_id: Id
    since: Instant
    until: Instant | None = Field(description="When it ended; null while it holds.", examples=[None])
    assigned_by: Id = Field(description="The account or machine that assigned them.", examples=[_ID])


class AssignmentPage(Page[AssignmentRead]):
    """One page of assignments, newest first."""


class AssignmentsMade(Read):
    """The assignments asked for, in the order asked."""

    data: Annotated[list[AssignmentRead], Field(max_length=MOST_AT_ONCE, description="The rows.", examples=[[]])]
