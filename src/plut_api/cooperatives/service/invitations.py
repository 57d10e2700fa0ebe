"""Inviting managers: by phone, with a code that only the worker and the invited ever hold.

Whoever invites locks the cooperative first, so that two invitations of one phone at once queue and one stays open.
"""

import hmac
import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors.access import own_person
from plut_api.cooperatives.access import require_kept
from plut_api.cooperatives.models import BoardRole, Cooperative, CooperativeInvitation, CooperativeManager
from plut_api.cooperatives.problems import AlreadyManager, InvitationNotFound, InvitationNotOpen
from plut_api.cooperatives.schemas.boards import ALPHABET, CODE_LENGTH, InvitationState
from plut_api.identity.models import Account
from plut_api.identity.phones import ACCOUNT_CONTEXT
from plut_api.kit import clock, messages, outbox
from plut_api.kit.caller import Caller
from plut_api.kit.crypto import vault
from plut_api.kit.database import refusing
from plut_api.kit.etags import require_match
from plut_api.kit.ids import new_id
from plut_api.kit.problems import Invalid, fault

HOLDS = timedelta(days=7)
PHONE = "cooperative_invitations.phone"
CODE = "cooperative_invitations.code"
_CODE_WRONG = fault("#/code", "code_wrong", id="Kode ini tidak cocok", en="This is not the code")
_MINE = ("id", "cooperative_id", "role_in_board", "expires_at")


async def invite(
    db: AsyncSession, caller: Caller, cooperative_id: UUID, phone: str, role: BoardRole
) -> CooperativeInvitation:
    """Invite whoever holds a phone to the board. An open invitation of the same phone ends; a code goes out.

    Raises CooperativeNotFound. Emits cooperative.manager_invited.
    """
    cooperative = await require_kept(db, caller, cooperative_id, for_update=True)
    index = vault().blind(ACCOUNT_CONTEXT, phone)
    former = select(CooperativeInvitation).where(
        CooperativeInvitation.cooperative_id == cooperative.id, CooperativeInvitation.phone_index == index, _untouched()
    )
    for open_one in await db.scalars(former.with_for_update()):
        open_one.withdrawn_at = clock.now()
        open_one.version += 1
    await db.flush()
    invitation = CooperativeInvitation(
        id=new_id(),
        cooperative_id=cooperative.id,
        phone_sealed=vault().seal(PHONE, phone),
        phone_index=index,
        role_in_board=role,
        expires_at=clock.now() + HOLDS,
        invited_by=caller.id,
    )
    db.add(invitation)
    await db.flush()
    await db.refresh(invitation)
    await messages.send(
        db,
        to=messages.Address.phone(phone),
        template="cooperative_invitation",
        facts={"invitation_id": invitation.id},
        kind=messages.Kind.code,
        expires_at=invitation.expires_at,
    )
    await outbox.record(db, "cooperative.manager_invited", cooperative.id, by=caller, invitation_id=invitation.id)
    return invitation


def invitations(cooperative_id: UUID) -> Select[CooperativeInvitation]:
    """Every invitation of a cooperative."""
    return select(CooperativeInvitation).where(CooperativeInvitation.cooperative_id == cooperative_id)


async def one_invitation(
    db: AsyncSession, cooperative_id: UUID, invitation_id: UUID, *, for_update: bool = False
) -> CooperativeInvitation:
    """An invitation of a cooperative. Raises InvitationNotFound."""
    query = invitations(cooperative_id).where(CooperativeInvitation.id == invitation_id)
    invitation = await db.scalar(query.with_for_update() if for_update else query)
    if invitation is None:
        raise InvitationNotFound()
    return invitation


async def withdraw_invitation(
    db: AsyncSession, caller: Caller, cooperative_id: UUID, invitation_id: UUID, if_match: str | None
) -> None:
    """Take an open invitation back. Raises InvitationNotFound, InvitationNotOpen, and for `If-Match`.

    Emits cooperative.invitation_withdrawn.
    """
    invitation = await one_invitation(db, cooperative_id, invitation_id, for_update=True)
    require_match(invitation, if_match)
    if state_of(invitation) is not InvitationState.open:
        raise InvitationNotOpen()
    invitation.withdrawn_at = clock.now()
    invitation.version += 1
    await db.flush()
    await outbox.record(db, "cooperative.invitation_withdrawn", cooperative_id, by=caller, invitation_id=invitation.id)


