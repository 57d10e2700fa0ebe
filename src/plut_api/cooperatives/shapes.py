"""Table rows as wire shapes: sealed phones opened, as much shown as the caller's view allows."""

from typing import Any

from plut_api.actors import identifiers
from plut_api.actors.masking import View, masked_phone
from plut_api.cooperatives.models import Cooperative, CooperativeInvitation
from plut_api.cooperatives.schemas.boards import ContactRead, InvitationRead, ManagerRead
from plut_api.cooperatives.service import boards, invitations
from plut_api.kit.crypto import vault


def manager_shape(row: Any, view: View) -> ManagerRead:
    """A manager on the wire, as a view shows them."""
    return ManagerRead(
        id=row.id,
        cooperative_id=row.cooperative_id,
        person_id=row.person_id,
        full_name=view.name(row.full_name),
        phone=view.phone(identifiers.unseal(identifiers.PHONE, row.phone_sealed)),
        role_in_board=row.role_in_board,
        since=row.since,
        until=row.until,
    )


def invitation_shape(invitation: CooperativeInvitation) -> InvitationRead:
    """An invitation on the wire. Its phone is masked: who wrote it knows it."""
    return InvitationRead(
        id=invitation.id,
        cooperative_id=invitation.cooperative_id,
        phone=masked_phone(vault().open(invitations.PHONE, invitation.phone_sealed)),
        role_in_board=invitation.role_in_board,
        state=invitations.state_of(invitation),
        expires_at=invitation.expires_at,
        invited_by=invitation.invited_by,
        created_at=invitation.created_at,
    )


def contact_shape(cooperative: Cooperative) -> ContactRead:
    """Contact data on the wire."""
    return ContactRead(
        cooperative_id=cooperative.id,
        address=cooperative.address,
        phone=identifiers.unseal(boards.PHONE, cooperative.phone_sealed),
        email=cooperative.email,
        updated_at=cooperative.updated_at,
    )
