"""What this room holds of a person, and what becomes of it when they are erased."""

from sqlalchemy import ColumnElement, delete, false
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.cooperatives.models import CooperativeInvitation, CooperativeManager
from plut_api.identity.phones import ACCOUNT_CONTEXT
from plut_api.kit import audit
from plut_api.kit.caller import Caller
from plut_api.kit.crypto import vault
from plut_api.kit.i18n import Text
from plut_api.kit.privacy import Erased, Row, Subject, erasing, personal_data, rows_of


@personal_data(
    "cooperative_managers",
    "cooperative_managers",
    about=Text(id="Koperasi yang Anda urus.", en="The cooperatives whose affairs you keep."),
)
async def held_offices(db: AsyncSession, subject: Subject) -> list[Row]:
    """Offices that the person holds or held."""
    return await rows_of(db, CooperativeManager, CooperativeManager.person_id == subject.person_id, subject)


@personal_data(
    "cooperative_invitations",
    "cooperative_invitations",
    about=Text(id="Undangan ke nomor Anda menjadi pengurus.", en="Invitations of your phone to become a manager."),
)
async def held_invitations(db: AsyncSession, subject: Subject) -> list[Row]:
    """Invitations to the person's phone."""
    return await rows_of(db, CooperativeInvitation, _to_phone_of(subject), subject)


@erasing(order=35)
async def leave_offices(db: AsyncSession, caller: Caller, subject: Subject) -> Erased:
    """Remove the person from the boards they sit on; what a cooperative decided stays with the cooperative."""
    if subject.person_id is None:
        return Erased("cooperative_managers")
    deleted = 0
    for table, condition in (
        (CooperativeManager, CooperativeManager.person_id == subject.person_id),
        (CooperativeInvitation, _to_phone_of(subject)),
    ):
        statement = delete(table).where(condition).returning(table.id)
        gone = list(await db.scalars(statement.execution_options(synchronize_session=False)))
        audit.record(db, audit.Action.deleted, table.__tablename__, gone, about=[subject.person_id])
        deleted += len(gone)
    return Erased("cooperative_managers", deleted=deleted)


def _to_phone_of(subject: Subject) -> ColumnElement[bool]:
    """The condition on invitations that they went to the phone of a person."""
    if subject.phone is None:
        return false()
    return CooperativeInvitation.phone_index == vault().blind(ACCOUNT_CONTEXT, subject.phone)
