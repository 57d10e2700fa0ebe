"""Webhook endpoints and deliveries on the wire."""

from typing import Annotated, Any

from pydantic import AfterValidator, Field

from plut_api.integration.events.schemas import TypeName
from plut_api.integration.webhooks.models import DeliveryKind, DeliveryState, EndpointState
from plut_api.kit.pages import Page
from plut_api.kit.wire import Id, Instant, Note, Patch, Read, Wire

_ID = "01983b1e-6f1c-7cc0-9d2b-4a5e5c0f7a11"


def _once_each(values: list[Any]) -> list[Any]:
    return list(dict.fromkeys(values))


Url = Annotated[
    str,
    Field(
        min_length=10,
        max_length=500,
        pattern=r"^https?://[!-~]+$",
        description="Where events are sent: https, of the open internet, without user or fragment.",
        examples=["https://hooks.bank.example/plut"],
    ),
]
EventTypes = Annotated[
    list[TypeName],
    Field(
        max_length=50,
        description="Only these types (`/v1/event-types`); empty: all that concern the organization.",
        examples=[["referral.submitted", "consent.withdrawn"]],
    ),
    AfterValidator(_once_each),
]
State = Annotated[
    EndpointState, Field(description="Whether it receives. Open: expect new values.", examples=["active"])
]
Secret = Annotated[
    str,
    Field(
        repr=False,
        max_length=100,
        pattern=r"^whsec_[A-Za-z0-9+/=]+$",
        description="Shared secret of `v1` signatures. Shown now and never again.",
        examples=["whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"],
    ),
]


class WebhookEndpointCreate(Wire):
    """An address to send events to."""

    url: Url
    event_types: EventTypes = Field(default_factory=list)
    description: Note | None = Field(default=None, description="What it is for.", examples=["Inti perbankan"])


class WebhookEndpointPatch(Patch):
    """A change of an endpoint; what is absent stays. A new address has to prove itself again."""

    url: Url = Field(default_factory=str)
    event_types: EventTypes = Field(default_factory=list)
    description: Note | None = Field(default=None, description="What it is for; null removes.", examples=["Uji"])


class WebhookEndpointRead(Read):
    """An address that events are sent to."""

    id: Id
    url: Url
    event_types: EventTypes
    description: Note | None = Field(description="What it is for.", examples=["Inti perbankan"])
    state: State
    disabled_reason: Annotated[
        str | None,
        Field(max_length=40, pattern=r"^[a-z_]+$", description="Why it is disabled.", examples=["failed_for_long"]),
    ]
    public_key: Annotated[
        str,
        Field(
            max_length=100,
            pattern=r"^whpk_[A-Za-z0-9+/=]+$",
            description="Public key of `v1a` signatures (Ed25519).",
            examples=["whpk_1XH3k3vkLX1FzWDvLnUuVqkUOTqHVyFV1nHWFpHQp5Q="],
        ),
    ]
    failing_since: Instant | None = Field(
        description="Since when nothing has got through; null while it receives.", examples=["2026-03-02T01:30:00Z"]
    )
    former_until: Instant | None = Field(
        description="Until when the former secret signs as well.", examples=["2026-03-03T01:30:00Z"]
    )
    created_at: Instant
    updated_at: Instant


class WebhookEndpointMade(WebhookEndpointRead):
    """An endpoint with its secret, which is shown only now."""

    secret: Secret


class WebhookEndpointPage(Page[WebhookEndpointRead]):
    """One page of endpoints, oldest first."""


class Replay(Wire):
    """Which events to send again."""

    since: Instant = Field(description="Events from this instant on.", examples=["2026-03-01T00:00:00Z"])
    until: Instant = Field(description="Events before this instant.", examples=["2026-03-02T00:00:00Z"])


class Replayed(Read):
    """How many events will be sent again."""

    count: Annotated[
        int, Field(ge=0, le=2**53, json_schema_extra={"format": "int64"}, description="Events.", examples=[12])
    ]


class AttemptRead(Read):
    """One try."""

    created_at: Instant
    status: Annotated[
        int | None,
        Field(ge=100, le=999, json_schema_extra={"format": "int32"}, description="HTTP status.", examples=[200]),
    ]
    fault: Annotated[
        str | None,
        Field(
            max_length=40,
            pattern=r"^[a-z_]+$",
            description="Why nothing came back, or what was wrong with it.",
            examples=["timeout"],
        ),
    ]
    milliseconds: Annotated[
        int,
        Field(ge=0, le=2**31, json_schema_extra={"format": "int32"}, description="How long it took.", examples=[80]),
    ]


class WebhookDeliveryRead(Read):
    """What was sent, or will be, and what came of it."""

    id: Id
    kind: Annotated[DeliveryKind, Field(description="Why it is sent. Open: expect new values.", examples=["event"])]
    event_id: Id | None = Field(description="The event; null for a test and a verification.", examples=[_ID])
    type: TypeName
    state: Annotated[DeliveryState, Field(description="What became of it.", examples=["delivered"])]
    not_before: Instant = Field(description="When it is tried next, while it is pending.")
    ended_at: Instant | None = Field(description="When it got through or was given up.", examples=[None])
    created_at: Instant
    tries: Annotated[list[AttemptRead], Field(max_length=50, description="The tries, the newest first.", examples=[[]])]


class WebhookDeliveryPage(Page[WebhookDeliveryRead]):
    """One page of deliveries, newest first."""


class WebhookBody(Read):
    """What an endpoint receives. Verify `webhook-signature` over the raw body before reading it."""

    type: TypeName
    timestamp: Instant
    data: dict[str, Any] = Field(
        description="`id` of the event, `subject_id`, `href`, and ids and codes of its type.",
        examples=[{"id": _ID, "subject_id": _ID, "href": f"/v1/financing/referrals/{_ID}", "actor_id": _ID}],
    )
