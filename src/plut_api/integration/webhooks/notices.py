"""What the worker tells the owner of a webhook endpoint."""

from urllib.parse import urlsplit

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.identity.models import Account
from plut_api.integration.webhooks.models import EndpointState, WebhookEndpoint
from plut_api.kit import messages
from plut_api.kit.caller import Kind
from plut_api.kit.outbox import Event, on

_MOST = 20


@on("webhook_endpoint.disabled")
async def tell_the_owner(db: AsyncSession, event: Event) -> None:
    """Tell the staff of the organization that nothing is sent to an endpoint any more, unless it is back."""
    endpoint = await db.get(WebhookEndpoint, event.subject_id)
    if endpoint is None or endpoint.state is not EndpointState.disabled:
        return
    colleagues = select(Account.id).where(
        Account.kind == Kind.staff,
        Account.is_active,
        or_(Account.id == endpoint.made_by, Account.organization_id == endpoint.organization_id),
    )
    facts = {"host": (urlsplit(endpoint.url).hostname or "")[:60], "reason": endpoint.disabled_reason}
    key = f"{endpoint.id}:{endpoint.version}"
    letters = [
        messages.Letter(one, facts, key) for one in await db.scalars(colleagues.order_by(Account.id).limit(_MOST))
    ]
    await messages.send_all(db, template="webhook_endpoint_disabled", letters=letters, kind=messages.Kind.decision)
