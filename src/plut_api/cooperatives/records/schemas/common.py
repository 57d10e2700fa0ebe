"""What all records have on the wire."""

from typing import Annotated

from pydantic import Field

from plut_api.kit.wire import Id, Instant, Read

ID = "01983b1e-6f1c-7cc0-9d2b-4a5e5c0f7a11"
FileId = Annotated[
    Id | None,
    Field(default=None, description="The paper (`POST /v1/files`): PDF or picture. Needed for verifying."),
]


class RecordRead(Read):
    """A record of a cooperative."""

    id: Id
    cooperative_id: Id
    file_id: Id | None = Field(description="The paper; null while there is none.", examples=[ID])
    verified_at: Instant | None = Field(
        description="When a consultant looked at the paper; null since the last change.", examples=[None]
    )
    verified_by: Id | None = Field(description="The account of this consultant.", examples=[None])
    created_at: Instant
    updated_at: Instant