def my_invitations(caller: Caller) -> Select[Any]:
    """The open invitations to the phone that the caller signed in by, as flat rows."""
    columns = (getattr(CooperativeInvitation, name) for name in _MINE)
    query = select(*columns, Cooperative.name.label("cooperative_name"))
    joined = query.join(Cooperative, Cooperative.id == CooperativeInvitation.cooperative_id)
    return joined.where(_to(caller), _untouched(), CooperativeInvitation.expires_at > clock.now())


async def accept(db: AsyncSession, caller: Caller, invitation_id: UUID, code: str) -> CooperativeManager:
    """Become a manager by an invitation to one's own phone and the code that was sent there, once.

    The code has 49 bits, so guesses need not be counted: a week of calls at the quota finds it once in ten million.
    Raises RegisterFirst, InvitationNotFound, InvitationNotOpen, Invalid (`code_wrong`), AlreadyManager.
    Emits cooperative.manager_accepted.
    """
    person = await own_person(db, caller)
    query = select(CooperativeInvitation).where(CooperativeInvitation.id == invitation_id, _to(caller))
    invitation = await db.scalar(query.with_for_update())
    if invitation is None:
        raise InvitationNotFound()
    if state_of(invitation) is not InvitationState.open:
        raise InvitationNotOpen()
    if invitation.code_hash is None or not hmac.compare_digest(invitation.code_hash, code_hash(invitation, code)):
        raise Invalid(errors=[_CODE_WRONG])
    invitation.accepted_at = clock.now()
    invitation.version += 1
    manager = CooperativeManager(
        id=new_id(),
        cooperative_id=invitation.cooperative_id,
        person_id=person.id,
        role_in_board=invitation.role_in_board,
        since=clock.now(),
        invited_by=invitation.invited_by,
    )
    with refusing({"uq_cooperative_managers_one_active": AlreadyManager()}):
        db.add(manager)
        await db.flush()
    facts = {"manager_id": manager.id, "person_id": person.id, "invitation_id": invitation.id}
    await outbox.record(db, "cooperative.manager_accepted", manager.cooperative_id, by=caller, **facts)
    return manager


async def fresh_code(db: AsyncSession, invitation_id: UUID) -> Mapping[str, Any] | None:
    """A new code for an open invitation and what its message says beside; the code before it no longer counts.

    None if it has ended. Made in the worker, so that a code lies in no table, not even in the queue.
    """
    invitation = await db.get(CooperativeInvitation, invitation_id, with_for_update=True)
    if invitation is None or state_of(invitation) is not InvitationState.open:
        return None
    code = "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))
    invitation.code_hash = code_hash(invitation, code)
    cooperative = await db.get_one(Cooperative, invitation.cooperative_id)
    until = invitation.expires_at.astimezone(clock.WITA).date()
    return {"code": f"{code[:5]}-{code[5:]}", "cooperative": cooperative.name, "until": until}


def state_of(invitation: CooperativeInvitation) -> InvitationState:
    """What became of an invitation by now."""
    if invitation.accepted_at is not None:
        return InvitationState.accepted
    if invitation.withdrawn_at is not None:
        return InvitationState.withdrawn
    return InvitationState.open if invitation.expires_at > clock.now() else InvitationState.expired


def code_hash(invitation: CooperativeInvitation, code: str) -> bytes:
    """What is kept of a code: a keyed hash that is good for this invitation alone."""
    return vault().blind(f"{CODE}.{invitation.id}", code)


def _untouched() -> ColumnElement[bool]:
    return CooperativeInvitation.accepted_at.is_(None) & CooperativeInvitation.withdrawn_at.is_(None)


def _to(caller: Caller) -> ColumnElement[bool]:
    own = select(Account.phone_index).where(Account.id == caller.id, Account.is_active)
    return CooperativeInvitation.phone_index == own.scalar_subquery()
