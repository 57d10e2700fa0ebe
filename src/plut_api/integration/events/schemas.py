"""Events on the wire."""

from typing import Annotated, Any

from pydantic import Field

from plut_api.kit.pages import CURSOR, MAX_LIMIT
from plut_api.kit.wire import LINE, Id, Instant, Read

_ID = "01983b1e-6f1c-7cc0-9d2b-4a5e5c0f7a11"
NAME = r"^[a-z_]+\.[a-z_]+$"
TypeName = Annotated[
    str,
    Field(
        max_length=64,
        pattern=NAME,
        description="Type of event, `thing.happened`. Open: expect new ones.",
        examples=["referral.approved"],
    ),
]
Words = Annotated[str, Field(max_length=200, pattern=LINE, description="What it says.", examples=["Pengajuan dikirim"])]


class EventRead(Read):
    """Something that happened. Thin: it names the subject, which is read at `href`."""

    id: Id = Field(description="The event; the same as `webhook-id`.", examples=[_ID])
    type: TypeName
    occurred_at: Instant
    subject_id: Id = Field(description="What it is about.", examples=[_ID])
    href: Annotated[
        str,
        Field(
            max_length=300,
            pattern=r"^/v1/[A-Za-z0-9/_-]+$",
            description="Where the subject is read.",
            examples=[f"/v1/financing/referrals/{_ID}"],
        ),
    ]
    data: dict[str, Any] = Field(description="Ids and codes, never personal data.", examples=[{"actor_id": _ID}])


class EventPage(Read):
    """Events in the order they were numbered. Ask again with `after` of the answer, also when nothing came."""

    data: Annotated[list[EventRead], Field(max_length=MAX_LIMIT, description="The events.")]
    after: Annotated[
        str,
        Field(max_length=2000, pattern=CURSOR, description="Opaque; where the next answer goes on.", examples=["A"]),
    ]
    has_more: Annotated[bool, Field(description="Whether more are there already.", examples=[False])]


class EventTypeRead(Read):
    """A type of event that is told outside."""

    type: TypeName
    words: Words


class EventTypes(Read):
    """Every type of event that is told outside."""

    data: Annotated[list[EventTypeRead], Field(max_length=200, description="The types.", examples=[[]])]
