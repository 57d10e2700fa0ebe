"""What the worker does for this room."""

from uuid import UUID

from plut_api.cooperatives.service.invitations import fresh_message
from plut_api.identity.gateway import send_message
from plut_api.kit.database import unit_of_work
from plut_api.kit.jobs import RETRY, jobs, runtime


@jobs.task(name="cooperatives.send_invitation", retry=RETRY)
async def send_invitation(invitation_id: str) -> None:
    """Send the code of an invitation. Run twice, it sends two codes, of which the later one counts."""
    async with unit_of_work(runtime().sessions) as db:
        message = await fresh_message(db, UUID(invitation_id))
    if message is not None:
        await send_message(runtime().settings, *message)
