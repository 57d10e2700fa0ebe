"""What endpoints receive, for the contract: one entry a type of event, all of one form."""

from typing import Annotated

from fastapi import APIRouter, Header

from plut_api.integration.events.catalogue import CATALOGUE, EventType
from plut_api.integration.webhooks.schemas import WebhookBody

_PROVING, _TRYING = "endpoint.verification", "endpoint.test"
_ANSWER = "Answer 2xx within 15 seconds, also where its `webhook-id` is known already."


WebhookId = Annotated[
    str,
    Header(alias="webhook-id", max_length=64, pattern=r"^[0-9a-f-]+$", description="The event; the same on every try."),
]
WebhookTimestamp = Annotated[
    str, Header(alias="webhook-timestamp", max_length=20, pattern=r"^[0-9]+$", description="Unix seconds of this try.")
]
WebhookSignature = Annotated[
    str,
    Header(
        alias="webhook-signature",
        max_length=500,
        pattern=r"^v1a?,[ -~]+$",
        description="Over `id.timestamp.body`, separated by spaces: `v1` (HMAC-SHA256) for each secret in force, `v1a` "
        "(Ed25519). Refuse what none of them fits, and what is older than five minutes.",
    ),
]


def _receive(
    body: WebhookBody, webhook_id: WebhookId, webhook_timestamp: WebhookTimestamp, webhook_signature: WebhookSignature
) -> None:
    """Never called: the receiver answers."""


def describe_webhooks(router: APIRouter) -> None:
    """Enter the requests that this server makes, as routes of the receiver."""
    for kind in CATALOGUE.values():
        _add(router, kind.name, kind.words.en, f"{_about(kind)} {_ANSWER}")
    _add(
        router,
        _PROVING,
        "An endpoint is asked to prove itself",
        "Answer 2xx with a body that holds `data.challenge`.",
    )
    _add(router, _TRYING, "A test that says nothing", f"Sent on request, to see whether all is well. {_ANSWER}")


def _about(kind: EventType) -> str:
    return f"{kind.words.en} ({kind.words.id})."


def _add(router: APIRouter, name: str, summary: str, description: str) -> None:
    parts = name.replace("_", ".").split(".")
    router.add_api_route(
        name,
        _receive,
        methods=["POST"],
        status_code=204,
        operation_id="on" + "".join(part.capitalize() for part in parts),
        summary=summary,
        description=description,
        tags=["integration"],
    )
