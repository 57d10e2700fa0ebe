"""Guardians on the wire."""

from typing import Annotated

from pydantic import Field

from plut_api.actors.schemas.fields import PastDay, RelationField
from plut_api.kit.pages import Page
from plut_api.kit.wire import Day, Id, Name, Read, Wire


class GuardianCreate(Wire):
    """Who acts for a minor."""

    guardian_id: Id = Field(
        description="A registered person of age.", examples=["01983b1e-6f1c-7cc0-9d2b-4a5e5c0f7a11"]
    )
    relation: RelationField
    since: PastDay | None = Field(default=None, description="From which day on; today if left out.")
    proof_file_id: Id | None = Field(
        default=None,
        description="A paper that shows it, as a file that the caller uploaded (`POST /v1/files`).",
        examples=["01983b1e-6f1c-7cc0-9d2b-4a5e5c0f7a11"],
    )


class GuardianRead(Read):
    """A guardian of a minor, in force while `until` is null or to come and the ward is a minor."""

    id: Id
    ward_id: Id
    guardian_id: Id
    guardian_name: Name
    relation: RelationField
    since: Day
    until: Day | None = Field(description="The first day on which it holds no more.", examples=[None])
    acts: Annotated[bool, Field(description="Whether the guardian acts for the ward today.", examples=[True])]
    proof_file_id: Id | None = Field(description="The paper that shows it.", examples=[None])


class GuardianPage(Page[GuardianRead]):
    """One page of guardians."""
